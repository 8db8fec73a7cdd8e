"""What a reader selects from a list, as its address has it and as the queries ask for it.

``/browse/goods?goal=13&goal=7&openness=open&sort=-date&q=map&after=KEY|IRI``: of one facet any of the values, of
different facets all. A page goes on ``after`` the key and the IRI of the last thing of the page before, so that things
with equal keys are neither skipped nor told twice, however many pages there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from urllib.parse import quote, urlencode

from starlette.datastructures import QueryParams

from kg.namespaces import absolute
from kg.resources import query as query_file
from kg.web import terms
from kg.web.i18n import gettext
from kg.web.lists import Facet, Kind, prologue
from kg.web.queries import filled, iri, is_iri, literal

MOST = 50
"""Values of one facet."""

LONGEST = 200
"""Characters of the text that names are looked through for."""

_TIE = 'CONCAT(STR(?thing), " ")'
"""Sorts as the IRI does, and seven times as fast: the engine looks terms of the store up for each comparison."""


@dataclass(frozen=True, slots=True)
class Selection:
    """A list, narrowed down and in an order."""

    kind: Kind
    base: str
    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Name of a facet and the values that were chosen, as the address has them."""
    text: str = ""
    sort: str = ""
    after: str = ""
    before: str = ""
    among: tuple[str, ...] | None = None
    """The things that have the text in a name, where the search index has told; else the names are looked through."""

    @classmethod
    def of(cls, kind: Kind, base: str, parameters: QueryParams) -> Selection:
        """Read an address.

        Raises:
            ValueError: a value cannot be; the message is for the reader.
        """
        chosen = []
        for facet in kind.facets:
            values = tuple(dict.fromkeys(v for v in parameters.getlist(facet.name) if v))
            if len(values) > MOST:
                raise ValueError(
                    gettext("%(name)s has more than %(most)s values.") % {"name": facet.name, "most": MOST}
                )
            for value in values:
                _term(facet, value, base)
            if values:
                chosen.append((facet.name, values))
        sort = parameters.get("sort", "") or kind.sort
        if sort not in kind.sorts:
            raise ValueError(
                gettext("sort is “%(value)s”, and not one of %(names)s.")
                % {"value": sort, "names": ", ".join(kind.sorts)}
            )
        found = cls(kind, base, tuple(chosen), parameters.get("q", "").strip()[:LONGEST], sort,
                    parameters.get("after", ""), parameters.get("before", ""))  # fmt: skip
        found._cursor()
        return found

    def values(self, facet: Facet) -> tuple[str, ...]:
        """Return what was chosen of a facet."""
        return dict(self.chosen).get(facet.name, ())

    def without_page(self) -> Selection:
        """Return the same from its first page."""
        return replace(self, after="", before="")

    def toggled(self, facet: Facet, value: str) -> Selection:
        """Return the same with a value more or less."""
        chosen = dict(self.chosen)
        values = chosen.get(facet.name, ())
        chosen[facet.name] = tuple(v for v in values if v != value) if value in values else (*values, value)
        return replace(self.without_page(), chosen=tuple((name, v) for name, v in chosen.items() if v))

    def retold(self, text: str) -> Selection:
        """Return the same with another text that names have to contain."""
        return replace(self.without_page(), text=text, among=None)

    def ordered(self, sort: str) -> Selection:
        """Return the same in another order."""
        return replace(self.without_page(), sort=sort)

    def parameters(self) -> list[tuple[str, str]]:
        """Return the parameters of its address, without those that have their default."""
        pairs = [(name, value) for name, values in self.chosen for value in values]
        if self.text:
            pairs.append(("q", self.text))
        if self.sort != self.kind.sort:
            pairs.append(("sort", self.sort))
        pairs += [(name, value) for name, value in (("after", self.after), ("before", self.before)) if value]
        return pairs

    def href(self, extension: str = "") -> str:
        """Return its address, or that of a file with all of it."""
        pairs = self.parameters() if not extension else self.without_page().parameters()
        suffix = f".{extension}" if extension else ""
        query = urlencode(pairs, quote_via=quote, safe="/:")
        return f"/browse/{self.kind.slug}{suffix}" + (f"?{query}" if query else "")

    def things(self, apart_from: str = "") -> str:
        """Return the pattern that binds ``?thing``, with what was chosen of all facets but one."""
        lines = [f"?thing a {iri(self.kind.cls)} ."]
        for facet in self.kind.facets:
            values = self.values(facet)
            if not values or facet.name == apart_from:
                continue
            listed = [_term(facet, value, self.base) for value in values]
            chosen = f"FILTER(STR(?value) IN ({', '.join(listed)}))"
            if not facet.literal:
                chosen = f"VALUES ?value {{ {' '.join(listed)} }}"
            lines.append(f"{{ SELECT DISTINCT ?thing WHERE {{ {facet.pattern} . {chosen} }} }}")
        if self.among is not None:
            lines.insert(0, f"VALUES ?thing {{ {' '.join(map(iri, self.among))} }}")
        elif self.text:
            lines.append("{ " + _part("named", text=literal(self.text.lower()), **{"class": iri(self.kind.cls)}) + " }")
        if len(lines) == 1:
            return lines[0]
        return "{ SELECT DISTINCT ?thing WHERE { " + " ".join(lines) + " } }"

    def page_query(self, limit: int | None, *, told: bool = True) -> str:
        """Return what asks for a page of so many things, or for all, with or without what is told of them.

        Without, only the order by names has names too.
        """
        name, descending = self.sort.removeprefix("-"), self.sort.startswith("-")
        backwards = descending != bool(self.before)
        cls = iri(self.kind.cls)
        columns = [
            f'OPTIONAL {{ SELECT ?thing (GROUP_CONCAT(DISTINCT STR(?value); SEPARATOR="|") AS ?{column.name})'
            f" WHERE {{ ?thing a {cls} . {column.pattern} }} GROUP BY ?thing }}"
            for column in (self.kind.columns if told else ())
        ]
        if told and name != "name":
            columns.insert(0, _part("label", **{"class": cls}))
        names = [*(["key"] if limit else []), *(column.name for column in self.kind.columns if told)]
        return _composed(
            "page", cursor=self._filter(">" if not backwards else "<"),
            keys=_part(f"by-{name}", selection=self.things(), date=_renamed(self.kind.date, "found"), **{"class": cls}),
            order=f"DESC(?key) DESC({_TIE})" if backwards else f"?key {_TIE}",
            limit="" if limit is None else f"LIMIT {limit}",
            names=" ".join(f"?{name}" for name in names), columns="\n  ".join(columns),
        )  # fmt: skip

    def count_query(self) -> str:
        """Return what asks how many things there are."""
        return _composed("count", selection=self.things())

    def facet_queries(self) -> list[str]:
        """Return what asks how many things there would be for each value of each facet.

        What was chosen of a facet does not narrow down its own values; the facets of which nothing was chosen have one
        query together, so that what is selected need be found once only.
        """
        apart: dict[str, list[Facet]] = {}
        for facet in self.kind.facets:
            apart.setdefault(self.things(facet.name), []).append(facet)
        return [_composed("facets", selection=things, facets="\n    UNION ".join(map(_counted, facets)))
                for things, facets in apart.items()]  # fmt: skip

    def columns_query(self, things: Iterable[str]) -> str:
        """Return what asks for all that is told of some things: the columns of ``page_query``, at once for a page."""
        listed = " ".join(iri(thing) for thing in things)
        columns = (
            f"{{ VALUES ?thing {{ {listed} }} {column.pattern} . BIND({literal(column.name)} AS ?column) }}"
            for column in self.kind.columns
        )
        return _composed("columns", columns="\n  UNION ".join(columns))

    def describing_query(self) -> str:
        """Return what asks for all that is stated of the things."""
        return _composed("describe", selection=self.things())

    def beside(self, key: str, thing: str, *, before: bool = False) -> Selection:
        """Return the page that goes on after, or ends before, a thing and its key."""
        cursor = f"{key}|{terms.compact(thing, self.base)}"
        return replace(self, after="" if before else cursor, before=cursor if before else "")

    def _cursor(self) -> tuple[str, str] | None:
        text = self.after or self.before
        if not text:
            return None
        key, bar, thing = text.rpartition("|")
        thing = absolute(thing, self.base)
        is_number = self.sort.removeprefix("-") == "links"
        if not bar or len(text) > 3_000 or not is_iri(thing) or (is_number and not re.fullmatch(r"[0-9]{1,15}", key)):
            raise ValueError(gettext("after and before are the key and the IRI of a thing, with | between them."))
        return key if is_number else literal(key), thing

    def _filter(self, sign: str) -> str:
        cursor = self._cursor()
        if cursor is None:
            return ""
        key, thing = cursor
        return f"FILTER(?key {sign} {key} || (?key = {key} && STR(?thing) {sign} {literal(thing)}))"


