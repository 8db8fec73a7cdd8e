"""What all tests share: the real source data beside the checkout, and updating of expected files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent
SHARED = CHECKOUT.parent / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-expected", action="store_true", help="write the expected files of fixtures anew; read the diff"
    )


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real source data; without it the test skips, and fails where CI promises that it is there."""
    if not SHARED.is_dir():
        message = f"real source data is not at {SHARED}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return SHARED


@pytest.fixture(scope="session")
def shared_data(shared: Path) -> Path:
    """``../shared/data``."""
    return shared / "data"
