"""What holds of every kind of page: no axe finding, light and dark; no sideways scrolling; the keyboard's way in."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.browser.conftest import WIDE, Look, assert_sound

PAGES = (
    "/", "/browse", "/browse/goods", "/browse/goods?goal=13&openness=open&sort=-date", "/browse/posts",
    "/browse/organizations?q=nothing+has+this", "/search", "/search?q=climate", "/search?q=climte", "/search?q=zzzzzz",
    "/sparql", "/sparql?query=SELECT+*+%7B+%3Fs+a+%3Fclass+%7D+LIMIT+3", "/questions", "/questions/goods-per-goal",
    "/questions/members-over-time", "/questions/memberships-in-time", "/questions/member-since", "/api", "/dumps",
    "/versions", "/ontology", "/ontology/addresses", "/ontology/schema:license", "/shapes", "/shapes/MembershipShape",
    "/quality", "/quality/sample-registry", "/quality/records", "/quality/doubts", "/quality/doubts?joined=true",
    "/problems", "/dataset", "/graph/sample-registry", "/id/good/GID0091413", "/id/organization/creative-commons",
    "/id/organization/digital-public-goods-alliance", "/id/country/US",
    "/reconcile", "/resource?" + urlencode({"iri": "http://metadata.un.org/sdg/13"}),
    "/resource?" + urlencode({"iri": "http://metadata.un.org/sdg/13.3"}),
    "/resource?" + urlencode({"iri": "http://creativecommons.org/licenses/by/4.0/"}),
    "/resource?" + urlencode({"iri": "http://metadata.un.org/sdg/13", "via": "https://w3id.org/commons-kg/ontology/addresses"}),
)  # fmt: skip

ERRORS = (
    "/nothing/here", "/id/organization/creative-comons", "/browse/goods?sort=colour", "/versions/none",
    "/questions/members-on-a-day?day=never", "/sparql?query=SELECT+*+%7B+%3Fs+a+", "/sparql?query=INSERT+DATA+%7B%7D",
)  # fmt: skip

FOUND = {
    "post": ("/browse/posts", "main a[href^='/id/post/']"),
    "membership": ("/id/organization/creative-commons", "main a[href^='/id/membership/']"),
    "version": ("/versions", "main tbody a"),
}
"""A page that has no lasting address in the demo: where a link to it stands."""


@pytest.mark.parametrize("path", PAGES)
def test_page_is_accessible_fits_and_needs_no_scripts(look: Look, path: str) -> None:
    assert_sound(look, path)


@pytest.mark.parametrize("path", ERRORS)
def test_page_of_an_error_is_so_too(look: Look, path: str) -> None:
    assert_sound(look, path, expect_errors=True)


@pytest.mark.parametrize("name", FOUND)
def test_page_that_is_found_by_a_link_is_so_too(look: Look, name: str) -> None:
    path, link = FOUND[name]
    assert_sound(look, look(path).locator(link).first.get_attribute("href") or "")


def test_first_tab_stop_skips_to_the_content(look: Look) -> None:
    page = look("/browse")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


@pytest.mark.parametrize(
    "path", ["/browse/goods", "/id/organization/digital-public-goods-alliance", "/quality", "/versions"]
)
def test_a_narrow_screen_shows_rows_as_cards_that_still_are_rows(look: Look, path: str) -> None:
    page = look(path, narrow=True)
    wide = (
        "[...document.querySelectorAll('.scroll:has(> .stacks)')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
    )
    assert page.evaluate(wide) == 0
    row = page.locator("tbody").first.get_by_role("row").first
    assert row.get_by_role("cell").count() + row.get_by_role("rowheader").count() > 2
    heading = "e => getComputedStyle(e, '::before').content"
    assert page.locator("tbody td[data-heading]").last.evaluate(heading) != "none"
    page.set_viewport_size(WIDE)
    assert page.locator("tbody td[data-heading]").last.evaluate(heading) == "none"
