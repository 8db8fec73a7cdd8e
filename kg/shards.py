"""Shards: the validated N-Quads of each source as files of a folder, with a manifest that tells what is in them.

::

    FOLDER/<source>.nq             of a source that is read in one go; <source>.00000.nq and so on of its parts
    FOLDER/<source>.jsonl          rejects and quarantined records, of a source or a part
    FOLDER/<source>.texts.jsonl    texts that no licence allows to hand on: they go beside the graph
    FOLDER/<source>.mentions.json  the organizations that the source names
    FOLDER/shards.decisions.csv    what people decided about organizations, where they did
    FOLDER/shards.json             the manifest, written last

The folder is one of this machine, or of storage that fsspec knows (``kg.storage``); N-Quads are compressed where that
is wanted. Any engine's bulk loader takes them; ``commons-kg load-shards`` checks counts and hashes first.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from isal import igzip

from kg.dataset import withheld
from kg.dataset.home import Home
from kg.dataset.manifest import Change, SourceState
from kg.dataset.writer import Writer, store_errors
from kg.errors import CommonsError, InputError
from kg.export.files import sha256_of
from kg.linking import register
from kg.storage import Place

MANIFEST = "shards.json"
DECISIONS = "shards.decisions.csv"
COMPRESSED = ".gz"
PIECE = 1 << 20
"""Bytes that are read and written at once."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of the folder."""

    name: str
    sha256: str
    """Of the file as it lies there, compressed or not."""
    lines: int
    """Of what is in it: statements of N-Quads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """What the folder has of a source."""

    source: SourceState
    """Its ``quads`` are the lines of the files."""
    quads: tuple[File, ...]
    """In the order of reading."""
    rejects: tuple[File, ...]
    mentions: tuple[File, ...]
    texts: tuple[File, ...] = ()

    @property
    def files(self) -> tuple[File, ...]:
        """All of them."""
        return self.quads + self.rejects + self.mentions + self.texts


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder of shards holds."""

    shards: tuple[Shard, ...]
    decisions: tuple[File, ...] = ()

    @property
    def files(self) -> tuple[File, ...]:
        """All files that it names."""
        return tuple(file for shard in self.shards for file in shard.files) + self.decisions


@contextmanager
def opened(path: Path, mode: str, *, compressed: bool) -> Iterator[Any]:
    """Open a file for reading (``rb``) or writing (``wb``); compressed, the same content is the same file."""
    with path.open(mode) as raw:
        if compressed:
            packed: Any = igzip.IGzipFile  # it has no types
            with packed(filename="", mode=mode, fileobj=raw, mtime=0) as stream:
                yield stream
        else:
            yield raw


def _lines(path: Path, name: str) -> int:
    with opened(path, "rb", compressed=name.endswith(COMPRESSED)) as stream:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(PIECE), b""))


def write_manifest(made: Sequence[Shard], home: Home, place: Place) -> None:
    """Write the manifest of a folder; what only the one before named is removed, and what was begun and never ended."""
    decisions = (copied(home.decisions, DECISIONS, place),) if home.decisions.is_file() else ()
    manifest = Manifest(tuple(made), decisions)
    with store_errors(Path(place.address)):
        before = _names(place)
        with place.writing(MANIFEST) as beside:
            beside.write_text(f"{json.dumps(asdict(manifest), indent=1, ensure_ascii=False)}\n", encoding="utf-8")
        place.remove(before - {file.name for file in manifest.files})
        place.tidy()


class Output:
    """Takes what is written to a new file: counts its lines, and hands it on in pieces of one size.

    What the compressor makes of some bytes hangs on the pieces that it gets them in.
    """

    def __init__(self, stream: Any) -> None:
        self._stream, self._waiting, self.lines = stream, bytearray(), 0

    def write(self, data: bytes) -> None:
        """Write bytes."""
        self.lines += data.count(b"\n")
        self._waiting += data
        while len(self._waiting) >= PIECE:
            self._stream.write(bytes(self._waiting[:PIECE]))
            del self._waiting[:PIECE]

    def end(self) -> None:
        """Write what is left."""
        self._stream.write(bytes(self._waiting))


@contextmanager
def writing(name: str, place: Place) -> Iterator[tuple[Output, list[File]]]:
    """Give where to write a new file of the folder; it is in the list when the block has ended."""
    made: list[File] = []
    with place.writing(name) as beside:
        with opened(beside, "wb", compressed=name.endswith(COMPRESSED)) as stream:
            out = Output(stream)
            yield out, made
            out.end()
        made.append(File(name, sha256_of(beside), out.lines))


