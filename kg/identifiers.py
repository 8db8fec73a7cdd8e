"""Mint and parse the IRIs of this dataset. Pure: the same input gives the same IRI, everywhere and always.

Base IRI + ``id/<kind>/<local name>`` for things, ``graph/<name>`` for named graphs. The base is a setting; a server
maps its own host to it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from urllib.parse import SplitResult, quote, unquote, urlsplit

DEFAULT_BASE = "https://w3id.org/commons-kg/"

_TRANSLITERATED = str.maketrans({"ß": "ss", "æ": "ae", "Æ": "ae", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d",
                                 "Đ": "d", "ı": "i", "œ": "oe", "Œ": "oe"})  # fmt: skip
_JOINER = "\u200d"  # joins the letters of a conjunct in Sinhala and other scripts, and parts no words
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_INDEX = re.compile(r"(^|/)(?i:index\.(html?|php|xhtml))$|(?<=[^/])\.html?$")
_SAFE = "-._~,:"
_PLAIN = re.compile(rf"[\w{_SAFE[1:]}-]*", re.ASCII)
"""What needs no escapes."""
_PLAIN_QUERY = re.compile(r"([a-z0-9]+=[a-z0-9]+(&|$))*")


def slug(text: str) -> str:
    """Return a lower-case local name: in ASCII if no letter or digit is lost by that, else in the letters of the text.

    Accents are folded, not lost. "&" is read as "and", "+" as "plus", "#" after a letter as "sharp"; other punctuation
    parts words.

    >>> slug("Ministère de l'Économie & des Finances")
    'ministere-de-l-economie-and-des-finances'
    >>> slug("数字公共产品"), slug("WHO 中国"), slug("C++ Alliance")
    ('数字公共产品', 'who-中国', 'c-plus-plus-alliance')
    """
    text = text.replace("&", " and ").replace("+", " plus ")
    if "#" in text:
        text = re.sub(r"(?<=\w)#", " sharp ", text)
    if text.isascii():
        return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    plain = unicodedata.normalize("NFKD", text.translate(_TRANSLITERATED)).casefold()
    odd = {c for c in plain if c > "\x7f"}  # few, so that each is looked at once
    if not any(map(_is_foreign, odd)):
        plain = plain.translate({ord(c): None for c in odd if _is_mark(c)})
        return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    own = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).replace(_JOINER, "")
    kept = (c if c.isalnum() or c == "_" or _is_sign(c) else "" if _is_mark(c) else "-" for c in own)
    return re.sub("-+", "-", "".join(kept)).strip("-_")


def _is_foreign(character: str) -> bool:
    """Tell whether ASCII has no form of this: a letter or digit (an apostrophe that Unicode calls a letter is none)."""
    return not character.isascii() and (
        _is_sign(character) or (character.isalnum() and not "\u02b0" <= character <= "\u02ff")
    )


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def _is_sign(character: str) -> bool:
    """Tell whether this is a mark of one script, as a vowel sign: no accent that any letter may have, no variant."""
    general = ("COMBINING ", "VARIATION SELECTOR")
    return _is_mark(character) and not unicodedata.name(character, "").startswith(general)


def short_hash(*parts: str) -> str:
    """Return 12 hexadecimal digits that stand for ``parts``, for things that have no name of their own.

    Any text has a hash, one with lone surrogates too, which has no UTF-8.
    """
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:12]


def _decoded(part: str) -> str:
    """Return a part of a URL in one spelling; bytes that are no UTF-8 stay apart from each other."""
    return unicodedata.normalize("NFC", unquote(part, errors="backslashreplace"))


def _host(parts: SplitResult) -> str:
    """Return the host of a URL, with its port where that is not the scheme's own; the scheme of one without host."""
    host = parts.netloc.rpartition("@")[2].lower().removesuffix(_DEFAULT_PORTS.get(parts.scheme, ":"))
    return host.removeprefix("www.") or parts.scheme or "unknown"


