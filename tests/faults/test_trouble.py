"""Full disk, damaged store, vanished source: a clear error, its exit code, and the old version intact."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.commands import CHECKOUT, commons_kg, names, sources_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a home that serves Aye and Bee."""
    done = commons_kg("--home", tmp_path / "home", "sync", sources_file(tmp_path, "Aye", "Bee"))
    assert done.returncode == 0, done.stderr
    return tmp_path


def current(home: Path) -> str:
    return str((home / "current").readlink())


@pytest.mark.slow
def test_a_source_that_vanished_is_named_and_the_old_version_stays(folder: Path) -> None:
    home = folder / "home"
    before = current(home)
    (folder / "organizations.csv").unlink()
    done = commons_kg("--home", home, "sync", folder / "sources.toml")
    assert done.returncode == 3
    assert "source 'organizations': 'organizations.csv' matches no file" in " ".join(done.stderr.split())
    assert "hint:" in done.stderr
    assert current(home) == before
    assert names(home) == {"Aye", "Bee"}


@pytest.mark.slow
def test_one_bad_source_does_not_keep_the_others_out(folder: Path) -> None:
    home = folder / "home"
    file = folder / "sources.toml"
    (folder / "more.csv").write_text("name\nSea\n")
    file.write_text(
        '[[source]]\nname = "gone"\nloader = "organizations"\npaths = ["gone.csv"]\n'
        '[[source]]\nname = "more"\nloader = "organizations"\npaths = ["more.csv"]\n'
    )
    done = commons_kg("--home", home, "sync", file)
    assert done.returncode == 3
    assert "source gone was not loaded" in done.stderr
    assert names(home) == {"Aye", "Bee", "Sea"}


@pytest.mark.slow
def test_a_damaged_current_version_is_an_error_with_exit_code_4(folder: Path) -> None:
    home = folder / "home"
    for file in (home / "current" / "store").iterdir():
        if file.name == "CURRENT":
            file.write_text("garbage\n")
    done = commons_kg("--home", home, "query", "--format", "csv", "SELECT * { ?s ?p ?o } LIMIT 1")
    assert done.returncode == 4
    assert "error:" in done.stderr
    doctor = commons_kg("--home", home, "doctor")
    assert doctor.returncode == 4


@pytest.mark.slow
def test_a_full_disk_is_an_error_with_exit_code_4_and_the_old_version_serves(folder: Path, tmp_path: Path) -> None:
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-rm", "true"], check=False).returncode:
        pytest.skip("this system does not let a test mount a small file system of its own")
    disk = tmp_path / "disk"
    disk.mkdir()
    sources_file(folder, *(f"Organization number {n} of many" for n in range(20_000)))
    script = f"""
        mount -t tmpfs -o size=3m tmpfs {disk}
        cp -a {folder}/home {disk}/home
        kg="{sys.executable} -m kg --home {disk}/home"
        $kg sync {folder}/sources.toml 2> {folder}/stderr; echo $? > {folder}/code
        $kg query --format csv 'SELECT ?l {{ ?o a org:Organization ; rdfs:label ?l }} ORDER BY ?l' > {folder}/served
        mount -o remount,size=400m {disk}
        $kg sync {folder}/sources.toml > /dev/null 2>&1; echo $? > {folder}/again
    """
    subprocess.run(["unshare", "-rm", "bash", "-c", script], cwd=CHECKOUT, check=True, timeout=300)
    stderr = (folder / "stderr").read_text()
    assert (folder / "code").read_text().strip() == "4", stderr
    assert "no space is left" in stderr
    assert "Traceback" not in stderr
    assert (folder / "served").read_text().split() == ["l", "Aye", "Bee"]
    assert (folder / "again").read_text().strip() == "0"


@pytest.mark.slow
def test_two_processes_that_write_at_once_the_second_gets_a_clear_error(folder: Path) -> None:
    home = folder / "home"
    sources_file(folder, *(f"Organization number {n}" for n in range(5_000)))
    first = subprocess.Popen(
        [sys.executable, "-m", "kg", "--home", home, "sync", folder / "sources.toml"],
        cwd=CHECKOUT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    seen = set()
    while first.poll() is None:
        done = commons_kg("--home", home, "remove", "nothing")
        seen.add(done.returncode)
        if done.returncode == 4:
            assert "another process is writing" in done.stderr
            assert "hint:" in done.stderr
    assert first.returncode == 0
    assert 4 in seen
