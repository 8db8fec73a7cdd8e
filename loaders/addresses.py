"""Web addresses as people type them, mended so that they are IRIs."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, urlsplit

from kg.quads import iri

PLAIN = re.compile(r"https?://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}(?P<path>/[A-Za-z0-9._~/-]*)?")
"""An address, as most are, in which there is nothing to mend; the rest is looked at part by part."""
_HOST = re.compile(r"[^\W_](?:[\w-]*\w)?(?:\.[^\W_](?:[\w-]*\w)?)*\.?")


@lru_cache(maxsize=4096)
def web_address(text: str | None) -> str | None:
    """Return an absolute http(s) IRI; None where the text is no address.

    A missing scheme is added to what has a host name with a dot. Characters that no IRI may have are percent-encoded.

    >>> web_address("www.example.org"), web_address("see our site"), web_address("https://example.org/a b")
    ('https://www.example.org', None, 'https://example.org/a%20b')
    """
    if not text:
        return None
    text = text.strip().strip("<>")
    if PLAIN.fullmatch(text):
        return text
    if re.match(r"(?i)https?:/?/?(?=[^/])", text):
        text = re.sub(r"(?i)^(https?):/{0,2}(?=[^/])", lambda m: f"{m[1].lower()}://", text)
    elif not re.match(r"[\w-]+(?:\.[\w-]+)+(?:[:/?#]|$)", text):
        return None
    else:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    if ("." not in host and host != "localhost") or not _HOST.fullmatch(host) or "@" in parts.netloc:
        return None
    rest = text.split("://", 1)[1][len(parts.netloc) :]
    rest = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", rest)
    try:
        rest = re.sub(r"[\x00-\x20<>\"{}|\\^`\[\]]", lambda m: quote(m[0]), rest)
        if not rest.isprintable():
            rest = quote(rest, safe="%/?#:@!$&'()*+,;=-._~")
    except UnicodeEncodeError:
        return None
    rest = rest.split("#", 1)[0] + "".join(f"#{part.replace('#', '%23')}" for part in rest.split("#", 1)[1:])
    address = f"{parts.scheme}://{host}{f':{port}' if port else ''}{rest}"
    try:
        iri(address)
    except ValueError:
        return None
    return address
