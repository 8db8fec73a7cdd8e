"""Organizations that may be one: the pairs, their evidence, and the command that decides."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from starlette.testclient import TestClient

from kg.resources import PACKAGE
from kg.web import i18n
from kg.web.evidence import _patterns, said
from kg.web.i18n import Language
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


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        ("same name", "même nom"),
        ("same name but for inc", "même nom à inc près"),
        ("countries FR and DE in the names", "pays FR et DE dans les noms"),
        ("names 93 % alike", "noms semblables à 93 %"),
        ("digital and public", "digital et public"),
        ("of a form that nobody knows", "of a form that nobody knows"),
    ],
)
def test_evidence_is_told_in_the_language_of_the_reader(
    monkeypatch: pytest.MonkeyPatch, evidence: str, words: str
) -> None:
    monkeypatch.setattr(i18n, "language", lambda: Language("fr", ("fr",)))
    assert said(evidence) == words


def test_each_form_of_evidence_is_known() -> None:
    """What matching says of pairs of each kind, as a page tells it in English."""
    source = (PACKAGE / "linking" / "matching.py").read_text(encoding="utf-8")
    forms = re.findall(r'Evidence\([^"]*, f?"([^"]+)"', source)
    assert len(forms) > 15
    for form in forms:
        example = re.sub(r"\{[^}]*\}", "X", form.replace("{what}", "ROR id"))
        assert any(pattern.fullmatch(example) for _, pattern in _patterns()), example
