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
_SE_UNE = r"se\s(?:une|unió|ha\sunido|incorpora|incorporó|suma|sumó|adhiere|adhirió)"
_SE_HACE = r"se\s(?:convierte|convirtió|ha\sconvertido)\sen\s(?:(?:nuevo|nueva)\s)?miembro"
_COMO = r"\s(?:como|na\squalidade\sde)\s(?:(?:um|su|el|o|nuevo|nueva|novo|nova)\s){0,2}(?:miembro|membro)"
_REJOINT = r"(?:(?:a\s)?rejoint|adhère\sà|a\sadhéré\sà)"
_DEVIENT = r"(?:devient|est\sdevenue?)\s(?:(?:le|un|nouveau|nouvelle)\s){0,2}membre"
_COMME = r"\s(?:comme|en\stant\sque)\s(?:(?:un|son|nouveau|nouvelle)\s){0,2}membre"
_JUNTA_SE = r"(?:junta-se|juntou-se|se\sjunta|se\sjuntou|une-se|uniu-se|se\suniu|adere|aderiu|ingressa|ingressou)"
_TORNA_SE = r"(?:torna-se|tornou-se|se\stornou|é\so\snovo)\s(?:(?:o|novo|nova)\s){0,2}membro"
_TITLES = tuple(
    re.compile(form + _END, re.IGNORECASE)
    for form in (
        rf"(?P<member>.+?) (?:has joined|is joining|joins) as {_NEW}member of (?:the )?{_O}",
        rf"(?P<member>.+?) (?:has joined|is joining|joins) as {_NEW}{_O} member",
        rf"(?P<member>.+?) (?:has joined|is joining|joins) (?:the )?{_O}(?: as {_NEW}member)?",
        rf"(?:the )?{_O} welcomes (?P<member>.+?) as {_NEW}member",
        rf"(?P<member>.+?) (?:becomes|is announced as|announced as) {_NEW}member of (?:the )?{_O}",
        rf"(?P<member>.+?) (?:becomes |is )?(?:the |a )?(?:newest|new|latest) {_O} member",
        rf"(?:la |el )?(?P<member>.+?) {_SE_UNE} a(?:l| la)? {_O}(?:{_COMO})?",
        rf"(?:la |el )?(?P<member>.+?) {_SE_HACE} de(?:l| la)? {_O}",
        rf"(?:la |el )?{_O} da la bienvenida a(?:l| la)? (?P<member>.+?){_COMO}",
        rf"(?:la |le |l['’])?(?P<member>.+?) {_REJOINT} (?:la |le |l['’])?{_O}(?:{_COMME})?",
        rf"(?:la |le |l['’])?(?P<member>.+?) {_DEVIENT} (?:de (?:la |l['’])?|du ){_O}",
        rf"(?:la |le |l['’])?{_O} accueille (?:la |le |l['’])?(?P<member>.+?){_COMME}",
        rf"(?:a |o )?(?P<member>.+?) {_JUNTA_SE} (?:à|ao|a|na|no) {_O}(?:{_COMO})?",
        rf"(?:a |o )?(?P<member>.+?) {_TORNA_SE} (?:da|do|de) {_O}",
        rf"(?:a |o )?{_O} dá as boas-vindas (?:à|ao|a) (?P<member>.+?){_COMO}",
    )
)
_NO_NAME = re.compile(r"\b(as|by|for|forces|hands|in|to|with|como|comme|tant|fuerzas|forças)\b")
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
        rf"(?:Today|today|officially),?\s{_M}\s(?:has\sjoined|joined|joins)\s{_A}",
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
        rf"{_M}\s{_SE_UNE}\sa(?:l|\sla)?\s{_A}{_COMO}",
        rf"{_M}\s{_SE_HACE}\sde(?:l|\sla)?\s{_A}",
        rf"dar\sla\sbienvenida\sa(?:l|\sla)?\s{_M}{_COMO}\sde(?:l|\sla)?\s{_A}",
        rf"{_M}\s{_REJOINT}\s(?:la\s|le\s|l[’'])?{_A}{_COMME}",
        rf"{_M}\s{_DEVIENT}\s(?:de\s(?:la\s|l[’'])?|du\s){_A}",
        rf"accueillir\s(?:la\s|le\s|l[’'])?{_M}{_COMME}\s(?:de\s(?:la\s|l[’'])?|du\s){_A}",
        rf"{_M}\s{_JUNTA_SE}\s(?:à|ao|a|na|no)\s{_A}{_COMO}",
        rf"{_M}\s{_TORNA_SE}\s(?:da|do|de)\s{_A}",
        rf"dar\sas\sboas-vindas\s(?:à|ao|a)\s{_M}{_COMO}\s(?:da|do|de)\s{_A}",
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
