"""The rate as it was shown and as it is known now, as data."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from odr_analysis.errors import ParameterError
from odr_analysis.plots.hindsight import plot_hindsight
from odr_analysis.rates.order_weeks import hindsight
from tests.oracle import make_account
from tests.unit.plots.artists import axes, drawn, titled

DE = "Amazon.de"


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
    with pytest.raises(ParameterError, match="has: none"):
        plot_hindsight(table.head(0), ax=axes())
    with pytest.raises(ParameterError, match=r"a table from hindsight; it lacks: channel, n_since"):
        plot_hindsight(table.drop(columns=["channel", "n_since"]), ax=axes())
