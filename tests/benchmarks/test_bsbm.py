"""The explore mix of BSBM: its data have what its queries ask for, and the benchmark runs."""

from __future__ import annotations

import doctest
import random
import sys
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from benchmarks.bsbm import __main__ as command
from benchmarks.bsbm import shop as shops
from benchmarks.bsbm.data import PREFIXES, quads
from benchmarks.bsbm.mix import WALK, asked, queries, walks
from benchmarks.bsbm.shop import shop
from benchmarks.endpoint.peers import ENGINES
from tests.faults.serving import free_port

PRODUCTS = 160
"""So many that a vendor is in the United States, which the tenth query asks for."""


@pytest.fixture(scope="module")
def store() -> ox.Store:
    made = ox.Store()
    text = "".join(f"{s} {p} {o} .\n" for _, s, p, o in quads(PRODUCTS))
    made.bulk_load(text.encode(), ox.RdfFormat.N_TRIPLES)
    return made


def test_examples_of_the_shop_hold() -> None:
    assert doctest.testmod(shops).failed == 0


def test_a_million_triples_have_the_types_and_the_numbers_that_the_specification_gives() -> None:
    made = shop(2785)
    assert len(made.types) == 151
    assert (made.offers, made.reviews) == (55_700, 27_850)
    assert 4_000 < made.types[-1].features.stop < 6_000


def test_data_are_in_the_proportions_of_the_specification(store: ox.Store) -> None:
    kinds = Counter(
        str(quad.object)[1:-1].removeprefix(PREFIXES["bsbm"]).removeprefix(PREFIXES["rev"])
        for quad in store.quads_for_pattern(None, ox.NamedNode(f"{PREFIXES['rdf']}type"), None)
    )
    assert kinds["Product"] == PRODUCTS
    assert kinds["Offer"] == 20 * PRODUCTS
    assert kinds["Review"] == 10 * PRODUCTS


@pytest.mark.parametrize("number", range(1, 13))
def test_every_query_finds_something_for_some_parameters(store: ox.Store, number: int) -> None:
    chosen = random.Random(1)
    for _ in range(60):
        found = store.query(asked(queries()[number], shop(PRODUCTS), chosen).text)
        assert not isinstance(found, ox.QueryBoolean)
        if next(found, None) is not None:
            return
    pytest.fail("nothing is found")


def test_a_mix_is_the_walk_of_the_specification_and_no_request_comes_twice() -> None:
    made = list(walks(shop(PRODUCTS), 1, 5))
    assert [int(request.name[:2]) for request in made[: len(WALK)]] == list(WALK)
    assert len({request.text for request in made}) == len(made) == 5 * 24


def test_the_benchmark_runs_and_writes_its_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "available", lambda: ENGINES[:1])
    page = tmp_path / "docs" / "bsbm.md"
    arguments = ["--work", tmp_path, "--products", 10, "--seconds", 0.3, "--port", free_port(), "--write", page]
    monkeypatch.setattr(sys, "argv", ["bsbm", *map(str, arguments)])
    command.main()
    assert "Answers that differ: none." in page.read_text()
    assert page.with_name("bsbm-queries.svg").exists()
    assert page.with_name("README.md").exists()
