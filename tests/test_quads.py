"""Quads as text are what pyoxigraph would write."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from pyoxigraph import NamedNode, Quad

from kg.namespaces import XSD
from kg.quads import Statements, Unwritten, Value, iri, literal, nquads, parsed
from kg.records import Text

GRAPH, NODE, NAME = "https://example.org/graph", "https://example.org/é", "https://schema.org/name"
VALUES: list[Value | Text] = [
    "plain", 'a "quoted" \\ word', "two\nlines\tand \x7f \u2028 \ufeff", "ünï 数字 👩‍💻",
    Text("Hi", "en-US"), Text("no tag"), True, 3, 0.5, date(2024, 2, 29), datetime(2024, 2, 29, 12, tzinfo=UTC),
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_literal_is_written_as_pyoxigraph_writes_it(value: Value | Text) -> None:
    out = Statements(GRAPH)
    out.value(NODE, NAME, value)
    (line,) = out
    (quad,) = parsed(out)
    assert quad == Quad(NamedNode(NODE), iri(NAME), literal(value), iri(GRAPH))
    assert line == str(quad)


def test_a_datatype_overrides_what_the_value_implies() -> None:
    out = Statements(GRAPH)
    out.value(NODE, NAME, "2024", datatype=XSD.gYear)
    out.value(NODE, NAME, "text", datatype=XSD.string)
    year, text = out
    assert year == f'<{NODE}> <{NAME}> "2024"^^<{XSD.gYear}> <{GRAPH}>'
    assert text == f'<{NODE}> <{NAME}> "text" <{GRAPH}>'


def test_each_quad_is_told_once_in_order_and_what_is_empty_not_at_all() -> None:
    out = Statements(GRAPH)
    out.value(NODE, NAME, "b", None, "", Text(""), "a", "b")
    out.link(NODE, NAME, None, "", NODE)
    assert [line.split(" ")[2] for line in out] == ['"b"', '"a"', f"<{NODE}>"]
    assert nquads(out).count(b" .\n") == len(out) == 3


@pytest.mark.parametrize("bad", ["no iri", "https://example.org/<a>", "https://example.org/a b"])
def test_an_iri_that_is_none_is_refused(bad: str) -> None:
    for subject, predicate, value in ((bad, NAME, NODE), (NODE, bad, NODE), (NODE, NAME, bad)):
        with pytest.raises(ValueError, match="IRI"):
            Statements(GRAPH).link(subject, predicate, value)


@pytest.mark.parametrize("text", ["\ud800", Text("a", "no tag!")])
def test_a_literal_that_cannot_be_written_is_refused(text: str | Text) -> None:
    with pytest.raises(ValueError, match=r"literal|tag"):
        Statements(GRAPH).value(NODE, NAME, text)


def test_unwritten_statements_keep_nothing() -> None:
    out = Unwritten(GRAPH)
    out.link(NODE, NAME, NODE)
    out.value(NODE, NAME, "a")
    assert list(out) == []
