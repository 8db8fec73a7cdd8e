"""What is found in a version, and how what is typed is read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Quad, RdfFormat, Store

from kg.dataset.search import Search, SearchError
from kg.dataset.search_index import make
from kg.dataset.search_table import FILE
from kg.dataset.search_text import QUOTED, around, fold, key, phrases, spans, units
from kg.namespaces import CC, ORG, SDGO

PEOPLE = """
@prefix cc: <http://creativecommons.org/ns#> .
@prefix commons: <https://w3id.org/commons-kg/ontology/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix id: <https://w3id.org/commons-kg/id/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix sdg: <http://metadata.un.org/sdg/> .
@prefix sdgo: <http://metadata.un.org/sdg/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

<https://w3id.org/commons-kg/graph/test> {
  sdg:13 a sdgo:Goal ; skos:notation "13" ;
    rdfs:label "Climate action"@en, "Lutte contre les changements climatiques"@fr, "气候行动"@zh, "जलवायु कार्रवाई"@hi,
               "العمل المناخي"@ar, "การรับมือการเปลี่ยนแปลงสภาพภูมิอากาศ"@th .
  <http://metadata.un.org/sdg/13.3> a sdgo:Target ; skos:notation "13.3", "13.03" ;
    rdfs:label "Improve education on climate change"@en .
  <http://creativecommons.org/licenses/by/4.0/> a cc:License ; commons:spdxId "CC-BY-4.0" ;
    rdfs:label "Attribution 4.0 International"@en ;
    cc:legalcode <https://creativecommons.org/licenses/by/4.0/legalcode> .
  id:organization\\/who a org:Organization ; rdfs:label "World Health Organization" ;
    skos:altLabel "WHO", "Organisation mondiale de la Santé"@fr ; commons:ror <https://ror.org/01f80g185> .
  id:organization\\/cotes a org:Organization ; rdfs:label "Côtes d'Œuvre" ; schema:location id:country\\/FR .
  id:good\\/a a commons:DigitalPublicGood ; rdfs:label "Alpha" ; commons:owner id:organization\\/who ;
    schema:description "A register of climate data for open licences." .
  id:post\\/b a schema:BlogPosting ; rdfs:label "News" ; schema:author id:organization\\/who ;
    schema:articleBody "They said: \\"climate AND (NOT OR) NEAR/2 data\\"." .
  id:payload\\/c a commons:Payload ; rdfs:label "climate.json" .
}
"""


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an index of some things."""
    folder = tmp_path_factory.mktemp("version")
    store = Store()
    store.load(PEOPLE, RdfFormat.TRIG)
    store.extend([Quad(*quad.triple) for quad in store])  # the default graph is the union
    make(store, folder / FILE)
    return folder


@pytest.fixture
def search(version: Path) -> Iterator[Search]:
    opened = Search(version)
    yield opened
    opened.close()


def found(search: Search, text: str, **how: object) -> list[str]:
    """Return the last parts of the IRIs of what is found."""
    return [hit.iri.rstrip("/").rsplit("/", 1)[-1] for hit in search.find(text, **how).hits]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("climate action", "13"), ("CLIMATE", "13"), ("climatiques changements", "13"), ("SDG 13", "13"),
        ("goal 13", "13"), ("13.3", "13.3"), ("target 13.3", "13.3"), ("cc by 4.0", "4.0"), ("CC-BY-4.0", "4.0"),
        ("who", "who"), ("Organisation mondiale de la sante", "who"), ("01f80g185", "who"),
        ("https://ror.org/01f80g185", "who"), ("http://creativecommons.org/licenses/by/4.0/legalcode", "4.0"),
        ("cotes d'oeuvre", "cotes"), ("COTES", "cotes"), ("register", "a"), ("license", "a"), ("licence", "a"),
    ],
)  # fmt: skip
def test_names_codes_addresses_and_texts_are_found(search: Search, text: str, first: str) -> None:
    assert found(search, text)[0] == first


@pytest.mark.parametrize("text", ["气候", "行动", "जलवायु", "المناخي", "الْعَمَل", "ภูมิอากาศ", "เปลี่ยนแปลง"])
def test_words_of_all_scripts_are_found_also_where_no_blanks_part_them(search: Search, text: str) -> None:
    assert found(search, text) == ["13"]


def test_a_name_comes_before_words_of_names_and_these_before_texts(search: Search) -> None:
    tiers = [hit.tier for hit in search.find("climate").hits]
    assert tiers == ["beginning", "label", "text", "text"]


def test_payloads_are_not_found(search: Search) -> None:
    assert found(search, "climate.json") == []


def test_what_is_found_is_counted_by_kind_and_a_kind_can_be_chosen(search: Search) -> None:
    all_of_it = search.find("climate")
    assert all_of_it.total == 4
    assert all_of_it.counts[str(SDGO.Target)] == 1
    targets = search.find("climate", kinds=[str(SDGO.Target)])
    assert ([hit.kind for hit in targets.hits], targets.total) == ([str(SDGO.Target)], 1)
    assert targets.counts == all_of_it.counts
    assert found(search, "climate", kinds=[str(CC.License)]) == []


