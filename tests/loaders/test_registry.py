from __future__ import annotations

import collections
import json
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from kg.errors import UsageError
from kg.loader import Source, get
from kg.records import DigitalPublicGood, Record, Reject
from loaders._registry_forms import is_name, urls
from loaders._registry_merging import place
from tests.loaders.run import nquads, payloads, read

FOLDERS = ("dpga-registry-api", "dpga-api-v1", "dpga-candidates", "dpga-candidates-history")
DATES = {"dpga-candidates/*": date(2024, 8, 19), "dpga-api-v1/*": date(2023, 2, 20)}


def write(folder: Path, files: dict[str, Any]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return folder


def goods(records: list[Record]) -> list[DigitalPublicGood]:
    return [record for record in records if isinstance(record, DigitalPublicGood)]


def good(**fields: Any) -> dict[str, Any]:
    return {"name": "Thing", "SDGs": [{"SDGNumber": 4}], "stage": "nominee", **fields}


def api(**fields: Any) -> dict[str, Any]:
    return {"name": "Thing", "sdgs": {"sdg": [], "relevance": ""}, "openlicenses": [], "stage": "DPG", **fields}


def codes(record: DigitalPublicGood) -> list[str]:
    return [claim.code for claim in record.sdgs]


@pytest.fixture(scope="module")
def registry(shared_data: Path) -> tuple[list[DigitalPublicGood], list[Reject]]:
    """All real payloads of the registry, as one source."""
    paths = sorted(p for f in FOLDERS for p in (shared_data / f).rglob("*.json") if p.name != "registry-snapshots.json")
    source = Source(
        name="t", loader="registry", payloads=payloads(*paths, base=shared_data), options={"dates": DATES}
    )  # fmt: skip
    items = list(get("registry").read(source))
    return [i for i in items if isinstance(i, DigitalPublicGood)], [i for i in items if isinstance(i, Reject)]


Registry = tuple[list[DigitalPublicGood], list[Reject]]


def test_every_real_record_is_in_one_good_or_a_reject(registry: Registry, shared_data: Path) -> None:
    expected: collections.Counter[str] = collections.Counter()
    for folder in FOLDERS:
        for path in (shared_data / folder).rglob("*.json"):
            if path.name != "registry-snapshots.json":
                text = path.read_text(encoding="utf-8")
                name = path.relative_to(shared_data).as_posix()
                expected[name] = len(json.loads(text)) if text.startswith("[") else 1
    records, rejects = registry
    origins = [origin for record in records for origin in record.origins]
    assert len(origins) == len(set(origins))
    met = collections.Counter(origin.payload for origin in [*origins, *(reject.origin for reject in rejects)])
    assert met == expected
    assert sum(expected.values()) == 2576


def test_real_rejects_are_what_is_no_record(registry: Registry) -> None:
    assert collections.Counter(reject.reason for reject in registry[1]) == {
        "a symbolic link stored as text": 5,
        "a JSON Schema, not a record": 7,
        "none of the forms of the registry": 1,
    }
    assert all(reject.hint for reject in registry[1])


def test_real_goods_with_a_dpgid_are_those_of_the_api(registry: Registry, shared_data: Path) -> None:
    stated = json.loads((shared_data / "dpga-registry-api" / "dpgs-api-v2_2024-12-09.json").read_text("utf-8"))
    assert {g.dpgid for g in registry[0] if g.dpgid} == {g["dpgid"] for g in stated}
    assert len({g.key for g in registry[0]}) == len(registry[0])


def test_real_goods_listed_on_a_day_are_those_of_that_snapshot(registry: Registry, shared_data: Path) -> None:
    for day in ("2023-06-29", "2024-02-29", "2024-12-09"):
        file = shared_data / "dpga-registry-api" / f"dpgs-api-v2_{day}.json"
        listed = [g for g in registry[0] if date.fromisoformat(day) in g.listed_on]
        assert len(listed) == len(json.loads(file.read_text("utf-8")))


def test_creative_commons_legal_tools(registry: Registry) -> None:
    (tools,) = [g for g in registry[0] if g.key == "GID0091413"]
    assert tools.name.value == "Creative Commons Legal Tools"
    assert tools.licences == ("CC-BY-4.0", "CC0-1.0")
    assert tools.owners == ("Creative Commons",)
    assert [code for code in codes(tools) if "." not in code] == ["4", "9", "10", "16", "17"]
    targets = "4.3 4.7 9.5 9.c 10.2 16.10 17.6 17.8"
    assert [code for code in codes(tools) if "." in code] == targets.split()
    assert all(claim.evidence and f"Target {claim.code}".lower() in claim.evidence.lower()
               for claim in tools.sdgs if "." in claim.code)  # fmt: skip
    assert tools.listed_on == (date(2024, 12, 9),)
    assert tools.repositories == (
        "https://github.com/creativecommons/cc-legal-tools-app/",
        "https://github.com/creativecommons/cc-legal-tools-data",
    )


def test_real_goods_are_one_through_renames_and_forms(registry: Registry) -> None:
    (openmrs,) = [g for g in registry[0] if "OpenMRS" in (g.name.value, *g.aliases)]
    assert openmrs.dpgid == "GID0090084"
    assert "Open Medical Record System" in openmrs.aliases
    assert len(openmrs.origins) == 9
    assert openmrs.listed_on[0] <= date(2019, 10, 1) < date(2024, 12, 9) == openmrs.listed_on[-1]
    (openfn,) = [g for g in registry[0] if g.name.value == "OpenFn"]
    assert openfn.owners == ("Open Function Group",), "a sentence about ownership gives way to the older name"


def test_real_namesakes_stay_apart(registry: Registry) -> None:
    namesakes = [g for g in registry[0] if g.name.value == "Open Food Facts"]
    assert {g.website for g in namesakes} == {"https://openfoodfacts.org", "http://openag.io/"}


def test_real_owners_are_no_sentences(registry: Registry) -> None:
    owners = {owner for g in registry[0] for owner in g.owners}
    assert len(owners) > 400
    assert not [o for o in owners if re.search(r"\b(is|are|has|holds?|hosted|maintains?)\b", o) and len(o) > 60]


def test_a_good_may_state_ninety_three_licences(registry: Registry) -> None:
    assert max(len(g.licences) for g in registry[0]) == 93


def test_real_goods_make_quads(registry: Registry) -> None:
    lines = nquads(list(registry[0]))
    assert len(lines) > 30_000
    assert sum("ontology/DigitalPublicGood>" in line for line in lines) == len(registry[0])
    assert not any("_:" in line.split('"')[0] for line in lines)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("www.tazama.org", ["https://www.tazama.org"]),
        ("https://a.org, https://b.org/x ", ["https://a.org", "https://b.org/x"]),
        ("https://a.org/x,https://b.org/y,", ["https://a.org/x", "https://b.org/y"]),
        (
            "Frontend: https://a.org/f and Backend Source Code: https://a.org/b. ",
            ["https://a.org/f", "https://a.org/b"],
        ),
        ("https://a.org/2022 (2022) https://a.org/2023 (2023)", ["https://a.org/2022", "https://a.org/2023"]),
        ("backend：https://a.org/b", ["https://a.org/b"]),
        ("https://a.org/#/?b=(c)&d=1,2", ["https://a.org/#/?b=(c)&d=1,2"]),
        ("github.com/consul/consul", ["https://github.com/consul/consul"]),
        ("https://a.org/a b", ["https://a.org/a"]),
        ("https://a.org/100%", ["https://a.org/100%25"]),
        ("available on request", []),
        ("mail@example.org", []),
        ("https://", []),
        ("http://[bad", []),
        ("javascript:alert(1)", []),
        (["https://a.org", ["b.org"]], ["https://a.org", "https://b.org"]),
        (None, []),
        (7, []),
    ],
)
def test_urls(text: object, expected: list[str]) -> None:
    assert list(urls(text)) == expected


