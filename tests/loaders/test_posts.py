"""The posts loader on the real sources, counted independently of it, and on input that means harm."""

from __future__ import annotations

import doctest
import json
import random
import re
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType

import pytest
from lxml import etree

from kg.errors import UsageError
from kg.identifiers import Minter
from kg.linking import Linker
from kg.loader import Payload, Source
from kg.mapping import Context, quads
from kg.parsing import ntriples
from kg.quads import parsed
from kg.records import Announcement, Post, Record, Reject
from kg.resources import folder
from kg.validation import Shapes, validate
from loaders import _announcements, _commitments, _dates, _text, _urls
from tests.loaders.run import nquads, read

MARKUP = re.compile(r"</?(script|iframe|object|embed|style|form|a|p|div|img)\b|javascript:|\bon\w+=", re.IGNORECASE)
DPGA = "https://digitalpublicgoods.net/"


def posts(records: list[Record]) -> dict[str, Post]:
    """By address; no two records have the same."""
    found = {r.url: r for r in records if isinstance(r, Post)}
    assert len(found) == len(records)
    return found


def met(records: list[Record], rejects: list[Reject]) -> int:
    return sum(len(r.origins) for r in records) + len(rejects)


def one(
    tmp_path: Path, data: bytes | str, name: str = "payload", **options: object
) -> tuple[list[Record], list[Reject]]:
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read("posts", path, url="https://example.org/", options=options)


def violations(records: list[Record]) -> list[str]:
    mint = Minter()
    context = Context(mint=mint, links=Linker(mint), graph=mint.graph("test"))
    data = ntriples(parsed(quad for record in records for quad in quads(record, context)))
    results = validate(data, Shapes.load(folder("shapes"))).results
    return [result.message for result in results if result.severity == "Violation"]


@pytest.mark.parametrize("module", [_announcements, _commitments, _dates, _text, _urls], ids=lambda m: m.__name__)
def test_the_examples_of_the_small_modules_run(module: ModuleType) -> None:
    done = doctest.testmod(module)
    assert done.attempted
    assert not done.failed


# Creative Commons' feeds -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cc(shared_data: Path) -> tuple[list[Record], list[Reject]]:
    feeds = sorted((shared_data / "cc-feeds").rglob("feed_*"))
    return read("posts", *feeds, base=shared_data / "cc-feeds")


def test_cc_feeds_every_entry_is_counted(cc: tuple[list[Record], list[Reject]], shared_data: Path) -> None:
    entries = 0
    addresses: set[str] = set()
    guids: dict[str | None, set[str]] = {}
    for path in (shared_data / "cc-feeds").rglob("feed_*.xml"):
        for entry in etree.parse(path).iter("{*}entry"):
            entries += 1
            link = entry.xpath("*[local-name()='link'][not(@rel) or @rel='alternate']/@href")[0].split("?utm")[0]
            addresses.add(re.sub(r"^https?://", "", link).rstrip("/"))
            guids.setdefault(entry.findtext("{*}id"), set()).add(re.sub(r"^https?://", "", link).rstrip("/"))
    for path in (shared_data / "cc-feeds").rglob("feed_*.json"):
        for item in json.loads(path.read_bytes())["items"]:
            entries += 1
            addresses.add(re.sub(r"^https?://", "", item["url"].split("?utm")[0]).rstrip("/"))
    moved = sum(len(links) - 1 for links in guids.values())
    records, rejects = cc
    assert rejects == []
    assert met(records, rejects) == entries
    assert len(posts(records)) == len(addresses) - moved


