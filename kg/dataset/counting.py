"""Statistics and search index of a checkpoint, made in a process of its own while this one writes the dumps.

A checkpoint may be read by any number of processes. What is small is done here: a process takes half a second to start.

    python -m kg.dataset.counting VERSION_STORE [INDEX UNION TEXTS]

prints the statistics as JSON, and makes the index where one is named; the files that it is to be made of are told as
JSON on standard input.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

from pyoxigraph import Store

from kg.dataset.search_index import make
from kg.dataset.statistics import Statistics, statistics
from kg.errors import DiskFullError, StoreError

BIG = 200_000
"""Quads from which on it is worth a process."""


def count(
    store: Path, index: Path | None, files: Mapping[str, Path], *, union: bool, beside: Path | None = None
) -> Statistics:
    """Return what a store holds, and make the search index of it in a file, if one is named."""
    opened = Store.read_only(str(store))
    counted = statistics(opened)
    if index is not None:
        make(opened, index, files, union=union, beside=beside)
    return counted


@contextlib.contextmanager
def counted(
    store: Path, index: Path | None, files: Mapping[str, Path], *, union: bool, quads: int,
    known: Statistics | None = None, beside: Path | None = None,
) -> Iterator[Callable[[], Statistics]]:  # fmt: skip
    """Begin to count, and yield what waits for it.

    Args:
        store: a checkpoint.
        index: the search index to make of it; None: none.
        files: graph -> N-Quads file of it, read for the index in place of the store.
        union: whether its default graph is the union of the others.
        quads: about how many it holds.
        known: what it holds, if that is known already.
        beside: file of the texts that are kept beside the graph, for the index.

    Raises:
        StoreError: the store cannot be read, or the index not written.
        DiskFullError: likewise, for want of space.
    """
    if known is not None and index is None:
        yield lambda: known
        return
    if quads < BIG:
        found = count(store, index, files, union=union, beside=beside)
        yield lambda: found
        return
    told = [str(index), str(int(union)), str(beside or "")] if index else []
    command = [sys.executable, "-m", "kg.dataset.counting", str(store), *told]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError), process.stdin as pipe:  # of one that has ended, the end tells why
        pipe.write(json.dumps({graph: str(file) for graph, file in files.items()}).encode())
    process.stdin = None  # told

    @cache
    def waited() -> Statistics:
        out, error = process.communicate()
        if process.returncode:
            text = error.decode(errors="replace").strip()
            kind = DiskFullError if process.returncode == NO_SPACE else StoreError
            raise kind(text.rpartition("\n")[2] or f"counting {store} failed")
        return Statistics.from_json(json.loads(out))

    try:
        yield waited
    finally:
        process.kill()
        process.communicate()


NO_SPACE = 28
"""What the process ends with when the disk is full."""


def main() -> None:
    """Count, and make the index."""
    store, *told = sys.argv[1:]
    try:
        files = {graph: Path(file) for graph, file in json.load(sys.stdin).items()}
        index, union, beside = told or ("", "1", "")
        found = count(
            Path(store), Path(index) if index else None, files, union=union == "1",
            beside=Path(beside) if beside else None,
        )  # fmt: skip
    except DiskFullError as error:
        print(error, file=sys.stderr)
        sys.exit(NO_SPACE)
    json.dump(found.json(), sys.stdout)


if __name__ == "__main__":
    main()
