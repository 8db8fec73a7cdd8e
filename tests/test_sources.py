"""Sources files: what is wrong in one is said where it is, and how to mend it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kg.errors import InputError
from kg.sources import SourceConfig, read_sources


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sources.toml"
    path.write_text(text, encoding="utf-8")
    return path


HEAD = '[[source]]\nname = "a"\nloader = "posts"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "consists of"),
        ("[other]\n", "consists of"),
        ('[[source]]\nloader = "posts"\npaths = ["x"]\n', "'name' is missing"),
        (HEAD, "either 'paths' or 'fetch'"),
        (HEAD + 'paths = ["x"]\nfetch = ["https://example.org/"]\n', "either 'paths' or 'fetch'"),
        (HEAD + 'paths = "x"\n', "wrong type"),
        (HEAD + "paths = [1]\n", "list of strings"),
        (HEAD + 'paths = ["x"]\nevery = "often"\n', "'every' is a number"),
        (HEAD + 'paths = ["x"]\nurl = "example.org"\n', "is no web address"),
        (HEAD + 'fetch = ["file:///etc/passwd"]\n', "is no web address"),
        (HEAD + 'paths = ["x"]\n' + HEAD + 'paths = ["y"]\n', "two sources are named 'a'"),
        ('[[source]]\nname = "a/b"\nloader = "posts"\npaths = ["x"]\n', "letters, digits"),
        ('[[source]]\nname = "description"\nloader = "posts"\npaths = ["x"]\n', "describes the dataset"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_sources(write(tmp_path, text))


def test_no_toml_is_told_by_line_and_column(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_sources(write(tmp_path, '[[source]]\nname = "a\n'))
    assert (caught.value.line, caught.value.excerpt) == (2, 'name = "a')


def test_dates_and_intervals_are_read(tmp_path: Path) -> None:
    (config,) = read_sources(write(tmp_path, HEAD + 'paths = ["x"]\nretrieved = 2026-11-01\nevery = "2d"\n'))
    assert config.retrieved == datetime(2026, 11, 1, tzinfo=UTC)
    assert config.every == timedelta(days=2)


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("one.xml", ["one.xml"]),
        ("feeds", ["b/two.xml", "one.xml"]),
        ("feeds/*.xml", ["one.xml"]),
        ("feeds/**/*.xml", ["b/two.xml", "one.xml"]),
        ("*/b", ["feeds/b/two.xml"]),
    ],
)
def test_paths_name_files_folders_and_globs(tmp_path: Path, pattern: str, names: list[str]) -> None:
    (tmp_path / "feeds" / "b").mkdir(parents=True)
    for name in ("one.xml", "feeds/one.xml", "feeds/b/two.xml", "feeds/.hidden"):
        (tmp_path / name).write_text("x")
    config = SourceConfig(name="a", loader="posts", folder=tmp_path, paths=(pattern,))
    assert [payload.name for payload in config.local_payloads()] == names


def test_a_dangling_link_is_a_payload_so_that_it_is_rejected_and_not_overlooked(tmp_path: Path) -> None:
    (tmp_path / "gone.json").symlink_to("nowhere.json")
    (payload,) = SourceConfig(name="a", loader="registry", folder=tmp_path, paths=("*.json",)).local_payloads()
    assert payload.name == "gone.json"
    assert len(payload.sha256) == 64
