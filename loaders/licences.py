"""Licences, public-domain tools and licence exceptions, from the lists that their stewards publish.

Each payload's form is told by its content:

* Creative Commons' RDF/XML, as of 2020 and of today: a record is a ``cc:License`` of one payload;
* Creative Commons' table of legal tools (CSV): a record is a row;
* the SPDX lists of licences and of exceptions, and single-licence files (JSON): a record is a licence or exception;
* the Open Definition's licences, one by one, in groups and as CSV: a record is a licence of one payload;
* the OSI's licences (JSON): a record is a licence object of one payload.

The same licence met in several records is one, under its canonical IRI (``kg.linking.licences``). A payload in none of
these forms, or without any licence in it, is one reject.

What is left out of a record, by intent: titles that are templates (language ``x-i18n``, ``${Attribution} 3.0``); the
words of licence texts; links to a source or successor that is no published licence (Creative Commons' RDF derives
ports from unported 2.1 licences that never were); logos. A title whose language tag is invalid beyond repair keeps its
words and loses the tag.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kg.loader import Loader, Source, unreadable
from kg.records import License, Record, Reject, Text

from . import _licence_json, _licence_rdf, _licence_tables
from ._licence_common import Described, payload_reject
from ._merging import merged

_START = 4_096
"""Bytes of a payload that tell its form."""


def read(source: Source) -> Iterator[Record | Reject]:
    """Yield a record for each licence of the source, in the order of first mention, and a reject for what is none."""
    met: dict[str, list[Described]] = {}
    for payload in source.payloads:
        if fault := unreadable(payload):
            yield fault
            continue
        with payload.open() as stream:
            start = stream.read(_START)
        base = payload.url or source.url or ""
        text = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
        found = 0
        if text.startswith(b"<"):
            items = _licence_rdf.read(payload, base)
        elif text.startswith((b"{", b"[")):
            items = _licence_json.read(payload)
        else:
            items = _licence_tables.read(payload, text)
        for item in items:
            found += 1
            if isinstance(item, Reject):
                yield item
            else:
                met.setdefault(item.record.iri, []).append(item)
        if not found:
            yield payload_reject(payload, "the payload describes no licence")
    for descriptions in met.values():
        yield _one(descriptions)


def _one(descriptions: list[Described]) -> License:
    """Make one record of all descriptions of a licence; the newest wins, also for the title in each language."""
    record, *others = _undeprecated([described.record for described in sorted(descriptions, key=lambda d: d.rank)])
    titles = list(record.titles)
    for other in others:
        record = merged(record, other)
        newer = {title.language for title in other.titles}
        titles = [*(title for title in titles if title.language not in newer), *other.titles]
    return replace(
        record,
        origins=tuple(origin for described in descriptions for origin in described.record.origins),
        titles=tuple(sorted(titles, key=_by_language)),
    )


def _undeprecated(records: list[License]) -> list[License]:
    """Return descriptions, oldest first, where only the newest that says whether its licence is deprecated does.

    Status and replacement follow from the flag: what an older list drew from it goes where a newer one takes it back.
    """
    stating = [i for i, record in enumerate(records) if record.deprecated is not None]
    older = frozenset(stating[:-1])
    return [
        replace(record, deprecated=None, status=None, replaced_by=()) if i in older else record
        for i, record in enumerate(records)
    ]


def _by_language(title: Text) -> tuple[bool, str]:
    return title.language != "en", title.language or ""


loader = Loader(
    name="licences",
    version="1",
    summary="Licences, public-domain tools and exceptions: Creative Commons, SPDX, Open Definition, OSI",
    forms=(
        "Creative Commons RDF/XML: one cc:License a file, as of 2020 and of today",
        "Creative Commons legal tools CSV: CANONICAL_URL, IDENTIFIER, SPDX_IDENTIFIER, TITLE, LANGUAGE_DEFAULT ...",
        "SPDX licence and exception lists (licenses.json, exceptions.json) and single-licence JSON",
        "Open Definition licences: JSON one by one or in groups, and licenses.csv",
        "OSI licences: JSON lists of objects with id, identifiers and keywords",
    ),
    read=read,
)
