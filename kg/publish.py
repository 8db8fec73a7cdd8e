"""Publish what is staged: a checkpoint of the writer becomes the current version, with description, dumps and manifest.

Everything is made in ``versions/.new-<id>`` and renamed when it is whole; then ``current`` is switched. A crash at any
moment leaves the old version serving.
"""

from __future__ import annotations

import filecmp
import hashlib
import logging
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from pyoxigraph import Quad, Store

from kg import __version__
from kg.dataset import changelog, counting
from kg.dataset.derive import derive
from kg.dataset.description import DumpFile, describe
from kg.dataset.home import sync_folder
from kg.dataset.manifest import Manifest
from kg.dataset.search_index import make
from kg.dataset.search_table import FILE
from kg.dataset.search_update import update_index
from kg.dataset.statistics_update import update_statistics
from kg.dataset.versions import prune
from kg.dataset.writer import Writer, store_errors
from kg.errors import UsageError
from kg.export import write_dumps
from kg.export.changes import write_changes
from kg.export.dumps import Changes, Describe
from kg.export.files import sha256_of
from kg.identifiers import Minter

logger = logging.getLogger(__name__)


def publish(
    writer: Writer, mint: Minter, *, dumps: bool = True, keep: int = 10, now: datetime | None = None
) -> Manifest | None:
    """Publish the staged data; return the manifest of the new version, None where nothing changed.

    Raises:
        StoreError: the checkpoint or the dumps cannot be made; the old version goes on serving.
        DiskFullError: likewise, for want of space.
    """
    changed = writer.changes or writer.unpublished or _is_review_new(writer)
    if not changed and writer.parent is not None:
        return None
    if not writer.sources and writer.parent is None and not writer.unpublished:
        raise UsageError("nothing is staged", hint="load something first: commons-kg sync FILE.toml")
    home = writer.home
    writer.settle()
    if writer.union:
        derive(writer, mint)
    created = now or datetime.now(UTC)
    content = hashlib.sha256("".join(f"{s.name} {s.fingerprint}\n" for s in writer.sources.values()).encode())
    version_id = f"{created:%Y%m%dT%H%M%SZ}-{content.hexdigest()[:8]}"
    if (writer.parent or "").startswith(version_id[:16]) or (home.versions / version_id).exists():
        # ids hang in caches and citations: none is given twice, also when the first that had it was pruned
        version_id = f"{created:%Y%m%dT%H%M%SZ}-{created:%f}-{content.hexdigest()[:8]}"
    number = 1
    while (home.versions / version_id).exists():
        number += 1
        version_id = f"{created:%Y%m%dT%H%M%SZ}-{created:%f}-{content.hexdigest()[:8]}-{number}"
    new = home.versions / f".new-{version_id}"
    with store_errors(new):
        shutil.rmtree(new, ignore_errors=True)
        (new / "quality").mkdir(parents=True)
        _keep_quality(writer, new / "quality")
        doubts = _keep_review(writer, new)
        manifest = replace(_checkpoint(writer, mint, new, version_id, created, dumps=dumps), doubts=doubts)
        if writer.parent is not None:
            write_changes(home, mint, manifest, new)
        (new / "manifest.json").write_bytes(manifest.json())
        _sync_files(new)
        new.rename(home.versions / version_id)
        sync_folder(home.versions)
        home.switch(version_id)
    writer.parent = version_id
    writer.changes.clear()
    changelog.forget(home.writer)
    writer.forget_shards()
    writer.unpublished = False
    writer.stage()
    prune(home, keep, writer.store)
    return manifest


def _keep_quality(writer: Writer, folder: Path) -> None:
    """Give the version the rejects and quarantined records of its sources; those of unchanged ones from its parent."""
    before = {}
    if writer.parent is not None:
        parent = writer.home.version_path(writer.parent)
        before = {s.name: (s.fingerprint, parent / "quality") for s in Manifest.read(parent).sources}
    for name, state in writer.sources.items():
        fingerprint, old = before.get(name, ("", folder))
        source = (old if fingerprint == state.fingerprint else writer.home.quarantine) / f"{name}.jsonl"
        if source.is_file():
            shutil.copyfile(source, folder / source.name)


def _is_review_new(writer: Writer) -> bool:
    """Whether the doubts are others than those of the current version: that two are two changes no statement."""
    new, old = writer.home.review, writer.home.current / writer.home.review.name
    return new.is_file() and not (old.is_file() and filecmp.cmp(new, old, shallow=False))