def test_cc_feeds_names_dates_and_texts_are_clean(cc: tuple[list[Record], list[Reject]]) -> None:
    found = posts(cc[0])
    names = {author.name for post in found.values() for author in post.authors}
    assert not [name for name in names if re.search(r"[\[\]'\"@]", name)]
    assert {"Dun-MingHuang", "ShuranYang"} <= names
    corporate = {a.name for post in found.values() for a in post.authors if a.is_organization}
    assert {"Creative Commons", "Open Source Initiative", "Linux Foundation"} <= corporate
    assert not corporate & {"TimidRobot", "aldenpage", "ariessa", "Queen"}
    assert all(post.published or post.modified for post in found.values())
    assert all(post.text and post.title for post in found.values())
    assert not [url for url in found if "utm_" in url]
    texts = [post.text.value for post in found.values() if post.text]
    assert not [text for text in texts if "appeared first on" in text[-200:]]
    takeaways = found["https://creativecommons.org/2026/07/06/takeaways-from-a-london-workshop-on-cc-signals/"]
    assert len(takeaways.origins) == len(takeaways.feeds) == 2
    assert takeaways.publisher == "Creative Commons"
    assert takeaways.published == datetime(2026, 7, 6, 16, 37, 37, tzinfo=UTC)
    moved = found["http://opensource.creativecommons.org/blog/entries/open-development-with-saltstack/"]
    assert moved.other_urls == ("http://creativecommons.github.io/blog/entries/open-development-with-saltstack/",)
    assert not violations(cc[0])


# The DPGA's website ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dpga(shared_data: Path) -> tuple[list[Record], list[Reject]]:
    files = sorted((shared_data / "dpga-website").rglob("*.html"))
    return read("posts", *files, base=shared_data / "dpga-website", url=DPGA)


def test_dpga_one_record_per_post_however_often_it_is_met(
    dpga: tuple[list[Record], list[Reject]], shared_data: Path
) -> None:
    slugs, count = set(), 0
    for path in (shared_data / "dpga-website").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        if "<rss" in text[:200]:
            links = re.findall(r"<item>.*?<link>(.*?)</link>", text, re.DOTALL)
            slugs |= {link.strip("/").rpartition("/")[2] for link in links}
            count += text.count("<item>")
        else:
            slugs.add(path.parent.name)
            count += 1
    records, rejects = dpga
    assert rejects == []
    assert met(records, rejects) == count
    assert {url.strip("/").rpartition("/")[2] for url in posts(records)} == slugs
    assert all(url.startswith(DPGA) for url in posts(records))


def test_dpga_creative_commons_joined_on_4_march_2024(dpga: tuple[list[Record], list[Reject]]) -> None:
    post = posts(dpga[0])[f"{DPGA}blog/creative-commons-joins-the-digital-public-goods-alliance/"]
    assert post.published == datetime(2024, 3, 4, 19, 23, 42, tzinfo=UTC)
    assert post.modified == datetime(2024, 3, 4, 19, 23, 43, tzinfo=UTC)
    assert post.language == "en-US"
    assert [(a.name, a.is_organization) for a in post.authors] == [("Digital Public Goods Alliance", True)]
    assert (post.publisher, post.publisher_url) == ("Digital Public Goods Alliance", DPGA)
    assert post.links == ("https://creativecommons.org/2024/03/04/cc-joins-dpga/",)
    assert post.text
    assert post.text.value.startswith("The Digital Public Goods Alliance (DPGA) is excited to welcome Creative Commons")
    assert post.text.value.count("\n\n") == 6
    lines = nquads([post])
    assert any("ontology/announces>" in line for line in lines)
    assert any("#member> <https://w3id.org/commons-kg/id/organization/creative-commons>" in line for line in lines)
    assert any(
        "#organization> <https://w3id.org/commons-kg/id/organization/digital-public-goods-alliance>" in line
        for line in lines
    )


def test_dpga_announcements_are_the_posts_that_say_so(dpga: tuple[list[Record], list[Reject]]) -> None:
    titles = {post.title.value: post for post in posts(dpga[0]).values() if post.title}
    saying = {title for title in titles if re.search(r"\bjoins\b", title, re.IGNORECASE)}
    only_in_other_words = {
        "Open Source Initiative Newest DPGA Member",
        "Thoughtworks advocates for and advances digital public goods",
    }
    assert {title for title, post in titles.items() if post.announcements} == saying | only_in_other_words
    members = {a.member for post in titles.values() for a in post.announcements}
    assert {"FAO", "Omidyar Network", "Government of Bangladesh", "Government of Ethiopia"} <= members
    assert {a.organization for post in titles.values() for a in post.announcements} <= {
        "DPGA", "Digital Public Goods Alliance", "Digital Public Goods Alliance (DPGA)",
    }  # fmt: skip


