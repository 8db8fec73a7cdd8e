"""Sources files: which sources a dataset is made of, and where their payloads are.

A sources file is TOML with a table ``[[source]]`` for each source::

    [[source]]
    name = "dpga-registry"            # also the name of its graph: letters, digits, - and _
    loader = "registry"               # commons-kg loaders
    title = "Registry of digital public goods"
    paths = ["registry/*.json"]       # files, folders (all files below) and globs, relative to this file; or:
    fetch = ["https://..."]           # addresses that sync fetches
    url = "https://..."               # public address of the source: base of its relative links
    licence = "CC0-1.0"               # of the data: SPDX id or URL
    publisher = "..."
    retrieved = 2026-11-01            # when the paths were retrieved, where known
    every = "1d"                      # fetch at most so often: m, h, d, w
    [source.options]                  # what its loader wants to know: commons-kg loaders NAME
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.loader import Payload, Source

_KEYS: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "loader": str,
    "title": str,
    "paths": list,
    "fetch": list,
    "url": str,
    "licence": str,
    "publisher": str,
    "retrieved": (date, datetime),
    "every": str,
    "options": dict,
}
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceConfig:
    """One ``[[source]]``; ``folder`` is where its relative paths start."""

    name: str
    loader: str
    folder: Path
    paths: tuple[str, ...] = ()
    fetch: tuple[str, ...] = ()
    title: str | None = None
    url: str | None = None
    licence: str | None = None
    publisher: str | None = None
    retrieved: datetime | None = None
    every: timedelta | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", self.name):
            raise InputError(f"source {self.name!r}: a name consists of letters, digits, - and _")
        if self.name == "description":
            raise InputError("source 'description': that is the graph that describes the dataset")
        for address in (self.url, *self.fetch):
            if address is not None and not is_web_address(address):
                raise InputError(
                    f"source {self.name!r}: {address!r} is no web address", hint="it begins with http:// or https://"
                )

    def with_payloads(self, payloads: list[Payload]) -> Source:
        """Return the source with its payloads at hand."""
        return Source(
            name=self.name,
            loader=self.loader,
            payloads=payloads,
            title=self.title,
            url=self.url,
            licence=self.licence,
            publisher=self.publisher,
            options=self.options,
        )

    def local_payloads(self) -> list[Payload]:
        """Return the payloads that ``paths`` name, each once, sorted by name; hidden files are left out.

        Raises:
            InputError: a path or glob matches no file: the source has vanished.
        """
        found: dict[Path, Payload] = {}
        for pattern in self.paths:
            try:
                matches = list(_matches(self.folder, pattern))
            except (OSError, ValueError) as error:  # ValueError: of a pattern like a**
                raise InputError(f"source {self.name!r}: {pattern!r}: {error}", path=str(self.folder)) from error
            if not matches:
                raise InputError(
                    f"source {self.name!r}: {pattern!r} matches no file",
                    path=str(self.folder),
                    hint="mend the path in the sources file; the graph that was loaded before stays as it is",
                )
            for root, file in matches:
                name = file.relative_to(root).as_posix()
                found.setdefault(file, Payload(name=name, path=file, retrieved=self.retrieved))
        return sorted(found.values(), key=lambda p: (p.name, str(p.path)))


def is_web_address(text: str) -> bool:
    """Whether a text is an absolute http or https address without blanks and the like."""
    return bool(re.fullmatch(r"https?://[^\s/<>\"{}|\\^`][^\s<>\"{}|\\^`]*", text))


def _matches(folder: Path, pattern: str) -> Iterator[tuple[Path, Path]]:
    """Yield (root that names are relative to, file) for a file, a folder or a glob."""
    path = folder / pattern
    if path.is_dir():
        yield from ((path, file) for file in _files_below(path))
    elif path.is_file():
        yield path.parent, path
    elif any(c in pattern for c in "*?["):
        fixed = Path(
            *(parts := Path(pattern).parts)[: next(i for i, p in enumerate(parts) if any(c in p for c in "*?["))]
        )
        root = folder / fixed
        rest = Path(pattern).relative_to(fixed)
        if root.is_dir():
            _ = _files_below(root) if "**" in pattern else list(root.iterdir())  # globs pass over what cannot be read
            for match in sorted(root.glob(str(rest))):
                if match.is_dir() and not str(rest).endswith("**"):
                    yield from ((root, file) for file in _files_below(match))
                elif _wanted(match):
                    yield root, match


def _files_below(folder: Path) -> list[Path]:
    """Return the payloads below a folder, sorted.

    Raises:
        OSError: a folder below cannot be read; a part of a source must not be missing without a word.
    """

    def give_up(error: OSError) -> None:
        raise error

    walk = os.walk(folder, onerror=give_up)
    return sorted(file for path, _, names in walk for name in names if _wanted(file := Path(path, name)))


def _wanted(file: Path) -> bool:
    """Whether a file is a payload; a dangling link is one too, so that it is rejected and not overlooked."""
    return not file.name.startswith(".") and (file.is_file() or file.is_symlink())


def read_sources(path: Path) -> list[SourceConfig]:
    """Read a sources file.

    Raises:
        InputError: it cannot be read, a key is unknown or missing or has the wrong type, or a name stands twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"sources file cannot be read: {error}", path=str(path)) from error
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, column = (int(m) for m in re.findall(r"\d+", str(error))[-2:]) if "line" in str(error) else (None, None)
        excerpt = text.splitlines()[line - 1] if line and line <= len(text.splitlines()) else None
        raise InputError(
            f"no valid TOML: {error}", path=str(path), line=line, column=column, excerpt=excerpt
        ) from error
    tables = data.get("source")
    if not isinstance(tables, list) or not tables or set(data) != {"source"}:
        raise InputError("a sources file consists of [[source]] tables", path=str(path), hint=__doc__)
    configs = [_config(table, path, number) for number, table in enumerate(tables, 1)]
    names = [config.name for config in configs]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"two sources are named {name!r}", path=str(path), line=_line_of(text, name))
    return configs


