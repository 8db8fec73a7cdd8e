"""Organizations, people, programmes and commitments: ROR data dumps, and tables that people keep.

**ROR dumps** (``.json``): schema 1 and 2, the JSON array of a dump, one record, or the answer of the API; streamed.

**Tables** (``.csv``; see ``loaders._tables`` for encodings and separators). What a table lists is seen from its header;
columns may stand in any order, those in brackets may be missing or empty, all others are left aside. Several values
in one cell are separated by ``|``::

    organizations   name [slug other_names former_names acronym homepage country ror wikidata type founded description
                    source_url parents]
    people          name role [organization url source_url]
    programmes      name organization [description url sdgs source_url]
    commitments     member organization title [text programme year sdgs source_url]

* a table with ``title`` and ``member`` lists commitments; else one with ``role`` people; else one with ``organization``
  programmes; else one with ``name`` organizations. The option ``form`` (``organizations``, ``people``, ``programmes``,
  ``commitments``) says so where the header does not.
* the option ``columns`` maps our names to the file's headers: ``columns = {name = "organization_name"}``.
* ``slug`` is there so that the authority file ``ontology/organizations.csv`` is itself a source; what an organization's
  IRI is follows from its ROR id and name alone (``kg.linking.organizations``).
* ``ror`` and ``wikidata`` are ids or IRIs; ``country`` a name or ISO code; ``founded`` and ``year`` four digits;
  ``sdgs`` codes separated by blanks (``13 13.3 9.c``); ``text`` and ``description`` English; URLs absolute (a missing
  scheme is added, what is no address is left out).
* ``former_names`` are those that an organization bore before it was renamed, with the day, month or year in brackets
  where it is known: ``Old Name (until 2025-01-01)``. What was merged or split is another organization.
* of a commitment, ``member`` commits itself towards ``organization`` (the alliance) with a ``title`` of some words.

A source record is an item of the JSON array or a row of a table (a row of empty cells too). What is met several times
in one source becomes one record: organizations by ROR id or by the rules of ``kg.linking.organizations``, people by
name, organization and role, programmes by name and organization, commitments by member, organization, title and year.
Payloads that are neither JSON nor a table with a known header are one reject each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import replace

from kg.errors import UsageError
from kg.linking.organizations import authority, local_name, ror_id
from kg.loader import Loader, Payload, Source, excerpt, unreadable
from kg.records import Commitment, FormerName, Organization, Origin, Person, Programme, Record, Reject, Text

from . import _ror as ror
from ._merging import merged
from ._tables import CellError, Row, Table
from .addresses import web_address

_UNTIL = re.compile(r"(.+?)(?: \(until (\d{4}(?:-\d\d(?:-\d\d)?)?)\))?", re.DOTALL)
FORMS = ("organizations", "people", "programmes", "commitments")


def identity(name: str, homepage: str | None = None, ror_iri: str | None = None) -> str:
    """Return what two statements about one organization have in common: its ROR id, its slug, or its name's key."""
    known = authority().find(name, homepage=homepage, ror=ror_iri)
    iri = ror_iri or (authority().entries[known].ror if known else None)
    return f"ror-{ror_id(iri)}" if iri else known or local_name(name)


def read(source: Source) -> Iterator[Record | Reject]:
    """Yield the records of ROR dumps and tables.

    Raises:
        UsageError: the option ``form`` or ``columns`` is not what it should be.
    """
    form, columns = _options(source)
    faults = [fault for payload in source.payloads if (fault := unreadable(payload))]
    yield from faults
    payloads = [payload for payload in source.payloads if all(payload.name != f.origin.payload for f in faults)]
    dumps = [payload for payload in payloads if ror.is_json(payload)]
    held: dict[Hashable, Record] = {}
    for payload in payloads:
        if payload not in dumps:
            yield from _read_table(payload, form, columns, held)
    several = _met_several_times(dumps, held)
    for payload in dumps:
        for item in ror.read(payload):
            if isinstance(item, Reject):
                yield item
                continue
            key = ("organization", identity(item.name.value, item.homepage, item.ror))
            if key in held or key[1] in several:
                _hold(held, key, item)
            else:
                yield item
    yield from held.values()


def split(source: Source) -> list[Source] | None:
    """Take dumps apart; tables are not, as what they say several times becomes one record."""
    if any(unreadable(payload) or not ror.is_json(payload) for payload in source.payloads):
        return None
    parts = ror.split(source.payloads)
    return [replace(source, payloads=[part]) for part in parts] if parts else None


def _met_several_times(dumps: list[Payload], held: Mapping[Hashable, Record]) -> set[str]:
    """Return the identities that stand more than once in the dumps, so that all others need not be kept in memory."""
    seen: set[str] = set()
    several: set[str] = set()
    for payload in dumps:
        for ror_iri in ror.ids(payload):
            key = f"ror-{ror_id(ror_iri)}"
            (several if key in seen else seen).add(key)
    return several


def _hold(held: dict[Hashable, Record], key: Hashable, new: Record) -> None:
    old = held.get(key)
    if old is None:
        held[key] = new
        return
    both = merged(old, new)
    if isinstance(old, Organization) and isinstance(both, Organization):
        names = tuple(text for text in dict.fromkeys((*both.names, old.name)) if text != both.name)
        both = replace(both, names=names)
    held[key] = both


