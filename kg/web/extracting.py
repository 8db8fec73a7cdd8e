"""Strings for people that stand in files of data or beyond the pages, found for the catalogues: methods of Babel.

``kg/web/locale/babel.cfg`` says which method reads which files. What shapes and loaders say stays English in reports,
files and on the command line; a page shows ``kg.web.i18n.gettext`` of it.
"""

from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Iterator
from itertools import chain, count
from typing import IO, Any

from babel.messages.extract import extract_python
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


SAYING = re.compile(r"(?i:reject|problem|made)$|(?<!Usage)(?<!Value)(?<!Type)(?<!Lookup)(?<!Runtime)Error$")
"""What is called where a record is rejected or a request fails; not what only the command line says."""


def said(stream: IO[bytes], keywords: object, comments: object, options: object) -> Iterator[Found]:
    """Yield why records are rejected and what is wrong with a request, and how these are mended.

    That is what stands beside ``reject``, an error or a problem as it is, what is called ``hint`` or ``reason``, and
    what functions called ``..._hint`` return. A value in it becomes ``%(1)s``, by which ``kg.web.i18n.translated``
    finds it in the text that was made.
    """
    given: list[ast.expr] = []
    for node in ast.walk(ast.parse(stream.read())):
        if isinstance(node, ast.Call) and SAYING.search(ast.unparse(node.func).rpartition(".")[2]):
            given += [*node.args, *(word.value for word in node.keywords if word.arg in ("reason", "hint", "detail"))]
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("hint", "reason"):
            given.append(node.value)
        elif isinstance(node, ast.FunctionDef) and node.name.endswith("_hint"):
            given += [part.value for part in ast.walk(node) if isinstance(part, ast.Return) and part.value is not None]
    sides = ((text.body, text.orelse) if isinstance(text, ast.IfExp) else (text,) for text in given)
    for text in chain.from_iterable(sides):
        message = _message(text)
        if re.search(r"[A-Za-z]{2} ", message):
            yield text.lineno, None, message, []


def _message(text: ast.expr) -> str:
    """Return a string, formatted or not, with its values numbered; nothing of other expressions."""
    if isinstance(text, ast.Constant) and isinstance(text.value, str):
        return text.value
    if not isinstance(text, ast.JoinedStr):
        return ""
    numbers = count(1)
    return "".join(
        str(piece.value).replace("%", "%%") if isinstance(piece, ast.Constant) else f"%({next(numbers)})s"
        for piece in text.values
    )


def pages(stream: IO[bytes], keywords: Any, comments: Any, options: Any) -> Iterator[Any]:
    """Yield what a module of the site marks for translation, and what it says of problems."""
    text = stream.read()
    yield from extract_python(io.BytesIO(text), keywords, comments, options)
    yield from said(io.BytesIO(text), keywords, comments, options)
