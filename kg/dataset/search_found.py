"""What a search finds."""

from __future__ import annotations

from dataclasses import dataclass, field

from kg.errors import StoreError

TIERS = ("exact", "name", "beginning", "label", "names", "text", "similar")
"""How a thing was found, the best first: it has this label, code or address; it has this other name; its label begins
so; the words are in its label, its names, its texts; some of the words, or words like them, are."""


class SearchError(StoreError):
    """The index of a version is absent or damaged; everything else works."""


@dataclass(frozen=True, slots=True)
class Said:
    """Something that is said of a thing."""

    role: str
    """``label``, ``name``, ``code``, ``link`` or ``text``."""
    text: str
    lang: str
    graph: str
    """IRI of a graph that says it; empty for a default graph of its own."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that was found."""

    iri: str
    kind: str
    """IRI of its class; empty where it has none."""
    links: int
    """Statements that point at it."""
    tier: str
    """One of ``TIERS``."""
    label: str
    lang: str
    """Of the label."""
    matched: Said | None
    """What of it matches best, of a long text the part around the first word that does; None where no single text has a
    word of the question."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found."""

    hits: list[Hit]
    total: int
    """Things of the kinds asked for; from ```COUNTED``` on, there may be more."""
    counts: dict[str, int] = field(default_factory=dict)
    """Class -> things of it that match, the most first; kinds that were not asked for are counted too."""
    meant: str | None = None
    """What was looked for instead, where nothing matches as it was typed and something like it does."""
    words: frozenset[str] = frozenset()
    """The words looked for, folded, with their other forms: what to mark in a text."""
    beginning: str | None = None
    """What the last word begins with, where it is still being typed."""
    complete: bool = True
    """False where time was over before all was looked at."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that a string may mean."""

    iri: str
    kind: str
    links: int
    label: str
    lang: str
    name: str
    """The one of its names that is most like the string."""
    likeness: float
    """How like it is, from 0 to 100."""
    is_exact: bool
    """Whether it is the string but for case, accents and signs."""
