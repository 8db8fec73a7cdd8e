"""What a source's graph depends on, as a hash: what was loaded before is not loaded again."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from kg import __version__
from kg.loader import Loader, Source
from kg.resources import PACKAGE, folder


def fingerprint_of(source: Source, loader: Loader, base: str, *, links: str = "") -> str:
    """Return a hash of everything that a source's graph depends on.

    ``base`` is the base IRI, ``links`` what the register says about the organizations that the source names.
    """
    parts: list[Any] = [
        source.name,
        source.title,
        source.url,
        source.licence,
        source.publisher,
        dict(source.options),
        base,
        loader.name,
        loader.version,
        __version__,
        code_digest(),
        _loader_digest(loader),
        [(p.name, p.url, p.sha256, p.retrieved.isoformat() if p.retrieved else None) for p in source.payloads],
        *([links] if links else []),
    ]
    return hashlib.sha256(json.dumps(parts, default=str, sort_keys=True).encode()).hexdigest()


@cache
def code_digest() -> str:
    """Return a hash of the code, shapes and authority files that turn records into quads."""
    files = [*PACKAGE.glob("*.py"), *PACKAGE.glob("mapping/*.py"), *PACKAGE.glob("validation/*.py")]
    files += PACKAGE.glob("linking/*")
    files += [*folder("shapes").glob("*.ttl"), *folder("ontology").glob("*.csv")]
    return _digest(sorted(file for file in files if file.is_file()))


def _loader_digest(loader: Loader) -> str:
    file = inspect.getsourcefile(loader.read)
    return _digest(sorted(Path(file).parent.glob("*.py"))) if file else ""


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
