"""The pages' queries: ``kg/queries/pages/NAME.rq`` with its parameters filled in.

A parameter is written ``$name``, which SPARQL reads as a variable: each file is a valid query as it stands, but for one
that takes pairs. Values are written as terms, never pasted as text; a page can show the very query it has asked.

``$languages`` is always there: the languages the reader wants, the best first, as ``|fr|en||`` (the empty one is none),
so that a query can rank labels by where their tag stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TypeAlias

from kg.resources import query
from kg.web import i18n

_PARAMETER = re.compile(r"\$(\w+)")
_SPECIAL = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_NO_IRI = re.compile(r'[<>"{}|^`\\\x00-\x20\x7f]')


def is_iri(value: str) -> bool:
    """Whether a text is an absolute IRI that SPARQL can hold."""
    return not _NO_IRI.search(value) and re.match(r"[A-Za-z][A-Za-z0-9+.\-]*:", value) is not None


def iri(value: str) -> str:
    """Return an IRI as SPARQL writes it.

    Raises:
        ValueError: no IRI has such characters, or it is relative.
    """
    if not is_iri(value):
        raise ValueError(i18n.gettext("“%(value)s” is no absolute IRI") % {"value": value})
    return f"<{value}>"


class Text(str):
    """A parameter that is a literal."""

    __slots__ = ()


def literal(value: str, datatype: str = "") -> str:
    """Return a literal as SPARQL writes it, whatever stands in it.

    >>> print(literal('a "b"'))
    "a \\"b\\""
    """
    escaped = value.translate(_SPECIAL)
    return f'"{escaped}"^^{iri(datatype)}' if datatype else f'"{escaped}"'


def languages() -> str:
    """Return the languages that the reader wants, the best first, then English, then none.

    >>> languages()
    '|en||'
    """
    tags = dict.fromkeys(tag.partition("-")[0].lower() for tag in (*i18n.language().wanted, "en", ""))
    return "|" + "".join(f"{tag}|" for tag in tags)


def filled(text: str, terms: Mapping[str, str]) -> str:
    """Return a query with terms, as SPARQL writes them, in the place of its parameters."""
    return _PARAMETER.sub(lambda match: terms.get(match[1], match[0]), text)


@cache
def _text(name: str) -> str:
    return query(f"pages/{name}")


Parameter: TypeAlias = "str | int | tuple[Parameter, ...]"
"""Strings are IRIs, ``Text`` literals, integers numbers, tuples one after another, those within them in brackets."""


def bound(name: str, **parameters: Parameter) -> str:
    """Return the text of a query with its parameters.

    Raises:
        ValueError: a value is no IRI.
        KeyError: a parameter is missing.
    """

    def term(match: re.Match[str]) -> str:
        return _written(Text(languages()) if match[1] == "languages" else parameters[match[1]])

    return _PARAMETER.sub(term, _text(name))


def _written(value: Parameter) -> str:
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Text):
        return literal(value)
    if isinstance(value, tuple):
        return " ".join(f"({_written(one)})" if isinstance(one, tuple) else _written(one) for one in value)
    return iri(value)
