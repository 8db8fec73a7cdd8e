"""The first page tells what there is, answers questions, draws the whole, and speaks the reader's language."""

from __future__ import annotations

import re

from starlette.testclient import TestClient

from kg.questions import questions
from kg.web.home import OTHERS, TEASED, goals_of, members_of, openness_of
from kg.web.site import Row
from tests.web.conftest import HTML
from tests.web.test_pages import looked_at

COMMONS = "https://w3id.org/commons-kg/ontology/"


def row(**values: str) -> Row:
    return {name: {"type": "literal", "value": value} for name, value in values.items()}


def test_search_stands_first(client: TestClient) -> None:
    body = client.get("/", headers=HTML).text
    assert body.index('<form action="/search" method="get" class="find">') < body.index('id="counts"')


def test_a_question_has_its_real_answer_beside_it(client: TestClient) -> None:
    page = looked_at(client, "/")
    text = re.sub(r"\s+", " ", page.text)
    assert re.search(r"Creative Commons · Digital Public Goods Alliance ?Mar 4, 2024 1 document says so", text)
    assert re.search(r"under a Creative Commons tool\? 13 Climate action ?1 Legal Tools", text)
    assert "/questions/member-since" in page.links


def test_a_question_without_an_answer_here_is_not_teased(client: TestClient) -> None:
    assert "/questions/deprecated-licences" not in looked_at(client, "/").links


def test_the_questions_that_it_names_exist() -> None:
    assert set(TEASED) | set(OTHERS) <= set(questions())


def test_what_changed_last_is_told_from_the_manifest(client: TestClient) -> None:
    page = looked_at(client, "/")
    assert "What changed last" in page.text
    assert "/versions/v1" in page.links


def test_it_speaks_the_language_of_the_reader(client: TestClient) -> None:
    body = client.get("/", headers={**HTML, "Accept-Language": "ar"}).text
    assert "العمل المناخي" in body


def test_goals_lead_to_their_goods() -> None:
    rows = [row(goal="http://metadata.un.org/sdg/13", goods="3", color="#3f7e44"),
            row(goal="http://metadata.un.org/sdg/4", goods="6")]  # fmt: skip
    picture = goals_of(rows, {"http://metadata.un.org/sdg/13": "Climate action"})
    assert picture is not None
    assert [(c.number, c.item.label, c.item.href) for c in picture.columns] == [
        (4, "4", "/browse/goods?goal=4"), (13, "Climate action", "/browse/goods?goal=13"),
    ]  # fmt: skip


def test_each_day_leads_to_who_were_members_then() -> None:
    picture = members_of([row(day="2024-01-01", members="4"), row(day="2024-03-04", members="5")])
    assert picture is not None
    assert [point.href for point in picture.points] == [
        "/questions/members-on-a-day?day=2024-01-01", "/questions/members-on-a-day?day=2024-03-04",
    ]  # fmt: skip


def test_each_part_of_openness_leads_to_its_goods() -> None:
    picture = openness_of(
        [
            row(kind="data", openness=f"{COMMONS}open", goods="1"),
            row(kind="software", openness=f"{COMMONS}notOpen", goods="1"),
            row(kind="software", openness=f"{COMMONS}open", goods="3"),
            row(kind="software", openness="http://e/else", goods="9"),
        ]
    )
    assert picture is not None
    assert [(stack.label, stack.total) for stack in picture.stacks] == [("software", 4), ("data", 1)]
    assert picture.stacks[0].parts[1].href == "/browse/goods?kind=software&openness=notOpen"
