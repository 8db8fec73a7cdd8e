"""The one read-write store: graphs are replaced whole in it, and versions are checkpoints of it.

``writer/staged.json`` says that the store is whole and which sources it holds. It is taken away before anything is
written and comes back after: a writer without it was interrupted, and is made anew from the current version.

The default graph is the union of the named graphs, kept up to date with them; or, where a home is kept so
(``--no-union-default-graph``), an ordinary graph of its own, and then nothing is put into the store that was not loaded
or written by an update: no derived graphs and no description.
"""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, QuerySolutions, RdfFormat, Store

from kg.dataset import changelog
from kg.dataset.home import Home, sync_folder, write_atomically
from kg.dataset.manifest import Change, Manifest, SourceState
from kg.errors import DiskFullError, StoreError, UsageError
from kg.identifiers import short_hash

logger = logging.getLogger(__name__)

AT_ONCE = 100_000
"""Quads that are added in one transaction."""
PIECE = 24 << 20
"""Bytes of a shard that are loaded at once: the bulk loader takes a gigabyte of memory for a million quads."""
IN_MEMORY = 4 << 20
"""Bytes of N-Quads up to which a graph is compared in memory: making a store on disk takes a tenth of a second."""
MANY = 2_000_000
"""Added quads from which on it pays to merge the files that bulk loads wrote before anything is asked."""
SHARDS = "shards"
DEFAULT_GRAPH = "default"
"""What a default graph of its own is called among the changes."""


