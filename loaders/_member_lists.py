"""The sentences of a member list, split into names by the punctuation they really have.

"Members include: members of the ISG; BMZ; Omidyar Network, UNDP; and UN Global Pulse." Semicolons part the names, and
sometimes a comma does; but a ministry has commas and an "and" in its name. So the authority file decides: a part that
it knows whole is one name; a part that can be cut, at commas or "and", into names that it all knows is cut there; a
part without either is one name, known or not. What is left could be one or several names, and stays a reject.

Bullets, middle dots between blanks, vertical bars and lines part names as semicolons do; but a line may also end where
the text was wrapped, and a slash between blanks may join two names of one organization, so where these are not the
only separators the authority file has to know the names that they part.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.linking.organizations import authority

BODY_ROLES = (
    (re.compile(r"\b(?:interim strategy group|isg)\b", re.IGNORECASE), "interim strategy group member"),
    (re.compile(r"\bboard\b", re.IGNORECASE), "board member"),
)
"""What the governing body is called -> the role of those who sit on it."""

LEAD_IN = re.compile(
    r"(?P<lead>(?:[^.]*?\s)?(?:members?|membership|board|group)\b[^:;.,]{0,60}?"
    r"\b(?:includes?|including|consists? of|consisting of|comprises?|comprising|are)\b\s*[:;]?)\s*",
    re.IGNORECASE,
)
"""The words in front of the names."""

_REFERENCE = re.compile(
    r"(?:all\s+|the\s+)?(?:\w+\s+)?(?:board\s+members|members\s+of\s+(?:the|our)\s+(?:\w+\s+)?(?:board|isg|group))",
    re.IGNORECASE,
)
_LINE_END = "␤"
"""Stands for the end of a line where white space has been folded."""
_SENTENCE_END = re.compile(r"(?<!\b\w)(?<!\bInc)(?<!\bLtd)(?<!\bCorp)(?<!\bSt)(?<!\bDr)\.(?=\s+(?:␤\s*)*[\"“(]?[A-Z])")
_BULLET = r"[•‣▪◦|]|(?<=\s)·|·(?=\s)"
SEPARATOR = re.compile(rf"[;,␤]|{_BULLET}|(?<=\s)/(?=\s)")
"""All that may stand between two names."""
_NEEDLESS_LINE_END = re.compile(rf"\s*␤(?:[\s␤]*)(?=[;,]|{_BULLET})|(?<=[;,•‣▪◦|·])[\s␤]*␤\s*")
_ITEM = re.compile(r"␤\s*[-*–—]\s+")
_SLASH = re.compile(r"\s+/\s+")
_AND = re.compile(r"^(?:and|&)\s+(?=\S)", re.IGNORECASE)
_CUT = re.compile(r"(,\s+(?:and\s+)?|\s+and\s+)", re.IGNORECASE)
_MOST_CUTS = 24


@dataclass(frozen=True, slots=True)
class Name:
    """One name of a list, as it is written there."""

    text: str
    quote: str
    """The words that say it: what leads the list in, and the name between its neighbours."""


@dataclass(frozen=True, slots=True)
class BoardReference:
    """The list says "the six members of the board" instead of naming them."""

    text: str
    quote: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A part of the list that could be one name or several."""

    text: str


Part = Name | BoardReference | Ambiguous


def folded(text: str) -> str:
    """Return text with all its white space, no-break spaces too, as single blanks."""
    return " ".join(text.split())


def _folded_but_lines(text: str) -> str:
    """Return text folded, with its entities resolved (they have semicolons) and the ends of its lines marked."""
    return folded(f" {_LINE_END} ".join(line for line in html.unescape(text).splitlines() if line.strip()))


