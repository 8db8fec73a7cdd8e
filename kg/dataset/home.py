"""The folder in which a dataset lives, and who may write it.

::

    HOME/
      raw/<source>/<sha256>             every payload as fetched
      writer/store                      the only read-write store; ``writer/staged.json`` says that it is whole
      versions/<id>/                    immutable: store, manifest.json, search.sqlite, quality/, changes/, dumps/
      current -> versions/<id>          replaced atomically
      quarantine/<source>.jsonl         rejects and quarantined records of the newest load of each source
      texts.sqlite                      texts that no licence allows to hand on: beside the graph, never in it
      mentions/<source>.json            organizations that a source names, gathered before it is loaded
      review.jsonl                      which names were taken for one organization and why, and which are in doubt
      decisions.csv                     what people decided about these
      goal-terms.json                   the operator's model of goals, in place of the project's
      writer.lock                       held by the one process that writes
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from kg.errors import HomeLockedError, OperationError, UsageError


class Home:
    """Paths of a home, its current version, and its lock. Making one touches nothing on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.raw = path / "raw"
        self.writer = path / "writer"
        self.versions = path / "versions"
        self.current = path / "current"
        self.quarantine = path / "quarantine"
        self.texts = path / "texts.sqlite"
        self.mentions = path / "mentions"
        self.review = path / "review.jsonl"
        self.decisions = path / "decisions.csv"
        self.goal_terms = path / "goal-terms.json"

    def create(self) -> None:
        """Make the folders.

        Raises:
            OperationError: they cannot be made.
        """
        try:
            for folder in (self.path, self.raw, self.versions, self.quarantine):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OperationError(
                f"{self.path} cannot be made: {error.strerror}", hint="choose another --home"
            ) from error

    def current_id(self) -> str | None:
        """Return the id of the version that is served, None where none was published yet."""
        try:
            return os.readlink(self.current).rpartition("/")[2]  # noqa: PTH115 (a Path costs three times as much)
        except OSError:
            return None

    def whole_id(self) -> str | None:
        """Return the id of the version that is served, if its folder is there; None if it is lost or there is none."""
        current = self.current_id()
        return current if current and (self.versions / current / "manifest.json").is_file() else None

    def version_path(self, version_id: str) -> Path:
        """Return the folder of a version.

        Raises:
            UsageError: there is no such version.
        """
        path = self.versions / version_id
        if version_id.startswith(".") or "/" in version_id or not (path / "manifest.json").is_file():
            known = ", ".join(p.name for p in sorted(self.versions.glob("[!.]*"))) or "none"
            raise UsageError(f"{self.path} has no version {version_id!r}", hint=f"versions: {known}")
        return path

    def current_path(self) -> Path:
        """Return the folder of the version that is served.

        Raises:
            UsageError: nothing was published yet.
        """
        version_id = self.current_id()
        if version_id is None:
            raise UsageError(
                f"{self.path} has no published version", hint="load something first: commons-kg sync FILE.toml"
            )
        return self.version_path(version_id)

    def switch(self, version_id: str) -> None:
        """Make ``current`` point at a version, atomically: readers see the old one or the new one, never none."""
        self.version_path(version_id)
        beside = self.path / ".current.new"
        beside.unlink(missing_ok=True)
        beside.symlink_to(Path("versions") / version_id)
        beside.replace(self.current)
        sync_folder(self.path)

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the right to write; the kernel lets go of it when the process dies.

        Raises:
            HomeLockedError: another process holds it.
        """
        from filelock import FileLock, Timeout  # slow to import, and query workers import this module

        self.create()
        lock = FileLock(self.path / "writer.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:  # an OSError too
            raise HomeLockedError(
                f"another process is writing {self.path}", hint="wait until it has finished, or use another --home"
            ) from None
        except OSError as error:
            why = error.strerror or str(error)
            raise OperationError(f"{self.path} cannot be written: {why}", hint="choose another --home") from error
        try:
            yield
        finally:
            lock.release()


@contextlib.contextmanager
def hold(version: Path) -> Iterator[None]:
    """Keep a version from being pruned while it is open here; never blocks."""
    with (version / "manifest.json").open("rb") as stream:
        fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield


def remove_unless_held(version: Path) -> bool:
    """Delete a version that no process holds; return whether it is gone."""
    with (version / "manifest.json").open("rb") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        doomed = version.with_name(f".gone-{version.name}")
        version.rename(doomed)
    shutil.rmtree(doomed, ignore_errors=True)
    return True


def sync_folder(folder: Path) -> None:
    """Make renames inside a folder last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never half."""
    beside = path.with_name(f".{path.name}.new")
    with beside.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(path)
