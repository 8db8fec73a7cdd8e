from __future__ import annotations

import pytest

from kg.web.conneg import CSV, GRAPHS, JSON, NTRIPLES, PAGE, RDFXML, RESULTS, TSV, TURTLE, XML, Format, choose, named

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
RDFLIB = "application/rdf+xml, text/n3, text/turtle, application/n-triples, application/ld+json"


@pytest.mark.parametrize(
    ("accept", "offered", "expected"),
    [
        (None, RESULTS, JSON),
        ("", RESULTS, JSON),
        ("*/*", RESULTS, JSON),
        ("*", RESULTS, JSON),
        ("text/csv", RESULTS, CSV),
        ("text/*", RESULTS, CSV),
        ("text/csv;q=0.5, text/tab-separated-values", RESULTS, TSV),
        ("application/sparql-results+xml, application/sparql-results+json;q=0.9", RESULTS, XML),
        ("application/rdf+xml, application/sparql-results+xml", RESULTS, XML),
        ("application/rdf+xml, application/sparql-results+xml", GRAPHS, RDFXML),
        ("application/turtle,text/turtle", GRAPHS, TURTLE),
        ("text/plain", GRAPHS, NTRIPLES),
        (RDFLIB, GRAPHS, RDFXML),
        (RDFLIB, RESULTS, None),
        ("image/png", RESULTS, None),
        ("application/sparql-results+json;q=0, */*;q=0.1", RESULTS, XML),
        ("text/csv;q=0", RESULTS, None),
        ("*/*;q=0.1, text/tab-separated-values;q=0.2", RESULTS, TSV),
        (BROWSER, (*RESULTS, PAGE), PAGE),
        ("application/json, text/html", (*RESULTS, PAGE), JSON),
        ("text/html, application/json", (*RESULTS, PAGE), PAGE),
        ("text/csv;q=nonsense, text/tab-separated-values;q=0.1", RESULTS, TSV),
        ("TEXT/CSV ; Q=1", RESULTS, CSV),
    ],
)
def test_choose(accept: str | None, offered: tuple[Format, ...], expected: Format | None) -> None:
    chosen = choose(accept, offered)
    assert (chosen.format if chosen else None) is expected


def test_the_type_that_was_asked_for_is_the_type_that_is_sent() -> None:
    chosen = choose("application/json", RESULTS)
    assert chosen is not None
    assert chosen.content_type == "application/json"
    chosen = choose("text/csv", RESULTS)
    assert chosen is not None
    assert chosen.content_type == "text/csv; charset=utf-8"


@pytest.mark.parametrize(
    ("name", "offered", "expected"),
    [
        ("csv", RESULTS, CSV), ("JSON", RESULTS, JSON), ("application/sparql-results+xml", RESULTS, XML),
        ("application/sparql-results json", RESULTS, JSON), ("turtle", GRAPHS, TURTLE), ("n3", GRAPHS, TURTLE),
        ("rdf+xml", GRAPHS, RDFXML), ("xml", GRAPHS, RDFXML), ("turtle", RESULTS, None), ("nonsense", RESULTS, None),
    ],
)  # fmt: skip
def test_named(name: str, offered: tuple[Format, ...], expected: Format | None) -> None:
    chosen = named(name, offered)
    assert (chosen.format if chosen else None) is expected
