"""Markup to clean text, titles, language tags, and names of authors."""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import langcodes
import lxml.html
import pycountry
from lxml import etree
from lxml.html import HtmlElement

from ._urls import clean_url

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")
_MARKUP = re.compile(r"</[a-z][a-z0-9]*\s*>|<(br|p|hr|img|div|li)\b[^<>]*>", re.IGNORECASE)
_BLANKS = re.compile(r"[^\S\n]{2,}|[^\S\n ]")  # a single space stays as it is
_ENTITY = re.compile(r"&(?!lt;|gt;|#0*6[02];|#x0*3[ce];)(#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
_TRAILER = re.compile(
    r"(?:^|(?<=\s))The post\s[^\n]{1,400}?\s(?:first appeared|appeared first) on\s+(?P<publisher>[^\n]{1,150})$"
)
_HOLD_SPACE, _HOLD_LINE = "\ue000", "\ue001"
_SKIPPED = frozenset({
    "applet", "audio", "button", "canvas", "datalist", "embed", "form", "frame", "frameset", "head", "iframe",
    "input", "link", "map", "math", "meta", "nav", "noembed", "noscript", "object", "option", "param", "script",
    "select", "source", "style", "svg", "template", "textarea", "title", "track", "video",
})  # fmt: skip
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "dir", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hgroup", "hr", "html", "legend", "li", "main", "menu", "ol", "p", "pre", "section", "summary", "table",
    "tbody", "tfoot", "thead", "tr", "ul",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Body:
    """What a piece of markup holds for us."""

    text: str = ""
    """Paragraphs parted by blank lines."""
    links: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    """Targets of its links with ``rel=license``."""
    publisher: str | None = None
    """Named by a last line "The post ... appeared first on ..."."""


def without_controls(text: str) -> str:
    """Return text without characters that neither XML nor RDF may hold."""
    return text if text.isprintable() else _CONTROL.sub("", text)


def looks_like_markup(text: str) -> bool:
    """Whether text that claims to be plain is HTML: publishers declare the wrong type."""
    return "<" in text and bool(_MARKUP.search(text))


def parse_html(text: str) -> HtmlElement | None:
    """Return the tree of an HTML document or fragment; None where nothing is in it."""
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", without_controls(text))
    try:
        return lxml.html.document_fromstring(text) if text.strip() else None
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def from_html(text: str, base: str | None = None) -> Body:
    """Return the body of HTML text; scripts, embedded things and forms leave nothing behind."""
    tree = parse_html(f"<div>{text}</div>") if text else None
    return Body() if tree is None else from_tree(tree, base)


def from_plain(text: str) -> Body:
    """Return the body of plain text: lines kept, paragraphs parted by one blank line."""
    return _body(without_controls(text).replace("\r\n", "\n").replace("\r", "\n"))


def from_tree(tree: HtmlElement, base: str | None = None, leave_out: frozenset[HtmlElement] = frozenset()) -> Body:
    """Return the body of a parsed tree without the elements in ``leave_out``."""
    chunks: list[str] = []
    links: dict[str, None] = {}
    licences: dict[str, None] = {}
    preformatted = 0

    def add(text: str | None) -> None:
        if text and preformatted:
            chunks.append(text.replace(" ", _HOLD_SPACE).replace("\n", _HOLD_LINE).replace("\t", _HOLD_SPACE * 4))
        elif text:
            chunks.append(re.sub(r"\s+", " ", text))

    walker = etree.iterwalk(tree, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if tag in _SKIPPED or element in leave_out or "moretag" in element.get("class", ""):
                walker.skip_subtree()
                continue
            if tag == "br":
                chunks.append("\n")
            elif tag in _BLOCKS:
                chunks.append("\n\n")
            elif tag == "img" and {"wp-smiley", "emoji"} & set(element.get("class", "").split()):
                add(element.get("alt"))
            elif tag == "a" and (target := clean_url(element.get("href"), base)):
                links[target] = None
                if "license" in element.get("rel", "").casefold().split():
                    licences[target] = None
            preformatted += tag == "pre"
            add(element.text)
        else:
            if event == "end":
                preformatted -= tag == "pre" and not _skipped(element, tag, leave_out)
                if tag in _BLOCKS:
                    chunks.append("\n\n")
                elif tag in ("td", "th"):
                    chunks.append(" ")
            if element is not tree:
                add(element.tail)
    found = _body("".join(chunks))
    return Body(found.text, tuple(links), tuple(licences), found.publisher)


def _skipped(element: HtmlElement, tag: str, leave_out: frozenset[HtmlElement]) -> bool:
    return tag in _SKIPPED or element in leave_out or "moretag" in element.get("class", "")


def _body(text: str) -> Body:
    text = _BLANKS.sub(" ", text)
    text = re.sub(r" ?\n ?", "\n", text)
    paragraphs = [part.strip("\n ") for part in re.split(r"\n{2,}", text)]
    paragraphs = [part for part in paragraphs if part.strip(_HOLD_SPACE + _HOLD_LINE)]
    publisher = None
    if paragraphs and (trailer := _TRAILER.search(" ".join(paragraphs[-1].split("\n")))):
        # a name without the full stop is cut off
        publisher = title_text(trailer["publisher"].rstrip(" .")) if trailer["publisher"].endswith(".") else None
        paragraphs[-1] = paragraphs[-1][: trailer.start()].rstrip()
    joined = "\n\n".join(part for part in paragraphs if part)
    return Body(joined.replace(_HOLD_SPACE, " ").replace(_HOLD_LINE, "\n").strip(), publisher=publisher)


def title_text(text: str | None, *, markup: bool = False) -> str | None:
    """Return a title or name in one line; character references that were escaped twice are resolved, tags never made.

    >>> title_text("Concepts &#038; definitions &#8211; <i>")
    'Concepts & definitions – <i>'
    """
    if not text:
        return None
    if markup or looks_like_markup(text):
        text = from_html(text).text
    text = without_controls(text)
    if "&" in text:
        text = without_controls(_ENTITY.sub(lambda found: html.unescape(found[0]), text))
    return " ".join(text.split()) or None


@lru_cache(maxsize=4096)
def language_tag(text: str | None) -> str | None:
    """Return the valid BCP 47 tag that a stated language means, repaired where it is clear; else None.

    >>> language_tag("en_us"), language_tag("es_ES.UTF-8"), language_tag("English"), language_tag("x-default")
    ('en-US', 'es-ES', 'en', None)
    """
    stated = re.split(r"[.@,;\s]", (text or "").strip())[0].replace("_", "-")
    subtags = [part for part in stated.split("-") if part]
    while subtags:
        tag = "-".join(subtags)
        try:
            if langcodes.tag_is_valid(tag):
                found = langcodes.standardize_tag(tag)
                return None if found.split("-")[0] in ("x", "und", "zxx", "mul", "mis") else found
        except ValueError:
            pass
        subtags.pop()
    if len(stated) > 3 and (named := pycountry.languages.get(name=stated.capitalize())):
        return getattr(named, "alpha_2", None) or str(named.alpha_3)
    return None


_NO_NAMES = frozenset({
    "admin", "administrator", "anonymous", "author", "editor", "guest", "n/a", "noreply", "none", "null",
    "root", "unknown", "user", "webmaster",
})  # fmt: skip


def author_names(text: str | None) -> list[str]:
    """Return the names in an author field: a printed Python list is taken apart, addresses and role accounts dropped.

    >>> author_names("['Jane Roe', 'José Lee']"), author_names("jane@example.org (Jane Roe)"), author_names("admin")
    (['Jane Roe', 'José Lee'], ['Jane Roe'], [])
    """
    text = title_text(text) or ""
    names: list[object] = [text]
    if text.startswith(("[", "(", "{")) and text.endswith(("]", ")", "}")):
        try:
            value = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            value = text
        names = list(value) if isinstance(value, (list, tuple)) else [value]
    found: dict[str, None] = {}
    for name in names:
        if not isinstance(name, str):
            continue
        plain = re.sub(r"[<(]?[^\s<>()]+@[^\s<>()]+\.[^\s<>()]+[>)]?", " ", name)
        plain = " ".join(plain.split()).strip(" ,;")
        if bracketed := re.fullmatch(r"\((.+)\)", plain):
            plain = bracketed[1].strip()
        if any(c.isalpha() for c in plain) and plain.casefold() not in _NO_NAMES and len(plain) <= 200:
            found[plain] = None
    return list(found)


_CORPORATE = re.compile(
    r"\b(agency|alliance|association|centre|center|coalition|commission|committee|commons|company|consortium|"
    r"corporation|council|department|editors?|federation|foundation|fund|gmbh|group|inc|initiative|institute|"
    r"library|ltd|ministry|museum|network|newsroom|office|organi[sz]ation|partnership|press|programme|project|"
    r"secretariat|society|staff|team|trust|union|university)\b\.?",
    re.IGNORECASE,
)


def is_corporate(name: str, publisher: str | None = None, categories: Sequence[str] = ()) -> bool:
    """Whether an author is clearly no person: the publisher, a name with a corporate word, or the post's only category.

    Aggregators put the blog's name into both fields; a person among several categories is somebody written about.
    """
    others = [publisher or "", *(categories if len(categories) == 1 else ())]
    return name.casefold() in (other.casefold() for other in others) or bool(_CORPORATE.search(name))
