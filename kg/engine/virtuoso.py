"""What is special about Virtuoso 7: how it has to be asked, and what its answers mean.

Seen with 7.2.5 of Debian, by ``tests/remote``; what cannot be helped is listed there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from kg.engine.dialect import Dialect
from kg.engine.guard import TOKEN

_MARK = "urn:x-commons-kg:boolean"
"""Datatype of the truth values that a query makes, which would come back as the integers 0 and 1."""
_LANGUAGE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
_XSD_BOOLEAN = b"http://www.w3.org/2001/XMLSchema#boolean"
_TRUTH = re.compile(rb'(#boolean", "value": )"([01])"')
_TRUTHS = {b"0": rb'\1"false"', b"1": rb'\1"true"'}
_BLANK = re.compile(rb'("type": "bnode", "value": ")nodeID://')

_BOOLEANS = re.compile(
    "NOT|EXISTS|BOUND|IS(IRI|URI|BLANK|LITERAL|NUMERIC)|SAMETERM|CONTAINS|STR(STARTS|ENDS)|REGEX|LANGMATCHES|TRUE|FALSE"
)
"""Words with which an expression begins that is a truth value, if it is all there is."""

Token = re.Match[str]
Change = tuple[int, int, str]
"""From where to where, and what stands there instead."""


def written(text: str) -> str:
    """Return a query as Virtuoso has to be asked.

    FROM would be added to the graphs of the request, GROUP_CONCAT needs its separator, truth values that are selected
    would come back as integers, a text with a language has no datatype, and expressions in the ORDER BY of groups are
    not understood. A variable that is compared is looked up as a range of an index, in which dates do not lie in their
    order, so that solutions get lost; COALESCE hides it.

    >>> written("SELECT * FROM <http://e/a> FROM NAMED e:b { ?from ?p 'FROM' }")
    "SELECT *   { ?from ?p 'FROM' }"
    """
    for changes in (_without_from, _separators, _datatypes, _comparisons, _truths):
        for start, end, put in sorted(changes(text), reverse=True):
            text = text[:start] + put + text[end:]
    return _ordered_outside(text)


def _tokens(text: str) -> list[Token]:
    return [match for match in TOKEN.finditer(text) if match.lastgroup != "space"]


def _word(token: Token) -> str:
    return token.group().upper() if token.lastgroup == "word" else ""


def _closing(tokens: list[Token], opening: int) -> int:
    """Return the position of the bracket that closes the one at ``opening``."""
    depth = 0
    for position in range(opening, len(tokens)):
        if tokens[position].lastgroup == "sign":
            depth += (tokens[position].group() in "{([") - (tokens[position].group() in "})]")
        if depth == 0:
            return position
    return len(tokens) - 1


def _without_from(text: str) -> Iterator[Change]:
    tokens, depth = _tokens(text), 0
    for number, token in enumerate(tokens):
        if token.lastgroup == "sign":
            depth += (token.group() == "{") - (token.group() == "}")
        elif not depth and _word(token) == "FROM":
            name = tokens[number + 1 + (_word(tokens[number + 1]) == "NAMED")]
            yield token.start(), name.end(), ""


def _separators(text: str) -> Iterator[Change]:
    tokens = _tokens(text)
    for number, token in enumerate(tokens):
        if _word(token) == "GROUP_CONCAT":
            closing = _closing(tokens, number + 1)
            if not any(_word(inner) == "SEPARATOR" for inner in tokens[number:closing]):
                yield tokens[closing].start(), tokens[closing].start(), '; SEPARATOR=" "'


def _datatypes(text: str) -> Iterator[Change]:
    tokens = _tokens(text)
    for number, token in enumerate(tokens):
        if _word(token) == "GROUP":  # there it would group by more
            return
        if _word(token) == "DATATYPE" and number + 3 < len(tokens) and tokens[number + 2].lastgroup == "variable":
            name = tokens[number + 2].group()
            found = f"IF(isLITERAL({name}), COALESCE(DATATYPE({name}), <{_LANGUAGE}>), ?x_nothing)"
            yield token.start(), tokens[number + 3].end(), found


def _comparisons(text: str) -> Iterator[Change]:
    tokens = _tokens(text)
    made = {tokens[n + 1].group() for n, token in enumerate(tokens[:-1]) if _word(token) == "AS"}  # in no index
    for number, token in enumerate(tokens):
        if token.lastgroup == "sign" and token.group() in ("<", ">"):
            after = number + 1 + (tokens[number + 1].group() == "=")
            for side in (tokens[number - 1], tokens[after]):
                if side.lastgroup == "variable" and side.group() not in made:
                    yield side.start(), side.end(), f"COALESCE({side.group()}, {side.group()})"


def _truths(text: str) -> Iterator[Change]:
    """Mark the truth values that are selected and used for nothing else."""
    tokens = _tokens(text)
    first = next((n for n, token in enumerate(tokens) if token.group() == "{"), len(tokens))
    for number, token in enumerate(tokens):
        if _word(token) != "AS" or number + 2 >= len(tokens):
            continue
        opening = _opening(tokens, number)
        inner, name = tokens[opening + 1 : number], tokens[number + 1].group()[1:]
        uses = [n for n, t in enumerate(tokens) if t.lastgroup == "variable" and t.group()[1:] == name]
        if _is_boolean(inner) and all(use < first or use == number + 1 for use in uses) and len(uses) <= 2:
            start, end = inner[0].start(), inner[-1].end()
            yield start, end, f'IF({text[start:end]}, "true"^^<{_MARK}>, "false"^^<{_MARK}>)'


def _opening(tokens: list[Token], inside: int) -> int:
    """Return the position of the bracket that is open at ``inside``."""
    depth = 0
    for position in range(inside - 1, -1, -1):
        if tokens[position].lastgroup == "sign":
            depth += (tokens[position].group() in "})]") - (tokens[position].group() in "{([")
        if depth < 0:
            return position
    return 0


def _is_boolean(expression: list[Token]) -> bool:
    if not expression or _word(expression[0]) in ("IF", "COALESCE"):
        return False
    depth = 0
    for token in expression:
        sign = token.group() if token.lastgroup == "sign" else ""
        depth += (sign in "{([") - (sign in "})]") if sign else 0
        if depth == 0 and (sign in ("=", "!", "<", ">", "&", "|") or _word(token) == "IN"):
            return True
    if not _BOOLEANS.fullmatch(_word(expression[0])):
        return False
    opening = next((n for n, t in enumerate(expression) if t.group() in ("(", "{")), None)
    return opening is None or _closing(expression, opening) == len(expression) - 1


def _ordered_outside(text: str) -> str:
    """Return a query of groups with its ORDER BY outside of them, if that has more than variables."""
    tokens = _tokens(text)
    select = next((n for n, token in enumerate(tokens) if _word(token) == "SELECT"), None)
    opening = next((n for n, token in enumerate(tokens) if token.group() == "{"), None)
    if select is None or opening is None or opening < select:
        return text
    tail = range(_closing(tokens, opening) + 1, len(tokens))
    at = {_word(tokens[n]): n for n in reversed(tail)}
    if "GROUP" not in at or "ORDER" not in at or "VALUES" in at:
        return text
    order = [tokens[n] for n in tail if n >= at["ORDER"]]
    names, used = _selected(tokens[select + 1 : opening]), {t.group()[1:] for t in order if t.lastgroup == "variable"}
    if not used <= set(names) or {_word(t) for t in order} <= {"", "ORDER", "BY", "ASC", "DESC", "LIMIT", "OFFSET"}:
        return text
    begin, end = tokens[select].start(), tokens[at["ORDER"]].start()
    # it cannot take LCASE of what an aggregate has chosen, but of a copy of it
    ending = re.sub(r"\bLCASE\s*\(\s*([?$]\w+)\s*\)", r"LCASE(STR(\1))", text[end:], flags=re.IGNORECASE)
    columns = " ".join(f"?{name}" for name in names)
    return f"{text[:begin]}SELECT {columns} WHERE {{ {{ {text[begin:end]} }} }} {ending}"


def _selected(tokens: list[Token]) -> list[str]:
    """Return the names of the columns."""
    names, depth = [], 0
    for number, token in enumerate(tokens):
        depth += (token.group() == "(") - (token.group() == ")")
        if token.lastgroup == "variable" and (depth == 0 or (depth == 1 and _word(tokens[number - 1]) == "AS")):
            names.append(token.group()[1:])
    return names


def solutions(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a table with blank nodes and truth values as the standard writes them.

    Each solution is a line, and quotes within values are escaped: what is looked for stands nowhere else.
    """
    mark = _MARK.encode()
    for lines in _lines(pieces):
        found = _BLANK.sub(rb"\1", lines) if b"nodeID://" in lines else lines
        if _XSD_BOOLEAN in found:
            found = _TRUTH.sub(lambda match: match.expand(_TRUTHS[match[2]]), found)
        yield found.replace(b'"datatype": "' + mark + b'"', b'"datatype": "' + _XSD_BOOLEAN + b'"')


def truth(body: bytes) -> bool:
    """Read the answer of ASK, which is a table with one row or none."""
    found = json.loads(body)
    return bool(found["boolean"]) if "boolean" in found else bool(found["results"]["bindings"])


def cut(headers: Mapping[str, str]) -> str | None:
    """Return why an answer is a part only: status and body do not tell."""
    if "x-sparql-maxrows" in headers:
        return f"the server with the data cuts answers at {headers['x-sparql-maxrows']} rows"
    if "x-sql-state" in headers:
        return f"the server with the data has stopped early: {headers.get('x-sql-message', '')[:200]}"
    return None


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the pieces, each of whole lines."""
    rest = b""
    for piece in pieces:
        end = piece.rfind(b"\n") + 1
        if end:
            yield rest + piece[:end]
            rest = b""
        rest += piece[end:]
    yield rest


VIRTUOSO = Dialect(written=written, solutions=solutions, truth=truth, cut=cut, merges=False)
