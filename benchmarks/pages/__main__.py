"""``python -m benchmarks.pages --home HOME``: the pages of a sample of every kind and of the most linked things.

python -m benchmarks.pages --home HOME [--each 5] [--most 50] [--write docs/benchmarks/pages.md]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.pages.measure import Page, measured, wait_for
from benchmarks.pages.report import markdown
from benchmarks.pages.sample import sample
from benchmarks.processes import processes_of

PORT = 8399
WARMING = 2
"""Times that each page is opened before it is measured: each worker reads blocks of the store into its memory."""


def main() -> None:
    """Serve the home without a cache of answers, open each page when the version is warm, and tell of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=str(__doc__).splitlines()[0])
    parser.add_argument("--home", type=Path, required=True, help="a home with a published version")
    parser.add_argument("--each", type=int, default=5, help="things of each kind")
    parser.add_argument("--most", type=int, default=50, help="things that most statements point at")
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--write", type=Path, help="Markdown file for the report")
    arguments = parser.parse_args()
    paths = sample(arguments.home, arguments.each, arguments.most)
    command = [sys.executable, "-m", "kg", "--home", str(arguments.home), "serve", "--port", str(arguments.port)]
    environment = os.environ | {"COMMONS_KG_CACHE_BYTES": "0", "COMMONS_KG_TRUSTED_PROXIES": "127.0.0.1"}
    with tempfile.TemporaryFile() as log, subprocess.Popen(command, env=environment, stderr=log, stdout=log) as server:
        try:
            wait_for(arguments.port)
            for _, path in paths * WARMING:
                measured(arguments.port, processes_of(server.pid), "warm", path)
            pages: list[Page] = [measured(arguments.port, processes_of(server.pid), kind, path) for kind, path in paths]
        finally:
            server.terminate()
    text = markdown(pages)
    print(text)
    if arguments.write:
        arguments.write.parent.mkdir(parents=True, exist_ok=True)
        arguments.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
