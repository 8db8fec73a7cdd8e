"""Aurora's SDG queries, a keyword baseline: Boolean queries in Scopus syntax, evaluated on the words of a text.

``A W/n B``: within n words of each other, in any order; ``*`` at the end of a word stands for any letters; AND, OR and
AND NOT as usual, tighter first: W/n, AND, OR. A text is of a goal if any of its queries for title, abstract and
keywords matches. Source: https://github.com/Aurora-Network-Global/sdg-queries (CC BY 4.0), in ``../shared/data``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from lxml import etree

from benchmarks.linking.score import SHARED
from kg.linking.phrases import folded

Spans = list[tuple[int, int]]
Query = Callable[[list[str]], Spans]
_TOKEN = re.compile(r'"([^"]*)"|(W/\d+|AND\s+NOT|AND|OR|\(|\))|(\S+)')
_WORD = re.compile(r"[^\W_]+")


def is_about(text: str, goal: str) -> bool:
    """Whether a query of the goal matches."""
    words = _WORD.findall(folded(text))
    return any(query(words) for query in _queries(goal))


@cache
def _queries(goal: str) -> list[Query]:
    data = (SHARED / "aurora-sdg-queries" / f"query_SDG{goal}.xml").read_bytes().removeprefix(b"\xef\xbb\xbf")
    lines = etree.fromstring(data).findall(".//{*}query-line[@field='TITLE-ABS-KEY']")
    return [parse(line.text) for line in lines if line.text and line.text.strip()]


def parse(text: str) -> Query:
    """Return the query that a text in Scopus syntax is.

    >>> query = parse('("climat*" W/3 ("action*" OR "policy")) AND NOT "indoor"')
    >>> query("policy for the climate".split()), query("climate of indoor action".split())
    ([(0, 4)], [])
    """
    tokens = [(kind or "", phrase if kind == "" else bare) for phrase, kind, bare in _TOKEN.findall(text)]
    query, rest = _any(tokens)
    if rest:
        raise ValueError(f"not understood: {rest[:5]}")
    return query


_Tokens = list[tuple[str, str]]


def _any(tokens: _Tokens) -> tuple[Query, _Tokens]:
    parts, tokens = _chain(tokens, "OR", _all)
    return (lambda words: [span for part in parts for span in part(words)]), tokens


def _all(tokens: _Tokens) -> tuple[Query, _Tokens]:
    first, tokens = _near(tokens)
    wanted: list[Query] = [first]
    unwanted: list[Query] = []
    while tokens and tokens[0][0].startswith("AND"):
        negated = tokens[0][0] != "AND"
        query, tokens = _near(tokens[1:])
        (unwanted if negated else wanted).append(query)

    def query_all(words: list[str]) -> Spans:
        found = [part(words) for part in wanted]
        matches = all(found) and not any(part(words) for part in unwanted)
        return [span for spans in found for span in spans] if matches else []

    return query_all, tokens


def _near(tokens: _Tokens) -> tuple[Query, _Tokens]:
    query, tokens = _one(tokens)
    while tokens and tokens[0][0].startswith("W/"):
        most = int(tokens[0][0][2:])
        right, tokens = _one(tokens[1:])
        query = _within(query, right, most)
    return query, tokens


def _within(left: Query, right: Query, most: int) -> Query:
    def query(words: list[str]) -> Spans:
        others = right(words)
        return [
            (min(a, c), max(b, d)) for a, b in left(words) for c, d in others if max(a, c) - min(b, d) <= most
        ]  # fmt: skip

    return query


def _one(tokens: _Tokens) -> tuple[Query, _Tokens]:
    kind, phrase = tokens[0]
    if kind == "(":
        query, rest = _any(tokens[1:])
        if not rest or rest[0][0] != ")":
            raise ValueError("a bracket is not closed")
        return query, rest[1:]
    if kind:
        raise ValueError(f"{kind} stands where a word should")
    patterns = [re.compile(re.escape(word).replace(r"\*", r"\w*")) for word in re.findall(r"[\w*]+", folded(phrase))]
    size = len(patterns)

    def found(words: list[str]) -> Spans:
        return [
            (at, at + size)
            for at in range(len(words) - size + 1)
            if all(pattern.fullmatch(words[at + i]) for i, pattern in enumerate(patterns))
        ]

    return found, tokens[1:]


def _chain(
    tokens: _Tokens, operator: str, part: Callable[[_Tokens], tuple[Query, _Tokens]]
) -> tuple[list[Query], _Tokens]:
    query, tokens = part(tokens)
    parts = [query]
    while tokens and tokens[0][0] == operator:
        query, tokens = part(tokens[1:])
        parts.append(query)
    return parts, tokens
