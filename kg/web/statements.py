"""The statements about a thing with the graphs they stand in, as N-Quads, TriG and CSV.

https://www.w3.org/TR/n-quads/, https://www.w3.org/TR/trig/: written from SPARQL JSON results, since a request handler
has no RDF library at hand, and each statement goes on a line of its own.
"""

from __future__ import annotations

import re
from typing import Any

from kg.engine.pool import Query, VersionRef
from kg.namespaces import XSD
from kg.web.queries import bound, literal
from kg.web.site import Row, Site
from kg.web.things import facts_query

_NO_IRI = re.compile(r'[<>"{}|^`\\\x00-\x20]')


def term(value: dict[str, Any]) -> str:
    """Return a term of SPARQL JSON results as N-Quads write it.

    >>> term({"type": "literal", "value": "a", "xml:lang": "en"}), term({"type": "uri", "value": "http://e/"})
    ('"a"@en', '<http://e/>')
    """
    text = str(value["value"])
    if value["type"] == "uri":
        return "<" + _NO_IRI.sub(lambda c: f"\\u{ord(c[0]):04X}", text) + ">"
    if value["type"] == "bnode":
        return f"_:{text}"
    if "xml:lang" in value:
        return f"{literal(text)}@{value['xml:lang']}"
    datatype = value.get("datatype")
    return literal(text) if datatype in (None, str(XSD.string)) else f"{literal(text)}^^<{datatype}>"


async def quads(site: Site, iri: str, version: VersionRef) -> list[tuple[str, str]]:
    """Return graph (empty: the default graph) and triple of each statement about a thing, sorted."""
    rows = await site.rows(facts_query(site, iri, version), version=version)
    found = {(term(r["graph"]) if "graph" in r else "", _triple(iri, r)) for r in rows}
    named = {triple for graph, triple in found if graph}
    return sorted((graph, triple) for graph, triple in found if graph or triple not in named)


def _triple(iri: str, row: Row) -> str:
    return f"<{iri}> {term(row['property'])} {term(row['value'])}"


def nquads(found: list[tuple[str, str]]) -> bytes:
    """Return statements as N-Quads."""
    return "".join(f"{triple} {graph} .\n" if graph else f"{triple} .\n" for graph, triple in found).encode()


def trig(found: list[tuple[str, str]]) -> bytes:
    """Return statements as TriG: a block for each graph."""
    blocks: dict[str, list[str]] = {}
    for graph, triple in found:
        blocks.setdefault(graph, []).append(f"  {triple} .\n")
    return "\n".join(f"{graph} {{\n{''.join(lines)}}}\n".lstrip() for graph, lines in blocks.items()).encode()


async def table(site: Site, iri: str, version: VersionRef) -> bytes:
    """Return statements as CSV: property, value, language, datatype, graph."""
    query = Query(text=bound("things/table", thing=iri), results="csv", graph=None)
    async with site.pool.query(query, version=version) as answer:
        return await answer.read()