@dataclass(frozen=True, slots=True)
class Minter:
    """Mints every IRI of ours below one base IRI (absolute, with its final slash)."""

    base: str = DEFAULT_BASE

    def _id(self, kind: str, *local: str) -> str:
        path = "/".join([part if _PLAIN.fullmatch(part) else quote(part, safe=_SAFE) for part in local])
        return f"{self.base}id/{kind}/{path}"

    def post(self, url: str) -> str:
        """IRI of a post from its page's URL (already without tracking parameters): ``id/post/<host>/<slug>``.

        The slug is the path, and a query or fragment that tells posts apart (``?p=874``, ``#note-1``). A hash follows
        where the slug loses anything of them but that "/" becomes "-": letter case, accents, punctuation. The scheme,
        its default port, ``www.``, a final slash, ``.html`` and ``index.html`` are no part of the IRI; nor is how
        characters are escaped or composed.

        >>> Minter().post("http://www.example.org/2024/03/04/a-post/?p=874#note-1")
        'https://w3id.org/commons-kg/id/post/example.org/2024-03-04-a-post--p-874--note-1'
        >>> Minter().post("https://example.org:8080/A-Post.html")
        'https://w3id.org/commons-kg/id/post/example.org:8080/a-post--5871e1bf3ab7'
        """
        parts = urlsplit(url)
        path, query, fragment = map(_decoded, (parts.path, parts.query, parts.fragment))
        path = _INDEX.sub("", path).rstrip("/").removeprefix("/")
        told = [mark + part for mark, part in (("?", query), ("#", fragment)) if part]
        name = slug(path.replace("/", " ")) or "index"
        local = "--".join([name, *map(slug, told)])
        host = _host(parts)
        exact = (
            name == (path.replace("/", "-") or "index" if path != "index" else None)
            and _PLAIN_QUERY.fullmatch(query)
            and fragment == slug(fragment)
            and ("-" not in fragment or query)  # ``#a-1`` would look like ``?a=1``
        )
        if len(local) > 150:
            local = f"{local[:137].rstrip('-')}-{short_hash(host, path, *told)}"
        elif not exact:
            local += f"--{short_hash(path, *told)}"
        return self._id("post", host, local)

    def organization(self, local: str) -> str:
        """IRI of an organization from its slug (of the authority file, of its ROR id, or of its name)."""
        return self._id("organization", local)

    def organization_change(self, original: str, result: str) -> str:
        """IRI of a change of an organization, of the original's IRI and the local name of what came of it."""
        return self._id("organization-change", self.local(original), result)

    def membership(self, member: str, organization: str, start: date | None, role: str | None = None) -> str:
        """IRI of a membership; ``member`` and ``organization`` are organization IRIs, ``role`` None for a plain one."""
        when = start.isoformat() if start else "undated"
        parts = (self.local(member), self.local(organization), when)
        return self._id("membership", *parts, slug(role)) if role else self._id("membership", *parts)

    def role(self, name: str) -> str:
        """IRI of a role that members have, from its English name."""
        return self._id("role", slug(name))

    def announcement(self, post: str, member: str) -> str:
        """IRI of what a post announces of a member; both are IRIs."""
        return self._id("announcement", short_hash(post, member))

    def evidence(self, *parts: str) -> str:
        """IRI of a piece of evidence from what identifies it (URL, revision, quotation)."""
        return self._id("evidence", short_hash(*parts))

    def good(self, key: str) -> str:
        """IRI of a digital public good from its dpgid, or the slug of its name where none is known."""
        return self._id("good", key)

    def sdg_link(self, source: str, target: str, status: str) -> str:
        """IRI of the node that describes one SDG link: ``source`` is the IRI of what links, ``target`` a UN IRI."""
        kind, local = self.kind_and_local(source) or ("thing", short_hash(source))
        return self._id("sdg-link", kind, *local.split("/"), target.rsplit("/", 1)[-1], status)

    def mention(self, post: str, thing: str, text: str, start: int) -> str:
        """IRI of the place in a text of a post where a thing is named; ``text`` is the text's property."""
        return self._id("mention", short_hash(post, thing, text, str(start)))

    def person(self, local: str) -> str:
        """IRI of a person from the slug of the name (with an affiliation where the name is common)."""
        return self._id("person", local)

    def programme(self, local: str) -> str:
        """IRI of a programme or campaign."""
        return self._id("programme", local)

    def commitment(self, local: str) -> str:
        """IRI of a commitment."""
        return self._id("commitment", local)

    def indicator(self, code: str) -> str:
        """IRI of an SDG indicator (``13.2.2``) that the UN's scheme has no IRI for."""
        return self._id("indicator", code)

    def country(self, alpha2: str) -> str:
        """IRI of a country from its ISO 3166-1 alpha-2 code."""
        return self._id("country", alpha2.upper())

    def licence_family(self, local: str) -> str:
        """IRI of a licence family (``CC-BY``): what is meant where no version is stated."""
        return self._id("licence-family", local)

    def licence_expression(self, expression: str) -> str:
        """IRI of an SPDX expression in its normal form: ``MIT OR Apache-2.0``."""
        return self._id("licence-expression", expression.replace(" ", "_"))

    def feed(self, url: str) -> str:
        """IRI of the feed or site section in which posts were met: ``id/feed/<host>/<slug of path and query>``.

        As with posts, a hash follows where the slug loses letter case, accents or other punctuation than ``/.=&``.

        >>> Minter().feed("https://example.org/feed.xml")
        'https://w3id.org/commons-kg/id/feed/example.org/feed-xml'
        """
        parts = urlsplit(url)
        path, query = _decoded(parts.path).strip("/"), _decoded(parts.query)
        local = slug(f"{path} {query}")
        spelt = (re.sub("[/.]", "-", path), query.replace("=", "-").replace("&", "-and-"))
        if local != "-".join(filter(None, spelt)):
            local += f"--{short_hash(path, query)}"
        return self._id("feed", _host(parts), local or "index")

    def payload(self, sha256: str) -> str:
        """IRI of the bytes that a source delivered."""
        return self._id("payload", sha256)

    def load(self, source: str, fingerprint: str) -> str:
        """IRI of the activity that turned payloads into a graph."""
        return self._id("load", source, fingerprint[:16])

    def loader(self, name: str, version: str) -> str:
        """IRI of a loader as a software agent."""
        return self._id("loader", name, version)

    def graph(self, name: str) -> str:
        """IRI of the named graph of a source (``name`` may have slashes: ``derived/goal-coverage``)."""
        return f"{self.base}graph/{quote(name, safe='-._~/')}"

    def version(self, version_id: str) -> str:
        """IRI of one published version of the dataset."""
        return f"{self.base}version/{version_id}"

    def dataset(self) -> str:
        """IRI of the dataset as a whole."""
        return f"{self.base}dataset"

    def kind_and_local(self, iri: str) -> tuple[str, str] | None:
        """Return ``(kind, local name)`` of an ``id/`` IRI of ours, None for any other.

        >>> Minter().kind_and_local("https://w3id.org/commons-kg/id/good/GID0091413")
        ('good', 'GID0091413')
        """
        prefix = f"{self.base}id/"
        if not iri.startswith(prefix):
            return None
        kind, _, local = iri.removeprefix(prefix).partition("/")
        return (kind, unquote(local)) if kind and local else None

    def local(self, iri: str) -> str:
        """Return the local name of an IRI of ours, a short hash of any other."""
        found = self.kind_and_local(iri)
        return found[1] if found else short_hash(iri)
