"""What of the graph is searched, and how much it counts: ``search.toml``, read; and what maker and reader agree on."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.namespaces import PREFIXES

FILE = "search.sqlite"
ROLES = ("label", "name", "code", "link", "text")
LABEL, NAME, CODE, LINK, TEXT = range(5)
TEXT_MOST = 100_000
"""Characters of a text that are searched."""
LEVELS = 255
"""How much a thing may count."""
BITS = 40
"""Of an id below those of its level."""


@dataclass(frozen=True, slots=True)
class Table:
    """``search.toml``, read."""

    roles: dict[str, int]
    """Property -> role."""
    ranks: dict[str, int]
    """Class -> its place; hidden classes come first, with negative places."""
    heads: dict[str, int]
    """Class -> head start; ``""`` -> that of others."""
    prefixes: dict[str, tuple[str, ...]]


@cache
def table() -> Table:
    """Return what is searched, and how much it counts."""
    found = tomllib.loads((Path(__file__).parent / "search.toml").read_text(encoding="utf-8"))
    hidden = [_expanded(c) for c in found["hidden"]["classes"]]
    heads = {"" if c == "other" else _expanded(c): head for c, head in found["kinds"].items()}
    return Table(
        roles={_expanded(p): ROLES.index(role) for role, properties in found["roles"].items() for p in properties},
        ranks={c: n - len(hidden) for n, c in enumerate(hidden)} | {c: n for n, c in enumerate(c for c in heads if c)},
        heads=heads,
        prefixes={_expanded(c): tuple(words) for c, words in found["prefixes"].items()},
    )


def _expanded(curie: str) -> str:
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local


@cache
def fingerprint() -> str:
    """Return what stands for the way an index is made: one that was made otherwise is not copied."""
    here = Path(__file__).parent
    content = b"".join(
        (here / name).read_bytes() for name in ("search.toml", "search_index.py", "search_table.py", "search_text.py")
    )
    return hashlib.sha256(content).hexdigest()[:16]


def level(of: str, links: int) -> int:
    """Return how much a thing counts, from 0 to 255."""
    heads = table().heads
    return min(heads.get(of, heads[""]) + 10 * links.bit_length(), LEVELS)


def is_spelt(word: str) -> bool:
    """Whether a word is one that people spell, rightly or wrongly: no number, no code, neither short nor endless."""
    return 4 <= len(word) <= 40 and not any(c.isdigit() for c in word)
