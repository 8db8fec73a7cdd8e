"""What a version keeps of what it changed: statements as RDF patch, things by kind."""

from __future__ import annotations

import csv
import gzip
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from kg.dataset import changelog
from kg.dataset.home import Home
from kg.dataset.manifest import Manifest
from kg.dataset.writer import Writer, opened
from kg.identifiers import Minter
from kg.namespaces import RDF, RDFS
from kg.publish import publish

G, OTHER = NamedNode(Minter().graph("one")), NamedNode(Minter().graph("two"))
KIND = NamedNode("http://example.org/Kind")
_days = count()


def thing(name: str, graph: NamedNode = G, label: str = "") -> list[Quad]:
    node = NamedNode(f"http://example.org/{name}")
    return [Quad(node, NamedNode(str(RDF.type)), KIND, graph),
            Quad(node, NamedNode(str(RDFS.label)), Literal(label or name), graph)]  # fmt: skip


def publish_now(writer: Writer) -> Manifest:
    manifest = publish(writer, Minter(), dumps=False, now=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(next(_days)))
    assert manifest is not None
    return manifest


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    with opened(home) as writer:
        writer.unpublished = True  # a home may begin empty
        publish_now(writer)
        writer.change([*thing("a"), *thing("b")], [], [], [])
        publish_now(writer)
    return home


def patch(home: Home) -> list[str]:
    with gzip.open(home.current_path() / "changes" / "statements.rdfp.gz", "rt", encoding="utf-8") as lines:
        return [line.rstrip("\n") for line in lines]


def things(home: Home) -> set[tuple[str, ...]]:
    with gzip.open(home.current_path() / "changes" / "things.csv.gz", "rt", encoding="utf-8", newline="") as rows:
        return {(change, thing.rpartition("/")[2]) for change, _, thing in list(csv.reader(rows))[1:]}


def test_a_first_version_has_no_changes(home: Home) -> None:
    first, second = sorted(path for path in home.versions.iterdir())
    assert not (first / "changes").exists()
    assert (second / "changes").is_dir()


def test_a_patch_names_both_versions_and_holds_what_was_added_and_removed(home: Home) -> None:
    first = home.current_id()
    with opened(home) as writer:
        writer.change(thing("c"), thing("b"), [], [])
        second = publish_now(writer)
    (b_type, b_label), (c_type, c_label) = thing("b"), thing("c")
    assert patch(home) == [
        f"H id <{Minter().version(second.id)}> .", f"H prev <{Minter().version(first or '')}> .", "TX .",
        f"D {b_type} .", f"D {b_label} .", f"A {c_type} .", f"A {c_label} .", "TC .",
    ]  # fmt: skip
    assert things(home) == {("removed", "b"), ("added", "c")}


def test_what_is_added_and_removed_again_before_a_version_is_no_change(home: Home) -> None:
    with opened(home) as writer:
        writer.change(thing("c"), thing("a"), [], [])
        writer.change([*thing("a"), *thing("d")], thing("c"), [], [])
        publish_now(writer)
    assert [line[0] for line in patch(home)[3:-1]] == ["A", "A"]
    assert things(home) == {("added", "d")}


def test_a_thing_that_another_graph_has_already_is_changed_and_not_added(home: Home) -> None:
    with opened(home) as writer:
        writer.change(thing("a", OTHER, label="another name"), [], [], [])
        publish_now(writer)
    assert things(home) == {("changed", "a")}


def test_a_graph_that_is_replaced_or_removed_is_noted_as_well(home: Home, tmp_path: Path) -> None:
    shard = tmp_path / "shard.nq"
    shard.write_text("".join(f"{quad} .\n" for quad in [*thing("a"), *thing("e")]))
    with opened(home) as writer:
        writer.replace_graph(G.value, shard)
        publish_now(writer)
    assert things(home) == {("removed", "b"), ("added", "e")}
    with opened(home) as writer:
        writer.remove_graph(G.value)
        publish_now(writer)
    assert things(home) == {("removed", "a"), ("removed", "e")}


def test_what_was_staged_by_another_process_is_noted_as_well(home: Home) -> None:
    with opened(home) as writer:
        writer.change(thing("c"), [], [], [])
        writer.stage()
    with opened(home) as writer:
        writer.change([], thing("a"), [], [])
        publish_now(writer)
    assert things(home) == {("added", "c"), ("removed", "a")}


def test_a_log_that_does_not_say_all_gives_no_patch(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    with opened(home) as writer:
        writer.change(thing("c"), [], [], [])
        changelog.forget(home.writer)
        publish_now(writer)
    assert not (home.current_path() / "changes").exists()
    assert "counts alone" in caplog.text
