"""Run ``commons-kg`` in a process of its own, as a user does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).parent.parent.parent


def commons_kg(*arguments: str | Path, module: str = "kg", **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command and return how it ended, with its outputs as text."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=300, check=False, **options)


def names(home: Path) -> set[str]:
    """The labels of all organizations that a home serves; fails where it serves nothing."""
    text = "SELECT ?label { ?o a org:Organization ; rdfs:label ?label }"
    done = commons_kg("--home", home, "query", "--format", "json", text)
    assert done.returncode == 0, done.stderr
    return {row["label"]["value"] for row in json.loads(done.stdout)["results"]["bindings"]}


def sources_file(folder: Path, *organizations: str) -> Path:
    """Write a sources file whose one source has these organizations."""
    (folder / "organizations.csv").write_text("name,homepage\n" + "".join(f"{n},\n" for n in organizations))
    path = folder / "sources.toml"
    path.write_text('[[source]]\nname = "organizations"\nloader = "organizations"\npaths = ["organizations.csv"]\n')
    return path
