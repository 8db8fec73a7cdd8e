"""What is made of a shapes graph once, so that parts of the data can be validated by themselves.

A part has things whole that it is about, and of others only what is looked at because a path leads there. These must
not be taken for targets. So we find the targets and tell them to the engines: in ``Plan.marked`` every declaration is
``sh:targetObjectsOf`` a *mark*, and a part has a statement with that mark for each of its focus nodes. That is plain
SHACL, so any engine takes it, and the shapes are compiled once. (pySHACL's ``focus_nodes=`` and ``use_shapes=`` lose
results.)
"""

from __future__ import annotations

from dataclasses import dataclass, field

from rdflib import Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import BNode, Literal, Node

from kg.namespaces import RDF, RDFS, SH
from kg.validation.queries import Query, UnfitError, prepare
from kg.validation.reach import Automaton, Steps
from kg.validation.report import literal

ROOT = 1
"""The state of a focus node."""
_LOGIC = (SH.node, SH["not"], SH.qualifiedValueShape)
_LISTS = (SH["and"], SH["or"], SH.xone)
_PAIRS = (SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals)


def text_of(node: Node) -> str:
    """Return a term in N-Triples syntax as pyoxigraph writes it."""
    if isinstance(node, Literal):
        return literal(str(node), node.language, str(node.datatype) if node.datatype else None)
    return f"_:{node}" if isinstance(node, BNode) else f"<{node}>"


@dataclass(eq=False)
class Targets:
    """Target declarations; each has a number, by which its mark is called."""

    classes: dict[str, int] = field(default_factory=dict)
    subjects_of: dict[str, int] = field(default_factory=dict)
    objects_of: dict[str, int] = field(default_factory=dict)
    nodes: dict[str, int] = field(default_factory=dict)
    shapes: list[list[Node]] = field(default_factory=list)
    """Number -> shapes that declare it."""

    def declare(self, kind: dict[str, int], key: str, shape: Node) -> None:
        """Note that a shape has a target."""
        number = kind.setdefault(key, len(self.shapes))
        if number == len(self.shapes):
            self.shapes.append([])
        self.shapes[number].append(shape)


def mark(number: int) -> str:
    """Return the predicate that marks the focus nodes of a target declaration."""
    return f"focus:{number}"


@dataclass(eq=False)
class Plan:
    """How to validate by parts."""

    targets: Targets
    marked: Graph
    """The shapes, with marks for targets."""
    queries: list[Query]
    """The sh:sparql constraints, each with where to find its focus nodes in ``numbers``."""
    numbers: list[list[int]]
    """For each query, the target declarations whose nodes it is asked about."""
    steps: Steps[str]
    """What the shapes look at but for sh:sparql, from ``ROOT``."""
    query_steps: Steps[str]
    """What the queries look at, from ``ROOT``."""
    anchors: list[tuple[str, int]]
    """Constants from which queries look on, with their states."""

    @property
    def local(self) -> bool:
        """Whether the data may be taken apart: paths lead from a focus node to all that decides about it."""
        back = any(step.predicate is None and step.inverse for steps in self.steps for step in steps)
        return not back and all(query.local for query in self.queries)

    @property
    def traceable(self) -> bool:
        """Whether it can be told whom a change concerns: no query looks on from constants."""
        return self.local and not self.anchors

    @staticmethod
    def core(shapes: Graph) -> Graph:
        """Return shapes without sh:sparql."""
        return _without(shapes, {SH.sparql, SH.select, SH.prefixes})

    def queries_alone(self) -> Graph:
        """Return shapes that have the sh:sparql constraints and nothing else."""
        found = Graph(bind_namespaces="none")
        keep = {SH.sparql, SH.path, SH.severity, SH.message, SH.deactivated, SH.targetObjectsOf, SH.property}
        holders = {query.holder for query in self.queries}
        parents = {parent for holder in holders for parent in self.marked.subjects(SH.property, holder)}
        for s, p, o in self.marked:
            if s in holders | parents:
                if p in keep and (p != SH.property or o in holders):
                    found.add((s, p, o))
            else:  # paths, constraints, prefixes; other shapes lose what makes them such
                if p not in (SH.targetObjectsOf, SH.property, SH.sparql):
                    found.add((s, p, o))
        return found


def _without(shapes: Graph, predicates: set[URIRef]) -> Graph:
    found = Graph(bind_namespaces="none")
    for triple in shapes:
        if triple[1] not in predicates:
            found.add(triple)
    return found


