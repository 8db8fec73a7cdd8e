"""Codes of goals, targets and indicators: their spellings, their order, and the table of permanent codes.

One concept is written ``13.03.01``, ``13.3.1`` and, for good, ``C130301``: a number can move to another indicator
(2020 saw fifteen of them do so), the permanent code never does.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache

from kg.namespaces import SDG
from kg.resources import folder

_CODE = re.compile(r"(\d{1,2})(?:\.(\d{1,2}|0?[a-z])(?:\.(\d{1,2}))?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Goal:
    """What we know of a goal beside its names."""

    colour: str
    """The official colour, ``#3f7e44``."""
    wikidata: str
    """IRI of its Wikidata item."""


@cache
def goals() -> dict[str, Goal]:
    """Return the 17 goals by code, from ``ontology/sdgs.csv``."""
    with (folder("ontology") / "sdgs.csv").open(encoding="utf-8", newline="") as stream:
        return {
            row["code"]: Goal(row["colour"], f"http://www.wikidata.org/entity/{row['wikidata']}")
            for row in csv.DictReader(stream)
        }


@cache
def _permanent() -> dict[str, str]:
    """Return code -> permanent code, without the codes that now mean another indicator than in the UN's scheme."""
    with (folder("ontology") / "sdg-indicators.csv").open(encoding="utf-8", newline="") as stream:
        return {row["code"]: row["permanent"] for row in csv.DictReader(stream) if not row["replaced"]}


def compact(text: str) -> str | None:
    """Return the compact code of any spelling, None where it is no code of the 17 goals.

    >>> compact("01.0a.02"), compact("13.03"), compact("13.3"), compact("18.1")
    ('1.a.2', '13.3', '13.3', None)
    """
    match = _CODE.fullmatch(text.strip())
    if match is None or not 1 <= int(match[1]) <= 17:
        return None
    parts = [str(int(match[1])), *(p.lstrip("0").lower() for p in match.groups()[1:] if p is not None)]
    return ".".join(parts) if all(parts) else None


def notations(code: str) -> set[tuple[str, str]]:
    """Return the compact and the two-digit spelling of a compact code, each with its datatype's local name."""
    full = ".".join(part.zfill(2) for part in code.split("."))
    return {(full, "SDGCode"), (code, "SDGCodeCompact")}


def indicator_iri(code: str) -> str | None:
    """Return the UN's IRI of the indicator that has this code today.

    None for an indicator that was added or replaced after the UN published its scheme (May 2020): to take the IRI
    that the rule of the codes would give is to name another indicator.
    """
    permanent = _permanent().get(code)
    return str(SDG[permanent]) if permanent else None


def sort_key(code: str) -> tuple[tuple[bool, int, str], ...]:
    """Return a key that sorts codes as the UN lists them: 1.2 before 1.10 before 1.a."""
    return tuple((not p.isdigit(), int(p) if p.isdigit() else 0, p) for p in code.split("."))
