"""Taking, comparing and understanding the data in a browser: a download, a difference, a citation, a term."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import Look, assert_sound, serving
from tests.conftest import CHECKOUT


@pytest.fixture(scope="module")
def site(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of a home whose second version has lost the posts."""
    home = tmp_path_factory.mktemp("two-versions") / "home"
    shutil.copytree(demo_home, home, symlinks=True)
    remove = [sys.executable, "-m", "kg", "--home", str(home), "remove", "sample-posts"]
    subprocess.run(remove, check=True, capture_output=True, cwd=CHECKOUT)
    with serving(home) as address:
        yield address


def test_a_dump_is_downloaded_whole(look: Look, tmp_path: Path) -> None:
    page = look("/dumps")
    with page.expect_download() as download:
        page.get_by_role("link", name="commons-kg.nq.gz").click()
    download.value.save_as(tmp_path / "dump.nq.gz")
    assert gzip.decompress((tmp_path / "dump.nq.gz").read_bytes()).count(b"\n") > 1000


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_two_versions_are_compared(look: Look, javascript: bool) -> None:
    page = look("/versions", javascript=javascript)
    page.get_by_role("button", name="Compare").click()
    assert page.get_by_role("heading", level=1).inner_text() == "What changed"
    assert page.get_by_role("heading", name="Gone: posts").is_visible()
    page.get_by_role("link", name="removed", exact=True).click()
    assert page.locator(".patch li.removed").count() == 100
    assert page.locator(".patch li.added").count() == 0
    page.get_by_role("link", name="Next").click()
    assert "page=2" in page.url


def test_pages_of_versions_and_of_what_is_gone_are_sound(look: Look) -> None:
    page = look("/versions")
    new, old = (option.get_attribute("value") for option in page.locator("select[name=to] option").all()[:2])
    between = f"/versions/{old}...{new}"
    for path in ("/versions", f"/versions/{new}", between, f"{between}?change=removed"):
        assert_sound(look, path)
    page = look(between)
    kind = page.locator("main a[href*='kind=']").first.get_attribute("href") or ""
    assert_sound(look, kind)
    post = page.locator("main a[href^='/id/post/']").first.get_attribute("href") or ""
    assert_sound(look, post, expect_errors=True)
    assert look(post, expect_errors=True).locator(".problem .kinds").inner_text() == "410"
    assert_sound(look, f"{post}?version={old}")


def test_a_version_is_cited(look: Look) -> None:
    page = look("/versions")
    page.locator("tbody a").first.click()
    page.get_by_text("BibTeX", exact=True).click()
    entry = page.locator("pre", has_text="@misc").inner_text()
    assert page.locator(".iri").inner_text() in entry


def test_a_term_leads_to_the_things_that_have_it(look: Look) -> None:
    page = look("/ontology")
    page.locator('.diagram a[href="/ontology/DigitalPublicGood"]').click()
    assert page.get_by_role("heading", level=1).inner_text() == "digital public good"
    page.get_by_role("link", name="owner", exact=True).first.click()
    page.locator(".samples a").first.click()
    assert "/id/good/" in page.url
