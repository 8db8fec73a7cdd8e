"""Which things have a text in one of their names: what the lists are looked through by.

Unlike searching by words, any part of a name will do, as ``map`` in OpenStreetMap; accents, case and signs do not
count.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from kg.dataset.search_table import NAME, table
from kg.dataset.search_text import units


def named(index: sqlite3.Connection, kinds: Mapping[int, str], text: str, of: str, most: int) -> list[str] | None:
    """Return the IRIs of the things of a class whose names have all words of a text, those first that count most.

    Args:
        index: the index of a version.
        kinds: number -> class, as the index has them.
        text: what was typed.
        of: IRI of the class; things of others may be among those that are found.
        most: things wanted.

    Returns:
        None where the text has no word.
    """
    words = list(dict.fromkeys(units(text)))
    if not words:
        return None
    ranks = table().ranks
    # the index has a thing under the first of its classes
    numbers = [number for number, cls in kinds.items() if of not in ranks or ranks.get(cls, len(ranks)) <= ranks[of]]
    rows = index.execute(
        f"SELECT iri FROM thing WHERE kind IN ({', '.join('?' * len(numbers))}) AND EXISTS ("
        f"SELECT 1 FROM entry WHERE entry.thing = thing.id AND role <= {NAME}"
        f"{' AND instr(key, ?)' * len(words)}) ORDER BY id LIMIT ?",
        (*numbers, *words, most),
    )
    return [iri for (iri,) in rows]
