"""``python -m benchmarks.linking.speed``: how the time to tell who is who grows with the number of names, and how many
posts a minute are read for their goals.

Names are made of the words of ``../shared/data/ror``, a tenth of them spelt in a second way; what is shown is CPU time
for each name, in relation to the smallest number of names. The posts are those of a home that has synced
``tests/data/shared-sources.toml`` (COMMONS_KG_HOME), else the labelled texts of ``../shared/data/sdg-labelled``; what
is shown is how many one core reads in a minute of CPU time, in relation to the aim.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import time
from contextlib import closing
from pathlib import Path

from pyoxigraph import Store

from benchmarks.linking import goals
from benchmarks.linking.mentions import HOME
from benchmarks.linking.score import SHARED
from kg.dataset.home import Home
from kg.dataset.texts import posts
from kg.dataset.withheld import Texts
from kg.linking import names, register
from kg.linking.goals import model
from kg.linking.matching import Party
from kg.linking.organizations import authority, local_name

SIZES = (1_000, 10_000, 100_000)
AIM = 10_000
"""Posts a minute on one core."""


def parties(count: int) -> list[Party]:
    """Make parties; the same each time."""
    records = json.loads((SHARED / "ror" / "ror-v1-sample.json").read_bytes())
    words = sorted({word for record in records for word in record["name"].split() if len(word) > 2})
    chosen = random.Random(7)
    made: dict[str, Party] = {}
    while len(made) < count:
        name = " ".join(chosen.choices(words, k=chosen.choice((2, 3, 3, 4, 5))))
        home = f"https://{'-'.join(name.lower().split()[:2])}.org".encode("ascii", "ignore").decode()
        for spelling in (name, f"{name}, Inc.") if chosen.random() < 0.1 else (name,):
            local = local_name(spelling)
            made[local] = Party(local=local, names=(spelling,), homepages=(home,) if chosen.random() < 0.5 else ())
    return list(made.values())[:count]


def texts() -> list[str]:
    """Return the texts that goals are inferred from."""
    if HOME not in os.environ:
        return [one.text for _, one in goals.texts()]
    home = Home(Path(os.environ[HOME]))
    with closing(Texts(home.texts)) as beside:
        read = posts(Store.read_only(str(home.current_path() / "store")), beside)
        return [text for post in read for name, text in post.texts if name == "articleBody"]


def names_told_apart() -> None:
    """Measure how the time a name takes grows with their number."""
    first = 0.0
    print("| names | joined | in doubt | time a name, to that of the fewest |\n|---:|---:|---:|---:|")
    for size in SIZES:
        asked = parties(size)
        names.parse.cache_clear()
        begun = time.process_time()
        made = register.build(asked, authority())
        each = (time.process_time() - begun) / size
        first = first or each
        joined = sum(match.verdict == "joined" for match in made.matches)
        print(f"| {size:,} | {joined:,} | {len(made.doubts):,} | {each / first:.2f}x |", flush=True)
        print(f"<!-- {each * 1e6:.0f} microseconds of this machine -->")


def goals_inferred() -> None:
    """Measure how many posts a minute are read for goals."""
    read, shipped = texts(), model()
    shipped.infer("")  # the terms are indexed once for all posts
    begun = time.process_time()
    found = sum(len(shipped.infer(text)) for text in read)
    minutes = (time.process_time() - begun) / 60
    words = statistics.median(len(text.split()) for text in read)
    print("\n| posts | words, median | goals inferred | posts a minute, to the aim of 10,000 |\n|---:|---:|---:|---:|")
    print(f"| {len(read):,} | {words:,.0f} | {found:,} | {len(read) / minutes / AIM:.1f}x |")


def main() -> None:
    """Measure both."""
    names_told_apart()
    goals_inferred()


if __name__ == "__main__":
    main()
