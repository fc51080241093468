"""Orders placed per day, as data."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from odr_analysis.answer.parts.coverage import coverage
from odr_analysis.plots.orders_per_day import plot_placed
from tests.oracle import days, make_account
from tests.unit.plots.artists import axes, drawn, has, titled

DE = "Amazon.de"


def placed(without=range(0)):
    every = [d for i, d in enumerate(days(date(2026, 7, 1), 90)) if i not in without]
    rows = [(f"{c}{n}{d}", d, DE, c) for d in every for c in ("mfn", "afn") for n in range(2)]
    return coverage(make_account(rows))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("compact", [False, True])
def test_placed_stacks_channels_to_the_orders_of_the_day(theme, compact) -> None:
    data = placed()
    ax = plot_placed(data, ax=axes(), theme=theme, compact=compact)
    tops = [drawn(ax, f"orders-{c}").get_paths()[0].vertices[:, 1].max() for c in ("mfn", "afn")]
    assert tops == [2, 4]
    assert titled(ax) == "360 orders from 1 Jul to 28 Sep 2026, about 4 a day, with no hole"
    assert not has(ax, "missing")


def test_placed_marks_the_hole_where_it_is() -> None:
    ax = plot_placed(placed(without=range(30, 40)), ax=axes())
    hole = drawn(ax, "missing")
    first = (np.datetime64("2026-07-31") - np.datetime64("1970-01-01")).astype(int)
    assert (hole.get_x(), hole.get_width()) == (first - 0.5, 10)
    assert titled(ax) == "A hole in the exports: no order from 31 Jul to 9 Aug 2026"
    assert "10 days\nmissing" in [t.get_text() for t in ax.texts]


def test_placed_without_orders_says_so() -> None:
    account = make_account([("a", date(2026, 7, 1), DE, "mfn")])
    ax = plot_placed(coverage(replace(account, daily=account.daily.head(0))), ax=axes())
    assert titled(ax) == "No order in the exports counts"
