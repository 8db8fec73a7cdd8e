"""Names to organizations: what is folded away, what is not, and that the authority file is sound."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg.errors import InputError
from kg.identifiers import slug
from kg.linking.organizations import Authority, Entry, authority, key, local_name, read

FILE = Authority(
    [
        Entry(slug="commons", name="House of Commons Things", other_names=("HCT", "Things"), homepage="https://hct.example/"),
        Entry(slug="ror-one", name="Registered", ror="https://ror.org/012345678", homepage="https://reg.example"),
        Entry(slug="first-things", name="First Things", other_names=("Shared Name",), homepage="https://first.example"),
        Entry(slug="second-things", name="Second Things", other_names=("The Shared Name",), homepage="https://second.example"),
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    ("spelling", "other"),
    [
        ("The Open Source Initiative", "Open Source Initiative"),
        ("the\u00a0Open  Source\tInitiative ", "OPEN SOURCE INITIATIVE"),
        ("India’s Ministry of Things", "India's Ministry of Things"),
        ("Bill & Melinda Gates Foundation", "Bill and Melinda Gates Foundation"),
        ("Norwegian Agency for Development Cooperation (Norad)", "Norwegian Agency for Development Cooperation"),
        ("German Federal Ministry (BMZ)", "German Federal Ministry"),
        ("Creative Commons (CC)", "Creative Commons"),
        ("U.S. Agency", "US Agency"),
        ("Société des Communs", "Societe des communs"),
        ("Ｆｕｌｌ Width", "Full Width"),
        ("X-Road®", "X Road"),
        ("Foo, Inc.", "Foo Inc"),
    ],
)
def test_spellings_of_one_name_share_their_key(spelling: str, other: str) -> None:
    assert key(spelling) == key(other)
    assert local_name(spelling) == local_name(other)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Ministry of Health (UK)", "Ministry of Health"),
        ("Ministry of Health (Kenya)", "Ministry of Health (Ghana)"),
        ("Google (Ireland)", "Google"),
        ("data.org", "dataorg"),
        ("Foo Foundation", "Foo"),
        ("Theodora House", "odora House"),
        ("数字公共产品", "数字公共"),
        ("NGO Мир", "NGO Дом"),
        ("WHO 中国", "WHO"),
        ("C++ Alliance", "C Alliance"),
        ("C# Alliance", "C Alliance"),
        ("मंत्री", "मंत्र"),
    ],
)
def test_different_names_keep_different_keys(name: str, other: str) -> None:
    assert key(name) != key(other)


@pytest.mark.parametrize("name", ["", "—", "(FAO)", "the", "   ", "®"])
def test_every_name_has_a_local_name(name: str) -> None:
    assert local_name(name)


def test_local_name_of_a_ror_id() -> None:
    assert local_name("Anything", ror="https://ror.org/012345678") == "ror-012345678"


@pytest.mark.parametrize(
    ("name", "homepage", "ror", "expected"),
    [
        ("house of commons things", None, None, "commons"),
        ("HCT", None, None, "commons"),
        ("commons", None, None, "commons"),
        ("House of Commons", None, None, None),
        ("Anything", None, "https://ror.org/012345678", "ror-one"),
        ("Registered", None, "https://ror.org/087654321", None),
        ("Registered", None, None, "ror-one"),
        ("Shared Name", None, None, None),
        ("Shared Name", "http://www.first.example/", None, "first-things"),
        ("Another Name", "https://hct.example", None, None),
        ("House of Commons Things, Inc.", None, None, None),
        ("House of Commons Things, Inc.", "https://hct.example", None, "commons"),
        ("HCT", None, "https://ror.org/087654321", None),
        ("HCT", "https://hct.example", "https://ror.org/087654321", "commons"),
    ],
)
def test_find(name: str, homepage: str | None, ror: str | None, expected: str | None) -> None:
    assert FILE.find(name, homepage=homepage, ror=ror) == expected


def test_authority_file_is_sound() -> None:
    """Add the other name to one of the rows only, or correct the identifier in ontology/organizations.csv."""
    known = authority()
    assert not known.ambiguous()
    stated = [entry for entry in known.entries.values() if entry.ror]
    assert len({entry.ror for entry in stated}) == len(stated)
    items = [entry.wikidata for entry in known.entries.values() if entry.wikidata]
    assert len(set(items)) == len(items)
    for entry in known.entries.values():
        assert entry.slug == slug(entry.slug), entry
        assert entry.ror is None or re.fullmatch(r"https://ror\.org/0[a-z0-9]{6}\d\d", entry.ror), entry
        assert entry.wikidata is None or re.fullmatch(r"Q[1-9]\d*", entry.wikidata), entry
        assert entry.homepage is None or re.fullmatch(r"https?://[^\s]+", entry.homepage), entry
        assert all(name == name.strip() and name for name in entry.names), entry
        assert known.find(entry.name, ror=entry.ror) == entry.slug
        assert all(known.find(name) == entry.slug for name in entry.names)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("BMZ", "german-federal-ministry-for-economic-cooperation-and-development"),
        ("the Republic of Estonia’s Ministry of Foreign Affairs", "ministry-of-foreign-affairs-of-estonia"),
        ("UN Office for Digital and Emerging Technologies",
         "united-nations-office-for-digital-and-emerging-technologies"),
        ("The Office of the Secretary-General’s Envoy on Technology",
         "united-nations-office-for-digital-and-emerging-technologies"),
        ("International Telecommunications Union", "international-telecommunication-union"),
        ("Gates Foundation", "gates-foundation"),
        ("PATH", "path"),
        ("PATH's Digital Square", "digital-square"),
        ("DPGA", "digital-public-goods-alliance"),
        ("The Government of Norway", "government-of-norway"),
        ("Norad", "norwegian-agency-for-development-cooperation"),
    ],
)  # fmt: skip
def test_known_organizations_are_found_by_all_their_names(name: str, expected: str) -> None:
    assert authority().find(name) == expected


@pytest.mark.parametrize("name", ["WHO 中国", "UNICEF Китай", "Google 日本", "UNICEF ประเทศไทย", "Norad Ελλάς", "FAO+"])
def test_a_known_name_with_more_letters_is_another_name(name: str) -> None:
    assert authority().find(name.split()[0].rstrip("+"))
    assert authority().find(name) is None
    assert local_name(name) != local_name(name.split()[0].rstrip("+"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("slug,name\na,A\n", "lacks the columns"),
        ("slug,name,other_names,ror,wikidata,homepage,type,note\na,A,,,,,,\na,B,,,,,,\n", "stands twice"),
        ("slug,name,other_names,ror,wikidata,homepage,type,note\n,A,,,,,,\n", "must not be empty"),
    ],
)
def test_a_wrong_authority_file_is_an_input_error(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "organizations.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read(path)


def test_a_missing_authority_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path / "none.csv")


def test_frequent_owners_of_the_registry_are_known() -> None:
    """One owner in several spellings is one organization."""
    for spellings in (
        ("FAO", "Food and Agriculture Organization (FAO) of the United Nations",
         "Food and Agriculture Organization of the United Nations (FAO)"),
        ("Government Technology Agency, Singapore", "Government Technology Agency of Singapore"),
        ("Mifos", "The Mifos Initiative"),
        ("OpenMRS, Inc.", "OpenMRS"),
        ("eGovernments Foundation", "eGov Foundation"),
    ):  # fmt: skip
        assert len({authority().find(spelling) for spelling in spellings}) == 1
        assert authority().find(spellings[0])
