"""A payload that cannot be read is one reject of its source, whatever the loader; the others are still read."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.loader import Payload, Source, get
from kg.records import Reject

READABLE = {
    "licences": ("b.csv", "CANONICAL_URL,TITLE\nhttps://creativecommons.org/licenses/by/4.0/,T\n"),
    "memberships": ("b.csv", "member,organization\nUNDP,Digital Public Goods Alliance\n"),
    "organizations": ("b.csv", "name\nUNDP\n"),
    "posts": ("b.html", "<html><title>T</title><article><h1>T</h1><p>Some words.</p></article></html>"),
    "registry": ("b.json", '[{"name": "Thing", "SDGs": [{"SDGNumber": 4}]}]'),
    "sdgs": ("en/goals.yml", "13-short: Climate\n"),
}


@pytest.mark.parametrize("loader", sorted(READABLE))
def test_an_unreadable_payload_is_one_reject(loader: str, tmp_path: Path) -> None:
    name, text = READABLE[loader]
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text, encoding="utf-8")
    missing = f"a{Path(name).suffix}"
    payloads = [Payload(name=n, path=tmp_path / n, url=f"https://example.org/{n}") for n in (missing, name)]
    items = list(get(loader).read(Source(name="t", loader=loader, payloads=payloads)))
    (reject,) = [item for item in items if isinstance(item, Reject)]
    assert (reject.reason, reject.origin.payload) == ("the payload cannot be read", missing)
    assert str(tmp_path) not in reject.excerpt
    assert len(items) == 2


def test_what_cannot_be_read_has_the_hash_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("nowhere")
    nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert {Payload(name=n, path=tmp_path / n).sha256 for n in ("link", ".")} == {nothing}