@given(st.text(alphabet='htps:/.,;() []<>"%#?@aé\x00\ud800{}|\\^`\n', max_size=40) | st.text(max_size=40))
def test_urls_are_always_iris(text: str) -> None:
    for url in urls(f"https://example.org/{text}") + urls(text):
        NamedNode(url)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Creative Commons", True),
        ("Deutsche Gesellschaft für Internationale Zusammenarbeit (GIZ)", True),
        ("The Linux Foundation", True),
        ("if-me.org", True),
        ("Mautic is fiscally hosted by a collective, who hold the trademarks.", False),
        ("see https://example.org", False),
        ("", False),
    ],
)
def test_is_name(text: str, expected: bool) -> None:
    assert is_name(text) is expected


def test_place_tells_projects_on_shared_hosts_apart() -> None:
    assert place("https://www.example.org/en") == place("http://example.org/")
    assert place("https://github.com/a/b.git") == place("https://github.com/A/b/tree/main")
    assert place("https://github.com/a/b") != place("https://github.com/a/c")


def test_same_name_with_another_website_is_another_good(tmp_path: Path) -> None:
    files = {
        "2020-12/nominees/a.json": good(website="https://a.org"),
        "2020-12/nominees/b.json": good(website="https://b.org"),
    }
    records, _ = read("registry", write(tmp_path, files))
    assert [record.key for record in goods(records)] == ["thing--a-org", "thing--b-org"]