def _keep_review(writer: Writer, folder: Path) -> int:
    """Give the version the matches of organizations; return how many are in doubt."""
    review = writer.home.review
    if not review.is_file():
        return 0
    shutil.copyfile(review, folder / review.name)
    return sum(not line.startswith('{"verdict": "joined"') for line in review.read_text(encoding="utf-8").splitlines())


def _sync_files(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and path.parent.name != "store":  # the store has synced its own
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _dumps(
    writer: Writer, store: Store, folder: Path, tell: Describe, shards: Mapping[str, Path], changes: Changes | None
) -> list[DumpFile]:
    parent = writer.home.version_path(writer.parent) / "dumps" if writer.parent else None
    unchanged = set(writer.graphs()) - set(writer.changes)
    return write_dumps(
        store, folder, describe=tell, previous=parent, changes=changes, unchanged_graphs=unchanged, shards=shards
    )


def _packed_graphs(writer: Writer) -> dict[str, Path]:
    """Return the N-Quads dumps of the parent of the graphs that have not changed since, where they are whole."""
    if writer.parent is None:
        return {}
    parent = writer.home.version_path(writer.parent)
    found = {}
    for dump in Manifest.read(parent).dumps:
        file = parent / "dumps" / dump["name"]
        same = dump["format"] == "nquads" and dump["graph"] and dump["graph"] not in writer.changes
        if same and file.is_file() and sha256_of(file) == dump["sha256"]:
            found[dump["graph"]] = file
    return found


def _few_changes(writer: Writer) -> Changes | None:
    """Return the N-Quads lines that were added and removed since the parent; None where they are many, or not known."""
    expected = sum(change.added + change.removed for change in writer.changes.values())
    lines = changelog.read(writer.home.writer, expected)
    if lines is None or writer.parent is None or not writer.union:
        return None
    added, removed = set[bytes](), set[bytes]()
    for quad, sign in (line.rsplit(" ", 1) for line in lines):
        now, before = (added, removed) if sign == changelog.ADDED else (removed, added)
        line = f"{quad} .\n".encode()
        if line in before:
            before.remove(line)
        else:
            now.add(line)
    return added, removed


def _checkpoint(
    writer: Writer, mint: Minter, new: Path, version_id: str, created: datetime, *, dumps: bool
) -> Manifest:
    """Make the store, the search index, the dumps and the manifest of a version in ``new``."""
    description = mint.graph("description")
    for graph in {description, *(g for g in writer.graphs() if g.endswith("/graph/description"))}:
        writer.describe(graph, [])  # that of the parent, which may have had another base IRI, is not counted
    writer.stage()
    bare = new / "bare"  # all but the description, which tells what was counted in it
    writer.store.backup(bare)
    try:
        store = Store.read_only(str(bare))
        known = update_statistics(writer, store)
        index = None if update_index(writer, store, new) else new / FILE
        quads = sum(source.quads for source in writer.sources.values()) + sum(writer.derived.values())
        files: list[DumpFile] = []
        shards, changes = writer.shard_files(), _few_changes(writer)
        # the dumps show whether these hold what the store does
        texts = _packed_graphs(writer) | shards if dumps and index else {}
        with counting.counted(
            bare, index, texts, union=writer.union, quads=quads, known=known, beside=writer.home.texts
        ) as wait:

            def tell(files: Sequence[DumpFile] = ()) -> list[Quad]:
                sources = list(writer.sources.values())
                about = describe(
                    mint, version_id, created, wait(), sources=sources, derived=writer.derived, files=files,
                    previous=writer.parent,
                )  # fmt: skip
                return list(about)

            if dumps:
                files = _dumps(writer, store, new / "dumps", tell, shards, changes)
            counted = wait()
            held = {graph: counts.triples for graph, counts in counted.graphs.items()}
            if any(file.statements != held.get(file.graph, 0) for file in files if file.graph):
                logger.warning("the shards are not what is in the store; the dumps are made of the store")
                files = _dumps(writer, store, new / "dumps", tell, {}, None)
                if index is not None:
                    make(store, index, union=writer.union, beside=writer.home.texts)
            if writer.union:
                writer.describe(description, tell())
    finally:
        shutil.rmtree(bare, ignore_errors=True)
    writer.stage()
    writer.store.backup(new / "store")
    return Manifest(
        id=version_id,
        created=created.isoformat(),
        parent=writer.parent,
        software=__version__,
        base=mint.base,
        quads=counted.quads,
        sources=tuple(writer.sources.values()),
        derived=writer.derived,
        rules=writer.rules,
        changes=tuple(writer.changes.values()),
        statistics=counted.json(),
        dumps=tuple(asdict(file) for file in files),
        union_default_graph=writer.union,
    )
