"""Many phrases found in a text at once, at the boundaries of words (Aho-Corasick)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

_SAME = str.maketrans({
    "\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u201c": '"', "\u201d": '"', "\u2010": "-",
    "\u2011": "-", "\u2013": "-", "\u00a0": " ", "\u202f": " ", "\n": " ", "\t": " ",
})  # fmt: skip


class Found(NamedTuple):
    """The phrase ``number`` stands at ``text[start:end]``."""

    number: int
    start: int
    end: int


class Phrases:
    """Finds phrases in texts, whatever their letter case, typographic quotation marks, hyphens and kinds of blank.

    Every place is found, also those that overlap. A phrase that ends with ``*`` may go on to the end of the word.

    >>> [found[0] for found in Phrases(["new york", "york", "city*"]).find("New York's cities, the city. Yorkshire")]
    [0, 1, 2]
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        given = [folded(phrase) for phrase in phrases]
        self._open = [phrase.endswith("*") for phrase in given]
        self._machine = AhoCorasick([phrase.removesuffix("*") for phrase in given])

    def find(self, text: str) -> Iterator[Found]:
        """Yield every place of a phrase, in the order of their ends."""
        letters = folded(text)
        last = len(letters)
        for number, start, end in self._machine.find_matches_as_indexes(letters, overlapping=True):
            if start and letters[start - 1].isalnum() and letters[start].isalnum():
                continue
            if end < last and letters[end].isalnum() and letters[end - 1].isalnum():
                if not self._open[number]:
                    continue
                while end < last and letters[end].isalnum():
                    end += 1
            yield Found(number, start, end)


def longest(places: Iterable[Found]) -> Iterator[Found]:
    """Yield, from left to right, the places that overlap with none that begins before, or there and is longer."""
    end = -1
    for place in sorted(places, key=lambda found: (found.start, -found.end)):
        if place.start >= end:
            end = place.end
            yield place


def plain(text: str) -> str:
    """Return a text of the same length with plain quotation marks, hyphens and blanks."""
    return text.translate(_SAME)


def folded(text: str) -> str:
    """Return a text in which what does not tell names apart is one; each character stands where it stood.

    >>> folded("O\u2019Neill\u00a0İş")
    "o'neill i\u015f"
    """
    lower = plain(text).lower()
    if len(lower) == len(text):
        return lower
    return "".join(c.lower() if len(c.lower()) == 1 else c.lower()[0] for c in plain(text))
