"""Several graphs as one default graph: https://www.w3.org/TR/sparql11-query/#specifyingDataset."""

from __future__ import annotations

import pytest
from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Store

from kg.engine.merge import Graphs, merged, named_in

DATA = """
@prefix : <http://e/> .
:a { :x :p 1 . :x :p 2 . } :b { :x :p 2 . :x :p 3 . :y :p 2 . } :c { :z :p 9 . } :d { :x :p 1 . :x :p 2 . }
:e { _:b :p _:c . }
"""
BASE = "http://e/"


@pytest.fixture
def store() -> Store:
    store = Store()
    store.load(DATA.encode(), RdfFormat.TRIG)
    return store


def count(store: Store, text: str, graphs: Graphs) -> int:
    asked, dataset = merged(store, graphs)
    found = asked.query(f"SELECT (COUNT(*) AS ?n) {text}", base_iri=BASE, **dataset)
    assert isinstance(found, QuerySolutions)
    return int(str(next(found)["n"]).split('"')[1])


@pytest.mark.parametrize(
    ("graphs", "triples"),
    [("a b", 4), ("b a", 4), ("a a", 2), ("a d", 2), ("a b c d", 5), ("a c", 3), ("a none", 2), ("none other", 0),
     ("a e", 3)],
)  # fmt: skip
def test_each_triple_is_there_once(store: Store, graphs: str, triples: int) -> None:
    default = [f"http://e/{name}" for name in graphs.split()]
    assert count(store, "{ ?s ?p ?o }", (default, [])) == triples
    assert count(store, "{ ?s ?p ?o . ?s ?p ?o2 }", (default, [])) >= triples
    assert count(store, "{ GRAPH ?g { ?s ?p ?o } }", (default, [])) == 0


def test_paths_and_aggregates_see_the_merge(store: Store) -> None:
    graphs: Graphs = (["http://e/a", "http://e/b"], [])
    assert count(store, "{ ?s (<p>|<q>) ?o }", graphs) == 4
    asked, dataset = merged(store, graphs)
    found = asked.query("SELECT (SUM(?o) AS ?n) { <http://e/x> ?p ?o }", **dataset)
    assert isinstance(found, QuerySolutions)
    assert "6" in str(next(found)["n"])


def test_named_graphs_stay_whole_beside_it(store: Store) -> None:
    graphs = (["http://e/a", "http://e/b"], ["http://e/b", "http://e/c"])
    assert count(store, "{ GRAPH ?g { ?s ?p ?o } }", graphs) == 4
    assert count(store, "{ GRAPH <b> { ?s ?p ?o } ?s ?p ?o }", graphs) == 3


def test_graphs_that_share_nothing_are_not_copied(store: Store) -> None:
    asked, dataset = merged(store, (["http://e/a", "http://e/c"], []))
    assert asked is store
    assert dataset["default_graph"] == [NamedNode("http://e/a"), NamedNode("http://e/c")]


@pytest.mark.parametrize(
    ("text", "graphs"),
    [
        ("SELECT * { ?from <FROM> 'FROM <x>' } # FROM <y>", ([], [])),
        ("SELECT (1 AS ?from) { { SELECT * { ?s ?p ?o } } }", ([], [])),
        ("PREFIX : <http://x/> CONSTRUCT { ?s ?p ?o } FROM :a FROM NAMED <b> WHERE { ?s ?p ?o }",
         (["http://x/a"], ["http://e/b"])),
        ("BASE <http://y/> DESCRIBE <z> from <a> from named <b> from <c>", (["http://y/a", "http://y/c"], ["http://y/b"])),
        ("ASK FROM { }", ([], [])),
        ("ASK FROM", ([], [])),
    ],
)  # fmt: skip
def test_what_a_query_names(text: str, graphs: Graphs) -> None:
    assert named_in(text, BASE) == graphs
