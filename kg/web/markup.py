"""The pieces of markup that a page repeats hundreds of times: a link, and the numbers of the sources of a statement.

They are filters of templates; as macros they would take a third of the time that a page of a thing takes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from kg.web.i18n import gettext
from kg.web.terms import Value

if TYPE_CHECKING:
    from kg.web.sources import Note


def link(value: Value) -> Markup:
    """Return a value as a link, or as text in its language where it has no address.

    >>> link(Value("<1>", "/id/a")), link(Value("oui", lang="fr"))
    (Markup('<a href="/id/a">&lt;1&gt;</a>'), Markup('<span lang="fr" dir="auto">oui</span>'))
    """
    if value.href is not None:
        outside = ' rel="external noopener" class="external"' if value.external else ""
        return Markup(f'<a href="{escape(value.href)}"{outside}>{escape(value.text)}</a>')
    language = f' lang="{escape(value.lang)}" dir="auto"' if value.lang else ""
    return Markup(f"<span{language}>{escape(value.text)}</span>")


def marks(graphs: Collection[str], notes: Mapping[str, Note]) -> Markup:
    """Return links to the notes of some graphs; nothing where the page has one source only, which needs no telling."""
    if len(notes) < 2:
        return Markup()
    word = escape(gettext("Source"))
    return Markup("").join(
        Markup(f'<a class="mark" href="#source-{note.number}" title="{escape(note.source.title)}">'
               f'<span class="hidden">{word} </span>{note.number}</a>')
        for graph, note in notes.items() if graph in graphs
    )  # fmt: skip


_TAG = re.compile(r"<(table|thead|tbody|tr|th|td)\b([^>]*)>(?=(\s*</t[hd]>)?)")
_ROLES = {"thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}


def stacking(table: str) -> Markup:
    """Return a table whose rows a narrow screen shows as cards: each cell that is not empty knows its column's heading.

    What is laid out otherwise than as a table is none to some browsers any more (WebKit), hence the roles of ARIA.

    Two columns have room.

    >>> head = "<thead><tr><th>In</th><th>Since</th><th>Until</th></tr></thead>"
    >>> stacking(f"<table>{head}<tbody><tr><th>A</th><td>1</td><td></td></tr></tbody></table>").split("<tbody ")[1]
    Markup('role="rowgroup"><tr role="row"><th role="rowheader" data-heading="In">A</th><td role="cell" data-heading="Since">1</td><td role="cell"></td></tr></tbody></table>')
    """  # noqa: E501
    head, _, body = table.partition("</thead>")
    headings = [" ".join(re.sub(r"<[^>]*>", " ", th).split()).replace('"', "&#34;")
                for th in re.findall(r"<th\b[^>]*>(.*?)</th>", head, re.DOTALL)]  # fmt: skip
    if len(headings) < 3:
        return Markup(table)
    column = -1

    def in_head(tag: re.Match[str]) -> str:
        name, rest = tag[1], tag[2]
        if name == "table":
            rest = rest.replace('class="', 'class="stacks ') if "class=" in rest else f'{rest} class="stacks"'
            return f'<table{rest} role="table">'
        return f'<{name}{rest} role="{_ROLES.get(name, "columnheader")}">'

    def in_body(tag: re.Match[str]) -> str:
        nonlocal column
        name, rest, is_empty = tag.groups()
        column = -1 if name == "tr" else column + (name in ("td", "th"))
        told = f' data-heading="{headings[column]}"' if 0 <= column < len(headings) and not is_empty else ""
        return f'<{name}{rest} role="{_ROLES.get(name, "rowheader")}"{told}>'

    return Markup(_TAG.sub(in_head, head) + "</thead>" + _TAG.sub(in_body, body))


FILTERS = {"link": link, "marks": marks, "stacking": stacking}
