"""A real server with the demo's data, and Debian's Chromium that looks at it.

Every page object fails its test when the page asks another host for anything, logs an error, breaks the
Content-Security-Policy or throws.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, ViewportSize, sync_playwright

from tests.conftest import CHECKOUT
from tests.faults.serving import free_port

AXE = CHECKOUT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
"""Installed by ``make frontend``."""

CHROMIUM = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync")  # fmt: skip

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}

STARTING = 60
"""Seconds that a server may take to come up on a busy machine."""

Look = Callable[..., Page]


def skip_or_fail(message: str) -> None:
    """Skip, or fail where CI promises that nothing is missing."""
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the embedded sample, published."""
    home = tmp_path_factory.mktemp("browser") / "home"
    build = [sys.executable, "-m", "kg", "--home", str(home), "sync", str(CHECKOUT / "loaders/sample/sources.toml")]
    subprocess.run(build, check=True, capture_output=True, cwd=CHECKOUT)
    return home


@pytest.fixture(scope="session")
def site(demo_home: Path) -> Iterator[str]:
    """The address of a server that serves ``demo_home``."""
    with serving(demo_home) as address:
        yield address


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """Serve a home, as an operator does, and give the address."""
    port = free_port()
    command = [sys.executable, "-m", "kg", "--home", str(home), "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        address = f"http://127.0.0.1:{port}"
        try:
            _wait(f"{address}/readyz")
            yield address
        finally:
            server.terminate()


def _wait(address: str) -> None:
    until = time.monotonic() + STARTING
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless; it ends with the package, since Playwright's loop lets no other one start."""
    chromium = shutil.which("chromium")
    if chromium is None:
        skip_or_fail("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=chromium, args=CHROMIUM) as found:
        yield found


@pytest.fixture
def look(browser: Browser, site: str) -> Iterator[Look]:
    """Open a path of the site in a new window: ``look(path, dark=, narrow=, javascript=, language=, ...)``."""
    trouble: list[str] = []
    with ExitStack() as windows:

        def open_page(
            path: str, *, dark: bool = False, narrow: bool = False, javascript: bool = True, language: str = "en",
            expect_errors: bool = False, **options: Any,
        ) -> Page:  # fmt: skip
            context = browser.new_context(
                base_url=site, color_scheme="dark" if dark else "light", locale=language,
                java_script_enabled=javascript,
                viewport=NARROW if narrow else WIDE, **options,
            )  # fmt: skip
            windows.callback(context.close)
            page = context.new_page()

            def asked(request: Request) -> None:
                if not request.url.startswith((site, "data:", "blob:")):
                    trouble.append(f"{path} asks {request.url}")

            page.on("request", asked)
            page.on("pageerror", lambda error: trouble.append(f"{path} throws {error}"))
            if not expect_errors:
                page.on("console", lambda m: trouble.append(f"{path} logs {m.text}") if m.type == "error" else None)
            page.goto(path)
            return page

        yield open_page
    assert not trouble


def accessibility_faults(page: Page, rule: str | None = None) -> list[str]:
    """Return what axe-core finds on a page, by all rules of WCAG 2.2 AA or one: rule, impact and the first place."""
    if not AXE.is_file():
        skip_or_fail(f"axe-core is not at {AXE}: make frontend")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    only = {"type": "rule", "values": [rule]} if rule else {"type": "tag", "values": list(WCAG)}
    found = page.evaluate("only => axe.run({runOnly: only, resultTypes: ['violations']})", only)
    return [f"{v['id']} ({v['impact']}): {v['nodes'][0]['target']} {v['nodes'][0]['failureSummary']}"
            for v in found["violations"]]  # fmt: skip


def is_wider_than_window(page: Page) -> bool:
    """Whether a page scrolls sideways as a whole."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def assert_sound(look: Look, path: str, *, expect_errors: bool = False) -> None:
    """Fail unless axe finds nothing on a page, light and dark, it fits a narrow window, and needs no JavaScript.

    All that is folded is unfolded first. The fixture ``look`` sees to it that no request leaves the host.
    """
    page = look(path, expect_errors=expect_errors)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert accessibility_faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert accessibility_faults(page, rule="color-contrast") == []
    assert not is_wider_than_window(page)
    page.set_viewport_size(NARROW)
    assert not is_wider_than_window(page), "narrow"
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert not is_wider_than_window(page), "narrow, written from right to left"
    plain = look(path, javascript=False, expect_errors=expect_errors)
    assert plain.locator("h1").all_inner_texts() == page.locator("h1").all_inner_texts()
    assert plain.locator("main").inner_text().strip()
