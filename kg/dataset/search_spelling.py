"""What was probably meant by words that occur nowhere: those of the index that are most like them.

Words that share trigrams with a word come from an FTS5 table; rapidfuzz then tells how like it they are.
"""

from __future__ import annotations

import re
import sqlite3

from rapidfuzz.distance import OSA

from kg.dataset.search_table import is_spelt
from kg.dataset.search_text import LONGEST, units

CANDIDATES = 200
"""Words that are compared with one that was mistyped."""
LIKE = 0.7
"""How like it a word must be, from 0 to 1: 1 less the share of characters that differ; swapped neighbours are one."""


def corrected(index: sqlite3.Connection, text: str, phrases: list[list[str]]) -> str | None:
    """Return a text with the words that occur nowhere replaced by those most like them; None where there are none."""
    instead = {}
    for word in (word for phrase in phrases for word in phrase):
        if is_spelt(word) and not occurrences(index, word):
            found = _most_like(index, word)
            if found is not None:
                instead[word] = found
    if not instead:
        return None

    def replaced(match: re.Match[str]) -> str:
        (word, *more) = units(match[0]) or [""]
        return instead.get(word[:LONGEST], match[0]) if not more else match[0]

    return re.sub(r"[^\W_]+", replaced, text)


def occurrences(index: sqlite3.Connection, word: str) -> int:
    """Return how many things have a word."""
    row = index.execute("SELECT doc FROM temp.vocabulary WHERE term = ?", (word,)).fetchone()
    return int(row[0]) if row else 0


def _most_like(index: sqlite3.Connection, word: str) -> str | None:
    padded = f" {word} "
    trigrams = {padded[n : n + 3] for n in range(len(padded) - 2)}
    expression = " OR ".join(f'"{trigram}"' for trigram in sorted(trigrams))
    rows = index.execute(
        "SELECT trim(word) FROM spelling WHERE spelling MATCH ? ORDER BY rank LIMIT ?", (expression, CANDIDATES)
    )
    like = [(OSA.normalized_similarity(word, other, score_cutoff=LIKE), other) for (other,) in rows]
    best = max(((likeness, occurrences(index, other), other) for likeness, other in like if likeness), default=None)
    return best[2] if best is not None and best[1] else None
