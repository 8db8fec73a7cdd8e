"""A query as code to take away: the same question from a shell, from Python and from R.

Whatever the query holds is quoted so that the language reads it as it stands, and stays readable.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

EXTENSIONS = {"select": "csv", "ask": "json", "graph": "ttl"}
"""Form of the answer -> extension of the format that is asked for."""

_PYTHON = {
    "select": (
        ("csv", "io"),
        'for row in csv.DictReader(io.TextIOWrapper(answer, "utf-8", newline="")):\n        print(row)',
    ),
    "ask": (("json",), 'print(json.load(answer)["boolean"])'),
    "graph": ((), 'print(answer.read().decode("utf-8"))'),
}
"""Form of the answer -> what reads it: modules of Python, and statements."""

_R = {
    "select": "print(read.csv(address))",
    "ask": 'print(any(grepl("true", readLines(address, warn = FALSE))))',
    "graph": 'cat(readLines(address, encoding = "UTF-8"), sep = "\\n")',
}


@dataclass(frozen=True, slots=True)
class Snippet:
    """Code in one language."""

    name: str
    title: str
    code: str


def snippets(endpoint: str, query: str, form: str, dataset: Sequence[tuple[str, str]] = ()) -> tuple[Snippet, ...]:
    """Return the code that asks ``endpoint`` a query.

    Args:
        endpoint: its address, without suffix.
        query: the text.
        form: of the answer: ``select``, ``ask`` or ``graph``.
        dataset: the parameters that name the graphs that are asked.
    """
    url, query = f"{endpoint}.{EXTENSIONS[form]}", re.sub(r"\r\n?", "\n", query).strip("\n")
    if dataset:
        url += "?" + urlencode(dataset)
    return (
        Snippet("curl", "curl", _curl(url, query)),
        Snippet("python", "Python", _python(url, query, form)),
        Snippet("r", "R", _r(url, query, form)),
    )


def _curl(url: str, query: str) -> str:
    """Quote by a here document, which ends at a line that the query does not have."""
    end, lines = "SPARQL", set(query.split("\n"))
    while end in lines:
        end += "_"
    return f"curl --data-urlencode query@- {shlex.quote(url)} <<'{end}'\n{query}\n{end}\n"


def _python(url: str, query: str, form: str) -> str:
    """Quote by a raw string where the query has no three quotation marks."""
    modules, reading = _PYTHON[form]
    imports = "\n".join(f"import {module}" for module in (*modules, "urllib.parse", "urllib.request"))
    quoted = repr(query) if '"""' in query or "\0" in query else f'r"""\n{query}\n"""'
    return (
        f"{imports}\n\nquery = {quoted}\n"
        f'body = urllib.parse.urlencode({{"query": query}}).encode()\n'
        f"with urllib.request.urlopen({json.dumps(url)}, body) as answer:\n    {reading}\n"
    )


def _r(url: str, query: str, form: str) -> str:
    """Quote by a raw string (R 4.0 and later), whose brackets have more dashes than any in the query."""
    dashes = "-" * max((len(match[1]) + 1 for match in re.finditer(r"\)(-*)\"", query)), default=0)
    asking = json.dumps(f"{url}{'&' if '?' in url else '?'}query=")
    return (
        f'query <- r"{dashes}(\n{query}\n){dashes}"\n'
        f"address <- paste0({asking}, URLencode(enc2utf8(query), reserved = TRUE))\n"
        f"{_R[form]}\n"
    )
