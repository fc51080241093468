"""Axes of days, rates and counts."""

from __future__ import annotations

from datetime import date

import matplotlib as mpl
import numpy as np
import pytest

from odr_analysis.plots.shared.axis import (
    count_ticks,
    day_positions,
    months,
    name_rates,
    position,
    rate_ticks,
    steps,
)
from tests.unit.plots.artists import axes


def along(first: date, last: date, every: int = 1) -> list[tuple[str, float]]:
    ax = axes()
    ax.set_xlim(position(first) - 0.5, position(last) + 0.5)
    before = ax.get_xlim()
    months(ax, every=every)
    assert ax.get_xlim() == before
    names = [t.get_text() for t in ax.get_xticklabels()]
    return list(zip(names, ax.get_xticks().tolist(), strict=True))


def test_a_day_is_where_matplotlib_has_it() -> None:
    from matplotlib.dates import date2num

    days = [date(1970, 1, 1), date(2024, 2, 29), date(2026, 11, 28)]
    assert [position(d) for d in days] == [date2num(d) for d in days]
    stamps = np.array(days, dtype="datetime64[us]")
    assert day_positions(stamps).tolist() == [position(d) for d in days]


def test_every_month_stands_at_its_first_day() -> None:
    found = along(date(2025, 11, 15), date(2026, 3, 1))
    assert [name for name, _ in found] == ["Dec 2025", "Jan 2026", "Feb", "Mar"]
    assert found[-1][1] == position(date(2026, 3, 1))
    # The day before the first one shown has a month that begins on it.
    assert along(date(2026, 5, 2), date(2026, 7, 31))[0][0] == "Jun 2026"


def test_every_second_and_third_month_are_the_same_ones_each_year() -> None:
    two = [name for name, _ in along(date(2025, 10, 2), date(2026, 6, 1), every=2)]
    assert two == ["Nov", "Jan 2026", "Mar", "May"]
    three = [name for name, _ in along(date(2025, 10, 2), date(2026, 8, 1), every=3)]
    assert three == ["Jan 2026", "Apr", "Jul"]


@pytest.mark.parametrize("n", [1, 2, 10, 25, 40])
def test_few_days_are_named_by_day(n: int) -> None:
    first = date(2026, 9, 2)
    found = along(first, date.fromordinal(first.toordinal() + n - 1))
    assert 1 <= len(found) <= 6
    names = [name for name, _ in found]
    assert names[0].endswith(" 2026")
    assert len(set(names)) == len(names)
    for name, at in found:
        assert name.split()[0] == str(date.fromordinal(int(at) + date(1970, 1, 1).toordinal()).day)


def test_a_time_zone_of_the_user_moves_nothing() -> None:
    ends = date(2026, 1, 10), date(2026, 5, 1)
    usual = along(*ends)
    with mpl.rc_context({"timezone": "America/Los_Angeles"}):
        assert along(*ends) == usual


@pytest.mark.parametrize(
    ("top", "most", "want"),
    [
        (0.0134, 4, [0, 0.005, 0.01]),
        (0.02, 4, [0, 0.005, 0.01, 0.015, 0.02]),
        (0.024, 4, [0, 0.01, 0.02]),
        (0.33, 4, [0, 0.1, 0.2, 0.3]),
        (1.06, 4, [0, 0.5, 1]),
        (0.02, 9, [0, 0.005, 0.01, 0.015, 0.02]),
    ],
)
def test_rates_are_round_and_no_more_than_there_is_room_for(top, most, want) -> None:
    assert rate_ticks(top, most) == want


def test_rates_are_named_as_everywhere_else() -> None:
    ax = axes()
    ax.set_ylim(-0.001, 0.0134)
    name_rates(ax.yaxis, 0.0134)
    assert [t.get_text() for t in ax.get_yticklabels()] == ["0 %", "0.5 %", "1 %"]


@pytest.mark.parametrize("top", [1, 2, 3, 9, 27, 45, 95, 101, 1593, 99_999])
def test_counts_begin_at_0_and_are_whole(top: int) -> None:
    ticks = count_ticks(top)
    assert ticks[0] == 0
    assert top / 3 < ticks[-1] <= top
    assert all(tick == int(tick) for tick in ticks)
    assert 2 <= len(ticks) <= 3


def test_a_step_is_as_long_as_its_day() -> None:
    x, y = steps(np.array([10.0, 11.0]), [5, np.nan])
    assert x.tolist() == [9.5, 10.5, 10.5, 11.5]
    assert y[:2].tolist() == [5, 5]
    assert np.isnan(y[2:]).all()
