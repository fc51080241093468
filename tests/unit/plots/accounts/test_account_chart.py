"""The chart over the days, as data."""

from __future__ import annotations

import pandas as pd
import pytest

from odr_analysis.errors import ParameterError
from odr_analysis.plots.accounts.account_chart import account_chart_figure, plot_account_chart
from odr_analysis.rates.between_accounts import limits
from tests.unit.plots.artists import axes, drawn, has

DAYS = pd.date_range("2026-08-20", "2026-09-30")
TABLE = pd.concat(
    [
        pd.DataFrame({"day": DAYS, "account": name, "z": z, "n_rates": 500})
        for name, z in (("Far $x$", 6.5), ("Near", 2.0), ("Low", -4.5))
    ],
    ignore_index=True,
)


@pytest.mark.parametrize("compact", [False, True])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_lines_are_the_rows_of_the_table(theme, compact) -> None:
    ax = plot_account_chart(TABLE, ax=axes(), theme=theme, compact=compact)
    for i, (name, z) in enumerate((("Far $x$", 6.5), ("Near", 2.0), ("Low", -4.5))):
        line = drawn(ax, f"account-{i}")
        assert set(line.get_ydata()) == {z}
        assert len(line.get_xdata()) == len(DAYS)
        assert name in {text.get_text() for text in ax.texts}
    styles = {drawn(ax, f"account-{i}").get_linestyle() for i in range(3)}
    assert len(styles) > 1
    every = limits(500).every
    assert drawn(ax, "upper-every").get_ydata() == pytest.approx([every] * len(DAYS))
    assert drawn(ax, "lower-every").get_ydata() == pytest.approx([-every] * len(DAYS))
    low, high = ax.get_ylim()
    assert low < -4.5
    assert high > 6.5


def test_limits_follow_the_number_of_accounts_of_the_day() -> None:
    grows = TABLE.assign(n_rates=[10] * 20 + [500] * (len(TABLE) - 20))
    line = drawn(plot_account_chart(grows, ax=axes()), "upper-every")
    assert line.get_ydata()[0] == pytest.approx(limits(500).every)
    one = grows[grows.account == "Far $x$"]
    line = drawn(plot_account_chart(one, ax=axes()), "upper-every")
    assert line.get_ydata()[[0, -1]] == pytest.approx([limits(10).every, limits(500).every])


def test_the_finding_counts_the_days_of_the_first_account() -> None:
    finding = account_chart_figure(TABLE).finding
    assert finding == "Far $x$ has been beyond what random variation explains on 42 of 42 days"


def test_it_begins_with_the_second_day() -> None:
    assert has(plot_account_chart(TABLE[TABLE.day == DAYS[0]], ax=axes()), "nothing")
    with pytest.raises(ParameterError, match="it lacks: z"):
        plot_account_chart(TABLE.drop(columns="z"), ax=axes())
