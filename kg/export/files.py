"""Gzip files that are the same for the same content, hashed while they are written."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from kg.dataset.description import DumpFile

INDEX = "index.json"
SUMS = "SHA256SUMS"
LEVEL = 6


class _Hashed(io.RawIOBase):
    """A file for writing that knows its hash."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=1 << 18)
        self.sha256 = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.sha256.update(data)
        self.size += len(data)
        return self._file.write(data)

    def close(self) -> None:
        self._file.close()
        super().close()


class Dump:
    """A dump being written: ``out`` takes the uncompressed bytes, ``file`` describes it once it is closed."""

    def __init__(self, folder: Path, name: str, format: str, graph: str | None, title: str) -> None:
        self._name, self._format, self._graph, self._title = name, format, graph, title
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._raw = _Hashed(path)
        packed: Any = self._raw
        if name.endswith(".gz"):
            packed = gzip.GzipFile(filename="", mode="wb", compresslevel=LEVEL, fileobj=self._raw, mtime=0)
        self._packed = packed
        self.out = io.BufferedWriter(packed, 1 << 18)
        self.statements = 0

    def close(self) -> None:
        """Write out what is left."""
        self.out.close()
        self._packed.close()
        self._raw.close()

    @property
    def file(self) -> DumpFile:
        """What the file holds; to be asked for when it is closed."""
        return DumpFile(
            name=self._name, format=self._format, graph=self._graph, title=self._title,
            bytes=self._raw.size, sha256=self._raw.sha256.hexdigest(), statements=self.statements,
        )  # fmt: skip


@contextmanager
def dump(
    folder: Path, name: str, format: str, graph: str | None = None, *, title: str = "", into: list[DumpFile]
) -> Iterator[Dump]:
    """Open a dump below ``folder`` (compressed if the name ends in ``.gz``); when it is whole, note it in ``into``."""
    opened = Dump(folder, name, format, graph, title)
    try:
        yield opened
    finally:
        opened.close()
    into.append(opened.file)


@contextmanager
def unpacked(path: Path) -> Iterator[IO[bytes]]:
    """Open a gzip file for reading, fast enough to iterate over its lines."""
    with gzip.open(path, "rb") as packed, io.BufferedReader(packed, 1 << 17) as lines:
        yield lines


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_index(folder: Path, files: Iterable[DumpFile], writer: str) -> None:
    """Write ``SHA256SUMS`` (for ``sha256sum -c``) and ``index.json``, which says what each file is."""
    ordered = sorted(files, key=lambda file: file.name)
    (folder / SUMS).write_text("".join(f"{file.sha256}  {file.name}\n" for file in ordered), encoding="utf-8")
    index = {"writer": writer, "files": [asdict(file) for file in ordered]}
    (folder / INDEX).write_text(json.dumps(index, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_index(folder: Path) -> tuple[str, dict[str, DumpFile]]:
    """Return (writer, files by name) of a folder of dumps; empty ones where it has no index that can be read."""
    try:
        index = json.loads((folder / INDEX).read_bytes())
        return str(index["writer"]), {file["name"]: DumpFile(**file) for file in index["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        return "", {}
