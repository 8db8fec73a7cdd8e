"""Run the application under uvicorn until a signal stops it."""

from __future__ import annotations

from pathlib import Path

import uvicorn

from kg.engine.pool import PoolOptions
from kg.settings import Settings
from kg.web.app import create_app
from kg.web.connections import BoundedProtocol, allow_many
from kg.web.options import WebOptions


def serve(settings: Settings) -> None:
    """Serve a home; SIGTERM and SIGINT let running requests end for some seconds. Logs go to stderr."""
    options = WebOptions(
        home=Path(settings.home),
        base=settings.base,
        pool=PoolOptions(workers=settings.workers, deadline=settings.deadline),
    )
    allow_many()
    uvicorn.run(
        create_app(options), host=settings.host, port=settings.port, loop="auto", http=BoundedProtocol,
        server_header=False, timeout_graceful_shutdown=int(settings.deadline) + 1, log_level="info",
    )  # fmt: skip