@dataclass
class Writer:
    """The open writer of a home. Made by ``opened``, which holds the home's lock around it."""

    home: Home
    store: Store
    parent: str | None
    """The version that the staged content was started from."""
    union: bool = True
    """Whether the default graph is the union of the named graphs; else it is an ordinary graph of its own."""
    unpublished: bool = False
    """Whether something else than the content of a graph has to be published: how the default graph is kept."""
    sources: dict[str, SourceState] = field(default_factory=dict)
    derived: dict[str, int] = field(default_factory=dict)
    rules: str = ""
    """What the derived graphs were made by: a hash of rules, code and authority files."""
    changes: dict[str, Change] = field(default_factory=dict)
    """Graph IRI -> what was staged against the parent version, all loads since then together."""
    shards: dict[str, str] = field(default_factory=dict)
    """Graph IRI -> the file in ``writer/shards`` that it was loaded from, where it has not changed since."""

    def shard_files(self) -> dict[str, Path]:
        """Return the shards that hold all of their graphs: reading them takes a tenth of the time of the store."""
        folder = self.home.writer / SHARDS
        return {graph: folder / name for graph, name in self.shards.items() if (folder / name).is_file()}

    def replace_graph(self, graph: str, shard: Path) -> Change:
        """Make the content of a graph equal to an N-Quads file of that graph alone, writing only what differs.

        Raises:
            StoreError: the shard or the store cannot be read or written.
            DiskFullError: no space is left.
        """
        self._begin()
        node = NamedNode(graph)
        with store_errors(self.home.writer):
            if next(iter(self.store.quads_for_pattern(None, None, None, node)), None) is None:
                self._load(shard, node)
                self._log(changelog.ADDED, self.store.quads_for_pattern(None, None, None, node))
                change = Change(graph=graph, added=self._count(node), removed=0)
            else:
                change = self._update(node, shard)
            self._keep_shard(graph, shard)
        return self._note(change)

    def _keep_shard(self, graph: str, shard: Path) -> None:
        folder = self.home.writer / SHARDS
        folder.mkdir(exist_ok=True)
        name = f"{short_hash(graph)}.nq"
        (folder / name).unlink(missing_ok=True)
        try:
            os.link(shard, folder / name)
            self.shards[graph] = name
        except OSError:  # another file system, or one without hard links: then the store is read
            self.shards.pop(graph, None)

    def forget_shards(self) -> None:
        """Delete the shards: their graphs are published."""
        self.shards.clear()
        shutil.rmtree(self.home.writer / SHARDS, ignore_errors=True)

    def remove_graph(self, graph: str) -> Change:
        """Remove a graph with all its quads."""
        self._begin()
        self.shards.pop(graph, None)
        with store_errors(self.home.writer):
            quads = list(self.store.quads_for_pattern(None, None, None, NamedNode(graph)))
            self._remove(quads)
            self._log(changelog.REMOVED, quads)
            self.store.remove_graph(NamedNode(graph))  # its name too
        return self._note(Change(graph=graph, added=0, removed=len(quads)))

    def settle(self) -> None:
        """Merge the files that a load of very many quads wrote: each is looked into for each term that is read."""
        if sum(change.added for change in self.changes.values()) >= MANY:
            with store_errors(self.home.writer):
                self.store.optimize()

    def graphs(self) -> list[str]:
        """Return the IRIs of the named graphs."""
        return [graph.value for graph in self.store.named_graphs() if isinstance(graph, NamedNode)]

    def describe(self, graph: str, quads: list[Quad]) -> None:
        """Replace the graph that describes the dataset; that is no change of the data."""
        self._begin()
        with store_errors(self.home.writer):
            self._remove(list(self.store.quads_for_pattern(None, None, None, NamedNode(graph))))
            self.store.remove_graph(NamedNode(graph))
            self._add(quads)

    def change(
        self, added: list[Quad], removed: list[Quad], created: Iterable[NamedNode], dropped: Iterable[NamedNode]
    ) -> None:
        """Add and remove quads in any graphs, and make and unmake named graphs."""
        self._begin()
        with store_errors(self.home.writer):
            self._remove(removed)
            self._log(changelog.REMOVED, removed)
            self._add_and_log(added)
            for graph in created:
                self.store.add_graph(graph)
            for graph in dropped:
                self.store.remove_graph(graph)
        counts: dict[str, list[int]] = {}
        for at, quads in enumerate((added, removed)):
            for quad in quads:
                name = quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else DEFAULT_GRAPH
                counts.setdefault(name, [0, 0])[at] += 1
        for graph in (*created, *dropped):
            counts.setdefault(graph.value, [0, 0])
            self.unpublished = True
        for name, (plus, minus) in counts.items():
            self.shards.pop(name, None)
            self._note(Change(graph=name, added=plus, removed=minus))

    def keep_union(self, union: bool) -> None:
        """Make the default graph the union of the named graphs, or an ordinary graph, which is empty at first.

        Raises:
            UsageError: it would lose what only the default graph holds.
        """
        if union == self.union:
            return
        self._begin()
        with store_errors(self.home.writer):
            if union:
                if next(self.store.quads_for_pattern(None, None, None, DefaultGraph()), None) is not None:
                    raise UsageError(
                        f"{self.home.path} keeps triples in a default graph of its own, which cannot become a union",
                        hint="go on with --no-union-default-graph, or first move them: MOVE DEFAULT TO <...>",
                    )
                self.store.extend(Quad(*quad.triple) for quad in list(self.store))
            else:
                self.store.clear_graph(DefaultGraph())
                for graph in self.derived:
                    self.store.remove_graph(NamedNode(graph))
                self.derived.clear()
        self.union, self.unpublished = union, True

    def _load(self, shard: Path, graph: NamedNode) -> None:
        """Add the quads of a shard, and their triples to the default graph.

        The default graph holds the union of the named ones, each triple once: the engine's own union gives a triple
        once for every graph it stands in, and so counts wrongly.
        """
        end = f" {graph} .\n".encode()  # only the end of a line is one in a line: text has its line feeds escaped
        for quads in _pieces(shard):
            self.store.bulk_load(quads, RdfFormat.N_QUADS)
            if self.union:
                self.store.bulk_load(quads.replace(end, b" .\n"), RdfFormat.N_TRIPLES)

    def _remove(self, quads: list[Quad]) -> None:
        """Remove quads of named graphs, and their triples from the union unless another graph has them too."""
        for quad in quads:
            self.store.remove(quad)
            if not self.union:
                continue
            union = Quad(*quad.triple)
            if all(q == union for q in self.store.quads_for_pattern(*quad.triple)):
                self.store.remove(union)

    def _add(self, quads: list[Quad]) -> None:
        self.store.extend(quads + [Quad(*quad.triple) for quad in quads] if self.union else quads)

    def _add_and_log(self, quads: list[Quad]) -> None:
        self._add(quads)
        self._log(changelog.ADDED, quads)

    def _log(self, sign: str, quads: Iterable[Quad]) -> None:
        if self.parent is not None:  # of a first version, everything is new
            changelog.note(self.home.writer, sign, quads)

    def _update(self, graph: NamedNode, shard: Path) -> Change:
        # The store normalises some terms, so only what has been through a store can be compared with what is in one.
        incoming_path = self.home.writer / "incoming"
        shutil.rmtree(incoming_path, ignore_errors=True)
        incoming = Store() if shard.stat().st_size <= IN_MEMORY else Store(incoming_path)
        try:
            for quads in _pieces(shard):
                incoming.bulk_load(quads, RdfFormat.N_QUADS)
            gone = [quad for quad in self.store.quads_for_pattern(None, None, None, graph) if quad not in incoming]
            self._remove(gone)
            self._log(changelog.REMOVED, gone)
            added, batch = 0, []
            for quad in incoming:
                if quad not in self.store:
                    batch.append(quad)
                    added += 1
                    if len(batch) >= AT_ONCE:
                        self._add_and_log(batch)
                        batch = []
            self._add_and_log(batch)
        finally:
            del incoming
            shutil.rmtree(incoming_path, ignore_errors=True)
        return Change(graph=graph.value, added=added, removed=len(gone))

    def _count(self, graph: NamedNode) -> int:
        solutions = self.store.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", default_graph=graph)
        assert isinstance(solutions, QuerySolutions)
        return int(next(solutions)["n"].value)

    def count(self, graph: str) -> int:
        """Return the number of quads in a graph."""
        return self._count(NamedNode(graph))

    def _note(self, change: Change) -> Change:
        before = self.changes.get(change.graph)
        total = (
            change
            if before is None
            else Change(graph=change.graph, added=before.added + change.added, removed=before.removed + change.removed)
        )
        if total.added or total.removed:
            self.changes[change.graph] = total
        return change

    def _begin(self) -> None:
        (self.home.writer / "staged.json").unlink(missing_ok=True)

    def stage(self) -> None:
        """State that the store is whole: what was written so far survives the end of this process."""
        with store_errors(self.home.writer):
            self.store.flush()
            state = {
                "parent": self.parent,
                "union_default_graph": self.union,
                "unpublished": self.unpublished,
                "sources": [asdict(s) for s in self.sources.values()],
                "derived": self.derived,
                "rules": self.rules,
                "changes": [asdict(c) for c in self.changes.values()],
                "shards": self.shards,
            }
            write_atomically(self.home.writer / "staged.json", json.dumps(state).encode())
            sync_folder(self.home.writer)


