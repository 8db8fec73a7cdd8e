"""Since when, in the words of an announcement: "in May 2022, X joined", "miembro desde el 4 de marzo de 2024".

The names of months are those of CLDR (babel) in the languages in which announcements are read.
"""

from __future__ import annotations

import re
from functools import cache

from babel.dates import get_month_names

LANGUAGES = ("en", "es", "fr", "pt")
_JOINS = r"\b(?:join|member|miembro|membre|membro|rejoin|uni|une|junt|adh[eé]r|aderiu|incorpor|sum[aó])\w*\b"
_DATE = re.compile(
    rf"""(?:^|{_JOINS}[^.]{{0,80}}?\s)
    (?:in|on|since|en|el|le|em|no|desde|depuis|du)\s(?:(?:el|le|o|dia|día)\s)?
    (?:(?:[0-9]{{1,2}}(?:st|nd|rd|th|er|º)?\s(?:of\s|de\s)?)?(?P<month>[^\W\d_]+)\.?,?\s(?:del?\s)?
       (?:[0-9]{{1,2}}(?:st|nd|rd|th)?,?\s)?)?
    (?P<year>(?:19|20)[0-9]{{2}})\b""",
    re.VERBOSE | re.IGNORECASE,
)


def stated_beginning(words: str) -> str | None:
    """Return the month (``2024-03``) or year (``2024``) that the words of an announcement name, else None.

    >>> stated_beginning("In March 2024, X joined Y"), stated_beginning("X se unió a Y el 4 de marzo de 2024")
    ('2024-03', '2024-03')
    >>> stated_beginning("X, founded in 1999, joins Y"), stated_beginning("X est membre de Y depuis 2021")
    (None, '2021')
    """
    found = _DATE.search(words)
    if found is None:
        return None
    number = _months().get((found["month"] or "").casefold())
    return f"{found['year']}-{number:02}" if number else found["year"]


@cache
def _months() -> dict[str, int]:
    """Return the months by their names and abbreviations."""
    return {
        name.casefold().rstrip("."): number
        for language in LANGUAGES
        for width in ("wide", "abbreviated")
        for number, name in get_month_names(width, locale=language).items()
    } | {"sep": 9}
