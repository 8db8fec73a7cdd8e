"""The index of a version that differs little from its parent: made from the parent's, with the changed things anew.

What changed is known from the writer's log. A thing that stays keeps its id, and so its place among those found alike,
though links to it have come or gone; making the whole index anew, as every larger load does, puts that right.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Store

from kg.dataset import changelog
from kg.dataset.search_index import Entry, Rows, entries_of, text_of, with_texts, words_of, writing
from kg.dataset.search_table import BITS, FILE, LEVELS, TEXT, fingerprint, is_spelt, level, table
from kg.dataset.withheld import PROPERTIES, Texts
from kg.dataset.writer import Writer
from kg.namespaces import RDF, SCHEMA

FEW = 20_000
"""Changed statements up to which the parent's index is changed; beyond, a new one is made."""
_LINKS = 100_000
"""Links up to which they are counted."""


@dataclass(frozen=True, slots=True)
class _Thing:
    """A thing whose statements have changed, as it is now; without anything said, it is gone."""

    iri: str
    kind: str
    said: list[tuple[int, str, str, str]]
    """Role, text, language, graph."""


def update_index(writer: Writer, store: Store, version: Path) -> bool:
    """Make the index of a version that is being published from its parent's, if little has changed; else return False.

    Args:
        writer: knows the parent, and what has changed since.
        store: the content of the version.
        version: its folder.

    Raises:
        StoreError: it cannot be written.
        DiskFullError: likewise, for want of space.
    """
    before = writer.home.versions / (writer.parent or "-") / FILE
    changed = _changed(writer)
    if changed is None or not _is_usable(before):
        return False
    update(store, before, version / FILE, changed, union=writer.union, beside=writer.home.texts)
    return True


def _changed(writer: Writer) -> set[str] | None:
    """Return the IRIs of the subjects whose statements have changed; None where they are many, or not known."""
    expected = sum(change.added + change.removed for change in writer.changes.values())
    lines = changelog.read(writer.home.writer, expected, FEW)
    if lines is None:
        return None
    return {line[1 : line.index(">")] for line in lines if line.startswith("<")}


def _is_usable(index: Path) -> bool:
    try:
        with sqlite3.connect(f"file:{index}?mode=ro&immutable=1", uri=True) as opened:
            return bool(opened.execute("SELECT value = ? FROM state", (fingerprint(),)).fetchone()[0])
    except (sqlite3.Error, TypeError):
        return False


def update(
    store: Store, before: Path, path: Path, changed: Collection[str], *, union: bool = True, beside: Path | None = None
) -> None:
    """Make an index from another, in which the rows of some things are made anew.

    Where nothing that is searched has changed, it is the same file.

    Args:
        store: the content now.
        before: the other index.
        path: the index to make.
        changed: IRIs of the things.
        union: whether the default graph says nothing of its own.
        beside: file of the texts that are kept beside the graph.
    """
    with (
        sqlite3.connect(f"file:{before}?mode=ro&immutable=1", uri=True) as old,
        contextlib.closing(Texts(beside)) as texts,
    ):
        things = [thing for thing in _now(store, changed, texts, union=union) if _differs(old, thing)]
    if not things:
        os.link(before, path)
        return
    shutil.copyfile(before, path)
    with writing(path) as index:
        index.execute("BEGIN")
        index.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, words, row)")
        rows = Rows(index)
        for thing in sorted(things, key=lambda thing: thing.iri):
            id = _remove(index, thing.iri)
            if thing.said:
                links = _links(store, thing.iri)
                said = [
                    (role, text, lang, rows.number("graph", "iri", graph)) for role, text, lang, graph in thing.said
                ]
                _learn(index, words_of(entries_of(thing.kind, said))[:2])
                rows.add(id or _new_id(index, level(thing.kind, links)), thing.iri, thing.kind, links, said)
                rows.write()


def _now(store: Store, iris: Iterable[str], texts: Texts, *, union: bool) -> Iterator[_Thing]:
    ranks, roles = table().ranks, table().roles
    order = {prop: number for number, prop in enumerate(roles)}
    for iri in iris:
        kinds: list[tuple[int, str]] = []
        said = []
        tongues, withheld = dict[str, str](), list[tuple[str, str, str]]()
        for quad in store.quads_for_pattern(NamedNode(iri), None, None, None):
            graph = quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""
            prop = quad.predicate.value
            if prop == str(RDF.type) and isinstance(quad.object, NamedNode):
                kinds.append((ranks.get(quad.object.value, len(ranks)), quad.object.value))
            if (union and not graph) or graph.endswith("/graph/description"):
                continue
            if prop in roles:
                text, lang = text_of(quad.object, roles[prop])
                if text:
                    said.append((roles[prop], lang, order[prop], text, graph))
            elif prop in PROPERTIES:
                withheld.append((PROPERTIES[prop], text_of(quad.object, TEXT)[0], graph))
            elif prop == str(SCHEMA.inLanguage):
                tongues[graph] = text_of(quad.object, TEXT)[0]
        said = with_texts(said, withheld, tongues, texts)
        rank, kind = min(kinds, default=(0, ""))
        kept = [(role, text, lang, graph) for role, lang, _, text, graph in sorted(said)] if rank >= 0 else []
        yield _Thing(iri, kind, kept)


def _differs(old: sqlite3.Connection, thing: _Thing) -> bool:
    row = old.execute(
        "SELECT thing.id, class FROM thing JOIN kind ON kind.id = kind WHERE thing.iri = ?", (thing.iri,)
    ).fetchone()
    if row is None or not thing.said:
        return row is not None or bool(thing.said)
    before = old.execute("SELECT role, text, lang FROM entry WHERE thing = ?", (row[0],)).fetchall()
    now = [entry[:3] for entry in entries_of(thing.kind, [(*said[:3], 0) for said in thing.said])]
    return row[1] != thing.kind or sorted(before) != sorted(now)


def _remove(index: sqlite3.Connection, iri: str) -> int | None:
    """Remove the rows of a thing; return its id, None where there are none."""
    row = index.execute("SELECT id FROM thing WHERE iri = ?", (iri,)).fetchone()
    if row is None:
        return None
    entries: list[Entry] = index.execute(
        "SELECT role, text, lang, key, graph FROM entry WHERE thing = ? ORDER BY number", row
    ).fetchall()
    # an index without content has to be told what it forgets
    index.execute(
        "INSERT INTO words(words, rowid, label, name, text) VALUES ('delete', ?, ?, ?, ?)", (*row, *words_of(entries))
    )
    index.execute("DELETE FROM entry WHERE thing = ?", row)
    index.execute("DELETE FROM thing WHERE id = ?", row)
    return int(row[0])


def _new_id(index: sqlite3.Connection, at: int) -> int:
    first = (LEVELS - at) << BITS
    (last,) = index.execute(
        "SELECT max(id) FROM thing WHERE id BETWEEN ? AND ?", (first, first + (1 << BITS) - 1)
    ).fetchone()
    return (last or first) + 1


def _links(store: Store, iri: str) -> int:
    quads = islice(store.quads_for_pattern(None, None, NamedNode(iri), DefaultGraph()), _LINKS)
    apart = {*table().roles, str(RDF.type)}
    return sum(quad.predicate.value not in apart for quad in quads)


def _learn(index: sqlite3.Connection, texts: Iterable[str]) -> None:
    for word in {word for text in texts for word in text.split() if is_spelt(word)}:
        if index.execute("SELECT 1 FROM vocabulary WHERE term = ?", (word,)).fetchone() is None:
            index.execute("INSERT INTO spelling(word) VALUES (?)", (f" {word} ",))
