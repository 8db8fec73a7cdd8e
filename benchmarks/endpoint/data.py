"""A made-up dataset in the model of Commons KG, the same in every run."""

from __future__ import annotations

import random
from collections.abc import Iterator

BASE = "https://w3id.org/commons-kg/"
GOALS, COUNTRIES, LICENCES, WORDS = 17, 120, 40, 400
PREFIXES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/", "org": "http://www.w3.org/ns/org#", "skos": "http://www.w3.org/2004/02/skos/core#",
    "commons": BASE + "ontology/", "xsd": "http://www.w3.org/2001/XMLSchema#", "id": BASE + "id/",
    "sdg": "http://metadata.un.org/sdg/", "cc": "http://creativecommons.org/licenses/",
}  # fmt: skip


def iri(curie: str) -> str:
    """Return a CURIE as an IRI of N-Triples."""
    prefix, _, local = curie.partition(":")
    return f"<{PREFIXES[prefix]}{local}>"


def text(value: str, lang: str = "") -> str:
    """Return a literal without characters that need escaping."""
    return f'"{value}"' + (f"@{lang}" if lang else "")


def date(year: int, day: int) -> str:
    """Return a date as a literal."""
    return f'"{year}-{1 + day % 12:02d}-{1 + day % 28:02d}"^^{iri("xsd:date")}'


def sizes(scale: float) -> dict[str, int]:
    """How many things of each kind there are; ``scale`` 1 makes about a million triples."""
    return {
        kind: max(int(count * scale), 50)
        for kind, count in {
            "organization": 20_000,
            "good": 27_000,
            "post": 18_000,
            "membership": 10_000,
            "link": 54_000,
        }.items()
    }


def triples(scale: float = 1.0) -> Iterator[tuple[str, str, str, str]]:
    """Yield (graph, subject, predicate, object), each as N-Triples writes it."""
    chosen = random.Random(1)
    count = sizes(scale)
    words = [f"word{n}" for n in range(WORDS)]
    graph = {kind: f"<{BASE}graph/{kind}s>" for kind in (*count, "goal")}

    def facts(kind: str, subject: str, *pairs: tuple[str, str]) -> Iterator[tuple[str, str, str, str]]:
        for predicate, value in pairs:
            yield graph[kind], subject, iri(predicate), value

    for n in range(1, GOALS + 1):
        names = [("rdfs:label", text(f"Goal {n}", "en")), ("rdfs:label", text(f"Objectif {n}", "fr"))]
        yield from facts("goal", iri(f"sdg:{n}"), ("rdf:type", iri("skos:Concept")), *names)
        if n > 1:
            yield from facts("goal", iri(f"sdg:{n}"), ("skos:broader", iri(f"sdg:{n // 2}")))
    for n in range(count["organization"]):
        yield from facts(
            "organization", iri(f"id:organization/o{n}"),
            ("rdf:type", iri("org:Organization")), ("rdf:type", iri("schema:Organization")),
            ("rdfs:label", text(f"Organization {n}", "en")), ("skos:altLabel", text(f"Organisation numéro {n}", "fr")),
            ("schema:url", f"<https://organization-{n}.example/>"),
            ("schema:location", iri(f"id:country/c{chosen.randrange(COUNTRIES)}")),
        )  # fmt: skip
        if n > 10:
            yield from facts("organization", iri(f"id:organization/o{n}"),
                             ("org:subOrganizationOf", iri(f"id:organization/o{n // 10}")))  # fmt: skip
    for n in range(count["good"]):
        about = " ".join(chosen.choices(words, k=40))
        owner = min(int(chosen.expovariate(8) * count["organization"]), count["organization"] - 1)  # few own many
        yield from facts(
            "good", iri(f"id:good/g{n}"),
            ("rdf:type", iri("commons:DigitalPublicGood")),
            ("rdf:type", iri(chosen.choice(["schema:SoftwareApplication", "schema:Dataset"]))),
            ("rdfs:label", text(f"Good {n}", "en")), ("schema:description", text(about, "en")),
            ("commons:dpgid", text(f"GID{n:07d}")), ("schema:url", f"<https://good-{n}.example/>"),
            ("commons:owner", iri(f"id:organization/o{owner}")),
            ("schema:license", iri(f"cc:l{chosen.randrange(LICENCES)}")),
            ("schema:dateModified", date(2018 + n % 8, n)),
        )  # fmt: skip
        for goal in chosen.sample(range(1, GOALS + 1), chosen.randint(1, 4)):
            yield from facts("good", iri(f"id:good/g{n}"), ("schema:about", iri(f"sdg:{goal}")))
        for word in chosen.sample(words, 3):
            yield from facts("good", iri(f"id:good/g{n}"), ("schema:keywords", text(word)))
    for n in range(count["post"]):
        yield from facts(
            "post", iri(f"id:post/p{n}"),
            ("rdf:type", iri("schema:BlogPosting")), ("schema:headline", text(f"Post {n}", "en")),
            ("rdfs:label", text(f"Post {n}", "en")), ("schema:datePublished", date(2010 + n % 16, n)),
            ("schema:description", text(" ".join(chosen.choices(words, k=30)), "en")),
            ("schema:inLanguage", text(chosen.choice(["en", "fr", "es"]))),
            ("schema:author", iri(f"id:person/a{chosen.randrange(500)}")),
            ("schema:mentions", iri(f"id:good/g{chosen.randrange(count['good'])}")),
            ("schema:mentions", iri(f"id:organization/o{chosen.randrange(count['organization'])}")),
        )  # fmt: skip
        for word in chosen.sample(words, 3):
            yield from facts("post", iri(f"id:post/p{n}"), ("schema:keywords", text(word)))
    for n in range(count["membership"]):
        yield from facts(
            "membership", iri(f"id:membership/m{n}"),
            ("rdf:type", iri("org:Membership")), ("org:member", iri(f"id:organization/o{n}")),
            ("org:organization", iri(f"id:organization/o{n % 7}")), ("schema:startDate", date(2015 + n % 10, n)),
            ("commons:current", f'"{"true" if n % 5 else "false"}"^^{iri("xsd:boolean")}'),
        )  # fmt: skip
    for n in range(count["link"]):
        yield from facts(
            "link", iri(f"id:link/l{n}"),
            ("rdf:type", iri("commons:SDGLink")), ("commons:linkSource", iri(f"id:post/p{n % count['post']}")),
            ("commons:linkTarget", iri(f"sdg:{chosen.randint(1, GOALS)}")),
            ("commons:score", f'"{chosen.random():.4f}"^^{iri("xsd:decimal")}'),
        )  # fmt: skip
