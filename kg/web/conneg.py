"""Which representation a client wants: suffix or parameter, else Accept with its q-values, else a default.

https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1; what clients really send stands in ``tests/web/test_conneg.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True, eq=False)
class Format:
    """A format is a value that knows its extension, media type and names."""

    extension: str
    media_type: str
    title: str
    names: tuple[str, ...] = ()
    """Other values of ``?format=``."""
    also: tuple[str, ...] = ()
    """Other media types that ask for it."""

    @property
    def content_type(self) -> str:
        """The media type with the charset where it is a text type."""
        return content_type(self.media_type)


JSON = Format("json", "application/sparql-results+json", "JSON", (), ("application/json", "text/json"))
XML = Format("xml", "application/sparql-results+xml", "XML", (), ("application/xml", "text/xml"))
CSV = Format("csv", "text/csv", "CSV")
TSV = Format("tsv", "text/tab-separated-values", "TSV")
TURTLE = Format("ttl", "text/turtle", "Turtle", ("turtle", "n3"), ("application/turtle", "application/x-turtle",
                "text/n3", "text/rdf+n3", "application/n3", "application/trig"))  # fmt: skip
NTRIPLES = Format("nt", "application/n-triples", "N-Triples", ("ntriples", "n-triples"), ("text/plain",))
RDFXML = Format("rdf", "application/rdf+xml", "RDF/XML", ("rdfxml", "rdf+xml", "rdf-xml", "xml"),
                ("application/xml", "text/xml"))  # fmt: skip
JSONLD = Format("jsonld", "application/ld+json", "JSON-LD", ("json-ld", "json"), ("application/json",))
NQUADS = Format("nq", "application/n-quads", "N-Quads", ("nquads", "n-quads"), ("text/x-nquads",))
TRIG = Format("trig", "application/trig", "TriG", (), ("application/x-trig",))
PAGE = Format("html", "text/html", "page", (), ("application/xhtml+xml",))

RESULTS = (JSON, XML, CSV, TSV)
GRAPHS = (TURTLE, NTRIPLES, RDFXML, JSONLD)
THING = (TURTLE, JSONLD, NTRIPLES, RDFXML, CSV, TRIG, NQUADS)
"""Representations of a thing beside its page; with TriG and N-Quads, each statement is in its graph."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A format, and the media type under which the client asked for it."""

    format: Format
    media_type: str

    @property
    def content_type(self) -> str:
        """The value of the Content-Type header."""
        return content_type(self.media_type)


def content_type(media_type: str) -> str:
    """Return the media type with ``charset=utf-8`` where it is a text type."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


@dataclass(frozen=True, slots=True)
class _Range:
    type: str
    q: float
    position: int

    def matches(self, media_type: str) -> bool:
        if self.type == "*/*":
            return True
        if self.type.endswith("/*"):
            return media_type.startswith(self.type[:-1])
        return media_type == self.type

    @property
    def vagueness(self) -> int:
        return self.type.count("*")


def _ranges(accept: str) -> list[_Range]:
    found = []
    for position, part in enumerate(accept.split(",")):
        name, *parameters = (p.strip() for p in part.split(";"))
        if "/" not in name:
            if name != "*":
                continue
            name = "*/*"
        q = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "q":
                try:
                    q = min(max(float(value), 0.0), 1.0)
                except ValueError:
                    q = 0.0
        found.append(_Range(name.lower(), q, position))
    return found


REMEMBERED = 300
"""Characters of an Accept header that is remembered with what was chosen for it."""


def choose(accept: str | None, offered: Sequence[Format]) -> Chosen | None:
    """Return what to send; None where the client accepts none of it.

    The highest q wins; among equals the type that is named before the one that a wildcard covers, then the one that
    the client names first, then the one that is offered first. Without a header the first offered is sent.

    >>> choose("text/html,application/xml;q=0.9,*/*;q=0.8", (JSON, PAGE)).format.extension
    'html'
    """
    if accept is None or not accept.strip():
        return Chosen(offered[0], offered[0].media_type)
    if len(accept) < REMEMBERED:  # most clients send one of a few
        return _remembered(accept, tuple(offered))
    return _chosen(accept, offered)


def _chosen(accept: str, offered: Sequence[Format]) -> Chosen | None:
    ranges = _ranges(accept)
    candidates = []
    for order, format in enumerate(offered):
        for media_type in (format.media_type, *format.also):
            # a wildcard stands for what we send, not for the other names it goes by
            matching = [
                r for r in ranges if r.matches(media_type) and (r.vagueness == 0 or media_type == format.media_type)
            ]
            if not matching:
                continue
            best = min(matching, key=lambda r: r.vagueness)  # the most specific range decides about a type
            if best.q > 0:
                asked = media_type if best.vagueness == 0 else format.media_type
                candidates.append(((-best.q, best.vagueness, best.position, order), Chosen(format, asked)))
    return min(candidates, key=lambda c: c[0])[1] if candidates else None


_remembered = lru_cache(1000)(_chosen)


def named(name: str, offered: Sequence[Format]) -> Chosen | None:
    """Return the format that a suffix, a ``?format=`` or a media type in it names."""
    wanted = name.strip().lower().replace(" ", "+")  # a plus sign that nobody has escaped
    for format in offered:
        if wanted in (format.extension, *format.names):
            return Chosen(format, format.media_type)
    for format in offered:
        if wanted in (format.media_type, *format.also):
            return Chosen(format, wanted)
    return None
