"""The questions that people ask of the graph, ``kg/queries/questions/NAME.rq``, and how their headers are read.

A file is a SELECT query that is valid as it stands, after lines that say what it is for::

    #+ summary: Who was a member of an alliance on a given day?
    #+ description: What a reader must know to take the answer for what it is.
    #+ tags: members, dates
    #+ parameter: alliance | thing | Alliance | id/organization/digital-public-goods-alliance | alliances
    #+ parameter: day | date | Day | 2024-06-01
    #+ column: since | Member since
    #+ chart: bar | member | goods

The first tag is the group in which the question stands. A parameter is its name, which the query writes ``$name`` in
place of a term; its type (``TYPES``); its label; its default, which for a thing is an IRI, a CURIE, or a path below
the base; and for a thing the query in ``questions/choices`` that selects as ``?thing`` what it may be. A column is a
variable and its heading, where the variable's name in words will not do. A variable ``?x`` with ``?xLabel`` beside it
is shown as one column of links. A chart is its form (``CHARTS``), the variable of its labels or dates, and that of its
numbers; a timeline has those of its labels, beginnings and ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kg.resources import PACKAGE

FOLDER = PACKAGE / "queries" / "questions"

TYPES = ("thing", "date", "number", "text")
"""Of parameters: an IRI, an xsd:date, an xsd:integer, a plain string."""

CHARTS = {"bar": 2, "line": 2, "timeline": 3}
"""Form of a chart -> how many variables it takes."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something that the reader chooses."""

    name: str
    type: str
    label: str
    default: str
    choices: str | None = None
    """Name of the query that selects what a thing may be."""


@dataclass(frozen=True, slots=True)
class Chart:
    """How an answer is drawn."""

    form: str
    variables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its query."""

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: dict[str, str] = field(hash=False)
    """Variable -> heading."""
    chart: Chart | None
    text: str
    """The query without its header."""

    def heading(self, variable: str) -> str:
        """Return the heading of a column, in English.

        >>> parse("x", "#+ summary: X\\nSELECT * {}").heading("firstSeen")
        'First seen'
        """
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", variable.removesuffix("Label")).lower()
        return self.columns.get(variable, words[:1].upper() + words[1:])


def parse(name: str, text: str) -> Question:
    """Read a query with its header.

    Raises:
        ValueError: the header is not as the module's documentation says.
    """
    header: dict[str, list[str]] = {}
    for line in re.findall(r"^#\+ (.*)$", text, re.MULTILINE):
        key, _, value = line.partition(":")
        header.setdefault(key.strip(), []).append(value.strip())
    unknown = set(header) - {"summary", "description", "tags", "parameter", "column", "chart"}
    if unknown or "summary" not in header:
        raise ValueError(f"{name}: the header has no summary, or has {sorted(unknown)}")
    body = re.sub(r"^#\+.*\n", "", text, flags=re.MULTILINE).strip() + "\n"
    parameters = tuple(_parameter(name, _parts(value)) for value in header.get("parameter", ()))
    for parameter in parameters:
        if f"${parameter.name}" not in body:
            raise ValueError(f"{name}: the query does not use ${parameter.name}")
    charts = [_chart(name, _parts(value)) for value in header.get("chart", ())]
    return Question(
        name, header["summary"][0], " ".join(header.get("description", ())),
        tuple(t.strip() for t in ",".join(header.get("tags", ())).split(",") if t.strip()), parameters,
        dict(_pair(name, _parts(value)) for value in header.get("column", ())), charts[0] if charts else None, body,
    )  # fmt: skip


def _parts(value: str) -> list[str]:
    return [part.strip() for part in value.split("|")]


def _pair(name: str, parts: list[str]) -> tuple[str, str]:
    if len(parts) != 2:
        raise ValueError(f"{name}: a column is a variable and its heading, not {parts}")
    return parts[0], parts[1]


def _parameter(name: str, parts: list[str]) -> Parameter:
    if len(parts) not in (4, 5) or parts[1] not in TYPES or (parts[1] == "thing") != (len(parts) == 5):
        raise ValueError(f"{name}: a parameter is: name | type | label | default | choices of a thing, not {parts}")
    return Parameter(*parts)


def _chart(name: str, parts: list[str]) -> Chart:
    if CHARTS.get(parts[0]) != len(parts) - 1:
        raise ValueError(f"{name}: a chart is its form and its variables, not {parts}")
    return Chart(parts[0], tuple(parts[1:]))


@cache
def questions() -> dict[str, Question]:
    """Return all questions by name."""
    return {path.stem: parse(path.stem, path.read_text(encoding="utf-8")) for path in _files(FOLDER.glob("*.rq"))}


def _files(found: Iterable[Path]) -> list[Path]:
    return sorted(found, key=lambda path: path.stem)