def test_dpga_persons_organizations_titles_and_guids(dpga: tuple[list[Record], list[Reject]]) -> None:
    found = posts(dpga[0])
    kinds = {a.name: a.is_organization for post in found.values() for a in post.authors}
    assert kinds["Lucy Harris"] is kinds["Liv Marte Nordhaug"] is kinds["Balint"] is False
    assert "admin" not in kinds
    assert not [post.title for post in found.values() if post.title is None or "&#" in post.title.value]
    guids = {guid for post in found.values() for guid in post.guids}
    assert "/?p=874" in guids
    short = [post for post in found.values() if f"{DPGA}?p=874" in post.other_urls]
    assert [post.guids for post in short] == [("/?p=874",)]
    assert not violations(dpga[0])


# OpenGLAM, the seed, the corpus -----------------------------------------------------------------------------------


def test_openglam_date_from_the_path_both_licences_own_address(shared_data: Path) -> None:
    root = shared_data / "openglam-posts" / "docs"
    pages = sorted(p.relative_to(root).parent.as_posix() for p in root.rglob("index.html"))
    records, rejects = read("posts", root, url="https://openglam.org/", options={"licence": "CC-BY-4.0"})
    assert rejects == []
    found = posts(records)
    assert sorted(found) == [f"https://openglam.org/{page}/" for page in pages], "every canonical link says /how/"
    for page in pages:
        post = found[f"https://openglam.org/{page}/"]
        assert post.published == date(*map(int, page.split("/")[:3]))
        assert post.licences == ("https://creativecommons.org/publicdomain/zero/1.0/", "CC-BY-4.0")
        assert post.title
        assert "&#" not in post.title.value
        assert not post.title.value.startswith("|")
        assert post.text
        assert post.text.value.split("\n\n")[0] != post.title.value
        assert "Subscribe to our updates" not in post.text.value
    same, _ = read(
        "posts", root, base=root.parent, url="https://openglam.org/", options={"root": "docs", "licence": "CC-BY-4.0"}
    )
    assert list(posts(same)) == list(found)
    assert not violations(records)


def test_seed_is_a_post_of_creative_commons(shared_data: Path) -> None:
    name = "creative-commons-joins-the-dpga.txt"
    url = "https://creativecommons.org/2024/03/04/cc-joins-dpga/"
    options = {"language": "en", "posts": {name: {"url": f"{url}?utm_source=rss"}}}
    records, rejects = read("posts", shared_data / "seed", options=options)
    assert rejects == []
    post = posts(records)[url]
    assert post.title
    assert post.title.value == "Creative Commons joins the Digital Public Goods Alliance"
    assert post.publisher == "Creative Commons"
    assert post.published == date(2024, 3, 4), "the address says it"
    assert post.text
    assert post.text.value.startswith("Today, Creative Commons (CC) joins")
    assert post.text.value.endswith("please reach out to")
    assert post.announcements[0] == Announcement(
        member="Creative Commons", organization="Digital Public Goods Alliance", quote=post.title.value
    )
    assert post.announcements[1].member == "Creative Commons (CC)"
    assert [title for title, _ in post.commitments][2] == "Provide Commons Training and Consulting"
    _, without = read("posts", shared_data / "seed", url="https://creativecommons.org/")
    assert [reject.reason for reject in without] == ["the text has no web address"]


