"""A text with what it names marked: spans that nest and overlap become pieces that stand one after another.

Offsets are Unicode code points, end exclusive, as ``commons:startOffset`` and ``commons:endOffset`` count them. Links
cannot nest: of spans that share words the one that begins first, then the longest, is marked, what lies within it is
named beside it, and what reaches beyond it is marked from there on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kg.web.terms import Value

AROUND = 90
"""Characters shown on each side of a mark where the text as a whole may not be."""

QUOTED = 1_200
"""Characters shown of such a text in all."""


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a text that names something; ``status`` tells how a link to a goal is known, else it is empty."""

    start: int
    end: int
    thing: Value
    status: str = ""


@dataclass(slots=True)
class Piece:
    """A run of text: plain, or a mark of the first of ``spans``, which has the others within it."""

    text: str
    spans: list[Span] = field(default_factory=list)


def pieces(text: str, spans: Iterable[Span]) -> list[Piece]:
    """Cut a text at its marks.

    >>> a, b = Value("CC", "/cc"), Value("CC BY", "/by")
    >>> [(p.text, [s.thing.text for s in p.spans]) for p in pieces("use CC BY now", [Span(4, 6, a), Span(4, 9, b)])]
    [('use ', []), ('CC BY', ['CC BY', 'CC']), (' now', [])]
    """
    found: list[Piece] = []
    at = 0
    for span in sorted(spans, key=lambda s: (s.start, -s.end, s.thing.text)):
        if not 0 <= span.start < span.end <= len(text):
            continue
        if span.end <= at and found and found[-1].spans:
            known = {(s.thing.href, s.status) for s in found[-1].spans}
            if (span.thing.href, span.status) not in known:
                found[-1].spans.append(span)
            continue
        start = max(span.start, at)
        if start > at:
            found.append(Piece(text[at:start]))
        found.append(Piece(text[start : span.end], [span]))
        at = span.end
    if at < len(text):
        found.append(Piece(text[at:]))
    return found


def paragraphs(found: Sequence[Piece]) -> list[list[Piece]]:
    """Part pieces where a blank line stands in a plain one."""
    result: list[list[Piece]] = [[]]
    for piece in found:
        if piece.spans:
            result[-1].append(piece)
            continue
        first, *rest = re.split(r"\n\s*\n", piece.text)
        result[-1].append(Piece(first))
        result.extend([Piece(part)] for part in rest)
    return [p for p in result if any(piece.text.strip() for piece in p)]


def excerpts(found: Sequence[Piece], around: int = AROUND) -> list[list[Piece]]:
    """Return marks with some words around them, run together where they are near each other, up to ``QUOTED``."""
    result: list[list[Piece]] = []
    is_open = False
    for number, piece in enumerate(found):
        if piece.spans:
            if not is_open:
                before = found[number - 1].text if number and not found[number - 1].spans else ""
                result.append([Piece(_end(before, around))])
            result[-1].append(piece)
            is_open = True
        elif is_open:
            is_last = number == len(found) - 1
            if not is_last and len(piece.text) <= around:
                result[-1].append(piece)
            else:
                result[-1].append(Piece(beginning(piece.text, around)))
                is_open = False
    kept: list[list[Piece]] = []
    length = 0
    for excerpt in result:
        length += sum(len(piece.text) for piece in excerpt)
        if kept and length > QUOTED:
            break
        kept.append(excerpt)
    return kept


def firsts(spans: Iterable[Span]) -> list[Span]:
    """Return the first place at which each thing is named."""
    found: dict[str | None, Span] = {}
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        found.setdefault(span.thing.href, span)
    return list(found.values())


def beginning(text: str, around: int) -> str:
    """Return the first so many characters of a text, cut at a word."""
    return text if len(text) <= around else text[:around].rpartition(" ")[0] + " …"


def _end(text: str, around: int) -> str:
    return text if len(text) <= around else "… " + text[-around:].partition(" ")[2]
