"""Local names keep apart what differs and say what they can; the IRI of a post stands for one page."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from kg.identifiers import Minter, short_hash, slug
from loaders._urls import identity

POST = Minter().base + "id/post/"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ministère de l'Économie & des Finances", "ministere-de-l-economie-and-des-finances"),
        ("Þing", "þing"),
        ("Straße Øresund Łódź", "strasse-oresund-lodz"),
        ("Hawaiʻi", "hawai-i"),
        ("Ｆｕｌｌ № 5 ☕️", "full-no-5"),
        ("WHO 中国", "who-中国"),
        ("UNICEF Китай", "unicef-китай"),
        ("Dövlət", "dövlət"),
        ("Моско́вский Край", "московский-край"),
        ("ガス ☕️ 会社", "ガス-会社"),
        ("ｶﾞｽ会社", "ガス会社"),
        ("आयुष मंत्रालय", "आयुष-मंत्रालय"),
        ("มหาวิทยาลัยแม่โจ้", "มหาวิทยาลัยแม่โจ้"),
        ("ශ්\u200dරී ලංකා", "ශ්රී-ලංකා"),
        ("AT & T 中国", "at-and-t-中国"),
        ("C++ & C#", "c-plus-plus-and-c-sharp"),
        ("#Hashtag", "hashtag"),
        ("—", ""),
    ],
)
def test_slug(text: str, expected: str) -> None:
    assert slug(text) == unicodedata.normalize("NFKC", expected)
    assert slug(unicodedata.normalize("NFD", text)) == slug(text)
    assert slug(slug(text)) == slug(text)


@given(st.text("aZéß中мि่+#&-/ 1", max_size=12))
def test_the_slug_of_a_slug_is_itself(text: str) -> None:
    assert slug(slug(text)) == slug(text)
    assert not {"/", " ", "#"} & set(slug(text))


@given(st.text("abмд中国ที่", min_size=1, max_size=6), st.text("abмд中国ที่", min_size=1, max_size=6))
def test_names_of_different_letters_have_different_slugs(name: str, other: str) -> None:
    assume(name != other)
    assert slug(f"NGO a{name}") != slug(f"NGO a{other}")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org/2024/03/04/a-post/", "example.org/2024-03-04-a-post"),
        ("http://www.example.org:80/2024/03/04/a-post", "example.org/2024-03-04-a-post"),
        ("https://example.org/2024/03/a-post.html", "example.org/2024-03-a-post"),
        ("https://example.org/blog/a-post/index.php", "example.org/blog-a-post"),
        ("https://example.org/", "example.org/index"),
        ("https://example.org/?p=874", "example.org/index--p-874"),
        ("https://example.org/node/12?page=2&lang=en#note-1", "example.org/node-12--page-2-and-lang-en--note-1"),
        ("https://example.org/day#morning", "example.org/day--morning"),
        ("https://example.org/news/公告", "example.org/" + quote("news-公告")),
    ],
)
def test_a_typical_permalink_has_a_plain_iri(url: str, expected: str) -> None:
    assert Minter().post(url) == POST + expected


@pytest.mark.parametrize(
    "urls",
    [
        ("/news/公告", "/news/数据", "/news"),
        ("/p/AbC", "/p/aBc", "/p/abc"),
        ("/a/b", "/a_b", "/a.b", "/a--b", "/a//b", "/a/b-", "/a b", "//a/b", "/a%2Bb", "/á/b"),
        ("/c", "/c++", "/c-plus-plus", "/c%23"),
        ("/?v=aB", "/?v=Ab", "/?v=ab", "/?v-ab", "/?v_ab", "/#v-ab", "/v=ab"),
        ("/?a=b&c=d", "/?a=b-and-c=d", "/?a=b-and-c-d", "/?a-b&c-d", "/#a-b-and-c-d"),
        ("/", "/index", "/.html", "/%20", "/-"),
        ("/%B9%AB", "/%CA%FD"),
        ("/" + "a" * 200, "/" + "a" * 201, "/" + "A" * 200, "/" + "a" * 200 + "?b=1", "/" + "a" * 200 + "#b=1"),
        (":8080/a", "/a", ":8081/a"),
    ],
)
def test_different_posts_have_different_iris(urls: tuple[str, ...]) -> None:
    iris = {Minter().post(f"https://x.org{url}") for url in urls}
    assert len(iris) == len(urls)
    assert len(max(iris, key=len)) < len(POST) + 200


@pytest.mark.parametrize(
    "urls",
    [
        (
            "https://x.org/news/公告",
            "https://x.org/news/%E5%85%AC%E5%91%8A/",
            "http://www.x.org/news/%e5%85%ac%e5%91%8a",
        ),
        ("https://x.org/café", "https://x.org/cafe\u0301", "https://x.org/caf%C3%A9", "https://x.org/cafe%CC%81"),
        ("https://x.org/p?v=%41b", "https://x.org/p?v=Ab"),
        ("https://x.org:443/a", "http://x.org:80/a", "http://X.org/a/index.html", "https://x.org/%61"),
        ("https://x.org:8080/a", "http://www.x.org:8080/a/"),
    ],
)
def test_spellings_of_one_address_have_one_iri(urls: tuple[str, ...]) -> None:
    assert len({Minter().post(url) for url in urls}) == 1


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.example.org/feed/", "example.org/feed"),
        ("http://example.org/blog/feed.xml", "example.org/blog-feed-xml"),
        ("https://example.org/?feed=rss2&lang=en", "example.org/feed-rss2-and-lang-en"),
        ("https://example.org/", "example.org/index"),
    ],
)
def test_a_typical_feed_has_a_plain_iri(url: str, expected: str) -> None:
    assert Minter().feed(url) == Minter().base + "id/feed/" + expected


def test_different_feeds_have_different_iris() -> None:
    feeds = (
        "/feed",
        "/Feed",
        "/fe_ed",
        "/fe-ed",
        "/feed++",
        "/feed?v=aB",
        "/feed?v=ab",
        ":8080/feed",
        "/f%C3%A9ed",
        "/_",
    )
    assert len({Minter().feed(f"https://x.org{feed}") for feed in feeds}) == len(feeds)


paths = st.text("abAé中мि/_-.+~1 ", max_size=6)
ends = st.text("abA=&-1", max_size=4)
urls = st.builds(
    lambda port, path, query, fragment: f"https://x.org{port}/{quote(path)}?{query}#{fragment}",
    st.sampled_from(["", ":8080"]), paths, ends, ends,
)  # fmt: skip


@settings(max_examples=400)
@given(urls, urls)
@example("https://x.org/a/b", "https://x.org/a_b")
def test_two_addresses_share_an_iri_only_by_slash_and_hyphen(one: str, other: str) -> None:
    """``/a/b`` and ``/a-b`` are the price of readable IRIs; nothing else is lost."""
    if Minter().post(one) == Minter().post(other):
        assert identity(one).replace("/", "-").strip("-") == identity(other).replace("/", "-").strip("-")
    if identity(one) == identity(other):
        assert Minter().post(one) == Minter().post(other)


def test_many_addresses_of_few_characters_rarely_share_an_iri() -> None:
    characters = "aA_-/.中"
    addresses = [
        f"https://x.org/{a}{b}{c}{d}" for a in characters for b in characters for c in characters for d in "a中"
    ]
    pages = {identity(address) for address in addresses}
    iris = {Minter().post(address) for address in addresses}
    assert len(iris) > 0.95 * len(pages)


def test_short_hash_tells_where_the_parts_end() -> None:
    assert short_hash("ab", "c") != short_hash("a", "bc")
