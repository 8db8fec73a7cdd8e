"""In which language a page is: parameter, cookie, header; and that nobody gets another reader's page from the cache."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from kg.web.i18n import Languages, best, negotiate, translated
from tests.web.conftest import HTML


@pytest.mark.parametrize(
    ("asked", "kept", "accept", "interface", "wanted"),
    [
        ("", "", "", "en", ("en",)),
        ("", "", "fr-CH, fr;q=0.9, en;q=0.8", "fr", ("fr-CH", "fr", "en")),
        ("", "", "ar, es;q=0.5", "es", ("ar", "es")),
        ("", "", "en;q=0.1, es;q=0.5", "es", ("es", "en")),
        ("", "", "fr;q=0, es", "es", ("es",)),
        ("", "es", "fr", "es", ("es", "fr")),
        ("fr", "es", "en", "fr", ("fr", "es", "en")),
        ("hi", "", "", "en", ("hi",)),
        ("<script>", "\x00", "*, ;;;q=x, ???", "en", ("en",)),
    ],
)
def test_parameter_goes_before_cookie_before_header(
    asked: str, kept: str, accept: str, interface: str, wanted: tuple[str, ...]
) -> None:
    assert negotiate(asked, kept, accept) == (interface, wanted)


def test_the_best_label_falls_back_to_english_then_to_any() -> None:
    assert best({"pt-br": "Clima", "en": "Climate"}) == "Climate"
    assert best({"": "plain", "zh": "z"}) == "plain"
    assert best({}) is None


def test_page_says_its_language_and_on_what_it_hung(client: TestClient) -> None:
    answer = client.get("/browse", headers=HTML | {"Accept-Language": "es"})
    assert '<html lang="es">' in answer.text
    assert answer.headers["content-language"] == "es"
    assert {"Accept-Language", "Cookie"} <= set(answer.headers["vary"].split(", "))


def test_choice_lasts_without_script(own_client: TestClient) -> None:
    assert own_client.get("/browse?lang=fr", headers=HTML).cookies["lang"] == "fr"
    assert '<html lang="fr">' in own_client.get("/", headers=HTML).text
    assert '<html lang="en">' in own_client.get("/?lang=en", headers=HTML).text


def test_readers_of_two_languages_do_not_get_each_others_page(client: TestClient) -> None:
    french = client.get("/", headers=HTML | {"Accept-Language": "fr"})
    english = client.get("/", headers=HTML | {"Accept-Language": "en"})
    assert french.headers["etag"] != english.headers["etag"]
    assert '<html lang="fr">' in client.get("/", headers=HTML | {"Accept-Language": "fr"}).text
    assert '<html lang="en">' in client.get("/", headers=HTML | {"Accept-Language": "en"}).text


def test_other_languages_link_to_this_very_page(own_client: TestClient) -> None:
    page = own_client.get("/browse/goods?page=1&lang=es", headers=HTML).text
    assert 'href="/browse/goods?page=1&amp;lang=fr"' in page


def test_page_of_a_graph_is_in_the_language(client: TestClient) -> None:
    assert "graphe source" in client.get("/graph/registry", headers=HTML | {"Accept-Language": "fr"}).text


@pytest.mark.parametrize(("code", "units"), [("en", "kB|bytes"), ("fr", "ko|octets"), ("es", "kB|bytes")])
def test_sizes_have_the_units_of_the_language(client: TestClient, code: str, units: str) -> None:
    page = client.get("/dumps", headers=HTML | {"Accept-Language": code}).text
    assert re.search(rf'<td class="figure"[^>]*>[\d.,]+\s({units})</td>', page)


def test_what_shapes_and_loaders_say_is_translated_on_pages_alone(own_client: TestClient, home: Path) -> None:
    entry = {"kind": "reject", "reason": "the entry has no web address", "hint": "give each entry a title"}
    (home / "versions" / "v1" / "quality" / "members.jsonl").write_text(json.dumps(entry) + "\n")
    french = HTML | {"Accept-Language": "fr"}
    assert "l’entrée n’a pas d’adresse web" in own_client.get("/quality", headers=french).text
    assert "Une adhésion a exactement un membre." in own_client.get("/shapes/MembershipShape", headers=french).text
    assert "the entry has no web address" in own_client.get("/quality/records.csv", headers=french).text
    assert "A membership has exactly one member." in own_client.get("/shapes/MembershipShape.ttl", headers=french).text


def test_a_page_says_in_the_readers_language_what_is_wrong_with_its_address(client: TestClient) -> None:
    answer = client.get("/browse/nothings", headers=HTML | {"Accept-Language": "es"})
    assert answer.status_code == 404
    assert "No hay ninguna lista nothings." in answer.text


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/sparql?query=SELECT+*+%7B%7D+LIMITT+5", ("LIMITT n’est pas un mot de SPARQL", "Vouliez-vous dire LIMIT")),
        ("/sparql?query=SELECT+*+%7B+%3Fs+ex:p+%3Fo+%7D", ("le préfixe ex: n’est pas déclaré",)),
        ("/sparql?query=DROP+ALL", ("DROP fait partie de SPARQL Update",)),
        ("/store?graph=x", ("x&#39; n’est pas un IRI absolu",)),
        ("/store", ("La requête ne nomme aucun graphe",)),
        ("/sitemap/nothing", ("Le plan du site n’a pas de partie nothing",)),
    ],
)
def test_what_the_engine_and_services_say_is_translated_with_the_values_in_it(
    client: TestClient, path: str, said: tuple[str, ...]
) -> None:
    page = client.get(path, headers=HTML | {"Accept-Language": "fr"}).text
    for text in said:
        assert text in page


def test_the_longest_message_that_fits_a_text_is_the_one() -> None:
    texts: list[str] = []

    async def speak(scope: Any, receive: Any, send: Any) -> None:
        texts.extend(map(translated, ("expected a graph", "expected }", "no message is like this", "")))

    scope = {"type": "http", "path": "/", "query_string": b"lang=es", "headers": []}
    asyncio.run(Languages(speak)(scope, None, None))  # type: ignore[arg-type]
    assert texts == ["se esperaba un grafo", "se esperaba }", "no message is like this", ""]
