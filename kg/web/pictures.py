"""The picture of an answer, as the header of its question asks for it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date

from kg.questions import Chart
from kg.web import terms
from kg.web.answers import Answer
from kg.web.charts import COLOURS, Bars, Interval, Item, Line, Timeline, bars, line, timeline
from kg.web.site import Row, Site

_GOAL = "http://metadata.un.org/sdg/"

Picture = Bars | Line | Timeline


def picture_of(site: Site, answer: Answer, chart: Chart) -> Picture | None:
    """Return the picture of an answer; None where it has nothing to draw."""
    match chart.form, chart.variables:
        case "bar", (label, number):
            return bars([_item(site, answer, row, label, value) for row, value in _numbers(answer, number)])
        case "line", (label, number):
            found = ((_day(row, label), value, "") for row, value in _numbers(answer, number))
            return line([(day, value, href) for day, value, href in found if day is not None], steps=True)
        case "timeline", (label, start, end):
            intervals = []
            for row in answer.solutions:
                began = _day(row, start)
                if began is not None:
                    name = answer.text(row, label)
                    href, part = _href(site, answer, row, label), _href(site, answer, row, "membership")
                    intervals.append(Interval(name, began, _day(row, end), href, part))
            return timeline(intervals)
    raise AssertionError(chart)


def _numbers(answer: Answer, variable: str) -> Iterator[tuple[Row, float]]:
    for row in answer.solutions:
        with contextlib.suppress(KeyError, ValueError):
            yield row, float(row[variable]["value"])


def _item(site: Site, answer: Answer, row: Row, label: str, value: float) -> Item:
    thing = row.get(label.removesuffix("Label"), {}).get("value", "")
    number = thing.removeprefix(_GOAL)
    is_goal = thing.startswith(_GOAL) and number.isdecimal() and 1 <= int(number) <= 17
    name = answer.text(row, label) or thing
    if thing and label.endswith("Label"):
        name = terms.value_of({"type": "uri", "value": thing}, site.options.base, name).text
    return Item(name, value, _href(site, answer, row, label), COLOURS[int(number) - 1] if is_goal else "")


def _href(site: Site, answer: Answer, row: Row, label: str) -> str:
    term = row.get(label.removesuffix("Label"))
    if term is None or term["type"] != "uri":
        return ""
    return terms.href(term["value"], site.options.base, known=True) or ""


def _day(row: Row, variable: str) -> date | None:
    with contextlib.suppress(KeyError, ValueError):
        return date.fromisoformat(row[variable]["value"][:10])
    return None
