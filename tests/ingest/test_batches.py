"""A source is read once, however often its batches are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kg.batches import Batches, items
from kg.loader import Source
from kg.records import Record, Reject
from tests.ingest.lines import LOADER, source


def test_batches_that_are_kept_are_read_once(tmp_path: Path) -> None:
    reads: list[str] = []

    def read(made: Source) -> Iterator[Record | Reject]:
        reads.append(made.name)
        yield from LOADER.read(made)

    lines, file = [*"abcdefg", "reject"], tmp_path / "kept"
    batches = Batches(source(tmp_path, *lines), replace(LOADER, read=read), 3, file)
    first = list(batches)
    assert [len(items(batch)) for batch in first] == [3, 3, 2]
    assert [item for batch in first for item in items(batch)] == list(LOADER.read(source(tmp_path, *lines)))
    assert list(batches) == list(batches) == first
    assert reads == ["test"]
    batches.forget()
    assert not file.exists()
