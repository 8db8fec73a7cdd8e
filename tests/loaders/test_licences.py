"""The licences loader on the real lists: counts taken from the files by other means, and facts known from elsewhere."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import langcodes
import pytest

from kg.linking import creative_commons, licences
from kg.loader import Payload, Source, get
from kg.records import License, Record, Reject
from tests.loaders.run import nquads, payloads, read

HERE = Path(__file__).parent / "licences"
BY = "http://creativecommons.org/licenses/by/4.0/"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


@cache
def loaded(*paths: Path) -> tuple[dict[str, License], list[Reject]]:
    """Read files as one source; the records by IRI."""
    records, rejects = read("licences", *paths)
    licences_read = [record for record in records if isinstance(record, License)]
    assert len({record.iri for record in licences_read}) == len(records), "one record for each licence"
    return {record.iri: record for record in licences_read}, rejects


def counted(records: dict[str, License], rejects: list[Reject]) -> int:
    return sum(len(record.origins) for record in records.values()) + len(rejects)


def test_legal_tools_csv_has_639_tools_of_which_55_have_an_spdx_id(shared_data: Path) -> None:
    path = shared_data / "cc-quantifying" / "data" / "cc-legal-tools.csv"
    records, rejects = loaded(path)
    assert not rejects
    assert len(records) == counted(records, rejects) == len(path.read_text("utf-8").splitlines()) - 1 == 639
    quads = nquads(list[Record](records.values()))
    assert sum(f"{TYPE} <http://creativecommons.org/ns#License>" in quad for quad in quads) == 639
    assert sum("/ontology/spdxId>" in quad for quad in quads) == 55
    assert sum(quad.startswith("<http://spdx.org/licenses/CC") for quad in quads) == 55
    assert {"rs", "scotland", "igo", "uk"} < {r.jurisdiction for r in records.values()}
    assert sum(record.jurisdiction is None for record in records.values()) == 41
    (title,) = records["http://creativecommons.org/licenses/by/3.0/rs/"].titles
    assert title.language == "sr-Latn"


def rdf_folder(shared_data: Path) -> Path:
    return shared_data / "cc-licenserdf" / "cc" / "licenserdf" / "licenses"


def test_rdf_of_2020_has_as_many_records_as_files_say(shared_data: Path) -> None:
    records, rejects = loaded(rdf_folder(shared_data))
    texts = [file.read_text("utf-8") for file in sorted(rdf_folder(shared_data).glob("*.rdf"))]
    assert not rejects
    assert counted(records, rejects) == sum(text.count("<cc:License ") for text in texts)
    stated = Counter(name for text in texts for name in re.findall(r"<cc:(permits|requires|prohibits) ", text))
    assert stated == {
        "permits": sum(len(record.permits) for record in records.values()),
        "requires": sum(len(record.requires) for record in records.values()),
        "prohibits": sum(len(record.prohibits) for record in records.values()),
    }
    retired = sum("<cc:deprecatedOn " in text for text in texts)
    assert sum(record.deprecated_on is not None for record in records.values()) == retired > 10


def test_the_address_of_a_tool_tells_the_terms_that_its_rdf_states(shared_data: Path) -> None:
    """Scotland's RDF forgets derivative works, also of BY 2.5, whose text allows them."""
    records, _ = loaded(rdf_folder(shared_data))
    told = 0
    for record in records.values():
        tool = creative_commons.parse_address(record.iri)
        terms = creative_commons.terms(tool) if tool else creative_commons.Terms()
        if tool and terms.permits and tool.jurisdiction != "scotland":
            told += 1
            stated = (record.permits, record.requires, record.prohibits)
            assert list(map(set, stated)) == list(map(set, terms)), record.iri
    assert told >= 300


def test_rdf_of_2020_titles_are_clean(shared_data: Path) -> None:
    records, _ = loaded(rdf_folder(shared_data))
    titles = [title for record in records.values() for title in record.titles]
    assert len(titles) > 25_000
    assert not [title for title in titles if re.search(r"\$\{|<|&\w+;|\s\s|^\s|\s$", title.value)]
    tags = {title.language for title in titles}
    assert [title.value for title in titles if title.language is None] == ["MIT License"], "stated without a language"
    assert all(langcodes.tag_is_valid(tag) and langcodes.standardize_tag(tag) == tag for tag in tags if tag)
    assert len(tags) > 80
    assert "oc-ES" in tags
    assert not [tag for tag in tags if tag and tag.startswith("x-")]
    for record in records.values():
        assert len({title.language for title in record.titles}) == len(record.titles)


