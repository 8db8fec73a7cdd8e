"""ontology/context.jsonld: every name stands for an existing term, and no literal changes on its way through it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse
from rdflib import Graph
from rdflib import Literal as RdflibLiteral

from kg.export.jsonld import Compactor, default_context
from kg.namespaces import COMMONS, PREFIXES, SCHEMA, XSD
from kg.validation.graphs import literals_as_written
from tests.ontology.vocabulary import ONTOLOGY, missing, terms

CONTEXT: dict[str, Any] = json.loads((ONTOLOGY / "context.jsonld").read_text(encoding="utf-8"))["@context"]
KEYWORDS = {"@version", "id", "type"}
LITERALS = [
    Literal("plain"), Literal(""), Literal('quotes " and \\ and \n line \t tab'), Literal("‏עברית‏", language="he"),
    Literal("2024-03-04"), Literal("http://example.org/not-an-iri"), Literal("true"), Literal("commons:claimed"),
    Literal("text", language="en"), Literal("text", language="pt-BR"), Literal("text", language="zh-Hans"),
    *(Literal(value, datatype=NamedNode(str(XSD) + name)) for name, value in [
        ("date", "2024-03-04"), ("date", "2024-03-04Z"), ("dateTime", "2024-03-04T00:00:00"), ("gYear", "2024"),
        ("dateTime", "2024-03-04T00:00:00.000+01:00"), ("boolean", "true"), ("boolean", "1"), ("boolean", "false"),
        ("integer", "1"), ("integer", "01"), ("integer", "123456789012345678901234567890"), ("int", "5"),
        ("decimal", "1.0"), ("decimal", "1.50"), ("double", "0.80"), ("double", "8.0E-1"), ("double", "1"),
        ("double", "INF"), ("double", "NaN"), ("anyURI", "http://example.org/"), ("date", "not a date"),
    ]),
    Literal("13", datatype=NamedNode("http://metadata.un.org/sdg/ontology#SDGCode")),
]  # fmt: skip


def expand(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def definition(name: str) -> tuple[str, str | None]:
    """Return (IRI, type) of a name."""
    value = CONTEXT[name]
    if isinstance(value, str):
        return expand(value), None
    return expand(value.get("@id", name)), value.get("@type")


NAMES = sorted(set(CONTEXT) - KEYWORDS - set(PREFIXES))


def test_prefixes_are_those_of_kg_namespaces() -> None:
    assert {name: CONTEXT[name] for name in PREFIXES} == PREFIXES


@pytest.mark.parametrize("name", NAMES)
def test_name_stands_for_an_existing_term(name: str) -> None:
    iri, kind = definition(name)
    assert not missing(iri)
    assert kind is None or kind == "@id" or not missing(expand(kind))
    assert ":" in name or iri.startswith((str(COMMONS._NS), str(SCHEMA._NS))), "others keep their prefix"
    assert ":" in name or iri.endswith(f"/{name}")


def test_every_own_term_has_a_name() -> None:
    named = {definition(name)[0] for name in NAMES}
    assert terms(COMMONS) - named == set(), "add them to ontology/context.jsonld"


def test_nothing_in_it_loses_meaning() -> None:
    assert not {"@vocab", "@base", "@language", "@import"} & set(CONTEXT)
    for name in NAMES:
        assert set(CONTEXT[name] if isinstance(CONTEXT[name], dict) else ()) <= {"@id", "@type"}
    assert len({definition(name)[0] for name in NAMES}) == len(NAMES), "two names for one term"


COMPACTOR = Compactor(default_context())
SUBJECT = "http://example.org/s"


def document(key: str, *values: Literal | NamedNode) -> bytes:
    """Statements of one subject in compacted JSON-LD, as the dumps have them."""
    node = json.loads(COMPACTOR.node(SUBJECT, [f"<{definition(key)[0]}> {value}" for value in values]))
    return json.dumps({"@context": CONTEXT, "@graph": [node]}).encode()


KEYS = [
    "datePublished",
    "startDate",
    "score",
    "current",
    "url",
    "headline",
    "org:member",
    "void:triples",
    "foundingDate",
]


@pytest.mark.parametrize("key", KEYS)
def test_literals_go_round_unchanged_by_pyoxigraph(key: str) -> None:
    found = {quad.triple for quad in parse(document(key, *LITERALS), RdfFormat.JSON_LD)}
    assert found == {Triple(NamedNode(SUBJECT), NamedNode(definition(key)[0]), value) for value in LITERALS}


@pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")  # rdflib's own parser uses what it deprecates
@pytest.mark.parametrize("key", KEYS)
def test_literals_go_round_unchanged_by_rdflib(key: str) -> None:
    with literals_as_written():
        objects = list(Graph().parse(data=document(key, *LITERALS), format="json-ld").objects())
    found = {(str(o), o.language, str(o.datatype or "")) for o in objects if isinstance(o, RdflibLiteral)}
    plain = str(XSD.string)
    assert found == {
        (v.value, v.language, "" if v.language or v.datatype.value == plain else v.datatype.value) for v in LITERALS
    }


IRIS = ["http://example.org/a%20b", "https://schema.org/name", "urn:x:y", "time:now", str(COMMONS.claimed)]


@pytest.mark.parametrize("key", ["url", "headline", "org:member", "startDate"])
@pytest.mark.parametrize("iri", IRIS)
def test_iri_goes_round_unchanged(key: str, iri: str) -> None:
    (quad,) = parse(document(key, NamedNode(iri)), RdfFormat.JSON_LD)
    assert quad.triple == Triple(NamedNode(SUBJECT), NamedNode(definition(key)[0]), NamedNode(iri))
