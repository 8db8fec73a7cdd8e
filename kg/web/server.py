"""Run the application under uvicorn until a signal stops it."""

from __future__ import annotations

import sys
import tempfile
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from kg.engine.guard import Limits
from kg.engine.outside import Outside, endpoints
from kg.engine.pool import PoolOptions
from kg.engine.updater import UpdateOptions
from kg.errors import UsageError
from kg.identifiers import Minter
from kg.settings import Settings
from kg.web.app import create_app
from kg.web.client import Proxies
from kg.web.connections import BoundedProtocol, allow_many
from kg.web.options import WebOptions

STARTING = 60
"""Seconds that a server process may take to answer its parent, which takes it for dead then: to start, on a machine
that is busy, takes longer than uvicorn's 5."""


def serve(settings: Settings) -> None:
    """Serve a home; SIGTERM and SIGINT let running requests end for some seconds. Logs go to stderr.

    Raises:
        UsageError: a setting makes no sense, or a package is missing without which serving is several times slower.
    """
    missing = [name for name in ("uvloop", "httptools") if sys.platform != "win32" and find_spec(name) is None]
    if missing:
        raise UsageError(f"{' and '.join(missing)} is missing", hint=f"pip install {' '.join(missing)}")
    _check_engine(settings)
    Proxies(settings.trusted_proxies)  # what is wrong with it is said now, not by each process
    allow_many()
    with tempfile.TemporaryDirectory(prefix="commons-kg-") if settings.processes > 1 else nullcontext() as run:
        options = options_of(settings, Path(run) if run else None)
        config = uvicorn.Config(
            partial(create_app, options), factory=True, host=settings.host, port=settings.port,
            uds=settings.uds or None, loop="auto" if sys.platform == "win32" else "uvloop", http=BoundedProtocol,
            workers=settings.processes, proxy_headers=False, server_header=False, access_log=False,
            timeout_graceful_shutdown=int(settings.deadline) + 1, log_level="info",
            timeout_worker_healthcheck=STARTING,
        )  # fmt: skip
        server = uvicorn.Server(config)
        if settings.processes > 1:
            Multiprocess(config, sockets=[config.bind_socket()]).run()
        else:
            server.run()
    if settings.processes == 1 and not server.started:
        sys.exit(STARTUP_FAILURE)


def _check_engine(settings: Settings) -> None:
    if not settings.engine:
        return
    parts = urlsplit(settings.engine)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(
            f"engine: {settings.engine!r} is no http or https address", hint="http://127.0.0.1:8890/sparql"
        )
    if settings.allow_update:
        raise UsageError("updates are made in the home's own store, and another server answers", hint="leave one out")


def options_of(settings: Settings, run: Path | None = None) -> WebOptions:
    """Return what the settings say to the application."""
    outside = Outside(
        services=endpoints(settings.service_endpoints), allow_private=settings.allow_private,
        timeout=settings.service_timeout, most=settings.service_bytes,
    )  # fmt: skip
    return WebOptions(
        home=Path(settings.home),
        base=settings.base,
        pool=PoolOptions(
            workers=settings.workers,
            slow=settings.slow_workers,
            quick=settings.quick,
            deadline=settings.deadline,
            stream=settings.stream,
            patience=settings.patience,
            queue=settings.queue,
            memory=settings.worker_memory,
            result=settings.result_bytes,
            budget=settings.client_seconds,
            window=settings.client_window,
            limits=Limits(size=settings.query_bytes, service=bool(outside.services)),
            outside=outside,
            remote=settings.engine,
            versions=Minter(settings.base).version(""),
        ),
        union=settings.union_default_graph,
        update=_updates(settings, outside) if settings.allow_update else None,
        token=settings.token,
        cache=settings.cache_bytes,
        trusted_proxies=settings.trusted_proxies,
        access_log=settings.access_log,
        disallow=settings.disallow,
        run=run,
    )


def _updates(settings: Settings, outside: Outside) -> UpdateOptions:
    return UpdateOptions(
        token=settings.token,
        process={
            "home": settings.home, "base": settings.base, "union": settings.union_default_graph,
            "validate": settings.validate_updates, "keep": settings.keep_versions,
            "engine": settings.validation_engine, "service": bool(outside.services), "load": settings.allow_load,
        },
        deadline=settings.update_deadline,
        bytes=settings.update_bytes,
        outside=replace(outside, load=settings.allow_load, document_bytes=settings.update_bytes,
                        document_timeout=settings.update_deadline),
    )  # fmt: skip
