"""Full text inside SPARQL: ``SERVICE commons:search``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pyoxigraph import Quad, RdfFormat, Store

from kg.dataset.search_index import make
from kg.dataset.search_table import FILE
from kg.engine.cache import is_repeatable
from kg.engine.frames import RefusedError, UnreachableError
from kg.engine.guard import scan
from kg.engine.text_search import answer
from tests.dataset.test_search import PEOPLE

PREFIX = "PREFIX commons: <https://w3id.org/commons-kg/ontology/>\nPREFIX cc: <http://creativecommons.org/ns#>\n"


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("version")
    store = Store()
    store.load(PEOPLE, RdfFormat.TRIG)
    store.extend([Quad(*quad.triple) for quad in store])
    make(store, folder / FILE)
    return folder


def rows(version: Path, pattern: str) -> list[list[str]]:

    _, body = answer(version, f"{PREFIX}SELECT * {{ {pattern} }}")
    found = json.loads(body)
    return [[b[v]["value"] for v in found["head"]["vars"] if v in b] for b in found["results"]["bindings"]]


def test_things_scores_and_what_matched_are_bound(version: Path) -> None:
    found = rows(version, '?x commons:matches "climate action" ; commons:score ?score ; commons:matchedText ?zz')
    assert sorted(found, key=str)[0][0] == "1"
    assert ["1", "http://metadata.un.org/sdg/13", "Climate action"] in found


def test_a_language_tag_asks_for_texts_in_that_language(version: Path) -> None:
    assert rows(version, '?x commons:matches "climatiques"@fr') == [["http://metadata.un.org/sdg/13"]]
    assert rows(version, '?x commons:matches "climate"@fr') == []


def test_filters_classes_and_limits_hold_inside(version: Path) -> None:
    assert rows(version, '?x a cc:License ; commons:matches "attribution"') == [
        ["http://creativecommons.org/licenses/by/4.0/"]
    ]
    best = '{ SELECT ?x { ?x commons:matches "climate" ; commons:score ?s } ORDER BY DESC(?s) LIMIT 1 }'
    assert rows(version, best) == [["http://metadata.un.org/sdg/13"]]
    assert rows(version, '?x commons:matches "climate" ; commons:score ?s FILTER(?s > 1)') == []


def test_a_text_is_a_literal_with_its_escapes(version: Path) -> None:
    assert rows(version, "?x commons:matches '''clim\\u0061te action'''")[0] == ["http://metadata.un.org/sdg/13"]


@pytest.mark.parametrize("pattern", ["?x commons:score 1", "?x commons:matches ?t", '?x commons:matches "a", "b"'])
def test_one_text_is_asked_for(version: Path, pattern: str) -> None:
    with pytest.raises(RefusedError, match="takes one text"):
        rows(version, pattern)


def test_a_version_that_cannot_be_searched_is_an_endpoint_that_cannot_be_reached(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="no search index"):
        rows(tmp_path, '?x commons:matches "a"')


def test_it_is_no_call_of_another_server_and_may_be_cached() -> None:
    own = 'SELECT * { SERVICE SILENT commons:search { ?x commons:matches "a" } }'
    other = "SELECT * { SERVICE <https://example.org/sparql> { ?x ?y ?z } }"
    assert (scan(own).service, scan(other).service, scan(own[:-1] + other[11:]).service) == (False, True, True)
    assert (is_repeatable(own), is_repeatable(other)) == (True, False)
