"""Pictures drawn on the server: numbers in, geometry out, which ``templates/charts.html`` draws as SVG.

Across, everything is in per cent of the width and down in pixels, so that a picture fits each screen while its letters
keep their size. What a picture says is in text too: labels and numbers beside the marks, and each mark that leads
somewhere is a link. Colours are classes of the style sheet, ``series-0`` and so on, but for the goals' own.
"""

from __future__ import annotations

from kg.web.charts.bars import Bars, Item, Stack, Stacked, bars, stacked
from kg.web.charts.goals import COLOURS, Goals, goal_columns
from kg.web.charts.lines import Line, line
from kg.web.charts.scales import Tick
from kg.web.charts.timelines import Interval, Timeline, timeline

__all__ = [
    "COLOURS", "Bars", "Goals", "Interval", "Item", "Line", "Stack", "Stacked", "Tick", "Timeline", "bars",
    "goal_columns", "line", "stacked", "timeline",
]  # fmt: skip
