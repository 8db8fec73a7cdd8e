"""``python -m benchmarks.linking.speed``: how the time to tell who is who grows with the number of names.

Names are made of the words of ``../shared/data/ror``, a tenth of them spelt in a second way; what is shown is CPU time
for each name, in relation to the smallest number of names.
"""

from __future__ import annotations

import json
import random
import time

from benchmarks.linking.score import SHARED
from kg.linking import names, register
from kg.linking.matching import Party
from kg.linking.organizations import authority, local_name

SIZES = (1_000, 10_000, 100_000)


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


def main() -> None:
    """Measure."""
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


if __name__ == "__main__":
    main()
