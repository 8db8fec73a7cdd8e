from __future__ import annotations

import csv
import json
from pathlib import Path

import pycountry
import pytest

from kg.linking import countries
from kg.resources import folder


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Kenya", "KE"),
        (" kenya ", "KE"),
        ("KE", "KE"),
        ("KEN", "KE"),
        ("Czechia (Czech Republic)", "CZ"),
        ("Myanmar (formerly Burma)", "MM"),
        ("Eswatini (fmr. 'Swaziland')", "SZ"),
        ('"Eswatini (fmr. ""Swaziland"")"', "SZ"),
        ("Congo (Congo-Brazzaville)", "CG"),
        ("Congo (Kinshasa)", "CD"),
        ("Democratic Republic of the Congo", "CD"),
        ("Côte d", "CI"),
        ("Cote D'Ivoire", "CI"),
        ("Côte d’Ivoire", "CI"),
        ("Iran (Islamic Republic of)", "IR"),
        ("Bolivia (Plurinational State of)", "BO"),
        ("Bolivia, Plurinational State of", "BO"),
        ("Korea, Republic of", "KR"),
        ("United States of America (USA)", "US"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("the Netherlands", "NL"),
        ("UK", "GB"),
        ("Scotland", "GB"),
        ("Bosnia & Herzegovina", "BA"),
        ("St. Lucia", "LC"),
        ("Turkey", "TR"),
        ("Türkiye", "TR"),
        ("Palestine State", "PS"),
        ("Virgin Islands, British", "VG"),
        ("Åland Islands", "AX"),
        ("Kosovo", "XK"),
        ("Global", None),
        ("Worldwide", None),
        ("N/A", None),
        ("", None),
        ("No", None),
        ("in", None),
        ("Africa", None),
        ("London", None),
        ("Virgin Islands", None),
        ("Samoa (American)", "AS"),
        ("Samoa (Western)", None),
        ("India, Kenya", None),
    ],
)
def test_resolve(name: str, code: str | None) -> None:
    assert countries.resolve(name) == code


def test_every_iso_name_and_code_gives_its_country() -> None:
    for country in pycountry.countries:
        assert countries.resolve(country.name) == country.alpha_2
        assert countries.resolve(country.alpha_3) == country.alpha_2
        assert countries.label(country.alpha_2)


def test_label_of_a_user_assigned_code() -> None:
    assert countries.label("XK") == "Kosovo"
    assert countries.label("TW") == "Taiwan"


def test_table_names_each_country_once_and_only_codes_that_exist() -> None:
    rows = list(csv.DictReader((folder("ontology") / "country-names.csv").read_text(encoding="utf-8").splitlines()))
    assert len({row["name"] for row in rows}) == len(rows)
    codes = {country.alpha_2 for country in pycountry.countries} | {"XK", ""}
    assert {row["alpha2"] for row in rows} <= codes


def test_real_registry_countries_all_resolve_but_those_that_are_none(shared_data: Path) -> None:
    unknown: set[str] = set()
    for file in (shared_data / "dpga-registry-api").glob("dpgs-api-v2_*.json"):
        for good in json.loads(file.read_text(encoding="utf-8")):
            for names in good["locations"].values():
                unknown.update(name for name in names if countries.resolve(name) is None)
    assert unknown <= {"", "Virgin Islands", " British", "ODK", "London", "Africa"}


def test_real_ror_countries_give_the_code_ror_gives(shared_data: Path) -> None:
    for organization in json.loads((shared_data / "ror" / "ror-v2-sample.json").read_text(encoding="utf-8")):
        for location in organization["locations"]:
            details = location["geonames_details"]
            assert countries.resolve(details["country_name"]) == details["country_code"]
