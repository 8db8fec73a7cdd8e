"""SERVICE: what another endpoint answers, put where the query asks for it.

https://www.w3.org/TR/sparql11-federated-query/#serviceFederation: the solutions of a SERVICE pattern are a multiset of
their own, which is joined with the rest. So they may be fetched first, by whoever is allowed to, and written into the
query as a VALUES block. The engine, which would follow SERVICE by itself, never gets to see one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg.engine.frames import RefusedError, UnreachableError
from kg.engine.guard import TOKEN, has_word

MOST = 10
"""Calls in one text."""

_SERVICE = ("SERVICE",)
LONG = 3000
"""Characters of a solution that is too long for VALUES: there are servers that hold it in a row of 4 KB."""

_BLANK = ox.NamedNode("urn:x-commons-kg:blank")
"""Datatype of what stands for a blank node in VALUES, which takes none; and the function that makes it one again."""

Ask = Callable[[str, str], tuple[str, bytes]]
"""Asks an endpoint (IRI) a query; returns media type and body."""


@dataclass(frozen=True, slots=True)
class _Block:
    start: int
    """Of the word SERVICE."""
    pattern: int
    """Of its opening brace."""
    end: int
    endpoint: str
    silent: bool
    prologue: str


def functions() -> dict[ox.NamedNode, Callable[..., Any]]:
    """Return what the engine has to know beyond SPARQL for a text that ``answered`` has made."""
    return {_BLANK: lambda term: ox.BlankNode(term.value) if getattr(term, "datatype", None) == _BLANK else term}


def answered(text: str, ask: Ask, parse: Callable[[str], Any], base: str | None = None) -> str:
    """Return a query or update with the answers in place of its SERVICE patterns.

    Args:
        text: the query; one without SERVICE is returned as it is.
        ask: asks an endpoint.
        parse: is given the text without the calls before anything is asked, each sign at its place; raises what there
            is to say about it.
        base: what relative IRIs are resolved against.

    Raises:
        UnreachableError: an endpoint that is not SILENT has no answer.
        RefusedError: an endpoint may not be asked.
    """
    blocks = list(_blocks(text, base)) if has_word(text, _SERVICE) else []
    if not blocks:
        return text
    if len(blocks) > MOST:
        raise RefusedError(f"SERVICE stands {len(blocks)} times in this query, and at most {MOST} are taken")
    bare = text
    for block in blocks:
        bare = bare[: block.start] + "".join(
            c if c in "\r\n" else " " for c in text[block.start : block.pattern]
        ) + bare[block.pattern :]  # fmt: skip
    parse(bare)
    pieces, at = [], 0
    for number, block in enumerate(blocks):
        pieces += [text[at : block.start], _answer(block, text[block.pattern : block.end], number, ask)]
        at = block.end
    return "".join([*pieces, text[at:]])


def _answer(block: _Block, pattern: str, number: int, ask: Ask) -> str:
    names = {match.group()[1:] for match in TOKEN.finditer(pattern) if match.lastgroup == "variable"}
    try:
        media_type, body = ask(block.endpoint, f"{block.prologue}SELECT * {pattern}")
        return _values(_solutions(block.endpoint, media_type, body), names, f"s{number}_")
    except UnreachableError:
        if block.silent:
            return "{}"  # https://www.w3.org/TR/sparql11-federated-query/#SPARQLsilent: one solution without bindings
        raise


def _solutions(endpoint: str, media_type: str, body: bytes) -> ox.QuerySolutions:
    format = ox.QueryResultsFormat.from_media_type(media_type or "")
    if format is None:
        raise UnreachableError(f"<{endpoint}> answers with {media_type or 'no type at all'}, which holds no solutions")
    try:
        found = ox.parse_query_results(body, format)
    except (SyntaxError, ValueError) as error:
        raise UnreachableError(f"the answer of <{endpoint}> cannot be read: {error}") from None
    if not isinstance(found, ox.QuerySolutions):
        raise UnreachableError(f"<{endpoint}> answers with a truth value")
    return found


def _values(solutions: ox.QuerySolutions, wanted: set[str], label: str) -> str:
    """Return the solutions as a group of a query."""
    names = [variable.value for variable in solutions.variables if variable.value in wanted]
    blank: set[str] = set()
    rows, long = [], []
    try:
        for solution in solutions:
            row = []
            for name in names:
                term = solution[name]
                if isinstance(term, ox.BlankNode):
                    blank.add(name)
                    term = ox.Literal(label + term.value, datatype=_BLANK)
                row.append("UNDEF" if term is None else str(term))
            if sum(map(len, row)) < LONG:
                rows.append(f"({' '.join(row)})")
            else:
                long.append(row)
    except (SyntaxError, ValueError) as error:
        raise UnreachableError(f"an answer cannot be read: {error}") from None
    columns = [f"?{n}_" if n in blank else f"?{n}" for n in names]
    block = f"VALUES ({' '.join(columns)}) {{ {' '.join(rows)} }}"
    if long:
        bound = (
            "".join(f"BIND({v} AS {c}) " for v, c in zip(row, columns, strict=True) if v != "UNDEF") for row in long
        )
        block = " UNION ".join(f"{{ {group} }}" for group in (block, *bound))
    if not blank:
        return f"{{ {block} }}"
    selected = " ".join(f"({_BLANK}(?{n}_) AS ?{n})" if n in blank else f"?{n}" for n in names)
    return f"{{ SELECT {selected} {{ {block} }} }}"


def _blocks(text: str, base: str | None) -> Iterator[_Block]:
    """Yield the outermost SERVICE patterns."""
    tokens = [match for match in TOKEN.finditer(text) if match.lastgroup != "space"]
    prologue = f"BASE <{base}>\n" if base else ""
    at = 0

    def word(position: int) -> str:
        found = tokens[position] if position < len(tokens) else None
        return found.group().upper() if found is not None and found.lastgroup == "word" else ""

    while at < len(tokens):
        here = at
        at += 1
        if word(here) == "PREFIX" and here + 2 < len(tokens):
            prologue += f"PREFIX {tokens[here + 1].group()} {tokens[here + 2].group()}\n"
        elif word(here) == "BASE" and here + 1 < len(tokens):
            prologue += f"BASE {tokens[here + 1].group()}\n"
        elif word(here) == "SERVICE":
            silent = word(at) == "SILENT"
            name, brace = at + silent, at + silent + 1
            closing = _closing(tokens, brace)
            if closing is None:  # the engine must not get to see it, whatever it would make of it
                raise RefusedError("SERVICE needs an endpoint and a group in braces after it")
            endpoint = iri(tokens[name].group(), prologue)
            if endpoint is None:
                raise RefusedError("SERVICE needs the IRI of an endpoint here: a variable is not followed")
            yield _Block(tokens[here].start(), tokens[brace].start(), tokens[closing].end(), endpoint, silent, prologue)
            at = closing + 1


def _closing(tokens: list[Any], brace: int) -> int | None:
    """Return the position of the brace that closes the one at ``brace``."""
    depth = 0
    for position in range(brace, len(tokens)):
        token = tokens[position]
        if token.lastgroup == "sign":
            depth += (token.group() == "{") - (token.group() == "}")
        if depth == 0:
            return position if position > brace else None
    return None


def iri(token: str, prologue: str) -> str | None:
    """Return the IRI that a token stands for after a prologue, as the engine reads it; None if it is none."""
    try:
        found = ox.Store().query(f"{prologue}SELECT ?g {{ VALUES ?g {{ {token} }} }}")
        term = next(found)["g"] if isinstance(found, ox.QuerySolutions) else None
    except (SyntaxError, StopIteration):
        return None
    return term.value if isinstance(term, ox.NamedNode) else None
