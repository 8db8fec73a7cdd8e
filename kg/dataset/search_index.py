"""The full-text index of a version, ``search.sqlite``: made from its store when it is published, never written again.

::

    thing(id, iri, kind, links)              what can be found; the less its id, the more it counts
    entry(thing, role, text, lang, key, graph)   what is said of it: labels, names, codes, links, texts (search.toml)
    words                                    FTS5, a row for each thing: label, name, text; the words of search_text
    spelling                                 FTS5 of trigrams over the words that occur, to find what was meant
    kind, graph, state                       names for numbers; what the index was made from

The order of ids is what keeps searching cheap however much is found: FTS5 gives its matches by ascending rowid, so the
first thousand are those that count most, and no one has to look at the rest.

Making it takes flat memory: what the store says is staged in a temporary table, which SQLite sorts on disk. After small
changes, ``search_update`` makes it from that of the parent version.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from kg.dataset.search_table import (
    BITS,
    CODE,
    LABEL,
    LEVELS,
    LINK,
    NAME,
    TEXT,
    TEXT_MOST,
    fingerprint,
    is_spelt,
    level,
    table,
)  # fmt: skip
from kg.dataset.search_text import key, units
from kg.errors import DiskFullError, StoreError
from kg.namespaces import RDF
from kg.resources import query

_ACRONYM = re.compile(r"(.{4,}\S)\s*\(([^()\s]{2,12})\)\s*")
"""A name with its abbreviation: World Health Organization (WHO). Each of the two is a name."""

_TABLES = """
CREATE TABLE state(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE kind(id INTEGER PRIMARY KEY, class TEXT NOT NULL UNIQUE);
CREATE TABLE graph(id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE);
CREATE TABLE thing(id INTEGER PRIMARY KEY, iri TEXT NOT NULL, kind INTEGER NOT NULL, links INTEGER NOT NULL);
CREATE TABLE entry(thing INTEGER NOT NULL, number INTEGER NOT NULL, role INTEGER NOT NULL, text TEXT NOT NULL,
                   lang TEXT NOT NULL, key TEXT, graph INTEGER NOT NULL, PRIMARY KEY (thing, number)) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(label, name, text, content='', prefix='1 2 3',
                                      tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co M*'");
CREATE VIRTUAL TABLE spelling USING fts5(word, tokenize='trigram', detail=none);
"""
_INDEXES = (
    "CREATE UNIQUE INDEX thing_iri ON thing(iri)",
    "CREATE INDEX entry_key ON entry(key, role) WHERE key IS NOT NULL",
)
_STAGES = """
CREATE TEMP TABLE typed(iri TEXT PRIMARY KEY, rank INTEGER NOT NULL, class TEXT NOT NULL) WITHOUT ROWID;
CREATE TEMP TABLE linked(iri TEXT PRIMARY KEY, links INTEGER NOT NULL) WITHOUT ROWID;
CREATE TEMP TABLE said(iri TEXT NOT NULL, role INTEGER NOT NULL, text TEXT NOT NULL, lang TEXT NOT NULL,
                       graph INTEGER NOT NULL);
CREATE TEMP TABLE found(id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, class TEXT NOT NULL, links INTEGER NOT NULL);
"""


Said = tuple[int, str, str, int]
"""Role, text, language and graph of something that is said of a thing."""
Entry = tuple[int, str, str, str | None, int]
"""Role, text, language, key and graph, as it is kept."""


def make(store: Store, path: Path, properties: Iterable[str], *, union: bool = True) -> None:
    """Make the index of what a store holds.

    Args:
        store: where the content is read from.
        path: the file to make.
        properties: all properties that things are linked by.
        union: whether the default graph is the union of the named graphs, and so says nothing of its own.

    Raises:
        StoreError: it cannot be written.
    """
    path.unlink(missing_ok=True)
    with writing(path) as index:
        index.executescript(_TABLES + _STAGES + "BEGIN;")
        index.execute("INSERT INTO words(words, rank) VALUES ('hashsize', 16777216)")
        rows = Rows(index)
        _stage(index, store, rows, properties, union=union)
        for id, iri, of, links, said in _staged(index):
            rows.add(id, iri, of, links, said)
        rows.write()
        for statement in _INDEXES:
            index.execute(statement)
        index.execute("INSERT INTO words(words) VALUES ('optimize')")
        _learn(index)
        index.execute("INSERT INTO state VALUES ('fingerprint', ?)", (fingerprint(),))


@contextlib.contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """Open an index that nobody else sees yet: what a crash leaves of it is deleted with its folder."""
    try:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as index:
            index.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -32768")
            yield index
            index.execute("COMMIT")
    except sqlite3.Error as error:
        if "full" in str(error):
            raise DiskFullError(
                f"no space is left to write {path}: {error}",
                hint="free some space and run the command again; nothing was published",
            ) from error
        raise StoreError(f"{path}: {error}") from error


def _stage(index: sqlite3.Connection, store: Store, rows: Rows, properties: Iterable[str], *, union: bool) -> None:
    """Put what the store says into temporary tables, and all things that something is said of into their order."""
    ranks, roles = table().ranks, table().roles
    other = len(ranks)
    index.executemany(
        "INSERT INTO typed VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET rank = excluded.rank, class = excluded.class "
        "WHERE (excluded.rank, excluded.class) < (rank, class)",
        ((thing, ranks.get(of, other), of) for thing, of in _pairs(store, "types", str(RDF.type))),
    )
    for prop in properties:
        if prop not in roles and prop != str(RDF.type):
            index.executemany(
                "INSERT INTO linked VALUES (?, ?) ON CONFLICT DO UPDATE SET links = links + excluded.links",
                _pairs(store, "links", prop),
            )
    for prop, role in roles.items():
        for name in ("said",) if union else ("said", "said-in-default"):
            index.executemany("INSERT INTO said VALUES (?, ?, ?, ?, ?)", _statements(store, rows, name, prop, role))
    index.create_function("level", 2, level, deterministic=True)
    index.execute(
        "INSERT INTO found SELECT ((? - level) << ?) + row_number() OVER (ORDER BY level DESC, iri), iri, class, links "
        "FROM (SELECT iri, class, links, level(class, links) AS level FROM ("
        "SELECT iri, ifnull(class, '') AS class, ifnull(links, 0) AS links FROM (SELECT DISTINCT iri FROM said) "
        "LEFT JOIN typed USING (iri) LEFT JOIN linked USING (iri) WHERE ifnull(rank, 0) >= 0))",
        (LEVELS, BITS),
    )


def _solutions(store: Store, name: str, prop: str) -> QuerySolutions:
    found = store.query(query(f"search/{name}").replace("$property", f"<{prop}>"))
    assert isinstance(found, QuerySolutions)
    return found


def _pairs(store: Store, name: str, prop: str) -> Iterator[tuple[str, str]]:
    for solution in _solutions(store, name, prop):
        thing, value = solution[0], solution[1]
        if isinstance(thing, NamedNode) and isinstance(value, NamedNode | Literal):
            yield thing.value, value.value


def _statements(store: Store, rows: Rows, name: str, prop: str, role: int) -> Iterator[tuple[str, int, str, str, int]]:
    numbers: dict[str, int] = {}  # a million look-ups are felt
    for solution in _solutions(store, name, prop):
        thing = solution[0]
        graph = solution[2].value if name == "said" else ""
        text, lang = text_of(solution[1], role)
        if text and isinstance(thing, NamedNode) and not graph.endswith("/graph/description"):
            if graph not in numbers:
                numbers[graph] = rows.number("graph", "iri", graph)
            yield thing.value, role, text, lang, numbers[graph]


def text_of(value: Any, role: int) -> tuple[str, str]:
    """Return text and language of a value; an empty text where it says nothing."""
    if isinstance(value, Literal):
        return value.value[:TEXT_MOST].strip(), value.language or ""
    return (value.value, "") if isinstance(value, NamedNode) and role in (CODE, LINK) else ("", "")


def _staged(index: sqlite3.Connection) -> Iterator[tuple[int, str, str, int, Iterable[Said]]]:
    """Yield id, IRI, class, links and what is said of each thing, those first that count most."""
    rows = index.execute(
        "SELECT id, iri, class, links, role, text, lang, graph FROM found JOIN said USING (iri) "
        "ORDER BY id, role, lang, said.rowid"
    )
    for (id, iri, of, links), group in groupby(rows, key=itemgetter(0, 1, 2, 3)):
        yield id, iri, of, links, (row[4:] for row in group)


class Rows:
    """Writes the rows of one thing after the other, many at a time."""

    AT_ONCE = 2_000

    def __init__(self, index: sqlite3.Connection) -> None:
        self._index = index
        self._numbers: dict[tuple[str, str], int] = {}
        self._things: list[tuple[int, str, int, int]] = []
        self._entries: list[tuple[Any, ...]] = []
        self._words: list[tuple[int, str, str, str]] = []

    def add(self, id: int, iri: str, of: str, links: int, said: Iterable[Said]) -> None:
        """Write a thing."""
        entries = entries_of(of, said)
        self._things.append((id, iri, self.number("kind", "class", of), links))
        self._entries += [(id, number, *entry) for number, entry in enumerate(entries)]
        self._words.append((id, *words_of(entries)))
        if len(self._things) >= self.AT_ONCE:
            self.write()

    def write(self) -> None:
        """Write what was added and is not written yet."""
        self._index.executemany("INSERT INTO thing VALUES (?, ?, ?, ?)", self._things)
        self._index.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)", self._entries)
        self._index.executemany("INSERT INTO words(rowid, label, name, text) VALUES (?, ?, ?, ?)", self._words)
        self._things.clear()
        self._entries.clear()
        self._words.clear()

    def number(self, name: str, column: str, value: str) -> int:
        """Return the number that stands for a class or a graph."""
        found = self._numbers.get((name, value))
        if found is None:
            self._index.execute(f"INSERT OR IGNORE INTO {name}({column}) VALUES (?)", (value,))
            (found,) = self._index.execute(f"SELECT id FROM {name} WHERE {column} = ?", (value,)).fetchone()
            self._numbers[name, value] = found
        return found


def entries_of(of: str, said: Iterable[Said]) -> list[Entry]:
    """Return what is kept of a thing; what several graphs or properties say is kept once.

    Args:
        of: its class.
        said: labels first, texts last.
    """
    entries: dict[tuple[str, str], Entry] = {}
    prefixes = table().prefixes.get(of, ())
    for role, text, lang, graph in said:
        if (text, lang) in entries:
            continue
        if role == TEXT:
            entries[text, lang] = (TEXT, text, lang, None, graph)
            continue
        name = key(text)
        if not name:
            continue
        entries[text, lang] = (role, text, lang, name, graph)
        if role == LINK:
            continue
        more = [f"{before} {text}" for before in prefixes] if role == CODE else _ACRONYM.fullmatch(text)
        for other in more.groups() if isinstance(more, re.Match) else more or ():
            if (other, lang) not in entries:
                entries[other, lang] = (max(role, NAME), other, lang, key(other), graph)
    return list(entries.values())


def words_of(entries: Iterable[Entry]) -> tuple[str, str, str]:
    """Return the row of ``words`` for what is kept of a thing: that of its labels, its other names, its texts."""
    columns: tuple[list[str], list[str], list[str]] = ([], [], [])
    for role, text, _, name, _ in entries:
        if role == TEXT:
            columns[2].extend(units(text))
        elif role != LINK and name:
            columns[0 if role == LABEL else 1].append(name)
    return " ".join(columns[0]), " ".join(columns[1]), " ".join(columns[2])


def _learn(index: sqlite3.Connection) -> None:
    """Fill the table of words that what was mistyped is compared with."""
    index.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, words, row)")
    index.create_function("is_spelt", 1, is_spelt, deterministic=True)
    index.execute("INSERT INTO spelling(word) SELECT ' ' || term || ' ' FROM vocabulary WHERE is_spelt(term)")
    index.execute("INSERT INTO spelling(spelling) VALUES ('optimize')")