def copied(path: Path, name: str, place: Place) -> File:
    """Put a file into the folder."""
    with path.open("rb") as stream, writing(name, place) as (out, made):
        while piece := stream.read(PIECE):
            out.write(piece)
    return made[0]


def _names(place: Place) -> set[str]:
    """Return the files that the manifest of a folder names; none where there is no manifest that can be read."""
    try:
        with tempfile.TemporaryDirectory() as here:
            return {file.name for file in _read(place.local(MANIFEST, Path(here))).files}
    except CommonsError:
        return set()


def _read(path: Path) -> Manifest:
    def files(named: list[dict[str, Any]]) -> tuple[File, ...]:
        found = tuple(File(**file) for file in named)
        for file in found:
            if not file.name or Path(file.name).name != file.name:
                raise ValueError(f"{file.name!r} is no name of a file beside it")
        return found

    def shard(kept: Mapping[str, Any]) -> Shard:
        return Shard(
            source=SourceState(**kept["source"]),
            quads=files(kept["quads"]),
            rejects=files(kept["rejects"]),
            mentions=files(kept["mentions"]),
            texts=files(kept.get("texts", [])),
        )

    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return Manifest(tuple(map(shard, kept["shards"])), files(kept["decisions"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"the manifest cannot be read: {error}", path=str(path)) from error


@contextmanager
def checked(address: str, into: Path) -> Iterator[tuple[Manifest, Path]]:
    """Give a manifest and the folder of its files, checked; what lies elsewhere is copied below ``into`` meanwhile.

    Raises:
        InputError: the manifest cannot be read, or a file differs from it.
        OperationError: the storage does not give a file.
    """
    place, name = Place.of_file(address)
    with tempfile.TemporaryDirectory(dir=into, prefix=".shards-") as here:
        manifest = _read(place.local(name, Path(here)))
        folder = place.folder or Path(here)
        for file in manifest.files:
            path = place.local(file.name, folder)
            try:  # what is compressed is only looked into when it is what was written
                found = replace(file, sha256=sha256_of(path))
                found = replace(found, lines=_lines(path, file.name)) if found == file else found
            except OSError as error:
                raise InputError(f"the shard cannot be read: {error.strerror}", path=str(path)) from error
            if found != file:
                raise InputError(
                    f"the shard has {found.lines} lines and SHA-256 {found.sha256}; "
                    f"the manifest says {file.lines} and {file.sha256}",
                    path=str(path), hint="nothing was loaded; copy it again, or make it again with commons-kg shards",
                )  # fmt: skip
        yield manifest, folder


def load(shard: Shard, folder: Path, writer: Writer) -> tuple[SourceState, Change]:
    """Let a shard take the place of its source's graph in the writer, with its texts, rejects and whom it names."""
    name, home = shard.source.name, writer.home
    copy = home.writer / f"{name}.nq"  # the writer keeps it by a hard link
    texts = copy.with_suffix(".texts.jsonl")
    with store_errors(copy):
        try:
            join(shard.texts, folder, texts)
            withheld.keep(home.texts, texts)
            join(shard.quads, folder, copy)
            change = writer.replace_graph(shard.source.graph, copy)
        finally:
            copy.unlink(missing_ok=True)
            texts.unlink(missing_ok=True)
        join(shard.rejects, folder, home.quarantine / f"{name}.jsonl")
        home.mentions.mkdir(exist_ok=True)
        join(shard.mentions, folder, home.mentions / f"{name}.json")
    state = replace(shard.source, quads=writer.count(shard.source.graph))
    writer.sources[name] = state
    return state, change


def join(files: Sequence[File], folder: Path, into: Path) -> None:
    """Write what is in files of a folder into one, decompressed."""
    with into.open("wb") as out:
        for file in files:
            with opened(folder / file.name, "rb", compressed=file.name.endswith(COMPRESSED)) as stream:
                shutil.copyfileobj(stream, out, PIECE)


def take_decisions(manifest: Manifest, folder: Path, home: Home) -> None:
    """Let what people decided where the shards were made hold here too, but where people here decided otherwise."""
    for file in manifest.decisions:
        decided, known = register.read_decisions(folder / file.name), register.read_decisions(home.decisions)
        if not known:
            shutil.copyfile(folder / file.name, home.decisions)
            return
        for pair, same in decided.items():
            if pair not in known and len(pair) == 2:
                one, other = sorted(pair)
                register.decide(home.decisions, one, other, same, "came with shards")
