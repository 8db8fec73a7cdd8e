"""What holds of every kind of page: no axe finding, light and dark; no sideways scrolling; the keyboard's way in."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Look, accessibility_faults, is_wider_than_window

PAGES = (
    "/", "/browse", "/browse/goods", "/browse/posts", "/sparql", "/dumps", "/quality", "/versions", "/ontology",
    "/ontology/addresses", "/problems", "/dataset", "/id/good/GID0091413", "/id/organization/creative-commons",
    "/resource?iri=http%3A%2F%2Fmetadata.un.org%2Fsdg%2F13",
)  # fmt: skip


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_page_is_accessible(look: Look, path: str, dark: bool) -> None:
    assert accessibility_faults(look(path, dark=dark)) == []


@pytest.mark.parametrize("path", PAGES)
def test_page_fits_a_narrow_screen(look: Look, path: str) -> None:
    assert not is_wider_than_window(look(path, narrow=True))


@pytest.mark.parametrize("path", ["/", "/browse/goods", "/id/good/GID0091413"])
def test_page_fits_when_written_from_right_to_left(look: Look, path: str) -> None:
    page = look(path, narrow=True)
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert not is_wider_than_window(page)


def test_first_tab_stop_skips_to_the_content(look: Look) -> None:
    page = look("/browse")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
