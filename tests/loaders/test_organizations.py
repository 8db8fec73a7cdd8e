"""Organizations from the real ROR samples and a real table; counts are taken from the files themselves."""

from __future__ import annotations

import csv
import json
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from kg.errors import UsageError
from kg.loader import get
from kg.records import Organization, Record
from loaders.addresses import web_address
from tests.loaders.run import nquads, read

MAPPING = {
    "name": "organization_name",
    "homepage": "organization_website",
    "country": "location_country",
    "type": "form_of_organization",
    "description": "organization_description",
}
ID = "https://w3id.org/commons-kg/id/organization/"


def sample(shared_data: Path, version: int) -> tuple[Path, list[dict[str, Any]]]:
    path = shared_data / f"ror/ror-v{version}-sample.json"
    return path, json.loads(path.read_text(encoding="utf-8"))


def organizations(records: Sequence[Record]) -> dict[str | None, Organization]:
    found = [record for record in records if isinstance(record, Organization)]
    assert len(found) == len(records)
    return {record.ror: record for record in found}


@pytest.mark.parametrize("version", [1, 2])
def test_every_ror_record_is_loaded(shared_data: Path, version: int) -> None:
    path, items = sample(shared_data, version)
    records, rejects = read("organizations", path)
    assert not rejects
    loaded = organizations(records)
    assert set(loaded) == {item["id"] for item in items}
    assert sum(len(record.origins) for record in records) == len(items)
    for item in items:
        record = loaded[item["id"]]
        assert record.status == item["status"]
        assert record.founded == item["established"]
        related = {r["id"] for r in item["relationships"] if r["type"].lower() == "successor"}
        assert set(record.successors) == related
        parents = {r["id"] for r in item["relationships"] if r["type"].lower() == "parent"}
        assert set(record.parents) == parents


def test_both_schemas_of_ror_make_one_record(shared_data: Path) -> None:
    first, items_1 = sample(shared_data, 1)
    second, items_2 = sample(shared_data, 2)
    records, rejects = read("organizations", first, second)
    ids = {item["id"] for item in (*items_1, *items_2)}
    assert not rejects
    assert len(records) == len(ids) == 1621
    assert sum(len(record.origins) for record in records) == len(items_1) + len(items_2) == 1651


def test_withdrawn_ror_record_points_at_its_successor(shared_data: Path) -> None:
    records, _ = read("organizations", sample(shared_data, 1)[0])
    lines = nquads([record for record in records if record.label == "Argosy University"])
    old, new = f"<{ID}ror-00fs4mj11>", f"<{ID}ror-001p2e958>"
    graph = "<https://w3id.org/commons-kg/graph/test>"
    assert f"{old} <http://purl.org/dc/terms/isReplacedBy> {new} {graph} ." in lines
    assert f'{old} <https://w3id.org/commons-kg/ontology/organizationStatus> "withdrawn" {graph} .' in lines


def test_authority_gives_a_ror_record_its_slug(shared_data: Path) -> None:
    records, _ = read("organizations", sample(shared_data, 1)[0])
    lines = nquads([record for record in records if record.label == "Mozilla Foundation"])
    assert any(line.startswith(f"<{ID}mozilla-foundation> <https://schema.org/url>") for line in lines)
    assert not any("ror-01y8r3379" in line for line in lines)


def test_table_with_foreign_headers(shared_data: Path) -> None:
    path = shared_data / "open-sustainable-technology/organizations.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    records, rejects = read("organizations", path, options={"columns": MAPPING})
    assert not rejects
    assert sum(len(record.origins) for record in records) == len(rows) == 613
    assert len(records) == 612  # "hotmaps" stands twice
    twice = [record for record in records if len(record.origins) > 1]
    assert [record.label.casefold() for record in twice] == ["hotmaps"]
    sites = sum(1 for row in rows if row["organization_website"].startswith("http"))
    homepages = [record for record in organizations_of(records) if record.homepage]
    assert len(homepages) in (sites, sites - 1)  # at most the one that stands twice counts once
    lines = nquads(list(records))
    assert not any("Global" in line and "country" in line for line in lines)
    assert any(line.startswith("<https://w3id.org/commons-kg/id/country/US>") for line in lines)


def organizations_of(records: Sequence[Record]) -> list[Organization]:
    return [record for record in records if isinstance(record, Organization)]


