#!/usr/bin/env python3
"""Set up, show and test this project from a fresh clone; needs Python 3.11 or later and nothing else.

    python3 dev.py demo    build the graph from the embedded sample and serve it
    python3 dev.py test    lint, type-check and test
    python3 dev.py run ... any commons-kg command

Everything goes into this folder (.venv, kg-home); deleting the folder removes it all.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")


def set_up(extras: str) -> None:
    """Make the virtual environment and install this checkout into it, unless that was done for these very files."""
    if sys.version_info < (3, 11):  # noqa: UP036 (an older one may well be what runs this file)
        sys.exit(f"Python 3.11 or later is needed, this is {sys.version.split()[0]}: try python3.11 dev.py")
    wanted = hashlib.sha256(
        b"".join((ROOT / name).read_bytes() for name in ("pyproject.toml", "constraints.txt")) + extras.encode()
    ).hexdigest()
    done = VENV / f"installed-{extras.replace(',', '-')}"
    if done.is_file() and done.read_text() == wanted:
        return
    print(f"setting up {VENV} ...", file=sys.stderr)
    if not (BIN / "python").exists():
        venv.create(VENV, with_pip=True)
    pip: list[str | Path] = [BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--constraint", ROOT / "constraints.txt", "--editable", f"{ROOT}[{extras}]"], check=True)
    done.write_text(wanted)


def build_frontend() -> None:
    """Build the editor of the SPARQL page where its sources changed; without Node its plain form works as well."""
    if shutil.which("npm") is None or shutil.which("make") is None:
        print("npm or make is not there: the SPARQL page shows its plain form", file=sys.stderr)
    elif subprocess.run(["make", "--silent", "frontend"], cwd=ROOT).returncode:
        print("the editor could not be built: the SPARQL page shows its plain form", file=sys.stderr)


def run(*command: str | Path) -> None:
    """Run a command in the checkout and stop with its exit code where it fails."""
    code = subprocess.run(command, cwd=ROOT).returncode
    if code:
        sys.exit(code)


def main(arguments: list[str]) -> None:
    """Do what the first argument names."""
    match arguments:
        case ["demo", *rest]:
            set_up("fast")
            build_frontend()
            run(BIN / "commons-kg", "demo", *rest)
        case ["run", *rest]:
            set_up("fast")
            run(BIN / "commons-kg", *rest)
        case ["test", *rest]:
            set_up("fast,test")
            build_frontend()
            run(BIN / "ruff", "check", ".")
            run(BIN / "ruff", "format", "--check", ".")
            run(BIN / "mypy")
            run(BIN / "lint-imports")
            run(BIN / "python", "-m", "pytest", *(rest or ["-n", "auto", "--dist", "loadgroup"]))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
