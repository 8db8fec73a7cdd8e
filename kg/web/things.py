"""What is known of a thing: its facts with the graphs that state them, and what points at it.

Two rounds of queries, each in parallel, whatever the thing: what is stated of it and of what it is the object; then,
for no more than a page shows, what these are called and in which graphs they are.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from kg.engine.pool import VersionRef
from kg.namespaces import DCTERMS, RDF, RDFS, SCHEMA, SKOS
from kg.web import i18n, terms
from kg.web.labels import labels_of
from kg.web.queries import bound
from kg.web.site import Row, Site
from kg.web.terms import Value

AT_ONCE = 1_000
"""Incoming links that are read to show the first of each property; with more, they are counted by the engine."""

SHOWN = 150
"""Values of a property that a page holds, most of them folded."""

LEAD = 700
"""Characters of a description that stands at the top of a page."""

_LABELS = (str(RDFS.label), str(SKOS.prefLabel), str(DCTERMS.title))
_NAMES = (str(SKOS.prefLabel), str(DCTERMS.title), str(SCHEMA.name), str(SCHEMA.headline))
_DESCRIPTIONS = (str(SCHEMA.description), str(DCTERMS.description), str(SKOS.definition), str(RDFS.comment))
_VOCABULARIES = frozenset({"cc", "commons", "oa", "sdgo", "spdx"})


@dataclass(slots=True)
class Fact:
    """A property of the thing with its values."""

    term: str
    """IRI of the property."""
    values: list[Value]
    count: int
    """How many values there are; more than ``values`` where they are too many for a page."""

    @property
    def label(self) -> str:
        """What people call the property."""
        return terms.label_of(self.term)

    def _is_foreign(self, value: Value) -> bool:
        wanted = {tag.partition("-")[0] for tag in (*i18n.language().wanted, i18n.language().code)}
        return bool(value.lang) and str(value.lang).partition("-")[0] not in wanted

    @property
    def near(self) -> list[Value]:
        """The values in no language or one that the reader wants; English, or all, where there are none of these."""
        found = [v for v in self.values if not self._is_foreign(v)]
        return found or [v for v in self.values if str(v.lang).startswith("en")] or self.values

    @property
    def foreign(self) -> list[Value]:
        """The values in other languages."""
        near = {id(v) for v in self.near}
        return [v for v in self.values if id(v) not in near]

    @property
    def graphs(self) -> list[str] | None:
        """The graphs that all values are stated in alike; None where they differ."""
        first = self.values[0].graphs if self.values else []
        return first if all(v.graphs == first for v in self.values) else None


@dataclass(slots=True)
class Incoming:
    """The things that point at the thing by one property; ``things`` are the first of ``count``."""

    property: str
    count: int
    things: list[Value]
    more: str | None
    """Address of the whole list, where there are more than are shown."""


@dataclass(slots=True)
class Entity:
    """What is known of a thing."""

    iri: str
    path: str
    """Address of its page, without suffix."""
    title: str
    labels: dict[str, str]
    """Language tag -> name."""
    types: frozenset[str]
    kinds: list[Value]
    lead: Value | None
    """The description, where it is short enough to stand at the top."""
    facts: list[Fact]
    incoming: list[Incoming]
    query: str
    """What asks for its facts."""
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Property -> its values as terms of SPARQL JSON results, for pages that know what they mean."""

    @property
    def graphs(self) -> Counter[str]:
        """Names of the graphs that state something of it, with how much of what is shown here."""
        found = Counter(g for fact in self.facts for value in fact.values for g in value.graphs)
        found.update(g for kind in self.kinds for g in kind.graphs)
        found.update(g for group in self.incoming for value in group.things for g in value.graphs)
        return found

    def alternate(self, extension: str) -> str:
        """Return the address of another representation."""
        return alternate(self.path, extension)

    def values(self, property: str) -> list[str]:
        """Return what is stated of it by a property, as text."""
        return [str(term["value"]) for term in self.rows.get(str(property), [])]

    def first(self, property: str) -> str | None:
        """Return the least of ``values``, None without any."""
        return min(self.values(property), default=None)

    def text(self, property: str) -> str | None:
        """Return the literal of a property in the language that the reader wants most, None without any."""
        found = {t.get("xml:lang", ""): str(t["value"]) for t in self.rows.get(str(property), []) if "value" in t}
        return i18n.best(found)


