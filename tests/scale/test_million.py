"""A million triples load, validate and publish in less than 2 GB of memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.ingest import generator
from benchmarks.ingest.records import BAD
from tests.faults.commands import CHECKOUT, commons_kg

ORGANIZATIONS = 73_000
WELL_FORMED = ORGANIZATIONS - ORGANIZATIONS // BAD
MEASURED = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.slow
def test_a_million_triples_load_validate_and_publish_in_less_than_2_gb(tmp_path: Path) -> None:
    with (tmp_path / "ror.json").open("w", encoding="utf-8") as dump:
        generator.KINDS["organizations"].write(dump, range(ORGANIZATIONS))
    command = [
        "-m",
        "kg",
        "--home",
        tmp_path / "home",
        "load",
        "organizations",
        tmp_path / "ror.json",
        "--format",
        "json",
    ]
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, sys.executable, *map(str, command)],
        cwd=CHECKOUT, capture_output=True, text=True,
        timeout=1500, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (source,) = json.loads(done.stdout)["sources"]
    assert source["quads"] >= 1_000_000
    assert (source["loaded"], source["rejected"]) == (WELL_FORMED, ORGANIZATIONS - WELL_FORMED)
    peak_kib = int(done.stderr.split()[-1])
    assert peak_kib < 2 * 1024 * 1024, f"peak resident memory was {peak_kib / 1024:.0f} MiB"
    answer = commons_kg(
        "--home", tmp_path / "home", "query", "--format", "csv", "SELECT (COUNT(?o) AS ?n) { ?o a org:Organization }"
    )
    assert int(answer.stdout.split()[1]) == WELL_FORMED
