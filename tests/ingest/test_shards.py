"""Shards hold what a load of their sources makes, whoever writes them and wherever; a home takes them as they are."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import fsspec
import pytest

from kg import gather, sharding, shards, workers
from kg.dataset.home import Home
from kg.dataset.writer import opened
from kg.errors import CommonsError, InputError, OperationError, UsageError
from kg.ingest import ingest
from kg.loader import Loader, Source
from kg.records import Record, Reject
from kg.shards import Shard
from kg.storage import Place
from kg.workers import Crew
from tests.ingest.lines import DYING, LOADER, options, source

LINES = ("A", "B", "reject", "a name that is far too long for the shape", *(f"Name {n}" for n in range(300)))


def sharded(
    tmp_path: Path, place: Place, *sources: Source, loader: Loader = LOADER, crew: Crew | None = None,
    compress: bool = False,
) -> list[Shard | CommonsError]:  # fmt: skip
    """Write the shards of sources with a manifest; return what each became."""
    home = Home(tmp_path / "making")
    home.create()
    using = replace(options(), crew=crew or Crew())
    read = sharding.readings([(one, loader) for one in sources], using.crew, place)
    sharding.note(read, home, using)
    for one in read:
        one.batches = gather.gather(one.source, one.loader, home, using, tmp_path / one.source.name)
    found = [shard for _, shard in sharding.write(read, using, home, place, compress=compress)]
    shards.write_manifest([shard for shard in found if isinstance(shard, Shard)], home, place)
    return found


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def out(tmp_path: Path) -> Path:
    sharded(tmp_path, Place.of(str(tmp_path / "out")), source(tmp_path, *LINES))
    return tmp_path / "out"


def loaded(address: str, home: Home) -> tuple[list[str], str]:
    """Load shards into a home; return its quads and what it keeps of rejects."""
    home.create()
    with shards.checked(address, home.path) as (manifest, folder), opened(home) as writer:
        for shard in manifest.shards:
            shards.load(shard, folder, writer)
        return sorted(map(str, writer.store)), (home.quarantine / "test.jsonl").read_text()


@pytest.fixture
def expected(tmp_path: Path) -> tuple[list[str], str]:
    """What a load of the source makes."""
    with opened(Home(tmp_path / "expected")) as writer:
        ingest(source(tmp_path, *LINES), LOADER, writer, options())
        return sorted(map(str, writer.store)), (writer.home.quarantine / "test.jsonl").read_text()


def test_shards_load_as_their_source_does(tmp_path: Path, out: Path, expected: tuple[list[str], str]) -> None:
    assert loaded(str(out / "shards.json"), Home(tmp_path / "one")) == expected
    assert (tmp_path / "one/mentions/test.json").read_bytes() == (tmp_path / "making/mentions/test.json").read_bytes()
    assert not list((tmp_path / "one").glob(".shards-*"))


def test_only_whole_files_are_in_the_folder(out: Path) -> None:
    assert files(out) == ["shards.json", "test.jsonl", "test.mentions.json", "test.nq"]


@pytest.mark.parametrize("file", ["test.nq", "test.jsonl", "test.mentions.json"])
def test_a_file_that_differs_from_the_manifest_is_refused(tmp_path: Path, out: Path, file: str) -> None:
    (out / file).write_bytes((out / file).read_bytes().replace(b"a", b"z", 1))
    with (
        pytest.raises(InputError, match=r"the shard has \d+ lines"),
        shards.checked(str(out / "shards.json"), tmp_path),
    ):
        pass


@pytest.mark.parametrize("name", ["../test.nq", "/etc/passwd", "s3://bucket/test.nq", ""])
def test_a_manifest_names_only_files_beside_it(tmp_path: Path, out: Path, name: str) -> None:
    kept = json.loads((out / "shards.json").read_text())
    kept["shards"][0]["quads"][0]["name"] = name
    (out / "shards.json").write_text(json.dumps(kept))
    with pytest.raises(InputError, match="no name of a file"), shards.checked(str(out / "shards.json"), tmp_path):
        pass


def test_compressed_shards_are_gzip_and_always_the_same(
    tmp_path: Path, out: Path, expected: tuple[list[str], str]
) -> None:
    place = Place.of(str(tmp_path / "packed"))
    sharded(tmp_path, place, source(tmp_path, *LINES), compress=True)
    packed = (tmp_path / "packed/test.nq.gz").read_bytes()
    assert gzip.decompress(packed) == (out / "test.nq").read_bytes()
    assert loaded(str(tmp_path / "packed/shards.json"), Home(tmp_path / "one")) == expected
    with shards.writing("again.nq.gz", place) as (out_again, _):
        for byte in gzip.decompress(packed):
            out_again.write(bytes([byte]))
    assert (tmp_path / "packed/again.nq.gz").read_bytes() == packed


def test_what_an_earlier_manifest_named_is_removed_when_it_is_not_made_again(tmp_path: Path, out: Path) -> None:
    (out / ".test.nq.0123abcd.new").write_text("begun by a worker that was killed")
    (out / "notes.txt").write_text("mine")
    sharded(tmp_path, Place.of(str(out)), source(tmp_path, *LINES, name="other"))
    assert files(out) == ["notes.txt", "other.jsonl", "other.mentions.json", "other.nq", "shards.json"]


@pytest.mark.parametrize("protocol", ["memory", "file"])
def test_storage_that_fsspec_knows_holds_the_same(
    tmp_path: Path, out: Path, expected: tuple[list[str], str], protocol: str
) -> None:
    address = f"{protocol}://{tmp_path}/far/away"
    sharded(tmp_path, Place.of(address), source(tmp_path, *LINES))
    far, root = fsspec.url_to_fs(address)
    assert sorted(path.rpartition("/")[2] for path in far.ls(root, detail=False)) == files(out)
    assert all(far.cat_file(f"{root}/{path.name}") == path.read_bytes() for path in out.iterdir())
    assert loaded(f"{address}/shards.json", Home(tmp_path / "one")) == expected
    far.rm_file(f"{root}/test.nq")
    with pytest.raises(InputError, match="no such file"):
        loaded(f"{address}/shards.json", Home(tmp_path / "other"))


def test_an_address_without_a_driver_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nonsense"), Place.of("nonsense://bucket/x").writing("a") as beside:
        beside.touch()


def test_storage_that_fails_is_an_error_of_ours() -> None:
    place = Place.of("file:///proc/no/such/folder")
    with pytest.raises(OperationError, match="/proc/no"), place.writing("a") as beside:
        beside.touch()


@pytest.mark.parametrize("engine", ["local", "dask"])
def test_parts_written_by_workers_are_the_same_shard_also_when_one_dies(
    tmp_path: Path, out: Path, expected: tuple[list[str], str], engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharding, "TOGETHER", 2)
    parts = tmp_path / "parts"
    with workers.crew(engine, processes=2) as crew:
        monkeypatch.setattr(gather, "is_known", lambda *_: True)  # let it die while it writes
        (tmp_path / "making/mentions").mkdir(exist_ok=True)
        sharded(tmp_path, Place.of(str(parts)), source(tmp_path, *LINES), loader=DYING, crew=crew)
    assert int((tmp_path / "died").read_text()) != os.getpid()
    names = files(parts)
    assert [name for name in names if name.endswith(".nq")] == [f"test.{n:05d}.nq" for n in range(len(names) // 2 - 1)]
    assert len(names) > 6
    assert b"".join(path.read_bytes() for path in sorted(parts.glob("*.nq"))) == (out / "test.nq").read_bytes()
    assert loaded(str(parts / "shards.json"), Home(tmp_path / "one")) == expected


def test_sources_that_cannot_be_taken_apart_are_read_by_a_worker_each(tmp_path: Path) -> None:
    loader = replace(LOADER, split=None)
    sources = [source(tmp_path, *LINES, name=name) for name in ("one", "two", "three")]
    with workers.crew(processes=2) as crew:
        read = sharding.readings([(one, loader) for one in sources], crew, Place.of(str(tmp_path / "there")))
        assert [len(one.parts) for one in read] == [1, 1, 1]
        sharded(tmp_path, Place.of(str(tmp_path / "there")), *sources, loader=loader, crew=crew)
    shutil.rmtree(tmp_path / "making")
    sharded(tmp_path, Place.of(str(tmp_path / "here")), *sources, loader=loader)
    assert files(tmp_path / "there") == files(tmp_path / "here")
    for path in (tmp_path / "here").iterdir():
        assert path.read_bytes() == (tmp_path / "there" / path.name).read_bytes()


def test_one_that_fails_leaves_nothing_and_the_others_are_written(tmp_path: Path) -> None:
    good, bad = source(tmp_path, "A", name="good"), source(tmp_path, *LINES, name="bad")
    loader = replace(LOADER, split=None, read=_read_but_crash)
    with workers.crew(processes=2) as crew:
        home, place = Home(tmp_path / "making"), Place.of(str(tmp_path / "out"))
        home.create()
        for name in ("bad", "good"):
            home.mentions.mkdir(exist_ok=True)
            (home.mentions / f"{name}.json").write_text('{"fingerprint": "", "seen": {}}')
        read = sharding.readings([(bad, loader), (good, loader)], crew, place)
        found = list(sharding.write(read, replace(options(), crew=crew), home, place))
    (_, failure), (_, shard) = found
    assert isinstance(failure, InputError)
    assert "RuntimeError: a bug" in str(failure)
    assert isinstance(shard, Shard)
    assert files(tmp_path / "out") == ["good.jsonl", "good.mentions.json", "good.nq"]


def _read_but_crash(source: Source) -> Iterator[Record | Reject]:
    for number, item in enumerate(LOADER.read(source)):
        if number == 200:
            raise RuntimeError("a bug")
        yield item