def test_same_name_and_website_is_the_good_that_later_gets_a_dpgid(tmp_path: Path) -> None:
    files = {
        "2020-12/nominees/a.json": good(website="http://www.a.org/"),
        "v1_2021-06-30.json": [good(name="thing", website="https://a.org/en", stage="DPG")],
        "v2_2024-12-09.json": [api(dpgid="GID0000001", id="7", website="https://a.org")],
    }
    records, _ = read("registry", write(tmp_path, files))
    (record,) = goods(records)
    assert record.key == record.dpgid == "GID0000001"
    assert record.listed_on == (date(2020, 12, 1), date(2021, 6, 30), date(2024, 12, 9))
    assert len(record.origins) == 3


def test_two_dpgids_are_two_goods(tmp_path: Path) -> None:
    both = [api(dpgid="GID0000001", website="https://a.org"), api(dpgid="GID0000002", website="https://a.org")]
    records, _ = read("registry", write(tmp_path, {"v2.json": both}))
    assert [record.key for record in goods(records)] == ["GID0000001", "GID0000002"]


def test_same_dpgid_is_one_good_whatever_else_changes(tmp_path: Path) -> None:
    files = {
        "v2_2024-09-29.json": [api(dpgid="GID0000001", id="1", name="Old", website="https://old.org")],
        "v2_2024-12-09.json": [api(dpgid="GID0000001", id="2", name="New", website="https://new.org")],
    }
    records, _ = read("registry", write(tmp_path, files))
    (record,) = goods(records)
    assert (record.name.value, record.aliases, record.registry_ids) == ("New", ("Old",), ("1", "2"))
    assert record.website == "https://new.org"


def test_an_alias_joins_goods_of_one_website_but_not_of_one_state(tmp_path: Path) -> None:
    files = {
        "2020-12/nominees/long.json": good(name="A Long Name", website="https://a.org"),
        "2021-06/nominees/short.json": good(name="ALN", aliases=["A Long Name"], website="https://a.org"),
        "2021-06/nominees/part.json": good(name="ALN Mobile", aliases=["ALN"], website="https://a.org"),
    }
    records, _ = read("registry", write(tmp_path, files))
    assert [(r.name.value, len(r.origins)) for r in goods(records)] == [("ALN", 2), ("ALN Mobile", 1)]


@pytest.mark.parametrize(
    ("name", "repository", "goods_"),
    [
        ("HarvestPlanner", "https://github.com/a/planner", 1),
        ("Harvest Plannner", "https://github.com/a/planner", 1),
        ("Harvest Planner", "https://github.com/a/another", 1),
        ("Harvest Planner 2", "https://github.com/a/planner", 2),
        ("Harvest Plannner", "https://github.com/a/another", 2),
        ("Harvest Planner", "https://github.com/b/planner", 2),
    ],
)
def test_spellings_of_one_place_and_one_name_of_one_account_are_one_good(
    tmp_path: Path, name: str, repository: str, goods_: int
) -> None:
    files = {
        "2020-12/nominees/a.json": good(name="Harvest Planner", repositoryURL="https://github.com/a/planner"),
        "2021-06/nominees/b.json": good(name=name, repositoryURL=repository),
    }
    records, _ = read("registry", write(tmp_path, files))
    assert len(goods(records)) == goods_


