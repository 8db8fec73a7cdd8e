"""A loaded shard as the store would give it back, without asking the store, which takes ten times as long.

The store keeps the values of some literals in place of their letters (``"05"^^xsd:int`` comes back as an integer 5), so
each typed literal is sent through a store of its own, once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, Store, parse

from kg.namespaces import XSD

SAMPLES = 200
"""Lines of a shard that are looked at."""
AT_ONCE = 1 << 20
"""Bytes of lines that are taken at a time."""
_AS_IT_IS = re.compile(
    rb'"(?:[1-9]\d{3}-\d\d-\d\d"\^\^<%(xsd)sdate>|[1-9]\d{3}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\dZ"\^\^<%(xsd)sdateTime>|'
    rb'[1-9]\d{0,15}"\^\^<%(xsd)sinteger>|(?:true|false)"\^\^<%(xsd)sboolean>|[^"\\]*"\^\^<%(xsd)sanyURI>)'
    % {b"xsd": re.escape(str(XSD).encode())}
)
"""Common literals that the store gives back as they are."""
_TYPED = b'"^^<'
_STATEMENT = b"<urn:s> <urn:p> %s ."


def is_canonical(shard: Path, graph: NamedNode) -> bool:
    """Whether a sample of the lines of a shard is of one graph and written as pyoxigraph writes quads."""
    size = shard.stat().st_size
    with shard.open("rb") as lines:
        lines.seek(max(0, size - 1))
        if lines.read() not in (b"", b"\n"):
            return False
        for number in range(SAMPLES):
            lines.seek(number * size // SAMPLES)
            if number:
                lines.readline()
            line = lines.readline()
            try:
                found = [f"{quad} .\n".encode() for quad in parse(line, RdfFormat.N_QUADS) if quad.graph_name == graph]
            except SyntaxError:
                return False
            if line and found != [line]:
                return False
    return True


def canonical_lines(shard: Path) -> Iterator[list[bytes]]:
    """Yield the lines of a shard, many at a time, with the terms as the store has them."""
    with shard.open("rb") as file:
        while lines := file.readlines(AT_ONCE):
            yield [canonical(line) if _TYPED in line else line for line in lines]


def canonical(line: bytes) -> bytes:
    """Return a line of N-Quads as the store would give it back."""
    if _TYPED not in line:
        return line
    end = line.rindex(b'"')
    if not line.startswith(b"^^", end + 1):
        return line
    start, end = line.index(b' "') + 1, line.index(b">", end) + 1
    return line[:start] + _canonical(line[start:end]) + line[end:]


@lru_cache(maxsize=1 << 17)
def _canonical(literal: bytes) -> bytes:
    if _AS_IT_IS.fullmatch(literal):
        return literal
    store = Store()
    store.load(_STATEMENT % literal, RdfFormat.N_TRIPLES)
    return next(str(quad.object).encode() for quad in store)
