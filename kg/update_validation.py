"""Whether the things that an update concerns conform to the project's shapes when it is made.

A load validates record by record; an update knows no records. So what is looked at is each thing whose shapes look at a
statement that was added or removed (``kg.validation.changes``), as it would be after the update. Only what the update
breaks counts, not what was broken before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode, Triple

from kg.dataset.update import Delta
from kg.dataset.writer import Writer
from kg.ingest import shapes
from kg.validation import Engine, Look, Result, validate_changes

AT_ONCE = 1_000
"""Changed statements that are looked at together."""
SHOWN = 50


def violations(writer: Writer, delta: Delta, engine: Engine = "auto") -> list[dict[str, Any]]:
    """Return what an update would break, as results of SHACL's (``Result`` as dicts), ``SHOWN`` of them at most.

    Raises:
        EngineMismatchError: the two engines disagree.
    """
    added, gone = {quad.triple for quad in delta.added}, set(delta.removed)
    by_subject: dict[Any, list[Triple]] = {}
    by_object: dict[Any, list[Triple]] = {}
    for triple in added:
        by_subject.setdefault(triple.subject, []).append(triple)
        by_object.setdefault(triple.object, []).append(triple)

    def before(subject: Any, predicate: NamedNode | None, value: Any) -> Iterable[Triple]:
        return {quad.triple for quad in _quads(writer, subject, predicate, value)}

    def after(subject: Any, predicate: NamedNode | None, value: Any) -> Iterable[Triple]:
        found = {quad.triple for quad in _quads(writer, subject, predicate, value) if quad not in gone}
        new = by_subject.get(subject, ()) if subject is not None else by_object.get(value, ())
        return found | {t for t in new if predicate in (None, t.predicate) and value in (None, t.object)}

    changes = sorted(added | {quad.triple for quad in delta.removed}, key=str)
    found: dict[tuple[str | None, ...], Result] = {}
    for start in range(0, len(changes), AT_ONCE):
        part = changes[start : start + AT_ONCE]
        broken = _violations(part, after, engine)
        if broken:
            known = _violations(part, before, engine)
            found |= {key: result for key, result in broken.items() if key not in known}
        if len(found) >= SHOWN:
            break
    return [asdict(result) for result in list(found.values())[:SHOWN]]


def _violations(changes: list[Triple], look: Look, engine: Engine) -> dict[tuple[str | None, ...], Result]:
    found = validate_changes(changes, look, shapes(), engine=engine)
    return {(r.focus_node, r.path, r.value, r.constraint): r for r in found if r.severity == "Violation"}


def _quads(writer: Writer, subject: Any, predicate: NamedNode | None, value: Any) -> Iterable[Any]:
    for quad in writer.store.quads_for_pattern(subject, predicate, value, None):
        if not (writer.union and isinstance(quad.graph_name, DefaultGraph)):
            yield quad
