"""The measured pages as Markdown: a line for each kind, and the slowest and heaviest by name."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from benchmarks.pages.measure import Page


def markdown(pages: Sequence[Page]) -> str:
    """Return the report."""
    lines = [
        "# The pages of things", "",
        "`python -m benchmarks.pages`; times in milliseconds, on the wall and of all processes of the server together;",
        "sizes in KB as gzip. No answer is cached; each page was opened twice before, so that the version is warm.", "",
        "| kind | pages | CPU p50 | CPU p99 | CPU max | wall p50 | wall max | KB p50 | KB max |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]  # fmt: skip
    for kind in dict.fromkeys(page.kind for page in pages):
        lines.append(_line(kind, [page for page in pages if page.kind == kind]))
    lines += [_line("**all**", pages), "", "Slowest:", ""]
    slowest = sorted(pages, key=lambda p: -p.cpu)[:5]
    lines += [f"- {p.cpu:.0f} ms CPU, {p.wall:.0f} ms, {p.size / 1000:.1f} KB: `{p.path}`" for p in slowest]
    heaviest = sorted(pages, key=lambda p: -p.size)[:3]
    lines += ["", "Heaviest:", "", *(f"- {p.size / 1000:.1f} KB: `{p.path}`" for p in heaviest)]
    failed = [p for p in pages if p.status != 200]
    lines += ["", *(f"- {p.status}: `{p.path}`" for p in failed)] if failed else []
    return "\n".join(lines) + "\n"


def _line(kind: str, pages: Sequence[Page]) -> str:
    cpu, wall = sorted(p.cpu for p in pages), sorted(p.wall for p in pages)
    size = sorted(p.size / 1000 for p in pages)
    p99 = cpu[min(len(cpu) - 1, round(0.99 * (len(cpu) - 1)))]
    return (f"| {kind} | {len(pages)} | {median(cpu):.0f} | {p99:.0f} | {cpu[-1]:.0f} | {median(wall):.0f} "
            f"| {wall[-1]:.0f} | {median(size):.1f} | {size[-1]:.1f} |")  # fmt: skip
