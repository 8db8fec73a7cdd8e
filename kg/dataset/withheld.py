"""Texts that no licence allows to hand on: kept beside the graph, in ``HOME/texts.sqlite``, never in it.

The graph has a digest in place of such a text (``commons:textDigest``, ``commons:summaryDigest``). By that it is looked
up by what finds mentions and goals, by what makes the search index, and by the page of a post, for the words around a
mention. A text never changes, so all versions share the file; publishing and rolling back leave it alone, and pruning
deletes what no version speaks of any more (``kg.dataset.versions``).

    text(sha256, text)                   sha256: of the text's UTF-8, hexadecimal
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from kg.dataset.sorting import batched
from kg.errors import DiskFullError, StoreError
from kg.namespaces import COMMONS, SCHEMA

PROPERTIES: Mapping[str, str] = MappingProxyType(
    {str(COMMONS.textDigest): str(SCHEMA.articleBody), str(COMMONS.summaryDigest): str(SCHEMA.description)}
)
"""Property whose value is a digest -> the property that the text itself would be the value of."""

_TABLE = "CREATE TABLE IF NOT EXISTS text(sha256 TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID"
_AT_ONCE = 500
"""Texts that are written at once."""
_PATIENCE = 10.0
"""Seconds to wait for another process that is at the file."""


class Texts:
    """The texts of a home, open for reading; of a home that keeps none, every text is missing."""

    def __init__(self, path: Path | None) -> None:
        """Open the file, if there is one."""
        self._path, self._texts = path, None
        if path is not None and path.is_file():
            address = f"file:{quote(str(path.absolute()))}?mode=ro"
            self._texts = sqlite3.connect(address, uri=True, timeout=_PATIENCE)

    def get(self, digest: str) -> str | None:
        """Return the text of a digest, None where it is not kept here.

        Raises:
            StoreError: the file is damaged.
        """
        if self._texts is None:
            return None
        with _errors(self._path):
            row = self._texts.execute("SELECT text FROM text WHERE sha256 = ?", (digest,)).fetchone()
        return row and str(row[0])

    def close(self) -> None:
        """Close it."""
        if self._texts is not None:
            self._texts.close()


def lines(texts: Mapping[str, str]) -> str:
    """Return texts, given by their digests, as lines of JSON: so they travel with a source's quads."""
    return "".join(f"{json.dumps({'sha256': digest, 'text': text})}\n" for digest, text in texts.items())


def keep(path: Path, file: Path) -> None:
    """Add the texts of such lines to those of a home.

    Raises:
        StoreError: they cannot be written.
        DiskFullError: likewise, for want of space.
    """
    if file.stat().st_size:  # most sources have none, and then there need be no file
        with file.open("rb") as lines, _writing(path) as texts:
            for batch in batched(lines, _AT_ONCE):
                with texts:  # a transaction, while which nobody reads
                    texts.executemany("INSERT OR IGNORE INTO text VALUES (:sha256, :text)", map(json.loads, batch))


def digests(path: Path) -> set[str]:
    """Return the digests of all texts that a home keeps."""
    if not path.is_file():
        return set()
    with _errors(path), contextlib.closing(sqlite3.connect(path, timeout=_PATIENCE)) as texts:
        return {digest for (digest,) in texts.execute("SELECT sha256 FROM text")}


def forget(path: Path, gone: Iterable[str]) -> None:
    """Delete the texts of digests, and what the file held of them."""
    with _writing(path) as texts:
        for batch in batched(gone, _AT_ONCE):
            with texts:
                texts.executemany("DELETE FROM text WHERE sha256 = ?", [(digest,) for digest in batch])


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[sqlite3.Connection]:
    with _errors(path), contextlib.closing(sqlite3.connect(path, timeout=_PATIENCE)) as texts:
        texts.execute("PRAGMA secure_delete = ON")  # what is deleted is gone from the disk, too
        texts.execute(_TABLE)
        yield texts


@contextlib.contextmanager
def _errors(path: Path | None) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if "full" in str(error):
            raise DiskFullError(f"no space is left to write {path}: {error}", hint="free some space") from error
        raise StoreError(f"{path}: {error}") from error
