"""An index that is made from its parent's holds what one holds that is made anew."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.dataset import withheld
from kg.dataset.search import Search
from kg.dataset.search_index import make
from kg.dataset.search_table import FILE, TEXT
from kg.dataset.search_update import update
from kg.namespaces import COMMONS, ORG, RDF, RDFS, SCHEMA, SDGO, SKOS

GRAPH = "https://example.org/graph/a"


def stated(store: Store, thing: str, prop: str, value: str, *, lang: str = "", graph: str = GRAPH) -> None:
    """Add a statement, to the union too."""
    node = NamedNode(value) if value.startswith("http") else Literal(value, language=lang or None)
    store.add(Quad(NamedNode(thing), NamedNode(prop), node, NamedNode(graph)))
    store.add(Quad(NamedNode(thing), NamedNode(prop), node))


def thing(name: str) -> str:
    return f"https://example.org/{name}"


@pytest.fixture
def store() -> Store:
    made = Store()
    for name, label in (("a", "Ant farm"), ("b", "Bee hive"), ("c", "Cat house (CH)")):
        stated(made, thing(name), str(RDF.type), str(ORG.Organization))
        stated(made, thing(name), str(RDFS.label), label, lang="en")
        stated(made, thing(name), str(SCHEMA.location), thing("a"))
    stated(made, thing("g"), str(RDF.type), str(SDGO.Goal))
    stated(made, thing("g"), str(SKOS.notation), "7")
    return made


def indexed(store: Store, folder: Path) -> Path:
    folder.mkdir()
    make(store, folder / FILE)
    return folder


def content(version: Path) -> list[tuple[object, ...]]:
    """Return what is kept of all things, without the numbers that stand for it."""
    with sqlite3.connect(version / FILE) as index:
        return sorted(
            index.execute(
                "SELECT thing.iri, class, role, text, lang, key, graph.iri FROM entry JOIN thing ON thing.id = thing "
                "JOIN kind ON kind.id = kind JOIN graph ON graph.id = graph"
            )
        )


def found(version: Path, text: str) -> list[str]:
    search = Search(version)
    try:
        return sorted(hit.iri.rsplit("/", 1)[-1] for hit in search.find(text).hits)
    finally:
        search.close()


def remove(store: Store, name: str, prop: str | None = None) -> None:
    for quad in list(store.quads_for_pattern(NamedNode(thing(name)), NamedNode(prop) if prop else None, None, None)):
        store.remove(quad)


def test_new_changed_and_removed_things_are_as_if_the_index_was_made_anew(store: Store, tmp_path: Path) -> None:
    before = indexed(store, tmp_path / "before")
    remove(store, "a")
    remove(store, "c", str(RDFS.label))
    stated(store, thing("c"), str(RDFS.label), "Cow shed (CS)")
    stated(store, thing("c"), str(SCHEMA.description), "A shed for Cows", graph=thing("graph/b"))
    stated(store, thing("g"), str(SKOS.notation), "07")
    stated(store, thing("d"), str(RDF.type), str(COMMONS.DigitalPublicGood))
    stated(store, thing("d"), str(RDFS.label), "Dog kennel")
    after = tmp_path / "after"
    after.mkdir()
    update(store, before / FILE, after / FILE, [thing(name) for name in "abcdgz"])
    assert content(after) == content(indexed(store, tmp_path / "anew"))
    assert [found(after, text) for text in ("ant", "cat", "ch", "cow", "CS", "kennel", "SDG 07", "bee")] == [
        [], [], [], ["c"], ["c"], ["d"], ["g"], ["b"]
    ]  # fmt: skip
    assert found(after, "kenel") == ["d"], "new words are known to spell by"
    assert found(before, "ant") == ["a"], "the parent's index is as it was"


def test_a_text_beside_the_graph_takes_the_place_of_what_is_quoted(store: Store, tmp_path: Path) -> None:
    (tmp_path / "lines").write_text(withheld.lines({"1": "Ferret, whole", "2": "Gerbil, whole"}))
    beside = tmp_path / "texts.sqlite"
    withheld.keep(beside, tmp_path / "lines")
    before = indexed(store, tmp_path / "before")
    stated(store, thing("b"), str(SCHEMA.description), "Ferret …", lang="en")
    stated(store, thing("b"), str(SCHEMA.description), "A quotation", graph=thing("graph/b"))
    stated(store, thing("b"), str(SCHEMA.inLanguage), "en-US")
    stated(store, thing("b"), str(COMMONS.summaryDigest), "1")
    stated(store, thing("b"), str(COMMONS.textDigest), "2")
    stated(store, thing("c"), str(COMMONS.textDigest), "3")
    update(store, before / FILE, tmp_path / FILE, [thing("b"), thing("c")], beside=beside)
    (tmp_path / "anew").mkdir()
    make(store, tmp_path / "anew" / FILE, beside=beside)
    assert content(tmp_path) == content(tmp_path / "anew")
    texts = [(text, lang) for iri, _, role, text, lang, *_ in content(tmp_path) if role == TEXT and iri == thing("b")]
    assert texts == [("A quotation", ""), ("Ferret, whole", "en-us"), ("Gerbil, whole", "en-us")]


def test_a_thing_that_is_hidden_from_now_on_is_not_found(store: Store, tmp_path: Path) -> None:
    before = indexed(store, tmp_path / "before")
    stated(store, thing("b"), str(RDF.type), str(COMMONS.Payload))
    update(store, before / FILE, tmp_path / FILE, [thing("b")])
    assert found(tmp_path, "bee") == []


def test_where_nothing_that_is_searched_changes_it_is_the_same_file(store: Store, tmp_path: Path) -> None:
    before = indexed(store, tmp_path / "before")
    stated(store, thing("b"), str(SCHEMA.foundingDate), "1999")
    update(store, before / FILE, tmp_path / FILE, [thing("b")])
    assert (tmp_path / FILE).samefile(before / FILE)
