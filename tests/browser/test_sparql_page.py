"""The SPARQL page, used as people use it: typing, running, looking, sharing, taking away."""

from __future__ import annotations

import json
import re
import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Look, accessibility_faults, is_wider_than_window, skip_or_fail
from tests.conftest import CHECKOUT

GOALS = """PREFIX commons: <https://w3id.org/commons-kg/ontology/>
PREFIX sdgo: <http://metadata.un.org/sdg/ontology#>
SELECT ?goal (COUNT(DISTINCT ?good) AS ?goods)
WHERE { ?good commons:addresses ?goal . ?goal a sdgo:Goal }
GROUP BY ?goal ORDER BY ?goal"""
COUNTRIES = """PREFIX commons: <https://w3id.org/commons-kg/ontology/>
SELECT ?country (COUNT(?good) AS ?goods) WHERE { ?good commons:deployedIn|commons:developedIn ?country }
GROUP BY ?country"""
WRONG = "SELECT *\nWHERE {\n  ?s rdfs:label ?o\n}"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"


@pytest.fixture(autouse=True)
def built() -> None:
    """The editor is made by ``make frontend``."""
    if not (CHECKOUT / "kg/web/static/built/editor.js").is_file():
        skip_or_fail("the editor was not built: make frontend")


def address(query: str, view: str = "") -> str:
    return f"/sparql?query={quote(query)}{view}"


def editor(page: Page) -> Page:
    """Wait for the editor, and put the cursor into it."""
    page.locator(".cm-content").click()
    return page


def choose(page: Page) -> None:
    """Take what is offered first; an offer that has only just come is not taken, as it was not meant."""
    page.wait_for_timeout(150)
    page.keyboard.press("Enter")


def lines(page: Page) -> list[str]:
    return page.input_value("#query").split("\n")


def test_a_query_is_typed_with_completion_and_run(look: Look) -> None:
    page = editor(look("/sparql"))
    page.keyboard.type("SELECT * WHERE {\n?good a digital")
    expect(page.locator(".cm-tooltip-autocomplete li").first).to_contain_text("commons:DigitalPublicGood")
    expect(page.locator(".cm-tooltip-autocomplete li").first).to_contain_text("digital public good")
    choose(page)
    page.keyboard.type(" ; licen")
    offered = page.locator(".cm-tooltip-autocomplete li").first
    expect(offered).to_contain_text("schema:license")
    expect(page.locator("completion-section").first).to_have_text("digital public good")
    choose(page)
    page.keyboard.type(" ?licence .")
    assert lines(page)[:3] == [
        "PREFIX commons: <https://w3id.org/commons-kg/ontology/>", "PREFIX schema: <https://schema.org/>", "",
    ]  # fmt: skip
    page.keyboard.press("Control+Enter")
    expect(page.locator("#result")).to_contain_text("rows")
    expect(page.locator("table.solutions")).to_contain_text("licence")
    assert parse_qs(urlsplit(page.url).query)["query"] == ["\n".join(lines(page))]


def test_things_are_found_by_their_labels(look: Look) -> None:
    page = editor(look("/sparql"))
    page.keyboard.type("SELECT * { ?good <https://schema.org/publisher> creative")
    offered = page.locator(".cm-tooltip-autocomplete li", has_text="Creative Commons").first
    expect(offered).to_be_visible()
    offered.click()
    assert "/id/organization/creative-commons>" in page.input_value("#query")


def test_a_prefix_is_added_when_it_is_typed(look: Look) -> None:
    page = editor(look("/sparql"))
    page.keyboard.type("SELECT * { ?s skos:")
    assert lines(page)[0] == "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>"
    page.keyboard.press("Escape")
    page.keyboard.type('prefLabel "foaf:')
    assert "PREFIX foaf" not in page.input_value("#query")


def test_an_error_is_marked_on_its_line(look: Look) -> None:
    page = look("/sparql", expect_errors=True)
    editor(page).keyboard.insert_text(WRONG)
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("alert")).to_contain_text("Line 3, column 6: the prefix rdfs: is not declared")
    expect(page.locator(".fault-line")).to_contain_text("rdfs:label")
    expect(page.locator(".fault-place")).to_have_text("rdfs:label")
    assert page.locator(".cm-content").get_attribute("aria-invalid") == "true"
    assert accessibility_faults(page) == []


