"""pySHACL looks again at what the native engine has validated: where the two disagree, neither is trusted."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable

from kg.errors import EngineMismatchError
from kg.namespaces import SH, XSD
from kg.validation.report import Result
from kg.validation.shapes import Shapes

SAMPLE = 64
"""One batch in so many is checked by both engines; the first one of a load always."""
WINDOW = 2_000
"""Triples of such a batch that both look at: pySHACL takes about a second for them, and thirty for a whole batch."""

_ORDERS = frozenset(
    f"{SH}{name}ConstraintComponent"
    for name in ("LessThan", "LessThanOrEquals", "MinExclusive", "MinInclusive", "MaxExclusive", "MaxInclusive")
)
_ORDERED = frozenset(
    f"^^<{XSD[name]}>" for name in ("integer", "decimal", "double", "float", "boolean", "date", "dateTime")
)


def texts_ordered(result: Result) -> bool:
    """Whether the result is of the one known kind in which the engines differ.

    The native engine orders texts in languages, xsd:anyURI, durations and numbers out of their type's bounds, which
    SPARQL's operators do not. Our shapes order numbers and dates.
    """
    value = result.value or ""
    return result.constraint in _ORDERS and value.startswith('"') and value[value.rindex('"') + 1 :] not in _ORDERED


def chosen(shapes: Shapes, ntriples: bytes) -> bool:
    """Whether both engines check this: the first batch of a load, and a sample that hangs on the bytes alone."""
    shapes.checked += 1
    return shapes.checked <= 1 or zlib.crc32(ntriples) % SAMPLE == 0


def window(ntriples: bytes) -> bytes:
    """Return the consecutive triples that both engines look at; where they start hangs on the bytes alone.

    A cut through a record does no harm: it is the two engines that are compared, on the same triples.
    """
    lines = ntriples.splitlines(keepends=True)
    start = zlib.crc32(ntriples) % max(1, len(lines) - WINDOW + 1)
    return b"".join(lines[start : start + WINDOW])


def compare(shapes: Shapes, fast: Iterable[Result], reference: Iterable[Result]) -> None:
    """Count a cross-check.

    Raises:
        EngineMismatchError: the results differ; says how.
    """
    shapes.cross_checked += 1
    ours, theirs = (Counter(r for r in results if not texts_ordered(r)) for results in (fast, reference))
    if ours != theirs:
        only = [f"  only the fast way: {result}" for result in (ours - theirs).elements()]
        only += [f"  only pySHACL:      {result}" for result in (theirs - ours).elements()]
        raise EngineMismatchError(
            "two SHACL engines disagree about the same data:\n" + "\n".join(only[:20]),
            hint="neither is trusted: uninstall the package 'shacl' to validate by pySHACL alone, and report the shape",
        )
