"""Take pictures of the main pages: ``python docs/screenshots.py http://127.0.0.1:8000 FOLDER`` with the demo running.

Needs Chromium (Debian's package ``chromium``) and the test extra (Playwright). Each page is taken light and dark, wide
and narrow: ``home-light-wide.png`` and so on. Without FOLDER, those of the README are written beside this file.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, sync_playwright

PAGES = {
    "home": "/",
    "good": "/id/good/GID0091413",
    "organization": "/id/organization/creative-commons",
    "goal": "/resource?iri=http%3A%2F%2Fmetadata.un.org%2Fsdg%2F13",
    "list": "/browse/goods",
    "search": "/search?q=climate",
    "questions": "/questions",
    "sparql": "/sparql",
    "ontology": "/ontology",
    "shape": "/shapes/MembershipShape",
    "data": "/dumps",
    "versions": "/versions",
    "quality": "/quality",
}
QUERY = """PREFIX commons: <https://w3id.org/commons-kg/ontology/>
SELECT ?country (COUNT(DISTINCT ?good) AS ?goods) {
  ?good commons:deployedIn ?country
} GROUP BY ?country ORDER BY DESC(?goods)"""
README = {
    "organization": ("/id/organization/creative-commons", "light", 0),
    "licence": ("/resource?" + urlencode({"iri": "http://creativecommons.org/licenses/by/4.0/"}), "dark", 0),
    "question": ("/questions/goods-per-goal", "light", 0),
    "sparql": ("/sparql?" + urlencode({"query": QUERY}) + "#map", "dark", 160),
}
"""Path and colours of the pictures that the README shows, and how far down they begin."""
SIZES = {"wide": (1200, 820), "narrow": (390, 844)}


def take(browser: Browser, address: str, picture: Path, *, scheme: str, size: str, down: int = 0) -> None:
    """Write the picture of what a window shows first of a page."""
    width, height = SIZES[size]
    page = browser.new_page(
        viewport={"width": width, "height": height}, color_scheme="dark" if scheme == "dark" else "light", locale="en"
    )
    page.goto(address, wait_until="networkidle")
    page.evaluate("down => window.scrollTo(0, down)", down)
    page.screenshot(path=picture)
    page.close()


def main(base: str, folder: Path | None) -> None:
    """Take all pictures, or those of the README."""
    with sync_playwright() as playwright:
        options = {"executable_path": shutil.which("chromium"), "args": ["--no-sandbox", "--disable-gpu"]}
        browser = playwright.chromium.launch(**options)  # type: ignore[arg-type]
        if folder is None:
            for name, (path, scheme, down) in README.items():
                picture = Path(__file__).parent / f"{name}.png"
                take(browser, base + path, picture, scheme=scheme, size="wide", down=down)
            return
        folder.mkdir(parents=True, exist_ok=True)
        for name, path in PAGES.items():
            for scheme in ("light", "dark"):
                for size in SIZES:
                    take(browser, base + path, folder / f"{name}-{scheme}-{size}.png", scheme=scheme, size=size)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(sys.argv[1].rstrip("/"), Path(sys.argv[2]) if len(sys.argv) == 3 else None)
