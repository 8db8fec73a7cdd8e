from __future__ import annotations

from pathlib import Path

import pytest

from kg import shards
from kg.dataset.home import Home
from kg.dataset.writer import opened
from kg.errors import InputError
from kg.ingest import ingest
from tests.ingest.lines import LOADER, options, source


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    home = Home(tmp_path / "making")
    home.create()
    made = shards.write(source(tmp_path, "A", "B", "reject"), LOADER, options(), home, tmp_path / "out")
    shards.write_manifest([made], tmp_path / "out")
    return tmp_path / "out" / shards.MANIFEST


def test_shards_load_as_their_source_does(tmp_path: Path, manifest: Path) -> None:
    (shard,) = shards.read_manifest(manifest)
    with opened(Home(tmp_path / "one")) as writer:
        state, _ = shards.load(shard, manifest.parent, writer)
        loaded = {str(quad) for quad in writer.store}
        kept = (writer.home.quarantine / "test.jsonl").read_text()
    with opened(Home(tmp_path / "other")) as writer:
        assert ingest(source(tmp_path, "A", "B", "reject"), LOADER, writer, options())[0] == state
        assert {str(quad) for quad in writer.store} == loaded
        assert (writer.home.quarantine / "test.jsonl").read_text() == kept


def test_a_shard_that_differs_from_the_manifest_is_refused(manifest: Path) -> None:
    shard = manifest.parent / "test.nq"
    shard.write_bytes(shard.read_bytes().replace(b'"A"', b'"Z"'))
    with pytest.raises(InputError, match=r"test\.nq: the shard has \d+ quads"):
        shards.read_manifest(manifest)


def test_only_whole_files_are_in_the_folder(manifest: Path) -> None:
    assert sorted(path.name for path in manifest.parent.iterdir()) == ["shards.json", "test.jsonl", "test.nq"]
