"""The pieces of markup that a page repeats hundreds of times: a link, and the numbers of the sources of a statement.

They are filters of templates; as macros they would take a third of the time that a page of a thing takes.
"""

from __future__ import annotations

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


FILTERS = {"link": link, "marks": marks}
