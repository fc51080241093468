"""The strip of orders below a figure of days."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from odr_analysis import Policy, style
from odr_analysis.plots.shared.axis import position
from odr_analysis.plots.shared.strip import strip_below
from tests.unit.plots.artists import axes, drawn

TODAY = date(2026, 9, 30)
DAYS = pd.date_range("2026-07-01", TODAY, freq="D")
DAILY = pd.DataFrame({"ordered_on": DAYS, "n_orders": np.arange(len(DAYS)) % 7})


def made(daily=DAILY, compact=False):
    ax = axes(9, 5)
    ax.set_xlim(position(date(2026, 7, 1)), position(TODAY))
    before = ax.get_position().extents
    strip = strip_below(ax, daily, TODAY, Policy(), style.LIGHT, compact=compact)
    return ax, strip, before


def test_it_takes_the_lower_part_and_leaves_the_rest() -> None:
    ax, strip, before = made()
    low, high = strip.get_position(), ax.get_position()
    assert (low.x0, low.y0, low.x1) == pytest.approx(before[[0, 1, 2]])
    assert high.y1 == pytest.approx(before[3])
    assert low.y1 < high.y0
    assert strip.get_xlim() == ax.get_xlim()


def test_the_orders_of_the_window_are_highlighted_in_both() -> None:
    ax, strip, _ = made()
    window = Policy().window(TODAY)
    assert (window.start, window.end) == (date(2026, 7, 18), date(2026, 9, 15))
    for where in (ax, strip):
        band = drawn(where, "window")
        assert (band.get_x(), band.get_width()) == (position(window.start) - 0.5, 60)
    inside = DAILY[DAILY.ordered_on.between("2026-07-18", "2026-09-15")].n_orders
    tops = drawn(strip, "counted").get_paths()[0].vertices[:, 1]
    assert tops.max() == inside.max()
    assert [t.get_text() for t in strip.get_yticklabels()] == ["0", "6"]


@pytest.mark.parametrize(
    ("compact", "want"),
    [
        (True, "orders a day; highlighted: counted today"),
        (False, "orders placed per day; highlighted: those counted today (18 Jul to 15 Sep)"),
    ],
)
def test_it_says_what_it_shows(compact: bool, want: str) -> None:
    _, strip, _ = made(compact=compact)
    assert [t.get_text() for t in strip.texts] == [want]


def test_days_without_any_order_are_drawn_as_none() -> None:
    _, strip, _ = made(DAILY.assign(n_orders=0))
    assert [t.get_text() for t in strip.get_yticklabels()] == ["0", "1"]
