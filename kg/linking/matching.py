"""How surely two parties are one organization: evidence with weights, added up.

Each piece of evidence has a weight between -1 and 1; the score is their sum, held between 0 and 1. One statement about
the names is the strongest that holds (``NAMES``); homepages, countries and identifiers add to it or take from it. From
``ACCEPT`` on the two are one organization, from ``REVIEW`` on a person is asked, below they are two.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein

from kg.linking.names import Name, parse, words_that_are
from kg.linking.sites import Site, site

ACCEPT = 0.85
REVIEW = 0.55


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """An organization as far as exact rules tell: all that sources say about one local name."""

    local: str
    names: tuple[str, ...]
    homepages: tuple[str, ...] = ()
    ror: str | None = None
    wikidata: str | None = None
    countries: frozenset[str] = frozenset()
    """Alpha-2 codes of where it is."""


class Evidence(NamedTuple):
    """One thing that speaks for or against, in words."""

    weight: float
    what: str


@dataclass(frozen=True, slots=True)
class Score:
    """What was found about a pair."""

    value: float
    evidence: tuple[Evidence, ...]

    def __str__(self) -> str:
        """Give ``0.95 = same name +0.90, same site +0.05``."""
        return f"{self.value:.2f} = " + ", ".join(f"{e.what} {e.weight:+.2f}" for e in self.evidence)


def compare(a: Party, b: Party) -> Score:
    """Weigh what speaks for and against two parties being one organization."""
    for what, mine, other in (("ROR id", a.ror, b.ror), ("Wikidata item", a.wikidata, b.wikidata)):
        if mine and other:
            identity = Evidence(1.0, f"same {what}") if mine == other else Evidence(-1.0, f"different {what}")
            return Score(max(identity.weight, 0.0), (identity,))
    registered = a.ror is not None or b.ror is not None
    named = max(
        (_names(_at_home(parse(x), b), _at_home(parse(y), a), registered) for x in a.names for y in b.names),
        key=lambda e: e.weight,
    )
    evidence = [named]
    if named.weight > 0:
        sites = [_sites(x, y, named.weight) for x in map(site, a.homepages) for y in map(site, b.homepages) if x and y]
        evidence += sorted(sites, key=lambda e: (-e.weight, e.what))[:1]
    if a.countries and b.countries and not a.countries & b.countries:
        evidence.append(Evidence(-0.5, f"countries {_listed(a.countries)} and {_listed(b.countries)}"))
    return Score(min(1.0, max(0.0, sum(e.weight for e in evidence))), tuple(evidence))


def _at_home(name: Name, other: Party) -> Name:
    """Return a name without its country where the other party, whose names have none, is known to be there.

    So "Italian Department of Civil Protection" is "Department of Civil Protection" beside one of Italy.
    """
    if not name.places or name.places != other.countries or any(parse(text).places for text in other.names):
        return name
    return replace(name, places=frozenset(), seat=frozenset())


def _sites(here: Site, there: Site, names: float) -> Evidence:
    if here.page == there.page:
        return Evidence(0.35, f"same homepage {here.page}")
    if here.domain == there.domain:
        return Evidence(0.25, f"same site {here.domain}")
    return Evidence(-0.05 if names >= 0.88 else -0.2, f"sites {here.domain} and {there.domain}")


def _names(a: Name, b: Name, registered: bool) -> Evidence:
    """Return the strongest statement about two names; ``registered``: one is of a register of very many."""
    if a.places and b.places and not a.places & b.places:
        return Evidence(-1.0, f"countries {_listed(a.places)} and {_listed(b.places)} in the names")
    if a.places != b.places:
        # "Ministry of Health" may be any country's; of "X (Kenya)" and "X" one may be a part of the other.
        return (
            _swapped(a, b) or _seat(a, b) or Evidence(0.5 if a.core == b.core else 0.0, "a country in one of the names")
        )
    return _same(a, b, registered) or _acronym(a, b) or _acronym(b, a) or _typo(a, b) or _part(a, b)


def _same(a: Name, b: Name, registered: bool) -> Evidence | None:
    distinctive = a.is_unique and b.is_unique if registered else a.is_distinctive and b.is_distinctive
    translated = a.translated != b.translated
    if translated:  # of a National Institute of Health every language has its own
        distinctive = a.is_own and b.is_own
    if a.compact == b.compact or "".join(a.words) == "".join(b.words):
        what = f"same name but for {_listed(a.forms ^ b.forms)}" if a.forms != b.forms else "same name"
        what += " in translation" if translated else ""
        alike = a.words == b.words and a.forms == b.forms and not registered and not translated
        return Evidence(0.92 if distinctive else 0.86 if alike else 0.7, what)
    if any(parse(other).core == y.core for x, y in ((a, b), (b, a)) for other in x.others):
        short = min(a, b, key=lambda name: len(name.core))
        return Evidence(0.92 if short.is_distinctive or short.acronym else 0.7, "second name")
    if (swapped := _swapped(a, b)) is not None:
        return swapped
    if sorted(a.core) == sorted(b.core) and (distinctive if translated else len(a.core) > 2 or "government" in a.core):
        return Evidence(0.9, "same words in another order" + (" and language" if translated else ""))
    if a.acronym and a.acronym == b.acronym and len(a.words) > 1 and len(b.words) > 1 and _common_start(a, b):
        return Evidence(0.88, f"same start, same acronym {a.acronym}")
    return None


def _swapped(a: Name, b: Name) -> Evidence | None:
    """Weigh ``X (Y)`` and ``Y (X)``."""
    if len(a.inner) == len(b.inner) == 1 and parse(a.inner[0]).core == b.core and parse(b.inner[0]).core == a.core:
        return Evidence(0.92, "the same two names, one in brackets")
    return None


def _seat(a: Name, b: Name) -> Evidence | None:
    """Weigh ``Kioritz Corporation (Japan)`` and ``Kioritz Corporation``; of ``Google (Japan)`` it tells a part."""
    one, other = (a, b) if a.seat else (b, a)
    same = one.words == other.words and one.forms == other.forms and one.forms
    if same and one.seat == one.places and not other.places and one.is_distinctive and not one.translated:
        return Evidence(0.9, f"same registered name, one with its country {_listed(one.seat)}")
    return None


def _common_start(a: Name, b: Name) -> bool:
    length = min(len(a.core), len(b.core))
    return a.core[:length] == b.core[:length]


def _acronym(short: Name, long: Name) -> Evidence | None:
    """Weigh an acronym: stated in brackets beside the name, or its initials."""
    alone = "".join(short.core)
    if len(short.words) != 1 or len(alone) < 2:
        return None
    if long.acronym == alone and len(long.words) > 1:
        return Evidence(0.9 if len(alone) >= 4 else 0.65, f"acronym {alone} in brackets")
    if long.initials == alone and len(alone) >= 3:
        return Evidence(0.62, f"initials {alone}")
    if len(alone) >= 4 and len(long.core) >= 3 and _starts(alone, long.core):
        return Evidence(0.55, f"{alone} from the starts of the words")
    return None


def _starts(short: str, words: tuple[str, ...]) -> bool:
    """Whether ``short`` is made of one or more first letters of each word in turn."""
    if not words:
        return not short
    return any(
        short.startswith(words[0][:n]) and _starts(short[n:], words[1:])
        for n in range(1, min(len(words[0]), len(short)) + 1)
    )


def _typo(a: Name, b: Name) -> Evidence | None:
    """Weigh names that differ by a letter or two of one longer word."""
    if len(a.words) != len(b.words):
        return None
    different = [(x, y) for x, y in zip(a.words, b.words, strict=True) if x != y]
    letters = sum(map(len, a.core))
    if len(different) != 1 or letters < 7:
        return None
    x, y = different[0]
    if min(len(x), len(y)) < 5 or any(c.isdigit() for c in x + y) or words_that_are("generic").issuperset((x, y)):
        return None
    edits = DamerauLevenshtein.distance(x, y)
    if x[0] != y[0] or edits > 2:
        return None
    if letters < 10:  # "Ushaidi" and "Ushahidi" are one where they share a homepage
        return Evidence(0.5, f"{x} and {y}") if edits == 1 else None
    return Evidence(0.75 if edits == 1 or len(x) >= 8 else 0.6, f"{x} and {y}")


def _part(a: Name, b: Name) -> Evidence:
    """Weigh names one of which has words that the other lacks."""
    short, long = sorted((a, b), key=lambda name: (len(name.core), name.core))
    extra = [word for word in long.core if word not in short.core]
    missing = [word for word in short.core if word not in long.core]
    if missing or not short.core:
        ratio = fuzz.ratio(a.compact, b.compact)
        return Evidence(
            0.3 if ratio >= 92 and min(len(a.compact), len(b.compact)) > 12 else 0.0, f"names {ratio:.0f} % alike"
        )
    if long.core[: len(short.core)] == short.core and words_that_are("tail").issuperset(extra):
        return Evidence(0.6 if "foundation" not in extra else 0.55, f"short for ... {' '.join(extra)}")
    return Evidence(0.2, f"{' '.join(extra)} in one of the names only")


def _listed(words: frozenset[str]) -> str:
    return " ".join(sorted(words))
