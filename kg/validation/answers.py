"""What the queries of ``sh:sparql`` constraints answer, with the terms as they stand in the data.

pyoxigraph's store changes terms (``"01"^^xsd:integer`` is ``1`` in it). Where two terms of the data would become one,
or a query looks at the form of one that is changed, pySHACL has to evaluate it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, QuerySolutions, RdfFormat, Store, Variable, parse

if TYPE_CHECKING:
    from kg.validation.queries import Query

OX_THIS = Variable("this")
_PLACE = re.compile(r"\{[?$](\w+)\}")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One solution: terms in N-Triples syntax, as they stand in the data."""

    focus: str
    path: str | None
    value: str | None
    messages: tuple[str, ...]


def changed(literals: Iterable[Literal]) -> dict[Literal, Literal]:
    """Return those literals that the store changes, each with what it becomes."""
    store, predicate, distinct = Store(), NamedNode("urn:x"), list(dict.fromkeys(literals))
    store.extend(Quad(NamedNode(f"urn:{n}"), predicate, literal) for n, literal in enumerate(distinct))
    kept = {int(quad.subject.value[4:]): quad.object for quad in store if isinstance(quad.subject, NamedNode)}
    found: dict[Literal, Literal] = {}
    for number, literal in enumerate(distinct):
        is_now = kept[number]
        if is_now != literal and isinstance(is_now, Literal):
            found[literal] = is_now
    return found


_TYPED = re.compile(rb'"(?:[^"\\]|\\.)*"\^\^<http://www.w3.org/2001/XMLSchema#\w+>')
_KEPT = re.compile(
    rb'"(?:\d{4}-\d\d-\d\d"\^\^<[^#]*#date|(?:0|-?[1-9]\d{0,15})"\^\^<[^#]*#integer|(?:true|false)"\^\^<[^#]*#boolean'
    rb'|[1-9]\d{3}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\dZ?"\^\^<[^#]*#dateTime)>'
)
"""Literals that the store leaves as they are: most of those that there are, and asking it takes a while."""


class Terms:
    """The data that queries look at, in a store, with the terms as they were."""

    def __init__(self, ntriples: bytes) -> None:
        self.store = Store()
        self.store.extend(parse(ntriples, RdfFormat.N_TRIPLES))
        doubtful = [text for text in set(_TYPED.findall(ntriples)) if not _KEPT.fullmatch(text)]
        became = changed(term for text in doubtful if isinstance(term := term_of(text.decode()), Literal))
        self.changed = bool(became)
        there = {str(after).encode() for after in became.values()}
        self.ambiguous = len(there) < len(became) or any(text in ntriples for text in there)
        self._was = {after: before for before, after in became.items()}

    def as_written(self, term: object) -> object:
        """Return a term of the store as it stands in the data."""
        return self._was.get(term, term) if isinstance(term, Literal) else term


def term_of(text: str) -> NamedNode | BlankNode | Literal:
    """Return what N-Triples syntax stands for."""
    if text.startswith("<") and "\\" not in text:
        return NamedNode(text[1:-1])
    if text.startswith("_:"):
        return BlankNode(text[2:])
    (quad,) = parse(f"<urn:x> <urn:x> {text} .".encode(), RdfFormat.N_TRIPLES)
    found: NamedNode | BlankNode | Literal = quad.object
    return found


def run(query: Query, terms: Terms, focus: Collection[str]) -> list[Row] | None:
    """Return the solutions of a query for focus nodes in N-Triples syntax; None where pySHACL must look.

    A row that occurs twice counts once, as pySHACL has it.
    """
    if terms.changed and (terms.ambiguous or query.looks_at_forms):
        return None
    if query.at_once:
        rows = _rows(query, terms, terms.store.query(query.text))
        focus = set(focus)
        return [row for row in rows if row.focus in focus]
    return [
        row
        for node in focus
        for row in _rows(query, terms, terms.store.query(query.text, substitutions={OX_THIS: term_of(node)}))
    ]


def _rows(query: Query, terms: Terms, solutions: object) -> list[Row]:
    assert isinstance(solutions, QuerySolutions)
    names = [variable.value for variable in solutions.variables]
    found: dict[tuple[str, ...], Row] = {}
    for solution in solutions:
        bound = {n: terms.as_written(term) for n, term in zip(names, solution, strict=True) if term is not None}
        values = tuple(str(bound.get(name)) for name in names)
        if values not in found:
            shown = {name: str(getattr(term, "value", term)) for name, term in bound.items()}
            path, value = bound.get("path"), bound.get("value")
            found[values] = Row(
                focus=str(bound["this"]), path=None if path is None else str(path),
                value=None if value is None else str(value), messages=tuple(_filled(query.messages, shown)),
            )  # fmt: skip
    return list(found.values())


def _filled(messages: Iterable[str], values: dict[str, str]) -> Iterator[str]:
    """Put values in the places of variables: ``{?name}`` or ``{$name}``."""
    for message in messages:
        yield _PLACE.sub(lambda match: values.get(match[1], match[0]), message)
