"""The triples of a shop, after the dataset specification of BSBM 3.1 (see ``shop.py``), in its triple data model.

Where this departs from it: texts are of made-up words from one list of 4,000 in place of three dictionaries, so labels
repeat somewhat more often; numbers, types and products are drawn around the middle of their ranges; chance is another,
so a shop is none of the published files; a product has the types above its own as well, as the original makes them with
forward chaining; numbers are ``xsd:integer``. All triples stand in one graph.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from benchmarks.bsbm.shop import INSTANCES, Shop, owner, shop
from benchmarks.endpoint.data import BASE
from benchmarks.names import place

PREFIXES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#", "foaf": "http://xmlns.com/foaf/0.1/",
    "dc": "http://purl.org/dc/elements/1.1/", "rev": "http://purl.org/stuff/rev#",
    "bsbm": "http://www4.wiwiss.fu-berlin.de/bizer/bsbm/v01/vocabulary/", "inst": INSTANCES,
    "country": "http://downlode.org/rdf/iso-3166/countries#",
}  # fmt: skip
GRAPH = f"<{BASE}graph/bsbm>"
TODAY = datetime(2008, 6, 20, tzinfo=UTC)
COUNTRIES = {"US": 40, "GB": 10, "JP": 10, "CN": 10, "DE": 5, "FR": 5, "ES": 5, "RU": 5, "KR": 5, "AT": 5}
"""Country -> percent of producers, vendors and people."""
LANGUAGES = {"US": "en", "GB": "en", "JP": "ja", "CN": "zh", "DE": "de", "FR": "fr", "ES": "es", "RU": "ru",
             "KR": "ko", "AT": "de"}  # fmt: skip
WORDS = [place(n).lower() for n in range(4_000)]

Pairs = list[tuple[str, str]]
Quad = tuple[str, str, str, str]


def quads(products: int) -> Iterator[Quad]:
    """Yield (graph, subject, predicate, object) as N-Triples writes them; memory is that of the shop's numbers."""
    chosen, made = random.Random(f"data {products}"), shop(products)
    for part in (_types, _makers, _products, _offers, _reviews):
        for subject, pairs in part(made, chosen):
            for predicate, value in pairs:
                yield GRAPH, subject, _iri(predicate), value


def bell(chosen: random.Random, most: int, mean: float, limit: float) -> int:
    """Return a whole number in 1 to ``most``: a normally distributed one, cut at 0 and ``limit`` and stretched."""
    while not 0 < (drawn := chosen.gauss(mean, 1)) < limit:
        pass
    return int(drawn / limit * most) + 1


def _types(made: Shop, chosen: random.Random) -> Iterator[tuple[str, Pairs]]:
    for one in made.types:
        above = [("rdfs:subClassOf", _iri(f"inst:ProductType{one.parent.number}"))] if one.parent else []
        yield _iri(f"inst:ProductType{one.number}"), [
            ("rdf:type", _iri("bsbm:ProductType")), *_described(chosen), *above,
            *_published(_iri("inst:StandardizationInstitution1"), chosen, 2_900),
        ]  # fmt: skip
        for feature in one.features:
            yield _iri(f"inst:ProductFeature{feature}"), [
                ("rdf:type", _iri("bsbm:ProductFeature")), *_described(chosen),
                *_published(_iri("inst:StandardizationInstitution1"), chosen, 2_900),
            ]  # fmt: skip


def _makers(made: Shop, chosen: random.Random) -> Iterator[tuple[str, Pairs]]:
    for kind, ends in (("Producer", made.producers), ("Vendor", made.vendors)):
        for number in range(1, len(ends)):
            subject = _maker(kind, number)
            yield subject, [
                ("rdf:type", _iri(f"bsbm:{kind}")), *_described(chosen),
                ("foaf:homepage", f"<http://www.{kind}{number}.example/>"), ("bsbm:country", _country(chosen)),
                *_published(subject, chosen, 97),
            ]  # fmt: skip


def _products(made: Shop, chosen: random.Random) -> Iterator[tuple[str, Pairs]]:
    leaves = [one for one in made.types if one.leaf]
    for number in range(1, made.products + 1):
        line = list(leaves[bell(chosen, len(leaves), 2, 4) - 1].line())
        producer = _maker("Producer", owner(made.producers, number))
        yield f"<{made.product(number)}>", [
            ("rdf:type", _iri("bsbm:Product")), *(("rdf:type", _iri(f"inst:ProductType{t.number}")) for t in line),
            ("rdfs:label", _text(chosen, 1, 3)), ("rdfs:comment", _text(chosen, 50, 150)),
            ("bsbm:producer", producer), *_properties(chosen),
            *(("bsbm:productFeature", _iri(f"inst:ProductFeature{feature}"))
              for one in line for feature in one.features if chosen.random() < 0.25),
            *_published(producer, chosen, 2_000),
        ]  # fmt: skip


