"""Big made-up sources in the forms of the real ones, for the project's own loaders: any size, the same in every run.

    python -m benchmarks.ingest.generator FOLDER --triples 1000000

writes ``FOLDER/sources.toml`` and the files it names: ROR dumps, states of the registry of goods, JSON feeds of posts
and tables of memberships, each of some thousand records (``records.py``). Memory is that of one record.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from benchmarks.ingest.records import Record, good, membership, organization, post

SHARES = {"organizations": 0.20, "goods": 0.45, "posts": 0.25, "memberships": 0.10}
"""Of all triples, how many are said of which kind."""
TRIPLES = {"organizations": 14.0, "goods": 49.8, "posts": 25.4, "memberships": 24.4}
"""Triples that a record of a kind becomes, as measured; what is derived from them is not counted."""
PER_FILE = {"organizations": 20_000, "goods": 4_000, "posts": 8_000, "memberships": 8_000}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of source: how its files are called and written."""

    loader: str
    file: str
    write: Callable[[IO[str], range], None]


def counts(triples: int) -> dict[str, int]:
    """Return how many records of each kind make about so many triples."""
    return {kind: max(20, round(triples * share / TRIPLES[kind])) for kind, share in SHARES.items()}


def write(folder: Path, triples: int) -> Path:
    """Write the sources, and return the sources file that names them."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "sources.toml"
    with file.open("w", encoding="utf-8") as sources:
        for kind, count in counts(triples).items():
            made = KINDS[kind]
            for number, start in enumerate(range(0, count, PER_FILE[kind])):
                name = made.file.format(number)
                with (folder / name).open("w", encoding="utf-8", newline="") as out:
                    made.write(out, range(start, min(start + PER_FILE[kind], count)))
                sources.write(
                    f'[[source]]\nname = "{kind}-{number:03d}"\nloader = "{made.loader}"\npaths = ["{name}"]\n'
                    f'url = "https://{kind}.example/{number}"\nlicence = "CC0-1.0"\npublisher = "Example {kind}"\n\n'
                )
    return file


def _chosen(kind: str, numbers: range) -> random.Random:
    return random.Random(f"{kind} {numbers.start}")


def _array(
    kind: str, make: Callable[[int, random.Random], Record], head: str, tail: str
) -> Callable[[IO[str], range], None]:
    def write(out: IO[str], numbers: range) -> None:
        chosen = _chosen(kind, numbers)
        out.write(head)
        for n in numbers:
            out.write((",\n" if n > numbers.start else "") + json.dumps(make(n, chosen), ensure_ascii=False))
        out.write(tail)

    return write


def _table(out: IO[str], numbers: range) -> None:
    chosen = _chosen("memberships", numbers)
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["member", "organization", "role", "start", "end", "current", "homepage", "source_url", "quote"])
    rows.writerows(membership(n, chosen) for n in numbers)


_FEED = '{"version": "https://jsonfeed.org/version/1.1", "title": "Posts", "items": ['
KINDS = {
    "organizations": Kind("organizations", "ror-{:03d}.json", _array("organizations", organization, "[", "]")),
    "goods": Kind("registry", "dpgs-api-v2_2024-12-09_{:03d}.json", _array("goods", good, "[", "]")),
    "posts": Kind("posts", "feed-{:03d}.json", _array("posts", post, _FEED, "]}")),
    "memberships": Kind("memberships", "members-{:03d}.csv", _table),
}


def main() -> None:
    """Write the sources."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest.generator", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--triples", type=int, default=1_000_000)
    arguments = parser.parse_args()
    print(write(arguments.folder, arguments.triples))


if __name__ == "__main__":
    main()
