"""Licences named without the version: "CC BY", "GPL", "Apache License" are families, each of several licences.

``ontology/licence-families.csv``: ``id`` (local name of our IRI, never changes), ``label``, ``names`` and addresses
(separated by `` | ``), ``prohibits``: what every member prohibits, local names in http://creativecommons.org/ns#. The
families of Creative Commons' six licences are known by the grammar of ``kg.linking.creative_commons``.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from kg.linking import creative_commons
from kg.resources import folder


@dataclass(frozen=True, slots=True)
class Family:
    """One family."""

    id: str
    label: str
    names: tuple[str, ...]
    prohibits: tuple[str, ...]


@cache
def families() -> dict[str, Family]:
    """Return the families by id."""
    with (folder("ontology") / "licence-families.csv").open(encoding="utf-8", newline="") as stream:
        return {
            row["id"]: Family(
                row["id"],
                row["label"],
                tuple(name.strip() for name in row["names"].split("|") if name.strip()),
                tuple(row["prohibits"].split()),
            )
            for row in csv.DictReader(stream)
        }


def find(text: str, key: Callable[[str], str]) -> str | None:
    """Return the id of the family that a name or address means; ``key`` normalises names and addresses."""
    unit = creative_commons.parse_family(text)
    if unit is not None:
        return f"CC-{unit.upper()}" if f"CC-{unit.upper()}" in families() else None
    return _by_key(key).get(key(text))


@cache
def _by_key(key: Callable[[str], str]) -> dict[str, str]:
    return {key(name): family.id for family in families().values() for name in family.names}