def test_corpus_every_entry_is_a_record_or_a_reject(shared_data: Path) -> None:
    files = sorted((shared_data / "feedparser-corpus" / "tests" / "wellformed").rglob("*.xml"))
    entries: Counter[str] = Counter()
    for path in files:
        tree = etree.parse(path, etree.XMLParser(recover=True, resolve_entities=False, no_network=True))
        names = [etree.QName(e).localname.casefold() for e in tree.iter("*")] if tree.getroot() is not None else []
        entries[path.name] += len([name for name in names if name in ("item", "entry")])
    records, rejects = read("posts", *files, base=shared_data / "feedparser-corpus")
    # product in Froogle feeds and items of other vocabularies make feedparser and a count of names differ a little
    assert abs(met(records, rejects) - sum(entries.values())) <= 5
    assert {r.reason for r in rejects} <= {
        "the entry has neither title nor text", "the entry has no web address",
        "the payload is in no form that is known",
    }  # fmt: skip
    assert not violations(records)


def test_corpus_nothing_executable_survives(shared_data: Path, tmp_path: Path) -> None:
    """The corpus's dangerous entries have no link; each is given one, so that they come through."""
    payloads = []
    for number, path in enumerate(sorted((shared_data / "feedparser-corpus/tests/wellformed/sanitize").glob("*.xml"))):
        data = path.read_bytes()
        data = data.replace(b"</item>", b"<link>http://example.org/%d</link></item>" % number)
        data = data.replace(b"</entry>", b"<link rel='alternate' href='http://example.org/%d'/></entry>" % number)
        (tmp_path / path.name).write_bytes(data)
        payloads.append(Payload(name=path.name, path=tmp_path / path.name))
    from loaders.posts import loader

    items = list(loader.read(Source(name="test", loader="posts", payloads=payloads)))
    found = [item for item in items if isinstance(item, Post)]
    assert len(found) > 50
    for post in found:
        for text in (post.title, post.summary, post.text):
            assert text is None or not MARKUP.search(text.value), post.origins
        assert all(url.startswith(("http://", "https://")) for url in (*post.links, post.image or "http://"))


# Input that means harm, and the finer rules ---------------------------------------------------------------------

RSS = "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel>{}</channel></rss>"
BOMB = (
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a0 'lol'>"
    + "".join(f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 10))
    + "]>"
    + RSS.format("<item><title>&a9;</title><link>http://example.org/1</link></item>")
)


def test_entities_neither_expand_without_bound_nor_read_files(tmp_path: Path) -> None:
    (bomb,), _ = one(tmp_path, BOMB)
    assert len(str(bomb)) < 2000
    secret = tmp_path / "secret"
    secret.write_text("secret words", encoding="utf-8")
    doctype = f"<!DOCTYPE x [<!ENTITY s SYSTEM 'file://{secret}'>]>"
    (post,), _ = one(
        tmp_path, doctype + RSS.format("<item><title>a &s;</title><link>http://example.org/1</link></item>")
    )
    assert "secret" not in str(post)
    _, (reject,) = one(tmp_path, str(secret))
    assert "secret words" not in str(reject), "a payload that is a path is not opened"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0",
        b"<",
        b"{",
        b"[" * 100_000,
        b"\xff\xfe<\0",
        b"<html>",
        b"<rss",
        b"%PDF-1.4\n\x80\x81",
        b"[1, 2]",
        b"words",
    ],
    ids=repr,
)
def test_what_is_no_post_is_one_reject(tmp_path: Path, data: bytes) -> None:
    records, rejects = one(tmp_path, data)
    assert (len(records), len(rejects)) == (0, 1)
    assert rejects[0].hint


@pytest.mark.parametrize(
    "data", ["[]", RSS.format("<title>Comments</title>"), '{"version": "https://jsonfeed.org/version/1", "items": []}']
)
def test_a_feed_without_entries_holds_none(tmp_path: Path, data: str) -> None:
    assert one(tmp_path, data) == ([], [])


def test_deep_nesting_is_survived(tmp_path: Path) -> None:
    records, rejects = one(tmp_path, "<html><title>T</title><body>" + "<div>" * 50_000 + "deep")
    assert met(records, rejects) == 1


