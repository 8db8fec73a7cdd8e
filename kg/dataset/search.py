"""Full-text search in one version: exact names and codes first, then beginnings, words of names, words of texts.

    search = Search(version_path)                  # opens versions/<id>/search.sqlite for reading
    found = search.find("climate action", kinds=[str(SDGO.Goal)], limit=10)
    found.hits[0].iri, found.hits[0].label

One thread at a time may use a ``Search``; opening one costs about a millisecond. What is searched for is never read as
FTS5 syntax, and whatever it is, the answer comes within some ``seconds``, with what was found until then.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

from rapidfuzz import fuzz

from kg.dataset.search_expression import all_of, any_of, variants
from kg.dataset.search_found import TIERS, Candidate, Found, Hit, Said, SearchError
from kg.dataset.search_names import named
from kg.dataset.search_spelling import corrected
from kg.dataset.search_table import CODE, FILE, LABEL, LINK, NAME, ROLES, TEXT
from kg.dataset.search_text import around, fold, key, phrases, units

__all__ = ["COUNTED", "MOST", "TIERS", "Candidate", "Found", "Hit", "Said", "Search", "SearchError"]

MOST = 1_000
"""Hits that can be paged through."""
CANDIDATES = 400
"""Things that are looked at for one way of matching, at the least; those first that count most."""
COUNTED = 20_000
"""Matches that are counted; beyond, there are more."""

_EXACT, _NAME, _BEGINNING, _IN_LABEL, _IN_NAMES, _IN_TEXT, _SIMILAR = range(len(TIERS))

_BEFORE_CODES = ("", "ror org ", "wikidata org entity ", "spdx org licenses ")
"""Keys of what may stand before an identifier in an address."""


@dataclass(slots=True)
class _Question:
    """What is looked for, and what was found of it: id -> (tier, order within the tier)."""

    text: str
    phrases: list[list[str]]
    kinds: list[int] | None
    lang: str
    most: int
    typing: bool
    found: dict[int, tuple[int, float]] = field(default_factory=dict)

    def add(self, tier: int, rows: Iterable[tuple[int, float]]) -> None:
        for id, order in rows:
            self.found.setdefault(id, (tier, order))

    def is_answered(self) -> bool:
        return len(self.found) >= self.most

    @property
    def looked_for(self) -> frozenset[str]:
        return frozenset(min(variants(word), key=len) for phrase in self.phrases for word in phrase)

    @property
    def words(self) -> frozenset[str]:
        return frozenset(form for phrase in self.phrases for word in phrase for form in variants(word))


class Search:
    """The index of a version, open."""

    def __init__(self, version: Path, *, seconds: float = 2.0) -> None:
        """Open it.

        Args:
            version: the version's folder.
            seconds: time that one question may take.

        Raises:
            SearchError: there is none, or it is damaged.
        """
        path = version / FILE
        if not path.is_file():
            raise SearchError(
                f"version {version.name} has no search index", hint="publish another version: commons-kg publish"
            )
        self._seconds, self._until = seconds, 0.0
        address = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
        try:
            self._index = sqlite3.connect(address, uri=True, check_same_thread=False)
            self._index.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, words, row)")
            self._kinds = dict(self._index.execute("SELECT id, class FROM kind"))
            self._graphs = dict(self._index.execute("SELECT id, iri FROM graph"))
        except sqlite3.Error as error:
            raise SearchError(f"the search index of version {version.name} is damaged: {error}") from error
        self._index.set_progress_handler(lambda: time.monotonic() > self._until, 2_000)

    def close(self) -> None:
        """Close it."""
        self._index.close()

    def find(
        self,
        text: str,
        *,
        kinds: Collection[str] = (),
        lang: str = "",
        languages: Sequence[str] = ("en",),
        limit: int = 20,
        offset: int = 0,
        typing: bool = False,
    ) -> Found:
        """Return what is found by a text.

        Args:
            text: what is searched for.
            kinds: IRIs of classes; empty: any.
            lang: only what is said in this language counts; empty: in any.
            languages: in which labels are preferred, the best first.
            limit: hits wanted.
            offset: hits to leave out before; beyond ``MOST`` there are none.
            typing: the last word may be the beginning of one; then nothing is counted and nothing is guessed.

        Raises:
            SearchError: the index is damaged.
        """
        numbers = [number for number, of in self._kinds.items() if of in kinds] if kinds else None
        asked = _Question(text, phrases(text), numbers, lang, min(offset + limit, MOST), typing)
        if not asked.phrases:
            return Found([], 0)
        total, counts, meant = 0, dict[str, int](), None
        with self._timed() as late:
            self._look(asked)
            if not typing:
                counts = self._count(all_of(asked.phrases, ""), asked)
                if not counts:
                    meant = self._look_for_similar(asked)
                    counts = self._count((all_of if meant else any_of)(asked.phrases, ""), asked)
                total = sum(count for of, count in counts.items() if not kinds or of in kinds)
        ids = sorted(asked.found, key=lambda id: (asked.found[id], id))[offset : asked.most]
        with self._timed():
            hits = [self._hit(id, asked, languages) for id in ids]
        beginning = asked.phrases[-1][-1] if typing else None
        return Found(hits, max(total, len(hits)), counts, meant, asked.words, beginning, not late)

    def direct(self, text: str) -> str | None:
        """Return the IRI of the one thing that a code or an address leads to, such as ``CC-BY-4.0`` or ``13.3``.

        A text without a digit, a hyphen or a colon is a word, even where something has it as its code.

        Raises:
            SearchError: the index is damaged.
        """
        text = text.strip()
        if len(text) > 2000 or not any(c.isdigit() or c in "-:" for c in text):
            return None
        found = None
        with self._timed():
            iris = tuple({text, _other_scheme(text)})
            names = [before + key(text) for before in _BEFORE_CODES]
            found = self._index.execute(
                f"SELECT iri, 0 FROM thing WHERE iri IN ({_marks(iris)}) UNION ALL "
                f"SELECT iri, thing FROM entry JOIN thing ON thing.id = thing WHERE key IN ({_marks(names)}) "
                "AND role IN (?, ?) ORDER BY 2 LIMIT 1",
                (*iris, *names, CODE, LINK),
            ).fetchone()
        return found and str(found[0])

    def thing(self, iri: str, languages: Sequence[str] = ("en",)) -> tuple[Hit, str] | None:
        """Return a thing with its label, and its text in the best language; None where nothing is known of it.

        Raises:
            SearchError: the index is damaged.
        """
        found = None
        with self._timed():
            row = self._index.execute("SELECT id FROM thing WHERE iri = ?", (iri,)).fetchone()
            if row is not None:
                asked = _Question("", [], None, "", 1, typing=False, found={row[0]: (_EXACT, 0.0)})
                texts = self._index.execute(
                    "SELECT text, lang FROM entry WHERE thing = ? AND role = ? ORDER BY number", (row[0], TEXT)
                ).fetchall()
                text = min(texts, key=lambda row: _preference(row[1], languages), default=("", ""))[0]
                found = self._hit(row[0], asked, languages), text
        return found

    def candidates(
        self, text: str, *, kinds: Collection[str], languages: Sequence[str] = ("en",), limit: int = 20,
        also: Sequence[str] = (),
    ) -> list[Candidate]:  # fmt: skip
        """Return the things that a string may mean as their name, code or address, those first whose name is most like.

        Args:
            text: the string.
            kinds: IRIs of classes.
            languages: in which labels are preferred.
            limit: candidates wanted.
            also: IRIs of things that are candidates in any case.

        Raises:
            SearchError: the index is damaged.
        """
        numbers = [number for number, of in self._kinds.items() if of in kinds]
        asked = _Question(text, phrases(text), numbers, "", max(limit, 50), typing=False)
        found: list[Candidate] = []
        with self._timed():
            if also:
                rows = self._index.execute(f"SELECT id, 0.0 FROM thing WHERE iri IN ({_marks(also)})", also).fetchall()
                asked.add(_EXACT, rows)
            if asked.phrases:
                self._look(asked)
                self._look_like(asked)
            found = [self._candidate(id, text, languages) for id in asked.found]
        return sorted(found, key=lambda c: (-c.is_exact, -c.likeness, -c.links, c.iri))[:limit]

    def named(self, text: str, of: str, most: int = MOST) -> list[str] | None:
        """Return the IRIs of the things of a class that have all words of a text in a name (``search_names``).

        None where there are more than ``most``, where the text has no word, and where the time is over.

        Raises:
            SearchError: the index is damaged.
        """
        found = None
        with self._timed():
            found = named(self._index, self._kinds, text, of, most + 1)
        return found if found is not None and len(found) <= most else None

    def _look_like(self, asked: _Question) -> None:
        """Add the things that have some of the words in their names, those first that have the rarest."""
        meant = corrected(self._index, asked.text, asked.phrases)
        words = asked.phrases if meant is None else asked.phrases + phrases(meant)
        rows = self._index.execute(
            "SELECT words.rowid, bm25(words, 8, 4, 0) AS score FROM words JOIN thing ON thing.id = words.rowid "
            f"WHERE words MATCH ? {_of(asked.kinds)} ORDER BY score LIMIT ?",
            (any_of(words, "label name"), *(asked.kinds or ()), asked.most),
        ).fetchall()
        asked.add(_SIMILAR, rows)

    def _candidate(self, id: int, text: str, languages: Sequence[str]) -> Candidate:
        iri, kind, links = self._index.execute("SELECT iri, kind, links FROM thing WHERE id = ?", (id,)).fetchone()
        rows = self._index.execute(
            "SELECT role, text, lang, key FROM entry WHERE thing = ? AND role <= ? ORDER BY number", (id, LINK)
        ).fetchall()
        label = min(
            (row for row in rows if row[0] <= NAME),
            key=lambda row: (row[0], _preference(row[2], languages)),
            default=(LABEL, iri, "", None),
        )
        wanted = key(text)
        exact = {before + wanted for before in _BEFORE_CODES} - {""}
        name, best = label[1], 0.0
        for _, other, _, said in rows:
            likeness = 100.0 if said in exact else min(fuzz.token_sort_ratio(wanted, said), 99.0)
            if likeness > best:
                name, best = other, likeness
        is_exact = best == 100.0 or iri in (text.strip(), _other_scheme(text.strip()))
        return Candidate(iri, self._kinds[kind], links, label[1], label[2], name, best, is_exact)

    @contextlib.contextmanager
    def _timed(self) -> Iterator[list[bool]]:
        """Bound the time of what is done inside; what it gives is filled when the time was over.

        Raises:
            SearchError: the index is damaged.
        """
        self._until = time.monotonic() + self._seconds
        late: list[bool] = []
        try:
            yield late
        except sqlite3.DatabaseError as error:
            if "interrupted" not in str(error):
                raise SearchError(f"the search index is damaged: {error}") from error
            late.append(True)

    def _look(self, asked: _Question) -> None:
        name = key(asked.text)
        names = [before + name for before in _BEFORE_CODES]
        rows = self._index.execute(
            f"SELECT thing, role FROM entry JOIN thing ON thing.id = thing WHERE key IN ({_marks(names)}) "
            f"{_of(asked.kinds)} ORDER BY thing LIMIT ?",
            (*names, *(asked.kinds or ()), CANDIDATES),
        ).fetchall()
        rows = [(id, role) for id, role in rows if self._says(id, asked)]
        asked.add(_EXACT, ((id, 0.0) for id, role in rows if role != NAME))
        asked.add(_NAME, ((id, 0.0) for id, role in rows))
        if asked.is_answered():
            return
        after = name if asked.typing else f"{name} "
        beginning = self._index.execute(
            "SELECT DISTINCT thing FROM (SELECT thing FROM entry WHERE key >= ? AND key < ? AND role = ? LIMIT 5000) "
            f"JOIN thing ON thing.id = thing WHERE 1 {_of(asked.kinds)} ORDER BY thing LIMIT ?",
            (after, after + "\U0010ffff", LABEL, *(asked.kinds or ()), CANDIDATES),
        ).fetchall()
        asked.add(_BEGINNING, ((id, 0.0) for (id,) in beginning if self._says(id, asked)))
        for tier, columns in ((_IN_LABEL, "label"), (_IN_NAMES, "label name"), (_IN_TEXT, "")):
            if asked.is_answered():
                return
            self._look_for(tier, all_of(asked.phrases, columns, typing=asked.typing), asked)

    def _look_for(self, tier: int, expression: str, asked: _Question) -> None:
        """Add what matches an expression, of texts those first that speak most of it."""
        order = "bm25(words, 8, 4, 1)" if tier >= _IN_TEXT and not asked.typing else "0.0"
        rows = self._index.execute(
            f"SELECT words.rowid, {order} FROM words JOIN thing ON thing.id = words.rowid WHERE words MATCH ? "
            f"{_of(asked.kinds)} LIMIT ?",
            (expression, *(asked.kinds or ()), max(asked.most, CANDIDATES)),
        ).fetchall()
        asked.add(tier, ((id, order) for id, order in rows if self._says(id, asked)))

    def _look_for_similar(self, asked: _Question) -> str | None:
        """Look for words like those that are wanted, else for any of them; return what was probably meant."""
        meant = corrected(self._index, asked.text, asked.phrases)
        if meant is not None:
            asked.text, asked.phrases = meant, phrases(meant)
            self._look(asked)
            if asked.found:
                return meant
        self._look_for(_SIMILAR, any_of(asked.phrases, ""), asked)
        return None

    def _says(self, id: int, asked: _Question) -> bool:
        """Whether something is said of a thing in the language asked for that has a word of the question."""
        if not asked.lang:
            return True
        rows = self._index.execute("SELECT text FROM entry WHERE thing = ? AND lang = ?", (id, asked.lang))
        wanted, last = asked.words, asked.phrases[-1][-1]
        return any(
            word in wanted or (asked.typing and word.startswith(last)) for (text,) in rows for word in units(text)
        )

    def _count(self, expression: str, asked: _Question) -> dict[str, int]:
        """Return class -> things that match or were found otherwise, the most first."""
        if asked.lang:  # which matches are in the language is only known of those that were looked at
            ids = list(asked.found)
            rows = self._index.execute(
                f"SELECT kind, count(*) FROM thing WHERE id IN ({_marks(ids)}) GROUP BY kind ORDER BY 2 DESC", ids
            )
        else:
            exact = [id for id, (tier, _) in asked.found.items() if tier <= _NAME]
            rows = self._index.execute(
                "SELECT kind, count(*) FROM ("
                "SELECT id FROM (SELECT rowid AS id FROM words WHERE words MATCH ? LIMIT ?) "
                f"UNION SELECT id FROM thing WHERE id IN ({_marks(exact)})) JOIN thing USING (id) "
                "GROUP BY kind ORDER BY 2 DESC",
                (expression, COUNTED, *exact),
            )
        return {self._kinds[kind]: count for kind, count in rows}

    def _hit(self, id: int, asked: _Question, languages: Sequence[str]) -> Hit:
        iri, kind, links = self._index.execute("SELECT iri, kind, links FROM thing WHERE id = ?", (id,)).fetchone()
        rows = self._index.execute(
            "SELECT role, text, lang, graph FROM entry WHERE thing = ? ORDER BY number", (id,)
        ).fetchall()
        label = min(
            (row for row in rows if row[0] <= NAME),
            key=lambda row: (row[0], _preference(row[2], languages)),
            default=(LABEL, iri, "", None),
        )
        best, most = None, (0, 0, 0)
        exact = key(asked.text)
        for role, text, lang, graph in rows:
            folded = fold(text)
            met = 0 if asked.lang and lang != asked.lang else sum(word in folded for word in asked.looked_for)
            name = key(text) if role <= LINK else ""
            same = name != "" and name.endswith(exact) and (name == exact or role >= CODE)
            score = (same, met, -_preference(lang, languages))
            if (same or met) and score > most:
                best, most = Said(ROLES[role], text, lang, self._graphs[graph]), score
        if best is not None:
            best = replace(best, text=around(best.text, asked.words))
        tier = TIERS[asked.found[id][0]]
        return Hit(iri, self._kinds[kind], links, tier, label[1], label[2], best)


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))


def _of(kinds: list[int] | None) -> str:
    return "" if kinds is None else f"AND kind IN ({_marks(kinds)})"


def _preference(lang: str, languages: Sequence[str]) -> int:
    """Return a language's place among the preferred ones; then English, then none, then all others."""
    for place, wanted in enumerate((*languages, "en", "")):
        if lang.lower() == wanted.lower() or (wanted and lang.lower().startswith(f"{wanted.lower()}-")):
            return place
    return len(languages) + 2


def _other_scheme(iri: str) -> str:
    scheme, colon, rest = iri.partition(":")
    return f"{'http' if scheme == 'https' else 'https'}:{rest}" if colon and scheme in ("http", "https") else iri
