"""Gzip files that are the same for the same content, compressed and hashed while they are written.

A file is a row of gzip members, which every reader of gzip takes for one
(https://www.rfc-editor.org/rfc/rfc1952#page-5). So those in its middle can be copied into another file as they are. The
compressor is ISA-L's: a tenth of the time of zlib's level 6 for files that are a third larger, and so little that
handing it to other threads gains nothing.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from isal import igzip

from kg.dataset.description import DumpFile
from kg.export.members import Body, Member, is_border

INDEX = "index.json"
SUMS = "SHA256SUMS"
LEVEL = 2
"""Of ISA-L's 0 to 3; the highest takes eight times as long for a quarter less."""
MEMBER = 1 << 18
"""Bytes that are compressed at once."""


def _compressed(data: bytes) -> bytes:
    return bytes(igzip.compress(data, compresslevel=LEVEL, mtime=0))


class Dump(io.RawIOBase):
    """A dump being written: takes the uncompressed bytes; ``file`` describes it once it is closed."""

    def __init__(self, folder: Path, name: str, format: str, graph: str | None, title: str) -> None:
        self._name, self._format, self._graph, self._title = name, format, graph, title
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        path.unlink(missing_ok=True)  # it may be linked from another version
        path.touch()
        self._sha256 = hashlib.sha256()
        self._size = 0
        self._buffer: list[bytes] = []
        self._buffered = 0
        self._mark: tuple[str, int] | None = None
        self.body = Body()
        self._is_packed = name.endswith(".gz")
        self.statements = 0

    @property
    def out(self) -> IO[bytes]:
        """Itself, as what the writers of the formats take."""
        found: Any = self
        return found  # type: ignore[no-any-return]

    def writable(self) -> bool:
        """Whether it takes bytes: yes."""
        return True

    def write(self, data: Any) -> int:
        """Take bytes."""
        piece = bytes(data)
        self._buffer.append(piece)
        self._buffered += len(piece)
        if self._buffered >= MEMBER:
            self._cut()
        return len(piece)

    def head(self, data: bytes) -> None:
        """Take what stands before all that is said of subjects."""
        self.write(data)
        self.body.begin = self._cut()

    def begin(self, subject: str) -> None:
        """Say of which subject the next bytes speak; a member may begin with it."""
        if is_border(subject) or not (self._mark or self.body.members):
            self._cut()
            self._mark = subject, self.statements

    def row(self, subject: str, data: bytes) -> None:
        """Take a row of a table, which is about a subject."""
        self.begin(subject)
        self.write(data)
        self.statements += 1

    def copy(self, path: Path, body: Body, first: int, last: int) -> None:
        """Copy members of another file, from the first to the last."""
        begin, end = body.members[first], body.next(last)
        statements, start = self.statements - begin.statements, self._cut() - begin.start
        self.body.members += [
            Member(one.subject, one.start + start, one.statements + statements)
            for one in body.members[first : last + 1]
        ]
        self.splice(path, begin.start, end.start)
        self.statements += end.statements - begin.statements

    def splice(self, path: Path, start: int, end: int) -> None:
        """Copy members of another file: the bytes between two of their borders."""
        self._cut()
        with path.open("rb") as other:
            other.seek(start)
            while start < end:
                data = other.read(min(end - start, 1 << 20))
                self._put(data)
                start += len(data)

    def tail(self, data: bytes) -> None:
        """Take what stands after all that is said of subjects, and close the file."""
        self.body.end, self.body.statements = self._cut(), self.statements
        self.write(data)
        self.close()

    def close(self) -> None:
        """Write out what is left."""
        if not self.closed:
            try:
                if self._is_packed and not self._size and not self._buffered:
                    self._put(_compressed(b""))  # an empty file is one member
                self._cut()
            finally:
                super().close()

    def _cut(self) -> int:
        """End a member here; return where the next one will begin in the file."""
        if self._buffered:
            if self._mark:
                self.body.members.append(Member(self._mark[0], self._size, self._mark[1]))
                self._mark = None
            data = b"".join(self._buffer)
            self._buffer, self._buffered = [], 0
            self._put(_compressed(data) if self._is_packed else data)
        return self._size

    def _put(self, data: bytes) -> None:
        self._sha256.update(data)
        self._size += len(data)
        with self._path.open("ab") as file:  # held open, the files of many graphs are more than a process may have
            file.write(data)

    @property
    def file(self) -> DumpFile:
        """What the file holds; to be asked for when it is closed."""
        return DumpFile(
            name=self._name, format=self._format, graph=self._graph, title=self._title,
            bytes=self._size, sha256=self._sha256.hexdigest(), statements=self.statements,
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
