"""Licences in CSV: Creative Commons' table of legal tools, and the Open Definition's ``licenses.csv``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kg.linking import creative_commons
from kg.loader import Payload
from kg.records import License, Reject

from ._licence_common import Described, RecordError, addresses, canonical, payload_reject, title, tool_of
from ._licence_json import open_definition
from ._tables import Row, Table
from ._text import without_controls


def read(payload: Payload, start: bytes) -> Iterator[Described | Reject]:
    """Yield a description for each row; ``start`` is the beginning of the payload, from which its form is told."""
    header = start.split(b"\n", 1)[0].upper()
    if b"CANONICAL_URL" in header:
        describe = _legal_tool
    elif b"OD_CONFORMANCE" in header:
        describe = _open_definition
    else:
        yield payload_reject(
            payload, "the payload is in no known form of licence list", start.decode("utf-8", "replace")
        )
        return
    for row in Table(payload, {}):
        if isinstance(row, Reject):
            yield replace(row, excerpt=without_controls(row.excerpt))
            continue
        try:
            yield Described(describe(row))
        except RecordError as error:
            yield error.reject(row.origin)


def _legal_tool(row: Row) -> License:
    """Describe a row of ``cc-legal-tools.csv``; the address decides, the columns it is made of repeat it.

    So it does for the terms: the RDF that states them in full is not there for every tool.
    """
    address = row.get("CANONICAL_URL") or ""
    iri = canonical(address)
    if iri is None or not creative_commons.is_address(address):
        raise RecordError(
            "CANONICAL_URL is not the address of a Creative Commons legal tool", address, "write the deed's address"
        )
    tool = tool_of(iri)
    identifier = row.get("IDENTIFIER")
    terms = creative_commons.terms(tool) if tool else creative_commons.Terms()
    return License(
        origins=(row.origin,),
        iri=iri,
        titles=title(row.get("TITLE"), row.get("LANGUAGE_DEFAULT")),
        spdx_id=row.get("SPDX_IDENTIFIER"),
        identifiers=(identifier,) if identifier else (),
        version=tool.version if tool else row.get("VERSION"),
        jurisdiction=tool.jurisdiction or None if tool else None,
        permits=terms.permits,
        requires=terms.requires,
        prohibits=terms.prohibits,
        urls=tuple(url for url in addresses(address) if url != iri),
    )


def _open_definition(row: Row) -> License:
    generic = (row.get("is_generic") or "").casefold() == "true"
    return open_definition({**row.cells, "is_generic": generic}, row.origin)
