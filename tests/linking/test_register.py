"""Parties that exact rules tell apart become one organization by evidence, in doubt by little, never against it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kg.errors import InputError
from kg.linking.matching import ACCEPT, REVIEW, Party, compare
from kg.linking.names import parse
from kg.linking.organizations import Authority, Entry, local_name
from kg.linking.register import Register, build, decide, read_decisions
from kg.linking.sites import site

AUTHORITY = Authority([
    Entry(slug="seed-savers", name="Seed Savers Exchange", other_names=("SSE",), homepage="https://seeds.example"),
    Entry(slug="seed-sowers", name="Seed Sowers", homepage="https://sowers.example"),
])  # fmt: skip


def party(name: str, homepage: str | None = None, ror: str | None = None) -> Party:
    local = f"ror-{ror}" if ror else local_name(name)
    return Party(local=local, names=(name,), homepages=(homepage,) if homepage else (), ror=ror)


def one(register: Register, *names: str) -> bool:
    return len({register.resolve(local_name(name)) for name in names}) == 1


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (party("Riverkeepers, Inc."), party("Riverkeepers")),
        (party("Open Harvest Map"), party("OpenHarvestMap")),
        (party("Sweden's Ministry of Fisheries"), party("Swedish Ministry of Fisheries")),
        (party("Ministry of Fisheries (Sweden)"), party("Ministry of Fisheries of Sweden")),
        (party("The Government of Sweden's Ministry of Lakes and Fish"), party("Swedish Ministry of Lakes and Fish")),
        (party("Ministry of Fisheries, Government of Sweden"), party("Ministry of Fisheries (Sweden)")),
        (party("Harvets", "https://harvest.example/"), party("Harvest", "https://harvest.example")),
        (party("Harvest and Orchard Research Network (HORN)"), party("HORN", "https://horn.example")),
        (
            party("Meteorologcal Society", "https://met.example"),
            party("Meteorological Society", "https://met.example/en"),
        ),
        (party("Université de Montagne"), party("University of Montagne")),
        (party("Instituto de Investigación Biomédica de Oakville"), party("Oakville Biomedical Research Institute")),
        (party("Greenhouse Co., Ltd. (Japan)"), party("Greenhouse Co., Ltd.")),
        (party('Public fund "Green Valley"'), party("Green Valley")),
        (party("Greenhouse (Glasshouse Ltd)"), party("Glasshouse Ltd (Greenhouse)")),
        (party("Orchards", "https://orchards.example"), party("Orchards Foundation", "https://orchards.example")),
    ],
    ids=lambda p: p.names[0],
)
def test_enough_evidence_makes_one(a: Party, b: Party) -> None:
    assert compare(a, b).value >= ACCEPT
    assert compare(a, b).value == compare(b, a).value


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (party("Ministry of Fisheries of Sweden"), party("Ministry of Fisheries of Norway")),
        (party("Ministry of Fisheries of Sweden"), party("Ministry of Fisheries")),
        (party("Instituto Nacional de Salud Pública"), party("National Institute of Public Health")),
        (party("Greenhouse Japan Co., Ltd."), party("Greenhouse Co., Ltd.")),
        (party("Greenhouse (Japan)"), party("Greenhouse")),
        (party("Orchard Foundation"), party("Orchard Inc")),
        (party("University of Oakland"), party("Oakland State University")),
        (party("Orchard Health", "https://orchard.example"), party("Orchard", "https://orchard.example")),
        (party("Code for Sweden"), party("Code for Norway")),
        (party("Harvest", ror="01"), party("Harvest", ror="02")),
        (party("Harvest", ror="01"), party("Harvest")),
        (party("SAP"), party("SIP")),
    ],
    ids=lambda p: p.names[0],
)
def test_too_little_evidence_makes_two(a: Party, b: Party) -> None:
    assert compare(a, b).value < ACCEPT


@pytest.mark.parametrize(("country", "joined"), [("SE", True), ("NO", False)])
def test_a_country_in_a_name_is_that_in_which_the_other_is_known_to_be(country: str, joined: bool) -> None:
    here = party("Swedish Department of Orchard Protection")
    there = Party(local="ror-1", names=("Orchard Protection Department",), ror="1", countries=frozenset({country}))
    assert (compare(here, there).value >= ACCEPT) is joined


def test_a_score_tells_its_evidence() -> None:
    told = str(compare(party("Orchards", "https://a.example"), party("Orchards Foundation", "https://a.example")))
    assert told == "0.90 = short for ... foundation +0.55, same homepage a.example +0.35"


def test_the_order_of_parties_does_not_matter() -> None:
    parties = [
        party(name, homepage)
        for name, homepage in (
            ("Riverkeepers", None), ("Riverkeepers, Inc.", None), ("The River Keepers", "https://rk.example"),
            ("Seed Savers Exchange LLC", None), ("Orchards Foundation", None), ("Orchards", None),
            ("OpenHarvestMap", None), ("Open Harvest Map", None),
        )
    ]  # fmt: skip
    first = build(parties, AUTHORITY)
    assert one(first, "Riverkeepers", "Riverkeepers, Inc.", "The River Keepers")
    assert first.resolve(local_name("Seed Savers Exchange LLC")) == "seed-savers"
    assert [(m.a.local, m.b.local) for m in first.doubts] == [("orchards", "orchards-foundation")]
    for seed in range(5):
        random.Random(seed).shuffle(parties)
        assert build(parties, AUTHORITY) == first


def test_two_rows_of_the_authority_file_are_never_joined() -> None:
    register = build([party("Seed Savers Exchange, Inc.", "https://sowers.example")], AUTHORITY)
    assert register.resolve("seed-savers") != register.resolve("seed-sowers")


def test_several_spellings_of_one_key_have_one_label() -> None:
    spelt = Party(local="openorchard", names=("Openorchard", "OpenOrchard", "openorchard"))
    register = build([spelt, party("Riverkeepers")], AUTHORITY)
    assert register.labels == {"openorchard": "OpenOrchard"}
    assert register.digest(["openorchard"])
    assert not register.digest(["riverkeepers"])


def test_what_people_decide_stands(tmp_path: Path) -> None:
    parties = [party("Orchards"), party("Orchards Foundation"), party("Riverkeepers"), party("Riverkeepers, Inc.")]
    path = tmp_path / "decisions.csv"
    decide(path, "orchards", "orchards-foundation", same=True, note="their imprint says so")
    decide(path, "riverkeepers", "riverkeepers-inc", same=False, note="")
    register = build(parties, AUTHORITY, read_decisions(path, tmp_path / "none.csv"))
    assert one(register, "Orchards", "Orchards Foundation")
    assert not one(register, "Riverkeepers", "Riverkeepers, Inc.")
    assert not register.doubts


@pytest.mark.parametrize(
    ("text", "message"), [("a,b\n", "lack the columns"), ("organization,other,same,note\na,b,maybe,\n", "yes or no")]
)
def test_a_wrong_file_of_decisions_is_an_input_error(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "decisions.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_decisions(path)


def test_a_string_is_several_owners_only_if_each_is_known() -> None:
    names = ("Riverkeepers", "Seed Savers Exchange and Riverkeepers", "SSE; Riverkeepers", "Riverkeepers and Others",
             "Food and Agriculture")  # fmt: skip
    register = build([party(name) for name in names], AUTHORITY)
    assert register.parts == {
        "seed-savers-exchange-and-riverkeepers": ("Seed Savers Exchange", "Riverkeepers"),
        "sse-riverkeepers": ("SSE", "Riverkeepers"),
    }


def test_the_digest_tells_of_what_concerns_a_source_only() -> None:
    before = build([party("Riverkeepers")], AUTHORITY)
    after = build([party("Riverkeepers"), party("Riverkeepers, Inc.")], AUTHORITY)
    assert before.digest(["riverkeepers"]) == after.digest(["seed-savers"]) == ""
    assert after.digest(["riverkeepers"]) not in ("", before.digest(["riverkeepers"]))


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("https://www.fao.org/home/en/", "fao.org"),
        ("a.example.co.uk", "example.co.uk"),
        ("https://unicef.github.io/x", "unicef.github.io"),
        ("https://github.com/OADA/server", "github.com/oada"),
        ("https://ec.europa.eu/jrc", "ec.europa.eu"),
        ("not an address", None),
        ("http://[broken", None),
        ("", None),
    ],
)
def test_the_site_tells_whose_a_page_is(address: str, domain: str | None) -> None:
    found = site(address)
    assert (found.domain if found else None) == domain


@pytest.mark.parametrize(
    "name", ["", "()", "Inc", "the", "—", "(Kenya)", "中国", "of of of", "'", "A" * 5_000, "(" * 3_000]
)
def test_any_text_can_be_taken_apart(name: str) -> None:
    assert parse(name).text is not None
    assert compare(party(name), party("Riverkeepers")).value < REVIEW
