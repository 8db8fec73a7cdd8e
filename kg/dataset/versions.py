"""Published versions: listed, compared, rolled back, pruned."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.dataset import withheld
from kg.dataset.home import Home, remove_unless_held
from kg.dataset.manifest import Change, Manifest
from kg.dataset.writer import store_errors
from kg.errors import StoreError, UsageError

logger = logging.getLogger(__name__)


def manifests(home: Home) -> list[Manifest]:
    """Return the manifests of all versions, oldest first; a damaged one is warned of and left out."""
    found = []
    for path in home.versions.glob("[!.]*"):
        try:
            found.append(Manifest.read(path))
        except StoreError as error:
            logger.warning("%s", error)
    return sorted(found, key=lambda m: (m.created, m.id))


def open_store(version: Path) -> Store:
    """Open the store of a version for reading.

    Raises:
        StoreError: it is damaged or gone.
    """
    with store_errors(version / "store"):
        return Store.read_only(str(version / "store"))


def diff(home: Home, old: str, new: str) -> list[Change]:
    """Return the quads added and removed per graph between two versions, the graphs without changes left out.

    The graph that describes the dataset is left out too: it differs between any two versions.

    Raises:
        UsageError: there is no such version.
        StoreError: a store cannot be opened.
    """
    with_old, with_new = open_store(home.version_path(old)), open_store(home.version_path(new))
    graphs = {g.value for store in (with_old, with_new) for g in store.named_graphs() if isinstance(g, NamedNode)}
    changes = []
    for graph in sorted(g for g in graphs if not g.endswith("/graph/description")):
        added = sum(1 for _ in differing(with_new, with_old, graph))
        removed = sum(1 for _ in differing(with_old, with_new, graph))
        if added or removed:
            changes.append(Change(graph=graph, added=added, removed=removed))
    return changes


def differing(store: Store, other: Store, graph: str) -> Iterator[Quad]:
    """Yield the quads of a graph that the other store does not have."""
    return (quad for quad in store.quads_for_pattern(None, None, None, NamedNode(graph)) if quad not in other)


def rollback(home: Home, version_id: str | None = None) -> str:
    """Serve another version: the named one, else the parent of the current one; return its id.

    The version rolled back from stays until it is pruned.

    Raises:
        UsageError: there is no such version, or the current one has no parent.
        HomeLockedError: another process writes this home.
    """
    with home.lock():
        if version_id is None:
            current = Manifest.read(home.current_path())
            if current.parent is None:
                known = ", ".join(m.id for m in manifests(home))
                raise UsageError(f"version {current.id} has no parent", hint=f"name one of: {known}")
            version_id = current.parent
        open_store(home.version_path(version_id))  # a damaged one must not be served
        home.switch(version_id)
    return version_id


def prune(home: Home, keep: int, staged: Store | None = None) -> list[str]:
    """Delete all but the newest ``keep`` versions; never the current one, never one that a process holds open.

    Texts that are kept beside the graph go with the last version that speaks of them.

    Args:
        home: where they lie; its lock is held.
        keep: how many versions stay.
        staged: the writer's store, where it is open.
    """
    current = home.current_id()
    doomed = manifests(home)[: -keep or None] if keep > 0 else manifests(home)
    gone = [m.id for m in doomed if m.id != current and remove_unless_held(home.versions / m.id)]
    if gone:
        _forget_texts(home, staged)
    return gone


def _forget_texts(home: Home, staged: Store | None) -> None:
    """Delete the texts that neither a version nor what is staged speaks of; where one cannot be read, nobody knows."""
    orphans = withheld.digests(home.texts)
    if staged is not None:
        orphans -= _spoken_of(staged)
    folders = [home.writer] if staged is None and (home.writer / "staged.json").is_file() else []
    folders += sorted(home.versions.glob("[!.]*"), reverse=True)
    try:
        for folder in folders:
            if orphans:  # most are in the first
                orphans -= _spoken_of(open_store(folder))
    except StoreError as error:
        logger.warning("%s; so no text is deleted that no version may need", error)
        return
    if orphans:
        withheld.forget(home.texts, orphans)


def _spoken_of(store: Store) -> set[str]:
    found = (
        quad for name in withheld.PROPERTIES for quad in store.quads_for_pattern(None, NamedNode(name), None, None)
    )
    return {quad.object.value for quad in found if isinstance(quad.object, Literal)}
