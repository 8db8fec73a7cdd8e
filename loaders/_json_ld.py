"""schema.org JSON-LD in pages: nodes found, references followed; no JSON-LD processing beyond that.

Publishers nest nodes, list them in ``@graph`` (Yoast, All in One SEO) or in an array, and point at them by ``@id``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml.html import HtmlElement

from ._text import title_text

ARTICLES = frozenset({
    "Article", "BlogPosting", "NewsArticle", "SocialMediaPosting", "LiveBlogPosting", "TechArticle",
    "ScholarlyArticle", "Report", "OpinionNewsArticle", "AnalysisNewsArticle", "BackgroundNewsArticle",
    "ReportageNewsArticle", "ReviewNewsArticle", "AdvertiserContentArticle", "SatiricalArticle",
    "DiscussionForumPosting", "APIReference",
})  # fmt: skip
"""schema.org types that are a post, as local names."""

Node = Mapping[str, Any]


def nodes(tree: HtmlElement) -> list[Node]:
    """Return all objects of the JSON-LD scripts of a page, outer before inner; broken scripts are passed over."""
    found: list[Node] = []
    for script in tree.iter("script"):
        if "ld+json" not in script.get("type", "").casefold():
            continue
        text = re.sub(
            r"^\s*(<!--|//<!\[CDATA\[|/\*<!\[CDATA\[\*/)|(-->|//\]\]>|/\*\]\]>\*/)\s*$", "", script.text or ""
        )
        try:
            found += _objects(json.loads(text, strict=False))
        except (ValueError, RecursionError):
            continue
    return found


def _objects(value: object) -> Iterator[Node]:
    pending = [value]
    while pending:
        item = pending.pop(0)
        if isinstance(item, dict):
            yield item
        if isinstance(item, (dict, list)):
            pending += item.values() if isinstance(item, dict) else item


def types(node: Node) -> set[str]:
    """Return the local names of a node's types."""
    value = node.get("@type")
    stated = value if isinstance(value, list) else [value]
    return {re.split(r"[/#:]", t)[-1] for t in stated if isinstance(t, str)}


def article(found: list[Node]) -> Node:
    """Return the node that describes the post, an empty one where there is none."""
    return next((node for node in found if types(node) & ARTICLES and ("headline" in node or "name" in node)), {})


def values(node: Node, key: str, found: list[Node]) -> list[Any]:
    """Return the values of a property as a list, references by ``@id`` replaced by the fullest node of that id."""
    value = node.get(key)
    listed = value if isinstance(value, list) else [] if value is None else [value]
    return [_resolved(item, found) for item in listed]


def _resolved(item: object, found: list[Node]) -> Any:
    if not isinstance(item, dict) or not (identifier := item.get("@id")):
        return item
    return max((node for node in found if node.get("@id") == identifier), key=len, default=item)


def string(node: Node, key: str, found: list[Node]) -> str | None:
    """Return the first value of a property that is text, or the name or address of the thing it is."""
    for value in values(node, key, found):
        if isinstance(value, dict):
            value = next((value[k] for k in ("@value", "name", "url", "contentUrl", "@id") if value.get(k)), None)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return None


def address(node: Node, key: str, found: list[Node]) -> str | None:
    """Return the first value of a property as an address: the text, or the thing's url, contentUrl or id."""
    for value in values(node, key, found):
        if isinstance(value, dict):
            value = next((value[k] for k in ("url", "contentUrl", "@id") if isinstance(value.get(k), str)), None)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return None


def names(node: Node, key: str, found: list[Node]) -> list[tuple[str, str | None, bool]]:
    """Return (name, address, typed an organization) for each value of a property."""
    people: list[tuple[str, str | None, bool]] = []
    for value in values(node, key, found):
        if isinstance(value, str):
            people.append((value, None, False))
        elif isinstance(value, dict) and isinstance(value.get("name"), str):
            url = value.get("url")
            kinds = types(value)
            corporate = bool(kinds) and "Person" not in kinds
            people.append((title_text(value["name"]) or "", url if isinstance(url, str) else None, corporate))
    return people


def terms(node: Node, key: str) -> list[str]:
    """Return categories or keywords: a list as it stands, one string split at its commas."""
    value = node.get(key)
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
