"""Tables in Markdown and pictures in SVG, for the pages of results."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping, Sequence

WIDTH, HEIGHT, MARGIN = 520, 300, 56
LABELS, BAR = 250, 13
"""Width of the labels beside bars, and height of a bar."""
COLOURS = ("#2360a5", "#b4541f", "#3b7d3b", "#7a4a9e", "#8a6d00")
Points = Sequence[tuple[float, float]]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown; all columns but the first are numbers."""
    lines = [f"| {' | '.join(head)} |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def ratio(value: float) -> str:
    """Return a ratio as it is read.

    >>> ratio(0.873), ratio(52.4), ratio(float("nan"))
    ('0.87x', '52x', '-')
    """
    if not math.isfinite(value):
        return "-"
    return f"{value:,.0f}x" if value >= 10 else f"{value:.2f}x"


def exponent(points: Points) -> float:
    """Return k of the curve y = c x^k that fits best in logarithms; 1 is linear."""
    logs = [(math.log(x), math.log(y)) for x, y in points]
    mean_x, mean_y = (sum(axis) / len(logs) for axis in zip(*logs, strict=True))
    return float(sum((x - mean_x) * (y - mean_y) for x, y in logs) / sum((x - mean_x) ** 2 for x, _ in logs))


def straightness(points: Points) -> float:
    """Return by which part of itself a point is off the line a + b x at most that fits best, each weighed by its size.

    >>> straightness([(1, 3), (2, 5), (4, 9)]) < 1e-9
    True
    """
    weights = [1 / (y * y) for _, y in points]
    total = sum(weights)
    mean_x, mean_y = (sum(w * axis[n] for w, axis in zip(weights, points, strict=True)) / total for n in (0, 1))
    slope = sum(w * (x - mean_x) * (y - mean_y) for w, (x, y) in zip(weights, points, strict=True)) / sum(
        w * (x - mean_x) ** 2 for w, (x, _) in zip(weights, points, strict=True)
    )
    return max(abs(mean_y + slope * (x - mean_x) - y) / y for x, y in points)


def curve(points: Points, title: str, unit: str) -> str:
    """Return a picture of a measure by triples, both axes in logarithms, with the line of proportion for comparison."""
    left, right = math.log10(points[0][0]), math.log10(points[-1][0])
    proportional = points[0][1] * points[-1][0] / points[0][0]
    values = [y for _, y in points] + [proportional]
    low, high = math.log10(min(values)), math.log10(max(values))

    def at(x: float, y: float) -> str:
        across = (math.log10(x) - left) / ((right - left) or 1)
        up = (math.log10(y) - low) / ((high - low) or 1)
        return f"{MARGIN + across * (WIDTH - 2 * MARGIN):.1f},{HEIGHT - MARGIN - up * (HEIGHT - 2 * MARGIN):.1f}"

    marks = []
    for x, y in points:
        px, py = at(x, y).split(",")
        marks.append(f'<circle cx="{px}" cy="{py}" r="4" fill="{COLOURS[0]}"/>')
        marks.append(f'<text x="{px}" y="{float(py) - 9:.1f}" text-anchor="middle">{y:,.0f}</text>')
        marks.append(f'<text x="{px}" y="{HEIGHT - 28}" text-anchor="middle">{x:,}</text>')
    line = " ".join(at(x, y) for x, y in points)
    straight = f"{at(*points[0])} {at(points[-1][0], proportional)}"
    return _svg(
        WIDTH, HEIGHT, f"{title} by triples",
        f'<text x="{MARGIN}" y="20" font-weight="bold">{title} ({unit}), both axes logarithmic</text>'
        f'<polyline points="{straight}" fill="none" stroke="#999" stroke-dasharray="4 4"/>'
        f'<polyline points="{line}" fill="none" stroke="{COLOURS[0]}" stroke-width="2"/>{"".join(marks)}'
        f'<text x="{WIDTH - MARGIN}" y="{HEIGHT - 8}" text-anchor="end">triples (dashed: in proportion)</text>',
    )  # fmt: skip


def bars(title: str, rows: Mapping[str, Mapping[str, float]]) -> str:
    """Return a picture of ratios by label and series, from 1 (as good as the peer) to both sides, in logarithms."""
    series = list(dict.fromkeys(name for values in rows.values() for name in values))
    found = [v for values in rows.values() for v in values.values() if v > 0 and math.isfinite(v)]
    most = max([2.0, *found, *(1 / v for v in found)])
    width = 640
    middle, reach = LABELS + (width - LABELS) / 2, (width - LABELS) / 2 - 44
    parts, y = [f'<text x="8" y="20" font-weight="bold">{html.escape(title)}</text>'], 32
    for number, name in enumerate(series):
        colour = COLOURS[number % len(COLOURS)]
        parts.append(f'<rect x="8" y="{y}" width="10" height="10" fill="{colour}"/>')
        parts.append(f'<text x="24" y="{y + 9}">against {html.escape(name)}</text>')
        y += 16
    top = y = y + 6
    for label, values in rows.items():
        parts.append(f'<text x="8" y="{y + BAR - 3}">{html.escape(label)}</text>')
        for name, value in values.items():
            if value > 0 and math.isfinite(value):
                length = math.log(value) / math.log(most) * reach
                start, end = sorted((middle, middle + length))
                anchor, text = ("start", end + 4) if length >= 0 else ("end", start - 4)
                parts.append(
                    f'<rect x="{start:.1f}" y="{y + 1}" width="{max(end - start, 1):.1f}" height="{BAR - 3}" '
                    f'fill="{COLOURS[series.index(name) % len(COLOURS)]}"/>'
                    f'<text x="{text:.1f}" y="{y + BAR - 3}" text-anchor="{anchor}">{ratio(value)}</text>'
                )
            y += BAR
        y += 5
    parts.append(f'<line x1="{middle}" x2="{middle}" y1="{top - 4}" y2="{y}" stroke="#444"/>')
    parts.append(
        f'<text x="{middle}" y="{y + 14}" text-anchor="middle">as good as the peer; to the right better</text>'
    )
    return _svg(width, y + 24, title, "".join(parts))


def _svg(width: int, height: int, title: str, body: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif" font-size="12"><title>{html.escape(title)}</title>'
        f'<rect width="{width}" height="{height}" fill="#fff"/>{body}</svg>\n'
    )