def test_screening_data_without_an_address_is_about_the_good_of_its_name(tmp_path: Path) -> None:
    places = {"developmentCountries": ["Peru"]}
    screening = {"name": "Thing", "clearOwnership": {"isOwnershipExplicit": "Yes"}, "locations": places}
    files = {
        "nominees/thing.json": good(website="https://a.org", stage="DPG"),
        "digitalpublicgoods/thing.json": screening,
    }
    records, rejects = read("registry", write(tmp_path, files))
    (record,) = goods(records)
    assert not rejects
    assert record.developed_in == ("Peru",)
    assert (record.status, record.listed_on) == ("dpg", ())


@pytest.mark.parametrize(
    ("folder", "stage", "status"),
    [
        ("nominees", "DPG", "dpg"),
        ("nominees", "nominee", "nominee"),
        ("nominees", None, "nominee"),
        ("digitalpublicgoods", None, "dpg"),
        ("candidates", None, "candidate"),
        ("archive", "nominee", "archived"),
        ("excluded-nd", None, "excluded"),
    ],
)
def test_status(tmp_path: Path, folder: str, stage: str | None, status: str) -> None:
    records, _ = read("registry", write(tmp_path, {f"2020-06/{folder}/x.json": good(stage=stage)}))
    (record,) = goods(records)
    assert record.status == status
    assert bool(record.listed_on) == (status in ("dpg", "nominee", "candidate"))


@pytest.mark.parametrize(
    ("sdgs", "expected"),
    [
        ([3, 4], ["3", "4"]),
        ([[3, "Good Health and Well-being"]], ["3"]),
        ([["Good Health and Well-being"]], ["3"]),
        ([{"SDGNumber": 3}, {"SDGNumber": "4"}], ["3", "4"]),
        (["SDG3: Good Health and Well-Being"], ["3"]),
        ([{"SDGNumber": 3, "evidenceText": "in line with target 3.8"}], ["3", "3.8"]),
        ([18, 0, True, None, 10**30, {"SDGNumber": None}, []], []),
    ],
)
def test_sdgs_of_all_eras(tmp_path: Path, sdgs: list[Any], expected: list[str]) -> None:
    records, _ = read("registry", write(tmp_path, {"x.json": good(SDGs=sdgs)}))
    assert codes(goods(records)[0]) == expected


@pytest.mark.parametrize(
    ("fields", "licences"),
    [
        ({"license": "GPL-3.0"}, ("GPL-3.0",)),
        ({"license": ["GPL-3.0", "MIT"]}, ("GPL-3.0", "MIT")),
        ({"license": [{"spdx": "MIT", "licenseURL": "https://a.org/l"}]}, ("MIT",)),
        ({"license": {"spdx": "MIT"}}, ("MIT",)),
        ({"license": "CC BY", "license-link": "https://creativecommons.org/licenses/by/3.0/"},
         ("https://creativecommons.org/licenses/by/3.0/",)),
        ({"license": "CC BY 4.0", "license_link": "https://creativecommons.org/licenses/by/3.0/"}, ("CC BY 4.0",)),
        ({"license": "CC BY", "license_link": "https://a.org/terms"}, ("CC BY",)),
        ({"license": None}, ()),
    ],
)  # fmt: skip
def test_licences_of_all_eras(tmp_path: Path, fields: dict[str, Any], licences: tuple[str, ...]) -> None:
    records, _ = read("registry", write(tmp_path, {"x.json": good(**fields)}))
    assert goods(records)[0].licences == licences


