"""A million triples load, validate and publish in less than 2 GB of memory."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.commands import CHECKOUT, commons_kg

ORGANIZATIONS = 72_000
MEASURED = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""


def write_dump(path: Path, count: int) -> None:
    """Write a ROR dump (schema 2) of ``count`` made-up organizations, one reject among them."""
    chosen = random.Random(1)
    with path.open("w", encoding="utf-8") as out:
        out.write("[")
        for n in range(count):
            ror = f"https://ror.org/0{n:06d}{n % 97:02d}"
            names = [
                {"lang": "en", "types": ["ror_display", "label"], "value": f"University of Place {n}"},
                {"lang": "fr", "types": ["label"], "value": f"Université de Lieu {n}"},
                {"lang": None, "types": ["acronym"], "value": f"UP{n}"},
            ]
            record = {
                "id": ror, "status": "active", "established": 1800 + n % 220, "types": ["education"], "names": names,
                "domains": [], "links": [{"type": "website", "value": f"https://university-{n}.example"}],
                "locations": [{"geonames_details": {"country_code": chosen.choice(["FR", "TG", "IN"])}}],
                "external_ids": [{"all": [f"Q{n + 1}"], "preferred": None, "type": "wikidata"}], "relationships": [],
                "admin": {"created": {"date": "2020-01-01", "schema_version": "2.0"}},
            }  # fmt: skip
            out.write(("," if n else "") + json.dumps(record))
        out.write("]")


@pytest.mark.slow
def test_a_million_triples_load_validate_and_publish_in_less_than_2_gb(tmp_path: Path) -> None:
    write_dump(tmp_path / "ror.json", ORGANIZATIONS)
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
    assert source["loaded"] == ORGANIZATIONS
    peak_kib = int(done.stderr.split()[-1])
    assert peak_kib < 2 * 1024 * 1024, f"peak resident memory was {peak_kib / 1024:.0f} MiB"
    answer = commons_kg(
        "--home", tmp_path / "home", "query", "--format", "csv", "SELECT (COUNT(?o) AS ?n) { ?o a org:Organization }"
    )
    assert int(answer.stdout.split()[1]) == ORGANIZATIONS
