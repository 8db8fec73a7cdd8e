from __future__ import annotations

import multiprocessing
from pathlib import Path
from unittest.mock import Mock

import pytest
from pyoxigraph import DefaultGraph, Literal, Quad

from kg.dataset.home import Home
from kg.dataset.writer import Writer, opened
from kg.errors import HomeLockedError, StoreError
from kg.namespaces import XSD
from kg.quads import iri, literal

G = "https://example.org/g"


def quad(n: int | str) -> Quad:
    return Quad(iri("https://example.org/s"), iri("https://example.org/p"), literal(n), iri(G))


def shard(tmp_path: Path, *values: int | str) -> Path:
    path = tmp_path / "shard.nq"
    path.write_text("".join(f"{quad(v)} .\n" for v in values), encoding="utf-8")
    return path


def named(writer: Writer) -> set[Quad]:
    """The quads in named graphs."""
    return {q for q in writer.store if q.graph_name != DefaultGraph()}


def union(writer: Writer) -> list[str]:
    """The values that a query without GRAPH sees, sorted."""
    found = writer.store.quads_for_pattern(None, None, None, DefaultGraph())
    return sorted(quad.object.value for quad in found if isinstance(quad.object, Literal))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_a_graph_is_made_equal_to_its_shard_and_the_difference_told(tmp_path: Path, home: Home) -> None:
    with opened(home) as writer:
        change = writer.replace_graph(G, shard(tmp_path, 1, 2, 3))
        assert (change.added, change.removed) == (3, 0)
        change = writer.replace_graph(G, shard(tmp_path, 2, 3, 4, 5))
        assert (change.added, change.removed) == (2, 1)
        assert named(writer) == {quad(n) for n in (2, 3, 4, 5)}


def test_the_default_graph_is_the_union_with_each_triple_once(tmp_path: Path, home: Home) -> None:
    other = tmp_path / "other.nq"
    other.write_text("".join(f"{quad(v)} .\n".replace(G, f"{G}2") for v in (2, 3)), encoding="utf-8")
    with opened(home) as writer:
        writer.replace_graph(G, shard(tmp_path, 1, 2))
        writer.replace_graph(f"{G}2", other)
        assert union(writer) == ["1", "2", "3"]
        writer.replace_graph(G, shard(tmp_path, 4))
        assert union(writer) == ["2", "3", "4"]
        writer.remove_graph(f"{G}2")
        assert union(writer) == ["4"]


def test_terms_that_the_store_normalises_do_not_count_as_changes(tmp_path: Path, home: Home) -> None:
    path = tmp_path / "shard.nq"
    lines = [
        f'<https://example.org/s> <https://example.org/p> "{value}"^^<{XSD[type_]}> <{G}> .\n'
        for value, type_ in (("05", "int"), ("1.0", "decimal"), ("2024-03-04T00:00:00+00:00", "dateTime"))
    ]
    path.write_text("".join(lines), encoding="utf-8")
    with opened(home) as writer:
        writer.replace_graph(G, path)
        change = writer.replace_graph(G, path)
        assert (change.added, change.removed) == (0, 0)
        assert len(named(writer)) == 3


def test_staged_quads_survive_the_end_of_the_process(tmp_path: Path, home: Home) -> None:
    with opened(home) as writer:
        writer.replace_graph(G, shard(tmp_path, 1))
        writer.stage()
    with opened(home) as writer:
        assert named(writer) == {quad(1)}
        assert [c.graph for c in writer.changes.values()] == [G]


@pytest.mark.parametrize(("many", "merged"), [(2, 1), (3, 0)])
def test_files_are_merged_after_a_load_of_many_quads(
    tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch, many: int, merged: int
) -> None:
    monkeypatch.setattr("kg.dataset.writer.MANY", many)
    with opened(home) as writer:
        writer.replace_graph(G, shard(tmp_path, 1, 2))
        store, asked = writer.store, Mock()
        writer.store = asked
        writer.settle()
        assert asked.optimize.call_count == merged
        writer.store = store


def test_an_interrupted_writer_is_made_anew(tmp_path: Path, home: Home) -> None:
    with opened(home) as writer:
        writer.replace_graph(G, shard(tmp_path, 1))
    with opened(home) as writer:
        assert len(writer.store) == 0


def test_a_shard_that_is_no_nquads_is_an_error_with_its_path(tmp_path: Path, home: Home) -> None:
    path = tmp_path / "shard.nq"
    path.write_text("this is not N-Quads\n")
    with opened(home) as writer, pytest.raises(StoreError):
        writer.replace_graph(G, path)


def _hold(path: Path, ready: multiprocessing.synchronize.Event, done: multiprocessing.synchronize.Event) -> None:
    with opened(Home(path)):
        ready.set()
        done.wait(30)


def test_a_second_process_that_writes_gets_a_clear_error(home: Home) -> None:
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(home.path, ready, done))
    other.start()
    try:
        assert ready.wait(30)
        with pytest.raises(HomeLockedError, match="another process is writing") as caught, opened(home):
            pass
        assert caught.value.exit_code == 4
        assert caught.value.hint
    finally:
        done.set()
        other.join()
    with opened(home):
        pass
