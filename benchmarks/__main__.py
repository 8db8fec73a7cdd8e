"""``python -m benchmarks``: run all suites, one after the other, and write the pages of ``docs/benchmarks``.

python -m benchmarks [SUITE...] [--quick] [--work FOLDER] [--docs FOLDER] [--home HOME]

``--quick`` runs each at a size that takes a minute or two, to see that it works; its pages go into the work folder, as
their figures mean nothing. Pages and search are measured on a home: by default one that is made of ``../shared/data``,
or quickly, or where that is not there, of the embedded sample.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import CHECKOUT
from kg import operations


@dataclass(frozen=True, slots=True)
class Suite:
    """A suite: the arguments that it gets, and those that make it quick."""

    quick: tuple[str, ...] = ()
    work: bool = True
    """Whether it takes a work folder."""
    home: bool = False
    """Whether it measures a home."""


SUITES = {
    "linking": Suite(("countries",), work=False),
    "search": Suite(work=False, home=True),
    "pages": Suite(("--each", "1", "--most", "5"), work=False, home=True),
    "validation": Suite(("--sizes", "5000", "10000", "--w3c", "core/targets")),
    "ingest": Suite(("--sizes", "5000,10000")),
    "endpoint": Suite(("--scale", "0.02", "--seconds", "1")),
    "bsbm": Suite(("--products", "50", "--seconds", "1")),
}
"""In the order in which they run; the first are the quickest."""


def command(name: str, arguments: argparse.Namespace, home: Callable[[], Path]) -> list[str]:
    """Return the command of a suite; a home is made when it needs one."""
    suite, page = SUITES[name], Path(arguments.docs) / f"{name}.md"
    return [
        sys.executable, "-m", f"benchmarks.{name}", *(suite.quick if arguments.quick else ()), "--write", str(page),
        *(["--work", str(arguments.work)] if suite.work else []), *(["--home", str(home())] if suite.home else []),
    ]  # fmt: skip


def made_home(work: Path, *, quick: bool) -> Path:
    """Return a home with the real data, or (``quick``, or without them) with the sample; made once for a folder."""
    real = (CHECKOUT.parent / "shared" / "data").is_dir() and not quick
    folder = work / ("home" if real else "home-sample")
    if not (folder / "current").exists():
        sources = CHECKOUT / "tests" / "data" / "shared-sources.toml" if real else operations.sample()
        subprocess.run([sys.executable, "-m", "kg", "--home", folder, "sync", sources], cwd=CHECKOUT, check=True)
    return folder


def main() -> int:
    """Run the suites; return 1 if one of them failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=str(__doc__).splitlines()[0])
    parser.add_argument("suite", nargs="*", help=f"of {', '.join(SUITES)}; default: all")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that all of it works")
    parser.add_argument("--work", type=Path, default=Path("benchmark-work"), help="folder for environments and data")
    parser.add_argument("--docs", type=Path, help="folder for the pages; default: docs/benchmarks, quick: in --work")
    parser.add_argument("--home", type=Path, help="a home with a published version, for pages and search")
    arguments = parser.parse_args()
    if unknown := set(arguments.suite) - SUITES.keys():
        parser.error(f"no suite {', '.join(sorted(unknown))}")
    arguments.work = arguments.work.resolve()
    usual = arguments.work / "docs" if arguments.quick else CHECKOUT / "docs" / "benchmarks"
    arguments.docs = (arguments.docs or usual).resolve()
    arguments.work.mkdir(parents=True, exist_ok=True)
    failed = []

    def home() -> Path:
        return arguments.home or made_home(arguments.work, quick=arguments.quick)

    for name in arguments.suite or SUITES:
        print(f"== {name}", flush=True)
        begun = time.monotonic()
        try:
            subprocess.run(command(name, arguments, home), cwd=CHECKOUT, check=True)
        except subprocess.CalledProcessError:
            failed.append(name)
        print(f"== {name}: {time.monotonic() - begun:.0f} s{', failed' if name in failed else ''}\n", flush=True)
    print(f"pages are in {arguments.docs}" + (f"; failed: {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