def test_rdf_of_2020_links_only_to_published_licences(shared_data: Path) -> None:
    records, _ = loaded(rdf_folder(shared_data))
    linked = {iri for r in records.values() for iri in (*r.replaced_by, r.source_licence) if iri}
    assert len(linked) > 50
    assert not [iri for iri in linked if licences.resolve(iri) != (iri,)]
    # Its ports to Spain and Australia say that they come from an unported 2.1, which was never published.
    assert "http://creativecommons.org/licenses/by-nc/2.1/" not in linked


def test_rdf_of_2020_tells_what_licences_permit(shared_data: Path) -> None:
    records, _ = loaded(rdf_folder(shared_data))
    by_nc_nd = records["http://creativecommons.org/licenses/by-nc-nd/3.0/igo/"]
    assert (by_nc_nd.permits, by_nc_nd.prohibits) == (("Distribution", "Reproduction"), ("CommercialUse",))
    assert by_nc_nd.creator == "Creative Commons"
    zero = records["http://creativecommons.org/publicdomain/zero/1.0/"]
    assert (zero.requires, zero.prohibits) == ((), ())
    developing = records["http://creativecommons.org/licenses/devnations/2.0/"]
    assert developing.prohibits == ("HighIncomeNationUse",)
    assert (developing.deprecated_on, developing.status) == (date(2007, 6, 4), "retired")
    gpl = records["http://spdx.org/licenses/GPL-2.0"]
    assert "SourceCode" in gpl.requires
    assert gpl.urls == ("http://creativecommons.org/licenses/GPL/2.0/",)
    assert "http://spdx.org/licenses/MIT" in records


def test_rdf_of_today_is_merged_with_that_of_2020(shared_data: Path) -> None:
    today = shared_data / "cc-legal-tools-rdf" / "licenses_by_4.0.rdf"
    old = rdf_folder(shared_data) / "creativecommons.org_licenses_by_4.0_.rdf"
    for order in ((today, old), (old, today)):
        records, rejects = loaded(*order)
        assert not rejects
        titles = {title.language: title.value for title in records[BY].titles}
        assert len(records[BY].origins) == 2
        assert titles["es"] == "Atribución/Reconocimiento 4.0 Internacional"
        assert "eo" in titles, "a translation that only the older form has is kept"
        assert records[BY].source_licence == "http://creativecommons.org/licenses/by/3.0/"
        assert {code.language for code in records[BY].legalcodes} > {"zh-Hans", "mi", "no"}


def spdx(shared_data: Path) -> tuple[dict[str, License], list[Reject]]:
    return loaded(*sorted((shared_data / "spdx").rglob("*.json")))


def test_spdx_lists_add_up(shared_data: Path) -> None:
    records, rejects = spdx(shared_data)
    stated: list[dict[str, object]] = []
    for file in (shared_data / "spdx").rglob("*.json"):
        content = json.loads(file.read_bytes())
        stated += content.get("licenses", []) + content.get("exceptions", []) or [content]
    ids = {item.get("licenseId") or item["licenseExceptionId"] for item in stated}
    assert not rejects
    assert counted(records, rejects) == len(stated)
    assert {record.spdx_id for record in records.values()} == ids
    exceptions = {record.spdx_id for record in records.values() if record.is_exception}
    assert exceptions == {item.get("licenseExceptionId") for item in stated} - {None}


def test_spdx_deprecated_ids_say_what_replaces_them(shared_data: Path) -> None:
    records, _ = spdx(shared_data)
    deprecated = {record.spdx_id: record for record in records.values() if record.deprecated}
    assert len(deprecated) == 33
    without = {spdx_id for spdx_id, record in deprecated.items() if not record.replaced_by}
    assert without == {"Net-SNMP", "Nokia-Qt-exception-1.1"}
    assert {iri for r in deprecated.values() for iri in r.replaced_by} <= set(records)
    assert not [r for r in deprecated.values() for iri in r.replaced_by if records[iri].deprecated]
    assert deprecated["GPL-2.0+"].replaced_by == ("http://spdx.org/licenses/GPL-2.0-or-later",)
    assert deprecated["wxWindows"].replaced_by == (
        "http://spdx.org/licenses/GPL-2.0-or-later",
        "http://spdx.org/licenses/WxWindows-exception-3.1",
    )
    assert not [r for r in records.values() if r.replaced_by and not r.deprecated]