def alternate(path: str, extension: str) -> str:
    """Return the address of another representation of what has its page at ``path``."""
    return f"{path}&format={extension}" if "?" in path else f"{path}.{extension}"


async def look_up(site: Site, iri: str, path: str, version: VersionRef) -> Entity | None:
    """Return what the page of a thing shows; None where nothing is known of it."""
    query = facts_query(site, iri, version)
    rows, pointing = await asyncio.gather(
        site.rows(query, version=version),
        site.rows(bound("things/incoming", object=iri, limit=AT_ONCE), version=version),
    )
    if not rows and not pointing:
        return None
    stated = _stated(rows)
    counts, groups = await _first(site, iri, pointing, version)
    met = dict.fromkeys(thing for things in groups.values() for thing in things)
    linked = dict.fromkeys(
        value["value"]
        for values in stated.values()
        for value, _ in list(values.values())[: SHOWN + 1]
        if value["type"] == "uri"
    )
    labels, graphs = await asyncio.gather(
        labels_of(site, (*linked, *met), version),
        site.rows(bound("things/incoming-graphs", object=iri, things=tuple(met)), version=version),
    )
    facts = [_fact(site, name, values, labels) for name, values in stated.items()]
    facts.sort(key=lambda f: (terms.rank_of(f.term), f.term))
    kinds = next((f.values for f in facts if f.term == str(RDF.type)), [])
    raw = {name: [value for value, _ in values.values()] for name, values in stated.items()}
    names = _own_labels(raw)
    entity = Entity(
        iri, path, terms.with_code(iri, i18n.best(names) or terms.curie(iri) or iri), names,
        frozenset(v["value"] for v in raw.get(str(RDF.type), [])), list({v.text: v for v in kinds}.values()), None,
        facts, _incoming(site, path, counts, groups, labels, graphs), query, raw,
    )  # fmt: skip
    entity.lead = _lead(entity)
    entity.facts = [f for f in facts if f.term != str(RDF.type) and not _repeats(f, facts)]
    return entity


def facts_query(site: Site, iri: str, version: VersionRef) -> str:
    """Return the query for what is stated of a thing; the union of the graphs need not be asked beside them."""
    is_union = site.manifest(version).union_default_graph
    return bound("things/facts-of-graphs" if is_union else "things/facts", thing=iri)


Stated = dict[str, dict[str, tuple[dict[str, Any], dict[str, None]]]]
"""Property -> key of a term -> the term and the names of its graphs."""


def _stated(rows: list[Row]) -> Stated:
    """Fold rows, which repeat a value for each of its graphs."""
    found: Stated = {}
    for row in rows:
        term = row["value"]
        key = f"{term['type']} {term['value']} {term.get('xml:lang')} {term.get('datatype')}"
        _, graphs = found.setdefault(row["property"]["value"], {}).setdefault(key, (term, {}))
        if "graph" in row:
            graphs[_name(row["graph"]["value"])] = None
    return found


def _name(graph: str) -> str:
    """Return the name of a graph of ours, the IRI of another."""
    return graph.partition("/graph/")[2] or graph


