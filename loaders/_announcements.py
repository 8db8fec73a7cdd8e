"""Titles that announce a membership: "X joins the Y". Exact forms only; who X and Y are is for the mapping."""

from __future__ import annotations

import re

from kg.records import Announcement

_JOINS = r"(?P<member>.+?) (?:has joined|is joining|joins)"
_NEW = r"(?:(?:an?|its|the|our) )?(?:new |newest |latest )?"
_END = r"(?: ?[:–—|] ?.*)?"
_FORMS = tuple(
    re.compile(form + _END, re.IGNORECASE)
    for form in (
        rf"{_JOINS} as {_NEW}member of (?:the )?(?P<organization>[^:–—|]+?)",
        rf"{_JOINS} as {_NEW}(?P<organization>[^:–—|]+?) member",
        rf"{_JOINS} (?:the )?(?P<organization>[^:–—|]+?)(?: as {_NEW}member)?",
        rf"(?:the )?(?P<organization>[^:–—|]+?) welcomes (?P<member>.+?) as {_NEW}member",
    )
)
_NO_NAME = re.compile(r"\b(as|by|for|forces|hands|in|to|with)\b")
"""Small words that no name begins or goes on with here: "joins forces with", "joins the DPGA as its CEO"."""


def announcements(title: str) -> tuple[Announcement, ...]:
    """Return what a title announces, nothing where it is in none of the forms.

    >>> [(a.member, a.organization) for a in announcements("All good: the FAO joins Digital Public Goods Alliance")]
    [('FAO', 'Digital Public Goods Alliance')]
    >>> announcements("Jane Roe joins the DPGA as CEO"), announcements("X joins forces with Y")
    ((), ())
    """
    for form in _FORMS:
        if (found := form.fullmatch(title)) is None or _NO_NAME.search(found["organization"]):
            continue
        member = re.sub(r"^(?:.*: )?(?:the )?", "", found["member"], flags=re.IGNORECASE).strip()
        if member:
            return (Announcement(member=member, organization=found["organization"].strip(), quote=title),)
    return ()
