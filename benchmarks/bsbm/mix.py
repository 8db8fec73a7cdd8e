"""The explore mix of BSBM 3.1: which query follows which, and requests with parameters by chance.

After http://wbsg.informatik.uni-mannheim.de/bizer/berlinsparqlbenchmark/spec/ExploreUseCase: a mix is a walk of
somebody who looks for a product, through ``queries/*.rq``, of which the sixth has been left out since version 3; here
it is measured by itself. The queries say in our words what those of the specification ask; where that has ORDER BY with
LIMIT, ``#+ key:`` names the variable of the order.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template

from benchmarks.bsbm.data import PREFIXES, TODAY, WORDS
from benchmarks.bsbm.shop import Shop
from benchmarks.endpoint.mix import Asked, read, with_prefixes

WALK = (1, 2, 2, 3, 2, 2, 4, 2, 2, 5, 7, 7, 7, 7, 8, 9, 9, 8, 9, 9, 10, 10, 11, 12)
ALONE = 6
"""The query that is in no mix."""
_PREFIXES = PREFIXES | {"export": "http://www4.wiwiss.fu-berlin.de/bizer/bsbm/v01/vocabulary-export/"}


@dataclass(frozen=True, slots=True)
class Query:
    """A query of the benchmark."""

    number: int
    name: str
    summary: str
    key: str
    """The variable of its order, where a LIMIT leaves out some of equal ones; else empty."""
    text: Template


def queries() -> dict[int, Query]:
    """Return the queries by their numbers, with their prefixes declared."""
    found = {}
    for path in sorted((Path(__file__).parent / "queries").glob("*.rq")):
        header, body = read(path)
        text = Template(with_prefixes(body, _PREFIXES))
        number = int(path.stem[:2])
        found[number] = Query(number, path.stem, header["summary"], header.get("key", ""), text)
    return found


def parameters(shop: Shop, chosen: random.Random) -> dict[str, object]:
    """Return values for all parameters; a type is a leaf or stands right above some, and has the features."""
    low = [one for one in shop.types if one.leaf or (one.depth and one.depth == shop.types[-1].depth - 1)]
    type_ = chosen.choice(low)
    features = chosen.sample([feature for one in type_.line() for feature in one.features], 3)
    return {
        "product": shop.product(chosen.randint(1, shop.products)), "offer": shop.offer(chosen.randint(1, shop.offers)),
        "review": shop.review(chosen.randint(1, shop.reviews)), "type": type_.number,
        "feature1": features[0], "feature2": features[1], "feature3": features[2],
        "x": chosen.randint(1, 500), "y": chosen.randint(1, 500), "word": chosen.choice(WORDS),
        "today": f"{TODAY:%Y-%m-%dT%H:%M:%S}",
    }  # fmt: skip


def asked(query: Query, shop: Shop, chosen: random.Random, remark: str = "") -> Asked:
    """Return a request; ``remark`` stands in a comment, so that no other has the same text."""
    text = query.text.substitute(parameters(shop, chosen))
    return Asked(query.name, query.name, f"{text}# {remark}\n" if remark else text)


def walks(shop: Shop, seed: int, number: int, *, distinct: bool = True) -> Iterator[Asked]:
    """Yield the requests of so many mixes, the same for the same seed; if ``distinct``, each with a text of its own."""
    chosen, found = random.Random(seed), queries()
    for walk in range(number):
        for step, query in enumerate(WALK):
            yield asked(found[query], shop, chosen, f"{seed}.{walk}.{step}" if distinct else "")
