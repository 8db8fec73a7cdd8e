"""What is wrong with an installation or a home, and how to mend it."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from kg import loader
from kg.dataset import versions as published
from kg.dataset.home import Home
from kg.dataset.manifest import Manifest
from kg.errors import CommonsError
from kg.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that ``doctor`` looked at."""

    ok: bool
    what: str
    hint: str = ""


def doctor(settings: Settings) -> list[Finding]:
    """Look at the installation and the home, and say what is wrong and how to mend it."""
    found = [Finding(sys.version_info >= (3, 11), f"Python {platform.python_version()}", "3.11 or later is needed")]
    for package in ("pyoxigraph", "pyshacl", "rdflib", "fastapi", "uvicorn"):
        try:
            found.append(Finding(True, f"{package} {version(package)}"))
        except PackageNotFoundError:
            found.append(Finding(False, f"{package} is missing", "pip install commons-kg"))
    fast = importlib.util.find_spec("shacl") is not None
    found.append(
        Finding(True, "native SHACL engine" if fast else "no native SHACL engine: pySHACL validates alone, slower")
    )
    try:
        found.append(Finding(True, f"loaders: {', '.join(loader.installed())}"))
    except Exception as error:
        found.append(Finding(False, f"loaders cannot be loaded: {error}", "reinstall the package that brings them"))
    found += _home_findings(Home(Path(settings.home)))
    return found


def _home_findings(home: Home) -> list[Finding]:
    if not home.path.exists():
        return [Finding(True, f"{home.path} does not exist yet", "commons-kg demo makes one")]
    free = shutil.disk_usage(home.path).free
    found = [Finding(free > 1_000_000_000, f"{free / 1e9:.1f} GB free at {home.path}", "publishing needs some space")]
    try:
        with home.lock():
            found.append(Finding(True, "no other process is writing"))
    except CommonsError as error:
        found.append(Finding(True, str(error)))
    try:
        path = home.current_path()
        manifest = Manifest.read(path)
        published.open_store(path)
        found.append(Finding(True, f"version {manifest.id} opens, {manifest.quads} quads"))
    except CommonsError as error:
        found.append(Finding(False, str(error), error.hint or ""))
    return found


def loaders(name: str | None) -> list[loader.Loader]:
    """Return the installed loaders, or the one of this name."""
    return [loader.get(name)] if name else list(loader.installed().values())