def test_authority_file_is_itself_a_source() -> None:
    path = Path(__file__).parents[2] / "ontology/organizations.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    records, rejects = read("organizations", path)
    assert not rejects
    assert len(records) == len(rows)
    subjects = {line.split(" ", 1)[0] for line in nquads(list(records)) if f"<{ID}" in line.split(" ", 1)[0]}
    assert subjects == {f"<{ID}{row['slug']}>" for row in rows}


def test_memory_stays_flat_as_a_dump_grows(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        path = tmp_path / f"{count}.json"
        with path.open("w", encoding="utf-8") as stream:
            for number in range(count):
                item = {
                    "id": f"https://ror.org/0{number:06d}00",
                    "name": f"Organization {number}",
                    "aliases": ["x" * 500],
                }
                stream.write(("[" if number == 0 else ",") + json.dumps(item))
            stream.write("]")
        from kg.loader import Payload, Source

        source = Source(name="t", loader="organizations", payloads=[Payload(name=path.name, path=path)])
        tracemalloc.start()
        total = sum(1 for _ in get("organizations").read(source))
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert total == count
        return highest

    peak(10)
    small, large = peak(500), peak(4000)
    assert large - small < 3500 * 700  # less than a record each: only its id is remembered


@pytest.mark.parametrize("options", [{"form": "recipes"}, {"columns": "name"}, {"columns": {"name": 1}}])
def test_wrong_options_are_usage_errors(tmp_path: Path, options: dict[str, Any]) -> None:
    path = tmp_path / "a.csv"
    path.write_text("name\nA\n", encoding="utf-8")
    with pytest.raises(UsageError):
        read("organizations", path, options=options)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.org", "https://example.org"),
        (" www.example.org/ ", "https://www.example.org/"),
        ("HTTP://Example.ORG/Ä b", "http://example.org/Ä%20b"),
        ("http:/example.org", "http://example.org"),
        ("example.org:8080/x", "https://example.org:8080/x"),
        ("https://example.org/100%", "https://example.org/100%25"),
        ("https://user:secret@example.org", None),
        ("https://[broken", None),
        ("javascript:alert(1)", None),
        ("mailto:a@example.org", None),
        ("see our site", None),
        ("n/a", None),
        ("https://", None),
        ("", None),
        (None, None),
        ("https://example.org/\ud800", None),
        ("https://example.org:99999/", None),
        ("https://example.org/a#b#c", "https://example.org/a#b%23c"),
    ],
)
def test_web_address(text: str | None, expected: str | None) -> None:
    assert web_address(text) == expected


def test_an_unclosed_quotation_mark_costs_its_own_row_alone(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text('name,country\nOne,NO\n"Two,SE\nThree,DK\n\n"Four\nlines",FI\nFive,IS\n', encoding="utf-8")
    records, rejects = read("organizations", path)
    found = [(r.name.value, r.origins[0].line) for r in records if isinstance(r, Organization)]
    assert found == [("One", 2), ("Three", 4), ("Four lines", 6), ("Five", 8)]
    (reject,) = rejects
    assert reject.origin.line == 3
    assert "swallowed the 3 lines after it" in reject.excerpt


def test_an_unclosed_quotation_mark_before_the_end_costs_its_own_row_alone(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    rows = "".join(f"Name {number},SE\n" for number in range(20_000))
    path.write_text(f'name,country\n"Two,SE\n{rows}', encoding="utf-8")
    records, rejects = read("organizations", path)
    assert (len(records), len(rejects)) == (20_000, 1)


@pytest.mark.parametrize("value", ["1" + "0" * 30, "9" * 5_000, "NaN", "-Infinity", "1e999"])
@pytest.mark.parametrize("form", ["[{}]", '{{"items": [{}]}}'])
def test_a_number_that_the_streaming_parser_refuses_costs_its_own_record_alone(
    tmp_path: Path, value: str, form: str
) -> None:
    def item(number: int, established: str) -> str:
        return f'{{"id": "https://ror.org/0{number:06}00", "name": "O{number}", "established": {established}}}'

    path = tmp_path / "dump.json"
    items = [item(1, "1990"), item(2, value), item(3, "null"), item(3, "1991")]
    path.write_text(form.format(", ".join(items)), encoding="utf-8")
    records, rejects = read("organizations", path)
    assert {r.name.value: len(r.origins) for r in records if isinstance(r, Organization)} == {"O1": 1, "O3": 2}
    (reject,) = rejects
    assert reject.origin.place.startswith("item 2")
