"""What several operations need."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from kg.dataset.home import Home, hold
from kg.errors import UsageError
from kg.identifiers import Minter
from kg.settings import Settings
from kg.sources import is_web_address


def minter_of(settings: Settings) -> Minter:
    """Return what mints IRIs under the base of the settings.

    Raises:
        UsageError: it is no web address.
    """
    if not is_web_address(settings.base) or not settings.base.endswith("/"):
        raise UsageError(
            f"the base IRI {settings.base!r} is no web address with a final slash", hint="e.g. https://example.org/kg/"
        )
    return Minter(settings.base)


@contextmanager
def held_version(settings: Settings, version_id: str | None) -> Iterator[Path]:
    """Hold a version, the current one by default."""
    home = Home(Path(settings.home))
    path = home.current_path() if version_id is None else home.version_path(version_id)
    with hold(path):
        yield path


@contextmanager
def standard_input_as_file(paths: Sequence[str], *, rdf: bool = False) -> Iterator[list[str]]:
    """Give standard input a name; ``rdf``: one whose extension tells its syntax."""
    if "-" not in paths:
        yield list(paths)
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "stdin"
        with copy.open("wb") as out:
            shutil.copyfileobj(sys.stdin.buffer, out)
        if rdf:
            with copy.open("rb") as stream:
                start = stream.read(1000).lstrip(b"\xef\xbb\xbf \t\r\n")
            json_ld, xml = start[:1] in (b"{", b"["), start.startswith((b"<?xml", b"<rdf:RDF"))
            copy = copy.rename(copy.with_suffix(".jsonld" if json_ld else ".rdf" if xml else ".ttl"))
        yield [str(copy) if path == "-" else path for path in paths]
