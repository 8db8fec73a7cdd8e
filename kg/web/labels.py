"""The labels of what a page names, looked up in one query, in the language of its reader."""

from __future__ import annotations

from collections.abc import Iterable

from kg.engine.pool import VersionRef
from kg.web.queries import bound, is_iri
from kg.web.site import Site

MOST = 3_000
"""Things whose labels are looked up for one page; more than that are shown by their IRIs."""


async def labels_of(site: Site, iris: Iterable[str], version: VersionRef) -> dict[str, str]:
    """Return the labels of those of the things that have one."""
    things = tuple(sorted({iri for iri in iris if is_iri(iri)}))[:MOST]
    if not things:
        return {}
    rows = await site.rows(bound("labels", things=things), version=version)
    # before each label stands its rank, in four digits, and its language
    return {row["thing"]["value"]: row["label"]["value"][4:].partition(" ")[2] for row in rows}
