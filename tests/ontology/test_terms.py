"""A misspelt term fails: every term used in code, ontology, shapes, queries and context exists in its vocabulary."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph

from kg.namespaces import PREFIXES
from tests.ontology.vocabulary import (
    CLOSED,
    ONTOLOGY,
    ROOT,
    SHAPES,
    graph_terms,
    missing,
    python_files,
    python_terms,
    query_terms,
    terms,
)

TURTLE = sorted([*ONTOLOGY.glob("*.ttl"), *SHAPES.glob("*.ttl"), *(ROOT / "tests" / "shapes").rglob("good-*.ttl")])
QUERIES = sorted((ROOT / "kg" / "queries").rglob("*.rq"))
MEND = "add the term to its class in kg/namespaces.py, if the vocabulary has it"


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_python_uses_existing_terms() -> None:
    wrong = [
        f"{name(path)}:{line}: {vocabulary}.{term}"
        for path in python_files()
        for line, vocabulary, term in python_terms(path)
        if str(CLOSED[vocabulary]._NS) + term not in terms(CLOSED[vocabulary])
    ]
    assert not wrong, MEND


@pytest.mark.parametrize("path", TURTLE, ids=name)
def test_turtle_parses_and_uses_existing_terms(path: Path) -> None:
    wrong = sorted(iri for iri in graph_terms(Graph().parse(path)) if missing(iri))
    assert not wrong, MEND


@pytest.mark.parametrize("path", QUERIES, ids=name)
def test_query_uses_existing_terms(path: Path) -> None:
    used = set(query_terms(path.read_text(encoding="utf-8")))
    wrong = sorted(iri for iri in used if missing(iri) or iri.startswith("undeclared"))
    assert not wrong, MEND


def test_prefixes_name_the_closed_namespaces() -> None:
    unnamed = {str(n._NS) for n in CLOSED.values()} - set(PREFIXES.values()) - {"http://purl.org/vocab/vann/"}
    assert not unnamed


def test_prefix_names_and_namespaces_are_each_used_once() -> None:
    assert len(set(PREFIXES.values())) == len(PREFIXES)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("PREFIX x: <http://x/>\nSELECT * { ?s x:y 'a:b' } # c:d", ["http://x/y"]),
        ("SELECT * { ?s schema:naem <http://e/f:g> }", ["https://schema.org/naem"]),
        ("SELECT * { ?s nope:it 1 }", ["undeclared prefix nope:it"]),
    ],
)
def test_prefixed_names_of_queries_are_found(query: str, expected: list[str]) -> None:
    assert list(query_terms(query)) == expected


def test_misspelt_terms_are_missing() -> None:
    assert missing("https://schema.org/naem")
    assert missing("https://w3id.org/commons-kg/ontology/Nope")
    assert not missing("https://schema.org/name")
    assert not missing("http://example.org/anything")
