"""What was not loaded, or only with a warning: the records in the ``quality`` folder of a version, found by filter.

A version's files never change, so each is read once, and what is kept of a record is where it stands in its file.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from kg.identifiers import short_hash
from kg.web.i18n import N_

KINDS = (N_("reject"), N_("quarantine"), N_("warning"))

Record = dict[str, Any]
"""A record as ``kg.ingest`` keeps it: kind, source, label, origins, reason, hint, excerpt, results, triples."""


@dataclass
class Fault:
    """The records of one source that have one message."""

    source: str
    kind: str
    """One of ``KINDS``."""
    message: str
    hint: str = ""
    places: array[int] = field(default_factory=lambda: array("Q"))
    """Where in the source's file each record begins."""

    @property
    def count(self) -> int:
        """Records."""
        return len(self.places)

    @property
    def key(self) -> str:
        """What stands for kind and message in an address."""
        return short_hash(self.kind, self.message)


@lru_cache(2)
def faults_of(folder: Path) -> tuple[Fault, ...]:
    """Return the faults of a version, the most frequent first."""
    found: dict[tuple[str, str, str], Fault] = {}
    for path in sorted(folder.glob("*.jsonl")):
        place = 0
        with path.open("rb") as lines:
            for line in lines:
                entry = json.loads(line)
                kind = entry.get("kind", "reject")
                name = (path.stem, kind if kind in KINDS else "quarantine", entry.get("reason", ""))
                fault = found.setdefault(name, Fault(*name))
                fault.hint = fault.hint or entry.get("hint", "")
                fault.places.append(place)
                place += len(line)
    return tuple(sorted(found.values(), key=lambda f: (-f.count, f.source, f.message)))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter; what is empty says nothing."""

    source: str = ""
    kind: str = ""
    message: str = ""
    """``Fault.key``."""

    def of(self, folder: Path) -> list[Fault]:
        """Return the faults that it lets through."""
        return [
            fault for fault in faults_of(folder)
            if self.source in ("", fault.source) and self.kind in ("", fault.kind) and self.message in ("", fault.key)
        ]  # fmt: skip


def records(folder: Path, faults: Iterable[Fault], start: int = 0, count: int | None = None) -> Iterator[Record]:
    """Yield records, in the order of their sources and of their places there."""
    by_source: dict[str, list[int]] = {}
    for fault in sorted(faults, key=lambda f: f.source):
        by_source.setdefault(fault.source, []).extend(fault.places)
    places = ((source, place) for source, found in by_source.items() for place in sorted(found))
    stop = None if count is None else start + count
    opened, stream = "", None
    try:
        for source, place in islice(places, start, stop):
            if source != opened:
                if stream is not None:
                    stream.close()
                opened, stream = source, (folder / f"{source}.jsonl").open("rb")
            assert stream is not None
            stream.seek(place)
            yield json.loads(stream.readline())
    finally:
        if stream is not None:
            stream.close()
