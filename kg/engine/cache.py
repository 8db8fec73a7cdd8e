"""Answers kept for those who ask the same again, bounded in bytes; and which queries may be answered so."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from kg.engine.guard import SEARCH_NAMES, has_word

Value = TypeVar("Value")

OVERHEAD = 600
"""Bytes that an entry takes beside its content, about."""

_SEARCH = "|".join(map(re.escape, SEARCH_NAMES))
_VARYING = re.compile(
    rf"\b(?:NOW|RAND|UUID|STRUUID|SERVICE(?!\s+(?:SILENT\s+)?(?:{_SEARCH})[\s{{]))\b|\\u", re.IGNORECASE
)
_MAY_VARY = ("NOW", "RAND", "UUID", "SERVICE", "\\U")


def is_repeatable(text: str) -> bool:
    """Whether a query has the same answer as long as the data is the same; in doubt, it has not.

    >>> is_repeatable("SELECT * { ?s ?p ?o }"), is_repeatable("SELECT (NOW() AS ?now) {}")
    (True, False)
    """
    return not has_word(text, _MAY_VARY) or _VARYING.search(text) is None


class ByteCache(Generic[Value]):
    """Keeps what was used last; ``most`` bytes in all, ``entry`` bytes at most for one. 0 bytes: keeps nothing."""

    def __init__(self, most: int, entry: int) -> None:
        self.most, self.entry = most, entry
        self.bytes = 0
        self.hits = 0
        self.misses = 0
        self._kept: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable) -> Value | None:
        """Return what is kept under a key."""
        found = self._kept.get(key)
        if found is None:
            self.misses += 1
            return None
        self._kept.move_to_end(key)
        self.hits += 1
        return found[0]

    def put(self, key: Hashable, value: Value, size: int) -> None:
        """Keep a value of ``size`` bytes, and forget others for it; one that is too large is not kept."""
        size += OVERHEAD
        if size > min(self.entry, self.most):
            return
        before = self._kept.pop(key, None)
        if before is not None:
            self.bytes -= before[1]
        self._kept[key] = (value, size)
        self.bytes += size
        while self.bytes > self.most:
            self.bytes -= self._kept.popitem(last=False)[1][1]

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()
        self.bytes = 0