def test_mutated_payloads_never_raise(shared_data: Path, tmp_path: Path) -> None:
    files = sorted((shared_data / "feedparser-corpus/tests").rglob("*.xml"))[::9]
    files += sorted((shared_data / "dpga-website").rglob("*.html"))[::40]
    chance = random.Random(20240304)
    shards = [
        b"<![CDATA[",
        b"]]>",
        b"<!--",
        b"<![",
        b"&#xFFFF;",
        b"<link>http://[x</link>",
        b"xml:base='//['",
        b"</item>",
        b"<?",
    ]
    for _ in range(120):
        data = bytearray(chance.choice(files).read_bytes()[:30_000])
        for _ in range(chance.randint(1, 20)):
            place = chance.randrange(len(data) + 1)
            if chance.random() < 0.4:
                del data[place : place + chance.randint(1, 40)]
            else:
                data[place:place] = chance.choice([*shards, bytes([chance.randrange(256)])])
        records, _ = one(tmp_path, bytes(data))
        nquads(records)


def test_encodings_declared_undeclared_and_wrong(tmp_path: Path) -> None:
    item = "<item><title>Çédille “Ω”</title><link>http://example.org/1</link></item>"
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        (post,), _ = one(tmp_path, RSS.format(item).encode(encoding))
        assert isinstance(post, Post)
        assert post.label == "Çédille “Ω”", encoding
    (post,), _ = one(tmp_path, b"<html><title>\x93Caf\xe9\x94</title><p>x</p></html>")
    assert isinstance(post, Post)
    assert post.label == "“Café”"


def test_the_same_post_the_newest_statement_wins(tmp_path: Path) -> None:
    entry = "<item><title>{}</title><link>{}</link><guid isPermaLink='false'>{}</guid><pubDate>{}</pubDate></item>"
    items = [
        ("New title", "https://www.example.org/a/", "1", "Tue, 02 Jan 2024 00:00:00 GMT"),
        ("Old title", "http://example.org/a?utm_medium=x", "2", "Mon, 01 Jan 2024 00:00:00 GMT"),
        ("Another", "https://example.org/A/", "3", "Mon, 01 Jan 2024 00:00:00 GMT"),
        ("Note 1", "https://example.org/notes#1", "4", "Mon, 01 Jan 2024 00:00:00 GMT"),
        ("Note 2", "https://example.org/notes#2", "5", "Mon, 01 Jan 2024 00:00:00 GMT"),
        ("Shared guid", "https://example.org/s1", "https://example.org/", "Mon, 01 Jan 2024 00:00:00 GMT"),
        ("Same guid, other title", "https://example.org/s2", "https://example.org/", "Mon, 01 Jan 2024 00:00:00 GMT"),
    ]
    records, rejects = one(tmp_path, RSS.format("".join(entry.format(*item) for item in items)))
    assert rejects == []
    assert [(r.label, len(r.origins)) for r in records] == [
        ("New title", 2), ("Another", 1), ("Note 1", 1), ("Note 2", 1), ("Shared guid", 1),
        ("Same guid, other title", 1),
    ]  # fmt: skip
    first = records[0]
    assert isinstance(first, Post)
    assert (first.url, first.guids) == ("https://www.example.org/a/", ("1", "2"))


@pytest.mark.parametrize(
    ("title", "announced"),
    [
        ("Acme joins the DPGA", ("Acme", "DPGA")),
        ("The Ministry of X joins the DPGA as a member", ("Ministry of X", "DPGA")),
        ("Acme has joined the DPGA – a note", ("Acme", "DPGA")),
        ("The DPGA welcomes Acme as its newest member", ("Acme", "DPGA")),
        ("El BID se une a la Alianza Abierta", ("BID", "Alianza Abierta")),
        ("La Fundación Azul se suma a la Alianza Abierta como miembro", ("Fundación Azul", "Alianza Abierta")),
        ("Guatemala se convierte en miembro de la DPGA", ("Guatemala", "DPGA")),
        ("Le Togo rejoint l'Alliance Ouverte en tant que membre", ("Togo", "Alliance Ouverte")),
        ("Le Togo devient membre de l’Alliance Ouverte", ("Togo", "Alliance Ouverte")),
        ("O Brasil junta-se à Aliança Aberta", ("Brasil", "Aliança Aberta")),
        ("O Brasil ingressa na Aliança Aberta como membro", ("Brasil", "Aliança Aberta")),
        ("María se une a la DPGA como directora ejecutiva", None),
        ("Jeanne rejoint la DPGA comme directrice", None),
        ("João junta-se à DPGA como diretor", None),
        ("El BID se une a fuerzas locales", None),
        ("DPGA Welcomes Governance Board", None),
        ("Acme joins forces with the DPGA", None),
        ("Jane Roe joins the DPGA as Chief Technology Officer", None),
        ("How a city joins in", None),
    ],
)
def test_announcements_are_read_from_exact_forms_only(title: str, announced: tuple[str, str] | None) -> None:
    found = [(a.member, a.organization) for a in _announcements.announcements(title)]
    assert found == ([announced] if announced else [])


