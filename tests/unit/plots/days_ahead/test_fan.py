"""The fan of a forecast, as data."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from odr_analysis import Policy, roll_off, style
from odr_analysis.errors import ParameterError
from odr_analysis.html.notebook import show_figure
from odr_analysis.plots.days_ahead.fan import fan_finding, plot_forecast
from tests.oracle import make_account
from tests.unit.plots.artists import axes, drawn, titled

TODAY = date(2026, 9, 30)
DE = "Amazon.de"


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    days = pd.date_range("2026-06-01", TODAY)
    rows = [(f"{day:%m%d}{i}", day.date(), DE, "mfn") for day in days for i in range(3)]
    defects = [
        (rows[at][0], "claim", rows[at][1] + pd.Timedelta(days=12)) for at in (200, 230, 260)
    ]
    return roll_off(make_account(rows, defects, known_to=TODAY))


def by_day(artist) -> np.ndarray:
    return artist.get_ydata()[::2]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("compact", [False, True])
def test_lines_are_the_table(table, theme, compact) -> None:
    ax = plot_forecast(table, ax=axes(), theme=theme, compact=compact)
    assert by_day(drawn(ax, "forecast")).tolist() == table.odr.tolist()
    assert by_day(drawn(ax, "known")).tolist() == table.known_odr.tolist()
    assert set(drawn(ax, "limit").get_ydata()) == {0.01}
    (below,) = [a for a in ax.figure.axes if a.get_gid() == "probability"]
    (path,) = drawn(below, "p-breach").get_paths()
    assert path.vertices[:, 1].max() == pytest.approx(table.p_breach.max())
    assert below.get_ylim() == (0, 1)
    assert below.get_xlim() == ax.get_xlim()
    assert drawn(ax, "forecast").get_color() == style.THEMES[theme]["ink"]


def test_orders_to_come_count_after_the_lag(table) -> None:
    at = drawn(plot_forecast(table, ax=axes()), "entering").get_xdata()[0]
    last_of_placed = np.datetime64(TODAY).astype("datetime64[D]").astype(int) + 15
    assert at == last_of_placed + 0.5


def test_the_title_is_the_finding(table) -> None:
    assert titled(plot_forecast(table, ax=axes())) == fan_finding(table)
    assert plot_forecast(table, ax=axes(), title="").get_title(loc="left") == ""
    none = table.assign(n_orders=0.0, odr=np.nan, p_breach=np.nan)
    assert fan_finding(none) == ("Seller-fulfilled ODR: no order counts today, so no rate is shown")


def test_the_limit_is_that_of_the_policy(table) -> None:
    ax = plot_forecast(table, ax=axes(), policy=Policy(target=0.02))
    assert set(drawn(ax, "limit").get_ydata()) == {0.02}
    assert any(text.get_text() == "2 % limit" for text in ax.texts)


def test_other_tables_are_refused(table) -> None:
    with pytest.raises(ParameterError, match="never pooled"):
        plot_forecast(pd.concat([table, table.assign(channel="afn")]), ax=axes())
    with pytest.raises(ParameterError, match="from roll_off; it lacks: p_breach"):
        plot_forecast(table.drop(columns="p_breach"), ax=axes())
    with pytest.raises(ParameterError, match="none"):
        plot_forecast(table.head(0), ax=axes())


def test_shown_in_a_page_it_follows_the_theme(table) -> None:
    shown = show_figure(plot_forecast, table)
    assert shown.html.count("<svg") == 2
    assert {v for v in style.LIGHT.values() if v in shown.html} == set()
