"""What the commands do, without a terminal: each function is one command of ``kg.cli``."""

from __future__ import annotations

from kg.operations.installation import Finding, doctor, loaders
from kg.operations.loading import Outcome, load, load_shards, sample, sync, write_shards
from kg.operations.publishing import diff, prune, publish, remove, rollback, train_goals, versions
from kg.operations.reading import decide, export, query, review, stats, validate
from kg.operations.serving import serve

__all__ = [
    "Finding", "Outcome", "decide", "diff", "doctor", "export", "load", "load_shards", "loaders", "prune", "publish",
    "query", "remove", "review", "rollback", "sample", "serve", "stats", "sync", "train_goals", "validate", "versions",
    "write_shards",
]  # fmt: skip
