"""What speaks for two organizations being one, in the language of who reads it.

``kg.linking.matching`` writes it in English, which is what files and the command line give; a page finds the form of
each sentence again, and says it in its own.
"""

from __future__ import annotations

import re
from functools import cache

from kg.web.i18n import N_, gettext

_FORMS = (
    N_("same ROR id"),
    N_("different ROR id"),
    N_("same Wikidata item"),
    N_("different Wikidata item"),
    N_("same homepage %(address)s"),
    N_("same site %(address)s"),
    N_("sites %(one)s and %(other)s"),
    N_("countries %(one)s and %(other)s in the names"),
    N_("countries %(one)s and %(other)s"),
    N_("a country in one of the names"),
    N_("same name but for %(words)s in translation"),
    N_("same name but for %(words)s"),
    N_("same name in translation"),
    N_("same name"),
    N_("second name"),
    N_("the same two names, one in brackets"),
    N_("same registered name, one with its country %(country)s"),
    N_("same words in another order and language"),
    N_("same words in another order"),
    N_("same start, same acronym %(acronym)s"),
    N_("acronym %(acronym)s in brackets"),
    N_("initials %(letters)s"),
    N_("%(letters)s from the starts of the words"),
    N_("names %(number)s %% alike"),
    N_("short for ... %(words)s"),
    N_("%(words)s in one of the names only"),
    N_("decided by a person"),
    N_("%(one)s and %(other)s"),
)
"""The first that fits counts."""


def said(evidence: str) -> str:
    """Return a piece of evidence in the reader's language; one of another form stays as it is."""
    for form, pattern in _patterns():
        if (match := pattern.fullmatch(evidence)) is not None:
            return gettext(form) % match.groupdict()
    return evidence


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    return [
        (form, re.compile(re.sub(r"%\\?\((\w+)\\?\)s", r"(?P<\1>.+?)", re.escape(form).replace("%%", "%"))))
        for form in _FORMS
    ]
