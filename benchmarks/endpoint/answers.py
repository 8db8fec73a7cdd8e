"""What a server answers, in a form that can be compared between servers."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from urllib.parse import quote

import pyoxigraph as ox

from benchmarks.endpoint.measure import TIMEOUT

_GRAPH = re.compile(r"^\s*(CONSTRUCT|DESCRIBE)\b", re.MULTILINE)
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: rows of values by variable, statements, or a word."""

    rows: tuple[Row, ...] = ()
    kind: str = "rows"
    """``rows``, ``triples``, or what there was in place of these."""

    @property
    def size(self) -> str:
        """How much it is."""
        return f"{len(self.rows)} {self.kind}" if self.kind in ("rows", "triples") else self.kind

    def same(self, other: Answer, key: str = "") -> bool:
        """Whether both say the same; with ``key``, in this variable and order alone: of equal ones any may be left out
        by a LIMIT."""
        if key:
            return [row.get(key) for row in self.rows] == [row.get(key) for row in other.rows]
        return self.kind == other.kind and _sorted(self.rows) == _sorted(other.rows)


def answer(port: int, path: str, query: str) -> Answer:
    """Ask a server once."""
    address = f"http://127.0.0.1:{port}{path}{'&' if '?' in path else '?'}query={quote(query, safe='')}"
    accept = "application/n-triples, text/turtle;q=0.9" if _GRAPH.search(query) else "application/sparql-results+json"
    request = urllib.request.Request(address, headers={"Accept": accept})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
            return _read(response.headers.get_content_type(), response.read())
    except urllib.error.HTTPError as error:
        return Answer(kind=f"status {error.code}")
    except (OSError, ValueError) as error:
        return Answer(kind=f"no answer ({error})")


def _read(media_type: str, body: bytes) -> Answer:
    if media_type.endswith("json"):
        found = json.loads(body)
        if "boolean" in found:
            return Answer(kind=str(found["boolean"]))
        rows = (
            {name: _value(str(term["value"])) for name, term in row.items()} for row in found["results"]["bindings"]
        )
        return Answer(tuple(rows))
    form = ox.RdfFormat.from_media_type(media_type)
    if form is None:
        raise ValueError(f"{media_type} is no form of triples")
    triples = (
        {"s": str(quad.subject), "p": str(quad.predicate), "o": _value(getattr(quad.object, "value", ""))}
        for quad in set(ox.parse(body, form))
    )
    return Answer(tuple(triples), "triples")


def _value(text: str) -> str:
    """Return a value without what engines write differently: the fraction and the zone of a time, a zero at the end."""
    if text[10:11] == "T":
        return text.removesuffix("Z").partition(".")[0]
    return text.rstrip("0").rstrip(".") if text.replace(".", "", 1).isdigit() and "." in text else text


def _sorted(rows: tuple[Row, ...]) -> list[list[tuple[str, str]]]:
    return sorted(sorted(row.items()) for row in rows)
