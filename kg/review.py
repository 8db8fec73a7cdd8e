"""Organizations that may be one: what scores leave in doubt, for a person to decide."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kg.dataset.home import Home
from kg.dataset.writer import store_errors
from kg.errors import UsageError
from kg.linking import register


class Pair(NamedTuple):
    """Two organizations that were compared."""

    verdict: str
    """``joined``, ``doubt``, ``conflict``: sure enough, but what is joined to them is known to be two."""
    score: float
    evidence: tuple[str, ...]
    organization: dict[str, Any]
    other: dict[str, Any]


def pairs(version: Path, *, joined: bool = False) -> list[Pair]:
    """Return the pairs of a version that a person should look at, the surest first; or those that were joined."""
    path = version / "review.jsonl"
    if not path.is_file():
        return []
    read = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    found = [Pair(p["verdict"], p["score"], tuple(p["evidence"]), p["organization"], p["other"]) for p in read]
    return sorted((p for p in found if (p.verdict == "joined") is joined), key=lambda p: -p.score)


def decide(home: Home, locals_: Sequence[str], *, same: bool, note: str = "") -> None:
    """Record that two organizations, by their local names, are one or are two; the next load follows it.

    Raises:
        UsageError: they are not two, or no load compared them.
    """
    if len(set(locals_)) != 2:
        raise UsageError("name two different organizations by their local names", hint="commons-kg review lists them")
    known = {frozenset((p.organization["local"], p.other["local"]))
             for which in (True, False) for p in pairs(home.path, joined=which)}  # fmt: skip
    if frozenset(locals_) not in known:
        raise UsageError(f"{locals_[0]} and {locals_[1]} were not compared", hint="commons-kg review lists the pairs")
    with store_errors(home.decisions), home.lock():
        register.decide(home.decisions, locals_[0], locals_[1], same, note)
