"""Full-text search inside a query, written as a SERVICE whose endpoint is the index of the version itself::

    SERVICE commons:search { ?thing commons:matches "climate action"@en ; commons:score ?score }

What the text finds is put into a small store of its own: for each thing the text that was asked (``commons:matches``),
how well it matches (``commons:score``), what of it matches (``commons:matchedText``) and its class. The pattern is then
asked of that store, so it may have filters, limits and sub-selects, and what comes out stands in the query as VALUES,
as ``kg.engine.federation`` writes it. A language tag asks for texts in that language alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox

from kg.dataset.search import MOST, Search
from kg.dataset.search_found import TIERS, SearchError
from kg.engine.federation import answered, iri
from kg.engine.frames import RefusedError, UnreachableError
from kg.engine.guard import SEARCH, TOKEN
from kg.namespaces import COMMONS, RDF, XSD

_MATCHES, _SCORE, _MATCHED, _TYPE = (
    ox.NamedNode(str(term)) for term in (COMMONS.matches, COMMONS.score, COMMONS.matchedText, RDF.type)
)
_DOUBLE = ox.NamedNode(str(XSD.double))

assert str(COMMONS.search) == SEARCH


def answer(version: Path, query: str) -> tuple[str, bytes]:
    """Return media type and body of what a query finds among the things that its text finds.

    Args:
        version: the version's folder.
        query: ``SELECT`` with a group that says ``commons:matches`` of a text once.

    Raises:
        RefusedError: it names no text, or several.
        UnreachableError: the version cannot be searched.
    """
    wanted = _text(query)
    try:
        search = Search(version)
        try:
            found = search.find(wanted.value, lang=wanted.language or "", limit=MOST)
        finally:
            search.close()
    except (SearchError, sqlite3.Error) as error:
        raise UnreachableError(str(error)) from None
    store = ox.Store()
    for hit in found.hits:
        thing = ox.NamedNode(hit.iri)
        score = round(1 - TIERS.index(hit.tier) / len(TIERS), 2)
        store.add(ox.Quad(thing, _MATCHES, wanted))
        store.add(ox.Quad(thing, _SCORE, ox.Literal(str(score), datatype=_DOUBLE)))
        if hit.kind:
            store.add(ox.Quad(thing, _TYPE, ox.NamedNode(hit.kind)))
        if hit.matched is not None:
            text = ox.Literal(hit.matched.text, language=hit.matched.lang or None)
            store.add(ox.Quad(thing, _MATCHED, text))
    solutions = store.query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    format = ox.QueryResultsFormat.JSON
    return format.media_type, solutions.serialize(format=format) or b""


def searched(version: Path, text: str, prefixes: Mapping[str, str]) -> str:
    """Return a query with what its searches find in their place, for a store that may ask nobody else.

    Args:
        version: the version's folder.
        text: a query, which need not declare ``prefixes``.
        prefixes: prefix -> namespace.

    Raises:
        RefusedError: it asks another endpoint.
        UnreachableError: the version cannot be searched.
        SyntaxError: it is no query; line and column are those of ``text``.
    """
    if "service" not in text.lower():
        return text
    declared = "".join(f"PREFIX {prefix}: <{namespace}> " for prefix, namespace in prefixes.items())

    def ask(endpoint: str, query: str) -> tuple[str, bytes]:
        if endpoint != SEARCH:
            raise RefusedError("SERVICE is not followed")
        return answer(version, query)

    def parse(bare: str) -> None:
        ox.Store().query(bare[len(declared) :], prefixes=dict(prefixes))

    return answered(declared + text, ask, parse)


def _text(query: str) -> ox.Literal:
    """Return the text that is asked for."""
    tokens = [match for match in TOKEN.finditer(query) if match.lastgroup != "space"]
    prologue = query[: query.index("SELECT * {")]
    found = []
    for (at, before), (_, token) in pairwise(enumerate(tokens)):
        if token.lastgroup == "string" and iri(before.group(), prologue) == str(COMMONS.matches):
            after = [match.group() for match in tokens[at + 2 : at + 4]]
            tag = after.pop(0) if after and after[0].startswith("@") else ""
            if after and after[0] == ",":
                raise RefusedError("SERVICE commons:search takes one text: write a SERVICE for each of several")
            solutions = ox.Store().query(f"SELECT ?text {{ VALUES ?text {{ {token.group()}{tag} }} }}")
            assert isinstance(solutions, ox.QuerySolutions)
            found.append(next(solutions)["text"])
    if len(found) != 1 or not isinstance(found[0], ox.Literal):
        raise RefusedError(
            f'SERVICE commons:search takes one text, as in {{ ?thing commons:matches "climate" }}, and has {len(found)}'
        )
    return found[0]