def test_columns_are_sorted_and_iris_shown(look: Look) -> None:
    page = look(address(GOALS))
    first = page.locator("table.solutions tbody tr").first
    expect(page.locator("th[data-kind=number]")).to_have_class("figure")
    page.get_by_role("button", name="goods", exact=True).click()
    page.get_by_role("button", name="goods", exact=True).click()
    assert page.locator("th[data-kind=number]").get_attribute("aria-sort") == "descending"
    numbers = [int(text) for text in page.locator("table.solutions td.figure").all_inner_texts()]
    assert numbers == sorted(numbers, reverse=True)
    label = first.locator("a").inner_text()
    page.get_by_label("Show IRIs instead of labels").check()
    assert first.locator("a").inner_text().startswith("http://metadata.un.org/sdg/")
    page.get_by_label("Show IRIs instead of labels").uncheck()
    assert first.locator("a").inner_text() == label


def test_chart_in_the_colours_of_the_goals(look: Look) -> None:
    page = look(address(GOALS))
    page.get_by_role("button", name="Chart").click()
    bars = page.locator("#view-chart rect.mark")
    assert bars.count() == page.locator("table.solutions tbody tr").count()
    assert all(re.fullmatch("#[0-9a-f]{6}", bar.get_attribute("fill") or "") for bar in bars.all())
    page.locator("#view-chart select[name=kind]").select_option("line")
    expect(page.locator("#view-chart path.line")).to_be_visible()
    assert page.url.endswith("#chart")


def test_map_with_the_same_numbers_beside_it(look: Look) -> None:
    page = look(address(COUNTRIES, "#map"))
    page.wait_for_selector("#view-map svg")
    assert page.locator("#view-map .country[class*=level-]").count() == page.locator("#view-map tbody tr").count() > 0
    assert page.locator("#view-map svg").get_attribute("aria-label") == "Map: goods"


def test_a_code_that_several_shapes_have_colours_the_country(look: Look) -> None:
    page = look(address('SELECT * { VALUES (?country ?n) { ("AU" 3) ("AT" 1) } }', "#map"))
    page.wait_for_selector("#view-map svg")
    coloured = page.locator("#view-map path.country[class*=level-] title").all_text_contents()
    assert sorted(coloured) == ["Australia: 3", "Austria: 1"]


def test_raw_shows_what_the_endpoint_sends(look: Look) -> None:
    page = look(address("SELECT (1 AS ?n) {}"))
    page.get_by_role("button", name="Raw").click()
    expect(page.locator("#view-raw pre")).to_contain_text('"bindings"')
    assert json.loads(page.locator("#view-raw pre").inner_text())["results"]["bindings"][0]["n"]["value"] == "1"


def test_a_link_that_is_shared_opens_the_same(look: Look) -> None:
    page = look("/sparql", permissions=["clipboard-read", "clipboard-write"])
    editor(page).keyboard.insert_text(GOALS)
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Chart").click()
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator("#status")).to_have_text("Copied")
    link = page.evaluate("navigator.clipboard.readText()")
    other = look(link)
    assert other.input_value("#query") == GOALS
    expect(other.locator("#view-chart svg")).to_be_visible()


def test_back_leads_to_the_query_before(look: Look) -> None:
    page = look(address("SELECT (1 AS ?first) {}"))
    editor(page).keyboard.press("Control+A")
    page.keyboard.insert_text("SELECT (2 AS ?second) {}")
    page.keyboard.press("Control+Enter")
    expect(page.locator("table.solutions")).to_contain_text("second")
    page.go_back()
    expect(page.locator("table.solutions")).to_contain_text("first")
    assert page.input_value("#query") == "SELECT (1 AS ?first) {}"


def test_a_long_query_is_posted(look: Look) -> None:
    page = look("/sparql")
    editor(page).keyboard.insert_text("SELECT (1 AS ?n) {}\n#" + "x" * 7000)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#result")).to_have_text("1 row")
    expect(page.locator("#status")).to_contain_text("sent by POST")
    assert urlsplit(page.url).query == ""


