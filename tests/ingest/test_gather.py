"""Who is who is found over all sources before any is loaded: the same sources give the same graph in any order."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg import review
from kg.dataset.home import Home
from kg.dataset.writer import opened
from kg.errors import UsageError
from kg.gather import gather, register_of
from kg.ingest import ingest
from kg.loader import Source
from tests.ingest.lines import LOADER, options, source


def loaded(home: Home, sources: list[Source]) -> set[str]:
    """Gather and load sources; return the IRIs of the organizations."""
    with opened(home) as writer:
        for one in sources:
            gather(one, LOADER, home, options())
        using = register_of(home, [one.name for one in sources], options())
        for one in sources:
            ingest(one, LOADER, writer, using)
        found = writer.store.query("SELECT DISTINCT ?s { GRAPH ?g { ?s a <http://www.w3.org/ns/org#Organization> } }")
        return {row["s"].value.rpartition("/")[2] for row in found}  # type: ignore[union-attr]


@pytest.mark.parametrize("reverse", [False, True])
def test_spellings_of_two_sources_meet_in_any_order(tmp_path: Path, reverse: bool) -> None:
    sources = [source(tmp_path, "Riverkeepers", "B", name="a"), source(tmp_path, "Riverkeepers, Inc.", name="b")]
    if reverse:
        sources.reverse()
    assert loaded(Home(tmp_path / "home"), sources) == {"riverkeepers", "b"}


def test_a_source_is_loaded_anew_when_another_changes_who_is_who(tmp_path: Path) -> None:
    home, first = Home(tmp_path / "home"), source(tmp_path, "Riverkeepers, Inc.", name="a")
    assert loaded(home, [first]) == {"riverkeepers-inc"}
    assert loaded(home, [first, source(tmp_path, "Riverkeepers", name="b")]) == {"riverkeepers"}


def test_what_is_in_doubt_is_listed_and_decided(tmp_path: Path) -> None:
    home, sources = Home(tmp_path / "home"), [source(tmp_path, "Orchards", "Orchards Foundation")]
    assert loaded(home, sources) == {"orchards", "orchards-foundation"}
    (pair,) = review.pairs(home.path)
    assert (pair.verdict, pair.organization["local"], pair.other["local"]) == (
        "doubt",
        "orchards",
        "orchards-foundation",
    )
    assert pair.evidence == ("short for ... foundation +0.55",)
    review.decide(home, ["orchards", "orchards-foundation"], same=True, note="one imprint")
    assert loaded(home, sources) == {"orchards"}
    assert not review.pairs(home.path)
    assert [p.verdict for p in review.pairs(home.path, joined=True)] == ["joined"]


def test_only_pairs_that_were_compared_can_be_decided(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    loaded(home, [source(tmp_path, "Orchards")])
    for wrong in (["orchards"], ["orchards", "orchards"], ["orchards", "nobody"]):
        with pytest.raises(UsageError):
            review.decide(home, wrong, same=True)


def test_a_source_is_not_read_again_for_its_names_unless_it_changed(tmp_path: Path) -> None:
    home, made = Home(tmp_path / "home"), source(tmp_path, "A")
    loaded(home, [made])
    path = home.mentions / "test.json"
    kept = json.loads(path.read_text())
    kept["seen"]["a"]["names"] = ["Kept"]
    path.write_text(json.dumps(kept))
    gather(made, LOADER, home, options())
    assert json.loads(path.read_text())["seen"]["a"]["names"] == ["Kept"]
    gather(source(tmp_path, "B"), LOADER, home, options())
    assert set(json.loads(path.read_text())["seen"]) == {"b"}
