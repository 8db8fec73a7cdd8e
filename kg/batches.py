"""The records of a source in batches, in the order of reading: read once, and kept in a file for who asks again.

A batch is pickled bytes: what is kept in the file is what processes and clusters are sent, and reading it there costs
the process that reads the source nothing. Of a source that can be taken apart (``Loader.split``) a batch says only
which part it is, and who gets it reads that part.
"""

from __future__ import annotations

import pickle
import platform
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from kg.dataset.writer import store_errors
from kg.errors import OperationError
from kg.loader import Loader, Payload, Source
from kg.records import Record, Reject
from kg.workers import Crew

SMALL = 2_000
"""A source of up to so many records is mapped in this process: others would take longer to start."""
SIZE = 500
"""Records of a batch."""


@dataclass(frozen=True, slots=True)
class Part:
    """A source, or a part of one, that is read by who gets it."""

    source: Source
    loader: Loader
    sizes: tuple[int, ...]
    """Bytes of the files, as the one saw them who sent it."""

    @classmethod
    def of(cls, source: Source, loader: Loader) -> Part:
        """Return a part that can be sent."""
        payloads = [replace(payload, path=payload.path.absolute()) for payload in source.payloads]
        return cls(replace(source, payloads=payloads), loader, tuple(_size(payload) for payload in payloads))

    def __iter__(self) -> Iterator[Record | Reject]:
        """Read it.

        Raises:
            OperationError: here the files are others than where it was sent from.
        """
        for payload, size in zip(self.source.payloads, self.sizes, strict=True):
            if _size(payload) != size:
                raise OperationError(
                    f"{payload.path} is not the same file on {platform.node()}",
                    hint="share the folder of the sources with all workers; it must not change meanwhile",
                )
        return self.loader.read(self.source)


def _size(payload: Payload) -> int:
    """Return the bytes of a file, less than none where it cannot be had: the loader says so."""
    try:
        return payload.path.stat().st_size
    except OSError:
        return -1


def divided(source: Source, loader: Loader, crew: Crew) -> list[Part]:
    """Return the parts of a source that a crew can read by themselves; none where it has to be read in one go."""
    if crew.size == 1 or loader.split is None:
        return []
    parts = loader.split(source) or ()
    if len(parts) < 2 or not crew.sees({payload.path for payload in source.payloads}):
        return []
    return [Part.of(part, loader) for part in parts]


class Batches:
    """Give the batches of a source; without ``path`` only once, with it again and again until ``forget``."""

    def __init__(
        self, source: Source, loader: Loader, size: int = SIZE, path: Path | None = None, crew: Crew | None = None
    ) -> None:
        self._path = path
        self.parts = divided(source, loader, crew) if crew else []
        """Where the source can be taken apart; a batch is then a part."""
        self.big = bool(self.parts)
        if self.big:
            return
        items = loader.read(source)
        first = list(islice(items, SMALL + 1))
        self.big = len(first) > SMALL
        self._items, self._size = chain(first, items), size
        self._lengths: list[int] = []

    def __iter__(self) -> Iterator[bytes]:
        """Iterate over the batches."""
        if self.parts:
            yield from map(pickle.dumps, self.parts)
        elif self._lengths and self._path:
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
        with store_errors(self._path):
            stream = self._path.open("wb", buffering=0)
        with stream:
            for batch in dumped:
                left = memoryview(batch)
                while left:
                    with store_errors(self._path):
                        left = left[stream.write(left) :]
                self._lengths.append(len(batch))
                yield batch

    def forget(self) -> None:
        """Delete the file."""
        if self._path:
            self._path.unlink(missing_ok=True)


def items(batch: bytes) -> list[Record | Reject]:
    """Return the records of a batch, and what stands in the place of those that could not be read."""
    found: list[Record | Reject] | Part = pickle.loads(batch)
    return found if isinstance(found, list) else list(found)
