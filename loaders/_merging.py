"""Several statements about the same thing made one."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import fields, replace
from typing import Any, TypeVar

from kg.records import Record

R = TypeVar("R", bound=Record)


def merged(old: R, new: R) -> R:
    """Return one record for two statements about the same thing.

    Fields that hold several values keep all of them in the order of first mention; of the others the newer statement
    wins wherever it says something.
    """
    values: dict[str, Any] = {}
    for field in fields(old):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if isinstance(before, tuple):
            values[field.name] = _union((*before, *after))
        else:
            values[field.name] = before if after is None else after
    return replace(old, **values)


def _union(values: Iterable[Hashable]) -> tuple[Hashable, ...]:
    return tuple(dict.fromkeys(values))
