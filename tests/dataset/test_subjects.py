"""What is read from files is what the store says."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from kg.dataset.canonical import canonical
from kg.dataset.subjects import graphs_of, subjects
from kg.namespaces import XSD

GRAPHS = [NamedNode(f"https://example.org/graph/{name}") for name in "abc"]


def quad(subject: int, text: str, graph: NamedNode | DefaultGraph, kind: str = "string") -> Quad:
    value = Literal(text, datatype=NamedNode(str(XSD[kind])))
    return Quad(NamedNode(f"urn:thing:{subject}"), NamedNode("urn:says"), value, graph)


@pytest.fixture
def store() -> Store:
    """Things of which one or several graphs speak."""
    found = Store()
    found.extend([quad(n, f"no. {n % 3}\n", GRAPHS[n % 3]) for n in range(30)])
    found.extend([quad(n, "05", GRAPHS[n % 2], "int") for n in range(20)])
    found.add_graph(NamedNode("https://example.org/graph/description"))
    return found


def test_files_take_the_place_of_the_store(store: Store, tmp_path: Path) -> None:
    shard, dump = tmp_path / "shard.nq", tmp_path / "dump.nq.gz"
    a, b, _ = ([f"{quad} .\n" for quad in store.quads_for_pattern(None, None, None, graph)] for graph in GRAPHS)
    typed = f"{quad(0, '05', GRAPHS[0], 'int')} .\n"
    shard.write_text("".join([*a, typed, *a]), encoding="utf-8", newline="")
    dump.write_bytes(gzip.compress("".join(sorted(b)).encode()))
    files = {GRAPHS[0].value: shard, GRAPHS[1].value: dump}
    with subjects(store, GRAPHS, {}, tmp_path) as expected, subjects(Store(), GRAPHS[:2], files, tmp_path) as found:
        without_c = [(thing, [line for line in lines if b"/graph/c" not in line]) for thing, lines in expected]
        assert list(found) == [page for page in without_c if page[1]]


def test_a_default_graph_has_no_name(store: Store, tmp_path: Path) -> None:
    store.add(quad(99, "a  b", DefaultGraph()))
    with subjects(store, [DefaultGraph()], {}, tmp_path) as found:
        assert list(found) == [(b"<urn:thing:99>", [b'<urn:thing:99> <urn:says> "a  b"  .\n'])]


def test_the_graph_that_describes_the_dataset_is_left_out(store: Store) -> None:
    assert graphs_of(store) == GRAPHS


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2024-03-04", "date"), ("2024-02-31", "date"), ("0001-01-01", "date"), ("2024-03-04Z", "date"),
        ("2024-03-04T00:00:00Z", "dateTime"), ("2024-03-04T24:00:00Z", "dateTime"),
        ("2024-03-04T10:20:60Z", "dateTime"), ("12", "integer"), ("012", "integer"), ("0", "integer"),
        ("-0", "integer"), ("9" * 15, "integer"), ("9" * 20, "integer"), ("true", "boolean"), ("1", "boolean"),
        ("http://x.example/é", "anyURI"), ("1.50", "decimal"), ("2024", "gYear"), ("1e3", "double"), ("05", "int"),
    ],
)  # fmt: skip
def test_a_literal_is_as_the_store_gives_it_back(text: str, kind: str) -> None:
    stated, store = quad(1, text, GRAPHS[0], kind), Store()
    store.add(stated)
    assert canonical(f"{stated} .\n".encode()) == "".join(f"{quad} .\n" for quad in store).encode()
