"""Asks the search index of a version, in a few threads of the server's own: SQLite lets the event loop go on meanwhile.

Nothing here touches the store, and each question has its time limit, so no process has to be killed for one.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from kg.dataset.search import Search
from kg.engine.pool import VersionRef

Answer = TypeVar("Answer")


class Searcher:
    """A pool of threads, each with the index of the version open that was asked last."""

    def __init__(self, threads: int = 2) -> None:
        self._threads = ThreadPoolExecutor(threads, "search")
        self._open = threading.local()

    async def ask(self, version: VersionRef, question: Callable[[Search], Answer]) -> Answer:
        """Return what a function finds in the index of a version.

        Raises:
            SearchError: the version has none, or it is damaged.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._ask, version.path, question)

    def _ask(self, path: Path, question: Callable[[Search], Answer]) -> Answer:
        opened: tuple[Path, Search] | None = getattr(self._open, "search", None)
        if opened is None or opened[0] != path:
            if opened is not None:
                opened[1].close()
                self._open.search = None
            opened = self._open.search = (path, Search(path))
        return question(opened[1])
