"""SPDX's list of licences: ids to canonical IRIs and back, what replaces deprecated ids, and what ScanCode calls them.

``ontology/spdx-ids.csv`` has the ids, ``ontology/licence-replacements.csv`` the replacements.
"""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path

import license_expression

from kg.linking import creative_commons
from kg.resources import folder

BASE = "http://spdx.org/licenses/"


def to_iri(spdx_id: str) -> str:
    """Return the canonical IRI of an SPDX id: Creative Commons' own where SPDX lists one of its tools.

    An id that ``ontology/spdx-ids.csv`` lacks is taken as written.

    >>> to_iri("CC-BY-3.0-NL"), to_iri("mit")
    ('http://creativecommons.org/licenses/by/3.0/nl/', 'http://spdx.org/licenses/MIT')
    """
    return ids().get(spdx_id.casefold()) or BASE + spdx_id


def from_iri(iri: str) -> str | None:
    """Return the SPDX id of a canonical IRI, None for a licence that SPDX does not list.

    >>> from_iri("http://creativecommons.org/publicdomain/zero/1.0/")
    'CC0-1.0'
    """
    return _by_iri().get(iri) or (iri.removeprefix(BASE) if iri.startswith(BASE) else None)


@cache
def replacements() -> dict[str, tuple[str, ...]]:
    """Return what replaces a deprecated SPDX id: ids as in ``ontology/licence-replacements.csv``.

    SPDX's list has no field for this; the table states what its notes on deprecated ids say.
    """
    return {row["deprecated"]: tuple(row["replacements"].split()) for row in table("licence-replacements.csv")}


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of a table in ``ontology/``."""
    with (folder("ontology") / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def rows() -> tuple[dict[str, str], ...]:
    """Return SPDX's ids: ``id``, ``kind`` (licence or exception)."""
    return tuple(table("spdx-ids.csv"))


@cache
def ids() -> dict[str, str]:
    """Return lower-case id -> canonical IRI: SPDX's, and the same form for Creative Commons tools that SPDX lacks."""
    found = {short: tool.iri for short, tool in creative_commons.by_spdx_like().items()}
    for row in rows():
        found.setdefault(row["id"].casefold(), BASE + row["id"])
    return found


@cache
def _by_iri() -> dict[str, str]:
    return {ids()[row["id"].casefold()]: row["id"] for row in rows()}


@cache
def scancode_keys() -> dict[str, str]:
    """Return keys of ScanCode's LicenseDB (of license-expression) -> SPDX ids; none that leaves the version open."""
    known = {row["id"].casefold() for row in rows()}
    keys: dict[str, str] = {}
    for entry in json.loads(Path(license_expression.vendored_scancode_licensedb_index_location).read_bytes()):
        spdx_id = entry.get("spdx_license_key") or ""
        if spdx_id.casefold() not in known:
            continue
        for key in (entry["license_key"], *entry.get("other_spdx_license_keys", ())):
            short = key.casefold().removeprefix("licenseref-").removeprefix("scancode-")
            if short not in known and (any(c.isdigit() for c in short) or short.startswith("bsd-")):
                keys.setdefault(key.casefold(), spdx_id)
                keys.setdefault(f"licenseref-scancode-{short}", spdx_id)
            elif short in known and key.casefold().startswith("licenseref-"):
                keys.setdefault(key.casefold(), short)
    return keys