def _pieces(shard: Path) -> Iterator[bytes]:
    """Yield the text of a shard, as many whole lines at a time as are loaded at once."""
    with shard.open("rb") as stream:
        while lines := stream.read(PIECE):
            yield lines + stream.readline()


@contextlib.contextmanager
def opened(home: Home, *, union: bool = True) -> Iterator[Writer]:
    """Open the writer under the home's lock; an interrupted one is made anew from the current version.

    Args:
        home: where it lies.
        union: whether the default graph shall be the union of the named graphs; where it was not, it becomes it.

    Raises:
        UsageError: the default graph holds what would be lost if it became the union.
        HomeLockedError: another process writes this home.
        StoreError: the store cannot be opened.
    """
    with home.lock():
        remove_leftovers(home)
        writer = _staged(home)
        if writer is None:
            writer = _from_current(home, union=union)
        try:
            writer.keep_union(union)
            yield writer
        finally:
            del writer.store


def _staged(home: Home) -> Writer | None:
    """Return the writer as it was staged, None where it was interrupted or the current version has moved on."""
    path = home.writer / "staged.json"
    if not path.is_file():
        return None
    try:
        state = json.loads(path.read_bytes())
        if state["parent"] != home.whole_id():  # rolled back, published or lost since: start from what there is
            return None
        with store_errors(home.writer):
            store = Store(home.writer / "store")
        return Writer(
            home=home,
            store=store,
            parent=state["parent"],
            union=state.get("union_default_graph", True),
            unpublished=state.get("unpublished", False),
            sources={s["name"]: SourceState(**s) for s in state["sources"]},
            derived=state["derived"],
            rules=state.get("rules", ""),
            changes={c["graph"]: Change(**c) for c in state["changes"]},
            shards=state.get("shards", {}),
        )
    except (ValueError, KeyError, TypeError, StoreError) as error:
        logger.warning("the writer cannot be opened (%s); it is made anew from the current version", error)
        return None


def _from_current(home: Home, *, union: bool) -> Writer:
    shutil.rmtree(home.writer, ignore_errors=True)
    with store_errors(home.writer):
        home.writer.mkdir(parents=True)
        whole = sorted(path.parent.name for path in home.versions.glob("[!.]*/manifest.json"))
        lost = home.current_id() is not None and home.whole_id() is None
        current = whole[-1] if lost and whole else home.whole_id()
        if current is None:
            writer = Writer(home=home, store=Store(home.writer / "store"), parent=None, union=union)
        else:
            path = home.version_path(current)
            manifest = Manifest.read(path)
            Store.read_only(str(path / "store")).backup(home.writer / "store")
            writer = Writer(
                home=home,
                store=Store(home.writer / "store"),
                parent=current,
                union=manifest.union_default_graph,
                sources={s.name: s for s in manifest.sources},
                derived=dict(manifest.derived),
                rules=manifest.rules,
            )
    writer.unpublished = lost
    writer.stage()
    return writer


def remove_leftovers(home: Home) -> None:
    """Delete what interrupted publishes and prunings have left behind."""
    for leftover in [*home.versions.glob(".new-*"), *home.versions.glob(".gone-*")]:
        shutil.rmtree(leftover, ignore_errors=True)
    for version in home.versions.glob("[!.]*"):
        if not (version / "manifest.json").is_file():
            shutil.rmtree(version, ignore_errors=True)


@contextlib.contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Turn the errors of the store and the file system into ours."""
    try:
        yield
    except OSError as error:
        text = str(error)
        if error.errno in (errno.ENOSPC, errno.EDQUOT) or "No space left" in text or "File too large" in text:
            raise DiskFullError(
                f"no space is left to write {path}: {text}",
                hint="free some space and run the command again; nothing was published",
            ) from error
        raise StoreError(
            f"{path}: {text}", hint="the version that is served is untouched; see: commons-kg doctor"
        ) from error
    except (SyntaxError, ValueError, RuntimeError) as error:  # RuntimeError: what RocksDB says of corruption
        raise StoreError(f"{path}: {error}") from error
