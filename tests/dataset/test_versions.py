from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kg.dataset import versions
from kg.dataset.home import Home, hold
from kg.dataset.manifest import Manifest
from kg.dataset.writer import opened
from kg.errors import StoreError, UsageError
from kg.identifiers import Minter
from kg.ingest import ingest
from kg.publish import publish
from tests.ingest.lines import LOADER, options, source

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def load(home: Home, tmp_path: Path, *lines: str, day: int = 0, keep: int = 10) -> Manifest | None:
    with opened(home) as writer:
        ingest(source(tmp_path, *lines), LOADER, writer, options())
        return publish(writer, Minter(), dumps=False, keep=keep, now=START + timedelta(days=day))


def test_loading_the_same_input_twice_publishes_nothing_new(home: Home, tmp_path: Path) -> None:
    first = load(home, tmp_path, "A", day=0)
    assert first is not None
    assert load(home, tmp_path, "A", day=1) is None
    assert [m.id for m in versions.manifests(home)] == [first.id]


def test_versions_are_listed_oldest_first_with_what_they_changed(home: Home, tmp_path: Path) -> None:
    first, second = load(home, tmp_path, "A"), load(home, tmp_path, "A", "B", day=1)
    assert first is not None
    assert second is not None
    assert [m.id for m in versions.manifests(home)] == [first.id, second.id]
    assert second.parent == first.id
    assert home.current_id() == second.id
    graph = Minter().graph("test")
    assert [c.graph for c in second.changes] == [graph]


def test_a_diff_counts_quads_per_graph_both_ways(home: Home, tmp_path: Path) -> None:
    first, second = load(home, tmp_path, "A", "B"), load(home, tmp_path, "B", "C", day=1)
    assert first is not None
    assert second is not None
    (change,) = versions.diff(home, first.id, second.id)
    (back,) = versions.diff(home, second.id, first.id)
    assert (change.added, change.removed) == (back.removed, back.added)
    assert change == second.changes[0]


def test_rollback_serves_the_parent_again_and_the_next_load_starts_from_there(home: Home, tmp_path: Path) -> None:
    first, second = load(home, tmp_path, "A"), load(home, tmp_path, "B", day=1)
    assert first is not None
    assert second is not None
    assert versions.rollback(home) == first.id
    assert home.current_id() == first.id
    third = load(home, tmp_path, "A", "C", day=2)
    assert third is not None
    assert third.parent == first.id


def test_rollback_without_a_parent_says_which_versions_there_are(home: Home, tmp_path: Path) -> None:
    first = load(home, tmp_path, "A")
    assert first is not None
    with pytest.raises(UsageError) as caught:
        versions.rollback(home)
    assert first.id in str(caught.value.hint)


def test_a_damaged_version_is_not_rolled_back_to(home: Home, tmp_path: Path) -> None:
    first, second = load(home, tmp_path, "A"), load(home, tmp_path, "B", day=1)
    assert first is not None
    assert second is not None
    (home.versions / first.id / "store" / "CURRENT").write_text("garbage")
    with pytest.raises(StoreError):
        versions.rollback(home, first.id)
    assert home.current_id() == second.id


def test_pruning_keeps_the_newest_the_current_and_those_in_use(home: Home, tmp_path: Path) -> None:
    made = [load(home, tmp_path, f"line {n}", day=n) for n in range(4)]
    ids = [m.id for m in made if m]
    versions.rollback(home, ids[0])
    with hold(home.versions / ids[1]):
        assert versions.prune(home, keep=1) == [ids[2]]
    assert versions.prune(home, keep=1) == [ids[1]]
    assert [m.id for m in versions.manifests(home)] == [ids[0], ids[3]]


def test_publishing_prunes_by_the_keep_rule(home: Home, tmp_path: Path) -> None:
    for n in range(4):
        load(home, tmp_path, f"line {n}", day=n, keep=2)
    assert len(versions.manifests(home)) == 2


def test_a_version_keeps_the_rejects_of_its_sources_even_when_it_is_served_again(home: Home, tmp_path: Path) -> None:
    first = load(home, tmp_path, "A", "reject")
    second = load(home, tmp_path, "A", day=1)
    assert first is not None
    assert second is not None
    assert (home.versions / first.id / "quality" / "test.jsonl").read_text().count("\n") == 1
    assert (home.versions / second.id / "quality" / "test.jsonl").read_text() == ""


def test_a_lost_current_version_is_made_up_for_by_the_next_load(home: Home, tmp_path: Path) -> None:
    first, second = load(home, tmp_path, "A"), load(home, tmp_path, "B", day=1)
    assert first is not None
    assert second is not None
    shutil.rmtree(home.versions / second.id)
    third = load(home, tmp_path, "B", day=2)
    assert third is not None
    assert (third.parent, home.current_id()) == (first.id, third.id)


def test_one_damaged_manifest_does_not_hide_the_other_versions(home: Home, tmp_path: Path) -> None:
    first = load(home, tmp_path, "A")
    second = load(home, tmp_path, "B", day=1)
    assert first is not None
    assert second is not None
    (home.versions / first.id / "manifest.json").write_text("{")
    third = load(home, tmp_path, "C", day=2)
    assert third is not None
    assert [m.id for m in versions.manifests(home)] == [second.id, third.id]


def test_a_new_base_leaves_no_description_of_the_old_one(home: Home, tmp_path: Path) -> None:
    load(home, tmp_path, "A")
    with opened(home) as writer:
        ingest(source(tmp_path, "B"), LOADER, writer, options())
        publish(writer, Minter("https://new.example.org/"), dumps=False, now=START + timedelta(days=1))
        descriptions = [g for g in writer.graphs() if g.endswith("description")]
        assert descriptions == ["https://new.example.org/graph/description"]


def test_nothing_staged_is_an_error_with_a_hint(home: Home) -> None:
    with opened(home) as writer, pytest.raises(UsageError, match="nothing is staged"):
        publish(writer, Minter())
