"""Dated states of a member list, read from JSON lines and from HTML pages of the alliance."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import PurePosixPath
from typing import Any

from bs4 import BeautifulSoup, Tag

from kg.loader import Payload, excerpt
from kg.records import Origin, Reject

from ._member_lists import LEAD_IN, SEPARATOR, folded, is_list, lists_names, sentence
from ._text import without_controls

Names = str | Sequence[str]
"""A sentence that lists names, or the items of a list."""

_FILE_NAME = re.compile(r"(?<!\d)(\d{4}-\d{2}-\d{2})(?:[_.-]([0-9a-f]{7,40}))?(?![0-9a-z])")
_BOARD = re.compile(r"\b(?:board|interim strategy group)\b", re.IGNORECASE)
_HEADING = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True, slots=True)
class State:
    """What the list said at one time; None where it did not speak of members, or of a board."""

    when: datetime
    origin: Origin
    revision: str | None
    url: str | None
    members: Names | None
    board: Names | None


def read_lines(payload: Payload) -> Iterator[State | Reject]:
    """Yield the state in each line of JSON, or a reject in its place; blank lines are none. An array is lines too."""
    if payload.read().lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        try:
            whole = json.loads(payload.read().decode("utf-8-sig"))
        except (ValueError, RecursionError):
            whole = None  # no array either: said line by line below
        if isinstance(whole, list):
            for number, item in enumerate(whole, start=1):
                yield _state(item, payload, Origin(payload=payload.name, place=f"state {number}"))
            return
    with payload.open() as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            origin = Origin(payload=payload.name, place=f"state {number}", line=number)
            try:
                item = json.loads(line.decode("utf-8-sig"))
            except (ValueError, RecursionError) as error:
                yield _reject(origin, "the line is not JSON", str(error), "write one JSON object per line, in UTF-8")
                continue
            yield _state(item, payload, origin)


def _state(item: Any, payload: Payload, origin: Origin) -> State | Reject:
    if not isinstance(item, Mapping):
        return _reject(
            origin, "the state is no JSON object", repr(item), "write an object with date, members and board"
        )
    when = moment(item.get("date"))
    if when is None:
        return _reject(origin, "the state has no date", repr(item.get("date")), "write date as ISO 8601")
    revision = item.get("commit")
    members, board = item.get("members"), item.get("board")
    if not _is_names(members) or not _is_names(board) or not (revision is None or isinstance(revision, str)):
        text = repr({"members": members, "board": board, "commit": revision})
        return _reject(origin, "a field of the state is neither text, a list of names nor null", text, "see the docs")
    members, board, revision = _clean(members), _clean(board), without_controls(revision or "")
    broken = next((names for names in (members, board) if isinstance(names, str) and _is_broken(names)), None)
    if broken is not None:
        hint = 'leave out what is no list, or begin it with words such as "Members include:"'
        return _reject(origin, "a field of the state is text that lists no names", broken, hint)
    # a list without any name was blank or lost: that it says nobody is a member would end every membership
    members = members if members is not None and lists_names(members) else None
    board = board if board is not None and lists_names(board) else None
    if members is None and board is None:
        return _reject(origin, "the state names neither members nor a board", repr(item), "leave such states out")
    return State(when, origin, revision or None, payload.url, members, board)


def read_page(payload: Payload, date_option: object) -> State | Reject:
    """Return the state that an HTML page shows, or a reject for the page."""
    origin = Origin(payload=payload.name)
    named = _FILE_NAME.search(PurePosixPath(payload.name).name)
    retrieved = payload.retrieved.isoformat() if payload.retrieved else None
    when = moment(named[1] if named else date_option or retrieved)
    if when is None:
        hint = "put the date into the file's name, or state the option date"
        return _reject(origin, "the page has no date", payload.name, hint)
    soup = BeautifulSoup(payload.read(), "lxml")
    for hidden in soup(["script", "style", "template", "noscript"]):
        hidden.decompose()
    members: Names | None = None
    board: Names | None = None
    for block in soup.find_all([*_HEADING, "p", "li", "div"]):
        if block.name == "div" and block.find(["p", "li", "div", *_HEADING]):
            continue
        if (found := _listed(block)) is None:
            continue
        lead, names = found
        if _BOARD.search(lead):
            board = names if board is None or _length(names) > _length(board) else board
        else:
            members = names if members is None or _length(names) > _length(members) else members
    if members is None and board is None:
        hint = "the page must say 'members include: ...' or have a list under such words"
        return _reject(origin, "the page lists no members", folded(soup.get_text(" ")), hint)
    return State(when, origin, named[2] if named else None, payload.url, members, board)


def _listed(block: Tag) -> tuple[str, Names] | None:
    """Return what leads in the names and the names that a paragraph or a heading has, or that a list after it has."""
    text = folded(block.get_text())
    below = block.find_next_sibling()
    found_items = below.find_all("li") if below and below.name in ("ul", "ol") else []
    items = [name for item in found_items if (name := folded(item.get_text()))]
    if block.name in _HEADING:
        fits = re.search(r"\bmembers?(?:hip)?\s*(?:\([^)]*\))?:?$", text, re.IGNORECASE)
        return (text, items) if fits and items else None
    found = sentence(text)
    if found is None:
        return None
    match = LEAD_IN.match(found)
    assert match is not None
    rest = found[match.end() :].strip(" .:;")
    if not rest:
        return (found, items) if items else None
    return (match["lead"], found) if SEPARATOR.search(rest) else None


def _length(names: Names) -> int:
    return len(SEPARATOR.findall(names)) + 1 if isinstance(names, str) else len(names)


def _is_broken(text: str) -> bool:
    """Whether text that is not blank lists nothing: an error page, an apology, a heading."""
    return bool(text.strip()) and not is_list(text)


def moment(value: object) -> datetime | None:
    """Return the time that an ISO date, a date and time or a TOML date states; one without a zone is in UTC."""
    if isinstance(value, datetime):
        found = value
    elif isinstance(value, date):
        found = datetime.combine(value, time(), UTC)
    elif isinstance(value, str):
        try:
            found = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    else:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _clean(names: Names | None) -> Names | None:
    """Return names without characters that no quotation may hold: one would cost every member that it stands beside."""
    if names is None or isinstance(names, str):
        return names and without_controls(names)
    return [without_controls(name) for name in names]


def _is_names(value: Any) -> bool:
    return (
        value is None or isinstance(value, str) or (isinstance(value, list) and all(isinstance(v, str) for v in value))
    )


def _reject(origin: Origin, reason: str, text: str, hint: str) -> Reject:
    return Reject(origin=origin, reason=reason, excerpt=excerpt(text), hint=hint)
