"""The parts of a source give the same records as the whole, each with its place in the whole."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest

from benchmarks.ingest import generator, records
from kg.loader import Loader, Payload, Source
from kg.splitting import by_items, by_lines
from loaders.organizations import loader as organizations
from tests.ingest.lines import LOADER


def source_of(path: Path, loader: Loader) -> Source:
    return Source(name="test", loader=loader.name, payloads=[Payload(name=path.name, path=path)])


@pytest.mark.parametrize("size", [1, 7, 64, 10_000])
def test_lines_keep_their_numbers(tmp_path: Path, size: int) -> None:
    (tmp_path / "lines.txt").write_bytes("a\n\nreject\r\nvier é\nlast".encode())
    whole = source_of(tmp_path / "lines.txt", LOADER)
    parts = by_lines(whole.payloads[0], size)
    read = chain.from_iterable(LOADER.read(replace(whole, payloads=[part])) for part in parts)
    assert list(read) == list(LOADER.read(whole))
    assert b"".join(part.read() for part in parts) == whole.payloads[0].read()


@pytest.mark.parametrize("indent", [None, 1])
def test_a_dump_of_organizations_in_parts_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, indent: int | None
) -> None:
    with (tmp_path / "made.json").open("w", encoding="utf-8") as out:
        generator.KINDS["organizations"].write(out, range(3 * records.BAD))
    items = json.loads((tmp_path / "made.json").read_text(encoding="utf-8"))
    items[5]["names"][0]["value"] = 'with "}], [{" and \\ in its name é'
    items[7] |= {
        "established": float("nan")
    }  # the streaming parser gives up, and all items from there are parsed at once
    items[9] = {}
    (tmp_path / "dump.json").write_text(json.dumps(items, indent=indent, ensure_ascii=False), encoding="utf-8")
    monkeypatch.setattr("kg.splitting.by_items.__defaults__", (5_000,))
    whole = source_of(tmp_path / "dump.json", organizations)
    assert organizations.split is not None
    parts = organizations.split(whole)
    assert parts is not None
    assert len(parts) > 100
    read = list(chain.from_iterable(organizations.read(part) for part in parts))
    assert len(read) == len(items)
    assert read == list(organizations.read(whole))


@pytest.mark.parametrize(
    "text",
    ["", "  ", "{}", '{"items": []}', "[1, 2]", '["a"]', "[{}, 1]", "[{} {}]", "[{},]", "[,{}]", "[{}", "[{}]]", "[[]]",
     '[{"a": "]}', "[{]}", "[{}] x", '[{"a": }]'],
)  # fmt: skip
def test_what_is_no_array_of_objects_is_not_taken_apart(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    assert by_items(Payload(name="a", path=tmp_path / "a.json"), lambda _: None, 1) is None


def test_an_array_is_taken_apart_between_its_objects(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(' [ {"a": [{}, 1]} ,\n{"b": "]"}, {} ]\n')
    parts = by_items(Payload(name="a", path=tmp_path / "a.json"), lambda _: None, 1)
    assert parts is not None
    assert [(part.items_before, json.loads(part.read())) for part in parts] == [
        (0, [{"a": [{}, 1]}]), (1, [{"b": "]"}]), (2, [{}])
    ]  # fmt: skip
    (tmp_path / "none.json").write_text("[]")
    assert by_items(Payload(name="a", path=tmp_path / "none.json"), lambda _: None) == []


def test_a_dump_that_names_an_organization_twice_is_not_taken_apart(tmp_path: Path) -> None:
    item = {"id": "https://ror.org/00pe0tf51", "name": "A"}
    (tmp_path / "a.json").write_text(json.dumps([item, item]))
    assert organizations.split is not None
    assert organizations.split(source_of(tmp_path / "a.json", organizations)) is None
