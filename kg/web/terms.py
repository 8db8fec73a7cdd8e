"""RDF terms as pages show them: with a label for people, and a link to where more is known."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kg.identifiers import DEFAULT_BASE
from kg.namespaces import PREFIXES, XSD
from kg.web import i18n

LONG = 400
"""Characters from which a text is folded."""

LONG_LABEL = 140
"""Characters from which the label of a link is cut."""

_PLAIN = {str(XSD.string), str(XSD.integer), str(XSD.date), str(XSD.dateTime), str(XSD.boolean), str(XSD.double),
          str(XSD.decimal), "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Names:
    """What people call a class or property, and in which order properties are told."""

    label: str
    inverse: str
    """What a list of things is called that point here by the property; for a class, its plural."""
    rank: int


@cache
def _names() -> dict[str, Names]:
    with (Path(__file__).parent / "names.csv").open(encoding="utf-8", newline="") as stream:
        return {
            expand(row["term"]): Names(row["label"], row["inverse"], rank)
            for rank, row in enumerate(csv.DictReader(stream))
        }


def expand(curie: str) -> str:
    """Return the IRI of a CURIE with one of the project's prefixes."""
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local


def curie(iri: str) -> str | None:
    """Return the CURIE of an IRI in one of the project's namespaces, None for others."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and re.fullmatch(r"[\w.\-]+", iri[len(namespace) :]):
            return f"{prefix}:{iri[len(namespace) :]}"
    return None


def compact(iri: str, base: str) -> str:
    """Return how an address of ours names a thing: its path below the base, else its CURIE, else its IRI."""
    if iri.startswith(base):
        return iri.removeprefix(base)
    return curie(iri) or iri


def label_of(term: str) -> str:
    """Return what people call a class or property; its local name in words where the table has none."""
    found = _names().get(term)
    if found is not None:
        return i18n.gettext(found.label)
    local = re.split(r"[/#:]", term.rstrip("/#"))[-1]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", local).replace("_", " ").lower()
    return i18n.gettext(words) or term


def inverse_of(term: str) -> str:
    """Return what the things are called that point here by a property; the plural of a class."""
    found = _names().get(term)
    if found is not None and found.inverse:
        return i18n.gettext(found.inverse)
    return i18n.gettext("%(label)s (of)") % {"label": label_of(term)}


def rank_of(term: str) -> int:
    """Return where a property stands in the order of telling."""
    found = _names().get(term)
    return found.rank if found is not None else 1_000


@lru_cache(20_000)
def href(iri: str, base: str, *, known: bool) -> str | None:
    """Return where a page links for an IRI: a path of this site for ours and for what we know, else the IRI itself.

    None for what nothing is known of and no browser should follow: data may hold ``javascript:``.
    """
    for ours, root in ((base, base), (DEFAULT_BASE + "ontology/", DEFAULT_BASE)):
        if iri.startswith(ours):
            return "/" + iri.removeprefix(root).replace("?", "%3F").replace("#", "%23")
    if known:
        return "/resource?iri=" + quote(iri, safe="")
    return iri if re.match(r"(?i)https?://", iri) else None


def page_of(term: str) -> str:
    """Return the page of a class or property: of the vocabulary where it has a short name, else of the thing."""
    own = DEFAULT_BASE + "ontology/"
    name = term.removeprefix(own) if term.startswith(own) else curie(term)
    return f"/ontology/{name}" if name else "/resource?iri=" + quote(term, safe="")


@dataclass(slots=True)
class Value:
    """A term as a page shows it."""

    text: str
    href: str | None = None
    """None for a literal, and for an IRI that no link should lead to."""
    external: bool = False
    lang: str | None = None
    datatype: str | None = None
    graphs: list[str] = field(default_factory=list)
    """Names of the graphs that state it."""
    note: str = ""

    @property
    def is_long(self) -> bool:
        """Whether it is folded."""
        return self.href is None and len(self.text) > LONG

    @property
    def paragraphs(self) -> list[str]:
        """The paragraphs of a long text."""
        return [p for p in re.split(r"\n\s*\n", self.text) if p.strip()]

    @property
    def is_colour(self) -> bool:
        """Whether it is a colour such as ``#3f7e44``."""
        return self.href is None and re.fullmatch(r"#[0-9A-Fa-f]{6}", self.text) is not None


def value_of(term: dict[str, Any], base: str, label: str | None = None) -> Value:
    """Return how a page shows a term of SPARQL JSON results; ``label`` is its name where it has one."""
    text = str(term["value"])
    if term["type"] == "uri":
        target = href(text, base, known=label is not None)
        if label is not None:
            label = with_code(text, label if len(label) <= LONG_LABEL else label[: LONG_LABEL - 1].rstrip() + "…")
        return Value(label or _short(text, base), target, external=target is not None and not target.startswith("/"))
    if term["type"] == "bnode":
        return Value(f"_:{text}")
    datatype = term.get("datatype")
    shown = None if datatype in _PLAIN or datatype is None else curie(datatype) or datatype
    return Value(text, lang=term.get("xml:lang"), datatype=shown)


_TARGET = r"\d{1,2}(?:\.\w{1,2})?"
_CODED = re.compile(
    rf"http://metadata\.un\.org/sdg/(?:({_TARGET})|C(0\d|1[0-7])(\d\d|0[a-z])(\d\d))|.*/id/indicator/({_TARGET}\.\d+)"
)
_RENUMBERED = {"http://metadata.un.org/sdg/C020b02": "2.b.1"}
"""Indicators whose code is not that of their IRI any more."""


def with_code(iri: str, label: str) -> str:
    """Put the code before the title of a goal, target or indicator: people say 13.3, and the titles are long.

    An indicator that several targets share (C20...) has a code for each, and none is put there.

    >>> with_code("http://metadata.un.org/sdg/C030d01", "IHR capacity")
    '3.d.1 IHR capacity'
    """
    found = _CODED.fullmatch(iri)
    if found is None:
        return label
    whole, goal, target, number, ours = found.groups()
    code = _RENUMBERED.get(iri) or whole or ours or f"{int(goal)}.{target.lstrip('0')}.{int(number)}"
    return label if label.startswith(code) else f"{code} {label}"


def in_order(text: str) -> list[tuple[bool, int, str]]:
    """Return what to sort by so that 9.c comes before 10.2."""
    return [
        (part.isdigit(), int(part) if part.isdigit() else 0, part)
        for part in re.split(r"([0-9]{1,9})", text.casefold())
        if part
    ]


def _short(iri: str, base: str) -> str:
    known = curie(iri)
    if iri.startswith(base) and iri != base and known is None:
        return iri.removeprefix(base)
    return known if known is not None and not iri.startswith("http://www.wikidata") else iri
