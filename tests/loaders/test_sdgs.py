"""The SDG loader on the real sources, and on input that means harm."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from kg.linking.sdg_codes import compact, goals, indicator_iri, notations, sort_key
from kg.records import Record, SDGConcept
from tests.loaders.run import nquads, read

UN = "http://metadata.un.org/sdg/"


def concepts(records: list[Record]) -> dict[str, SDGConcept]:
    """By IRI, or by code where there is none."""
    found = {(r.iri or r.code): r for r in records if isinstance(r, SDGConcept)}
    assert len(found) == len(records)
    return found


@pytest.fixture(scope="module")
def scheme(shared_data: Path) -> dict[str, SDGConcept]:
    records, rejects = read("sdgs", shared_data / "un-sdg-lod" / "sdg-kos-goals-targets-indicators.ttl")
    assert rejects == []
    return concepts(records)


@pytest.fixture(scope="module")
def translations(shared_data: Path) -> dict[str, SDGConcept]:
    records, rejects = read("sdgs", shared_data / "sdg-translations")
    assert rejects == []
    return concepts(records)


def test_the_uns_scheme_has_17_goals_169_targets_232_indicators(
    scheme: dict[str, SDGConcept], shared_data: Path
) -> None:
    text = (shared_data / "un-sdg-lod" / "sdg-kos-goals-targets-indicators.ttl").read_text(encoding="utf-8")
    counted = Counter(re.findall(r"^sdg:\S+ a sdgo:(Goal|Target|Indicator),", text, re.MULTILINE))
    assert counted == {"Goal": 17, "Target": 169, "Indicator": 232}
    assert Counter(c.level for c in scheme.values()) == {"goal": 17, "target": 169, "indicator": 232}
    assert sum(len(c.origins) for c in scheme.values()) == 418


def test_files_beside_the_scheme_hold_no_record_or_the_same_one(shared_data: Path) -> None:
    folder = shared_data / "un-sdg-lod"
    beside = [folder / name for name in ("sdgs-ontology.ttl", "sdg-kos-subject-mappings.ttl", "void.ttl")]
    assert read("sdgs", *beside, folder / "PROVENANCE.txt") == ([], [])


def test_a_target_has_both_notations_its_goal_and_its_match(scheme: dict[str, SDGConcept]) -> None:
    target = scheme[UN + "13.3"]
    assert target.notations == (("13.03", "SDGCode"), ("13.3", "SDGCodeCompact"))
    assert target.broader == (UN + "13",)
    assert target.exact_matches == ("http://purl.unep.org/sdg/SDGIO_00000184",)
    assert ("C130301", "SDGCodePerm") in scheme[UN + "C130301"].notations


def test_goals_have_their_colour_and_match_wikidata_and_sdgio(scheme: dict[str, SDGConcept]) -> None:
    assert scheme[UN + "13"].colour == "#3f7e44"
    for code, goal in goals().items():
        assert goal.wikidata in scheme[UN + code].exact_matches, "the table agrees with the UN's data"
        assert any("SDGIO" in match for match in scheme[UN + code].exact_matches)


def test_lost_final_zeros_are_restored(scheme: dict[str, SDGConcept]) -> None:
    assert scheme[UN + "16.1"].exact_matches == ("http://purl.unep.org/sdg/SDGIO_00000210",)
    assert scheme[UN + "16.10"].exact_matches == ("http://purl.unep.org/sdg/SDGIO_00000219",)
    assert all(len(c.exact_matches) == 1 for c in scheme.values() if c.level == "target")


def test_every_concept_has_one_title_in_english_french_and_spanish(scheme: dict[str, SDGConcept]) -> None:
    for concept in scheme.values():
        assert [t.language for t in concept.labels] == ["en", "es", "fr"], concept.label
    assert "food waste" in scheme[UN + "12.3"].labels[0].value, "not the fragment 'By 2030,d'"


def test_an_indicator_of_several_targets_is_one(
    scheme: dict[str, SDGConcept], translations: dict[str, SDGConcept]
) -> None:
    for source in (scheme, translations):
        assert source[UN + "C200303"].broader == (UN + "1.5", UN + "11.5", UN + "13.1")
        assert source[UN + "C200303"].code == "1.5.1"
    assert len(translations[UN + "C200303"].origins) == 18, "three keys in each of six languages"


def test_translations_add_up_and_have_six_languages(translations: dict[str, SDGConcept], shared_data: Path) -> None:
    held = 0
    for file in (shared_data / "sdg-translations").rglob("*.yml"):
        held += len({key.rsplit("-", 1)[0] for key in yaml.safe_load(file.read_text(encoding="utf-8"))})
    assert held == 6 * (17 + 169 + 252)
    assert sum(len(c.origins) for c in translations.values()) == held
    for concept in translations.values():
        languages = {t.language for t in (*concept.labels, *concept.alternative_titles)}
        assert languages == {"ar", "en", "es", "fr", "ru", "zh-Hans"}, concept.label


def test_a_label_never_goes_to_an_indicator_that_lost_its_code(translations: dict[str, SDGConcept]) -> None:
    replaced = translations["13.3.1"]
    assert replaced.iri is None
    assert UN + "C130301" not in translations
    assert {"en", "fr", "es"} <= {t.language for t in replaced.labels}, "the UN's scheme has no label for it"


def test_both_sources_together_keep_one_preferred_label_per_language(
    scheme: dict[str, SDGConcept], translations: dict[str, SDGConcept]
) -> None:
    for iri in scheme.keys() & translations.keys():
        both = [t.language for t in (*scheme[iri].labels, *translations[iri].labels)]
        assert len(both) == len(set(both)), iri
    assert len(scheme.keys() & translations.keys()) > 400


def test_the_order_of_payloads_does_not_matter(shared_data: Path) -> None:
    folder = shared_data / "sdg-translations" / "translations"
    there, _ = read("sdgs", folder / "fr", folder / "ar", base=folder)
    back, _ = read("sdgs", folder / "ar", folder / "fr", base=folder)
    assert nquads(there) == nquads(back)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("deep.ttl", b"<a:a> <a:b> " + b"[ <a:b> " * 5000, "the payload is not valid Turtle"),
        ("utf16.ttl", "@prefix a: <a:> .".encode("utf-16"), "the payload is not valid Turtle"),
        ("open.ttl", b'<a:a> <a:b> "', "the payload is not valid Turtle"),
        ("variable.ttl", b"?x <a:a> <a:b> .", "the payload is not valid Turtle"),
        ("deep/en/x.yml", b"[" * 5000, "the payload is not valid YAML"),
        ("en/bytes.yml", b"13-short: \xff\xfe", "the payload is not valid YAML"),
        ("en/tag.yml", b"!!python/object/apply:os.system ['true']", "the YAML is not a table of keys and labels"),
        ("en/empty.yml", b"", "the YAML is not a table of keys and labels"),
        ("en/key.yml", b"? [a, b]\n: c\n", "the payload is not valid YAML"),
        ("x.bin", b"\x00\x01", "the payload is neither Turtle nor YAML"),
    ],
)
def test_a_hostile_payload_is_one_reject(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    records, rejects = read("sdgs", file, base=tmp_path)
    assert (records, [r.reason for r in rejects]) == ([], [reason])
    assert rejects[0].hint


def test_an_alias_bomb_is_read_in_no_time(tmp_path: Path) -> None:
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"] + [
        f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "bomb.yml").write_text("\n".join(lines) + "\n13-short: *i\n", encoding="utf-8")
    _, rejects = read("sdgs", tmp_path)
    assert len(rejects) == 10


def test_options_name_the_language_and_make_titles_preferred(tmp_path: Path) -> None:
    (tmp_path / "global_goals.yml").write_text("13-title: Climate\n", encoding="utf-8")
    records, rejects = read("sdgs", tmp_path, options={"language": "en", "preferred": "all"})
    assert rejects == []
    assert any("prefLabel" in line and '"Climate"@en' in line for line in nquads(records))


@pytest.mark.parametrize(
    ("text", "code"),
    [("13", "13"), ("01", "1"), ("13.03", "13.3"), ("8.10", "8.10"), ("01.0a.02", "1.a.2"), ("9.C", "9.c"),
     ("18", None), ("0", None), ("13.0", None), ("C130301", None), ("", None), ("13.3.1.1", None)],
)  # fmt: skip
def test_codes_in_any_spelling(text: str, code: str | None) -> None:
    assert compact(text) == code


def test_codes_make_notations_iris_and_an_order() -> None:
    assert notations("1.a.2") == {("01.0a.02", "SDGCode"), ("1.a.2", "SDGCodeCompact")}
    assert indicator_iri("13.3.2") == UN + "C130302"
    assert indicator_iri("2.b.1") == UN + "C020b02", "not what the rule would give"
    assert indicator_iri("13.2.2") is None, "added after the scheme"
    assert sorted(["1.a", "1.10", "2", "1.2", "10"], key=sort_key) == ["1.2", "1.10", "1.a", "2", "10"]
