"""Metrics as Prometheus reads them: https://prometheus.io/docs/instrumenting/exposition_formats/."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kg.engine.stats import BUCKETS, OUTCOMES
from kg.web.snapshot import Snapshot

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_GAUGES = {
    "processes": "server processes that are counted here",
    "workers": "query worker processes",
    "running": "queries that have a worker",
    "waiting": "queries that wait for a worker",
}
_COUNTERS = {
    "busy": ("worker_seconds_total", "seconds in which workers worked"),
    "kills": ("worker_kills_total", "workers that ended before the answer of their query did"),
    "spawned": ("workers_started_total", "workers started"),
    "slowed": ("queries_slowed_total", "queries that went on in the slow lane"),
}


def exposition(found: Snapshot, version: str | None, triples: int | None) -> str:
    """Return the metrics as text; ``found`` is the sum over all server processes."""
    return "".join(f"{line}\n" for line in _lines(found, version, triples))


def _lines(found: Snapshot, version: str | None, triples: int | None) -> Iterator[str]:
    outcomes = dict.fromkeys(OUTCOMES, 0) | found["outcomes"]
    yield from _head("queries_total", "counter", "queries by how they ended; cached answers are not among them")
    for outcome, count in sorted(outcomes.items()):
        yield _line("queries_total", count, outcome=outcome)
    yield from _head("query_seconds", "histogram", "from the query to the end of its answer; not of cached ones")
    below = 0
    for bound, count in zip((*BUCKETS, "+Inf"), found["latency"], strict=True):
        below += count
        yield _line("query_seconds_bucket", below, le=bound)
    yield _line("query_seconds_sum", round(found["seconds"], 6))
    yield _line("query_seconds_count", below)
    for name, help in _GAUGES.items():
        yield from _head(name, "gauge", help)
        yield _line(name, found[name])
    for key, (name, help) in _COUNTERS.items():
        yield from _head(name, "counter", help)
        yield _line(name, round(found[key], 6))
    yield from _head("requests_total", "counter", "HTTP requests; status 0 is a response that was cut")
    for request, count in sorted(found["requests"].items()):
        method, _, status = request.partition(" ")
        yield _line("requests_total", count, method=method, status=status)
    cache = found["cache"]
    yield from _head("cache_requests_total", "counter", "requests that the result cache was asked about")
    yield _line("cache_requests_total", cache["hits"], outcome="hit")
    yield _line("cache_requests_total", cache["misses"], outcome="miss")
    yield from _head("cache_bytes", "gauge", "bytes in the result cache")
    yield _line("cache_bytes", cache["bytes"])
    yield from _head("cache_entries", "gauge", "answers in the result cache")
    yield _line("cache_entries", cache["entries"])
    if version is not None:
        yield from _head("version_info", "gauge", "the version that is served, as a label")
        yield _line("version_info", 1, version=version)
    if triples is not None:
        yield from _head("version_quads", "gauge", "quads of the version that is served")
        yield _line("version_quads", triples)


def _head(name: str, type: str, help: str) -> Iterator[str]:
    yield f"# HELP commons_kg_{name} {help}"
    yield f"# TYPE commons_kg_{name} {type}"


def _line(name: str, value: float, **labels: Any) -> str:
    inner = ",".join(f'{key}="{_escaped(str(label))}"' for key, label in labels.items())
    return f"commons_kg_{name}{'{' + inner + '}' if inner else ''} {value}"


def _escaped(label: str) -> str:
    return label.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
