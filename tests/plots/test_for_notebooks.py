"""Orders placed and hindsight, as data."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from odr_analysis.answer.parts.coverage import coverage
from odr_analysis.errors import ParameterError
from odr_analysis.plots.hindsight import plot_hindsight
from odr_analysis.plots.orders_per_day import plot_placed
from odr_analysis.rates.order_weeks import hindsight
from tests.oracle import days, make_account

DE = "Amazon.de"


def axes():
    figure = Figure()
    FigureCanvasAgg(figure)
    return figure.add_subplot()


def drawn(ax, gid):
    found = [a for a in ax.get_children() if a.get_gid() == gid]
    assert len(found) == 1, f"{len(found)} artists {gid}"
    return found[0]


def titled(ax) -> str:
    """The title as one line; narrow figures break it."""
    return " ".join(ax.get_title(loc="left").split())


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
    assert not [a for a in ax.get_children() if a.get_gid() == "missing"]


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


@pytest.fixture
def moves():
    placed_on = {
        "old": "2026-07-11",
        "stays": "2026-07-20",
        "late": "2026-08-01",
        "new": "2026-09-10",
    }
    rows = [(o, d, DE, "mfn") for o, d in placed_on.items()]
    rows += [(f"good{i}", "2026-08-02", DE, "mfn") for i in range(96)]
    defects = [
        ("old", "claim", "2026-08-01"),
        ("stays", "claim", "2026-08-01"),
        ("late", "claim", "2026-09-25"),
        ("new", "feedback", "2026-09-20"),
    ]
    return make_account(rows, defects, known_to=date(2026, 9, 30))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_hindsight_lines_are_the_table(moves, theme) -> None:
    table = hindsight(moves)
    ax = plot_hindsight(table, ax=axes(), theme=theme)
    for gid, column in (("shown", "shown_odr"), ("known-now", "known_now_odr")):
        line = drawn(ax, gid)
        np.testing.assert_array_equal(line.get_ydata()[::2], table[column])
    assert drawn(ax, "limit").get_ydata()[0] == 0.01
    # From 16 Aug to 22 Sep only the claims of "old" and "stays" were known, that of "late" not.
    assert titled(ax).startswith("Seller-fulfilled on Amazon.de: ")
    assert "showed" in titled(ax)


def test_hindsight_without_anything_reported_later_says_so() -> None:
    table = hindsight(make_account([("a", "2026-08-01", DE, "afn")], known_to=date(2026, 9, 1)))
    ax = plot_hindsight(table, ax=axes())
    assert titled(ax).endswith("every defect was known when its order first counted")


def test_hindsight_is_of_one_series(moves) -> None:
    table = hindsight(moves)
    with pytest.raises(ParameterError, match="never pooled"):
        plot_hindsight(pd.concat([table, table.assign(channel="afn")]), ax=axes())