def test_spdx_creative_commons_tools_have_creative_commons_iris(shared_data: Path) -> None:
    records, _ = spdx(shared_data)
    tools = {iri for iri, record in records.items() if re.match("CC-|CC0", record.spdx_id or "")}
    assert len(tools) == 55
    assert all(iri.startswith("http://creativecommons.org/") for iri in tools)
    quads = nquads([records[BY]])
    match = "<http://www.w3.org/2004/02/skos/core#exactMatch>"
    assert any(quad.startswith(f"<{BY}> {match} <http://spdx.org/licenses/CC-BY-4.0>") for quad in quads)
    assert any(quad.startswith(f"<http://spdx.org/licenses/CC-BY-4.0> {match} <{BY}>") for quad in quads)
    assert not any(quad.startswith(f"<http://spdx.org/licenses/CC-BY-4.0> {TYPE}") for quad in quads)


def test_open_definition_conformance(shared_data: Path) -> None:
    folder = shared_data / "okfn-licenses" / "licenses"
    stated = [json.loads(file.read_bytes()) for file in sorted(folder.glob("*.json"))]
    records, rejects = loaded(*sorted(folder.glob("*.json")))
    named = [item for item in stated if not item.get("is_generic")]
    assert counted(records, rejects) == len(stated) == 114
    assert len(rejects) == len(stated) - len(named) == 6
    for value in ("approved", "rejected", "not reviewed"):
        expected = sum(item["od_conformance"] == value for item in named)
        assert sum(record.od_conformance == value for record in records.values()) == expected
    assert records["http://creativecommons.org/licenses/by-nc/4.0/"].od_conformance == "rejected"
    assert records["http://spdx.org/licenses/ODC-By-1.0"].identifiers == ("ODC-BY-1.0",)
    assert records["http://spdx.org/licenses/etalab-2.0"].identifiers == ("LO-FR-2.0",)
    assert records["http://spdx.org/licenses/EPL-1.0"].status == "retired"
    assert sum(iri.startswith("https://licenses.opendefinition.org/") for iri in records) == 14


def test_open_definition_groups_and_csv_add_no_licence(shared_data: Path) -> None:
    folder = shared_data / "okfn-licenses"
    alone, _ = loaded(*sorted((folder / "licenses").glob("*.json")))
    everything, rejects = loaded(*sorted((folder / "licenses").rglob("*.json")), folder / "licenses.csv")
    assert set(everything) == set(alone)
    groups = [json.loads(file.read_bytes()) for file in (folder / "licenses" / "groups").glob("*.json")]
    assert counted(everything, rejects) == 114 + 114 + sum(map(len, groups))


def test_osi_list(shared_data: Path) -> None:
    folder = shared_data / "osi" / "licenses"
    files = sorted(folder.rglob("*.json"))
    stated = [item for file in files for item in json.loads(file.read_bytes())]
    records, rejects = loaded(*files)
    assert not rejects
    assert counted(records, rejects) == len(stated) == 146
    approved = {item["id"] for item in stated if "osi-approved" in item.get("keywords", [])}
    assert sum(record.osi_approved is True for record in records.values()) == len(approved)
    assert all(iri.startswith("http://spdx.org/licenses/") for iri in records)
    assert records["http://spdx.org/licenses/MPL-1.1"].replaced_by == ("http://spdx.org/licenses/MPL-2.0",)
    assert records["http://spdx.org/licenses/OSL-1.0"].replaced_by == (), "OLS-3.0 is a misprint"
    assert records["http://spdx.org/licenses/GPL-2.0"].replaced_by == (), "GPL-2.0-only replaces it, not GPL-3.0"


