"""Of the real posts that state no licence nothing is handed on but quotations, and yet all that they say is found."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
from pathlib import Path

import pytest

from kg.dataset.search import Search
from kg.namespaces import COMMONS, SCHEMA

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("real")]

LONGEST = 300
"""Characters of a quotation."""
_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')


@pytest.fixture(scope="session")
def texts(home: Path) -> list[str]:
    with sqlite3.connect(home / "texts.sqlite") as kept:
        found = [text for (text,) in kept.execute("SELECT text FROM text ORDER BY sha256")]
    assert len(found) > 400
    return found


@pytest.fixture(scope="session")
def stated(home: Path) -> dict[str, list[str]]:
    """Graph -> its statements, as the dump has them."""
    graphs: dict[str, list[str]] = {}
    with gzip.open(home / "current/dumps/commons-kg.nq.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            graphs.setdefault(line.rstrip(" .\n").rpartition(" <")[2][:-1], []).append(line)
    return graphs


def test_no_dump_holds_a_text_without_a_licence(texts: list[str], stated: dict[str, list[str]]) -> None:
    digest, derived = f" <{COMMONS.textDigest}> ", "/graph/derived/"
    closed = [graph for graph, lines in stated.items() if any(digest in line for line in lines)]
    assert {graph.rpartition("/")[2] for graph in closed} >= {"dpga-website", "open-organizations-news"}
    assert not [line for graph in closed for line in stated[graph] if line.split(" ")[1] == f"<{SCHEMA.articleBody}>"]
    found = (
        json.loads(f'"{value}"', strict=False)
        for graph, lines in stated.items()
        if graph in closed or derived in graph
        for line in lines
        for value in _LITERAL.findall(line)
    )
    long = sorted({value for value in found if len(value) > 80})
    everything = "\n".join(texts)
    quoted = [value for value in long if value.strip(" …") in everything]
    assert quoted, "sentences that announce, and the beginnings of summaries, are quoted"
    assert max(map(len, quoted)) <= LONGEST


def test_a_post_is_found_by_the_words_at_the_end_of_its_text(home: Path, texts: list[str]) -> None:
    search = Search(home / "current")
    try:
        for text in [text for text in texts if len(text) > 2_000][::10]:
            words = re.findall(r"\w{4,}", text)[-6:]
            assert search.find(" ".join(words), kinds=[str(SCHEMA.BlogPosting)]).total, words
    finally:
        search.close()
