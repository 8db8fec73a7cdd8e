"""A loader for tests: each line of a text is an organization; some lines are bad in a way of their own."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kg.identifiers import Minter
from kg.ingest import Options
from kg.loader import Loader, Payload, Source
from kg.records import Organization, Origin, Record, Reject, Text
from kg.splitting import by_lines
from kg.validation import Shapes

SHAPES = b"""
<https://example.org/S> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/shacl#NodeShape> .
<https://example.org/S> <http://www.w3.org/ns/shacl#targetClass> <http://www.w3.org/ns/org#Organization> .
<https://example.org/S> <http://www.w3.org/ns/shacl#property> <https://example.org/P> .
<https://example.org/P> <http://www.w3.org/ns/shacl#path> <http://www.w3.org/2000/01/rdf-schema#label> .
<https://example.org/P> <http://www.w3.org/ns/shacl#maxLength> "20"^^<http://www.w3.org/2001/XMLSchema#integer> .
<https://example.org/P> <http://www.w3.org/ns/shacl#message> "a name has at most 20 characters" .
<https://example.org/S> <http://www.w3.org/ns/shacl#property> <https://example.org/Q> .
<https://example.org/Q> <http://www.w3.org/ns/shacl#path> <https://schema.org/url> .
<https://example.org/Q> <http://www.w3.org/ns/shacl#maxCount> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .
<https://example.org/Q> <http://www.w3.org/ns/shacl#message> "one homepage" .
"""


def read(source: Source) -> Iterator[Record | Reject]:
    """Yield an organization a line: ``reject`` is a reject, ``crash`` a bug, ``iri:...`` a bad homepage."""
    for payload in source.payloads:
        for number, line in enumerate(payload.read().decode().splitlines(), payload.lines_before + 1):
            origin = Origin(payload=payload.name, line=number)
            if line == "reject":
                yield Reject(origin=origin, reason="not wanted", excerpt=line, hint="take it away")
            elif line == "crash":
                raise RuntimeError("a bug")
            elif line.startswith("iri:"):
                yield Organization(origins=(origin,), name=Text(line), homepage=line.removeprefix("iri:"))
            else:
                yield Organization(origins=(origin,), name=Text(line))


def read_same_name(source: Source) -> Iterator[Record | Reject]:
    """Yield the same, but every organization is called Same."""
    for item in read(source):
        yield replace(item, name=Text("Same")) if isinstance(item, Organization) else item


def split(source: Source) -> list[Source]:
    """Take it apart so that a part has some lines."""
    return [replace(source, payloads=[part]) for payload in source.payloads for part in by_lines(payload, 500)]


SAME_NAME = Loader(name="same", version="1", summary="lines", forms=("lines",), read=read_same_name)
LOADER = Loader(name="lines", version="1", summary="lines", forms=("lines",), read=read, split=split)


def _read_and_die_once(source: Source) -> Iterator[Record | Reject]:
    """Read, but kill the process that reads line 200, unless that was done before; ``died`` then tells its number."""
    for item in LOADER.read(source):
        if isinstance(item, Record) and item.origins[0].line == 200:
            once = source.payloads[0].path.with_name("died")
            if not once.exists():
                once.write_text(str(os.getpid()))
                os.kill(os.getpid(), signal.SIGKILL)
        yield item


DYING = replace(LOADER, read=_read_and_die_once)


def source(tmp_path: Path, *lines: str, name: str = "test") -> Source:
    """A source with these lines."""
    path = tmp_path / f"{name}.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    return Source(name=name, loader="lines", payloads=[Payload(name=path.name, path=path)])


def options(*, strict: bool = False, batch: int = 500) -> Options:
    """Options with a shape under which long names are violations."""
    return Options(mint=Minter(), shapes=Shapes.of(SHAPES), strict=strict, batch=batch)