def test_all_lists_meet_at_the_same_nodes(shared_data: Path) -> None:
    """What any list calls by an id or address of its own is the node that SPDX's list describes."""
    known, _ = spdx(shared_data)
    od, _ = loaded(*sorted((shared_data / "okfn-licenses" / "licenses").glob("*.json")))
    tools, _ = loaded(shared_data / "cc-quantifying" / "data" / "cc-legal-tools.csv")
    assert {iri for iri in od if not iri.startswith("https://licenses.opendefinition.org/")} <= set(known)
    assert {iri for iri, record in tools.items() if record.spdx_id} <= set(known)
    assert set(loaded(rdf_folder(shared_data))[0]) - {f"http://spdx.org/licenses/{i}" for i in ("MIT", "GPL-2.0")} <= (
        set(tools)
    )


@pytest.mark.parametrize("file", ["images.rdf", "jurisdictions.rdf", "schema.rdf", "selectors.rdf", "ns.html"])
def test_rdf_files_beside_the_licences_are_one_reject_each(shared_data: Path, file: str) -> None:
    records, rejects = loaded(shared_data / "cc-licenserdf" / "cc" / "licenserdf" / "rdf" / file)
    assert not records
    assert [reject.reason for reject in rejects] == ["the payload describes no licence"]


@pytest.mark.parametrize("seed", range(3))
def test_damaged_payloads_never_raise(tmp_path: Path, seed: int) -> None:
    """Cut and overwritten files give records and rejects; what a reject says can be written as UTF-8."""
    chance = random.Random(seed)
    loader = get("licences")
    for file in sorted(file for file in HERE.rglob("source*/**/*") if file.is_file()) + sorted(HERE.glob("*/source.*")):
        data = file.read_bytes()[:20_000]
        for attempt in range(12):
            damaged = bytearray(data[: chance.randrange(len(data) + 1)] if attempt % 2 else data)
            for _ in range(attempt):
                if damaged:
                    damaged[chance.randrange(len(damaged))] = chance.choice(b"\0\"'<>&{}[],\\\n\xff\xc3x0")
            path = tmp_path / file.name
            path.write_bytes(damaged)
            source = Source(name="test", loader="licences", payloads=[Payload(name=file.name, path=path)])
            items = list(loader.read(source))
            assert items
            for item in items:
                if isinstance(item, Reject):
                    f"{item.origin}{item.reason}{item.excerpt}{item.hint}".encode()
                else:
                    assert nquads([item])


def test_reading_twice_gives_the_same(shared_data: Path) -> None:
    source = Source(name="test", loader="licences", payloads=payloads(shared_data / "okfn-licenses"))
    assert list(get("licences").read(source)) == list(get("licences").read(source))


def legal_tools(tmp_path: Path, *addresses: str) -> tuple[list[Record], list[Reject]]:
    path = tmp_path / "tools.csv"
    path.write_text("CANONICAL_URL,TITLE\n" + "".join(f"{address},T\n" for address in addresses), encoding="utf-8")
    return read("licences", path)


def test_a_tool_with_a_version_of_thousands_of_digits_or_an_element_twice_is_one_reject(tmp_path: Path) -> None:
    base = "https://creativecommons.org/licenses/"
    records, rejects = legal_tools(tmp_path, f"{base}by/4.0/", f"{base}by/{'9' * 5_000}.0/", f"{base}by-nc-by/5.0/")
    assert [record.iri for record in records if isinstance(record, License)] == [BY]
    assert [reject.origin.line for reject in rejects] == [3, 4]


def spdx_list(tmp_path: Path, version: str, deprecated: bool) -> Path:
    path = tmp_path / f"licenses-{version}.json"
    item = {"licenseId": "GPL-3.0", "name": "GNU GPL 3.0", "isDeprecatedLicenseId": deprecated}
    path.write_text(json.dumps({"licenseListVersion": version, "licenses": [item]}), encoding="utf-8")
    return path


@pytest.mark.parametrize(("older", "newer"), [(True, False), (False, True)])
def test_the_newest_list_decides_whether_an_id_is_deprecated(tmp_path: Path, older: bool, newer: bool) -> None:
    paths = [spdx_list(tmp_path, "3.25.0", older), spdx_list(tmp_path, "3.29.0", newer)]
    (record,), _ = read("licences", *paths)
    assert isinstance(record, License)
    replaced_by = ("http://spdx.org/licenses/GPL-3.0-only",) if newer else ()
    assert (record.deprecated, record.status) == (newer, "deprecated" if newer else None)
    assert record.replaced_by == replaced_by
    assert len(record.origins) == 2
