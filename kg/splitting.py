"""Payloads taken apart by byte ranges, so that each part of a source can be read by itself, anywhere.

A part of a payload is a payload that opens as the range alone and knows how many records and lines stand before it: the
same ``Loader.read`` reads it, and says of each record where it stands in the whole. A loader whose parts give the same
records, one part after the other, as the whole says how it is taken apart in ``Loader.split``.
"""

from __future__ import annotations

import json
import mmap
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from kg.loader import Payload, Range

SIZE = 1 << 20
"""Bytes that a part has about: a second or so of work."""

DEEPEST = 12
"""How deep brackets may stand in each other in an item of an array that is taken apart."""


def _object() -> bytes:
    """Return a pattern for a JSON object (RFC 8259): what it says of brackets and strings, the parser says the rest."""
    plain = rb'[^{}\[\]"]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^{}\[\]"]*+)*+'
    inner = plain
    for _ in range(DEEPEST):
        inner = plain + rb"(?:[{\[]" + inner + rb"[}\]]" + plain + rb")*+"
    return rb"\{" + inner + rb"\}"


_ITEM = re.compile(_object(), re.DOTALL)
_BETWEEN = re.compile(rb"\s*+([,\]])\s*+")


def by_lines(payload: Payload, size: int = SIZE) -> list[Payload]:
    """Take apart a payload of which each line is a record: JSON Lines, N-Triples, N-Quads."""
    parts: list[Payload] = []
    start = end = before = number = 0
    with payload.open() as stream:
        for number, line in enumerate(stream, 1):
            end += len(line)
            if end - start >= size:
                parts.append(replace(payload, range=Range(start, end, items=before, lines=before)))
                start, before = end, number
    if end > start:
        parts.append(replace(payload, range=Range(start, end, items=before, lines=before)))
    return parts


def by_items(payload: Payload, look: Callable[[Any], object], size: int = SIZE) -> list[Payload] | None:
    """Take apart a JSON array of objects; each part is an array too.

    ``look`` sees each object, and raises a ``ValueError`` where the array cannot be taken apart because of it. Return
    None then, and where the payload is no such array or no JSON.
    """
    parts: list[Payload] = []
    try:
        with payload.open() as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as text:
            start = end = before = 0  # an array begins with a bracket: no item starts at 0
            for number, (first, end) in enumerate(_items(text), 1):
                look(json.loads(text[first:end]))
                start = start or first
                if end - start >= size:
                    parts.append(_array(payload, start, end, before))
                    start, before = 0, number
            if start:
                parts.append(_array(payload, start, end, before))
    except (ValueError, RecursionError):  # mmap raises one of an empty file
        return None
    return parts


def _array(payload: Payload, start: int, end: int, items: int) -> Payload:
    return replace(payload, range=Range(start, end, before=b"[", after=b"]", items=items))


def _items(text: mmap.mmap) -> Iterator[tuple[int, int]]:
    """Yield where each item of an array of objects starts and ends.

    Raises:
        ValueError: it is something else.
    """
    begun = re.match(rb"\s*+\[\s*+(\]\s*+)?", text)
    if begun is None:
        raise ValueError("no array")
    at, ended = begun.end(), begun[1] is not None
    while not ended:
        item = _ITEM.match(text, at)
        between = item and _BETWEEN.match(text, item.end())
        if item is None or between is None:
            raise ValueError("no array of objects")
        yield item.span()
        at, ended = between.end(), between[1] == b"]"
    if at != len(text):
        raise ValueError("something stands behind the array")
