"""The organizations that sources name, gathered before anything is linked: what ``kg.linking.register`` is built of.

``Mentions`` stands in for the ``Linker`` while records are mapped to see whom they name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kg.identifiers import Minter
from kg.linking import Linker
from kg.linking.matching import Party

Seen = dict[str, dict[str, set[str]]]
"""Local name -> field -> what sources say."""

_FIELDS = ("names", "homepages", "rors", "wikidata", "countries")


class Mentions(Linker):
    """A linker that notes whom it is asked for."""

    def __init__(self, mint: Minter) -> None:
        super().__init__(mint)
        self.seen: Seen = {}

    def organization(
        self,
        name: str,
        *,
        homepage: str | None = None,
        ror: str | None = None,
        wikidata: str | None = None,
        country: str | None = None,
        other_names: Iterable[str] = (),
    ) -> str:
        """Note what is said about an organization, and return the IRI that exact rules give it."""
        local = self.local(name, homepage=homepage, ror=ror)
        stated = ((name, *other_names), (homepage,), (ror,), (wikidata,), (self.country(country) if country else None,))
        seen = self.seen.setdefault(local, {})
        for field, values in zip(_FIELDS, stated, strict=True):
            if kept := {text for value in values if value and (text := value.strip())}:
                seen.setdefault(field, set()).update(kept)
        return self.mint.organization(local)

    def add(self, seen: Seen) -> None:
        """Note what others have noted."""
        for local, stated in seen.items():
            known = self.seen.setdefault(local, {})
            for field, values in stated.items():
                known.setdefault(field, set()).update(values)

    def parties(self) -> list[Party]:
        """Return whom it was asked for, in the order of their local names."""
        return [party(local, self.seen[local]) for local in sorted(self.seen)]

    def json(self, fingerprint: str) -> bytes:
        """Return what was noted, with what it depends on."""
        seen = {
            local: {field: sorted(values) for field, values in stated.items()} for local, stated in self.seen.items()
        }
        text = json.dumps({"fingerprint": fingerprint, "seen": seen}, ensure_ascii=False, sort_keys=True)
        return text.encode("utf-8", "backslashreplace")


def read(path: Path, fingerprint: str | None = None) -> list[Party] | None:
    """Return what ``Mentions.json`` gave, None where that depends on something else or is not there."""
    try:
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if fingerprint is not None and kept["fingerprint"] != fingerprint:
        return None
    return [party(local, stated) for local, stated in kept["seen"].items()]


def party(local: str, stated: Mapping[str, Iterable[str]]) -> Party:
    """Make a party of what was noted; several ROR ids or items of one local name say nothing."""
    names, homepages, rors, items, places = (tuple(sorted(stated.get(field, ()))) for field in _FIELDS)
    return Party(
        local=local,
        names=names,
        homepages=homepages,
        ror=rors[0] if len(rors) == 1 else None,
        wikidata=items[0] if len(items) == 1 else None,
        countries=frozenset(places),
    )


def together(sources: Iterable[Iterable[Party]]) -> list[Party]:
    """Return the parties of several sources, what they say of one local name added up."""
    seen: dict[str, dict[str, set[str]]] = {}
    for parties in sources:
        for one in parties:
            stated = seen.setdefault(one.local, {field: set() for field in _FIELDS})
            values = (one.names, one.homepages, (one.ror,), (one.wikidata,), one.countries)
            for field, new in zip(_FIELDS, values, strict=True):
                stated[field].update(value for value in new if value)
    return [party(local, seen[local]) for local in sorted(seen)]