def _properties(chosen: random.Random) -> Pairs:
    """Return three properties of each sort, and some of the fourth to the sixth: there are three kinds of product."""
    more = chosen.choices([(1.0, 1.0, 0.0), (0.5, 0.25, 0.0), (0.0, 0.25, 0.5)], [40, 20, 40])[0]
    found: Pairs = []
    for number, share in enumerate((1.0, 1.0, 1.0, *more), 1):
        if chosen.random() < share:
            found.append((f"bsbm:productPropertyNumeric{number}", _integer(bell(chosen, 2_000, 2, 4))))
        if chosen.random() < share:
            found.append((f"bsbm:productPropertyTextual{number}", _text(chosen, 3, 15)))
    return found


def _offers(made: Shop, chosen: random.Random) -> Iterator[tuple[str, Pairs]]:
    for number in range(1, made.offers + 1):
        vendor = _maker("Vendor", owner(made.vendors, number))
        published = TODAY - timedelta(days=chosen.randrange(97))
        yield f"<{made.offer(number)}>", [
            ("rdf:type", _iri("bsbm:Offer")),
            ("bsbm:product", f"<{made.product(bell(chosen, made.products, 2, 4))}>"), ("bsbm:vendor", vendor),
            ("bsbm:price", f'"{chosen.uniform(5, 10_000):.2f}"^^{_iri("bsbm:USD")}'),
            ("bsbm:validFrom", _time(published - timedelta(days=chosen.randint(0, 90)))),
            ("bsbm:validTo", _time(published + timedelta(days=chosen.randint(7, 90)))),
            ("bsbm:deliveryDays", _integer(bell(chosen, 21, 2, 14.2))),
            ("bsbm:offerWebpage", f"<http://www.vendor{owner(made.vendors, number)}.example/Offer{number}/>"),
            ("dc:publisher", vendor), ("dc:date", _date(published)),
        ]  # fmt: skip


def _reviews(made: Shop, chosen: random.Random) -> Iterator[tuple[str, Pairs]]:
    for person, (before, last) in enumerate(pairwise(made.people), 1):
        site = f"{INSTANCES}dataFromRatingSite{owner(made.sites, before + 1)}/"
        country = chosen.choices(list(COUNTRIES), list(COUNTRIES.values()))[0]
        reviewer = f"<{site}Reviewer{person}>"
        yield reviewer, [
            ("rdf:type", _iri("foaf:Person")), ("foaf:name", _text(chosen, 1, 1)),
            ("foaf:mbox_sha1sum", f'"{chosen.getrandbits(160):040x}"'), ("bsbm:country", _iri(f"country:{country}")),
            *_published(f"<{site}RatingSite>", chosen, 97),
        ]  # fmt: skip
        for number in range(before + 1, last + 1):
            reviewed = TODAY - timedelta(days=chosen.randrange(365))
            yield f"<{made.review(number)}>", [
                ("rdf:type", _iri("rev:Review")),
                ("bsbm:reviewFor", f"<{made.product(bell(chosen, made.products, 2, 4))}>"),
                ("rev:reviewer", reviewer), ("bsbm:reviewDate", _time(reviewed)),
                ("dc:title", _text(chosen, 4, 15)), ("rev:text", f"{_text(chosen, 50, 200)}@{LANGUAGES[country]}"),
                *((f"bsbm:rating{n}", _integer(chosen.randint(1, 10))) for n in range(1, 5) if chosen.random() < 0.7),
                ("dc:publisher", f"<{site}RatingSite>"), ("dc:date", _date(reviewed)),
            ]  # fmt: skip


def _described(chosen: random.Random) -> Pairs:
    return [("rdfs:label", _text(chosen, 1, 3)), ("rdfs:comment", _text(chosen, 20, 50))]


def _published(publisher: str, chosen: random.Random, days: int) -> Pairs:
    return [("dc:publisher", publisher), ("dc:date", _date(TODAY - timedelta(days=chosen.randrange(days))))]


def _maker(kind: str, number: int) -> str:
    return f"<{INSTANCES}dataFrom{kind}{number}/{kind}{number}>"


def _country(chosen: random.Random) -> str:
    return _iri(f"country:{chosen.choices(list(COUNTRIES), list(COUNTRIES.values()))[0]}")


def _iri(curie: str) -> str:
    prefix, _, local = curie.partition(":")
    return f"<{PREFIXES[prefix]}{local}>"


def _text(chosen: random.Random, least: int, most: int) -> str:
    return f'"{" ".join(chosen.choices(WORDS, k=chosen.randint(least, most)))}"'


def _integer(value: int) -> str:
    return f'"{value}"^^{_iri("xsd:integer")}'


def _date(day: datetime) -> str:
    return f'"{day:%Y-%m-%d}"^^{_iri("xsd:date")}'


def _time(day: datetime) -> str:
    return f'"{day:%Y-%m-%dT%H:%M:%S}"^^{_iri("xsd:dateTime")}'
