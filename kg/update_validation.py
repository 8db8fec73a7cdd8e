"""Whether the things that an update touches conform to the project's shapes when it is made.

A load validates record by record; an update knows no records. So what is looked at is each thing of which a statement
was added or removed, with what our things around it say (a membership with its interval and that one's ends), as they
would be after the update. Only what the things touched break counts, and only what they did not break before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Triple

from kg.dataset.update import Delta
from kg.dataset.writer import Writer
from kg.ingest import shapes
from kg.validation import Engine, Result, validate_batch

AT_ONCE = 200
"""Things that are validated together."""
AROUND = 2
"""Links that are followed from a thing touched."""
SHOWN = 50

Subject = NamedNode | BlankNode
Look = Callable[[Subject], set[Triple]]


def violations(writer: Writer, delta: Delta, base: str, engine: Engine = "auto") -> list[dict[str, Any]]:
    """Return what an update would break, as results of SHACL's (``Result`` as dicts), ``SHOWN`` of them at most.

    Raises:
        EngineMismatchError: the two engines disagree.
    """
    added: dict[Subject, set[Triple]] = {}
    for quad in delta.added:
        if isinstance(quad.subject, NamedNode | BlankNode):
            added.setdefault(quad.subject, set()).add(quad.triple)
    gone = set(delta.removed)

    def before(subject: Subject) -> set[Triple]:
        return {q.triple for q in _quads(writer, subject)}

    def after(subject: Subject) -> set[Triple]:
        return {q.triple for q in _quads(writer, subject) if q not in gone} | added.get(subject, set())

    removed = {q.subject for q in delta.removed if isinstance(q.subject, NamedNode | BlankNode)}
    touched = sorted(set(added) | removed | _linking(writer, removed, base), key=str)
    found: list[Result] = []
    for start in range(0, len(touched), AT_ONCE):
        part = touched[start : start + AT_ONCE]
        broken = _broken(part, after, base, engine)
        if broken:
            known = {(r.focus_node, r.path, r.value, r.constraint) for r in _broken(part, before, base, engine)}
            found += [r for r in broken if (r.focus_node, r.path, r.value, r.constraint) not in known]
        if len(found) >= SHOWN:
            break
    return [asdict(result) for result in found[:SHOWN]]


def _quads(writer: Writer, subject: Subject) -> Iterable[Quad]:
    for quad in writer.store.quads_for_pattern(subject, None, None, None):
        if not (writer.union and isinstance(quad.graph_name, DefaultGraph)):
            yield quad


def _linking(writer: Writer, subjects: Iterable[Subject], base: str) -> set[Subject]:
    """Return our things that link to any of these: what these lose, those may miss."""
    return {
        quad.subject
        for subject in subjects
        for quad in writer.store.quads_for_pattern(None, None, subject, None)
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(base)
    }


def _broken(touched: list[Subject], look: Look, base: str, engine: Engine) -> list[Result]:
    triples: set[Triple] = set()
    seen: set[Subject] = set()
    border: set[Subject] = set(touched)
    for _ in range(AROUND + 1):
        seen |= border
        told = {triple for subject in border for triple in look(subject)}
        triples |= told
        linked = {triple.object for triple in told}
        border = {term for term in linked if isinstance(term, NamedNode | BlankNode) and _is_ours(term, base)} - seen
    ntriples = "".join(f"{line} .\n" for line in sorted(map(str, triples))).encode()
    ours = {subject.value for subject in touched}
    return [
        result
        for result in validate_batch(ntriples, shapes(), engine=engine)
        if result.severity == "Violation" and result.focus_node.strip("<>").removeprefix("_:") in ours
    ]


def _is_ours(term: Subject, base: str) -> bool:
    return isinstance(term, BlankNode) or term.value.startswith(base)