def _read_table(
    payload: Payload, form: str | None, columns: Mapping[str, str], held: dict[Hashable, Record]
) -> Iterator[Reject]:
    table = Table(payload, columns)
    reader: _Reader | None = None
    for row in table:
        if isinstance(row, Reject):
            yield row
            continue
        if reader is None:
            found = form or _form(table.header)
            if found is None:
                break
            reader = _READERS[found]
        try:
            key, record = reader(row)
        except CellError as error:
            reason, text, hint = error.args
            yield Reject(origin=row.origin, reason=reason, excerpt=excerpt(text), hint=hint)
        else:
            _hold(held, (record.kind, key), record)
    if reader is None and form is None and _form(table.header) is None:
        yield Reject(
            origin=Origin(payload=payload.name, line=1), reason="the header is none of the documented ones",
            excerpt=excerpt(", ".join(table.header)),
            hint="name the columns as documented, or map them with the option columns",
        )  # fmt: skip


def _form(header: tuple[str, ...]) -> str | None:
    names = set(header)
    if {"member", "title"} <= names:
        return "commitments"
    if "name" not in names:
        return None
    return "people" if "role" in names else "programmes" if "organization" in names else "organizations"


_Reader = Callable[[Row], tuple[Hashable, Record]]


def _organization(row: Row) -> tuple[Hashable, Record]:
    name = row.required("name")
    ror_iri, homepage = _ror(row), web_address(row.get("homepage"))
    return identity(name, homepage, ror_iri), Organization(
        origins=(row.origin,),
        name=Text(name),
        names=tuple(Text(other) for other in row.several("other_names")),
        former_names=tuple(map(_former, row.several("former_names"))),
        acronyms=row.several("acronym"),
        ror=ror_iri,
        wikidata=_wikidata(row),
        homepage=homepage,
        country=row.get("country"),
        types=row.several("type"),
        parents=row.several("parents"),
        founded=row.year("founded"),
        description=_english(row.get("description")),
        source_url=web_address(row.get("source_url")),
    )


def _person(row: Row) -> tuple[Hashable, Record]:
    name, organization, role = row.required("name"), row.get("organization"), row.get("role")
    return (local_name(name), organization and identity(organization), role), Person(
        origins=(row.origin,), name=name, role=role, organization=organization,
        url=web_address(row.get("url")), source_url=web_address(row.get("source_url")),
    )  # fmt: skip


def _programme(row: Row) -> tuple[Hashable, Record]:
    name, organization = row.required("name"), row.required("organization")
    return (local_name(name), identity(organization)), Programme(
        origins=(row.origin,), name=Text(name, "en"), organization=organization,
        description=_english(row.get("description")), url=web_address(row.get("url")), sdgs=row.sdgs("sdgs"),
        source_url=web_address(row.get("source_url")),
    )  # fmt: skip


def _commitment(row: Row) -> tuple[Hashable, Record]:
    member, organization, title = row.required("member"), row.required("organization"), row.required("title")
    year = row.year("year")
    return (identity(member), identity(organization), local_name(title), year), Commitment(
        origins=(row.origin,), member=member, organization=organization, title=Text(title, "en"),
        text=_english(row.get("text")), programme=row.get("programme"), year=year, sdgs=row.sdgs("sdgs"),
        source_url=web_address(row.get("source_url")),
    )  # fmt: skip


_READERS: Mapping[str, _Reader] = dict(zip(FORMS, (_organization, _person, _programme, _commitment), strict=True))


def _english(text: str | None) -> Text | None:
    return Text(text, "en") if text else None


def _former(text: str) -> FormerName:
    name, until = _UNTIL.fullmatch(text).groups()  # type: ignore[union-attr]
    return FormerName(name, until)


def _ror(row: Row) -> str | None:
    value = row.get("ror")
    if value is None:
        return None
    found = ror.iri(value)
    if found is None:
        raise CellError("the column ror holds no ROR id", value, "write https://ror.org/ and nine letters and digits")
    return found


def _wikidata(row: Row) -> str | None:
    value = row.get("wikidata")
    if value is None:
        return None
    local = value.rstrip("/").rsplit("/", 1)[-1].rsplit(":", 1)[-1].upper()
    if not re.fullmatch(r"Q[1-9]\d*", local):
        raise CellError("the column wikidata holds no Wikidata id", value, "write Q and a number")
    return local


def _options(source: Source) -> tuple[str | None, Mapping[str, str]]:
    form, columns = source.options.get("form"), source.options.get("columns", {})
    if form is not None and form not in FORMS:
        raise UsageError(f"source {source.name!r}: option form is {form!r}", hint=f"one of {', '.join(FORMS)}")
    if not isinstance(columns, Mapping) or not all(isinstance(value, str) for value in columns.values()):
        raise UsageError(
            f"source {source.name!r}: option columns maps our column names to the file's",
            hint='columns = {name = "organization_name"}',
        )
    return form, columns


loader = Loader(
    name="organizations",
    version="1",
    summary="organizations, people, programmes and commitments",
    forms=(
        "ROR data dump, schema 1 or 2 (JSON)",
        "table of organizations (CSV)",
        "table of people in public roles (CSV)",
        "table of programmes (CSV)",
        "table of commitments (CSV)",
    ),
    read=read,
    split=split,
    options={
        "form": "what a table lists, where its header does not tell: organizations, people, programmes or commitments",
        "columns": "our column names -> the file's headers",
    },
)
