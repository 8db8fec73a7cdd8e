from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kg.dataset.home import Home
from kg.dataset.writer import Writer, opened
from kg.errors import InputError, StrictError
from kg.identifiers import Minter
from kg.ingest import ingest
from kg.loader import Source
from tests.ingest.lines import LOADER, SAME_NAME, options, source

LONG = "a name that is far too long for the shape"


def kept(home: Home, name: str = "test") -> list[dict[str, Any]]:
    text = (home.quarantine / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def labels(writer: Writer) -> set[str]:
    found = writer.store.query(
        "PREFIX org: <http://www.w3.org/ns/org#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>"
        "SELECT ?l { GRAPH ?g { ?s a org:Organization ; rdfs:label ?l } }"
    )
    return {row["l"].value for row in found}  # type: ignore[union-attr]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_every_record_is_loaded_rejected_or_quarantined(tmp_path: Path, home: Home) -> None:
    with opened(home) as writer:
        state, change = ingest(source(tmp_path, "A", "reject", LONG, "B", "iri:not an iri"), LOADER, writer, options())
        assert (state.read, state.loaded, state.rejected, state.quarantined) == (5, 2, 2, 1)
        assert change is not None
        assert change.added == state.quads > 0
        assert labels(writer) == {"A", "B"}


def test_what_is_not_loaded_is_kept_with_place_reason_and_hint(tmp_path: Path, home: Home) -> None:
    with opened(home) as writer:
        ingest(source(tmp_path, "reject", LONG), LOADER, writer, options())
    reject, quarantined = kept(home)
    assert reject == {
        "kind": "reject", "source": "test", "label": "test.txt", "origins": ["test.txt:1"], "reason": "not wanted",
        "hint": "take it away", "excerpt": "reject",
    }  # fmt: skip
    assert quarantined["kind"] == "quarantine"
    assert quarantined["origins"] == ["test.txt:2"]
    assert quarantined["reason"] == "a name has at most 20 characters"
    assert any(LONG in triple for triple in quarantined["triples"])
    assert quarantined["results"][0]["value"] == f'"{LONG}"' or quarantined["results"][0]["value"] == LONG


@pytest.mark.parametrize("batch", [1, 2, 500])
def test_the_size_of_batches_changes_nothing(tmp_path: Path, home: Home, batch: int) -> None:
    with opened(home) as writer:
        state, _ = ingest(source(tmp_path, "A", LONG, "B", "C"), LOADER, writer, options(batch=batch))
        assert (state.loaded, state.quarantined) == (3, 1)
        assert labels(writer) == {"A", "B", "C"}


def test_the_same_input_is_not_loaded_again(tmp_path: Path, home: Home) -> None:
    with opened(home) as writer:
        first, _ = ingest(source(tmp_path, "A"), LOADER, writer, options())
        again, change = ingest(source(tmp_path, "A"), LOADER, writer, options())
        assert change is None
        assert again == first


def test_forcing_the_same_input_changes_no_quad(tmp_path: Path, home: Home) -> None:
    with opened(home) as writer:
        ingest(source(tmp_path, "A", "B"), LOADER, writer, options())
        _, change = ingest(source(tmp_path, "A", "B"), LOADER, writer, options(), force=True)
        assert change is not None
        assert (change.added, change.removed) == (0, 0)


def test_a_changed_source_replaces_its_graph_whole(tmp_path: Path, home: Home) -> None:
    with opened(home) as writer:
        ingest(source(tmp_path, "A", "B"), LOADER, writer, options())
        ingest(source(tmp_path, "other", name="other"), LOADER, writer, options())
        _, change = ingest(source(tmp_path, "B", "C"), LOADER, writer, options())
        assert labels(writer) == {"B", "C", "other"}
        assert change is not None
        assert change.added > 0
        assert change.removed > 0


def test_strict_refuses_the_whole_source_and_says_where_to_look(tmp_path: Path, home: Home) -> None:
    with opened(home) as writer:
        ingest(source(tmp_path, "A"), LOADER, writer, options())
        with pytest.raises(StrictError, match="1 rejected and 0 quarantined of 2") as caught:
            ingest(source(tmp_path, "B", "reject"), LOADER, writer, options(strict=True))
        assert caught.value.path == str(home.quarantine / "test.refused.jsonl")
        assert labels(writer) == {"A"}
    assert [entry["reason"] for entry in kept(home, "test.refused")] == ["not wanted"]
    assert kept(home) == [], "what is kept of the graph that stays is kept too"


def test_strict_refuses_a_source_that_was_loaded_with_rejects_before(tmp_path: Path, home: Home) -> None:
    with opened(home) as writer:
        ingest(source(tmp_path, "A", "reject"), LOADER, writer, options())
        with pytest.raises(StrictError, match="1 rejected"):
            ingest(source(tmp_path, "A", "reject"), LOADER, writer, options(strict=True))


@pytest.mark.parametrize("batch", [1, 500])
def test_what_is_quarantined_does_not_hang_on_which_records_share_a_batch(
    tmp_path: Path, home: Home, batch: int
) -> None:
    # Both lines are one organization by name; a shape that counts its homepages must not see them together.
    with opened(home) as writer:
        made = source(tmp_path, "iri:https://a.example", "iri:https://b.example")
        state, _ = ingest(made, SAME_NAME, writer, options(batch=batch))
        assert (state.loaded, state.quarantined) == (2, 0)


def test_a_source_loaded_under_another_base_leaves_no_graph_behind(tmp_path: Path, home: Home) -> None:
    with opened(home) as writer:
        ingest(source(tmp_path, "A"), LOADER, writer, options())
        ingest(source(tmp_path, "A"), LOADER, writer, replace(options(), mint=Minter("https://new.example.org/")))
        assert writer.graphs() == ["https://new.example.org/graph/test"]


def test_a_loader_that_fails_leaves_the_old_graph(tmp_path: Path, home: Home) -> None:
    with opened(home) as writer:
        ingest(source(tmp_path, "A"), LOADER, writer, options())
        with pytest.raises(InputError, match="loader 'lines' failed: RuntimeError: a bug"):
            ingest(source(tmp_path, "B", "crash"), LOADER, writer, options())
        assert labels(writer) == {"A"}


def test_the_graph_says_which_bytes_it_came_from_and_which_loader_read_them(tmp_path: Path, home: Home) -> None:
    made: Source = source(tmp_path, "A")
    with opened(home) as writer:
        ingest(made, LOADER, writer, options())
        answer = writer.store.query(
            "PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX commons: <https://w3id.org/commons-kg/ontology/>"
            "ASK { GRAPH ?g { ?g prov:wasDerivedFrom/commons:sha256 '" + made.payloads[0].sha256 + "' ;"
            " prov:wasGeneratedBy/prov:wasAssociatedWith <https://w3id.org/commons-kg/id/loader/lines/1> } }"
        )
        assert bool(answer)
