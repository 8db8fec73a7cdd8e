"""Geometry: across in per cent, down in pixels."""

from __future__ import annotations

from datetime import date

import pytest

from kg.web.charts import COLOURS, Interval, Item, bars, goal_columns, line, stacked, timeline
from kg.web.charts.scales import day_ticks, round_steps


@pytest.mark.parametrize(
    ("most", "steps"),
    [
        (1, [0, 1]), (4, [0, 1, 2, 3, 4]), (7, [0, 2, 4, 6, 8]), (42, [0, 20, 40, 60]), (1000, [0, 500, 1000]),
        (1999, [0, 500, 1000, 1500, 2000]), (0, [0, 1]),
    ],
)  # fmt: skip
def test_ticks_are_round_and_reach_over_the_greatest(most: float, steps: list[int]) -> None:
    assert round_steps(most) == steps


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2024, 1, 15), date(2024, 4, 15), ["2024-02", "2024-03", "2024-04"]),
        (date(2023, 1, 1), date(2024, 6, 1), ["2023-01", "2023-04", "2023-07", "2023-10", "2024-01", "2024-04"]),
        (date(1950, 1, 1), date(2020, 1, 1), ["1950", "1960", "1970", "1980", "1990", "2000", "2010", "2020"]),
        (date(2024, 1, 1), date(2024, 1, 1), ["2024-01"]),
    ],
)
def test_days_have_ticks_at_beginnings_of_months_quarters_or_years(
    first: date, last: date, expected: list[str]
) -> None:
    assert [tick.value for tick in day_ticks(first, last)] == expected


def test_bars_are_as_long_as_their_numbers() -> None:
    picture = bars([Item("a", 50), Item("b", 25), Item("c", 0), Item("d", -3)])
    assert picture is not None
    assert [bar.width for bar in picture.bars] == [83.33, 41.67, 0, 0]
    assert [tick.value for tick in picture.ticks] == ["0", "20", "40", "60"]


def test_of_many_bars_the_first_are_drawn() -> None:
    picture = bars([Item(str(n), 1) for n in range(50)], most=40)
    assert picture is not None
    assert (len(picture.bars), picture.left) == (40, 10)


def test_nothing_is_no_picture() -> None:
    assert bars([]) is None
    assert bars([Item("a", 0)]) is None
    assert stacked([(Item("a", 0), {})], ["x"]) is None
    assert line([(date(2024, 1, 1), 1, "")]) is None
    assert timeline([]) is None
    assert goal_columns({13: Item("Climate", 0)}) is None


def test_the_parts_of_a_stack_fill_it_in_the_order_of_their_names() -> None:
    rows = [(Item("software", 9), {"not": Item("not", 1), "open": Item("open", 3)})]
    picture = stacked(rows, ["open", "unknown", "not"])
    assert picture is not None
    assert [(p.series, p.x, p.width) for p in picture.stacks[0].parts] == [(0, 0, 75), (2, 75, 25)]


def test_a_line_of_steps_goes_across_and_then_up() -> None:
    picture = line([(date(2024, 1, 11), 10, ""), (date(2024, 1, 1), 0, "/x"), (date(2024, 1, 6), 5, "")], steps=True)
    assert picture is not None
    assert [(p.x, p.y, p.href) for p in picture.points] == [(0, 220, "/x"), (50, 110, ""), (100, 0, "")]
    assert picture.path == "M0.0 220.0H50.0V110.0H100.0V0.0"
    assert picture.area == picture.path + "V220H0.0Z"


def test_a_timeline_has_a_row_for_each_name_and_goes_on_to_the_end_where_one_lasts() -> None:
    picture = timeline(
        [
            Interval("b", date(2024, 1, 1), date(2024, 1, 11), "/b"),
            Interval("a", date(2024, 1, 21)),
            Interval("b", date(2024, 2, 10)),
        ],
        until=date(2024, 4, 10),
    )
    assert picture is not None
    assert [(row.label, row.href, len(row.spans)) for row in picture.rows] == [("b", "/b", 2), ("a", "", 1)]
    assert [(s.x, s.width) for s in picture.rows[0].spans] == [(0, 10), (40, 60)]
    assert picture.last == date(2024, 4, 10)


def test_what_is_not_sure_of_an_interval_stands_beside_what_is() -> None:
    whole = Interval("a", date(2024, 1, 11), date(2024, 4, 10), before=date(2024, 1, 1), sure=date(2024, 2, 10))
    picture = timeline([whole, Interval("b", date(2024, 1, 1))], until=date(2024, 4, 10))
    assert picture is not None
    (span,) = picture.rows[1].spans
    assert (span.before, span.x, span.width, span.after) == ((0, 10), 10, 30, (40, 60))
    assert picture.rows[0].spans[0].before is picture.rows[0].spans[0].after is None


def test_an_interval_of_a_day_can_be_seen() -> None:
    picture = timeline([Interval("a", date(2020, 1, 1)), Interval("b", date(2023, 8, 7), date(2023, 8, 8))])
    assert picture is not None
    assert picture.rows[1].spans[0].width == 0.6


def test_goals_have_their_own_colours_whatever_the_data_says() -> None:
    picture = goal_columns({13: Item("Climate", 5, colour='red"'), 1: Item("Poverty", 10, colour="#000000")})
    assert picture is not None
    assert [column.item.colour for column in picture.columns] == ["#000000", COLOURS[12]]
    assert [column.height for column in picture.columns] == [220, 110]
