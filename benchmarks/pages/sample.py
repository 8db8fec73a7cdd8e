"""Which things are opened: some of each kind, spread evenly over its IRIs, and those that most statements point at."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

from pyoxigraph import NamedNode, QuerySolutions, Store

from kg.identifiers import DEFAULT_BASE
from kg.namespaces import CC, COMMONS, ORG, PROV, SCHEMA, SDGO
from kg.questions import questions

KINDS = {
    "goal": SDGO.Goal, "target": SDGO.Target, "indicator": SDGO.Indicator, "licence": CC.License,
    "organization": ORG.Organization, "membership": ORG.Membership, "good": COMMONS.DigitalPublicGood,
    "post": SCHEMA.BlogPosting, "country": SCHEMA.Country, "person": SCHEMA.Person, "feed": SCHEMA.DataFeed,
    "SDG link": COMMONS.SDGLink, "mention": COMMONS.Mention, "load": PROV.Activity, "payload": COMMONS.Payload,
}  # fmt: skip

LISTS = ("/browse/goods", "/browse/goods?goal=13", "/browse/goods?goal=13&kind=software&sort=-date",
         "/browse/goods?q=map", "/browse/organizations", "/browse/organizations?sort=-links", "/browse/licences",
         "/browse/posts", "/browse/indicators", "/browse/memberships")  # fmt: skip


def sample(home: Path, each: int, most: int) -> list[tuple[str, str]]:
    """Return kind and path of the things to open."""
    store = Store.read_only(str(home / "current" / "store"))
    found = [("home", "/"), *(("list", path) for path in LISTS)]
    found += [("question", f"/questions/{name}") for name in questions()]
    for kind, cls in KINDS.items():
        things = sorted(_asked(store, f"SELECT DISTINCT ?thing {{ ?thing a <{cls}> }}"))
        step = max(1, len(things) // each)
        found += [(kind, path(iri)) for iri in things[::step][:each]]
    alliances = _asked(store, f"SELECT DISTINCT ?thing {{ ?m <{ORG.organization}> ?thing ; a <{ORG.Membership}> }}")
    found += [("alliance", path(iri)) for iri in sorted(alliances)]
    graphs = sorted(_asked(store, "SELECT DISTINCT ?thing { GRAPH ?thing { ?s ?p ?o } }"))
    found += [("graph", path(iri)) for iri in graphs]
    linked = "SELECT ?thing { ?s ?p ?thing FILTER(isIRI(?thing)) } GROUP BY ?thing ORDER BY DESC(COUNT(*)) ?thing"
    return found + [("most linked", path(iri)) for iri in _asked(store, f"{linked} LIMIT {most}")]


def path(iri: str) -> str:
    """Return the address of a thing's page."""
    return f"/{iri.removeprefix(DEFAULT_BASE)}" if iri.startswith(DEFAULT_BASE + "id/") or iri.startswith(
        DEFAULT_BASE + "graph/") else "/resource?" + urlencode({"iri": iri})  # fmt: skip


def _asked(store: Store, query: str) -> list[str]:
    solutions = store.query(query)
    assert isinstance(solutions, QuerySolutions)
    return [term.value for solution in solutions if isinstance(term := solution["thing"], NamedNode)]
