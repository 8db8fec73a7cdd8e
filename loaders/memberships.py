"""Memberships: dated states of a member list, as JSON lines or HTML pages, and tables.

**JSON lines** (``.jsonl``, ``.ndjson``, ``.json``): one state per line, an object with ``date`` (ISO date or time),
``commit`` (optional), ``members`` and ``board`` (the sentence as the page has it, a list of names, or null).

**HTML** (``.html``, ``.htm``): a page of the alliance, one state; its date and revision from the file's name
(``2024-03-04_91ce9021e.html``), else from the option ``date``, else from when it was retrieved.

Payloads of other names are told apart by their first character.

**Tables** (``.csv``; see ``loaders._tables``; columns in brackets may be missing or empty)::

    member [organization role start end current homepage source_url quote]

``start`` and ``end`` are YYYY-MM-DD, ``current`` is yes or no, ``role`` is empty for a plain member, ``organization``
may be left to the option of this name; several rows with the same member, organization, role and start are one
membership with several pieces of evidence (``source_url`` and ``quote``).

The states of all JSON lines and pages are one timeline: a page whose revision abbreviates a state's commit, or that has
no revision and the date of a single state, is that state seen twice. What two names have to share to be one member is
for ``kg.linking.organizations`` to say, so a rename that the authority file knows is not a leave.

From the timeline:

* a run of states that have a member is one membership; leaving and coming back are two, unless on the same day. A
  state without a list of members says nothing about them: the states before the first list do not mean absence. Nor
  does a state whose list is blank, or one whose text lists nothing ("Page not found"), which are rejects; nor
  does a state in which the name stands in a part of the list that could not be split, nor, about those on the board,
  one that counts the board in without naming it.
* those on the board are members too, in every state that has a list of members, whether the list says so ("the six
  members of the board") or not. Their seat is a membership of its own, with the role "board member"; the interim group
  that the board replaced gives the role "interim strategy group member" and, alone, no plain membership.
* ``current``: the newest state that has such a list has the member.

A source record is: a name in the board's sentence of a state; a name in the members' sentence, and each member of the
board that this sentence does not name itself; a part of a sentence that cannot be split into names; a row of a table. A
line or page that is no state is one, and a state that was seen twice counts twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Literal

from kg.errors import UsageError
from kg.linking.organizations import authority, local_name
from kg.loader import Loader, Payload, Source, excerpt, unreadable
from kg.records import Evidence, Membership, Origin, Record, Reject

from ._member_lists import Ambiguous, BoardReference, Name, body_role, parts
from ._member_states import Names, State, read_lines, read_page
from ._member_timeline import Point, memberships, timeline
from ._merging import merged
from ._tables import CellError, Row, Table
from .addresses import web_address

_LINES = (".jsonl", ".ndjson", ".json")
_PAGES = (".html", ".htm")
_YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def read(source: Source) -> Iterator[Record | Reject]:
    """Yield the memberships of a source.

    Raises:
        UsageError: a list of members is to be read and the option ``organization`` does not say of what.
    """
    points: list[Point] = []
    found: dict[tuple[str, str, str | None, date | None], Membership] = {}
    for payload in source.payloads:
        if fault := unreadable(payload):
            yield fault
            continue
        form = _form(payload)
        if form == "table":
            yield from _read_table(payload, source, found)
        else:
            states = [read_page(payload, source.options.get("date"))] if form == "page" else read_lines(payload)
            yield from _enter(states, points)
    if points:
        for membership in memberships(timeline(points), _organization(source), source):
            _add(found, membership)
    yield from found.values()


def _organization(source: Source) -> str:
    name = source.options.get("organization")
    if not isinstance(name, str) or not name:
        raise UsageError(
            f"source {source.name!r}: the option organization must say whose members are listed",
            hint='[source.options] organization = "Digital Public Goods Alliance"',
        )
    return name


def _add(found: dict[tuple[str, str, str | None, date | None], Membership], new: Membership) -> None:
    begins = new.start or new.first_seen
    key = (identity(new.member, new.member_homepage), identity(new.organization), new.role, begins)
    found[key] = merged(found[key], new) if key in found else new


def identity(name: str, homepage: str | None = None) -> str:
    """Return what all spellings of an organization's name share: its slug in the authority file, else its key."""
    return authority().find(name, homepage=homepage) or local_name(name)


# --- states -----------------------------------------------------------------------------------------------------------


def _form(payload: Payload) -> Literal["lines", "page", "table"]:
    """Return the form of a payload from its name, else from how it begins."""
    if payload.suffix in (*_LINES, *_PAGES, ".csv"):
        return "lines" if payload.suffix in _LINES else "page" if payload.suffix in _PAGES else "table"
    with payload.open() as stream:
        start = stream.read(1024).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return "page" if start == b"<" else "lines" if start in (b"{", b"[") else "table"


