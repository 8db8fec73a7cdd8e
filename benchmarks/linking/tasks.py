"""The tasks, by name. A task of a module of its own is one line here."""

from __future__ import annotations

from benchmarks.linking import (
    countries,
    goals,
    goods,
    licences,
    memberships,
    mentions,
    organizations,
    posts,
    registered,
    stated,
)
from benchmarks.linking.score import Task

TASKS: tuple[Task, ...] = (
    *organizations.TASKS,
    *registered.TASKS,
    *licences.TASKS,
    *countries.TASKS,
    *memberships.TASKS,
    *mentions.TASKS,
    *posts.TASKS,
    *stated.TASKS,
    *goals.TASKS,
    *goods.TASKS,
)
