"""Take the pictures of the README: ``python docs/screenshots.py http://127.0.0.1:8000`` with the demo running.

Needs Chromium (Debian's package ``chromium``); the pictures go beside this file.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

PAGES = {
    "good": "/id/good/GID0091413",
    "organization": "/id/organization/creative-commons",
    "home": "/",
}
OPTIONS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --hide-scrollbars --window-size=1200,820 --virtual-time-budget=2000"
)


def main(base: str) -> None:
    """Write a PNG for each page."""
    here = Path(__file__).parent
    for name, path in PAGES.items():
        with tempfile.TemporaryDirectory() as profile:
            picture = here / f"{name}.png"
            command = [
                "chromium",
                *OPTIONS.split(),
                f"--user-data-dir={profile}",
                f"--screenshot={picture}",
                base + path,
            ]
            subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
