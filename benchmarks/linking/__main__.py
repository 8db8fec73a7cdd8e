"""``python -m benchmarks.linking``: ask the gold sets, print precision, recall and F1, and every error.

python -m benchmarks.linking [TASK...] [--development] [--write docs/benchmarks/linking.md]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.linking import report
from benchmarks.linking.tasks import TASKS


def main() -> None:
    """Measure the named tasks, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linking", description=__doc__.splitlines()[0])
    parser.add_argument("task", nargs="*", help=f"of {', '.join(task.name for task in TASKS)}; default: all")
    parser.add_argument("--development", action="store_true", help="keep the held-out half out of sight, to tune rules")
    parser.add_argument("--write", type=Path, help="Markdown file for the report")
    arguments = parser.parse_args()
    if unknown := set(arguments.task) - {task.name for task in TASKS}:
        parser.error(f"no task {', '.join(sorted(unknown))}")
    chosen = [task for task in TASKS if not arguments.task or task.name in arguments.task]
    results = [(task, list(task.run())) for task in chosen]
    if arguments.development:
        results = [(task, [case for case in cases if not case.held_out]) for task, cases in results if task.split]
    text = report.markdown(results)
    print(text)
    if arguments.write:
        arguments.write.parent.mkdir(parents=True, exist_ok=True)
        arguments.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
