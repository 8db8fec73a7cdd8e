"""What one server process knows of itself, as plain JSON, and how that of several is added up."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from kg.engine.cache import ByteCache
from kg.engine.pool import Pool
from kg.web.access_log import AccessLog

Snapshot = dict[str, Any]


def take(pool: Pool, cache: ByteCache[Any], log: AccessLog) -> Snapshot:
    """Return the counts of this process."""
    stats = pool.stats
    return {
        "outcomes": dict(stats.outcomes),
        "latency": list(stats.latency),
        "seconds": stats.seconds,
        "busy": stats.busy,
        "kills": stats.kills,
        "spawned": stats.spawned,
        "slowed": stats.slowed,
        "processes": 1,
        "workers": pool.alive,
        "running": len(pool.running),
        "waiting": pool.waiting,
        "cache": {"hits": cache.hits, "misses": cache.misses, "bytes": cache.bytes, "entries": len(cache)},
        "requests": {f"{method} {status}": count for (method, status), count in log.requests.items()},
    }


def running(pool: Pool) -> list[dict[str, Any]]:
    """Return the running queries of this process, those first that have run longest."""
    return [
        {
            "id": query.id, "query": query.text, "hash": query.hash, "client": query.client or "local",
            "version": query.answer.version.id if query.answer else None,
            "lane": "slow" if query.worker.is_nice else "quick", "seconds": round(time.time() - query.started, 3),
        }
        for query in sorted(pool.running.values(), key=lambda q: q.started)
    ]  # fmt: skip


def total(snapshots: Iterable[Snapshot]) -> Snapshot:
    """Add up, number by number.

    >>> total([{"a": 1, "b": {"x": 1}, "c": [1, 2]}, {"a": 2, "b": {"y": 1}, "c": [3, 4]}])
    {'a': 3, 'b': {'x': 1, 'y': 1}, 'c': [4, 6]}
    """
    found: Snapshot = {}
    for snapshot in snapshots:
        for name, value in snapshot.items():
            found[name] = value if name not in found else _sum(found[name], value)
    return found


def _sum(left: Any, right: Any) -> Any:
    if isinstance(left, dict):
        return total([left, right])
    if isinstance(left, list):
        return [a + b for a, b in zip(left, right, strict=True)]
    return left + right
