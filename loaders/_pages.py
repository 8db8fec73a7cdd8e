"""An HTML page of one post: what its JSON-LD, its meta elements and its own markup say, in this order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import chardet
from lxml.html import HtmlElement
from w3lib.encoding import html_to_unicode

from kg.loader import excerpt
from kg.records import Origin, PersonRef, Post, Reject, Text

from . import _json_ld as json_ld
from ._dates import in_path, parse_date
from ._feeds import licence_urls, unique
from ._text import Body, author_names, from_tree, is_corporate, language_tag, parse_html, title_text
from ._urls import clean_url, identity, last_segment

_CONTENT = (
    "entry-content", "post-content", "article-content", "article-body", "articleBody", "post-body", "blog-content",
    "e-content", "body-content", "single-content", "page-content", "content-body", "story-body",
)  # fmt: skip
"""Classes (or itemprop) of the element that holds a post's text, the most telling first."""
_AROUND = frozenset({
    "entry-meta", "post-meta", "entry-footer", "post-footer", "sharedaddy", "jp-relatedposts", "related-posts",
    "comments-area", "comment-respond", "post-navigation", "nav-links", "author-box", "breadcrumb",
    "breadcrumbs", "sidebar", "widget", "newsletter", "social-share", "share-buttons", "screen-reader-text",
    "wp-block-buttons", "addtoany_share_save_container", "entry-title",
})  # fmt: skip
"""Classes of what stands around a post's text."""
_LISTS = frozenset({
    "home", "blog", "archive", "search", "search-results", "error404", "category", "tag", "author",
    "post-type-archive",
})  # fmt: skip
"""Classes that WordPress gives to the body of pages that list posts."""
_LIST_TYPES = frozenset({
    "CollectionPage", "ProfilePage", "SearchResultsPage", "AboutPage", "ContactPage", "FAQPage", "Blog",
    "WebPage",
})  # fmt: skip
_ABOUT_SITE = re.compile(
    r"\b(content|site|website|work|post|text|blog|page|article)s?\b.{0,200}\b(dedicated|available|released|published|under)\b"
    r"|\b(licen[sc]ed|except where|unless otherwise)\b",
    re.IGNORECASE | re.DOTALL,
)
"""Words around a licence link that say that it is the licence of what the site publishes."""


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page with what its head says."""

    tree: HtmlElement
    meta: dict[str, list[str]]
    nodes: list[json_ld.Node]
    base: str | None

    def first(self, *names: str) -> str | None:
        """Return the first content of the first of these meta elements (name or property) that is there."""
        return next((value for name in names for value in self.meta.get(name, ()) if value.strip()), None)

    def all(self, *names: str) -> list[str]:
        """Return every content of these meta elements."""
        return [value for name in names for value in self.meta.get(name, ())]

    def link(self, relation: str) -> str | None:
        """Return the target of the first ``<link>`` of a relation."""
        found = (e.get("href") for e in self.tree.iter("link") if relation in e.get("rel", "").casefold().split())
        return next((url for href in found if (url := clean_url(href, self.base))), None)

    def having(self, *names: str) -> Iterator[HtmlElement]:
        """Yield the elements with one of these classes or itemprops, for the first name that any has."""
        for name in names:
            found = [e for e in self.tree.iter() if isinstance(e.tag, str) and name in _words(e)]
            if found:
                yield from found
                return


def _words(element: HtmlElement) -> set[str]:
    return set(f"{element.get('class', '')} {element.get('itemprop', '')}".split())


def read_page(data: bytes, *, name: str, address: str | None, charset: str | None = None) -> Post | Reject:
    """Return the post on a page, or why there is none.

    ``address`` is where the page was met (its payload's URL, or its place below the site's); a canonical link that
    names another page of the site (a theme's error) does not outweigh it.
    """
    origin = Origin(payload=name)
    content_type = f"text/html; charset={charset}" if charset else None
    tree = parse_html(html_to_unicode(content_type, data, auto_detect_fun=_undeclared)[1])
    if tree is None:
        return _reject(origin, "the page is empty", "", "publish the page with its text")
    page = _page(tree, address)
    node = json_ld.article(page.nodes)
    content = _content(page)
    title = _title(page, node, content)
    if re.search(r"\burl\s*=", page.first("refresh") or "", re.IGNORECASE):
        return _reject(origin, "the page only leads to another", page.first("refresh") or "", "read the other page")
    if not _is_post(page, node, address):
        return _reject(origin, "the page is no post", title or "", "leave index pages out of the source")
    if title is None:
        return _reject(origin, "the page has no title", excerpt(content.text, 200), "give it a <title> or a heading")
    stated = (
        page.link("canonical"), clean_url(page.first("og:url"), page.base),
        clean_url(json_ld.address(node, "url", page.nodes), page.base),
        clean_url(json_ld.address(node, "mainEntityOfPage", page.nodes), page.base),
    )  # fmt: skip
    url = _trusted([u.partition("#")[0] for u in stated if u], address, title)
    if url is None:
        return _reject(
            origin, "the page has no web address", title, "state the source's url, or give the page a canonical link"
        )
    return _post(page, node, content, title, url, address, origin)


def _undeclared(data: bytes) -> str:
    """Return the encoding of a page that declares none."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return chardet.detect(data)["encoding"] or "cp1252"
    return "utf-8"


def _reject(origin: Origin, reason: str, text: str, hint: str) -> Reject:
    return Reject(origin=origin, reason=reason, excerpt=excerpt(text, 200), hint=hint)


def _page(tree: HtmlElement, address: str | None) -> Page:
    stated = next((e.get("href") for e in tree.iter("base") if e.get("href")), None)
    meta: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        key = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        if key and (value := title_text(element.get("content"))):
            meta.setdefault(key.casefold(), []).append(value)
    base = clean_url(stated, address) or address
    if base is None:
        canonical = (e.get("href") for e in tree.iter("link") if "canonical" in e.get("rel", "").casefold().split())
        candidates = [*canonical, *meta.get("og:url", [])]
        base = next((url for candidate in candidates if (url := clean_url(candidate))), None)
    return Page(tree, meta, json_ld.nodes(tree), base)


def _post(
    page: Page, node: json_ld.Node, content: Body, title: str, url: str, address: str | None, origin: Origin
) -> Post:
    found = page.nodes
    root = next(page.tree.iter("html"), page.tree)
    language = next(
        (tag for stated in (json_ld.string(node, "inLanguage", found), root.get("lang"), root.get("xml:lang"),
                            page.first("og:locale", "content-language", "dc.language", "dcterms.language"))
         if (tag := language_tag(stated))), None,
    )  # fmt: skip
    publishers = json_ld.names(node, "publisher", found)
    site = page.first("og:site_name", "application-name")
    publisher = (publishers[0][0] if publishers else None) or content.publisher or site
    summary = title_text(json_ld.string(node, "description", found)) or page.first("og:description", "description")
    categories = unique(
        [*json_ld.terms(node, "articleSection"), *json_ld.terms(node, "keywords"),
         *page.all("article:section", "article:tag"),
         *(e.text_content() for e in page.tree.iter("a") if "tag" in e.get("rel", "").casefold().split())]
    )  # fmt: skip
    shortlink = page.link("shortlink")
    others = [u for u in (address, shortlink) if u and identity(u) != identity(url)]
    text = content.text
    return Post(
        origins=(origin,),
        url=url,
        other_urls=tuple(dict.fromkeys(others)),
        title=Text(title, language),
        published=parse_date(json_ld.string(node, "datePublished", found) or _published(page)),
        modified=parse_date(
            json_ld.string(node, "dateModified", found)
            or page.first(
                "article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "last-modified"
            )
        ),
        summary=Text(summary, language) if summary and summary != text else None,
        text=Text(text, language) if text else None,
        language=language,
        authors=_authors(page, node, publisher, site),
        publisher=title_text(publisher),
        publisher_url=clean_url(publishers[0][1], page.base) if publishers else None,
        licences=_licences(page, node, content),
        categories=categories,
        image=clean_url(json_ld.address(node, "image", found) or page.first("og:image", "twitter:image"), page.base),
        links=content.links,
    )


def _trusted(stated: list[str], address: str | None, title: str) -> str | None:
    """Return the page's address: what it states, unless that plainly names another page than the one met here."""
    if not stated or address is None:
        return next(iter(stated), address)
    here = last_segment(address)
    folders = identity(address).split("/")
    for url in stated:
        there = last_segment(url)
        if not here or there in folders or (there and _shared(here, title) <= _shared(there, title)):
            return url
    return address


def _shared(slug: str, title: str) -> int:
    words = set(re.findall(r"\w+", title.casefold()))
    return len(words & set(re.findall(r"\w+", slug.casefold().replace("_", "-"))))


def _is_post(page: Page, node: json_ld.Node, address: str | None) -> bool:
    """Whether the page is one post: its JSON-LD, its theme or its address say so, or nothing says that it is a list."""
    body = next(page.tree.iter("body"), page.tree)
    classes = set(body.get("class", "").split())
    if node or classes & {"single", "single-post"}:
        return True
    if classes & _LISTS:
        return False
    if address and in_path(address):
        return True
    kinds = {kind for found in page.nodes for kind in json_ld.types(found)}
    if "page" in classes or kinds & _LIST_TYPES:
        return False
    if page.first("article:published_time") or page.first("og:type") == "article":
        return True
    articles = [e for e in page.tree.iter("article") if not any(a.tag == "article" for a in e.iterancestors())]
    return len(articles) < 2 and page.first("og:type") not in ("website", "profile")


def _content(page: Page) -> Body:
    for candidates in (
        page.having(*_CONTENT), page.tree.iter("article"), page.tree.iter("main"), page.tree.iter("body"), [page.tree],
    ):  # fmt: skip
        bodies = [from_tree(element, page.base, _around(element)) for element in candidates]
        best = max(bodies, key=lambda body: len(body.text), default=Body())
        if best.text:
            return best
    return Body()


def _around(content: HtmlElement) -> frozenset[HtmlElement]:
    heading = next(content.iter("h1"), None)
    found = [
        element
        for element in content.iter(
            "nav", "footer", "aside", "div", "section", "header", "ul", "span", "p", "time", "h2"
        )
        if element.tag in ("nav", "aside", "footer", "header") or _words(element) & _AROUND
    ]
    return frozenset([*found, *([] if heading is None else [heading])]) - {content}


def _title(page: Page, node: json_ld.Node, content: Body) -> str | None:
    head = title_text(next((e.text_content() for e in page.tree.iter("title")), None))
    stated = title_text(json_ld.string(node, "headline", page.nodes))
    whole = page.first("og:title", "twitter:title") or head
    headings = [text for e in page.tree.iter("h1") if (text := title_text(e.text_content()))]
    heading = next((text for text in headings if whole and text.casefold() in whole.casefold()), None)
    if stated or heading or page.first("og:title"):
        return stated or heading or page.first("og:title")
    site = page.first("og:site_name")
    if headings and headings[0] != site:
        return headings[0]
    return head.removesuffix(f" - {site}").removesuffix(f" | {site}").strip(" |") or None if head else None


def _published(page: Page) -> str | None:
    meta = page.first(
        "article:published_time", "datepublished", "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date",
        "citation_publication_date", "date", "pubdate", "parsely-pub-date",
    )  # fmt: skip
    if meta:
        return meta
    times = [e for e in page.tree.iter("time") if e.get("datetime") or e.text_content().strip()]
    marked = [
        e for e in times if _words(e) & {"published", "entry-date", "dt-published", "datePublished"} or e.get("pubdate")
    ]
    for element in marked or times[:1]:
        return element.get("datetime") or element.text_content().strip()
    for element in page.having("datePublished", "dt-published", "published", "entry-date"):
        return element.get("content") or element.get("title") or element.text_content().strip()
    return None


def _authors(page: Page, node: json_ld.Node, publisher: str | None, site: str | None) -> tuple[PersonRef, ...]:
    stated = json_ld.names(node, "author", page.nodes)
    if not stated:
        stated = [(name, None, False) for name in page.all("author", "article:author", "dc.creator", "dcterms.creator")
                  if not re.match(r"https?:", name)]  # fmt: skip
    if not stated:
        marked = [e for e in page.tree.iter("a") if "author" in e.get("rel", "").casefold().split()]
        stated = [
            (e.text_content(), e.get("href"), False) for e in marked or page.having("p-author", "fn", "author-name")
        ]
    found: dict[str, PersonRef] = {}
    for text, url, corporate in stated:
        for name in author_names(text):
            organization = corporate or is_corporate(name, publisher) or name == site
            found.setdefault(name, PersonRef(name=name, url=clean_url(url, page.base), is_organization=organization))
    return tuple(found.values())


def _licences(page: Page, node: json_ld.Node, content: Body) -> tuple[str, ...]:
    """Return every licence stated for the page: JSON-LD, rel=license, Dublin Core, the site's notice in its footer."""
    stated = [json_ld.address(node, "license", page.nodes), *page.all("dcterms.license", "dc.rights.license")]
    for element in page.tree.iter("a", "link", "area"):
        href = element.get("href") or ""
        if "license" in element.get("rel", "").casefold().split() or (licence_urls(href) and _in_notice(element)):
            stated.append(href)
    found = dict.fromkeys(clean_url(text, page.base) or text.strip() for text in stated if text and text.strip())
    return tuple(found | dict.fromkeys(content.licences))


def _in_notice(element: HtmlElement) -> bool:
    """Whether a link stands in a page's footer, in words about the licence of the site's content."""
    parents = list(element.iterancestors())
    if not any(p.tag == "footer" or p.get("role") == "contentinfo" or "footer" in p.get("id", "") for p in parents):
        return False
    if any(p.tag == "article" for p in parents):
        return False
    return any(_ABOUT_SITE.search(p.text_content()) for p in parents[:3])
