"""The home served over HTTP."""

from __future__ import annotations

from pathlib import Path

from kg import publish as publishing
from kg.dataset import writer as writing
from kg.dataset.home import Home
from kg.dataset.manifest import Manifest
from kg.errors import UsageError
from kg.operations.common import minter_of
from kg.settings import Settings


def serve(settings: Settings) -> None:
    """Serve the home over HTTP until stopped.

    Where the default graph shall be kept in another way than it was (``union_default_graph``), a version in which it is
    so is published first; and an empty one where there is none yet and updates are allowed, which may then fill it.

    Raises:
        UsageError: nothing was published yet, updates are allowed without a token, or the default graph holds what
            would be lost if it became the union.
    """
    from kg.web.server import serve as run  # fastapi and uvicorn are of no use to the other commands

    if settings.allow_update and not settings.token:
        raise UsageError("updates need a token, by which those who may send them are known",
                         hint="set COMMONS_KG_TOKEN to a long random text")  # fmt: skip
    home, union = Home(Path(settings.home)), settings.union_default_graph
    if not settings.allow_update or home.current_id() is not None:
        missing = Manifest.read(home.current_path()).union_default_graph != union
    else:
        missing = True
    if missing:
        with writing.opened(home, union=union) as writer:
            writer.unpublished = True
            publishing.publish(writer, minter_of(settings), dumps=settings.dumps, keep=settings.keep_versions)
    run(settings)
