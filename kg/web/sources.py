"""Where statements come from: for each graph its document, publisher, licence, load and date of retrieval.

A page numbers the sources of what it shows and ends with their list; each statement bears their numbers. What is known
of a version's graphs never changes, so it is asked once and kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kg.engine.pool import VersionRef
from kg.web import terms
from kg.web.queries import Text, bound
from kg.web.site import Row, Site

VERSIONS = 4
"""Versions whose sources are kept."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a graph was made from."""

    graph: str
    """Name of the graph, as in ``/graph/<name>``."""
    title: str
    publisher: str
    url: str | None
    licence: str | None
    licence_name: str
    load: str | None
    """Address of the page of the load run; None for what was derived."""
    documents: int
    document: tuple[str, str] | None
    """Address and name, where there is just one."""
    retrieved: tuple[str, str] | None
    """First and last day of retrieval, where they are known."""
    about: str
    """How it was derived."""


@dataclass(frozen=True, slots=True)
class Note:
    """A source as a page's list has it."""

    number: int
    source: Source
    statements: int
    """How much of what the page shows stands in it."""


_kept: dict[Path, dict[str, Source]] = {}


async def sources(site: Site, version: VersionRef) -> dict[str, Source]:
    """Return the graphs of a version by name."""
    if version.path not in _kept:
        prefix = f"{site.options.base}graph/"
        rows = await site.rows(bound("things/sources", prefix=Text(prefix)), version=version)
        while len(_kept) >= VERSIONS:
            _kept.pop(next(iter(_kept)))
        _kept[version.path] = {name: _source(site, name, row)
                            for row in rows if (name := row["graph"]["value"].removeprefix(prefix))}  # fmt: skip
    return _kept[version.path]


def _source(site: Site, name: str, row: Row) -> Source:
    def text(key: str) -> str:
        return str(row[key]["value"]) if key in row else ""

    documents = int(text("documents") or 0)
    one = (local(site, text("one")), text("called") or "1") if documents == 1 else None
    licence = text("licence")
    dates = (text("first")[:10], text("last")[:10]) if text("first") else None
    return Source(name, text("title") or name, text("publisher"), text("url") or None, licence or None,
                  licence_name(licence), local(site, text("load")) if text("load") else None, documents, one, dates,
                  text("about"))  # fmt: skip


def local(site: Site, iri: str) -> str:
    """Return the address of the page of a thing."""
    return terms.href(iri, site.options.base, known=True) or iri


def licence_name(iri: str) -> str:
    """Return a short name for a licence's IRI: its path for Creative Commons' tools, its id for those of SPDX."""
    for start in ("http://creativecommons.org/licenses/", "http://creativecommons.org/publicdomain/"):
        if iri.startswith(start):
            name = iri.removeprefix(start).strip("/").replace("/", " ").upper()
            return {"ZERO 1.0": "CC0 1.0", "MARK 1.0": "PDM 1.0"}.get(name, f"CC {name}")
    return iri.rstrip("/").rpartition("/")[2]


def notes(known: dict[str, Source], met: Counter[str]) -> dict[str, Note]:
    """Number the sources of a page, those first of which most is shown: graph -> note."""
    ordered = sorted(met, key=lambda name: (-met[name], name))
    nothing = ("", None, None, "", None, 0, None, None, "")
    return {
        name: Note(number, known.get(name) or Source(name, name, *nothing), met[name])
        for number, name in enumerate(ordered, 1)
    }


def licences(known: dict[str, Source], graphs: Iterable[str]) -> list[str]:
    """Return the licences under which graphs are given, for ``Link: rel=license``."""
    return sorted({s.licence for g in graphs if (s := known.get(g)) is not None and s.licence})
