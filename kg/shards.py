"""Shards: the validated N-Quads of each source as files of a folder, with a manifest that tells what is in them.

::

    FOLDER/<source>.nq        written under a temporary name and renamed when it is whole
    FOLDER/<source>.jsonl     its rejects and quarantined records
    FOLDER/shards.json        the manifest, written last

Any engine's bulk loader takes them; ``commons-kg load-shards`` checks sizes and hashes first.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from kg.batches import Batches
from kg.dataset.home import Home, write_atomically
from kg.dataset.manifest import Change, SourceState
from kg.dataset.writer import Writer, store_errors
from kg.errors import InputError
from kg.fingerprint import fingerprint_of
from kg.ingest import Options, add_provenance, fresh, state_of, write_shard
from kg.loader import Loader, Source

MANIFEST = "shards.json"


@dataclass(frozen=True, slots=True)
class Shard:
    """A file of a manifest."""

    source: SourceState
    """Its ``quads`` are the lines of the file."""
    file: str
    sha256: str


def write(
    source: Source, loader: Loader, options: Options, home: Home, folder: Path, read: Batches | None = None
) -> Shard:
    """Map and validate a source into its shard.

    Raises:
        InputError: a payload cannot be read.
        StrictError: there are rejects or quarantined records, and ``options.strict`` is set.
    """
    links = options.register.digest(options.named.get(source.name, ()))
    fingerprint = fingerprint_of(source, loader, options.mint.base, links=links)
    beside, shard = folder / f".{source.name}.nq.new", folder / f"{source.name}.nq"
    with store_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        counts = write_shard(source, loader, options, beside, home, read=read)
        add_provenance(source, loader, options, fingerprint, beside)
        sha256, lines = _measured(beside)
        shutil.move(fresh(home, source), folder / f"{source.name}.jsonl")
        beside.replace(shard)
    state = state_of(source, loader, options.mint.graph(source.name), fingerprint, counts, lines)
    return Shard(state, shard.name, sha256)


def _measured(path: Path) -> tuple[str, int]:
    digest, lines = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
            lines += chunk.count(b"\n")
    return digest.hexdigest(), lines


def write_manifest(shards: Sequence[Shard], folder: Path) -> None:
    """Write the manifest of a folder."""
    text = json.dumps({"shards": [asdict(shard) for shard in shards]}, indent=1, ensure_ascii=False)
    with store_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / MANIFEST, f"{text}\n".encode())


def read_manifest(path: Path) -> list[Shard]:
    """Read a manifest, and check that its shards are what it says.

    Raises:
        InputError: the manifest cannot be read, or a shard differs from it.
    """
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))["shards"]
        shards = [Shard(SourceState(**one["source"]), one["file"], one["sha256"]) for one in kept]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"the manifest cannot be read: {error}", path=str(path)) from error
    for shard in shards:
        file = path.parent / shard.file
        try:
            found = _measured(file)
        except OSError as error:
            raise InputError(f"the shard cannot be read: {error.strerror}", path=str(file)) from error
        if found != (shard.sha256, shard.source.quads):
            raise InputError(
                f"the shard has {found[1]} quads and SHA-256 {found[0]}; "
                f"the manifest says {shard.source.quads} and {shard.sha256}",
                path=str(file), hint="nothing was loaded; copy it again, or make it again with commons-kg shards",
            )  # fmt: skip
    return shards


def load(shard: Shard, folder: Path, writer: Writer) -> tuple[SourceState, Change]:
    """Let a shard take the place of its source's graph in the writer."""
    name = shard.source.name
    copy = writer.home.writer / f"{name}.nq"  # the writer keeps it by a hard link
    with store_errors(copy):
        try:
            shutil.copyfile(folder / shard.file, copy)
            change = writer.replace_graph(shard.source.graph, copy)
        finally:
            copy.unlink(missing_ok=True)
        if (quality := folder / f"{name}.jsonl").is_file():
            shutil.copyfile(quality, writer.home.quarantine / quality.name)
    state = replace(shard.source, quads=writer.count(shard.source.graph))
    writer.sources[name] = state
    return state, change
