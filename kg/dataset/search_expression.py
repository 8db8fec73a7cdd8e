"""What is asked of FTS5: made of folded words alone, so nothing of what a person types is ever read as its syntax."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

Phrase = list[str]
"""Words that stand one after the other."""


def all_of(phrases: list[Phrase], columns: str, *, typing: bool = False) -> str:
    """Return the expression for things with all phrases in some columns (``label name``; empty: any of them).

    Args:
        phrases: folded words, as ``search_text.phrases`` gives them.
        columns: names of columns, parted by blanks.
        typing: the last word may be the beginning of one.

    >>> all_of([["goals"], ["13", "3"]], "label", typing=True)
    '{label} : (("goals" OR "goal") AND "13 3"*)'
    """
    last = len(phrases) - 1
    parts = [_term(phrase, beginning=typing and n == last) for n, phrase in enumerate(phrases)]
    return _in(columns, " AND ".join(parts))


def any_of(phrases: list[Phrase], columns: str) -> str:
    """Return the expression for things with any of the phrases in some columns."""
    return _in(columns, " OR ".join(_term(phrase) for phrase in phrases))


def _in(columns: str, expression: str) -> str:
    return f"{{{columns}}} : ({expression})" if columns else expression


def _term(phrase: Phrase, *, beginning: bool = False) -> str:
    text = " ".join(phrase)
    if beginning:
        return f'"{text}"*'
    spellings = variants(text) if len(phrase) == 1 else [text]
    if len(phrase) > 1 and all(word.isascii() and word.isalpha() for word in phrase):
        spellings.append("".join(phrase))  # open-source and opensource
    quoted = " OR ".join(f'"{spelling}"' for spelling in spellings)
    return f"({quoted})" if len(spellings) > 1 else quoted


@cache
def _same() -> dict[str, tuple[str, ...]]:
    found = tomllib.loads((Path(__file__).parent / "search.toml").read_text(encoding="utf-8"))
    return {word: tuple(w for w in group if w != word) for group in found["spellings"]["same"] for word in group}


def variants(word: str) -> list[str]:
    """Return a word and its other forms that mean the same to who searches: singular and plural, other spellings.

    >>> variants("licences")
    ['licences', 'licence', 'license', 'licenses']
    """
    found = [word]
    if word.isascii() and word.isalpha() and len(word) > 3:
        single = word[:-1] if word.endswith("s") and not word.endswith("ss") else word
        for one in (single, *_same().get(single, ())):
            found += [form for form in (one, f"{one}s") if form not in found]
    return found
