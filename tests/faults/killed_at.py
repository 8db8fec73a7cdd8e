"""``python -m tests.faults.killed_at N HOME ARGUMENTS``: run commons-kg, and die at the Nth operation on HOME.

The operations are those that Python's audit events tell of: files opened for writing, made, renamed, linked, deleted.
Without reaching N it ends as the command does, and writes the number of operations to HOME.operations.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

WATCHED = {
    "open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.symlink", "os.link", "os.truncate", "sqlite3.connect",
}  # fmt: skip


def main() -> None:
    limit, home = int(sys.argv[1]), str(Path(sys.argv[2]).resolve())
    count = 0

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        if event not in WATCHED or not any(
            str(a).startswith(home) for a in arguments[:2] if isinstance(a, str | os.PathLike)
        ):
            return
        if event == "open" and arguments[1] is not None and not set(str(arguments[1])) & set("wax+"):
            return
        count += 1
        if count == limit:
            os.kill(os.getpid(), signal.SIGKILL)

    from kg.cli import main as commons_kg

    sys.addaudithook(watch)
    sys.argv = ["commons-kg", "--home", home, *sys.argv[3:]]
    try:
        commons_kg()
    finally:
        Path(home + ".operations").write_text(str(count))


main()
