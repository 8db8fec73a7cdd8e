"""How texts are cut into words for searching: the same way when the index is made and when it is asked.

A word is folded: no case, no accents, no vowel points (``Côte`` -> ``cote``, ``مُحَمَّد`` -> ``محمد``), compatibility
forms in their plain shape. Scripts that are written without blanks (Han, kana, Thai, Lao, Khmer, Burmese) are cut into
single characters, each with its marks, and a run of them is searched for as a phrase: that finds any word in them
without a dictionary. The marks of Indic scripts are part of the word, for without them it is another one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

MOST_WORDS = 16
"""Words of what is searched for; nobody types more, and each costs time."""
LONGEST = 64
"""Characters of a word of what is searched for."""
QUOTED = 360
"""Characters of a text that a hit quotes."""

_DROPPED = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f"
    "\u0670\u06d6-\u06dc\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u20d0-\u20f0\ufe00-\ufe0f\ufe20-\ufe2f]+"
)
"""Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic, and what is not seen at all."""

_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h",
     "ى": "ي", "ة": "ه", "ک": "ك", "ی": "ي"}
)  # fmt: skip
"""Letters that people type otherwise where their keyboard lacks them, and that have no decomposition."""

_BLANKLESS = (
    "\u0e00-\u0e3a\u0e3f-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
)
_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u102b-\u103e\u17b4-\u17d3\u3099\u309a"
_INDIC = "\u0900-\u0963\u0966-\u0df3"
_UNIT = re.compile(rf"[{_BLANKLESS}][{_MARKS}]*|(?:(?![{_BLANKLESS}_])[\w{_INDIC}\u0300-\u036f])+")


def fold(text: str) -> str:
    """Return a text as it is compared.

    >>> fold("Organização São Tomé"), fold("STRAßE"), fold("ﬁne")
    ('organizacao sao tome', 'strasse', 'fine')
    """
    if text.isascii():
        return text.lower()
    text = _DROPPED.sub("", unicodedata.normalize("NFKD", text)).casefold().translate(_PLAIN)
    return unicodedata.normalize("NFC", text)


def units(text: str) -> list[str]:
    """Return the words of a text, folded, in their order.

    >>> units("CC-BY-4.0"), units("Climate Action: 气候行动")
    (['cc', 'by', '4', '0'], ['climate', 'action', '气', '候', '行', '动'])
    """
    return _UNIT.findall(fold(text))


def key(text: str) -> str:
    """Return what two spellings of one name, code or address have in common.

    >>> key("CC BY 4.0") == key("cc-by-4.0"), key("https://www.who.int/") == key("http://who.int")
    (True, True)
    """
    found = units(text)
    if found and found[0] in ("http", "https") and text.lstrip()[:8].lower().startswith(("http://", "https://")):
        del found[0]
        if found and found[0] == "www":
            del found[0]
    return " ".join(found)


def phrases(text: str) -> list[list[str]]:
    """Return what is searched for: words, and phrases of those that no blank parts.

    >>> phrases("target 13.3")
    [['target'], ['13', '3']]
    """
    found: list[list[str]] = []
    left = MOST_WORDS
    for chunk in text[:2000].split():
        parts = [unit[:LONGEST] for unit in units(chunk)][:left]
        if parts and parts not in found:
            found.append(parts)
            left -= len(parts)
        if left <= 0:
            break
    return found


@lru_cache(maxsize=65_536)
def _folded(word: str) -> str:
    return fold(word)


def spans(text: str, wanted: frozenset[str], prefix: str | None = None) -> Iterator[tuple[int, int]]:
    """Yield where the words stand that are wanted, or that begin with ``prefix``; neighbours are joined."""
    last: tuple[int, int] | None = None
    for match in _UNIT.finditer(text):
        word = _folded(match[0])
        if word in wanted or (prefix is not None and word.startswith(prefix)):
            if last is not None and not text[last[1] : match.start()].strip():
                last = last[0], match.end()
                continue
            if last is not None:
                yield last
            last = match.span()
        elif last is not None:
            yield last
            last = None
    if last is not None:
        yield last


def around(text: str, wanted: frozenset[str]) -> str:
    """Return what stands around the first of the words that are wanted: a text is quoted, not handed out."""
    if len(text) <= QUOTED:
        return text
    first = next(spans(text, wanted), (0, 0))[0]
    start = max(0, min(first - QUOTED // 3, len(text) - QUOTED))
    part = text[start : start + QUOTED]
    if start:
        part = "… " + (part.partition(" ")[2] if " " in part[: QUOTED // 6] else part)
    if start + QUOTED < len(text):
        part = (part.rpartition(" ")[0] if " " in part[-QUOTED // 6 :] else part) + " …"
    return part
