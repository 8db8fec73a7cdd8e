"""The timeline of a member list: moments that have members, and the runs of moments that are one membership."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, time

from kg.loader import Source
from kg.records import Evidence, Membership, Origin

from ._member_states import State
from .addresses import web_address

Key = tuple[str, str | None]
"""Whose membership: local name of the member, and the role (None for a plain member)."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A member in a state, as it is written there."""

    spelling: str
    quote: str | None
    origins: tuple[Origin, ...]


@dataclass(slots=True)
class Point:
    """What one moment of the timeline has: who, and which lists it can speak of."""

    state: State
    seen: dict[Key, Sighting] = field(default_factory=dict)
    has_members: bool = False
    has_board: bool = False
    unclear: list[str] = field(default_factory=list)
    """Parts of the lists that could not be split."""
    board_unnamed: bool = False
    """The list counts the board in without saying who sits on it."""
    silent_about: set[str] = field(default_factory=set)
    """Those who sat on the board when it was named last, if it is not named now."""

    def speaks_of(self, key: Key, spellings: frozenset[str]) -> bool:
        """Whether the moment tells if this member is there: it has such a list, and no unclear part with the name."""
        has_list = self.has_members if key[1] is None else self.has_board
        return key in self.seen or (
            has_list
            and not (key[1] is None and key[0] in self.silent_about)
            and not any(spelling in text for text in self.unclear for spelling in spellings)
        )

    def add(self, key: Key, spelling: str, quote: str | None, *origins: Origin) -> None:
        """Enter a name; a second mention adds its origin only."""
        old = self.seen.get(key)
        if old is None:
            self.seen[key] = Sighting(spelling, quote, origins)
        else:
            self.seen[key] = replace(old, origins=(*old.origins, *origins))


def timeline(points: list[Point]) -> list[Point]:
    """Return the moments in order of time, a state that was seen twice as one."""
    ordered: list[Point] = []
    by_precision = sorted(points, key=lambda p: len(p.state.revision or ""), reverse=True)
    for point in by_precision:
        twin = next((other for other in ordered if _same_state(other.state, point.state, points)), None)
        if twin is None:
            ordered.append(point)
            continue
        for key, sighting in point.seen.items():
            twin.add(key, sighting.spelling, sighting.quote, *sighting.origins)
        twin.has_members |= point.has_members
        twin.has_board |= point.has_board
        twin.unclear += point.unclear
    ordered.sort(key=lambda point: point.state.when)
    seats: set[str] = set()
    for point in ordered:
        if point.has_board:
            seats = {member for member, role in point.seen if role is not None}
        elif point.board_unnamed:
            point.silent_about = seats
    return ordered


def _same_state(known: State, other: State, points: list[Point]) -> bool:
    if known.revision and other.revision:
        return known.revision == other.revision or _abbreviates(other.revision, known.revision)
    if known.when == other.when:
        return True
    day = known.when.date()
    return (
        day == other.when.date()
        and time() in (known.when.time(), other.when.time())  # of one of them only the day is known
        and sum(point.state.when.date() == day for point in points if point.state is not other) == 1
    )


def _abbreviates(short: str, revision: str) -> bool:
    """Whether a commit is the beginning of another: of seven digits or more, as git itself abbreviates."""
    return re.fullmatch("[0-9a-f]{7,}", short) is not None and revision.startswith(short)


def memberships(timeline: list[Point], organization: str, source: Source) -> Iterator[Membership]:
    """Yield each uninterrupted run of moments that have a member, in order of its beginning."""
    keys: dict[Key, set[str]] = defaultdict(set)
    for point in timeline:
        for key, sighting in point.seen.items():
            keys[key].add(sighting.spelling)
    for key, spellings in keys.items():
        points = [point for point in timeline if point.speaks_of(key, frozenset(spellings))]
        here = [key in point.seen for point in points]
        runs: list[tuple[int, int]] = []
        for index in [i for i, present in enumerate(here) if present]:
            if runs and (index == runs[-1][1] or _day(points[runs[-1][1] - 1]) == _day(points[index])):
                runs[-1] = (runs[-1][0], index + 1)  # it went on, or was away for some hours: no leave
            else:
                runs.append((index, index + 1))
        for start, end in runs:
            yield _membership(key, points, start, end, organization, source)


def _membership(key: Key, points: list[Point], start: int, end: int, organization: str, source: Source) -> Membership:
    run = [point for point in points[start:end] if key in point.seen]
    sightings = [point.seen[key] for point in run]
    spellings = tuple(dict.fromkeys(sighting.spelling for sighting in sightings))
    evidence = [_evidence(run[0], sightings[0].quote, organization, source)]
    if len(run) > 1:
        evidence.append(_evidence(run[-1], sightings[-1].quote, organization, source))
    if end < len(points):
        evidence.append(_evidence(points[end], None, organization, source))
    return Membership(
        origins=tuple(origin for sighting in sightings for origin in sighting.origins),
        member=spellings[-1],
        organization=organization,
        role=key[1],
        first_seen=_day(run[0]),
        last_seen=_day(run[-1]),
        absent_before=_day(points[start - 1]) if start else None,
        gone_by=_day(points[end]) if end < len(points) else None,
        current=end == len(points),
        spellings=spellings,
        evidence=tuple(evidence),
    )


def _evidence(point: Point, quote: str | None, organization: str, source: Source) -> Evidence:
    state = point.state
    pattern = source.options.get("revision_url")
    url = source.options.get("url") or state.url or source.url
    if isinstance(pattern, str) and state.revision:
        url = pattern.replace("{revision}", state.revision)
    return Evidence(
        url=web_address(url if isinstance(url, str) else None),
        title=f"Member list of {organization}",
        date=state.when,
        revision=state.revision,
        quote=quote,
    )


def _day(point: Point) -> date:
    return point.state.when.date()
