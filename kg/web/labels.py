"""The labels of what a page names, looked up in one query, in the language of its reader.

What a version calls things never changes, so the labels that pages need most are kept in memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kg.engine.pool import VersionRef
from kg.web.queries import bound, is_iri, languages
from kg.web.site import Site

MOST = 3_000
"""Things whose labels are looked up for one page; more than that are shown by their IRIs."""

KEPT = 20_000
"""Things whose labels are kept, in one version and for one choice of languages."""
CHOICES = 8
"""Versions and choices of languages of which labels are kept."""

_kept: dict[tuple[Path, str], dict[str, str]] = {}
"""Labels by thing, empty for one that has none."""


async def labels_of(site: Site, iris: Iterable[str], version: VersionRef) -> dict[str, str]:
    """Return the labels of those of the things that have one."""
    things = sorted({iri for iri in iris if is_iri(iri)})[:MOST]
    kept = _labels(version)
    found = {thing: kept[thing] for thing in things if thing in kept}
    missing = tuple(thing for thing in things if thing not in found)
    if missing:
        rows = await site.rows(bound("labels", things=missing), version=version)
        # before each label stands its rank, in four digits, and its language
        named = {row["thing"]["value"]: row["label"]["value"][4:].partition(" ")[2] for row in rows}
        found |= {thing: named.get(thing, "") for thing in missing}
        if len(kept) + len(found) > KEPT:
            kept.clear()
        kept |= found
    return {thing: label for thing, label in found.items() if label}


def _labels(version: VersionRef) -> dict[str, str]:
    """Return what is kept for a version and the reader's languages, as the last that was used."""
    key = version.path, languages()
    found = _kept.pop(key, {})
    while len(_kept) >= CHOICES:
        _kept.pop(next(iter(_kept)))
    _kept[key] = found
    return found
