"""A look at a query's tokens before it is run: what it asks for, and whether it is of a size that can be planned.

This is no parser. It knows comments, strings, IRIs, prefixed names and variables well enough not to mistake what
stands in them, and counts. What slips through costs one worker its life, and the client an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kg.engine.errors import QueryRefusedError


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a query may be; the defaults are far above what people write."""

    size: int = 512 << 10
    """Bytes of UTF-8."""
    depth: int = 200
    """Brackets of all kinds within each other; a worker's stack holds some thousands."""
    patterns: int = 100
    """Triple patterns and path steps in one group: planning takes the fourth power of it."""
    service: bool = False
    """Whether SERVICE may be used at all; which endpoints it may ask, ``kg.engine.outside`` decides."""
    load: bool = False
    """Whether an update may LOAD."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What the tokens show."""

    form: str | None
    """``SELECT``, ``ASK``, ``CONSTRUCT``, ``DESCRIBE``, the first word of an update, or None."""
    service: bool
    """Another endpoint is called."""
    depth: int
    patterns: int
    """The most in one group."""
    unclosed: int
    """Brackets that are open at the end."""


TOKEN = re.compile(
    r"""
      (?P<space>\s+|\#[^\r\n]*)
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    | (?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''
        |"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')
    | (?P<variable>[?$]\w+)
    | (?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<name>(?:[^\W\d_][\w.\-]*)?:(?:[\w.:\-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*|_:[\w.\-]+)
    | (?P<number>[+\-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+\-]?\d+)?)
    | (?P<word>[A-Za-z_]\w*)
    | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
SEARCH = "https://w3id.org/commons-kg/ontology/search"
"""The endpoint of a SERVICE that asks nobody else: ``kg.engine.text_search``."""
SEARCH_NAMES = (f"<{SEARCH}>", "commons:search")
"""How a query writes it."""

_FORMS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
_UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"})
_BEFORE_GROUP = frozenset({"WHERE", "OPTIONAL", "UNION", "MINUS", "GRAPH", "FILTER", "BIND", "VALUES"})
_WORDS = re.compile(rf"\b(?:SERVICE|{'|'.join(sorted(_UPDATES))})\b", re.IGNORECASE)
SHORT = 2_000
"""Characters of a query whose tokens need not be looked at where its signs are few."""
_CALLING = ("SERVICE", *sorted(_UPDATES))
_OPENING, _CLOSING = frozenset("{[("), frozenset("}])")


def has_word(text: str, words: Iterable[str]) -> bool:
    """Whether one of some words (in capitals) can stand in a query, however it is written.

    It is a tenth of what a pattern costs that ignores case, so it is asked first; a part of another word counts too.

    >>> has_word("SELECT * { service <x> {} }", ["SERVICE"]), has_word("ASK {}", ["SERVICE"])
    (True, False)
    """
    capitals = text.upper()
    for word in words:  # noqa: SIM110 (any() of a generator takes twice as long)
        if word in capitals:
            return True
    return False


def scan(text: str) -> Scan:
    """Look at the tokens of a query.

    >>> scan("SELECT * { ?s ?p 'SERVICE' } # SERVICE")
    Scan(form='SELECT', service=False, depth=1, patterns=1, unclosed=0)
    """
    form: str | None = None
    service = called = False  # ``called``: the next token is the endpoint
    depth = most_patterns = most_depth = 0
    counts: list[int] = [0]  # patterns of each open bracket; parentheses of expressions count nothing
    kinds: list[str] = [""]
    before: list[bool] = []  # ``in_pattern`` as it was before the bracket opened
    in_pattern = False  # a term was met since the last separator: the next separator or bracket ends a pattern
    data_follows = False  # VALUES blocks and CONSTRUCT templates are data, which nobody has to plan
    for match in TOKEN.finditer(text):
        kind, token = match.lastgroup, match.group()
        if kind == "space":
            continue
        if called and token.upper() != "SILENT":
            service, called = service or token not in SEARCH_NAMES, False
        if kind == "word":
            token = token.upper()
            if form is None and (token in _FORMS or token in _UPDATES):
                form = token
            called = called or token == "SERVICE"
            data_follows = data_follows or token == "VALUES" or token == "CONSTRUCT"
            if token in _BEFORE_GROUP:
                data_follows = token != "WHERE" and data_follows
                counts[-1] += kinds[-1] == "{" and in_pattern
                in_pattern = False
        if kind == "sign" and token in _OPENING:
            depth += 1
            most_depth = max(most_depth, depth)
            kinds.append("data" if token == "{" and data_follows else token)
            counts.append(0)
            before.append(in_pattern)
            data_follows = data_follows and token != "{"
            in_pattern = False
        elif kind == "sign" and token in _CLOSING:
            depth = max(depth - 1, 0)
            if len(kinds) > 1:
                closed, count, in_pattern = kinds.pop(), counts.pop() + in_pattern, before.pop()
                if closed == "{":
                    most_patterns = max(most_patterns, count)
                elif closed == "[" and kinds[-1] == "{":
                    counts[-1] += count
                in_pattern = closed == "[" or (in_pattern and closed != "{")
        elif kind == "sign" and token in ".;,":
            counts[-1] += kinds[-1] in ("{", "[") and in_pattern
            in_pattern = False
        elif kind == "sign" and token == "/":
            counts[-1] += kinds[-1] in ("{", "[")
        elif kind not in ("sign", "word") or token in ("A", "TRUE", "FALSE"):
            in_pattern = True
    return Scan(form, service or called, most_depth, most_patterns, depth)


def _is_harmless(text: str, limits: Limits) -> bool:
    """Whether a short query can be told to be within the limits by its signs alone, wherever they stand."""
    return (
        len(text) < min(SHORT, limits.size // 4)
        and (not has_word(text, _CALLING) or _WORDS.search(text) is None)
        and sum(map(text.count, "{[(")) <= limits.depth
        and sum(map(text.count, "{[(}]).;,/")) <= limits.patterns
    )


def check(text: str, limits: Limits) -> None:
    """Let a query that may run pass.

    Raises:
        QueryRefusedError: it is an update, calls other servers, or is beyond a limit.
    """
    if _is_harmless(text, limits):
        return
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > limits.size:
        raise QueryRefusedError(
            f"the query has {size:,} bytes, and at most {limits.size:,} are taken",
            rule="size",
            hint="Ask in several smaller queries.",
        )
    found = scan(text)
    if found.form in _UPDATES:
        raise QueryRefusedError(
            f"{found.form} belongs to SPARQL Update, and this address answers queries only",
            rule="update",
            hint="Begin with SELECT, ASK, CONSTRUCT or DESCRIBE.",
        )
    if found.service and not limits.service:
        raise QueryRefusedError(
            "SERVICE is not allowed: this server fetches nothing for a query",
            rule="service",
            hint="Ask the other endpoint yourself, or ask it to call this one.",
        )
    if found.depth > limits.depth:
        raise QueryRefusedError(
            f"brackets stand {found.depth} deep, and at most {limits.depth} are taken",
            rule="depth",
            hint="Groups within groups can often be written side by side.",
        )
    if found.patterns > limits.patterns:
        raise QueryRefusedError(
            f"one group has about {found.patterns} triple patterns, and at most {limits.patterns} are planned",
            rule="patterns",
            hint="Ask in several queries, or give the things in question in a VALUES block.",
        )
