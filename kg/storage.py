"""A folder of files: on this machine, or at an address of shared or object storage that fsspec knows.

``s3://bucket/folder``, ``sftp://host/folder``, ``file:///folder``, ``memory://folder`` and so on; the driver of each is
told by its own environment and configuration who may write there. A file appears when it is whole: it is written under
another name and renamed where the storage can rename; an object store shows what was put when all of it is there.
"""

from __future__ import annotations

import contextlib
import importlib
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from kg.errors import CommonsError, InputError, OperationError, UsageError

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*(?:::|://)")
_RENAMING = frozenset({"file", "local", "sftp", "ssh", "smb", "hdfs", "webhdfs", "arrow_hdfs"})
"""Protocols whose storage shows a file while it is written, and can rename one at once."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder by its path or address. It is only looked at, or written to, when a method says so."""

    address: str

    def __str__(self) -> str:
        """Return the path or address."""
        return self.address

    @property
    def folder(self) -> Path | None:
        """The folder, where it is one of this machine that needs no driver."""
        return None if _ADDRESS.match(self.address) else Path(self.address)

    @property
    def of_one_process(self) -> bool:
        """Whether other processes find something else there."""
        return self.address.startswith("memory:")

    @classmethod
    def of(cls, address: str) -> Place:
        """Return a folder that other processes find too, wherever they run."""
        place = cls(address)
        return cls(str(place.folder.absolute())) if place.folder is not None else place

    @classmethod
    def of_file(cls, address: str) -> tuple[Place, str]:
        """Return the folder that a file is in, and the file's name."""
        folder, slash, name = address.rpartition("/")
        return cls(folder or (slash or ".")), name

    @contextlib.contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        """Give a file of this machine to write to; it gets its place when the block ends without an error.

        Raises:
            OperationError: the storage does not take it.
            OSError: the folder of this machine does not take it.
            UsageError: there is no driver for this address.
        """
        beside = f".{name}.{uuid4().hex[:8]}.new"
        if (folder := self.folder) is not None:
            folder.mkdir(parents=True, exist_ok=True)
            try:
                yield folder / beside
                (folder / beside).replace(folder / name)
            finally:
                (folder / beside).unlink(missing_ok=True)
            return
        with tempfile.TemporaryDirectory(prefix="commons-kg-") as here:
            yield Path(here, name)
            with self._driver() as (files, root):
                if self._renames(files):
                    files.makedirs(root, exist_ok=True)
                    files.put_file(str(Path(here, name)), f"{root}/{beside}")
                    files.mv(f"{root}/{beside}", f"{root}/{name}")
                else:
                    files.put_file(str(Path(here, name)), f"{root}/{name}")

    def local(self, name: str, into: Path) -> Path:
        """Return a file, copied into a folder of this machine unless it is there.

        Raises:
            InputError: there is no such file.
            OperationError: the storage does not give it.
            UsageError: there is no driver for this address.
        """
        if (folder := self.folder) is not None:
            return folder / name
        with self._driver() as (files, root):
            try:
                files.get_file(f"{root}/{name}", str(into / name))
            except FileNotFoundError:
                raise InputError("there is no such file", path=f"{self.address}/{name}") from None
        return into / name

    def missing(self, names: Iterable[str]) -> list[str]:
        """Return which of these files are not there.

        Raises:
            OperationError: the storage does not say.
            UsageError: there is no driver for this address.
        """
        if (folder := self.folder) is not None:
            return [name for name in names if not (folder / name).is_file()]
        with self._driver() as (files, root):
            files.invalidate_cache()
            found = {path.rpartition("/")[2] for path in files.ls(root, detail=False)}
        return [name for name in names if name not in found]

    def remove(self, names: Iterable[str]) -> None:
        """Remove files; those that are not there are gone already.

        Raises:
            OperationError: the storage does not do it.
            UsageError: there is no driver for this address.
        """
        if (folder := self.folder) is not None:
            for name in names:
                (folder / name).unlink(missing_ok=True)
            return
        with self._driver() as (files, root):
            for name in names:
                with contextlib.suppress(FileNotFoundError):
                    files.rm_file(f"{root}/{name}")

    def tidy(self) -> None:
        """Remove what workers that were killed had begun to write; to be called when nobody writes.

        Raises:
            OperationError: the storage does not do it.
            UsageError: there is no driver for this address.
        """
        if (folder := self.folder) is not None:
            for file in folder.glob(".*.new"):
                file.unlink(missing_ok=True)
            return
        with self._driver() as (files, root):
            if self._renames(files):
                for file in files.glob(f"{root}/.*.new"):
                    files.rm_file(file)

    @contextlib.contextmanager
    def _driver(self) -> Iterator[tuple[Any, str]]:
        """Give the driver and the folder as it calls it; what it raises becomes an error of ours."""
        try:
            fsspec: Any = importlib.import_module("fsspec")
        except ImportError:
            raise UsageError("fsspec is not installed", hint="pip install 'commons-kg[storage]'") from None
        try:
            files, root = fsspec.url_to_fs(self.address)
        except (ImportError, ValueError) as error:
            raise UsageError(f"{self.address}: {error}", hint="see fsspec's list of drivers") from None
        try:
            yield files, root.rstrip("/")
        except CommonsError:
            raise
        except Exception as error:  # each driver has errors of its own
            raise OperationError(f"{self.address}: {type(error).__name__}: {error}") from error

    @staticmethod
    def _renames(files: Any) -> bool:
        return not _RENAMING.isdisjoint([files.protocol] if isinstance(files.protocol, str) else files.protocol)
