"""Organizations that may be one: the pairs, their evidence, and the command that decides."""

from __future__ import annotations

import csv
import io
import json

from starlette.testclient import TestClient

from tests.web.conftest import HTML
from tests.web.test_pages import looked_at


def test_quality_leads_to_the_pairs_in_doubt(client: TestClient) -> None:
    assert "/quality/doubts" in looked_at(client, "/quality").links
    page = looked_at(client, "/quality/doubts").text
    assert "Commons Creatives" in page
    assert "0.71" in page
    assert "+0.80 similar name" in page
    assert "−0.30 other country" in page
    assert "commons-kg review creative-commons commons-creatives --same" in page
    assert "same name" not in page


def test_what_was_joined_is_shown_apart(client: TestClient) -> None:
    page = looked_at(client, "/quality/doubts?joined=true").text
    assert "same name" in page
    assert "--different" in page


def test_pairs_are_data(client: TestClient) -> None:
    (line,) = client.get("/quality/doubts.jsonl").text.splitlines()
    assert json.loads(line)["other"]["local"] == "commons-creatives"
    (row,) = csv.DictReader(io.StringIO(client.get("/quality/doubts.csv?joined=true").text))
    assert row["verdict"] == "joined"
    assert row["other_names"] == "Commons Creatives; ComCre"
    assert client.get("/quality/doubts.exe", headers=HTML).status_code == 406
