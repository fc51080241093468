"""The p' chart of order weeks, as data."""

from __future__ import annotations

import pandas as pd
import pytest

from odr_analysis import style
from odr_analysis.errors import ParameterError
from odr_analysis.html.notebook import show_figure
from odr_analysis.plots.order_week_rates import order_weeks_finding, plot_order_weeks
from tests.unit.plots.artists import axes, drawn, titled


@pytest.fixture
def table() -> pd.DataFrame:
    """Four weeks: one above its limit, the last with few of its reports in."""
    return pd.DataFrame(
        {
            "marketplace": "Amazon.de",
            "channel": "mfn",
            "week": pd.date_range("2026-08-03", periods=4, freq="7D", unit="us"),
            "n_orders": [100, 100, 100, 100],
            "mature_orders": [100.0, 95.0, 80.0, 20.0],
            "rate": [0.01, 0.06, 0.0, 0.0],
            "centre": 0.01,
            "lower": 0.0,
            "upper": [0.04, 0.04, 0.05, 0.3],
            "outside": ["", "above", "", ""],
        }
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("compact", [False, True])
def test_every_week_is_one_dot_of_its_kind(table, theme, compact) -> None:
    ax = plot_order_weeks(table, ax=axes(), theme=theme, compact=compact)
    dots = {
        gid: drawn(ax, gid).get_offsets()[:, 1].tolist() for gid in ("weeks", "young", "outside")
    }
    assert dots == {"weeks": [0.01, 0.0], "young": [0.0], "outside": [0.06]}
    assert drawn(ax, "centre").get_ydata().tolist() == [0.01] * 4
    # The wide limits of a week with few reports in do not flatten the others.
    assert ax.get_ylim()[1] == pytest.approx(0.06 * 1.08)
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["order week", "most reports to come", "noise", "beyond noise"]


@pytest.mark.parametrize(
    ("outside", "want"),
    [
        (["", "", "", ""], "no order week is outside what noise allows"),
        (["", "above", "above", ""], "2 of 4 order weeks are above what noise allows, the latest "
         "of 17 Aug"),
        (["below", "", "", ""], "1 of 4 order weeks is below what noise allows, the latest of "
         "3 Aug"),
    ],
)  # fmt: skip
def test_the_title_counts_weeks_beyond_their_limits(table, outside, want) -> None:
    data = table.assign(outside=outside)
    assert order_weeks_finding(data) == f"Seller-fulfilled: {want}"
    assert titled(plot_order_weeks(data, ax=axes())) == f"Seller-fulfilled: {want}"
    assert plot_order_weeks(data, ax=axes(), title="").get_title(loc="left") == ""


def test_other_tables_are_refused(table) -> None:
    with pytest.raises(ParameterError, match="never pooled"):
        plot_order_weeks(pd.concat([table, table.assign(channel="afn")]), ax=axes())
    with pytest.raises(ParameterError, match="from shift; it lacks: centre"):
        plot_order_weeks(table.drop(columns="centre"), ax=axes())


def test_shown_in_a_page_it_follows_the_theme(table) -> None:
    shown = show_figure(plot_order_weeks, table)
    assert shown.html.count("<svg") == 2
    assert {v for v in style.LIGHT.values() if v in shown.html} == set()
