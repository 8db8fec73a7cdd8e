"""The things that have what is given of them, for a reconciliation query that names none: by homepage, code, country.

A value is looked for as it may stand in the data: as a text, as the address itself in its usual spellings, as the
identifier that a code stands for, and as the country, licence or organization that a name leads to exactly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.engine.pool import VersionRef
from kg.linking import countries, licences, organizations
from kg.namespaces import COMMONS, ORG, SCHEMA, SKOS
from kg.web.queries import Text, bound, is_iri
from kg.web.site import Site

IDENTIFYING = frozenset(
    map(str, (SCHEMA.url, COMMONS.ror, SKOS.exactMatch, SCHEMA.sameAs, COMMONS.dpgid, SCHEMA.codeRepository,
              COMMONS.spdxId, SCHEMA.identifier))
)  # fmt: skip
"""Properties whose value only one thing has: who has it is meant."""

_CODES = ((r"0[a-z0-9]{6}\d\d", "https://ror.org/"), (r"Q\d+", "http://www.wikidata.org/entity/"))
"""Codes that people write without the address that they are part of."""

_PLACES = frozenset(map(str, (SCHEMA.location, COMMONS.developedIn, COMMONS.deployedIn)))
_OWNERS = frozenset(map(str, (COMMONS.owner, ORG.subOrganizationOf)))


async def having(
    site: Site, version: VersionRef, properties: Sequence[tuple[str, tuple[str, ...]]], types: Sequence[str], most: int
) -> dict[str, frozenset[str]]:
    """Return the things that have any of the values, those first that have most, each with the properties it has."""
    pairs = tuple((prop, term) for prop, given in properties for value in given for term in _terms(site, prop, value))
    if not pairs:
        return {}
    rows = await site.rows(bound("reconcile/having", pairs=pairs, classes=tuple(types), limit=most), version=version)
    return {row["thing"]["value"]: frozenset(row["properties"]["value"].split()) for row in rows if "thing" in row}


def _terms(site: Site, prop: str, value: str) -> Iterator[str]:
    value = value.strip()
    yield Text(value)
    for code, before in _CODES:
        if re.fullmatch(code, value):
            yield before + value
    if is_iri(value) or re.fullmatch(r"[\w-]+(\.[\w-]+)+(/\S*)?", value):
        bare = re.sub(r"^https?://(www\.)?", "", value, flags=re.IGNORECASE).rstrip("/")
        spelt = (f"{scheme}://{www}{bare}{slash}" for scheme in ("https", "http") for www in ("", "www.")
                 for slash in ("", "/"))  # fmt: skip
        yield from filter(is_iri, dict.fromkeys((value, *spelt)))
    if prop in _PLACES and (country := countries.resolve(value)) is not None:
        yield site.mint.country(country)
    if prop in _OWNERS and (local := organizations.authority().find(value)) is not None:
        yield site.mint.organization(local)
    if prop == str(SCHEMA.license):
        yield from licences.resolve(value)
