"""What a version changed against its parent: the statements as an RDF patch, and the things by kind.

::

    changes/statements.rdfp.gz   RDF Patch: one ``A`` (added) or ``D`` (deleted) a line, sorted by quad
    changes/things.csv.gz        change (added, removed, changed), kind, thing

A thing is added to a kind where it has that type now and had it not before, in whatever graph; it is changed where it
had it before and some statement of it is new or gone. The graph that describes the dataset differs by version and is
left out. See https://afs.github.io/rdf-delta/rdf-patch.html.
"""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from pyoxigraph import BlankNode, NamedNode, Store

from kg.dataset import changelog
from kg.dataset.description import DumpFile
from kg.dataset.home import Home
from kg.dataset.manifest import Manifest
from kg.dataset.sorting import LineSorter
from kg.dataset.versions import open_store
from kg.export.files import dump
from kg.identifiers import Minter
from kg.namespaces import RDF

logger = logging.getLogger(__name__)

FOLDER = "changes"
STATEMENTS = "statements.rdfp.gz"
THINGS = "things.csv.gz"

_TYPE = NamedNode(str(RDF.type))


def write_changes(home: Home, mint: Minter, manifest: Manifest, version: Path) -> None:
    """Write the ``changes`` of a version that is being made from the writer's log, beside its store.

    Where the log does not say all that the manifest counts (the writer was staged by an older release), nothing is
    written rather than half.
    """
    assert manifest.parent is not None
    parent = home.versions / manifest.parent
    log = home.writer / changelog.FILE
    noted = _count(log)
    if noted != sum(change.added + change.removed for change in manifest.changes):
        logger.warning("the statements that changed were not all noted; version %s has counts alone", manifest.id)
        return
    if not (parent / "manifest.json").is_file():
        return
    folder, files = version / FOLDER, list[DumpFile]()
    folder.mkdir()
    before, after = open_store(parent), open_store(version)
    with (
        dump(folder, STATEMENTS, "rdf-patch", into=files) as patch,
        dump(folder, THINGS, "csv", into=files) as table,
        io.TextIOWrapper(table.out, encoding="utf-8", newline="", write_through=True) as text,
    ):
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(("change", "kind", "thing"))
        patch.out.write(f"H id <{mint.version(manifest.id)}> .\nH prev <{mint.version(manifest.parent)}> .\n".encode())
        patch.out.write(b"TX .\n")
        for subject, lines in groupby(net(log, folder), key=lambda line: line[1].partition(b" ")[0]):
            patch.out.writelines(b"%s %s .\n" % line for line in lines)
            rows.writerows(_things(subject.decode(), before, after))
        patch.out.write(b"TC .\n")
        text.flush()


def _count(log: Path) -> int:
    if not log.is_file():
        return 0
    with log.open("rb") as lines:
        return sum(1 for _ in lines)


def net(log: Path, folder: Path) -> Iterator[tuple[bytes, bytes]]:
    """Yield (``A`` or ``D``, quad), sorted by quad, for what is left of a log; ``folder`` takes what is too much."""
    if not log.is_file():
        return
    sorter = LineSorter(folder)
    try:
        with log.open("rb") as lines:
            sorter.extend(lines)
        for quad, signs in groupby((line[:-1].rsplit(b" ", 1) for line in sorter), key=lambda parts: parts[0]):
            total = sum(1 if sign == b"A" else -1 for _, sign in signs)
            if total:
                yield b"A" if total > 0 else b"D", quad
    finally:
        sorter.close()


def _things(subject: str, before: Store, after: Store) -> Iterable[tuple[str, str, str]]:
    node = NamedNode(subject[1:-1]) if subject.startswith("<") else BlankNode(subject[2:])
    was, now = _kinds(before, node), _kinds(after, node)
    for kind in sorted(was | now):
        change = "changed" if kind in was and kind in now else "added" if kind in now else "removed"
        yield change, kind, subject.strip("<>")


def _kinds(store: Store, node: NamedNode | BlankNode) -> set[str]:
    found = store.quads_for_pattern(node, _TYPE, None, None)
    return {quad.object.value for quad in found if isinstance(quad.object, NamedNode)}
