"""A question becomes a query: what a reader chose for each parameter, checked, written as a term.

Nothing that a reader writes is pasted into a query: a thing must be an IRI, a date a date, a number a number, and any
other text is escaped as a literal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from urllib.parse import quote, urlencode

from kg.namespaces import XSD, absolute
from kg.questions import Parameter, Question, questions
from kg.web.i18n import N_, gettext
from kg.web.queries import filled, iri, is_iri, literal

GROUPS = {
    "members": N_("Alliances and their members"),
    "goods": N_("Digital public goods"),
    "goals": N_("Sustainable Development Goals"),
    "licences": N_("Licences and openness"),
    "posts": N_("News and posts"),
    "organizations": N_("Organizations"),
    "countries": N_("Countries"),
    "sources": N_("Sources"),
}
"""First tag of a question -> heading of the group."""

LONGEST = 500
"""Characters of a value."""


def term_of(parameter: Parameter, value: str, base: str) -> str:
    """Return a value as SPARQL writes it.

    Raises:
        ValueError: it is not of the parameter's type; the message is for the reader.
    """
    value = value.strip()
    if not value or len(value) > LONGEST:
        raise ValueError(gettext("Choose a value of at most 500 characters."))
    match parameter.type:
        case "thing":
            thing = absolute(value, base)
            if not is_iri(thing):
                raise ValueError(gettext("This is no thing of the graph."))
            return iri(thing)
        case "date":
            try:
                return literal(date.fromisoformat(value).isoformat(), str(XSD.date))
            except ValueError:
                raise ValueError(gettext("Write the day as 2024-03-04.")) from None
        case "number":
            if not re.fullmatch(r"-?[0-9]{1,15}", value):
                raise ValueError(gettext("Write a whole number."))
            return str(int(value))
        case _:
            return literal(value)


def query_of(question: Question, values: Mapping[str, str], base: str) -> str:
    """Return the query with values, or defaults, in the place of its parameters.

    Raises:
        ValueError: a value is not of its parameter's type.
    """
    terms_of = {p.name: term_of(p, values.get(p.name, p.default), base) for p in question.parameters}
    return f"# {question.summary}\n{filled(question.text, terms_of)}"


@dataclass(frozen=True, slots=True)
class Example:
    """A question as the SPARQL page offers it."""

    name: str
    question: str
    text: str

    @property
    def href(self) -> str:
        """The SPARQL page with this query filled in and answered."""
        return sparql_href(self.text)


def sparql_href(text: str) -> str:
    """Return the address of a query's page."""
    return "/sparql?" + urlencode({"query": text}, quote_via=quote)


@cache
def examples(base: str) -> dict[str, tuple[Example, ...]]:
    """Return all questions with their defaults, by the heading of their group."""
    found: dict[str, list[Example]] = {}
    for question in questions().values():
        example = Example(question.name, question.summary, query_of(question, {}, base))
        found.setdefault(GROUPS[question.tags[0]], []).append(example)
    return {heading: tuple(found[heading]) for heading in GROUPS.values() if heading in found}
