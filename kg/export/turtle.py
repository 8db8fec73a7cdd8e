"""Turtle and TriG from sorted statements.

Terms are written by pyoxigraph; the prefixes by us, because it gives them no fixed order.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, cast

from pyoxigraph import RdfFormat, Triple, parse, serialize

from kg.export.sorting import batches


def header(prefixes: Mapping[str, str]) -> bytes:
    """Return the prefix declarations, sorted, with a blank line below them."""
    return "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in sorted(prefixes.items())).encode() + b"\n"


def write_turtle(lines: Iterable[bytes], output: IO[bytes], prefixes: Mapping[str, str]) -> int:
    """Write sorted N-Triples lines as Turtle, grouped by subject; return the number of triples."""
    output.write(header(prefixes))
    return write_body(lines, output, prefixes)


def write_body(lines: Iterable[bytes], output: IO[bytes], prefixes: Mapping[str, str]) -> int:
    """Write sorted N-Triples lines as Turtle without the prefix declarations; it may stand in TriG's braces too."""
    count = 0

    def statements() -> Iterator[Triple]:
        nonlocal count
        for batch in batches(lines):
            for quad in parse(batch, RdfFormat.N_TRIPLES):
                count += 1
                yield quad.triple

    serialize(statements(), cast("IO[bytes]", _Body(output)), RdfFormat.TURTLE, prefixes=dict(prefixes))
    return count


def copy_body(turtle: IO[bytes], output: IO[bytes]) -> None:
    """Copy Turtle that ``write_turtle`` wrote, without its prefix declarations."""
    for line in turtle:
        if line == b"\n":
            break
    shutil.copyfileobj(turtle, output, 1 << 18)


class _Body:
    """A sink that drops the prefix declarations which Turtle begins with."""

    def __init__(self, output: IO[bytes]) -> None:
        self._output = output
        self._head: bytes | None = b""

    def write(self, chunk: bytes) -> int:
        if self._head is None:
            self._output.write(chunk)
            return len(chunk)
        self._head += chunk
        while self._head.startswith(b"@prefix ") and b"\n" in self._head:
            self._head = self._head.partition(b"\n")[2]
        if len(self._head) >= 8 and not self._head.startswith(b"@prefix "):
            self._finish()
        return len(chunk)

    def flush(self) -> None:
        # A body of fewer than eight bytes does not exist: `<a:b> a c: .` is the shortest.
        if self._head and not self._head.startswith(b"@prefix "):
            self._finish()

    def _finish(self) -> None:
        head, self._head = self._head, None
        self._output.write(head or b"")
