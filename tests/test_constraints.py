"""The exact versions that are installed: the README's commands work on the oldest Python that the package takes."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution

import pytest
from packaging.specifiers import SpecifierSet

from tests.conftest import CHECKOUT

PINNED = re.findall(r"^([\w.-]+)==(\S+)$", (CHECKOUT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
OLDEST = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]


@pytest.mark.parametrize(("name", "version"), PINNED)
def test_a_pinned_version_takes_the_oldest_python(name: str, version: str) -> None:
    try:
        installed = distribution(name)
    except PackageNotFoundError:
        pytest.skip(f"{name} is of an extra that is not installed")
    assert installed.version == version
    oldest = OLDEST.removeprefix(">=") + ".0"  # Debian 12 has 3.11.2
    taken = installed.metadata.get_all("Requires-Python") or []
    assert SpecifierSet(",".join(taken)).contains(oldest)
