"""Dumps made from those of another version: the same bytes as if all had been written anew."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.export import dumps, members, patch, write_dumps

BASE = "https://w3id.org/commons-kg/"
CONTEXT = {"schema": "https://schema.org/", "name": {"@id": "schema:name", "@container": "@language"}}
RDF_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
RDFS_LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")


def held(store: Store) -> set[bytes]:
    return {f"{quad} .\n".encode() for quad in store if isinstance(quad.graph_name, NamedNode)}


@pytest.mark.parametrize("seed", range(12))
def test_dumps_made_from_others_are_those_made_anew(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was added and removed, by the same bytes."""
    monkeypatch.setattr(members, "ONE_IN", 4)
    monkeypatch.setattr(patch, "PART", 1)
    chosen = random.Random(seed)
    good, country = (NamedNode(iri) for iri in (BASE + "ontology/DigitalPublicGood", "https://schema.org/Country"))
    properties = [RDF_TYPE, RDFS_LABEL, NamedNode(BASE + "ontology/deployedIn"), NamedNode("https://schema.org/name")]
    things = [NamedNode(f"urn:thing:{number}") for number in range(120)]

    def quad() -> Quad:
        graph = NamedNode(BASE + "graph/" + chosen.choice(("a", "a", "b", "derived/c")))
        prop = chosen.choice(properties)
        value: NamedNode | Literal = chosen.choice(things)
        if prop == RDF_TYPE:
            value = chosen.choice([good, country])
        elif prop == RDFS_LABEL:
            value = Literal(f"no. {chosen.randrange(9)}, \n")
        return Quad(chosen.choice(things), prop, value, graph)

    def fill(quads: list[Quad]) -> Store:
        store = Store()
        store.extend([*quads, *(Quad(*quad.triple) for quad in quads)])
        return store

    quads = list({quad() for _ in range(700)})
    chosen.shuffle(quads)
    before, borders = fill(quads), [thing for thing in things if members.is_border(str(thing))]
    gone = {*quads[: chosen.randrange(8)], *(q for q in quads if q.subject in borders[: seed % 3])}
    if seed == 7:
        gone |= {quad for quad in quads if quad.graph_name.value.endswith("b")}  # type: ignore[union-attr]
    after = fill([*(quad for quad in quads if quad not in gone), *(quad() for _ in range(chosen.randrange(8)))])
    write_dumps(before, tmp_path / "one", context=CONTEXT)
    anew = write_dumps(after, tmp_path / "two", context=CONTEXT)
    monkeypatch.setattr(dumps, "_anew", pytest.fail)
    changes = held(after) - held(before), held(before) - held(after)
    found = write_dumps(after, tmp_path / "three", context=CONTEXT, previous=tmp_path / "one", changes=changes)
    assert found == anew
    assert members.read(tmp_path / "three") == members.read(tmp_path / "two")


@pytest.mark.parametrize("wrong", ["the file is damaged", "what is gone was not there", "half has changed"])
def test_dumps_that_cannot_be_changed_are_made_anew(tmp_path: Path, wrong: str) -> None:
    store = Store()
    store.add(Quad(NamedNode("urn:x"), RDFS_LABEL, Literal("x"), NamedNode(BASE + "graph/a")))
    write_dumps(store, tmp_path / "one", context=CONTEXT)
    quad = Quad(NamedNode("urn:new"), RDFS_LABEL, Literal("new"), NamedNode(BASE + "graph/a"))
    store.add(quad)
    changes: tuple[set[bytes], set[bytes]] = {f"{quad} .\n".encode()}, set()
    if wrong == "the file is damaged":
        (tmp_path / "one" / "graphs/a.ttl.gz").write_bytes(b"broken")
    elif wrong == "what is gone was not there":
        changes[1].add(f'<urn:x> <urn:p> "never said" <{BASE}graph/a> .\n'.encode())
    found = write_dumps(store, tmp_path / "two", context=CONTEXT, previous=tmp_path / "one", changes=changes)
    assert found == write_dumps(store, tmp_path / "three", context=CONTEXT)
