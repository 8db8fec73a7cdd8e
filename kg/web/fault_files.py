"""The records that were not loaded, as files: JSON lines, CSV, and a SHACL validation report in Turtle."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator

from rdflib import RDF, SH, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from kg.identifiers import short_hash
from kg.web.faults import Record
from kg.web.queries import is_iri

COLUMNS = ("source", "kind", "message", "hint", "record", "where", "path", "value", "excerpt")


def jsonl(records: Iterable[Record]) -> Iterator[bytes]:
    """Write a record a line, with all that is known of it."""
    for record in records:
        yield json.dumps(record, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def table(records: Iterable[Record]) -> Iterator[bytes]:
    """Write a line for each message of each record."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for record in records:
        where = "; ".join(record.get("origins", ()))
        for result in record.get("results") or ({"message": record.get("reason", "")},):
            rows.writerow(
                (record.get("source", ""), record.get("kind", ""), result.get("message", ""), record.get("hint", ""),
                 record.get("label", ""), where, result.get("path") or "", result.get("value") or "",
                 record.get("excerpt", ""))
            )  # fmt: skip
        yield _taken(out)
    yield _taken(out)


def _taken(out: io.StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode("utf-8", "replace")


def report(records: Iterable[Record]) -> Iterator[bytes]:
    """Write the results of the records that were validated as one ``sh:ValidationReport``.

    See https://www.w3.org/TR/shacl/#validation-report; rejects were never RDF and have none.
    """
    node, conforms = URIRef("#report"), True
    head = Graph()
    yield b"@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
    for record in records:
        for result in record.get("results", ()):
            conforms = False
            one = Graph()
            mine = URIRef(f"#result-{short_hash(json.dumps([record.get('source'), result]))}")
            one.add((node, SH.result, mine))
            one.add((mine, RDF.type, SH.ValidationResult))
            one.add((mine, SH.focusNode, _node(result.get("focus") or "")))
            one.add((mine, SH.resultMessage, Literal(result.get("message", ""))))
            one.add((mine, SH.resultSeverity, SH[result.get("severity", "Violation")]))
            for name, predicate in (("path", SH.resultPath), ("shape", SH.sourceShape),
                                    ("constraint", SH.sourceConstraintComponent)):  # fmt: skip
                if is_iri(result.get(name) or ""):
                    one.add((mine, predicate, URIRef(result[name])))
            if result.get("value"):
                one.add((mine, SH.value, _node(result["value"])))
            yield one.serialize(format="nt", encoding="utf-8")
    head.add((node, RDF.type, SH.ValidationReport))
    head.add((node, SH.conforms, Literal(conforms)))
    yield head.serialize(format="nt", encoding="utf-8")


def _node(text: str) -> Node:
    if is_iri(text):
        return URIRef(text)
    return BNode() if text.startswith("_:") else Literal(text)


WRITERS: dict[str, tuple[str, Callable[[Iterable[Record]], Iterator[bytes]]]] = {
    "jsonl": ("application/x-ndjson", jsonl),
    "csv": ("text/csv; charset=utf-8", table),
    "ttl": ("text/turtle; charset=utf-8", report),
}
"""Suffix -> media type, what writes it."""
