"""A question's page is its answer, its form, its data and its query."""

from __future__ import annotations

import csv
import io

import pytest
from starlette.testclient import TestClient

from kg.questions import questions
from tests.web.conftest import HTML
from tests.web.test_pages import looked_at

GOOD = "/questions/targets-of-a-good"


@pytest.mark.parametrize("name", sorted(questions()))
def test_every_question_has_a_page(client: TestClient, name: str) -> None:
    assert questions()[name].summary in looked_at(client, f"/questions/{name}").text


def test_all_questions_are_listed(client: TestClient) -> None:
    assert {f"/questions/{name}" for name in questions()} <= set(looked_at(client, "/questions").links)


def test_an_answer_names_who_says_so_since_when_and_where(client: TestClient) -> None:
    page = looked_at(client, "/questions/member-since")
    assert "Mar 4, 2024" in page.text
    assert "https://example.org/list" in page.links
    assert "/id/evidence/1" in page.links


def test_a_thing_is_chosen_by_iri_curie_or_path(client: TestClient) -> None:
    iri = "https://w3id.org/commons-kg/id/good/GID1"
    assert "13 Climate action" in looked_at(client, f"{GOOD}?good=id/good/GID1").text
    answer = client.get(GOOD, params={"good": iri}, headers=HTML, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{GOOD}?good=id/good/GID1")


def test_a_thing_is_chosen_by_its_name(client: TestClient) -> None:
    answer = client.get(GOOD, params={"good": "legal TOOLS"}, headers=HTML, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{GOOD}?good=id/good/GID1")


def test_a_name_that_nothing_has_is_said_at_the_field_with_names_like_it(client: TestClient) -> None:
    answer = client.get(GOOD, params={"good": "Leagl <Tools>"}, headers=HTML)
    assert answer.status_code == 400
    assert "Nothing here is called “Leagl &lt;Tools&gt;”." in answer.text
    assert f'<a href="{GOOD}?good=id/good/GID1">Legal Tools</a>' in answer.text


@pytest.mark.parametrize("day", ["2024-13-01", "today", "", '2024-01-01"'])
def test_a_wrong_day_is_said_at_the_field(client: TestClient, day: str) -> None:
    answer = client.get("/questions/members-on-a-day", params={"day": day}, headers=HTML)
    assert answer.status_code == 400
    assert 'aria-invalid="true" aria-describedby="p-day-error"' in answer.text
    data = client.get("/questions/members-on-a-day.csv", params={"day": day})
    assert data.status_code == 400
    assert data.json()["detail"].startswith("day: ")


def test_the_day_decides_who_was_a_member(client: TestClient) -> None:
    path = "/questions/members-on-a-day.csv"
    assert "Creative Commons" not in client.get(path, params={"day": "2024-03-03"}).text
    assert "Creative Commons" in client.get(path, params={"day": "2024-03-04"}).text


def test_the_answer_is_data_at_an_address_of_its_own(client: TestClient) -> None:
    answer = client.get(f"{GOOD}.csv?good=id/good/GID1")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    (row, *_) = csv.DictReader(io.StringIO(answer.text))
    assert row["concept"].startswith("http://metadata.un.org/sdg/13")
    assert client.get(f"{GOOD}.json?good=id/good/GID1").json()["results"]["bindings"]
    assert client.get(GOOD, headers={"Accept": "text/csv"}).text.startswith("concept,")


def test_turtle_is_what_is_stated_of_the_things_in_the_answer(client: TestClient) -> None:
    answer = client.get("/questions/goods-of-a-goal.ttl")
    assert answer.headers["content-type"] == "text/turtle; charset=utf-8"
    assert 'commons:dpgid "GID1"' in answer.text


def test_the_query_of_the_page_is_what_it_asked(client: TestClient) -> None:
    page = looked_at(client, "/questions/goods-of-a-goal?goal=sdg:4")
    (link,) = [link for link in page.links if link.startswith("/sparql?query=")]
    assert "http://metadata.un.org/sdg/4" in looked_at(client, link).text


def test_an_answer_that_has_not_changed_is_not_sent_again(client: TestClient) -> None:
    for path in ("/questions/member-since", "/questions/member-since.csv"):
        etag = client.get(path).headers["etag"]
        assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
    assert (
        client.get("/questions/member-since.csv").headers["etag"]
        != client.get("/questions/member-since.json").headers["etag"]
    )


def test_a_question_that_does_not_exist(client: TestClient) -> None:
    assert client.get("/questions/none", headers=HTML).status_code == 404
    assert client.get("/questions/member-since.xyz").status_code == 406