def _enter(states: Iterable[State | Reject], points: list[Point]) -> Iterator[Reject]:
    for state in states:
        if isinstance(state, Reject):
            yield state
        else:
            point = Point(state)
            yield from _fill(point)
            points.append(point)


def _fill(point: Point) -> Iterator[Reject]:
    """Enter the names of a state's sentences; yield what is no name."""
    state = point.state
    seats: dict[str, str] = {}
    point.unclear = [
        part.text
        for names in (state.board, state.members)
        if names
        for part in parts(names)
        if isinstance(part, Ambiguous)
    ]
    if state.board is not None:
        point.has_board = True
        role = body_role(state.board if isinstance(state.board, str) else "board")
        for part in _parts(state.board, state, "board"):
            if isinstance(part, Reject):
                yield part
            else:
                origin, name = part
                point.add((identity(name.text), role), name.text, name.quote, origin)
                seats.setdefault(identity(name.text), name.text)
    if state.members is None:
        return
    point.has_members = True
    reference: BoardReference | None = None
    for part in _parts(state.members, state, "members"):
        if isinstance(part, Reject):
            yield part
        elif isinstance(part[1], BoardReference):
            reference = part[1]
            if not seats:
                point.board_unnamed = True
                yield Reject(
                    origin=part[0], excerpt=excerpt(reference.text), hint="state the board in the same state",
                    reason="the list refers to the board, which the state does not name",
                )  # fmt: skip
        else:
            point.add((identity(part[1].text), None), part[1].text, part[1].quote, part[0])
    quote = reference.quote if reference else None
    for member, spelling in seats.items():
        if (member, None) not in point.seen:
            point.add((member, None), spelling, quote, _origin(state, f"members, by its seat: {spelling}"))


def _parts(text: Names, state: State, where: str) -> Iterator[tuple[Origin, Name | BoardReference] | Reject]:
    for part in parts(text):
        origin = _origin(state, f"{where}: {part.text}")
        if isinstance(part, Ambiguous):
            yield Reject(
                origin=origin, excerpt=excerpt(part.text), reason="this part of the list could be one name or several",
                hint="add the organizations that it names to ontology/organizations.csv",
            )  # fmt: skip
        else:
            yield origin, part


def _origin(state: State, place: str) -> Origin:
    return replace(state.origin, place=f"{state.when.date().isoformat()}, {place}")


# --- tables -----------------------------------------------------------------------------------------------------------


def _read_table(
    payload: Payload, source: Source, found: dict[tuple[str, str, str | None, date | None], Membership]
) -> Iterator[Reject]:
    columns = source.options.get("columns", {})
    table = Table(payload, columns if isinstance(columns, Mapping) else {})
    for row in table:
        if isinstance(row, Reject):
            yield row
            continue
        if "member" not in table.header:
            break
        try:
            _add(found, _row(row, source))
        except CellError as error:
            reason, text, hint = error.args
            yield Reject(origin=row.origin, reason=reason, excerpt=excerpt(text), hint=hint)
    if "member" not in table.header:
        yield Reject(
            origin=Origin(payload=payload.name, line=1), reason="the table has no column member",
            excerpt=excerpt(", ".join(table.header)),
            hint="name the columns as documented, or map them with the option columns",
        )  # fmt: skip


def _row(row: Row, source: Source) -> Membership:
    member, role, stated = row.required("member"), row.get("role"), row.get("current")
    organization = row.get("organization") or source.options.get("organization")
    if not isinstance(organization, str):
        organization = row.required("organization")
    current = _YES_NO.get(stated.casefold()) if stated else None
    if stated and current is None:
        raise CellError("the column current is neither yes nor no", stated, "write yes or no")
    url, quote = web_address(row.get("source_url")), row.get("quote")
    evidence = Evidence(url=url, quote=excerpt(quote) if quote else None)
    return Membership(
        origins=(row.origin,),
        member=member,
        organization=organization,
        role=None if role is None or role.casefold() == "member" else role.casefold(),
        start=row.day("start"),
        end=row.day("end"),
        current=current,
        spellings=(member,),
        member_homepage=web_address(row.get("homepage")),
        evidence=(evidence,) if url or quote else (),
    )


loader = Loader(
    name="memberships",
    version="1",
    summary="who is a member of what, since when and until when",
    forms=(
        "dated states of a member list (JSON lines)",
        "a page that lists the members (HTML)",
        "table of memberships (CSV)",
    ),
    read=read,
    options={
        "organization": "whose members are listed; required for JSON lines and pages",
        "url": "public address of the list, given as evidence",
        "revision_url": "address of one revision of the list, with {revision} in it; given as evidence instead of url",
        "date": "date of a page whose file name has none",
        "columns": "our column names -> the table's headers",
    },
)