def sentence(text: str) -> str | None:
    """Return the sentence of a text that lists names: led in as a list is, and with the most separators; else None."""
    found = [part for part in sentences(text) if LEAD_IN.match(part)]
    return max(found, key=lambda part: len(SEPARATOR.findall(part)), default=None)


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, white space folded, without their full stops."""
    return [part.strip(f" {_LINE_END}").rstrip(".").strip() for part in _SENTENCE_END.split(_folded_but_lines(text))]


def body_role(text: str) -> str:
    """Return the role that a sentence about the governing body gives: of its board, or of its interim group."""
    start = folded(text)[:200]
    return next((role for pattern, role in BODY_ROLES if pattern.search(start)), "board member")


def parts(text: str | Sequence[str]) -> Iterator[Part]:
    """Yield the names of a sentence, or of a list whose items are names already, in their order."""
    if not isinstance(text, str):
        for item in text:
            if whole := folded(html.unescape(item)).strip(" ;,"):
                yield BoardReference(whole, whole) if _REFERENCE.fullmatch(whole) else Name(whole, whole)
        return
    whole = sentence(text) or sentences(text)[0]
    match = LEAD_IN.match(whole)
    lead, rest = (_shown(match["lead"]), whole[match.end() :]) if match else ("", whole)
    pieces, separators = _pieces(rest)
    commas_part = rest.count(",") > max(len(separators), rest.count(";"))
    for index, piece in enumerate(pieces):
        before = _shown(pieces[index - 1]) + _between(separators[index - 1]) if index else ""
        after = _between(separators[index]) + _shown(pieces[index + 1]) if index + 1 < len(pieces) else ""
        bare = _AND.sub("", piece)
        if _REFERENCE.fullmatch(bare):
            yield BoardReference(bare, _quote(lead, index, f"{before}{piece}{after}"))
            continue
        if _LINE_END in bare or _SLASH.search(bare):
            found: list[str | Ambiguous] = _wrapped_or_slashed(bare)
        else:
            # after "; and" the list's own conjunction is spent: another "and" belongs to the name
            spent = bare != piece or index + 1 < len(pieces) or (index > 0 and separators[index - 1] != ";")
            found = list(_names(bare, commas_part=commas_part, conjunction_spent=spent))
        piece = _shown(piece)
        for name in found:
            if not isinstance(name, str):
                yield name
            elif len(piece) > 200:
                yield Name(name, _quote(lead, index, _around(piece, name)))
            else:
                yield Name(name, _quote(lead, index, f"{before}{piece}{after}"))


def lists_names(text: str | Sequence[str]) -> bool:
    """Whether there is any name in a sentence, or in a list."""
    return any(True for _ in parts(text))


def is_list(text: str) -> bool:
    """Whether text lists names: it is led in or parted as a list is, or most of what it names is known.

    "Page not found | Creative Commons" and "Sorry, there is nothing here" are none.
    """
    if sentence(text) is not None or re.search("[;•]", html.unescape(text)):
        return True
    found = [part for part in parts(text) if isinstance(part, Name)]
    return sum(_known(name.text) for name in found) * 2 > len(found)


def _shown(text: str) -> str:
    """Return text as it is quoted: without the marks at the ends of its lines."""
    return folded(text.replace(_LINE_END, " "))


def _between(separator: str) -> str:
    return {";": "; ", _LINE_END: " "}.get(separator, f" {separator} ")


def _pieces(rest: str) -> tuple[list[str], list[str]]:
    """Return what the separators other than commas part, and the separator after each piece but the last."""
    rest = _NEEDLESS_LINE_END.sub(" ", _ITEM.sub("• ", rest))
    pieces, separators = [""], [""]
    for index, part in enumerate(re.split("(;)", rest)):
        if index % 2:
            separators[-1] = part
            continue
        if _known(_shown(part)):
            cut = [part]
        else:
            lines_part = ";" not in rest and not re.search(_BULLET, rest) and rest.count(_LINE_END) > rest.count(",")
            cut = re.split(f"({_BULLET}{'|␤' if lines_part else ''})", part)
        for position, text in enumerate(cut):
            if position % 2:
                separators[-1] = text
            elif text.strip(f" {_LINE_END}"):
                pieces.append(text.strip(f" {_LINE_END}"))
                separators.append("")
    return pieces[1:], separators[1:]


def _wrapped_or_slashed(piece: str) -> list[str | Ambiguous]:
    """Return the names in a piece with line ends or slashes that need not part names: all known, or it is unclear."""
    whole = _shown(piece)
    lines = [line for line in (_shown(line) for line in piece.split(_LINE_END)) if line]
    for texts in ([whole], lines, _SLASH.split(whole)):
        found = [name for text in texts for name in _names(text, commas_part=True, conjunction_spent=False)]
        if all(isinstance(name, str) and _known(name) for name in found):
            return found
    return [Ambiguous(whole)]


def _names(piece: str, *, commas_part: bool, conjunction_spent: bool) -> Iterator[str | Ambiguous]:
    if _known(piece):
        yield piece
        return
    cut = _CUT.split(piece)
    words, separators = cut[::2], cut[1::2]
    if not separators:
        yield piece
        return
    if len(separators) > _MOST_CUTS:
        yield Ambiguous(piece)
        return
    if found := _known_parts(words, separators):
        yield from found
    elif commas_part and any("," in separator for separator in separators):
        yield from _comma_separated(words, separators)
    elif conjunction_spent and not any("," in s for s in separators) and not any(map(_known, words)):
        yield piece
    else:
        yield Ambiguous(piece)


def _known(name: str) -> bool:
    return authority().find(name) is not None


def _known_parts(words: Sequence[str], separators: Sequence[str]) -> list[str] | None:
    """Return the fewest names, all known, that the words can be joined to; None where there is no such way."""
    best: list[list[str] | None] = [[]] + [None] * len(words)
    for end in range(1, len(words) + 1):
        for start in range(end):
            before = best[start]
            if before is None or ((current := best[end]) is not None and len(current) <= len(before) + 1):
                continue
            name = _joined(words, separators, start, end)
            if _known(name):
                best[end] = [*before, name]
    return best[-1]


def _comma_separated(words: Sequence[str], separators: Sequence[str]) -> Iterator[str | Ambiguous]:
    """Yield the names of an enumeration "A, B, C, and D": at each comma the longest known name, else up to the next."""
    start = 0
    while start < len(words):
        ends = range(len(words), start + 1, -1)
        end = next((end for end in ends if _known(_joined(words, separators, start, end))), None)
        if end is None:
            end = start + 1
            while end < len(words) and "," not in separators[end - 1]:
                end += 1
        name = _joined(words, separators, start, end)
        if end - start == 1 or _known(name):
            yield name
        elif found := _known_parts(words[start:end], separators[start : end - 1]):
            yield from found
        elif end < len(words) and not any(map(_known, words[start:end])):
            yield name  # an "and" inside an enumeration that goes on belongs to the name
        else:
            yield Ambiguous(name)
        start = end


def _joined(words: Sequence[str], separators: Sequence[str], start: int, end: int) -> str:
    text = words[start]
    for index in range(start + 1, end):
        text += separators[index - 1] + words[index]
    return text


def _around(text: str, name: str) -> str:
    start = text.find(name)
    cut = text[max(0, start - 60) : start + len(name) + 60]
    return f"{'… ' if start > 60 else ''}{cut}{' …' if start + len(name) + 60 < len(text) else ''}"


def _quote(lead: str, index: int, text: str) -> str:
    quote = f"{lead[-80:].lstrip()} {'… ' if index > 1 else ''}{text}".strip()
    return quote if len(quote) <= 300 else f"{quote[:299].rstrip()}…"
