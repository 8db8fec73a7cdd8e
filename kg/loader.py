"""What a loader is, and how the installed ones are found.

A loader turns the payloads of one source into records. It is pure: no network, no clock, no store, the same payloads
give the same records in the same order. A third party adds one by installing a package with an entry point in the
group ``commons_kg.loaders`` that names a ``Loader``.
"""

from __future__ import annotations

import fnmatch
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from importlib.metadata import entry_points
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Any

from kg.errors import InputError, UsageError
from kg.records import Origin, Record, Reject

GROUP = "commons_kg.loaders"


@dataclass(frozen=True, slots=True)
class Range:
    """Which bytes of a payload are read, where it is read in parts (``kg.splitting``)."""

    start: int
    end: int
    before: bytes = b""
    """What is put before the bytes, and after them, so that they are read as the whole is."""
    after: bytes = b""
    items: int = 0
    """Records of the payload that stand before the range."""
    lines: int = 0
    """Lines that do."""


@dataclass(frozen=True)
class Payload:
    """The bytes that a source delivered, with what is known about the delivery."""

    name: str
    """Its URL, or its path relative to the source's folder, with ``/``."""
    path: Path
    """Where the bytes lie now."""
    url: str | None = None
    """The public address of this very payload, against which its relative links are resolved."""
    media_type: str | None = None
    retrieved: datetime | None = None
    range: Range | None = None
    """Which part of the file this is; None: all of it."""

    def open(self) -> IO[bytes]:
        """Open the bytes for streaming.

        Raises:
            InputError: the file has vanished or cannot be read.
        """
        try:
            if self.range is None:
                return self.path.open("rb")
            with self.path.open("rb") as stream:
                stream.seek(self.range.start)
                found = stream.read(self.range.end - self.range.start)
            return BytesIO(self.range.before + found + self.range.after)
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", path=str(self.path)) from error

    def read(self) -> bytes:
        """Return all the bytes.

        Raises:
            InputError: the file has vanished or cannot be read.
        """
        with self.open() as stream:
            return stream.read()

    @cached_property
    def sha256(self) -> str:
        """Hexadecimal SHA-256 of the bytes; of none, where they cannot be read (see ``unreadable``)."""
        digest = hashlib.sha256()
        if unreadable(self) is None:
            with self.open() as stream:
                while chunk := stream.read(1 << 20):
                    digest.update(chunk)
        return digest.hexdigest()

    @property
    def items_before(self) -> int:
        """How many records of the file stand before what this opens as."""
        return self.range.items if self.range else 0

    @property
    def lines_before(self) -> int:
        """How many lines of the file do."""
        return self.range.lines if self.range else 0

    @property
    def suffix(self) -> str:
        """Lower-case file name extension with its dot, or an empty string."""
        return PurePosixPath(self.name).suffix.lower()

    def matches(self, pattern: str) -> bool:
        """Whether the name matches a shell pattern."""
        return fnmatch.fnmatch(self.name, pattern)


@dataclass(frozen=True, kw_only=True)
class Source:
    """A source as the sources file describes it, with its payloads at hand."""

    name: str
    loader: str
    payloads: Sequence[Payload]
    title: str | None = None
    url: str | None = None
    """The source's public address: base of relative links where a payload has none of its own."""
    licence: str | None = None
    """Licence of the data: URL or SPDX id."""
    publisher: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    """``[source.options]``: what this loader wants to know; each loader documents its own."""


@dataclass(frozen=True, kw_only=True)
class Loader:
    """A kind of source. ``read`` yields every record of the source, or a reject in its place."""

    name: str
    version: str
    """Goes up whenever the same payload gives other records: it is part of a load's fingerprint."""
    summary: str
    forms: tuple[str, ...]
    """The forms it reads, each with a line for people."""
    read: Callable[[Source], Iterator[Record | Reject]]
    options: Mapping[str, str] = field(default_factory=dict)
    """Option name -> help."""
    split: Callable[[Source], Sequence[Source] | None] | None = None
    """Takes a big source apart into sources (``kg.splitting``) that are read, mapped and validated by themselves: of
    them, one after the other, ``read`` gives what it gives of the whole. None: it cannot be taken apart."""


def installed() -> dict[str, Loader]:
    """Return the installed loaders by name.

    Raises:
        UsageError: an entry point does not name a ``Loader``, or two have the same name.
    """
    found: dict[str, Loader] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda p: p.name):
        loader = point.load()
        if not isinstance(loader, Loader):
            raise UsageError(
                f"entry point {point.value!r} of group {GROUP} is a {type(loader).__name__}, not a kg.loader.Loader"
            )
        if point.name in found:
            raise UsageError(f"two installed packages bring a loader named {point.name!r}")
        found[point.name] = loader
    return found


def get(name: str, loaders: Mapping[str, Loader] | None = None) -> Loader:
    """Return one installed loader.

    Raises:
        UsageError: none has that name; the message lists those that exist.
    """
    available = installed() if loaders is None else loaders
    try:
        return available[name]
    except KeyError:
        raise UsageError(
            f"no loader is named {name!r}", hint=f"installed: {', '.join(sorted(available)) or 'none'}"
        ) from None


def unreadable(payload: Payload) -> Reject | None:
    """Return the reject for a payload whose bytes cannot be had, None where they can: the others are still read."""
    try:
        with payload.open() as stream:
            stream.read(1)
    except InputError as error:
        why = error.message
    except OSError as error:
        why = error.strerror or type(error).__name__
    else:
        return None
    return Reject(
        origin=Origin(payload=payload.name), reason="the payload cannot be read", excerpt=excerpt(why),
        hint="mend the link or the permissions of the file, or leave it out of the source's paths",
    )  # fmt: skip


def excerpt(text: str | Iterable[str], limit: int = 300) -> str:
    """Return text for a reject or a quotation: white space folded, cut at ``limit`` characters."""
    folded = " ".join((text if isinstance(text, str) else " ".join(text)).split())
    return folded if len(folded) <= limit else folded[: limit - 1].rstrip() + "…"
