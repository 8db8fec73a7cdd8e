"""What is in the shop of the Berlin SPARQL Benchmark: how many things of each kind, and which belongs to which.

Data and queries are made of the same shop, so that a query asks for what there is. The numbers follow the dataset
specification of BSBM 3.1 (http://wbsg.informatik.uni-mannheim.de/bizer/berlinsparqlbenchmark/spec/Dataset), and where
it leaves a distribution open, the constants of its generator: depth and branching of the types of products, features
for each type, 20 offers and 10 reviews for a product, 50 products for a producer, 2,000 offers for a vendor, 10,000
reviews for a rating site and 20 for a person, the last four spread normally. 2,785 products make a million triples.
"""

from __future__ import annotations

import bisect
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

OFFERS, REVIEWS = 20, 10
"""For a product, on average."""
MEANS = {"producers": 50, "vendors": 2_000, "sites": 10_000, "people": 20}
"""How many products, offers, reviews and reviews one of them has, on average."""
INSTANCES = "http://www4.wiwiss.fu-berlin.de/bizer/bsbm/v01/instances/"


@dataclass(frozen=True, slots=True)
class Type:
    """A type of products; ``features`` are the numbers of those that it has itself."""

    number: int
    parent: Type | None
    depth: int
    leaf: bool
    features: range

    def line(self) -> Iterator[Type]:
        """Yield the type and those above it."""
        yield self
        if self.parent:
            yield from self.parent.line()


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop; the lists say where runs of numbers end that belong to the same producer, vendor, site or person."""

    products: int
    types: tuple[Type, ...]
    producers: list[int]
    vendors: list[int]
    sites: list[int]
    people: list[int]

    @property
    def offers(self) -> int:
        """How many there are; they are numbered from 1, like all things."""
        return self.products * OFFERS

    @property
    def reviews(self) -> int:
        """How many there are."""
        return self.products * REVIEWS

    def product(self, number: int) -> str:
        """Return an IRI."""
        return f"{INSTANCES}dataFromProducer{owner(self.producers, number)}/Product{number}"

    def offer(self, number: int) -> str:
        """Return an IRI."""
        return f"{INSTANCES}dataFromVendor{owner(self.vendors, number)}/Offer{number}"

    def review(self, number: int) -> str:
        """Return an IRI."""
        return f"{INSTANCES}dataFromRatingSite{owner(self.sites, number)}/Review{number}"


def owner(ends: list[int], number: int) -> int:
    """Return to whose run a number belongs.

    >>> owner([0, 3, 5], 3), owner([0, 3, 5], 4)
    (1, 2)
    """
    return bisect.bisect_left(ends, number)


def branches(products: int) -> list[int]:
    """Return how many types stand below one of each depth, the root first.

    >>> branches(2785)  # 1 + 6 + 48 + 96 types
    [6, 8, 2]
    """
    magnitude = math.log10(max(products, 10))
    depth = _rounded(magnitude / 2) + 1
    last = (2, 4, 8)[_rounded(magnitude * 3 / 2 + 1) % 3]
    return [2 * _rounded(magnitude), *[8] * (depth - 2), last][:depth]


@lru_cache(maxsize=2)
def shop(products: int) -> Shop:
    """Return the shop with so many products, the same each time."""
    chosen = random.Random(products)
    return Shop(
        products, tuple(_types(products, chosen)),
        _runs(products, MEANS["producers"], chosen), _runs(products * OFFERS, MEANS["vendors"], chosen),
        _runs(products * REVIEWS, MEANS["sites"], chosen), _runs(products * REVIEWS, MEANS["people"], chosen),
    )  # fmt: skip


def _types(products: int, chosen: random.Random) -> Iterator[Type]:
    below = branches(products)
    depths = len(below)
    total = depths * (depths + 1) // 2 - 1
    level = [Type(1, None, 0, False, range(0))]
    yield level[0]
    number, feature = 1, 1
    for depth, count in enumerate(below, 1):
        counted = min(depth + 1, depths)  # its generator counts an inner type as one step deeper
        least, most = (35 * counted // total, 75 * counted // total) if total else (5, 5)
        made = []
        for parent in level:
            for _ in range(count):
                number += 1
                features = range(feature, feature + chosen.randint(least, most))
                feature = features.stop
                made.append(Type(number, parent, depth, depth == depths, features))
        yield from made
        level = made


def _runs(total: int, mean: int, chosen: random.Random) -> list[int]:
    ends = [0]
    while ends[-1] < total:
        ends.append(min(total, ends[-1] + max(1, round(chosen.gauss(3, 1) * mean / 3))))
    return ends


def _rounded(number: float) -> int:
    return math.floor(number + 0.5)