def make(shapes: Graph) -> Plan:
    """Return the plan of a shapes graph of SHACL Core and sh:sparql.

    Raises:
        UnfitError: some sh:sparql constraint has to be evaluated by pySHACL; says why.
    """
    targets, marked = _targets(shapes)
    core, asked = Automaton(), Automaton()
    root = core.state()
    asking = asked.state()
    assert root == asking == ROOT
    states = _States(shapes, core)
    for shape in {shape for declared in targets.shapes for shape in declared}:
        core.free[root].add(states.of(shape))
    queries, numbers = [], []
    for holder, constraint in sorted(shapes.subject_objects(SH.sparql), key=str):
        if _is_true(shapes, holder, SH.deactivated) or _is_true(shapes, constraint, SH.deactivated):
            continue
        queries.append(prepare(shapes, holder, constraint, asked, asking))
        numbers.append(_focus_of(shapes, targets, holder))
    anchors = [anchor for query in queries for anchor in query.anchors]
    return Plan(targets, marked, queries, numbers, core.closed(), asked.closed(), anchors)


def _is_true(graph: Graph, node: Node, predicate: URIRef) -> bool:
    return any(str(value) in ("true", "1") for value in graph.objects(node, predicate))


def _targets(shapes: Graph) -> tuple[Targets, Graph]:
    found = Targets()
    kinds = {
        SH.targetClass: found.classes, SH.targetSubjectsOf: found.subjects_of,
        SH.targetObjectsOf: found.objects_of, SH.targetNode: found.nodes,
    }  # fmt: skip
    for predicate, kind in kinds.items():
        for shape, target in sorted(shapes.subject_objects(predicate), key=str):
            found.declare(kind, text_of(target), shape)
    classes = {RDFS.Class, *shapes.transitive_subjects(RDFS.subClassOf, RDFS.Class)}
    implicit = {(s, RDF.type, c) for c in classes for s in shapes.subjects(RDF.type, c) if _is_shape(shapes, s)}
    for shape in sorted({s for s, _, _ in implicit}, key=str):
        found.declare(found.classes, text_of(shape), shape)
    marked = _without(shapes, set(kinds))
    for triple in implicit:
        marked.remove(triple)
    for number, declared in enumerate(found.shapes):
        for shape in declared:
            marked.add((shape, SH.targetObjectsOf, URIRef(mark(number))))
    return found, marked


def _is_shape(shapes: Graph, node: Node) -> bool:
    return (node, RDF.type, SH.NodeShape) in shapes or (node, RDF.type, SH.PropertyShape) in shapes


def _focus_of(shapes: Graph, targets: Targets, holder: Node) -> list[int]:
    """Return the target declarations whose nodes a constraint of this shape is asked about."""
    parents = set(shapes.subjects(SH.property, holder))
    for one in {holder} | parents:
        if any((None, p, one) in shapes for p in _LOGIC) or (None, RDF.first, one) in shapes:
            raise UnfitError("sh:sparql in a shape that others refer to")
    for parent in parents:
        if (parent, SH.path, None) in shapes:
            raise UnfitError("sh:sparql in a property of a property")
    asked = {holder} | {parent for parent in parents if not _is_true(shapes, parent, SH.deactivated)}
    return [number for number, declared in enumerate(targets.shapes) if not asked.isdisjoint(declared)]


class _States:
    """The states of shapes in the automaton."""

    def __init__(self, shapes: Graph, automaton: Automaton) -> None:
        self._shapes, self._automaton = shapes, automaton
        self._known: dict[Node, int] = {}

    def of(self, shape: Node) -> int:
        """Return the state of a node that is validated against a shape."""
        if shape in self._known:
            return self._known[shape]
        automaton, shapes = self._automaton, self._shapes
        focus = self._known[shape] = automaton.state()
        if _is_true(shapes, shape, SH.deactivated):
            return focus
        path = shapes.value(shape, SH.path)
        value = focus if path is None else automaton.path(shapes, path, focus)
        for predicate in _PAIRS:
            for other in shapes.objects(shape, predicate):
                automaton.step(focus, str(other), to=0)
        if _is_true(shapes, shape, SH.closed):
            automaton.step(value, None, to=0)
        if (shape, SH["class"], None) in shapes:
            automaton.classes(value)
        inner = [o for p in (*_LOGIC, SH.property) for o in shapes.objects(shape, p)]
        inner += [one for p in _LISTS for o in shapes.objects(shape, p) for one in Collection(shapes, o)]
        if _is_true(shapes, shape, SH.qualifiedValueShapesDisjoint):
            for parent in shapes.subjects(SH.property, shape):
                siblings = shapes.objects(parent, SH.property)
                inner += [o for one in siblings for o in shapes.objects(one, SH.qualifiedValueShape)]
        for one in inner:
            automaton.free[value].add(self.of(one))
        return focus
