"""The pages' queries: ``kg/queries/pages/NAME.rq`` with its parameters filled in.

A parameter is written ``$name``, which SPARQL reads as a variable: each file is a valid query as it stands. Values are
written as terms, never pasted as text; a page can show the very query it has asked.
"""

from __future__ import annotations

import re
from functools import cache

from kg.resources import query

_PARAMETER = re.compile(r"\$(\w+)")
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
        raise ValueError(f"{value!r} is no absolute IRI")
    return f"<{value}>"


@cache
def _text(name: str) -> str:
    return query(f"pages/{name}")


def bound(name: str, **parameters: str | int | tuple[str, ...]) -> str:
    """Return the text of a query: strings are IRIs, integers numbers, tuples of strings IRIs one after the other.

    Raises:
        ValueError: a value is no IRI.
        KeyError: a parameter is missing.
    """

    def term(match: re.Match[str]) -> str:
        value = parameters[match[1]]
        if isinstance(value, int):
            return str(value)
        return " ".join(map(iri, value)) if isinstance(value, tuple) else iri(value)

    return _PARAMETER.sub(term, _text(name))
