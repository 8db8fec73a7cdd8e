"""The table of lists: ``lists.toml``, read and checked."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any

from kg.namespaces import PREFIXES
from kg.web.terms import expand

TABLE = Path(__file__).parent / "lists.toml"

RESERVED = frozenset({"q", "sort", "after", "before", "lang", "format", "output"})
"""Parameters of a list's address that no facet may be called."""


@dataclass(frozen=True, slots=True)
class Facet:
    """By what things can be narrowed down."""

    name: str
    title: str
    pattern: str
    """From ``?thing`` to ``?value``."""
    namespace: str = ""
    """What addresses leave out of a value: ``sdg:``, or a path below the base."""
    literal: bool = False
    in_order: bool = False
    """Whether its choices are sorted by their names."""
    newest_first: bool = False
    """Whether its choices are years."""
    tags: bool = False
    """Whether its values are tags of languages."""
    labels: dict[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Told:
    """A column: what is told of each thing."""

    name: str
    title: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that has a list."""

    slug: str
    title: str
    cls: str
    about: str
    date: str = ""
    """Pattern of the date by which things can be sorted."""
    sort: str = "name"
    facets: tuple[Facet, ...] = ()
    columns: tuple[Told, ...] = ()

    @property
    def sorts(self) -> tuple[str, ...]:
        """The orders in which it can be listed."""
        return ("name", "-name", *(("-date", "date") if self.date else ()), "-links", "links")


def read(table: dict[str, Any]) -> dict[str, Kind]:
    """Read the table.

    Raises:
        TypeError: a key is unknown or missing.
        ValueError: a facet has the name of another parameter.
    """
    found = {}
    for row in table["kind"]:
        facets = tuple(Facet(**f) for f in row.pop("facet"))
        columns = tuple(Told(**c) for c in row.pop("column"))
        kind = Kind(cls=expand(row.pop("class")), facets=facets, columns=columns, **row)
        if any(f.name in RESERVED for f in facets) or len({f.name for f in facets}) < len(facets):
            raise ValueError(f"the facets of {kind.slug} have names that are taken")
        found[kind.slug] = kind
    return found


@cache
def kinds() -> dict[str, Kind]:
    """Return all lists by the name in their address."""
    return read(tomllib.loads(TABLE.read_text(encoding="utf-8")))


def prologue(query: str) -> str:
    """Return the PREFIX lines that a query needs.

    >>> prologue("?s a org:Role ; <http://a:b> 'c:d'")
    'PREFIX org: <http://www.w3.org/ns/org#>\\n'
    """
    bare = re.sub(r"<[^<>\s]*>|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", "", query)
    used = sorted(set(re.findall(r"(?<![\w?$])([a-z]+):(?=\w)", bare)) & set(PREFIXES))
    return "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in used)


def extract(stream: IO[bytes], keywords: object, comments: object, options: object) -> Any:
    """Yield the words of the table for the catalogue: an extraction method of Babel."""
    for kind in read(tomllib.loads(stream.read().decode("utf-8"))).values():
        yield 1, None, kind.title, []
        yield 1, None, kind.about, []
        for facet in kind.facets:
            for text in (facet.title, *facet.labels.values()):
                yield 1, None, text, []
        for column in kind.columns:
            yield 1, None, column.title, []
