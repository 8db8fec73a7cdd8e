#!/usr/bin/env python3
"""Set up, show and test this project from a fresh clone; needs Python 3.11 or later and nothing else.

    python3 dev.py demo           build the graph from the embedded sample and serve it
    python3 dev.py test           lint, type-check and test
    python3 dev.py run ...        any commons-kg command
    python3 dev.py benchmark      measure beside other projects (--quick: small, to see that it works)
    python3 dev.py translations   bring the catalogues of kg/web/locale up to date with the code

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

SYSTEM = {"chromium": "chromium", "make": "make", "nginx": "nginx-light", "npm": "npm", "openrefine": "openrefine",
          "virtuoso-t": "virtuoso-opensource-7-bin"}  # fmt: skip
"""Programs that tests drive -> Debian's packages of them."""


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


def set_up_system() -> None:
    """Install the programs that the tests drive where this is Debian and we may; tests of a missing one say so."""
    missing = [package for program, package in SYSTEM.items() if shutil.which(program) is None]
    if not missing:
        return
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        print(f"without {', '.join(missing)}, the tests that need them are skipped", file=sys.stderr)
        return
    print(f"installing {', '.join(missing)} ...", file=sys.stderr)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *missing]):
        subprocess.run(["apt-get", *command], check=True, env=environment, stdout=subprocess.DEVNULL)


def run(*command: str | Path) -> None:
    """Run a command in the checkout and stop with its exit code where it fails."""
    code = subprocess.run(command, cwd=ROOT).returncode
    if code:
        sys.exit(code)


def translations() -> None:
    """Collect the strings for people and merge them into each catalogue; what is new there is to be translated."""
    folder = ROOT / "kg" / "web" / "locale"
    pot = folder / "messages.pot"
    options = ("--no-location", "--sort-output", "--no-wrap")
    run(BIN / "pybabel", "-q", "extract", "-F", folder / "babel.cfg", "-k", "N_", *options, "-o", pot, ".")
    for catalogue in sorted(folder.glob("*/LC_MESSAGES/messages.po")):
        language = catalogue.parent.parent.name
        merge = ("--no-fuzzy-matching", "--ignore-obsolete", "--no-wrap", "--ignore-pot-creation-date")
        run(BIN / "pybabel", "-q", "update", "-l", language, "-i", pot, "-o", catalogue, *merge)
    pot.unlink()


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
            set_up_system()
            set_up("fast,test")
            build_frontend()
            run(BIN / "ruff", "check", ".")
            run(BIN / "ruff", "format", "--check", ".")
            run(BIN / "mypy")
            run(BIN / "lint-imports")
            run(BIN / "python", "-m", "pytest", *(rest or ["-n", "auto", "--dist", "loadgroup"]))
        case ["benchmark", *rest]:
            set_up("fast,benchmarks")
            run(BIN / "python", "-m", "benchmarks", *rest)
        case ["translations"]:
            set_up("fast,test")
            translations()
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
