"""A process of its own counts and indexes as this one does."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.dataset import counting
from kg.dataset.search import Search
from kg.dataset.search_table import FILE
from kg.errors import StoreError
from kg.namespaces import RDFS

GRAPH = NamedNode("https://example.org/graph/a")


@pytest.mark.parametrize("quads", [0, counting.BIG])
def test_the_index_is_made_of_the_files(quads: int, tmp_path: Path) -> None:
    thing, label = NamedNode("https://example.org/ant"), NamedNode(str(RDFS.label))
    store = Store(tmp_path / "store")
    store.extend([Quad(thing, label, Literal("Ant farm"), GRAPH), Quad(thing, label, Literal("Ant farm"))])
    store.backup(tmp_path / "checkpoint")
    shard = tmp_path / "a.nq"
    shard.write_text(f'{thing} {label} "Ant farm of the file" {GRAPH} .\n', encoding="utf-8")
    with counting.counted(
        tmp_path / "checkpoint", tmp_path / FILE, {GRAPH.value: shard}, union=True, quads=quads
    ) as wait:
        assert wait().quads == 1
    assert [hit.label for hit in Search(tmp_path).find("file").hits] == ["Ant farm of the file"]


def test_a_process_that_fails_says_why(tmp_path: Path) -> None:
    with (
        counting.counted(tmp_path / "none", None, {}, union=True, quads=counting.BIG) as wait,
        pytest.raises(StoreError, match="none"),
    ):
        wait()
