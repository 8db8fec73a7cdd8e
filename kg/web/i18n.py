"""Interface language: which one a request gets, its catalogue, and numbers and dates as it writes them.

A page is in the language that ``?lang=`` names, else the one of the cookie ``lang``, which ``?lang=`` sets, else the
best of ``Accept-Language`` (RFC 9110, 12.5.4), else English. ``Languages`` is the ASGI layer that finds it; whoever
makes a page, template or Python, speaks it by what stands here, without passing it on.

How a string becomes translatable: in templates ``{{ _("Browse") }}``, ``{{ _("All %(count)s", count=n | number) }}`` or
``{% trans %}...{% endtrans %}`` with ``{% pluralize %}``; in Python ``gettext("...")`` where a request is answered and
``N_("...")`` in tables made before, whose strings templates pass through ``_()``. What stands in ``names.csv``,
the headers of ``kg/queries``, shapes and loaders is found by ``kg.web.extracting``; ``| translated`` shows what
the last two say. ``python dev.py translations`` brings ``kg/web/locale`` up to date.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlencode

import langcodes
from babel import Locale
from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.units import format_unit
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.web.layers import for_requests

LOCALE = Path(__file__).parent / "locale"

LANGUAGES = ("en", "fr", "es")
"""Languages of the interface; the strings in the code are the first one's."""

MOST = 8
"""Languages that are taken from a request for the labels of the data."""

_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Language:
    """What a request is answered in."""

    code: str
    """Language of the interface, one of ``LANGUAGES``."""
    wanted: tuple[str, ...]
    """Languages in which the reader wants the names of things, the best first; data has more than the interface."""
    path: str = "/"
    query: str = ""
    """Of the request."""

    @property
    def address(self) -> str:
        """Path and query of the request, without ``lang=``."""
        path, query = quote(self.path, safe="/-._~,:@!$'()*+;="), self.query
        if "lang=" in query:
            query = urlencode([(k, v) for k, v in parse_qsl(query, keep_blank_values=True) if k != "lang"])
        return f"{path}?{query}" if query else path

    @property
    def direction(self) -> str:
        """``ltr`` or ``rtl``."""
        return Locale.parse(self.code).text_direction

    def others(self) -> list[tuple[str, str, str]]:
        """Return code, name in itself and address of this page for each language of the interface."""
        glue = "&" if "?" in self.address else "?"
        return [(code, _own_name(code), f"{self.address}{glue}lang={code}") for code in LANGUAGES]


ENGLISH = Language("en", ("en",))

_spoken: ContextVar[Language] = ContextVar("language", default=ENGLISH)


def language() -> Language:
    """Return the language in which the present request is answered."""
    return _spoken.get()


