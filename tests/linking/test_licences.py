"""Licence strings and addresses meet at canonical IRIs, or nowhere."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from kg.linking import creative_commons, licence_expressions, licences, spdx
from kg.resources import folder

BASES = {
    "cc": "http://creativecommons.org/",
    "spdx": "http://spdx.org/licenses/",
    "od": "https://licenses.opendefinition.org/licenses/",
}


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


STRINGS = table(Path(__file__).with_name("licence-strings.csv"))


def expanded(names: str) -> tuple[str, ...]:
    """Expand ``cc:licenses/by/4.0/ spdx:MIT``."""
    return tuple(BASES[prefix] + local for prefix, local in (name.split(":", 1) for name in names.split()))


@pytest.mark.parametrize("row", STRINGS, ids=[row["text"] for row in STRINGS])
def test_string_resolves_to(row: dict[str, str]) -> None:
    assert licences.resolve(row["text"]) == expanded(row["licences"])


def test_what_is_found_resolves_to_itself() -> None:
    found = {iri for row in STRINGS for iri in expanded(row["licences"])} - {BASES["od"] + "mitre"}
    known = {iri for iri in found if not iri.startswith(BASES["od"])}
    assert len(known) > 60
    assert {iri: licences.resolve(iri) for iri in known} == {iri: (iri,) for iri in known}


HOSTILE = [
    *("", "   ", "\0", "\n,;/", "//", "http://[::1", "%", "CC\ud800", "a" * 100_000, "(" * 3_000),
    *("MIT AND " * 400 + "X", "MIT," * 900 + "?", " " * 3_000 + "or" + " " * 900),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_no_licence(text: str) -> None:
    assert licences.resolve(text) == ()


def test_long_list_of_ids_resolves() -> None:
    ids = [row["id"] for row in table(folder("ontology") / "spdx-ids.csv") if row["kind"] == "licence"][:93]
    assert len(licences.resolve(", ".join(ids))) == 93


def test_every_replacement_is_an_spdx_id() -> None:
    ids = {row["id"] for row in table(folder("ontology") / "spdx-ids.csv")}
    rows = table(folder("ontology") / "licence-replacements.csv")
    assert {row["deprecated"] for row in rows} <= ids
    assert {name for row in rows for name in row["replacements"].split()} <= ids
    assert spdx.replacements()["GPL-2.0"] == ("GPL-2.0-only",)
    assert spdx.replacements()["Net-SNMP"] == ()


@pytest.mark.parametrize(
    ("name", "column", "prefix"), [("licence-names.csv", "name", ""), ("licence-urls.csv", "url", "https://www.")]
)
def test_tables_name_each_alias_once_and_resolve(name: str, column: str, prefix: str) -> None:
    rows = table(folder("ontology") / name)
    assert len({row[column].casefold() for row in rows}) == len(rows)
    missing = [row for row in rows if row["licence"] and not licences.resolve(prefix + row[column])]
    assert not missing, "an alias must not fall to an earlier rule, or two aliases to one key"


def test_tools_are_all_legal_tools(shared_data: Path) -> None:
    """Every address, short name, SPDX id and English title of the 639 tools resolves to the tool."""
    rows = table(shared_data / "cc-quantifying" / "data" / "cc-legal-tools.csv")
    wrong = []
    for row in rows:
        iri = row["CANONICAL_URL"].replace("https:", "http:")
        texts = [row["CANONICAL_URL"], row["IDENTIFIER"], row["SPDX_IDENTIFIER"], row["CANONICAL_URL"] + "deed.en"]
        texts += [row["TITLE"]] if row["LANGUAGE_DEFAULT"] == "en" else []
        wrong += [(text, iri) for text in texts if text and licences.resolve(text) != (iri,)]
    assert not wrong
    assert set(creative_commons.tools()) == {row["CANONICAL_URL"].replace("https:", "http:") for row in rows}


def test_spdx_ids_pages_and_names_resolve_to_their_licence(shared_data: Path) -> None:
    listed = json.loads((shared_data / "spdx" / "reuse-6.2.0" / "licenses.json").read_bytes())["licenses"]
    names: dict[str, set[str]] = {}
    for licence in listed:
        iri = spdx.to_iri(licence["licenseId"])
        names.setdefault(licence["name"], set()).add(iri)
        for text in (
            licence["licenseId"],
            licence["licenseId"].swapcase(),
            licence["reference"],
            licence["detailsUrl"],
        ):
            assert licences.resolve(text) == (iri,), text
        assert spdx.from_iri(iri) == licence["licenseId"]
    found = {name: licences.resolve(name) for name in names}
    # A name that a current and a deprecated id share is that of the current one.
    assert not {name: iris for name, iris in found.items() if iris and iris[0] not in names[name]}
    assert sum(map(bool, found.values())) > 300


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("CC BY-NC", "CC-BY-NC"),
        ("Creative Commons Attribution-ShareAlike", "CC-BY-SA"),
        ("https://creativecommons.org/licenses/by-nc-nd/", "CC-BY-NC-ND"),
        ("GNU General Public License", "GPL"),
        ("https://www.gnu.org/copyleft/gpl.html", "GPL"),
        ("BSD License", "BSD"),
    ],
)
def test_a_name_without_a_version_is_a_family(text: str, family: str) -> None:
    assert licences.meaning(text) == (f"family:{family}",)
    assert licences.resolve(text) == (), "a family is no licence yet"


@pytest.mark.parametrize("text", ["Open Software", "Creative Commons", "CC BY NC BY", "CC SA", "CC BY IGO", "Public"])
def test_a_name_that_may_be_any_licence_is_no_family(text: str) -> None:
    assert licences.meaning(text) == ()


def test_an_expression_keeps_and_or_and_with_apart() -> None:
    found = licence_expressions.parse("(mit or apache-2.0) and gpl-2.0-only with classpath-exception-2.0")
    assert found is not None
    assert found.text == "(MIT OR Apache-2.0) AND GPL-2.0-only WITH Classpath-exception-2.0"
    assert [(member.operator, [inner.licence for inner in member.members]) for member in found.members] == [
        ("OR", [spdx.BASE + "MIT", spdx.BASE + "Apache-2.0"]),
        ("WITH", [spdx.BASE + "GPL-2.0-only", spdx.BASE + "Classpath-exception-2.0"]),
    ]


@pytest.mark.parametrize("text", ["MIT", "MIT, Apache-2.0", "MIT AND unknown", "CC BY and CC0", "or", ""])
def test_what_is_no_expression_of_known_ids_has_none(text: str) -> None:
    assert licence_expressions.parse(text) is None