def _line_of(text: str, name: str) -> int | None:
    return next((n for n, line in enumerate(text.splitlines(), 1) if name in line), None)


def _config(table: dict[str, Any], path: Path, number: int) -> SourceConfig:
    where = f"source {table.get('name', f'number {number}')!r}"

    def wrong(message: str, hint: str | None = None) -> InputError:
        return InputError(f"{where}: {message}", path=str(path), hint=hint)

    for key, value in table.items():
        if key not in _KEYS:
            near = get_close_matches(key, _KEYS, 1)
            raise wrong(f"unknown key {key!r}", f"did you mean {near[0]!r}?" if near else f"keys: {', '.join(_KEYS)}")
        if not isinstance(value, _KEYS[key]):
            raise wrong(f"{key!r} has the wrong type: {value!r}")
    for key in ("name", "loader"):
        if key not in table:
            raise wrong(f"{key!r} is missing")
    if bool(table.get("paths")) == bool(table.get("fetch")):
        raise wrong("either 'paths' or 'fetch' says where the payloads are")
    for key in ("paths", "fetch"):
        if not all(isinstance(item, str) and item for item in table.get(key, [])):
            raise wrong(f"{key!r} is a list of strings")
    every = None
    if "every" in table:
        match = re.fullmatch(r"(\d+)\s*([mhdw])", table["every"])
        if not match:
            raise wrong(f"'every' is a number and m, h, d or w, not {table['every']!r}")
        try:
            every = timedelta(**{_UNITS[match[2]]: int(match[1])})
        except OverflowError:
            raise wrong(f"'every' is too long: {table['every']!r}") from None
    retrieved = table.get("retrieved")
    if isinstance(retrieved, date) and not isinstance(retrieved, datetime):
        retrieved = datetime(retrieved.year, retrieved.month, retrieved.day, tzinfo=UTC)
    elif isinstance(retrieved, datetime) and retrieved.tzinfo is None:
        retrieved = retrieved.replace(tzinfo=UTC)
    return SourceConfig(
        name=table["name"],
        loader=table["loader"],
        folder=path.parent,
        paths=tuple(table.get("paths", ())),
        fetch=tuple(table.get("fetch", ())),
        title=table.get("title"),
        url=table.get("url"),
        licence=table.get("licence"),
        publisher=table.get("publisher"),
        retrieved=retrieved,
        every=every,
        options=table.get("options", {}),
    )
