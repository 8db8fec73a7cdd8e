"""Dates as posts state them. A time whose zone is unknown is kept as its day; what names no whole day is no date."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from time import struct_time

from dateutil import parser

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)|(\d{4})(\d\d)(\d\d)")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")
_VAGUE = re.compile(r"\d{4}(-\d\d)?|--.*|-\d.*")
_IN_PATH = re.compile(r"(?:^|/)((?:19|20)\d\d)/(\d\d)/(\d\d)(?:/|$)")
_ZONES = {"UTC": 0, "GMT": 0, "Z": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6,
          "PST": -8, "PDT": -7, "CET": 1, "CEST": 2, "BST": 1}  # fmt: skip
_A, _B = datetime(2000, 1, 1), datetime(2001, 2, 2)  # noqa: DTZ001 (stand-ins that show what a text leaves open)


def _zone(name: str | None, offset: int | None) -> timezone | None:
    if offset is not None:
        return timezone(timedelta(seconds=offset))
    return timezone(timedelta(hours=_ZONES[name])) if name in _ZONES else None


def parse_date(text: object, *, naive_is_utc: bool = False) -> datetime | date | None:
    """Return the moment (aware, UTC) or day that a text in any usual notation states; None where it is none.

    >>> parse_date("2024-03-04T19:23:42+01:00").isoformat(), parse_date("March 4, 2024").isoformat(), parse_date("May")
    ('2024-03-04T18:23:42+00:00', '2024-03-04', None)
    """
    if not isinstance(text, str) or not (text := text.strip()) or len(text) > 80 or _VAGUE.fullmatch(text):
        return None
    try:
        if _MOMENT.fullmatch(text):  # dateutil takes fifty times as long
            return datetime.fromisoformat(text).astimezone(UTC)
        value, other = (parser.parse(text, default=default, tzinfos=_zone) for default in (_A, _B))
        if value.date() != other.date():
            return None
        if value.tzinfo is not None:
            return value.astimezone(UTC)
        if _DAY.fullmatch(text) or not re.search(r"\d:\d|T\d", text):
            return value.date()
        return value.replace(tzinfo=UTC) if naive_is_utc else value.date()
    except (ValueError, OverflowError, TypeError, ArithmeticError):
        return None


def from_feed(parsed: struct_time | None, stated: str | None) -> datetime | date | None:
    """Return the date of a feed's element from feedparser's reading of it (UTC) and its text."""
    text = (stated or "").strip()
    if parsed is None or _VAGUE.fullmatch(text):
        return None
    try:
        if found := re.match(r"(\d{4})-?(\d\d)-?(\d\d)", text):  # feedparser makes 1 March of 30 February
            date(*map(int, found.groups()))
        value = datetime(*parsed[:5], min(parsed[5], 59), tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return value.date() if _DAY.fullmatch(text) else value


def in_path(path: str) -> date | None:
    """Return the day in a path like ``/2012/11/07/slug/``."""
    if found := _IN_PATH.search(path):
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            return None
    return None


def moment(value: datetime | date | None) -> datetime:
    """Return a value that dates and moments can be ordered by; what is undated comes first."""
    if value is None:
        return datetime.min.replace(tzinfo=UTC)
    return value if isinstance(value, datetime) else datetime.combine(value, time(), tzinfo=UTC)
