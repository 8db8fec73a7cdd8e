"""Virtuoso's bulk loader takes shards as they are, in parts and compressed."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.endpoint.virtuoso import Virtuoso
from kg import sharding, shards, workers
from kg.storage import Place
from tests.ingest.lines import source
from tests.ingest.test_shards import LINES, sharded


def test_virtuoso_loads_compressed_shards(tmp_path: Path, virtuoso: Virtuoso, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharding, "TOGETHER", 2)
    folder = virtuoso.folder
    sources = [source(tmp_path, *LINES, name="one"), source(tmp_path, "A", "B", name="two")]
    with workers.crew(processes=2) as crew:
        sharded(tmp_path, Place.of(str(folder)), *sources, crew=crew, compress=True)
    with shards.checked(str(folder / shards.MANIFEST), tmp_path) as (manifest, _):
        assert len(manifest.shards[0].quads) == 3
        said = {shard.source.graph: shard.source.quads for shard in manifest.shards}
    virtuoso.clear()
    virtuoso.load(folder / "*.nq.gz", "urn:none")
    found = virtuoso.sql("sparql select ?g count(*) where { graph ?g { ?s ?p ?o } } group by ?g").split()
    assert dict(zip(found[::2], map(int, found[1::2]), strict=True)) == said
