"""The full-text index of a version, ``search.sqlite``: made from its store when it is published, never written again.

::

    thing(id, iri, kind, links)              what can be found; the less its id, the more it counts
    entry(thing, role, text, lang, key, graph)   what is said of it: labels, names, codes, links, texts (search.toml)
    words                                    FTS5, a row for each thing: label, name, text; the words of search_text
    spelling                                 FTS5 of trigrams over the words that occur, to find what was meant
    kind, graph, state                       names for numbers; what the index was made from

The order of ids is what keeps searching cheap however much is found: FTS5 gives its matches by ascending rowid, so the
first thousand are those that count most, and no one has to look at the rest.

All is read once, subject by subject, from the files that were loaded where they are at hand. It takes flat memory: what
is said of a thing is staged in a temporary table until all links are counted, and SQLite sorts on disk. After small
changes, ``search_update`` makes it from that of the parent version.
"""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pyoxigraph import DefaultGraph, Literal, NamedNode, Store

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
from kg.dataset.sorting import batched
from kg.dataset.subjects import Page, graphs_of, subjects
from kg.dataset.withheld import PROPERTIES, Texts
from kg.errors import DiskFullError, StoreError
from kg.namespaces import RDF, SCHEMA

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
CREATE TEMP TABLE linked(iri TEXT PRIMARY KEY, links INTEGER NOT NULL) WITHOUT ROWID;
CREATE TEMP TABLE said(iri TEXT NOT NULL, class TEXT NOT NULL, said TEXT NOT NULL);
"""
AT_ONCE = 1_000
"""Things that are staged at once."""
MOST_LINKED = 100_000
"""Things whose links are counted in memory."""

_Staged = tuple[int, str, int, str, str]
"""Role, language, place of the property, text and graph of something that is said of a thing; sorted so."""
Said = tuple[int, str, str, int]
"""Role, text, language and graph of something that is said of a thing."""
Entry = tuple[int, str, str, str | None, int]
"""Role, text, language, key and graph, as it is kept."""


def make(
    store: Store, path: Path, files: Mapping[str, Path] | None = None, *, union: bool = True, beside: Path | None = None
) -> None:
    """Make the index of what a store holds.

    Args:
        store: where the content is read from.
        path: the file to make.
        files: graph -> N-Quads file of it, read in place of the store (``kg.dataset.subjects``).
        union: whether the default graph is the union of the named graphs, and so says nothing of its own.
        beside: file of the texts that are kept beside the graph.

    Raises:
        StoreError: it cannot be written.
    """
    path.unlink(missing_ok=True)
    graphs = [*graphs_of(store), *(() if union else (DefaultGraph(),))]
    with writing(path) as index, contextlib.closing(Texts(beside)) as texts:
        index.executescript(_TABLES + _STAGES + "BEGIN;")
        index.execute("INSERT INTO words(words, rank) VALUES ('hashsize', 16777216)")
        with subjects(store, graphs, files or {}, path.parent) as pages:
            _stage(index, pages, texts)
        rows = Rows(index)
        for id, iri, of, links, said in _staged(index):
            told = [(role, text, lang, rows.number("graph", "iri", graph)) for role, lang, _, text, graph in said]
            rows.add(id, iri, of, links, told)
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


def _stage(index: sqlite3.Connection, pages: Iterable[Page], texts: Texts) -> None:
    """Put what is said into temporary tables: of each thing that is found, and how many links point at it."""
    links: Counter[str] = Counter()
    for batch in batched(_things(pages, links, texts), AT_ONCE):
        index.executemany("INSERT INTO said VALUES (?, ?, ?)", batch)
        if len(links) > MOST_LINKED:
            _stage_links(index, links)
    _stage_links(index, links)


def _stage_links(index: sqlite3.Connection, links: Counter[str]) -> None:
    index.executemany(
        "INSERT INTO linked VALUES (?, ?) ON CONFLICT DO UPDATE SET links = links + excluded.links",
        ((term[1:-1], count) for term, count in links.items()),
    )
    links.clear()


def _things(pages: Iterable[Page], links: Counter[str], texts: Texts) -> Iterator[tuple[str, str, str]]:
    """Yield (IRI, class, what is said as JSON) of the things that are found; count in ``links`` what is pointed at."""
    ranks, roles = table().ranks, {f"<{prop}>": role for prop, role in table().roles.items()}
    places = {prop: place for place, prop in enumerate(roles)}
    type_, language, digests = f"<{RDF.type}>", f"<{SCHEMA.inLanguage}>", {f"<{d}>": p for d, p in PROPERTIES.items()}
    for subject, lines in pages:
        start = len(subject) + 1
        kind: tuple[int, str] | None = None
        said: list[_Staged] = []
        tongues, withheld = dict[str, str](), list[tuple[str, str, str]]()
        linked: set[str] = set()
        for line in lines:
            end = line.rindex(b" <" if line[-4] != 32 else b"  ")  # 32: a blank, where there is no graph
            statement = line[start:end].decode()
            predicate, _, value = statement.partition(" ")
            if predicate in roles:
                text, lang = _told(value, roles[predicate])
                if text:
                    graph = line[end + 2 : -4].decode()
                    said.append((roles[predicate], lang, places[predicate], text, graph))
            elif predicate in digests:
                withheld.append((digests[predicate], value[1:-1], line[end + 2 : -4].decode()))
            elif predicate == language:
                tongues[line[end + 2 : -4].decode()] = value[1:-1]
            elif value[0] == "<":
                if predicate == type_:
                    of = ranks.get(value[1:-1], len(ranks)), value[1:-1]
                    kind = of if kind is None else min(kind, of)
                else:
                    linked.add(statement)
        if withheld:
            said = with_texts(said, withheld, tongues, texts)
        links.update([statement.partition(" ")[2] for statement in linked])
        if said and subject[0] == 60 and (kind is None or kind[0] >= 0):  # 60: <
            said.sort()
            yield subject[1:-1].decode(), kind[1] if kind else "", json.dumps(said, ensure_ascii=False)


def _told(value: str, role: int) -> tuple[str, str]:
    """Return text and language of a term in N-Triples form, as ``text_of`` does."""
    if value[0] != '"':
        return (value[1:-1], "") if value[0] == "<" and role in (CODE, LINK) else ("", "")
    quoted, _, suffix = value.rpartition('"')
    text = str(json.loads(f'{quoted}"')) if "\\" in quoted else quoted[1:]
    return searched(text), suffix[1:] if suffix[:1] == "@" else ""


def text_of(value: Any, role: int) -> tuple[str, str]:
    """Return text and language of a value; an empty text where it says nothing."""
    if isinstance(value, Literal):
        return searched(value.value), value.language or ""
    return (value.value, "") if isinstance(value, NamedNode) and role in (CODE, LINK) else ("", "")


def searched(text: str) -> str:
    """Return as much of a text as is searched."""
    return text[:TEXT_MOST].strip()


def with_texts(
    said: list[_Staged], withheld: Iterable[tuple[str, str, str]], tongues: Mapping[str, str], texts: Texts
) -> list[_Staged]:
    """Return what is said of a thing with the texts of its digests, each in place of what is quoted of it.

    Args:
        said: what the graph says.
        withheld: property that would have the text, digest, graph.
        tongues: graph -> the language of the thing.
        texts: those that are kept beside the graph.
    """
    places = {prop: place for place, prop in enumerate(table().roles)}
    for prop, digest, graph in withheld:
        if text := searched(texts.get(digest) or ""):
            said = [one for one in said if (one[2], one[4]) != (places[prop], graph)]
            said.append((TEXT, tongues.get(graph, "").lower(), places[prop], text, graph))
    return said


def _staged(index: sqlite3.Connection) -> Iterator[tuple[int, str, str, int, list[_Staged]]]:
    """Yield id, IRI, class, links and what is said of each thing, those first that count most."""
    index.create_function("level", 2, level, deterministic=True)
    rows = index.execute(
        "SELECT ((? - level) << ?) + row_number() OVER (ORDER BY level DESC, iri) AS id, iri, class, links, said FROM "
        "(SELECT iri, class, ifnull(links, 0) AS links, said, level(class, ifnull(links, 0)) AS level "
        "FROM said LEFT JOIN linked USING (iri)) ORDER BY id",
        (LEVELS, BITS),
    )
    for id, iri, of, links, said in rows:
        yield id, iri, of, links, json.loads(said)


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