def test_joining_what_no_authority_knows_announces_nothing(tmp_path: Path) -> None:
    records, _ = one(
        tmp_path,
        RSS.format(
            "<item><title>Jane joins the Rowing Club of Nowhere</title><link>http://example.org/1</link></item>"
        ),
    )
    assert not [line for line in nquads(records) if "announces" in line]


@pytest.mark.parametrize(
    ("options", "name"),
    [({"licence": 7}, "licence"), ({"licence": ["MIT", 7]}, "licence"), ({"posts": {"a": {"licence": 7}}}, "posts")],
)
def test_an_odd_licence_option_is_named(tmp_path: Path, options: dict[str, object], name: str) -> None:
    (tmp_path / "post.html").write_text("<html><p>no post", encoding="utf-8")
    with pytest.raises(UsageError, match=f"the option {name}"):
        read("posts", tmp_path / "post.html", options=options)


@pytest.mark.parametrize(
    ("text", "announced"),
    [
        ("Today, the Blue Fund (BF) joins the Open Alliance as a new member.", ("Blue Fund (BF)", "Open Alliance")),
        ("The Open Alliance is proud to welcome the Blue Fund as a member whose work", ("Blue Fund", "Open Alliance")),
        ("We’re thrilled to welcome the Blue Fund as the latest OA member!", ("Blue Fund", "OA")),
        ("The Blue Fund became the newest member of the Open Alliance.", ("Blue Fund", "Open Alliance")),
        ("Blue Fund officially joined the Open Alliance in May.", ("Blue Fund", "Open Alliance")),
        ("Fundación Azul se unió a la Alianza Abierta como nuevo miembro.", ("Fundación Azul", "Alianza Abierta")),
        ("El BID se suma a la Alianza Abierta como nuevo miembro.", ("BID", "Alianza Abierta")),
        ("Nos complace dar la bienvenida al BID como nuevo miembro de la Alianza Abierta.", ("BID", "Alianza Abierta")),
        ("La Fondation Bleue a rejoint l’Alliance Ouverte comme membre.", ("Fondation Bleue", "Alliance Ouverte")),
        ("Heureux d’accueillir le Togo comme nouveau membre de l’Alliance Ouverte.", ("Togo", "Alliance Ouverte")),
        ("A Fundação Azul junta-se à Aliança Aberta como membro.", ("Fundação Azul", "Aliança Aberta")),
        ("É um prazer dar as boas-vindas ao Brasil como membro da Aliança Aberta.", ("Brasil", "Aliança Aberta")),
        ("Ayer María se unió a la Alianza Abierta como directora.", None),
        ("Fondation Bleue devient membre de l’Alliance Ouverte.", ("Fondation Bleue", "Alliance Ouverte")),
        ("Fundação Azul tornou-se membro da Aliança Aberta.", ("Fundação Azul", "Aliança Aberta")),
        ("In June, Jane Roe joined the board.", None),
        ("We are excited to welcome Safe Map as a digital public good.", None),
        ("Blue Fund will join the Open Alliance. They joined forces with Red Fund.", None),
        ("We have become a member of the family.", None),
    ],
)
def test_a_sentence_of_the_text_announces_a_membership(text: str, announced: tuple[str, str] | None) -> None:
    found = [(a.member, a.organization) for a in _announcements.announcements("News", text)]
    assert found == ([announced] if announced else [])
