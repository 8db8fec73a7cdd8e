"""Memberships from the real member lists, against a table of all their joins and leaves, read off by eye."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from benchmarks.linking.score import gold
from kg.errors import UsageError
from kg.linking.organizations import authority
from kg.records import Membership
from loaders._member_lists import Ambiguous, BoardReference, Name, parts
from tests.loaders.run import nquads, read

ALLIANCE = "Digital Public Goods Alliance"
OPTIONS: Mapping[str, Any] = {"organization": ALLIANCE, "url": "https://digitalpublicgoods.net/who-we-are/"}
LAST = 45

EVENTS = gold("membership-events")
BOARD_SIZES = [4] * 5 + [6] * 29 + [5] * 2 + [6] * 9


def slug_of(name: str) -> str:
    found = authority().find(name)
    assert found is not None, name
    return found


@pytest.fixture(scope="module")
def states(shared_data: Path) -> list[dict[str, str]]:
    text = (shared_data / "dpga-members/memberlist-history.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()][:LAST]


@pytest.fixture(scope="module")
def memberships(
    shared_data: Path, states: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> list[Membership]:
    path = tmp_path_factory.mktemp("list") / "memberlist-history.jsonl"
    lines = (shared_data / "dpga-members/memberlist-history.jsonl").read_text(encoding="utf-8").splitlines()[:LAST]
    path.write_text("\n".join(lines), encoding="utf-8")
    records, rejects = read("memberships", path, options=OPTIONS)
    assert not rejects
    return [record for record in records if isinstance(record, Membership)]


def events(memberships: list[Membership], role: str | None) -> set[tuple[date | None, str, str]]:
    chosen = [m for m in memberships if m.role == role]
    joins = {(m.first_seen, "joins", slug_of(m.member)) for m in chosen}
    return joins | {(m.gone_by, "leaves", slug_of(m.member)) for m in chosen if m.gone_by}


@pytest.mark.parametrize("role", ["member", "board member", "interim strategy group member"])
def test_all_joins_and_leaves(memberships: list[Membership], role: str) -> None:
    right = {(date.fromisoformat(e["day"]), e["event"], e["organization"]) for e in EVENTS if e["role"] == role}
    assert events(memberships, None if role == "member" else role) == right


def test_states_times_names_are_all_accounted_for(memberships: list[Membership]) -> None:
    change = dict.fromkeys(range(1, LAST + 1), 0)
    for event in EVENTS:
        if event["role"] == "member":
            change[int(event["state"])] += 1 if event["event"] == "joins" else -1
    sizes, size = [], 0
    for number in range(1, LAST + 1):
        size += change[number]
        sizes.append(size)
    assert sizes[-1] == 42
    assert sum(len(m.origins) for m in memberships) == sum(sizes) + sum(BOARD_SIZES) == 1398
    origins = [origin for m in memberships for origin in m.origins]
    assert len(set(origins)) == len(origins)


def test_current_members_are_those_of_the_newest_state(memberships: list[Membership]) -> None:
    plain = [m for m in memberships if m.role is None]
    assert sum(bool(m.current) for m in plain) == 42
    assert {slug_of(m.member) for m in plain if not m.current} == {"government-of-togo", "government-of-norway"}
    assert sum(bool(m.current) for m in memberships if m.role == "board member") == 6
    assert not any(m.current for m in memberships if m.role == "interim strategy group member")


def test_creative_commons_joined_on_2024_03_04(memberships: list[Membership]) -> None:
    (found,) = [m for m in memberships if m.member == "Creative Commons"]
    assert (found.first_seen, found.absent_before) == (date(2024, 3, 4), date(2024, 2, 23))
    assert (found.last_seen, found.gone_by, found.current) == (date(2024, 7, 18), None, True)
    first = found.evidence[0]
    assert first.url == OPTIONS["url"]
    assert first.revision is not None
    assert first.revision.startswith("91ce9021e")
    assert first.quote is not None
    assert "Creative Commons" in first.quote
    assert len(first.quote) <= 300


def test_togo_was_listed_for_four_days(memberships: list[Membership]) -> None:
    (found,) = [m for m in memberships if "Togo" in m.member]
    assert (found.first_seen, found.last_seen, found.gone_by) == (date(2023, 8, 7), date(2023, 8, 7), date(2023, 8, 11))
    assert found.current is False
    assert [piece.revision[:8] for piece in found.evidence if piece.revision] == ["fd46eb92", "3ab986fa"]


def test_interim_group_was_not_yet_membership(memberships: list[Membership]) -> None:
    interim = [m for m in memberships if m.role == "interim strategy group member"]
    assert {(m.first_seen, m.last_seen, m.gone_by) for m in interim} == {
        (date(2020, 9, 21), date(2021, 12, 14), date(2022, 1, 11))
    }
    assert len(interim) == 4
    founders = [m for m in memberships if m.role is None and m.first_seen == date(2021, 10, 14)]
    assert len(founders) == 9
    assert all(m.absent_before is None for m in founders)


def test_a_rename_is_not_a_leave(memberships: list[Membership]) -> None:
    (estonia,) = [m for m in memberships if "Estonia" in m.member]
    assert len(estonia.spellings) == 2
    (itu,) = [m for m in memberships if "Telecommunication" in m.member]
    assert itu.spellings == ("International Telecommunications Union", "International Telecommunication Union")


def test_pages_are_states_of_the_same_timeline(shared_data: Path, memberships: list[Membership]) -> None:
    pages = sorted((shared_data / "dpga-members/pages").iterdir())
    history = shared_data / "dpga-members/memberlist-history.jsonl"
    alone, rejects_alone = read("memberships", history, options=OPTIONS)
    records, rejects = read("memberships", history, *pages, options=OPTIONS)
    assert rejects == rejects_alone
    facts = {
        (m.member, m.role, m.first_seen, m.last_seen, m.absent_before, m.gone_by, m.current, m.evidence)
        for m in alone
        if isinstance(m, Membership)
    }
    assert len(records) == len(alone)
    assert facts == {
        (m.member, m.role, m.first_seen, m.last_seen, m.absent_before, m.gone_by, m.current, m.evidence)
        for m in records
        if isinstance(m, Membership)
    }
    board_and_members = (4 + 9) + (6 + 25) + (6 + 37) + (6 + 38) + (6 + 42)  # of the five pages
    extra = sum(len(m.origins) for m in records) - sum(len(m.origins) for m in alone)
    assert extra == board_and_members


def test_pages_alone(shared_data: Path) -> None:
    pages = sorted((shared_data / "dpga-members/pages").iterdir())
    records, rejects = read("memberships", *pages, options=OPTIONS)
    assert not rejects
    (found,) = [m for m in records if isinstance(m, Membership) and m.member == "Creative Commons"]
    assert (found.first_seen, found.absent_before, found.current) == (date(2024, 3, 4), date(2023, 11, 16), True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Members include: Omidyar Network, UNDP; and UN Global Pulse.",
         ["Omidyar Network", "UNDP", "UN Global Pulse"]),
        ("Members include; UNDP; USAID and UNICEF.", ["UNDP", "USAID", "UNICEF"]),
        ("Members include: Rwanda’s Ministry of ICT and Innovation; and USAID.",
         ["Rwanda’s Ministry of ICT and Innovation", "USAID"]),
        ("Members include: Unknown Ministry of This and That; and USAID.",
         ["Unknown Ministry of This and That", "USAID"]),
        ("Members include: USAID; and the Unknown Ministry of This and That.",
         ["USAID", "the Unknown Ministry of This and That"]),
        ("Members include: USAID; the Unknown Ministry of This and That.", ["USAID", None]),
        ("Members include: USAID; Ministry of This, That and Other; UNDP.", ["USAID", None, "UNDP"]),
        ("Members include: the six members of the board; members of the ISG; UNDP.", [..., ..., "UNDP"]),
        ("The board consists of friends. Board members include BMZ, EkStep Foundation; Nobody Known, UNDP, and UNICEF.",
         ["BMZ", "EkStep Foundation", "Nobody Known", "UNDP", "UNICEF"]),
        ("Board members include A, B, and the Ministry of C and D.", ["A", "B", None]),
        ("Members include: Acme Inc. of Example; data.org. More text; here.", ["Acme Inc. of Example", "data.org"]),
        ("Members include:", []),
        ("", []),
        (["A, B and C", " ", "the members of the board"], ["A, B and C", ...]),
        ("Members include: Government of Norway • UNICEF • iSPIRT", ["Government of Norway", "UNICEF", "iSPIRT"]),
        ("Members include: A · B·C | Ministry of D and E", ["A", "B·C", "Ministry of D and E"]),
        ("Members include:\nGovernment of Norway\n\nSomebody New\niSPIRT.\nMore text.",
         ["Government of Norway", "Somebody New", "iSPIRT"]),
        ("Members include:\n- A\n- Ministry of B and C\n", ["A", "Ministry of B and C"]),
        ("Members include: Government of Norway / UNICEF / iSPIRT", ["Government of Norway", "UNICEF", "iSPIRT"]),
        ("Members include: UNDP; Some Institute / SI; and UNICEF", ["UNDP", None, "UNICEF"]),
        ("Members include: UNDP; Government of\nNorway; Some\nInstitute; and UNICEF",
         ["UNDP", "Government of Norway", None, "UNICEF"]),
        ("Members include: UNDP, Government of\nNorway, and UNICEF", ["UNDP", "Government of Norway", "UNICEF"]),
        ("Members include: Foo &amp; Bar; UNDP", ["Foo & Bar", "UNDP"]),
        (["Foo &amp; Bar"], ["Foo & Bar"]),
    ],
)  # fmt: skip
def test_splitting_follows_the_punctuation(text: str | list[str], expected: list[Any]) -> None:
    """``None`` stands for a part that stays ambiguous, ``...`` for a reference to the board."""
    found: list[Any] = []
    for part in parts(text):
        assert isinstance(part, Name | BoardReference | Ambiguous)
        found.append(part.text if isinstance(part, Name) else ... if isinstance(part, BoardReference) else None)
    assert found == expected


def test_a_list_needs_the_option_organization(tmp_path: Path) -> None:
    path = tmp_path / "list.jsonl"
    path.write_text('{"date": "2024-01-01", "members": "Members include: A."}', encoding="utf-8")
    with pytest.raises(UsageError, match="organization"):
        read("memberships", path)


def test_away_for_hours_is_no_leave_and_for_days_is(tmp_path: Path) -> None:
    path = tmp_path / "list.jsonl"
    moments = [("2024-01-01T08:00Z", "A; B"), ("2024-01-01T09:00Z", "B; C"), ("2024-01-01T10:00Z", "A; B"),
               ("2024-01-02", "B; C"), ("2024-01-03", "A; B; C")]  # fmt: skip
    lines = [json.dumps({"date": when, "members": f"Members include: {names}."}) for when, names in moments]
    path.write_text("\n".join(lines), encoding="utf-8")
    records, _ = read("memberships", path, options=OPTIONS)
    found = [(m.first_seen, m.gone_by) for m in records if isinstance(m, Membership) and m.member == "A"]
    assert found == [(date(2024, 1, 1), date(2024, 1, 2)), (date(2024, 1, 3), None)]
    assert sum(len(record.origins) for record in records) == 11


def test_the_form_of_a_fetched_page_is_seen_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "who-we-are"
    path.write_text("\n<!doctype html><p>Members include: UNDP; and USAID.</p>", encoding="utf-8")
    records, rejects = read("memberships", path, options={**OPTIONS, "date": date(2024, 1, 1)})
    assert not rejects
    assert [m.member for m in records if isinstance(m, Membership)] == ["UNDP", "USAID"]


def test_two_moments_of_one_day_are_two_states(tmp_path: Path) -> None:
    path = tmp_path / "list.jsonl"
    lines = [
        '{"date": "2024-01-01T08:00Z", "members": "Members include: UNDP; USAID."}',
        '{"date": "2024-01-01T09:00Z", "members": "Members include: UNDP; GitHub."}',
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    records, _ = read("memberships", path, options=OPTIONS)
    assert {m.member: m.current for m in records if isinstance(m, Membership)} == {
        "UNDP": True, "USAID": False, "GitHub": True,
    }  # fmt: skip


def test_a_commit_is_abbreviated_by_seven_digits_or_more(tmp_path: Path) -> None:
    path = tmp_path / "list.jsonl"
    commits = {"1": "UNDP; USAID", "12": "UNDP; GitHub", "0123456": "UNDP", "0123456789abcdef": "UNDP"}
    lines = [
        {"date": f"2024-01-0{day}", "commit": commit, "members": f"Members include: {names}."}
        for day, (commit, names) in enumerate(commits.items(), start=1)
    ]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    records, _ = read("memberships", path, options=OPTIONS)
    found = {m.member: (m.first_seen, m.gone_by) for m in records if isinstance(m, Membership)}
    assert found == {
        "UNDP": (date(2024, 1, 1), None),
        "USAID": (date(2024, 1, 1), date(2024, 1, 2)),
        "GitHub": (date(2024, 1, 2), date(2024, 1, 4)),
    }


def test_a_name_without_utf_8_takes_nothing_down(tmp_path: Path) -> None:
    path = tmp_path / "list.jsonl"
    state = '{"date": "2024-01-01", "commit": "\\ud800", "members": ["\\ud800", "UNDP"], "board": "A\\ud800; B"}'
    path.write_text(state, encoding="utf-8")
    records, rejects = read("memberships", path, options=OPTIONS)
    assert not rejects
    assert {m.member for m in records if isinstance(m, Membership)} == {"UNDP", "A", "B"}
    assert nquads(records)


@pytest.mark.parametrize(
    "middle",
    [" ", "\n", "Members include:", ["", " "], [], "Page not found", "Page not found | Creative Commons",
     "Sorry, there is nothing here"],
)  # fmt: skip
def test_a_blank_or_broken_state_ends_no_membership(tmp_path: Path, middle: str | list[str]) -> None:
    path = tmp_path / "list.jsonl"
    lists = ["Members include: UNDP; USAID.", middle, "UNDP, USAID"]
    lines = [{"date": f"2024-01-0{day}", "members": members} for day, members in enumerate(lists, start=1)]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    records, rejects = read("memberships", path, options=OPTIONS)
    found = [(m.member, m.first_seen, m.last_seen, m.gone_by) for m in records if isinstance(m, Membership)]
    assert found == [(name, date(2024, 1, 1), date(2024, 1, 3), None) for name in ("UNDP", "USAID")]
    (reject,) = rejects
    assert reject.origin.line == 2


def test_a_page_may_part_its_members_by_bullets(tmp_path: Path) -> None:
    path = tmp_path / "2024-01-01.html"
    path.write_text("<p>Members include: UNDP • Somebody New • USAID</p>", encoding="utf-8")
    records, rejects = read("memberships", path, options=OPTIONS)
    assert not rejects
    assert [m.member for m in records if isinstance(m, Membership)] == ["UNDP", "Somebody New", "USAID"]
