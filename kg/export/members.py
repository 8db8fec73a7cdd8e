"""Where the members of the dumps' gzip files begin: ``.members.json``, beside the dumps.

Members begin at subjects that are chosen by their hash, so that the same statements are in the same members whatever
stands before them: a later version copies those in which nothing has changed, and writes the others anew
(``kg.export.patch``). The bytes are the same as if all had been written anew.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import groupby
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from isal import igzip

FILE = ".members.json"
ONE_IN = 128
"""One in so many subjects begins a member: some 150 KB of N-Quads."""


class Member(NamedTuple):
    """A member, or several, of a gzip file."""

    subject: str
    """What it begins with, in N-Triples form."""
    start: int
    """Bytes of the file before it."""
    statements: int
    """Statements, or rows, before it."""


@dataclass(slots=True)
class Body:
    """What stands in a file between its head and its tail."""

    begin: int = 0
    end: int = 0
    statements: int = 0
    members: list[Member] = field(default_factory=list)

    def at(self, subject: str) -> int:
        """Return the number of the member into which a subject belongs; the first takes what comes before it, too."""
        return max(0, bisect_right(self.members, subject, key=lambda member: member.subject) - 1)

    def next(self, number: int) -> Member:
        """Return the member after one, or what stands for it at the end."""
        if number + 1 < len(self.members):
            return self.members[number + 1]
        return Member("", self.end, self.statements)

    def span(self, first: int, last: int) -> tuple[str, str | None]:
        """Return the least subject that belongs into some members, and the one before which they end."""
        end = self.members[last + 1].subject if last + 1 < len(self.members) else None
        return self.members[first].subject if first else "", end

    def runs(self, subjects: Iterable[str]) -> Iterator[tuple[int, int]]:
        """Yield the first and last number of the members to write anew where something else is said of some subjects.

        What follows on a subject with which a member begins may go to the one before, when it is gone.
        """
        numbers: set[int] = set()
        for subject in subjects if self.members else ():
            at = self.at(subject)
            numbers |= {at, max(0, at - 1)} if self.members[at].subject == subject else {at}
        for _, run in groupby(enumerate(sorted(numbers)), key=lambda pair: pair[1] - pair[0]):
            found = [number for _, number in run]
            yield found[0], found[-1]

    def read(self, path: Path, first: int, last: int) -> bytes:
        """Return what some members of a file hold, from the first to the last; -1 is the last of all."""
        if not self.members:
            return b""
        start, end = self.members[first].start, self.next(last).start if last >= 0 else self.end
        with path.open("rb") as file:
            file.seek(start)
            return bytes(igzip.decompress(file.read(end - start)))  # type: ignore[no-untyped-call]


def is_border(subject: str) -> bool:
    """Whether a member begins with a subject wherever it occurs."""
    return crc32(subject.encode()) % ONE_IN == 0


def write(folder: Path, bodies: Mapping[str, Body]) -> None:
    """Note the members of the files of a folder."""
    text = json.dumps({name: asdict(body) for name, body in sorted(bodies.items())}, ensure_ascii=False)
    (folder / FILE).write_text(text + "\n", encoding="utf-8")


def read(folder: Path) -> dict[str, Body]:
    """Return the members of files by name; none where they cannot be read."""
    try:
        kept = json.loads((folder / FILE).read_bytes())
        return {
            name: Body(body["begin"], body["end"], body["statements"], [Member(*one) for one in body["members"]])
            for name, body in kept.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
