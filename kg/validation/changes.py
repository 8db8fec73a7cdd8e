"""What a change concerns, validated: the things changed, and those whose paths lead to them, cut out of a store.

A change of a good's label concerns the good; a change of a licence's class concerns the goods under it as well, if a
shape looks there. Followed backwards, the paths of the shapes say which (``kg.validation.reach``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.errors import UsageError
from kg.validation.parts import Part
from kg.validation.plan import ROOT, Plan
from kg.validation.reach import SUBCLASS, TYPE, concerned, cut, told
from kg.validation.shapes import Shapes

Term = NamedNode | BlankNode | Literal | Triple
Look = Callable[[Term | None, NamedNode | None, Term | None], Iterable[Triple]]
"""The triples that match a subject, predicate and object, any of which may be None."""

_TYPE, _SUBCLASS = NamedNode(TYPE), NamedNode(SUBCLASS)


def concerned_part(changes: Iterable[Triple], look: Look, shapes: Shapes) -> Part:
    """Return the focus nodes that added or removed triples concern, with what shapes look at from them.

    ``look`` looks at the data after the change, or before it to see what was broken then.

    Raises:
        UsageError: what these shapes look at cannot be told from their paths.
    """
    plan = shapes.plan
    if plan is None or not plan.traceable:
        raise UsageError(f"a change cannot be validated by itself: {shapes.unfit or 'a query looks beyond its paths'}")
    return part_of(focus_nodes(changes, look, plan), look, plan)


def focus_nodes(changes: Iterable[Triple], look: Look, plan: Plan) -> set[Term]:
    """Return the nodes whose validation may come out differently."""
    along = _Along(look)
    changed = [(triple.subject, triple.predicate, triple.object) for triple in changes]
    found: set[Term] = {subject for subject, _, _ in changed}
    objects_of = {_iri(predicate) for predicate in plan.targets.objects_of}
    found |= {value for _, predicate, value in changed if predicate in objects_of}
    for steps in (plan.steps, plan.query_steps):
        found |= concerned(told(steps, NamedNode), [ROOT], along, changed)
    for kind in {subject for subject, predicate, _ in changed if predicate == _SUBCLASS}:
        for below in _closure(kind, look, up=False):
            found |= {triple.subject for triple in look(None, _TYPE, below)}
    return found


def part_of(nodes: Iterable[Term], look: Look, plan: Plan) -> Part:
    """Return those of the nodes that are targets, with what shapes look at from them."""
    focus: dict[int, set[bytes]] = {}
    starts: set[tuple[Term, int]] = set()
    for node in nodes:
        for number in set(_declared(node, look, plan)):
            focus.setdefault(number, set()).add(str(node).encode())
            starts.add((node, ROOT))
    along = _Along(look)
    text, asked = (cut(told(steps, NamedNode), along, starts) for steps in (plan.steps, plan.query_steps))
    return Part(_lines(text), _lines(asked), focus)


def _declared(node: Term, look: Look, plan: Plan) -> Iterator[int]:
    """Return the target declarations that a node falls under."""
    targets = plan.targets
    if (number := targets.nodes.get(str(node))) is not None:
        yield number
    for predicate, number in targets.objects_of.items():
        if any(look(None, _iri(predicate), node)):
            yield number
    if isinstance(node, Literal):
        return
    for predicate, number in targets.subjects_of.items():
        if any(look(node, _iri(predicate), None)):
            yield number
    for triple in look(node, _TYPE, None):
        for kind in _closure(triple.object, look, up=True):
            if (number := targets.classes.get(str(kind))) is not None:
                yield number


def _closure(kind: Term, look: Look, *, up: bool) -> set[Term]:
    """Return a class with its superclasses or its subclasses."""
    seen: set[Term] = {kind}
    todo: list[Term] = [kind]
    while todo:
        one = todo.pop()
        if isinstance(one, Literal):
            continue
        found = look(one, _SUBCLASS, None) if up else look(None, _SUBCLASS, one)
        new = {triple.object if up else triple.subject for triple in found}
        todo += new - seen
        seen |= new
    return seen


class _Along:
    """Looks along predicates, in a store."""

    def __init__(self, look: Look) -> None:
        self._look = look

    def __call__(self, node: Term, predicate: NamedNode | None, inverse: bool) -> Iterator[tuple[Triple, Term]]:
        if inverse:
            for triple in self._look(None, predicate, node):
                yield triple, triple.subject
        elif not isinstance(node, Literal):
            for triple in self._look(node, predicate, None):
                yield triple, triple.object


def _iri(text: str) -> NamedNode:
    return NamedNode(text[1:-1])


def _lines(triples: Iterable[Triple]) -> bytes:
    return "".join(sorted(f"{triple} .\n" for triple in triples)).encode()
