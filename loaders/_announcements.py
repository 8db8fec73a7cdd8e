"""What posts announce of memberships: "X joins the Y", "the Y welcomes X as a new member".

Exact forms in English, Spanish, French and Portuguese; who X and Y are is for the mapping. A title may say "joins"
alone; a sentence of the text must speak of a member, or say that somebody joined officially or as of today, as persons
join organizations too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.linking.sdgs import quotation
from kg.records import Announcement

_NEW = r"(?:(?:an?|its|the|our) )?(?:(?:very )?(?:new|newest|latest) )?"
_END = r"(?: ?[:–—|] ?.*)?"
_O = r"(?P<organization>[^:–—|]+?)"
_TITLES = tuple(
    re.compile(form + _END, re.IGNORECASE)
    for form in (
        rf"(?P<member>.+?) (?:has joined|is joining|joins) as {_NEW}member of (?:the )?{_O}",
        rf"(?P<member>.+?) (?:has joined|is joining|joins) as {_NEW}{_O} member",
        rf"(?P<member>.+?) (?:has joined|is joining|joins) (?:the )?{_O}(?: as {_NEW}member)?",
        rf"(?:the )?{_O} welcomes (?P<member>.+?) as {_NEW}member",
        rf"(?P<member>.+?) (?:becomes|is announced as|announced as) {_NEW}member of (?:the )?{_O}",
        rf"(?P<member>.+?) (?:becomes |is )?(?:the |a )?(?:newest|new|latest) {_O} member",
        rf"(?:la |el )?(?P<member>.+?) (?:se une|se ha unido|se unió|se incorpora) a(?:l| la)? {_O}",
        rf"(?:la |el )?{_O} da la bienvenida a(?:l| la)? (?P<member>.+?) como (?:nuevo |nueva )?miembro",
        rf"(?:la |le |l['’])?(?P<member>.+?) (?:rejoint|a rejoint|adhère à) (?:la |le |l['’])?{_O}",
        rf"(?:la |le |l['’])?{_O} accueille (?:la |le |l['’])?(?P<member>.+?) comme (?:nouveau |nouvelle )?membre",
        rf"(?:a |o )?(?P<member>.+?) (?:junta-se|se junta|une-se|se une|adere|aderiu) (?:à|ao|a) {_O}",
        rf"(?:a |o )?{_O} dá as boas-vindas (?:à|ao|a) (?P<member>.+?) como (?:novo |nova )?membro",
    )
)
_NO_NAME = re.compile(r"\b(as|by|for|forces|hands|in|to|with|fuerzas|forces|forças)\b")
"""Small words that no name begins or goes on with here: "joins forces with", "joins the DPGA as its CEO"."""

_WORD = r"(?:[A-ZÀ-Þ0-9][\w’'&.-]*|[a-z]+[A-Z]\w*)"
_NAME = (
    rf"{_WORD}(?:\s(?:of\s|for\s|and\s|on\s|de\s|del\s|des\s|du\s|da\s|do\s|la\s|pour\s|para\s)*(?:the\s)?{_WORD})*"
    r"(?:\s\([^()\n]{2,60}\))?"
)
_M, _A = rf"(?:[Tt]he\s)?(?P<member>{_NAME})", rf"(?:the\s|The\s)?(?P<organization>{_NAME})"
_GLAD = (
    r"(?:is|are|’re|'re|was|were)\s(?:very\s)?(?:excited|thrilled|proud|pleased|delighted|happy|honou?red|glad)\sto\s"
)
_WELCOME = rf"(?:welcomes?|welcomed|(?:{_GLAD})(?:officially\s)?welcome)"
_ANNOUNCE = rf"(?:announces?|announced|(?:{_GLAD})announce)"
_AS = r"as\s(?:an?|our|its|the)?\s?(?:(?:new|newest|latest)\s)?"
_SENTENCES = tuple(
    re.compile(form)
    for form in (
        rf"{_M}\s(?:has\sjoined|joined|is\sjoining|joins)\s{_A}\s{_AS}member\b",
        rf"(?:Today|today|officially|oficialmente),?\s{_M}\s(?:has\sjoined|joined|joins)\s{_A}",
        rf"{_M}\s(?:has\s)?officially\sjoined\s{_A}",
        rf"{_M}\s(?:becomes|became|has\sbecome)\s(?:an?|the|its)\s(?:(?:new|newest|latest)\s)?member\sof\s{_A}",
        rf"{_A}\s{_WELCOME}\s{_M}\s{_AS}member\b",
        rf"{_A}\s{_ANNOUNCE}\s{_M}\s{_AS}member\b(?!\s(?:of|to)\s)",
        rf"[Ww]e\s?{_WELCOME}\s{_M}\s{_AS}(?:member\sof\s{_A}|(?P<named>{_NAME})\smember\b)",
        rf"[Ww]e\s?(?:{_GLAD})(?:welcome|announce)\s{_M}\s{_AS}(?:member\s(?:of|to(?:\sjoin)?)\s{_A}|"
        rf"(?P<named>{_NAME})\smember\b)",
        rf"[Ww]e(?:’re|'re)\s(?:thrilled|pleased|excited|proud|happy|delighted)\sto\s(?:welcome|announce)\s{_M}\s{_AS}"
        rf"(?:member\s(?:of|to(?:\sjoin)?)\s{_A}|(?P<named>{_NAME})\smember\b)",
        rf"{_M}\s(?:announced|announces)\sits\smembership\s(?:in|of)\s{_A}",
        rf"{_M}\sse\s(?:une|unió|ha\sunido)\sa(?:l|\sla)?\s{_A}\scomo\s(?:nuevo\s|nueva\s)?miembro",
        rf"{_M}\s(?:a\srejoint|rejoint)\s(?:la\s|le\s|l[’'])?{_A}\sen\stant\sque\smembre",
        rf"{_M}\s(?:devient|est\sdevenue?)\smembre\sde\s(?:la\s|l[’'])?{_A}",
        rf"{_M}\s(?:torna-se|tornou-se)\smembro\s(?:da|do|de)\s{_A}",
    )
)
_SENTENCE = re.compile(r"[^\n]+?(?:[.!?](?=\s|$)|\n|$)")
_HINT = re.compile(r"\bmember|\bjoin|miembro|membre|membro")
_ARTICLES = re.compile(r"^(?:Today,? )?(?:[Tt]he |El |La |Le |A |O )?")
_NOBODY = frozenset({"they", "we", "it", "this", "today", "he", "she", "you", "who", "i", "us"})


def announcements(title: str, text: str = "") -> tuple[Announcement, ...]:
    """Return what a title and a text announce, each member and organization once, by the first words that do.

    >>> [(a.member, a.organization) for a in announcements("All good: the FAO joins Digital Public Goods Alliance")]
    [('FAO', 'Digital Public Goods Alliance')]
    >>> announcements("Jane Roe joins the DPGA as CEO"), announcements("X joins forces with Y")
    ((), ())
    >>> announcements("News", "We’re thrilled to welcome the Bank of Us as the latest DPGA member.")[0].member
    'Bank of Us'
    """
    found: dict[tuple[str, str], Announcement] = {}
    for announcement in (*_in_title(title), *_in_text(text)):
        found.setdefault((announcement.member, announcement.organization), announcement)
    return tuple(found.values())


def _in_title(title: str) -> Iterator[Announcement]:
    for form in _TITLES:
        if (found := form.fullmatch(title)) is None or _NO_NAME.search(found["organization"]):
            continue
        member = re.sub(r"^(?:.*: )?(?:the )?", "", found["member"], flags=re.IGNORECASE).strip()
        if member:
            yield Announcement(member=member, organization=found["organization"].strip(), quote=title)
            return


def _in_text(text: str) -> Iterator[Announcement]:
    for sentence in _SENTENCE.finditer(text):
        if not _HINT.search(sentence[0]):
            continue
        for form in _SENTENCES:
            if found := form.search(sentence[0]):
                named = found.groupdict()
                member, organization = (_name(n) for n in (named["member"], named["organization"] or named["named"]))
                if member.casefold() not in _NOBODY and member != organization:
                    start = sentence.start() + found.start("member")
                    quote = quotation(text, start, start + len(found["member"]))
                    yield Announcement(member=member, organization=organization, quote=quote)
                    break


def _name(words: str) -> str:
    """Return a name without the article before it."""
    return " ".join(_ARTICLES.sub("", words).split()).rstrip(".,")