def gettext(message: str) -> str:
    """Return a message in the language of the present request."""
    return _catalogue(language().code).gettext(message) if message else message


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the form of a message that goes with a number."""
    return _catalogue(language().code).ngettext(singular, plural, number)


def N_(message: str) -> str:  # noqa: N802 (as gettext calls it)
    """Mark a string of a table for translation where it is shown."""
    return message


def number(value: float) -> str:
    """Return a number with the separators of the language."""
    return _number(value, language().code)


@lru_cache(4096)
def _number(value: float, code: str) -> str:
    return format_decimal(value, locale=code)


def day(text: str) -> str:
    """Return an ISO 8601 date, of which the day, month or year is known, in words; other text as it is.

    >>> day("2024-03-04"), day("2024-03"), day("soon")
    ('Mar 4, 2024', 'Mar 2024', 'soon')
    """
    return _day(text, language().code)


@lru_cache(4096)
def _day(text: str, code: str) -> str:
    try:
        if len(text) == 7:
            return format_date(date.fromisoformat(f"{text}-01"), "MMM y", locale=code)
        return format_date(date.fromisoformat(text[:10]), "medium", locale=code)
    except ValueError:
        return text


def size(count: float) -> str:
    """Return a number of bytes in the unit that suits it.

    >>> size(81), size(2_650_000)
    ('81 bytes', '2.6 MB')
    """
    units = iter(("byte", "kilobyte", "megabyte", "gigabyte"))
    unit = next(units)
    while count >= 1000 and (larger := next(units, None)):
        count, unit = count / 1000, larger
    rounded = round(count, 0 if unit == "byte" or count >= 100 else 1)
    return format_unit(rounded, unit, length="long" if unit == "byte" else "short", locale=language().code)


def language_name(tag: str) -> str:
    """Return what the language of a tag is called, in the language of the request; the tag where it is unknown."""
    return _language_name(tag, language().code)


@lru_cache(4096)
def _language_name(tag: str, code: str) -> str:
    try:
        name = Locale.parse(tag.replace("-", "_")).get_display_name(code)
    except (ValueError, LookupError):
        return tag
    return name or tag


def best(available: Mapping[str, str]) -> str | None:
    """Return the text whose language tag the reader wants most, else English, else without tag, else the first by tag.

    >>> best({"fr": "Climat", "en": "Climate", "de": "Klima"})
    'Climate'
    """
    for wanted in (*language().wanted, "en", ""):
        if wanted in available:
            return available[wanted]
        for tag in sorted(available):
            if wanted and tag.partition("-")[0].lower() == wanted.partition("-")[0].lower():
                return available[tag]
    return next((available[tag] for tag in sorted(available)), None)


@lru_cache(4096)
def negotiate(asked: str, kept: str, accept: str) -> tuple[str, tuple[str, ...]]:
    """Return the language of the interface and the wanted ones of the data, from parameter, cookie and header.

    >>> negotiate("", "", "pt-BR, fr;q=0.8, en;q=0.5")
    ('fr', ('pt-BR', 'fr', 'en'))
    """
    weighted = []
    for position, part in enumerate(accept[:500].split(",")):
        tag, _, parameters = part.strip().partition(";")
        try:
            quality = float(parameters.strip().removeprefix("q=") or 1)
        except ValueError:
            quality = 0
        if quality > 0 and tag.strip() != "*":
            weighted.append((-quality, position, tag.strip()))
    found = [tag for tag in (asked, kept, *(t for *_, t in sorted(weighted))) if langcodes.tag_is_valid(tag)]
    wanted = tuple(dict.fromkeys(langcodes.standardize_tag(tag) for tag in found[:MOST]))
    primary = (tag.partition("-")[0] for tag in wanted)
    return next((tag for tag in primary if tag in LANGUAGES), LANGUAGES[0]), wanted or (LANGUAGES[0],)


def speak(scope: Scope) -> str:
    """Find the language of a request, and answer in it from now on; return what ``?lang=`` asks for."""
    query = scope["query_string"].decode("latin-1")
    asked = parse_qs(query).get("lang", [""])[-1] if "lang=" in query else ""
    cookie = accept = b""
    for name, value in scope["headers"]:
        if name == b"cookie":
            cookie = cookie or value
        elif name == b"accept-language":
            accept = accept or value
    code, wanted = negotiate(asked[:35], _cookie(cookie.decode("latin-1"))[:35], accept.decode("latin-1"))
    _spoken.set(Language(code, wanted, scope["path"], query))
    return asked


class Languages:
    """The layer that finds the language of a request, and says on each page in which it is and on what that hung."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    @for_requests
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        asked = speak(scope)
        code = language().code

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message["headers"]):
                answer = MutableHeaders(scope=message)
                answer["Content-Language"] = code
                answer.add_vary_header("Accept-Language, Cookie")
                if asked.partition("-")[0] in LANGUAGES:
                    answer.append("Set-Cookie", f"lang={code}; Path=/; Max-Age={_YEAR}; SameSite=Lax")
            await send(message)

        await self._app(scope, receive, sending)


def _is_page(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/html") for name, value in headers)


def _cookie(header: str) -> str:
    if "lang=" not in header:
        return ""
    try:
        kept = SimpleCookie(header).get("lang")
    except CookieError:
        return ""
    return kept.value if kept is not None else ""


@cache
def _own_name(code: str) -> str:
    name = Locale.parse(code).get_display_name(code) or code
    return name[:1].upper() + name[1:]


def translated(text: str) -> str:
    """Return a text of another part of the program in the language of the request, also where values stand in it.

    Loaders and the engine make their texts without knowing who reads them; the catalogue has them with ``%(1)s`` for
    each value, and so they are found again. What no message is like stays as it is.
    """
    message = gettext(text)
    if message != text or not text:
        return message
    for pattern, found in _patterns(language().code):
        if (values := pattern.fullmatch(text)) is not None:
            return found % {str(n): value for n, value in enumerate(values.groups(), 1)}
    return text


@cache
def _patterns(code: str) -> list[tuple[re.Pattern[str], str]]:
    """Return the messages that numbered values stand in, as patterns, with their translations; the longest first."""
    messages = {m.id: str(m.string) for m in _read(code) if isinstance(m.id, str) and "%(1)s" in m.id and m.string}
    return [(re.compile(re.sub(r"%\\\(\d+\\\)s", "(.+?)", re.escape(id.replace("%%", "%"))), re.DOTALL), messages[id])
            for id in sorted(messages, key=len, reverse=True)]  # fmt: skip


@cache
def _read(code: str) -> Catalog:
    path = LOCALE / code / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        return Catalog(code)
    with path.open("rb") as stream:
        return read_po(stream, locale=code)


@cache
def _catalogue(code: str) -> NullTranslations:
    catalogue = _read(code)
    if not len(catalogue):
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def filters() -> dict[str, Callable[..., Any]]:
    """Return what templates write numbers, dates and languages with."""
    return {"number": number, "day": day, "size": size, "language_name": language_name, "translated": translated}
