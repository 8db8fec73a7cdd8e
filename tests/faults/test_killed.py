"""``kill -9`` at any moment leaves the old version serving, and the next run succeeds."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest

from tests.faults.commands import commons_kg, names, sources_file

POINTS = 24


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a home that serves A and B, and a sources file that now says B and C."""
    folder = tmp_path_factory.mktemp("killed")
    done = commons_kg("--home", folder / "home", "sync", sources_file(folder, "Aye", "Bee"))
    assert done.returncode == 0, done.stderr
    sources_file(folder, "Bee", "Sea")
    return folder


@pytest.fixture(scope="module")
def operations(published: Path) -> int:
    """How many file operations the second sync makes when nobody kills it."""
    home = published / "counting"
    shutil.copytree(published / "home", home, symlinks=True)
    done = commons_kg("0", home, "sync", published / "sources.toml", module="tests.faults.killed_at")
    assert done.returncode == 0, done.stderr
    assert names(home) == {"Bee", "Sea"}
    return int(Path(f"{home}.operations").read_text())


@pytest.mark.slow
@pytest.mark.parametrize("point", range(POINTS))
def test_killed_at_any_operation_the_old_version_serves_and_the_next_run_succeeds(
    published: Path, operations: int, point: int, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(published / "home", home, symlinks=True)
    at = 1 + point * (operations - 1) // (POINTS - 1)
    killed = commons_kg(str(at), home, "sync", published / "sources.toml", module="tests.faults.killed_at")
    assert killed.returncode == -signal.SIGKILL
    served = names(home)
    assert served in ({"Aye", "Bee"}, {"Bee", "Sea"}), "what is served is one version, whole"
    again = commons_kg("--home", home, "sync", published / "sources.toml")
    assert again.returncode == 0, again.stderr
    assert names(home) == {"Bee", "Sea"}
    assert not list((home / "versions").glob(".*")), "nothing half-made is left behind"


@pytest.mark.slow
def test_killed_during_the_very_first_load_the_next_run_succeeds(tmp_path: Path) -> None:
    file = sources_file(tmp_path, "Aye")
    home = tmp_path / "home"
    killed = commons_kg("12", home, "sync", file, module="tests.faults.killed_at")
    assert killed.returncode == -signal.SIGKILL
    assert commons_kg("--home", home, "sync", file).returncode == 0
    assert names(home) == {"Aye"}
