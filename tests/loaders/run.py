"""Run a loader on files, as ingest does, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kg.identifiers import Minter
from kg.linking import Linker
from kg.loader import Payload, Source, get
from kg.mapping import Context, quads
from kg.records import Record, Reject


def payloads(*paths: Path, base: Path | None = None) -> list[Payload]:
    """Payloads for files, and for all files below folders, in sorted order."""
    found: list[Payload] = []
    for path in paths:
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        root = base or (path if path.is_dir() else path.parent)
        found += [Payload(name=file.relative_to(root).as_posix(), path=file) for file in files]
    return found


def read(
    loader: str,
    *paths: Path,
    base: Path | None = None,
    url: str | None = None,
    options: Mapping[str, Any] | None = None,
) -> tuple[list[Record], list[Reject]]:
    """Return (records, rejects) of a loader on these files."""
    source = Source(name="test", loader=loader, payloads=payloads(*paths, base=base), url=url, options=options or {})
    items = list(get(loader).read(source))
    return [i for i in items if isinstance(i, Record)], [i for i in items if isinstance(i, Reject)]


def nquads(records: list[Record]) -> list[str]:
    """Return the sorted N-Quads lines that records map to."""
    mint = Minter()
    context = Context(mint=mint, links=Linker(mint), graph=mint.graph("test"))
    return sorted({f"{quad} ." for record in records for quad in quads(record, context)})
