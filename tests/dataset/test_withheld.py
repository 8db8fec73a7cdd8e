"""Texts without a licence: read for what they mention, found by search, quoted, and never handed on."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Store

from kg import operations, settings
from kg.dataset import withheld
from kg.dataset.search import Search
from kg.dataset.texts import Staged
from kg.dataset.withheld import Texts
from kg.engine.text_search import answer
from kg.errors import StoreError
from kg.identifiers import Minter
from kg.namespaces import COMMONS, SCHEMA
from kg.settings import Settings
from tests.published import publish
from tests.web.conftest import HTML, running

SECRET = "Nobody who reads the graph shall find the marmalade sentence in it. "
BODY = f"Creative Commons joins the Digital Public Goods Alliance as a new member. {SECRET * 20}"
SUMMARY = (
    f"What is new: {'this summary goes on and on, '.join(['', *('' for _ in range(20))])}, up to its periwinkle end."
)
POST = "https://w3id.org/commons-kg/id/post/example.org/a"


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return settings.load({"home": str(tmp_path / "home"), "ingest_processes": 1, "keep_versions": 5}, environment={})


@pytest.fixture
def sources(tmp_path: Path) -> Callable[..., Path]:
    """Write a feed with one post, and the file that names it as a source."""

    def write(body: str = BODY, licence: str = "") -> Path:
        item = {"id": "1", "url": "https://example.org/a", "title": "On members", "content_text": body,
                "summary": SUMMARY, "date_published": "2024-03-04T00:00:00Z"}  # fmt: skip
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": "News", "language": "en", "items": [item]}
        (tmp_path / "feed.json").write_text(json.dumps(feed))
        stated = f'licence = "{licence}"\n' if licence else ""
        file = tmp_path / "sources.toml"
        file.write_text(f'[[source]]\nname = "news"\nloader = "posts"\npaths = ["feed.json"]\n{stated}')
        return file

    return write


def in_graph(home: Settings, prop: str, of: str | None = None) -> list[str]:
    thing = NamedNode(of) if of else None
    store = Store.read_only(f"{home.home}/current/store")
    return sorted({q.object.value for q in store.quads_for_pattern(thing, NamedNode(str(prop)), None, None)})  # type: ignore[union-attr]


def kept(home: Settings) -> set[str]:
    return withheld.digests(Path(str(home.home), "texts.sqlite"))


def handed_out(home: Settings) -> str:
    """Return all files of the current version that are given to who asks for them, unpacked."""
    files = [path for path in Path(f"{home.home}/current/").rglob("*") if path.is_file()]
    given = [path for path in files if path.parent.name != "store" and path.suffix != ".sqlite"]
    assert any("dumps" in path.parts for path in given)
    return "".join(
        (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).decode("utf-8", "replace")
        for path in given
    )


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def test_a_text_without_a_licence_is_beside_the_graph(home: Settings, sources: Callable[..., Path]) -> None:
    operations.sync(home, sources())
    assert in_graph(home, SCHEMA.articleBody) == []
    assert in_graph(home, COMMONS.textDigest) == [digest(BODY.strip())]
    (quoted,) = in_graph(home, SCHEMA.description, POST)
    assert len(quoted) <= 300
    assert quoted.endswith(" …")
    assert SUMMARY.startswith(quoted.removesuffix(" …"))
    assert in_graph(home, COMMONS.summaryDigest) == [digest(SUMMARY)]
    assert kept(home) == {digest(BODY.strip()), digest(SUMMARY)}
    assert "marmalade" not in handed_out(home)
    assert "periwinkle" not in handed_out(home)


def test_what_it_says_is_known_all_the_same(home: Settings, sources: Callable[..., Path]) -> None:
    operations.sync(home, sources())
    said = in_graph(home, COMMONS.evidenceText)
    assert "Creative Commons" in said
    assert "Creative Commons joins the Digital Public Goods Alliance as a new member." in said
    search = Search(Path(f"{home.home}/current/"))
    for word in ("marmalade", "periwinkle"):
        (hit,) = search.find(word, lang="en").hits
        assert hit.iri == POST
        assert hit.matched is not None
        assert word in hit.matched.text
        assert len(hit.matched.text) < 400
    search.close()
    query = f'PREFIX c: <{COMMONS._NS}> SELECT * {{ ?x c:matches "marmalade" ; c:matchedText ?text }}'
    assert len(answer(Path(f"{home.home}/current/"), query)[1]) < 900


def test_the_page_quotes_it_and_leads_to_the_original(home: Settings, sources: Callable[..., Path]) -> None:
    operations.sync(home, sources())
    path = "/id/post/example.org/a"
    with running(Path(str(home.home))) as client:
        page = client.get(path, headers=HTML).text
        assert "No licence allows to show the whole text" in page
        assert ">Creative Commons</a> joins the" in page
        assert page.count("marmalade") <= 2
        assert 'href="https://example.org/a"' in page
        assert "marmalade" not in client.get(f"{path}.ttl").text
        assert digest(BODY.strip()) in client.get(f"{path}.ttl").text
        assert "marmalade" not in client.get("/sparql", params={"query": "SELECT * { ?s ?p ?o }"}).text
        assert "marmalade" in client.get("/search.json?q=marmalade").text
        assert client.get("/search.json?q=marmalade").text.count("marmalade") < 10


def test_a_page_says_that_a_text_is_not_kept_here(tmp_path: Path) -> None:
    publish(
        tmp_path, "v1",
        f'<{POST}> a <{SCHEMA.BlogPosting}> ; <{COMMONS.textDigest}> "{digest("x")}" ; '
        f'<http://www.w3.org/2000/01/rdf-schema#label> "A post" .',
    )  # fmt: skip
    with running(tmp_path) as client:
        assert "it is not kept here" in client.get("/id/post/example.org/a", headers=HTML).text


def test_a_licence_of_the_source_or_the_post_puts_it_into_the_graph(
    home: Settings, sources: Callable[..., Path]
) -> None:
    operations.sync(home, sources(licence="All rights reserved"))
    assert in_graph(home, SCHEMA.articleBody) == []
    operations.sync(home, sources(licence="CC-BY-4.0"))
    assert in_graph(home, SCHEMA.articleBody) == [BODY.strip()]
    assert in_graph(home, SCHEMA.description, POST) == [SUMMARY]
    assert in_graph(home, COMMONS.textDigest) == []
    operations.sync(home, sources())
    assert in_graph(home, SCHEMA.articleBody) == []
    assert in_graph(home, COMMONS.textDigest) == [digest(BODY.strip())]


def test_versions_share_the_texts_and_the_last_takes_them_along(home: Settings, sources: Callable[..., Path]) -> None:
    operations.sync(home, sources())
    new = BODY.replace("marmalade", "persimmon")
    operations.sync(home, sources(new))
    assert kept(home) == {digest(BODY.strip()), digest(new.strip()), digest(SUMMARY)}
    operations.rollback(home, None)
    assert in_graph(home, COMMONS.textDigest) == [digest(BODY.strip())]
    assert Search(Path(f"{home.home}/current/")).find("marmalade").total == 1
    operations.sync(home, sources(new))
    operations.prune(home, 1)
    assert kept(home) == {digest(new.strip()), digest(SUMMARY)}
    assert b"marmalade" not in Path(str(home.home), "texts.sqlite").read_bytes()


def test_what_is_staged_keeps_its_texts(home: Settings, sources: Callable[..., Path]) -> None:
    operations.sync(home, sources())
    operations.sync(home, sources("Another. " + BODY))
    operations.sync(home, sources("A third. " + BODY), stage=True)
    operations.prune(home, 1)
    assert digest("A third. " + BODY.strip()) in kept(home)
    assert digest(BODY.strip()) not in kept(home)


def test_a_change_of_a_text_alone_changes_mentions_and_the_index(home: Settings, sources: Callable[..., Path]) -> None:
    operations.sync(home, sources())
    operations.sync(home, sources(BODY + " The Wikimedia Foundation is not the Digital Public Goods Alliance."))
    search = Search(Path(f"{home.home}/current/"))
    assert search.find("Wikimedia").hits[0].iri == POST
    assert search.find("marmalade").total == 1
    assert len(in_graph(home, COMMONS.startOffset)) > 2


def test_texts_that_are_lost_are_warned_of_and_come_back(
    home: Settings, sources: Callable[..., Path], caplog: pytest.LogCaptureFixture
) -> None:
    operations.sync(home, sources())
    mentioned = in_graph(home, COMMONS.evidenceText)
    Path(str(home.home), "texts.sqlite").unlink()
    staged = Staged(Store.read_only(f"{home.home}/current/store"), Minter(), Path(str(home.home), "texts.sqlite"))
    assert [dict(post.texts).keys() for post in staged.posts] == [{"headline", "description"}]
    assert "2 texts are not in this home" in caplog.text
    operations.sync(home, sources(), force=True)
    assert kept(home) == {digest(BODY.strip()), digest(SUMMARY)}
    assert in_graph(home, COMMONS.evidenceText) == mentioned


@pytest.mark.parametrize(("compress", "engine"), [(False, "local"), (True, "local"), (False, "dask")])
def test_shards_carry_texts_to_another_home(
    tmp_path: Path, home: Settings, sources: Callable[..., Path], compress: bool, engine: str
) -> None:
    making = settings.load(
        {"home": str(tmp_path / "home"), "ingest_processes": 1, "ingest_engine": engine}, environment={}
    )
    operations.write_shards(making, sources(), str(tmp_path / "out"), compress=compress)
    taking = settings.load({"home": str(tmp_path / "taking"), "ingest_processes": 1}, environment={})
    operations.load_shards(taking, str(tmp_path / "out/shards.json"))
    assert kept(taking) == {digest(BODY.strip()), digest(SUMMARY)}
    assert Search(tmp_path / "taking/current/").find("marmalade").total == 1
    assert "Creative Commons" in in_graph(taking, COMMONS.evidenceText)
    assert "marmalade" not in handed_out(taking)


def test_a_damaged_file_is_an_error_and_a_missing_one_is_empty(tmp_path: Path) -> None:
    assert Texts(tmp_path / "none").get("x") is None
    assert withheld.digests(tmp_path / "none") == set()
    (tmp_path / "texts.sqlite").write_bytes(b"no database, and longer than a header of SQLite has to be" * 20)
    with pytest.raises(StoreError, match=r"texts\.sqlite"):
        Texts(tmp_path / "texts.sqlite").get("x")


def test_a_text_is_kept_once(tmp_path: Path) -> None:
    (tmp_path / "lines").write_text(withheld.lines({"1": "a\n“b”", "2": "c"}) * 2)
    withheld.keep(tmp_path / "texts.sqlite", tmp_path / "lines")
    withheld.keep(tmp_path / "texts.sqlite", tmp_path / "lines")
    with sqlite3.connect(tmp_path / "texts.sqlite") as texts:
        assert list(texts.execute("SELECT * FROM text ORDER BY 1")) == [("1", "a\n“b”"), ("2", "c")]
