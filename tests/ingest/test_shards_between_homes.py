"""A home that gets shards knows what the one knows that read the sources: rejects, doubts, decisions."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import operations, review, settings
from kg.dataset.home import Home
from kg.dataset.manifest import Manifest
from kg.settings import Settings

TABLE = 'name,ror\nOrchards,\nOrchards Foundation,\nRiverkeepers,\n"Riverkeepers, Inc.",\n,\nWrong,no id\n'


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    (tmp_path / "names.csv").write_text(TABLE)
    (tmp_path / "sources.toml").write_text(
        '[[source]]\nname = "names"\nloader = "organizations"\npaths = ["names.csv"]\n'
    )
    return tmp_path / "sources.toml"


def in_home(path: Path) -> Settings:
    return settings.load({"home": str(path), "dumps": False, "ingest_processes": 1}, environment={})


def what_it_knows(home: Path) -> tuple[bytes, bytes, int, tuple[object, ...]]:
    manifest = Manifest.read(home / "current")
    kept = [(home / "current" / name).read_bytes() for name in ("review.jsonl", "quality/names.jsonl")]
    return kept[0], kept[1], manifest.doubts, manifest.sources


def test_shards_bring_rejects_and_doubts(tmp_path: Path, sources: Path) -> None:
    operations.sync(in_home(tmp_path / "synced"), sources)
    operations.write_shards(in_home(tmp_path / "making"), sources, str(tmp_path / "out"))
    operations.load_shards(in_home(tmp_path / "taking"), str(tmp_path / "out/shards.json"))
    assert what_it_knows(tmp_path / "taking") == what_it_knows(tmp_path / "synced")
    assert what_it_knows(tmp_path / "taking")[2] == 1
    (pair,) = review.pairs(tmp_path / "taking/current")
    assert {pair.organization["local"], pair.other["local"]} == {"orchards", "orchards-foundation"}


def test_shards_bring_decisions_but_those_of_the_home_prevail(tmp_path: Path, sources: Path) -> None:
    making, taking = in_home(tmp_path / "making"), in_home(tmp_path / "taking")
    operations.write_shards(making, sources, str(tmp_path / "out"))
    pair = ["orchards", "orchards-foundation"]
    review.decide(Home(tmp_path / "making"), pair, same=True, note="one imprint")
    operations.write_shards(making, sources, str(tmp_path / "out"))
    operations.load_shards(taking, str(tmp_path / "out/shards.json"))
    assert not review.pairs(tmp_path / "taking/current")
    assert "one imprint" in (tmp_path / "taking/decisions.csv").read_text()
    assert operations.sync(taking, sources).changes == {"names": None}  # they were linked as this home links them
    review.decide(Home(tmp_path / "taking"), pair, same=False)
    operations.load_shards(taking, str(tmp_path / "out/shards.json"))
    assert (tmp_path / "taking/decisions.csv").read_text().splitlines()[-1] == "orchards,orchards-foundation,no,"
