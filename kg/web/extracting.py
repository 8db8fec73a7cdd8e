"""Strings for people that stand in files of data or beyond the pages, found for the catalogues: methods of Babel.

``kg/web/locale/babel.cfg`` says which method reads which files. What shapes and loaders say stays English in reports,
files and on the command line; a page shows ``kg.web.i18n.gettext`` of it.
"""

from __future__ import annotations

import ast
import csv
import io
from collections.abc import Iterator
from typing import IO

from rdflib import RDFS, SH, Graph, Literal

Found = tuple[int, str | None, str, list[str]]
"""Line, keyword, message, comments."""


def names(stream: IO[bytes], keywords: object, comments: object, options: object) -> Iterator[Found]:
    """Yield the labels of classes and properties."""
    for row in csv.DictReader(io.StringIO(stream.read().decode("utf-8"))):
        for column in ("label", "inverse"):
            if row[column]:
                yield 1, None, row[column], [row["term"]]


def headers(stream: IO[bytes], keywords: object, comments: object, options: object) -> Iterator[Found]:
    """Yield what the header of a query says to people."""
    for line in stream.read().decode("utf-8").splitlines():
        key, _, value = line.partition(": ")
        if key in ("#+ summary", "#+ description"):
            yield 1, None, value.strip(), []
        elif key in ("#+ parameter", "#+ column"):
            yield 1, None, value.split("|")[{"#+ parameter": 2, "#+ column": 1}[key]].strip(), []


def shapes(stream: IO[bytes], keywords: object, comments: object, options: object) -> Iterator[Found]:
    """Yield the messages of shapes, what they are called and what they are about."""
    graph = Graph().parse(stream, format="turtle")
    for property in (RDFS.label, RDFS.comment, SH.message):
        for text in graph.objects(None, property):
            if isinstance(text, Literal):
                yield 1, None, str(text), []


def rejects(stream: IO[bytes], keywords: object, comments: object, options: object) -> Iterator[Found]:
    """Yield why loaders reject records, and how these are mended, where that is written beside ``reject`` as it is."""
    for call in ast.walk(ast.parse(stream.read())):
        if isinstance(call, ast.Call) and ast.unparse(call.func).lower().endswith("reject"):
            said = [*call.args, *(word.value for word in call.keywords if word.arg in ("reason", "hint"))]
            for text in said:
                if isinstance(text, ast.Constant) and isinstance(text.value, str) and text.value:
                    yield text.lineno, None, text.value, []
