"""The records of a source in batches, in the order of reading: read once, and kept in a file for who asks again.

A batch is pickled bytes: what is kept in the file is what processes and clusters are sent, and reading it there costs
the process that reads the source nothing.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from kg.loader import Loader, Source
from kg.records import Record, Reject

SMALL = 2_000
"""A source of up to so many records is mapped in this process: others would take longer to start."""
SIZE = 500
"""Records of a batch."""


class Batches:
    """Give the batches of a source; without ``path`` only once, with it again and again until ``forget``."""

    def __init__(self, source: Source, loader: Loader, size: int = SIZE, path: Path | None = None) -> None:
        items = loader.read(source)
        first = list(islice(items, SMALL + 1))
        self.big = len(first) > SMALL
        self._items, self._size, self._path = chain(first, items), size, path
        self._lengths: list[int] = []

    def __iter__(self) -> Iterator[bytes]:
        """Iterate over the batches."""
        if self._lengths and self._path:
            with self._path.open("rb") as stream:
                yield from map(stream.read, self._lengths)
        else:
            yield from self._read()

    def _read(self) -> Iterator[bytes]:
        made = iter(lambda: list(islice(self._items, self._size)), [])
        dumped = (pickle.dumps(batch, pickle.HIGHEST_PROTOCOL) for batch in made)
        if self._path is None:
            yield from dumped
            return
        with self._path.open("wb") as stream:
            for batch in dumped:
                stream.write(batch)
                self._lengths.append(len(batch))
                yield batch

    def forget(self) -> None:
        """Delete the file."""
        if self._path:
            self._path.unlink(missing_ok=True)


def items(batch: bytes) -> list[Record | Reject]:
    """Return the records of a batch, and what stands in the place of those that could not be read."""
    found: list[Record | Reject] = pickle.loads(batch)
    return found
