"""What is wrong with a query's text, in words and at its place: the parser says little that a person can use."""

from __future__ import annotations

import re
from difflib import get_close_matches

from kg.engine.errors import QuerySyntaxError
from kg.engine.guard import TOKEN, scan
from kg.namespaces import PREFIXES

_WORDS = """
A ABS ADD ADJUST ALL AS ASC ASK AVG BASE BIND BNODE BOUND BY CEIL CLEAR COALESCE CONCAT CONSTRUCT CONTAINS COPY
COUNT CREATE DATATYPE DATA DAY DEFAULT DELETE DESC DESCRIBE DISTINCT DROP ENCODE_FOR_URI EXISTS FALSE FILTER FLOOR
FROM GRAPH GROUP GROUP_CONCAT HASLANG HASLANGDIR HAVING HOURS IF IN INSERT INTO IRI ISBLANK ISIRI ISLITERAL
ISNUMERIC ISTRIPLE ISURI LANG LANGDIR LANGMATCHES LATERAL LCASE LIMIT LOAD MAX MD5 MIN MINUS MINUTES MONTH MOVE
NAMED NOT NOW OBJECT OFFSET OPTIONAL ORDER PREDICATE PREFIX RAND REDUCED REGEX REPLACE ROUND SAMETERM SAMEVALUE
SAMPLE SECONDS SELECT SEPARATOR SERVICE SHA1 SHA256 SHA384 SHA512 SILENT STR STRAFTER STRBEFORE STRDT STRENDS
STRLANG STRLANGDIR STRLEN STRSTARTS STRUUID SUBJECT SUBSTR SUM TIMEZONE TO TRIPLE TRUE TZ UCASE UNDEF UNION URI
USING UUID VALUES VERSION WHERE WITH YEAR
"""
WORDS = frozenset(_WORDS.split())
"""Every word of SPARQL 1.1 Query and Update, and of what the engine adds."""

_POSITION = re.compile(r"error at (\d+):(\d+): expected (.*)", re.DOTALL)
_SAID = {
    "The SELECT contains a variable that is unbound": "a variable is selected that is neither bound nor grouped by",
    "IRI parsing failed": "this is no absolute IRI",
}


def explained(error: QuerySyntaxError, text: str) -> QuerySyntaxError:
    """Return the error with its line and column, and what is wrong there as far as one can tell."""
    match = _POSITION.match(error.message)
    if match is None:
        return error
    line, column, expected = int(match[1]), int(match[2]), match[3]
    lines = _lines(text)
    excerpt = lines[line - 1] if line <= len(lines) else ""

    def made(message: str, hint: str | None = None) -> QuerySyntaxError:
        return QuerySyntaxError(message, line=line, column=column, excerpt=excerpt, hint=hint)

    if "Prefix not found" in expected and (name := re.search(r"([\w.\-]*):[^\s:]*$", excerpt[: column - 1])):
        column = name.start() + 1
        return made(f"the prefix {name[1]}: is not declared", _prefix_hint(name[1]))
    for said, plain in _SAID.items():
        if said in expected:
            return made(plain)
    # the parser does not always say so
    if (name_at := _undeclared(text)) is not None and name_at[:2] <= (line, column):
        line, column, prefix = name_at
        excerpt = lines[line - 1]
        return made(f"the prefix {prefix}: is not declared", _prefix_hint(prefix))
    if (word := _unknown_word(text)) is not None:
        line, column, token = word
        excerpt = lines[line - 1]
        near = get_close_matches(token.upper(), WORDS, 1)
        return made(f"{token} is no word of SPARQL", f"Did you mean {near[0]}?" if near else None)
    if line >= len(lines) and column > len(excerpt):
        unclosed = scan(text).unclosed
        return made("the query ends too early" + (f": {unclosed} brackets are still open" if unclosed > 1 else ""))
    words = _typeable(expected)
    if not words or len(words) > 12:
        return made("this was not expected here")
    return made("expected " + (f"one of {'  '.join(words)}" if len(words) > 1 else words[0]))


def _prefix_hint(prefix: str) -> str:
    if prefix in PREFIXES:
        return f"Add: PREFIX {prefix}: <{PREFIXES[prefix]}>"
    near = get_close_matches(prefix, PREFIXES, 1)
    if near:
        return f"Did you mean {near[0]}:, PREFIX {near[0]}: <{PREFIXES[near[0]]}>?"
    return f"Declare it at the beginning: PREFIX {prefix}: <...>"


def _lines(text: str) -> list[str]:
    return re.split(r"\r\n|[\r\n]", text)


def _undeclared(text: str) -> tuple[int, int, str] | None:
    """Return line and column of the first name whose prefix no PREFIX before it declares, and the prefix."""
    declared, previous = set(), ""
    for match in TOKEN.finditer(text):
        token = match.group()
        if match.lastgroup == "name" and not token.startswith("_:"):
            prefix = token.partition(":")[0]
            if previous == "PREFIX":
                declared.add(prefix)
            elif prefix not in declared:
                before = _lines(text[: match.start()])
                return len(before), len(before[-1]) + 1, prefix
        if match.lastgroup != "space":
            previous = token.upper()
    return None


def _unknown_word(text: str) -> tuple[int, int, str] | None:
    """Return line, column and text of the first bare word that SPARQL does not have."""
    for match in TOKEN.finditer(text):
        if match.lastgroup == "word" and match.group().upper() not in WORDS:
            before = _lines(text[: match.start()])
            return len(before), len(before[-1]) + 1, match.group()
    return None


def _typeable(expected: str) -> list[str]:
    """Return what of the parser's list a person can type; its classes of characters say nothing."""
    found = re.findall(r'"((?:[^"\\]|\\.)+)"|(?<![\w\'])([A-Za-z]{2,})(?=,|$)', expected.removeprefix("one of "))
    return list(dict.fromkeys(re.sub(r"\\(.)", r"\1", quoted) or word for quoted, word in found))
