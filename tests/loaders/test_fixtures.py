"""Each folder tests/loaders/LOADER/CASE: ``source.*`` (or ``source/``) must give ``expected.nq`` and ``rejects.txt``.

``source.toml`` may state ``url`` and ``[options]``. A case without ``rejects.txt`` rejects nothing. After a wanted
change run ``pytest tests/loaders/test_fixtures.py --update-expected`` and read the diff.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.loaders.run import nquads, read

HERE = Path(__file__).parent
CASES = sorted(p for p in HERE.glob("*/*") if p.is_dir() and any(p.glob("source*")))


@pytest.mark.parametrize("case", CASES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_source_gives_expected_quads_and_rejects(case: Path, pytestconfig: pytest.Config) -> None:
    settings: dict[str, Any] = {}
    if (case / "source.toml").exists():
        settings = tomllib.loads((case / "source.toml").read_text(encoding="utf-8"))
    sources = sorted(p for p in case.glob("source*") if p.name != "source.toml")
    records, rejects = read(
        case.parent.name, *sources, base=case / "source" if (case / "source").is_dir() else case,
        url=settings.get("url"), options=settings.get("options"),
    )  # fmt: skip
    lines = nquads(records)
    faults = sorted(f"{reject.origin}: {reject.reason}" for reject in rejects)
    expected, expected_faults = case / "expected.nq", case / "rejects.txt"
    if pytestconfig.getoption("--update-expected"):
        expected.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        if faults:
            expected_faults.write_text("".join(f"{fault}\n" for fault in faults), encoding="utf-8")
        else:
            expected_faults.unlink(missing_ok=True)
    wanted = expected_faults.read_text(encoding="utf-8").splitlines() if expected_faults.exists() else []
    assert faults == wanted
    assert lines == expected.read_text(encoding="utf-8").splitlines()
    assert not any(" _:" in line or line.startswith("_:") for line in lines), "no blank node leaves a loader"
