"""Each suite runs at a size that takes seconds, and ``python -m benchmarks`` knows all of them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks.endpoint import __main__ as endpoint
from benchmarks.endpoint.answers import Answer
from benchmarks.endpoint.peers import ENGINES
from benchmarks.linking import __main__ as linking
from benchmarks.pages import __main__ as pages
from benchmarks.ratios import keep, read
from benchmarks.search import __main__ as search
from benchmarks.validation import __main__ as validation
from kg import operations
from kg.settings import load as load_settings
from tests.faults.serving import free_port


def run(suite: object, monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", ["suite", *map(str, arguments)])
    getattr(suite, "main")()  # noqa: B009 (a module as an object)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the embedded sample."""
    folder = tmp_path_factory.mktemp("sample") / "home"
    assert not operations.sync(load_settings({"home": str(folder)}), operations.sample()).failures
    return folder


def test_every_suite_is_in_the_one_command() -> None:
    folders = {path.parent.name for path in Path(command.__file__).parent.glob("*/__main__.py")}
    assert set(command.SUITES) == folders


@pytest.mark.parametrize("suite", command.SUITES)
def test_the_one_command_gives_a_suite_where_to_work_and_to_write(suite: str, tmp_path: Path) -> None:
    arguments = argparse.Namespace(quick=True, docs=tmp_path / "docs", work=tmp_path)
    made = command.command(suite, arguments, lambda: tmp_path / "home")
    assert made[1:3] == ["-m", f"benchmarks.{suite}"]
    assert str(tmp_path / "docs" / f"{suite}.md") in made


def test_endpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "available", lambda: ENGINES[:1])
    page = tmp_path / "docs" / "endpoint.md"
    size = ("--work", tmp_path, "--scale", 0.001, "--seconds", 0.2)
    run(endpoint, monkeypatch, *size, "--port", free_port(), "--write", page)
    assert "answers differ between the engines: none." in page.read_text()


def test_validation(tmp_path: Path, shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation, "stock", lambda data, _: validation.ours(data))
    page = tmp_path / "docs" / "validation.md"
    size = ("--sizes", 6_000, "--w3c", "core/targets/targetNode-001")
    run(validation, monkeypatch, "--work", tmp_path, *size, "--write", page)
    text = page.read_text()
    assert "passes 1 of 1 tests" in text
    assert text.count("| 0 / 0 |") == 4
    assert "SHACL" in page.with_name("README.md").read_text()


def test_search(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(search, monkeypatch, "--home", home, "--write", tmp_path / "search.md")
    assert set(read(tmp_path)["search"]) == {"processor time, median"}


def test_pages(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "sample", lambda *_: [("home", "/"), ("list", "/browse/goods")])
    run(pages, monkeypatch, "--home", home, "--port", free_port(), "--write", tmp_path / "pages.md")
    assert "| **all** | 2 |" in (tmp_path / "pages.md").read_text()


def test_linking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(linking, monkeypatch, "countries", "--write", tmp_path / "linking.md")
    assert "countries" in (tmp_path / "linking.md").read_text()


def test_answers_are_the_same_in_any_order_and_with_a_key_by_this_alone() -> None:
    one = Answer(({"product": "a", "label": "x"}, {"product": "b", "label": "x"}))
    assert one.same(Answer(one.rows[::-1]))
    other = Answer(({"product": "c", "label": "x"}, {"product": "b", "label": "x"}))
    assert not one.same(other)
    assert one.same(other, "label")


def test_the_overview_keeps_what_other_suites_found(tmp_path: Path) -> None:
    keep(tmp_path, "bsbm", {"one client": {"virtuoso": 6.35, "oxigraph": 0.5}})
    keep(tmp_path, "ingest", {"whole load": {"chain": 5.0}})
    keep(tmp_path, "bsbm", {"one client": {"virtuoso": 7.0}})
    assert read(tmp_path) == {"ingest": {"whole load": {"chain": 5.0}}, "bsbm": {"one client": {"virtuoso": 7.0}}}
    assert "7.00x" in (tmp_path / "README.md").read_text()
    assert "against virtuoso" in (tmp_path / "ratios-bsbm.svg").read_text()