async def _first(
    site: Site, iri: str, pointing: list[Row], version: VersionRef
) -> tuple[dict[str, int], dict[str, list[str]]]:
    """Return how many things point here by each property, and the first of them."""
    groups: dict[str, list[str]] = {}
    for row in pointing:
        if row["thing"]["type"] == "uri":
            groups.setdefault(row["property"]["value"], []).append(row["thing"]["value"])
    counts = {name: len(set(things)) for name, things in groups.items()}
    if len(pointing) >= AT_ONCE:
        rows = await site.rows(bound("things/incoming-counts", object=iri), version=version)
        counts = {row["property"]["value"]: int(row["subjects"]["value"]) for row in rows}
    limit = site.options.per_property
    first = {}
    for name, things in groups.items():
        # numbers in their order, where that does not cost more than asking
        key = terms.in_order if len(things) <= 200 else None
        first[name] = sorted(set(things), key=key)[:limit]
    return counts, first


def _incoming(
    site: Site, path: str, counts: dict[str, int], groups: dict[str, list[str]], labels: dict[str, str],
    graphs: list[Row],
) -> list[Incoming]:  # fmt: skip
    stated: dict[tuple[str, str], list[str]] = {}
    for row in graphs:
        key = row["property"]["value"], row["thing"]["value"]
        stated.setdefault(key, []).append(_name(row["graph"]["value"]))
    found = []
    for name, count in counts.items():
        things = []
        for thing in groups.get(name, []):
            value = link_to(site, thing, labels.get(thing))
            value.graphs = sorted(stated.get((name, thing), []))
            things.append(value)
        more = f"{path}{'&' if '?' in path else '?'}{urlencode({'via': name})}" if count > len(things) else None
        found.append(Incoming(name, count, things, more))
    return sorted(found, key=lambda i: (terms.rank_of(i.property), i.property))


def link_to(site: Site, iri: str, label: str | None) -> Value:
    """Return the link to a thing that has a page, whether or not it has a label."""
    value = terms.value_of({"type": "uri", "value": iri}, site.options.base, label)
    value.href, value.external = terms.href(iri, site.options.base, known=True), False
    return value


def thing_value(site: Site, row: Row) -> Value:
    """Return the link to ``?thing`` of a row with ``?label``."""
    return terms.value_of(row["thing"], site.options.base, row["label"]["value"])


def _fact(
    site: Site, name: str, values: dict[str, tuple[dict[str, Any], dict[str, None]]], labels: dict[str, str]
) -> Fact:
    found = []
    for term, graphs in list(values.values())[:SHOWN]:
        is_iri = term["type"] == "uri"
        label = labels.get(term["value"]) if is_iri else None
        if is_iri and (name == str(RDF.type) or (label is None and _speaks_for_itself(term))):
            value = terms.value_of(term, site.options.base)
            value.text = terms.label_of(term["value"])
        else:
            value = terms.value_of(term, site.options.base, label)
        value.graphs = sorted(graphs)
        found.append(value)
    found.sort(key=lambda v: (v.lang not in (None, "en"), v.lang or "", terms.in_order(v.text)))
    return Fact(name, found, len(values))


def _speaks_for_itself(term: dict[str, Any]) -> bool:
    """Whether a term without a label is one of a vocabulary, whose local name says what it means."""
    return (terms.curie(term["value"]) or "").partition(":")[0] in _VOCABULARIES


def _own_labels(rows: dict[str, list[dict[str, Any]]]) -> dict[str, str]:
    """Return the names of the thing by language, from the first property that has one."""
    for name in _LABELS:
        found = {t.get("xml:lang", ""): t["value"] for t in rows.get(name, []) if t["type"] == "literal"}
        if found:
            return found
    return {}


def _repeats(fact: Fact, facts: list[Fact]) -> bool:
    """Whether a fact says again what the name of the thing has said."""
    names = next((f for f in facts if f.term == str(RDFS.label)), None)
    return (
        names is not None
        and fact.term in _NAMES
        and {(v.text, v.lang) for v in fact.values} == {(v.text, v.lang) for v in names.values}
    )


def _lead(entity: Entity) -> Value | None:
    for name in _DESCRIPTIONS:
        fact = next((f for f in entity.facts if f.term == name), None)
        if fact is not None:
            found = fact.near[0]
            return found if len(found.text) <= LEAD and found.href is None else None
    return None
