"""The quality pages: by message, by source, record by record, and as data."""

from __future__ import annotations

import csv
import io
import json

import pytest
from rdflib import RDF, SH, Graph
from starlette.testclient import TestClient

from tests.web.conftest import HTML
from tests.web.test_pages import looked_at


def test_the_overview_leads_from_a_message_to_its_records(client: TestClient) -> None:
    page = looked_at(client, "/quality")
    assert "a name is missing" in page.text
    link = next(link for link in page.links if link.startswith("/quality/records?message="))  # the most frequent
    records = looked_at(client, link)
    assert "Ask the publisher." in records.text
    assert "<b>excerpt</b>" in records.text
    assert "members.jsonl:7" in records.text


def test_a_source_has_its_page_and_an_unknown_one_has_none(client: TestClient) -> None:
    assert "a date is no date" in looked_at(client, "/quality/members").text
    assert client.get("/quality/nothing", headers=HTML).status_code == 404
    assert client.get("/quality/records?message=abc", headers=HTML).status_code == 404


def test_records_as_json_lines_are_those_of_the_filter(client: TestClient) -> None:
    lines = client.get("/quality/records.jsonl?kind=reject").text.splitlines()
    assert [json.loads(line)["reason"] for line in lines] == ["a name is missing"] * 2
    assert len(client.get("/quality/members.jsonl").text.splitlines()) == 3


def test_records_as_a_table_say_where_and_how_to_mend_it(client: TestClient) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/quality/members.csv").text)))
    assert [row["message"] for row in rows] == ["a name is missing", "a name is missing", "a date is no date"]
    assert rows[0]["hint"] == "Ask the publisher."
    assert rows[1]["where"] == "members.jsonl:7"


def test_results_are_a_shacl_report(client: TestClient) -> None:
    graph = Graph().parse(data=client.get("/quality/records.ttl").text, format="turtle")
    (report,) = graph.subjects(RDF.type, SH.ValidationReport)
    (result,) = graph.objects(report, SH.result)
    assert str(graph.value(result, SH.resultMessage)) == "a date is no date"
    assert str(graph.value(result, SH.resultPath)) == "https://schema.org/startDate"
    assert str(graph.value(report, SH.conforms)) == "false"


@pytest.mark.parametrize("path", ["/quality/%2e%2e/manifest.json", "/quality/.hidden.jsonl", "/quality/records.exe"])
def test_nothing_else_is_given_out(client: TestClient, path: str) -> None:
    assert client.get(path, headers=HTML).status_code in (404, 406)