def value_of(facet: Facet, value: str, base: str) -> str:
    """Return how addresses have a value of a facet."""
    if facet.literal:
        return value
    namespace = absolute(facet.namespace, base) if facet.namespace else ""
    if namespace and value.startswith(namespace) and ":" not in value[len(namespace) :]:
        return value[len(namespace) :]
    return terms.compact(value, base)


def thing_of(facet: Facet, value: str, base: str) -> str:
    """Return the IRI, or the text, of a value in an address."""
    if facet.literal:
        return value
    if facet.namespace and not re.match(r"id/|[A-Za-z][A-Za-z0-9+.\-]*:", value):
        return absolute(facet.namespace, base) + value
    return absolute(value, base)


def _term(facet: Facet, value: str, base: str) -> str:
    if len(value) > LONGEST * 5:
        raise ValueError(gettext("A value of %(name)s is too long.") % {"name": facet.name})
    found = thing_of(facet, value, base)
    if facet.literal:
        return literal(found)
    if not is_iri(found):
        raise ValueError(gettext("%(name)s is “%(value)s”, and names nothing.") % {"name": facet.name, "value": value})
    return iri(found)


def _counted(facet: Facet) -> str:
    return f"{{ SELECT ?thing ?value ({literal(facet.name)} AS ?facet) WHERE {{ {facet.pattern} }} }}"


def _renamed(pattern: str, variable: str) -> str:
    return re.sub(r"\?value\b", f"?{variable}", pattern)


def _composed(name: str, **parts: str) -> str:
    body = "\n".join(_kept(_part(name, **parts).splitlines())) + "\n"
    return f"{prologue(body)}\n{body}"


def _part(name: str, **parts: str) -> str:
    """Return a query, or a part of one, without its header."""
    return filled(_text(name), parts).strip()


@cache
def _text(name: str) -> str:
    return re.sub(r"^#\+.*\n", "", query_file(f"lists/{name}"), flags=re.MULTILINE)


def _kept(lines: Iterable[str]) -> Iterable[str]:
    return (line.rstrip() for line in lines if line.strip())
