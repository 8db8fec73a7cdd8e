"""What holds of every kind of page: no axe finding, light and dark; no sideways scrolling; the keyboard's way in."""

from __future__ import annotations

import pytest

from tests.browser.conftest import NARROW, Look, accessibility_faults, is_wider_than_window

PAGES = (
    "/", "/browse", "/browse/goods", "/browse/posts", "/sparql", "/api", "/dumps", "/quality", "/versions", "/ontology",
    "/ontology/addresses", "/ontology/schema:license", "/shapes", "/shapes/MembershipShape", "/quality/sample-registry",
    "/quality/records", "/problems", "/dataset", "/id/good/GID0091413", "/id/organization/creative-commons",
    "/resource?iri=http%3A%2F%2Fmetadata.un.org%2Fsdg%2F13",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_page_is_accessible_and_fits(look: Look, path: str) -> None:
    page = look(path)
    assert accessibility_faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert accessibility_faults(page, rule="color-contrast") == []
    page.set_viewport_size(NARROW)
    assert not is_wider_than_window(page)
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert not is_wider_than_window(page), "written from right to left"


def test_first_tab_stop_skips_to_the_content(look: Look) -> None:
    page = look("/browse")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