@pytest.mark.parametrize(("query", "kind", "begin"), [
    (GOALS, "CSV", "goal,goods"), (GOALS, "JSON", '{"head"'), ("CONSTRUCT WHERE { ?s a ?t }", "Turtle", "<"),
])  # fmt: skip
def test_the_answer_is_downloaded(look: Look, query: str, kind: str, begin: str) -> None:
    page = look(address(query))
    with page.expect_download() as download:
        page.locator("form.downloads").get_by_role("button", name=kind, exact=True).click()
    assert Path(download.value.path()).read_text().startswith(begin)


def test_code_is_copied(look: Look) -> None:
    page = look(address(GOALS), permissions=["clipboard-read", "clipboard-write"])
    page.get_by_text("Code for this query").click()
    page.get_by_role("region", name="Python").get_by_role("button", name="Copy").click()
    assert "urllib.request" in page.evaluate("navigator.clipboard.readText()")


def running(site: str) -> int:
    with urllib.request.urlopen(f"{site}/metrics") as answer:
        found = re.search(r"^commons_kg_running (\d+)", answer.read().decode(), re.MULTILINE)
    assert found is not None
    return int(found[1])


def test_cancelling_stops_the_query_on_the_server(look: Look, site: str) -> None:
    page = look("/sparql")
    editor(page).keyboard.insert_text(ENDLESS)
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(500)
    assert running(site) == 1
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#status")).to_contain_text("Cancelled")
    expect(page.get_by_role("button", name="Cancel")).to_be_hidden()
    for _ in range(50):
        if running(site) == 0:
            break
        page.wait_for_timeout(100)
    assert running(site) == 0


def test_tab_leaves_the_editor(look: Look) -> None:
    page = editor(look("/sparql"))
    page.keyboard.type("SELECT ")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Run"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.classList.contains('cm-content')")
    assert (
        "Tab leaves the editor"
        in page.locator(f"#{page.locator('.cm-content').get_attribute('aria-describedby')}").inner_text()
    )


def test_formatting(look: Look) -> None:
    page = editor(look("/sparql"))
    page.keyboard.insert_text("select * where {?s a ?t. ?s ?p ?o} limit 3")
    page.get_by_role("button", name="Format").click()
    assert lines(page) == ["SELECT *", "WHERE {", "  ?s a ?t .", "  ?s ?p ?o", "}", "LIMIT 3", ""]


def test_without_scripts_the_form_works(look: Look) -> None:
    page = look("/sparql", javascript=False)
    page.get_by_label("SPARQL query").fill(GOALS)
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("#result")).to_contain_text("rows")
    assert page.locator("table.solutions tbody tr").first.locator("a").inner_text()[0].isdigit()
    page.get_by_label("SPARQL query").fill("SELECT (1 AS ?n) {}")
    page.get_by_role("button", name="Run a long query").click()
    expect(page.locator("#result")).to_have_text("1 row")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("view", ["", "#chart", "#map", "#raw"])
def test_everybody_can_use_it(look: Look, view: str, dark: bool) -> None:
    page = look(address(COUNTRIES, view), dark=dark)
    page.wait_for_selector(".cm-editor")
    page.wait_for_timeout(300)
    assert accessibility_faults(page) == []


@pytest.mark.parametrize("dark", [False, True])
def test_everybody_can_use_completion(look: Look, dark: bool) -> None:
    page = editor(look("/sparql", dark=dark))
    page.keyboard.type("SELECT * { ?s a ")
    page.keyboard.press("Control+Space")
    expect(page.locator(".cm-tooltip-autocomplete")).to_be_visible()
    assert accessibility_faults(page) == []


@pytest.mark.parametrize("view", ["", "#chart", "#map"])
def test_it_fits_a_telephone(look: Look, view: str) -> None:
    page = look(address(COUNTRIES, view), narrow=True)
    page.wait_for_selector(".cm-editor")
    page.wait_for_timeout(300)
    assert not is_wider_than_window(page)
    assert accessibility_faults(page) == []
