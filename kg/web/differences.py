"""What changed between two versions, from what each version keeps of its changes against its parent.

Any two versions are joined by a chain of parents: back from one to what both come from, and on from there to the other.
The patches along it are sorted, so that they are merged as they are read, and what one adds and another takes away
cancels out; memory is that of one line of each.
"""

from __future__ import annotations

import csv
import heapq
import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from kg.dataset.home import Home
from kg.dataset.manifest import Manifest
from kg.dataset.subjects import unpacked
from kg.errors import StoreError
from kg.export.changes import FOLDER, STATEMENTS, THINGS

ADDED, REMOVED, CHANGED = "added", "removed", "changed"

_LINE = re.compile(
    rb'(<[^>]*>|_:\S+) (<[^>]*>) (<[^>]*>|_:\S+|"(?:[^"\\]|\\.)*"(?:@[A-Za-z0-9\-]+|\^\^<[^>]*>)?)(?: (<[^>]*>))?'
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_PLAIN = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


@dataclass(frozen=True, slots=True)
class Step:
    """From a version to its parent, or from its parent to it."""

    version: Path
    is_back: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that was added or removed; terms are as in SPARQL JSON results."""

    is_added: bool
    subject: dict[str, Any]
    property: str
    value: dict[str, Any]
    graph: str | None


@dataclass(slots=True)
class Summary:
    """A difference, counted."""

    graphs: dict[str, list[int]] = field(default_factory=dict)
    """Graph -> statements added, removed."""
    kinds: dict[str, dict[str, int]] = field(default_factory=dict)
    """Class -> ``added``, ``removed``, ``changed`` -> things."""

    @property
    def added(self) -> int:
        """Statements added in all."""
        return sum(counts[0] for counts in self.graphs.values())

    @property
    def removed(self) -> int:
        """Statements removed in all."""
        return sum(counts[1] for counts in self.graphs.values())


class UnknownError(Exception):
    """What lies between two versions is not known; the text says why."""


def steps(home: Home, old: str, new: str) -> tuple[Step, ...]:
    """Return the steps from one version to another.

    Raises:
        UnknownError: a version between them is gone or has kept no changes, or they have no ancestor in common.
    """
    before, after = _ancestors(home, old), _ancestors(home, new)
    common = next((version for version in before if version in set(after)), None)
    if common is None:
        raise UnknownError(f"Versions {old} and {new} come from no version that is still kept.")
    back = [Step(home.versions / version, True) for version in before[: before.index(common)]]
    on = [Step(home.versions / version, False) for version in after[: after.index(common)]]
    for step in (*back, *on):
        if not is_kept(step.version):
            raise UnknownError(f"Version {step.version.name} has kept no list of its changes.")
    return (*back, *reversed(on))


def is_kept(version: Path) -> bool:
    """Whether a version has kept what it changed."""
    return (version / FOLDER / STATEMENTS).is_file()


def _ancestors(home: Home, version: str | None) -> list[str]:
    found: list[str] = []
    while version is not None and version not in found:
        found.append(version)
        try:
            version = Manifest.read(home.versions / version).parent
        except StoreError:
            break
    return found


def lines(walk: tuple[Step, ...]) -> Iterator[tuple[bool, bytes]]:
    """Yield (is it added, quad as N-Quads without the final dot) for each statement that differs, sorted by quad."""
    with ExitStack() as stack:
        patches = [_patch(stack, step) for step in walk]
        for quad, signs in groupby(heapq.merge(*patches, key=_order), key=itemgetter(0)):
            if total := sum(sign for _, sign in signs):
                yield total > 0, quad


def _order(line: tuple[bytes, int]) -> bytes:
    return line[0] + b" A"  # as the patches are sorted: with the sign behind the quad


def _patch(stack: ExitStack, step: Step) -> Iterator[tuple[bytes, int]]:
    plus = -1 if step.is_back else 1
    for line in stack.enter_context(unpacked(step.version / FOLDER / STATEMENTS)):
        if line.startswith((b"A ", b"D ")):
            yield line[2:-3], plus if line.startswith(b"A") else -plus


def things(walk: tuple[Step, ...]) -> Iterator[tuple[str, str, str]]:
    """Yield (``added``, ``removed`` or ``changed``, kind, thing) for each thing that differs, sorted by thing."""
    differing = _Subjects(walk)
    with ExitStack() as stack:
        tables = [_table(stack, number, step) for number, step in enumerate(walk)]
        for (thing, kind), rows in groupby(heapq.merge(*tables, key=_place), key=itemgetter(0, 1)):
            changes = [change for *_, change in rows]
            was, is_now = changes[0] != ADDED, changes[-1] != REMOVED
            if (was or is_now) and differing.has(thing):
                yield CHANGED if was and is_now else ADDED if is_now else REMOVED, kind, thing


def _place(row: tuple[str, str, int, str]) -> tuple[str, str, int]:
    thing, kind, number, _ = row
    return _as_subject(thing), kind, number


def _as_subject(thing: str) -> str:
    return thing if thing.startswith("_:") else f"<{thing}>"  # things are sorted as the subjects of N-Quads


class _Subjects:
    """The subjects of the statements that differ, to be asked for in their order."""

    def __init__(self, walk: tuple[Step, ...]) -> None:
        # one patch names no thing of which nothing differs
        self._found = None if len(walk) == 1 else (quad.partition(b" ")[0] for _, quad in lines(walk))
        self._last = b""

    def has(self, thing: str) -> bool:
        if self._found is None:
            return True
        wanted = _as_subject(thing).encode()
        while self._last < wanted:
            self._last = next(self._found, b"\xff")
        return self._last == wanted


def _table(stack: ExitStack, number: int, step: Step) -> Iterator[tuple[str, str, int, str]]:
    packed = stack.enter_context(unpacked(step.version / FOLDER / THINGS))
    reader = csv.reader(line.decode() for line in packed)
    next(reader, None)
    reverse = {ADDED: REMOVED, REMOVED: ADDED} if step.is_back else {}
    for change, kind, thing in reader:
        yield thing, kind, number, reverse.get(change, change)


@lru_cache(256)
def summary(walk: tuple[Step, ...]) -> Summary:
    """Count a difference."""
    found = Summary()
    for is_added, quad in lines(walk):
        graph = quad[quad.rindex(b" ") + 1 :].decode() if quad.endswith(b">") and _has_graph(quad) else ""
        counts = found.graphs.setdefault(graph.strip("<>"), [0, 0])
        counts[0 if is_added else 1] += 1
    for change, kind, _ in things(walk):
        counted = found.kinds.setdefault(kind, dict.fromkeys((ADDED, REMOVED, CHANGED), 0))
        counted[change] += 1
    return found


def _has_graph(quad: bytes) -> bool:
    match = _LINE.fullmatch(quad)
    return match is not None and match[4] is not None


def parted(quad: bytes) -> tuple[bytes, bytes]:
    """Return the triple of a line and its graph, which is empty for the default graph.

    >>> parted(b'<x:s> <x:p> "a" <x:g>')
    (b'<x:s> <x:p> "a"', b'<x:g>')
    """
    if not _has_graph(quad):
        return quad, b""
    triple, _, graph = quad.rpartition(b" ")
    return triple, graph


def statement(is_added: bool, quad: bytes) -> Statement:
    """Read a line.

    >>> statement(True, b'<x:s> <x:p> "a\\\\"b"@en <x:g>').value
    {'type': 'literal', 'value': 'a"b', 'xml:lang': 'en'}
    """
    match = _LINE.fullmatch(quad)
    if match is None:
        raise StoreError(f"a patch holds what is no statement: {quad[:200]!r}")
    subject, prop, value, graph = (part.decode() if part is not None else None for part in match.groups())
    assert subject is not None
    assert prop is not None
    assert value is not None
    return Statement(is_added, _term(subject), prop[1:-1], _term(value), graph and graph[1:-1])


def _term(text: str) -> dict[str, Any]:
    if text.startswith("<"):
        return {"type": "uri", "value": _unescaped(text[1:-1])}
    if text.startswith("_:"):
        return {"type": "bnode", "value": text[2:]}
    end = text.rindex('"')
    term = {"type": "literal", "value": _unescaped(text[1:end])}
    if text[end + 1 :].startswith("@"):
        term["xml:lang"] = text[end + 2 :]
    elif text[end + 1 :].startswith("^^"):
        term["datatype"] = text[end + 4 : -1]
    return term


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else _PLAIN.get(m[3], m[3]), text)


def of_graph(found: Iterable[tuple[bool, bytes]], graph: str) -> Iterator[tuple[bool, bytes]]:
    """Keep the lines of one graph."""
    end = f" <{graph}>".encode()
    return (line for line in found if line[1].endswith(end))
