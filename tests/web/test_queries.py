from __future__ import annotations

import re

import pytest
from pyoxigraph import Store

from kg.namespaces import PREFIXES
from kg.resources import PACKAGE
from kg.web.asking import examples
from kg.web.queries import Parameter, Text, bound, iri
from kg.web.terms import _names, href, in_order, label_of, value_of

PAGES = PACKAGE / "queries" / "pages"
BASE = "https://w3id.org/commons-kg/"


def bind(name: str) -> str:
    text = (PAGES / f"{name}.rq").read_text(encoding="utf-8")
    special: dict[str, Parameter] = {
        "limit": 3, "offset": 3, "classes": ("http://e/x", "http://e/y"), "pairs": (("http://e/p", Text("x")),),
    }  # fmt: skip
    values: dict[str, Parameter] = {p: special.get(p, "http://e/x") for p in re.findall(r"\$(\w+)", text)}
    return bound(name, **values)


@pytest.mark.parametrize("name", sorted(str(p.relative_to(PAGES).with_suffix("")) for p in PAGES.rglob("*.rq")))
def test_every_query_has_a_summary_and_runs(name: str) -> None:
    assert (PAGES / f"{name}.rq").read_text(encoding="utf-8").startswith("#+ summary: ")
    Store().query(bind(name), use_default_graph_as_union=True)


@pytest.mark.parametrize("example", sum(examples(BASE).values(), ()), ids=lambda e: e.name)
def test_every_example_runs(example: object) -> None:
    Store().query(example.text, use_default_graph_as_union=True)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "value", ["x", "http://e/ y", "http://e/>", 'http://e/"', "http://e/\n", "", "/x", "http://e/{"]
)
def test_only_iris_become_iris(value: str) -> None:
    with pytest.raises(ValueError, match="no absolute IRI"):
        iri(value)


def test_names_are_of_known_prefixes_and_once() -> None:
    lines = (PACKAGE / "web" / "names.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert len(_names()) == len(lines)
    assert all(line.partition(":")[0] in PREFIXES for line in lines)
    assert label_of("http://e/someLongName") == "some long name"


@pytest.mark.parametrize(
    ("value", "known", "expected"),
    [
        (BASE + "id/good/GID1", False, "/id/good/GID1"),
        (BASE + "ontology/owner", False, "/ontology/owner"),
        ("http://metadata.un.org/sdg/13", True, "/resource?iri=http%3A%2F%2Fmetadata.un.org%2Fsdg%2F13"),
        ("https://example.org/", False, "https://example.org/"),
        ("javascript:alert(1)", False, None),
        ("JAVASCRIPT:alert(1)", True, "/resource?iri=JAVASCRIPT%3Aalert%281%29"),
    ],
)
def test_href(value: str, known: bool, expected: str | None) -> None:
    assert href(value, BASE, known=known) == expected
    assert href(value, "https://kg.example.net/", known=False) != "/id/good/GID1"


def test_values() -> None:
    assert value_of({"type": "literal", "value": "x" * 500}, BASE).is_long
    assert value_of({"type": "literal", "value": "#3f7e44"}, BASE).is_colour
    assert value_of({"type": "uri", "value": "https://schema.org/name"}, BASE).text == "schema:name"
    target = {"type": "uri", "value": "http://metadata.un.org/sdg/9.c"}
    assert value_of(target, BASE, "Access to technology").text == "9.c Access to technology"
    assert sorted(["10.2 b", "9.c a", "Z"], key=in_order) == ["Z", "9.c a", "10.2 b"]
    assert value_of({"type": "literal", "value": "1", "datatype": "http://e/d"}, BASE).datatype == "http://e/d"