def test_a_language_can_be_chosen(search: Search) -> None:
    assert found(search, "climate", lang="fr") == []
    assert found(search, "climatiques", lang="fr") == ["13"]


def test_the_label_is_in_the_preferred_language_and_the_match_tells_its_own(search: Search) -> None:
    (hit,) = search.find("气候", languages=["fr", "en"]).hits
    assert (hit.label, hit.lang) == ("Lutte contre les changements climatiques", "fr")
    assert hit.matched is not None
    assert (hit.matched.text, hit.matched.lang, hit.matched.role) == ("气候行动", "zh", "label")


def test_while_typing_the_last_word_is_a_beginning(search: Search) -> None:
    assert found(search, "clim", typing=True)[0] == "13"
    assert found(search, "world hea", typing=True) == ["who"]
    assert found(search, "clim") == [], "else it is a word"


@pytest.mark.parametrize(("typed", "meant"), [("climte action", "climate action"), ("orgnization", "organization")])
def test_what_is_mistyped_is_found_all_the_same(search: Search, typed: str, meant: str) -> None:
    answer = search.find(typed)
    assert answer.meant == meant
    assert answer.hits


def test_where_not_all_words_are_found_some_are_enough(search: Search) -> None:
    answer = search.find("alpha zzzzzz")
    assert [(hit.label, hit.tier) for hit in answer.hits] == [("Alpha", "similar")]
    assert answer.meant is None


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        ("CC-BY-4.0", "http://creativecommons.org/licenses/by/4.0/"),
        ("https://creativecommons.org/licenses/by/4.0/", "http://creativecommons.org/licenses/by/4.0/"),
        (" 13.3 ", "http://metadata.un.org/sdg/13.3"),
        ("WHO", None), ("climate-action", None), ("", None), ("https://example.org/nothing", None),
    ],
)  # fmt: skip
def test_a_code_or_address_leads_straight_to_its_thing_and_a_word_does_not(
    search: Search, text: str, iri: str | None
) -> None:
    assert search.direct(text) == iri


HOSTILE = [
    "", " ", '"', "'", "*", "^", "a*", "NEAR(", "label:climate", "{text}:x", "AND", "OR NOT", "climate AND", "-climate",
    '"unclosed', "a\x00b", "\x00", "\ud800", "%_", "climate;DROP TABLE thing", "(" * 500, "é" * 5000, "word " * 10_000,
    "a " * 10_000, "\u0301" * 100, "气" * 3000, "x" * 100_000, ":" * 50, "\n\t", "١٣", "𝒞limate",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_typed_is_an_answer(search: Search, text: str) -> None:
    for typing in (False, True):
        search.find(text, typing=typing)
    search.direct(text)


def test_words_of_the_query_language_are_words(search: Search) -> None:
    assert found(search, "NEAR climate NOT") == ["b"]


def test_when_time_is_over_it_is_said(version: Path) -> None:
    hurried = Search(version, seconds=-1.0)
    answer = hurried.find("climate")
    hurried.close()
    assert not answer.hits or answer.complete


def test_a_version_without_an_index_says_so(tmp_path: Path) -> None:
    with pytest.raises(SearchError, match="has no search index"):
        Search(tmp_path)


def test_a_damaged_index_says_so(version: Path, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database" * 500)
    with pytest.raises(SearchError, match="damaged"):
        Search(tmp_path)
    shutil.copyfile(version / FILE, tmp_path / FILE)
    with (tmp_path / FILE).open("r+b") as stream:
        stream.seek(4096 * 3)
        stream.write(b"\xff" * 40_000)
    with pytest.raises(SearchError, match="damaged"):
        Search(tmp_path).find("climate")


def test_texts_are_folded_and_cut_alike_in_all_scripts() -> None:
    assert fold("Ñandú ЁЖ ΆΛΦΑ") == "nandu еж αλφα"
    assert units("l'eau, 水资源 42%") == ["l", "eau", "水", "资", "源", "42"]
    assert key("https://www.who.int/") == "who int"
    assert phrases("open-source  data") == [["open", "source"], ["data"]]


def test_what_was_found_can_be_marked() -> None:
    text = "Le Climat, et 气候行动."
    assert [text[a:b] for a, b in spans(text, frozenset({"climat", "气", "候"}))] == ["Climat", "气候"]
    assert [text[a:b] for a, b in spans(text, frozenset(), "cli")] == ["Climat"]


@pytest.mark.parametrize("word", ["first", "middle", "last"])
@pytest.mark.parametrize("filler", ["word ", "字"])
def test_of_a_long_text_is_quoted_what_stands_around_a_word(word: str, filler: str) -> None:
    text = f"first {filler * 300} middle {filler * 300} last"
    quoted = around(text, frozenset({word}))
    assert word in quoted
    assert len(quoted) <= QUOTED + 4
    assert quoted.startswith("… ") == (word != "first")
    assert quoted.endswith(" …") == (word != "last")
    assert quoted.removeprefix("… ").removesuffix(" …") in text
    assert around("Short.", frozenset()) == "Short."


def test_an_organization_that_much_links_to_comes_first(search: Search) -> None:
    both = search.find("organization", kinds=[str(ORG.Organization)]).hits
    assert [hit.links for hit in both] == sorted((hit.links for hit in both), reverse=True)
