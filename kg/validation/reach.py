"""How far a shape looks: which triples can decide whether a node conforms.

The paths of the shapes and the patterns of their queries make an automaton: a state is a place from which a shape
looks on, an edge a predicate that it follows, from subject to object or back. Followed from a focus node it finds the
triples that belong to it (``cut``), so that it can be validated without the rest of the graph; followed backwards from
a changed triple it finds the focus nodes that the change concerns (``concerned``).

Nodes may be of any type that the source of triples knows; predicates are IRIs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from rdflib import Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.namespaces import RDF, RDFS, SH

N = TypeVar("N")
P = TypeVar("P")
Q = TypeVar("Q")
T = TypeVar("T")

TYPE, SUBCLASS = str(RDF.type), str(RDFS.subClassOf)


class Step(NamedTuple, Generic[P]):
    """An edge that follows a predicate."""

    predicate: P | None
    """None: whichever."""
    inverse: bool
    """From the object to the subject."""
    state: int
    """Where it leads to, or where it comes from."""


Steps = list[list[Step[P]]]
"""State -> its edges."""
Along = Callable[[N, P | None, bool], Iterable[tuple[T, N]]]
"""(node, predicate, inverse) -> (triple, node at its other end); a source of triples."""


@dataclass
class Automaton:
    """States and edges; state 0 looks at nothing."""

    steps: Steps[str] = field(default_factory=lambda: [[]])
    free: list[set[int]] = field(default_factory=lambda: [set()])
    """State -> states that it is as well."""

    def state(self) -> int:
        """Add a state."""
        self.steps.append([])
        self.free.append(set())
        return len(self.steps) - 1

    def step(self, start: int, predicate: str | None, *, inverse: bool = False, to: int | None = None) -> int:
        """Add an edge to a new state or to ``to``, and return that."""
        end = self.state() if to is None else to
        self.steps[start].append(Step(predicate, inverse, end))
        return end

    def path(self, graph: Graph, node: Node, start: int, *, inverse: bool = False) -> int:
        """Add a SHACL property path (https://www.w3.org/TR/shacl/#property-paths); return the state at its end."""
        if isinstance(node, URIRef):
            return self.step(start, str(node), inverse=inverse)
        if (node, RDF.first, None) in graph:
            members = list(Collection(graph, node))
            for member in reversed(members) if inverse else members:
                start = self.path(graph, member, start, inverse=inverse)
            return start
        if (inner := graph.value(node, SH.inversePath)) is not None:
            return self.path(graph, inner, start, inverse=not inverse)
        if (inner := graph.value(node, SH.alternativePath)) is not None:
            end = self.state()
            for member in Collection(graph, inner):
                self.free[self.path(graph, member, start, inverse=inverse)].add(end)
            return end
        for predicate in (SH.zeroOrMorePath, SH.oneOrMorePath, SH.zeroOrOnePath):
            if (inner := graph.value(node, predicate)) is not None:
                return self.repeated(
                    start, lambda state, inner=inner: self.path(graph, inner, state, inverse=inverse),  # type: ignore[misc]
                    none=predicate != SH.oneOrMorePath, more=predicate != SH.zeroOrOnePath,
                )  # fmt: skip
        return self.state()

    def repeated(self, start: int, inner: Callable[[int], int], *, none: bool, more: bool) -> int:
        """Add ``inner`` that may occur not at all (``none``) or several times (``more``)."""
        begin, end = self.state(), self.state()
        self.free[start].add(begin)
        last = inner(begin)
        self.free[last].add(end)
        if more:
            self.free[last].add(begin)
        if none:
            self.free[begin].add(end)
        return end

    def classes(self, start: int) -> None:
        """Look at the classes of the node, and at their superclasses."""
        found = self.step(start, TYPE)
        self.step(found, SUBCLASS, to=found)

    def closed(self) -> Steps[str]:
        """Return each state's edges with those of all states that it is as well; states with one future are one."""
        found: Steps[str] = []
        for state in range(len(self.steps)):
            seen, todo = {state}, [state]
            while todo:
                new = self.free[todo.pop()] - seen
                seen |= new
                todo += new
            found.append(sorted({step for one in seen for step in self.steps[one]}, key=str))
        same, before = _merged(found, [0] * len(found)), [0]
        while same != before:
            same, before = _merged(found, same), same
        return [sorted({step._replace(state=same[step.state]) for step in edges}, key=str) for edges in found]


def _merged(steps: Steps[str], same: list[int]) -> list[int]:
    """Return for each state the first with edges alike, where states that are the ``same`` are not told apart."""
    first: dict[frozenset[Step[str]], int] = {}
    return [
        first.setdefault(frozenset(step._replace(state=same[step.state]) for step in edges), state)
        for state, edges in enumerate(steps)
    ]


def told(steps: Steps[P], name: Callable[[P], Q]) -> Steps[Q]:
    """Return the same edges with predicates as a source of triples has them."""
    return [[Step(None if p is None else name(p), inverse, state) for p, inverse, state in edges] for edges in steps]


def beyond(steps: Steps[P], starts: Iterable[int]) -> set[int]:
    """Return the states that at least one edge leads to."""
    found: set[int] = set()
    todo = list(starts)
    while todo:
        new = {step.state for step in steps[todo.pop()]} - found
        found |= new
        todo += new
    return found


def cut(steps: Steps[P], along: Along[N, P, T], starts: Iterable[tuple[N, int]]) -> set[T]:
    """Return the triples that are looked at from nodes in states."""
    triples: set[T] = set()
    seen: set[tuple[N, int]] = set(starts)
    todo = list(seen)
    while todo:
        node, state = todo.pop()
        for predicate, inverse, after in steps[state]:
            for triple, other in along(node, predicate, inverse):
                triples.add(triple)
                if steps[after] and (other, after) not in seen:
                    seen.add((other, after))
                    todo.append((other, after))
    return triples


def concerned(
    steps: Steps[P], roots: Iterable[int], along: Along[N, P, T], changes: Iterable[tuple[N, P, N]]
) -> set[N]:
    """Return the nodes from which some changed triple is looked at, by following the edges backwards to a root.

    ``along`` looks at the graph after the change. That is enough where triples are gone too: on any way to them, what
    stands before the first that is gone stands there still.
    """
    roots = frozenset(roots)
    back: Steps[P] = [[] for _ in steps]
    by_predicate: dict[P | None, list[tuple[bool, int]]] = {}
    for state, edges in enumerate(steps):
        for predicate, inverse, after in edges:
            back[after].append(Step(predicate, not inverse, state))
            by_predicate.setdefault(predicate, []).append((inverse, state))
    todo = [
        (o if inverse else s, state)
        for s, p, o in changes
        for inverse, state in _unique([*by_predicate.get(p, ()), *by_predicate.get(None, ())])
    ]
    seen = set(todo)
    while todo:
        node, state = todo.pop()
        for predicate, inverse, before in back[state]:
            for _, other in along(node, predicate, inverse):
                if (other, before) not in seen:
                    seen.add((other, before))
                    todo.append((other, before))
    return {node for node, state in seen if state in roots}


def _unique(pairs: Iterable[tuple[bool, int]]) -> Iterator[tuple[bool, int]]:
    return iter(dict.fromkeys(pairs))