def test_hostile_fields_are_read_as_nothing(tmp_path: Path) -> None:
    keys = [
        "aliases",
        "description",
        "website",
        "license",
        "SDGs",
        "sdgs",
        "type",
        "categories",
        "sectors",
        "locations",
        "repositories",
        "organizations",
        "clearOwnership",
        "openlicenses",
        "dpgid",
        "id",
        "stage",
        "repo_others",
    ]
    junk: list[Any] = [None, 7, 1.5, True, "", "\x00\ud800", {}, [], [None, {}, [[]]], {"a": {"b": []}}, "<b>x</b>"]
    elements = [{"name": "Thing", "stage": "DPG", key: value} for key in keys for value in junk]
    records, rejects = read("registry", write(tmp_path, {"x.json": elements}))
    assert sum(len(record.origins) for record in records) + len(rejects) == len(elements)
    assert nquads(records)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "an empty file"),
        (" \n", "an empty file"),
        ("{", "not JSON"),
        ("other.json", "a symbolic link stored as text"),
        ("[" * 100_000, "JSON nested too deeply"),
        ("7", "the record is no JSON object"),
        ("null", "the record is no JSON object"),
        ('{"$schema": "x", "properties": {}}', "a JSON Schema, not a record"),
        ('{"name": "pkg", "version": "1"}', "none of the forms of the registry"),
        ('{"stage": "DPG"}', "the record does not name the good"),
        ('{"name": " ", "stage": "DPG"}', "the record does not name the good"),
        ('{"SDGs": [{"SDGNumber": 4}], "stage": "DPG"}', "the record does not name the good"),
        ('{"rows": [{"a": 1}]}', "none of the forms of the registry"),
        ("{}", "none of the forms of the registry"),
    ],
)
def test_what_is_no_record_is_a_reject(tmp_path: Path, content: str, reason: str) -> None:
    records, rejects = read("registry", write(tmp_path, {"x.json": content}))
    assert not records
    assert [reject.reason for reject in rejects] == [reason]


def test_bytes_that_are_no_text_and_symbolic_links_are_rejects(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'{"name": "\xff"}')
    (tmp_path / "b.json").write_text(json.dumps(good()), encoding="utf-8-sig")
    (tmp_path / "c.json").symlink_to("b.json")
    records, rejects = read("registry", tmp_path)
    assert [reject.reason for reject in rejects] == ["not UTF-8", "a symbolic link to another record"]
    assert len(records) == 1


def test_an_empty_list_holds_no_record(tmp_path: Path) -> None:
    assert read("registry", write(tmp_path, {"x.json": "[]"})) == ([], [])


def test_option_dates_says_when_a_state_was(tmp_path: Path) -> None:
    write(tmp_path, {"nominees/2020-01-01.json": good()})
    for option in ({"nominees/*": date(2024, 8, 19)}, {"*": "2024-08-19"}):
        records, _ = read("registry", tmp_path, options={"dates": option})
        assert goods(records)[0].listed_on == (date(2024, 8, 19),)
    toml = tomllib.loads('dates = { "*" = 2024-08-19 }')
    assert goods(read("registry", tmp_path, options=toml)[0])[0].listed_on == (date(2024, 8, 19),)


@pytest.mark.parametrize("option", ["2024-08-19", {"*": "August"}, {"*": 7}])
def test_option_dates_must_be_a_table_of_dates(tmp_path: Path, option: object) -> None:
    with pytest.raises(UsageError, match="option dates"):
        read("registry", tmp_path, options={"dates": option})


def test_order_of_payloads_does_not_matter(shared_data: Path) -> None:
    paths = sorted((shared_data / "dpga-candidates-history").rglob("candidates/*.json"))
    results = []
    for ordered in (paths, paths[::-1]):
        source = Source(name="t", loader="registry", payloads=payloads(*ordered, base=shared_data))
        results.append(list(get("registry").read(source)))
    assert results[0] == results[1]


def test_text_that_is_no_dpgid_joins_no_goods(tmp_path: Path) -> None:
    files = {
        "api.json": [
            api(name="One", dpgid="N/A", website="https://one.example"),
            api(name="Two", dpgid="n/a", website="https://two.example"),
            api(name="Three", dpgid="gid0090001"),
            api(name="Four", dpgid=90002),
        ]
    }
    records, rejects = read("registry", write(tmp_path, files))
    assert not rejects
    assert {g.name.value: g.dpgid for g in goods(records)} == {
        "One": None, "Two": None, "Three": "GID0090001", "Four": None,
    }  # fmt: skip
