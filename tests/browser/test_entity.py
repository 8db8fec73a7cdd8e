"""The pages of things in a browser: each kind is clicked through, without scripts too."""

from __future__ import annotations

import json

from tests.browser.conftest import Look

ALLIANCE = "/id/organization/digital-public-goods-alliance"
MEMBER = "/id/organization/creative-commons"
GOOD = "/id/good/GID0091413"
GOAL = "/resource?iri=http%3A%2F%2Fmetadata.un.org%2Fsdg%2F13"


def test_from_a_good_to_its_owner_its_alliance_and_the_evidence(look: Look) -> None:
    page = look(GOOD)
    page.locator("dl.key").get_by_role("link", name="Creative Commons", exact=True).click()
    assert page.get_by_role("heading", level=1).inner_text() == "Creative Commons"
    page.locator(".periods-chart svg a").first.click()
    assert "Digital Public Goods Alliance" in page.get_by_role("heading", level=1).inner_text()
    assert page.locator(".pieces > li").count() >= 1
    page.locator("header.thing").get_by_role("link", name="Digital Public Goods Alliance").click()
    assert page.get_by_role("heading", name="Members now").is_visible()


def test_members_on_a_day_by_a_plain_form(look: Look) -> None:
    page = look(ALLIANCE, javascript=False)
    page.get_by_label("Members on").fill("2021-01-01")
    page.get_by_role("button", name="Show").click()
    assert "on=2021-01-01" in page.url
    assert page.get_by_role("heading", name="Members on Jan 1, 2021").is_visible()


def test_neighbours_are_links(look: Look) -> None:
    page = look(GOOD)
    page.get_by_role("link", name="owner: Creative Commons").first.click()
    assert page.url.endswith(MEMBER)


def test_a_mark_leads_to_its_source(look: Look) -> None:
    page = look(MEMBER)
    page.locator("details.fold summary").first.click()
    mark = page.locator("a.mark").first
    target = (mark.get_attribute("href") or "").removeprefix("#")
    mark.click()
    assert page.url.endswith(f"#{target}")
    assert page.locator(f"#{target}").get_by_role("link").first.is_visible()


def test_facts_open_without_scripts_and_say_the_same(look: Look) -> None:
    with_scripts, without = look(GOOD), look(GOOD, javascript=False)
    assert with_scripts.locator("main").inner_text() == without.locator("main").inner_text()
    without.get_by_text("Everything that is stated of it, with sources").click()
    assert without.get_by_text("registry id").is_visible()


def test_the_language_of_names_and_interface_can_be_chosen(look: Look) -> None:
    page = look(GOAL)
    assert "Climate action" in page.get_by_role("heading", level=1).inner_text()
    page.goto(f"{GOAL}&lang=fr")
    assert page.locator("html").get_attribute("lang") == "fr"


def test_json_ld_is_data_and_no_script(look: Look) -> None:
    page = look(GOOD)  # the window fails its test when the Content-Security-Policy is broken
    block = json.loads(page.locator("script[type='application/ld+json']").inner_text())
    assert block["name"] == "Creative Commons Legal Tools"


def test_data_of_a_thing_is_taken(look: Look) -> None:
    page = look(GOOD)
    for name, start in (("Turtle", "@prefix"), ("CSV", "property,value"), ("N-Quads", "<https://w3id.org/")):
        href = page.locator(".formats").get_by_role("link", name=name, exact=True).get_attribute("href") or ""
        assert page.request.get(href).text().startswith(start)


def test_an_unknown_thing_offers_what_is_most_like_it(look: Look) -> None:
    page = look("/id/organization/creative-comons", expect_errors=True)
    page.locator("main").get_by_role("link", name="Creative Commons", exact=True).click()
    assert page.url.endswith(MEMBER)
