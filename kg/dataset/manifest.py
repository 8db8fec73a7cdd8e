"""What is known of a version, as written to its ``manifest.json``."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kg.errors import StoreError


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """One source as it stands in a version; ``read`` = ``loaded`` + ``rejected`` + ``quarantined``."""

    name: str
    loader: str
    graph: str
    """IRI of its named graph."""
    fingerprint: str
    """Stands for everything the graph was made from: payloads, loader version, options, shapes, code version."""
    read: int
    loaded: int
    rejected: int
    quarantined: int
    warnings: int
    """SHACL results below Violation."""
    quads: int
    title: str | None = None
    url: str | None = None
    licence: str | None = None
    publisher: str | None = None
    unresolved: dict[str, int] = field(default_factory=dict)
    """Kind of name -> how many different names of that kind nothing was found for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a version adds to and removes from one graph of its parent."""

    graph: str
    added: int
    removed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A version: when, from what, and what changed against its parent."""

    id: str
    created: str
    """ISO 8601, UTC."""
    parent: str | None
    software: str
    base: str
    quads: int
    sources: tuple[SourceState, ...]
    derived: dict[str, int]
    """Derived graph IRI -> quads."""
    changes: tuple[Change, ...]
    statistics: dict[str, Any]
    dumps: tuple[dict[str, Any], ...] = ()
    """Empty in a version that an update made, until a load or ``publish`` makes the next one."""
    doubts: int = 0
    """How many pairs of organizations a person should look at: ``review.jsonl`` in the version's folder."""
    rules: str = ""
    """What the derived graphs were made by: a hash of rules, code and authority files."""
    union_default_graph: bool = True
    """Whether the default graph is the union of the named ones; else it is an ordinary graph."""

    def json(self) -> bytes:
        """Return the manifest as JSON text."""
        return (json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n").encode()

    @classmethod
    def read(cls, version: Path) -> Manifest:
        """Read the manifest of a version's folder.

        Raises:
            StoreError: it is missing or damaged.
        """
        path = version / "manifest.json"
        try:
            data = json.loads(path.read_bytes())
            data["sources"] = tuple(SourceState(**s) for s in data["sources"])
            data["changes"] = tuple(Change(**c) for c in data["changes"])
            data["dumps"] = tuple(data["dumps"])
            return cls(**data)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise StoreError(
                f"{path} cannot be read: {error}", hint="roll back to another version: commons-kg versions list"
            ) from error
