"""The rate figure as data."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from odr_analysis import style, terms
from odr_analysis.answer import findings
from odr_analysis.errors import ParameterError
from odr_analysis.plots.odr import plot_odr
from odr_analysis.rates import component_rates
from tests.oracle import make_account
from tests.unit.plots.artists import axes, drawn, titled

TODAY = date(2026, 9, 30)
FIRST = date(2026, 2, 1)


@pytest.fixture(scope="module")
def account():
    """Ten orders a day for eight months, a defect of every kind and overlap now and then."""
    rows = [
        (f"{day}-{i}", FIRST + timedelta(days=day), "Amazon.de", "mfn")
        for day in range(242)
        for i in range(10)
    ]
    kinds = [("feedback",), ("claim",), ("chargeback",), ("feedback", "claim")]
    kinds += [("claim", "chargeback"), ("feedback", "chargeback"), terms.COMPONENTS]
    defects = [
        (f"{day}-1", kind, FIRST + timedelta(days=day + 9))
        for n, day in enumerate(range(0, 225, 9))
        for kind in kinds[n % 7]
    ]
    return make_account(rows, defects, known_to=TODAY)


@pytest.fixture(scope="module")
def trend(account):
    (only,) = findings(account).answer.trends
    return only


def edges(area) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, lower and upper edge of a filled area, at its corners."""
    (path,) = area.get_paths()
    # matplotlib walks along the first edge and back along the second, with a corner at each end.
    points = path.vertices[:-1]
    n = (len(points) - 2) // 2
    there, back = points[1 : n + 1], points[n + 2 :][::-1]
    return there[:, 0], there[:, 1], back[:, 1]


def test_line_is_the_rate_of_the_table_exactly(trend):
    ax = plot_odr(trend, ax=axes())
    line = drawn(ax, "odr")
    assert line.get_ydata()[::2].tolist() == trend.history["odr"].tolist()
    days = (line.get_xdata()[::2] + 0.5).astype("datetime64[D]")
    assert (days == trend.history["as_of"].to_numpy("datetime64[D]")).all()


def test_cells_stack_up_to_the_rate_exactly(trend):
    ax = plot_odr(trend, ax=axes())
    below = np.zeros(len(trend.history) * 2)
    n = 0
    for cell in style.CELL_PAINT:
        if not trend.history[f"n_{cell}"].any():
            continue
        _, low, high = edges(drawn(ax, f"cell-{cell}"))
        assert (low == below).all()
        below, n = high, n + 1
    assert n == 7
    assert (below == np.repeat(trend.history["odr"].to_numpy(), 2)).all()


def test_lines_of_limit_warning_and_present(trend):
    ax = plot_odr(trend, ax=axes())
    assert set(drawn(ax, "limit").get_ydata()) == {0.01}
    assert set(drawn(ax, "early").get_ydata()) == {0.007}
    assert drawn(ax, "label-limit").get_text() == "1 %\nlimit"
    assert drawn(ax, "label-limit").xy[0] == ax.get_xlim()[1]
    end_of_today = (pd.Timestamp(TODAY) - pd.Timestamp(0)).days + 0.5
    assert drawn(ax, "as-of").get_xdata()[0] == end_of_today


def test_the_forecast_stands_right_of_today(trend):
    ax = plot_odr(trend, ax=axes())
    ahead = trend.path.iloc[1:]
    assert drawn(ax, "forecast").get_ydata()[::2].tolist() == ahead["odr"].tolist()
    assert drawn(ax, "known").get_ydata()[::2].tolist() == ahead["known_odr"].tolist()
    for level in (50, 90):
        x, one, other = edges(drawn(ax, f"band-{level}"))
        assert np.minimum(one, other)[::2].tolist() == ahead[f"lower_{level}"].tolist()
        assert np.maximum(one, other)[::2].tolist() == ahead[f"upper_{level}"].tolist()
        assert x[-1] == ax.get_xlim()[1]
    assert "unknown" not in [a.get_gid() for a in ax.collections]


def test_where_not_every_kind_is_known_there_is_no_forecast(trend):
    ax = plot_odr(replace(trend, at_least=True), ax=axes())
    x, *bounds = edges(drawn(ax, "unknown"))
    low, high = (pick(bounds, axis=0) for pick in (np.min, np.max))
    assert (high == ax.get_ylim()[1]).all()
    assert low[::2].tolist() == trend.path["known_odr"].tolist()[1:]
    drawn(ax, "known")
    assert "forecast" not in [line.get_gid() for line in ax.get_lines()]
    assert x[-1] == ax.get_xlim()[1]
    assert drawn(ax, "unknown").get_hatch()
    assert any("line: known defects" in text.get_text() for text in ax.texts)


def test_window_is_shaded_and_its_orders_are_those_counted(trend):
    ax = plot_odr(trend, ax=axes())
    (strip,) = [a for a in ax.figure.axes if a.get_gid() == "strip"]
    for where in (ax, strip):
        band = drawn(where, "window")
        start = np.datetime64(trend.window.start).astype(int)
        assert band.get_x() == start - 0.5
        assert band.get_width() == 60
    _, one, other = edges(drawn(strip, "counted"))
    high = np.maximum(one, other)
    assert high[::2].sum() == trend.history["n_orders"].iloc[-1]
    assert any("18 Jul to 15 Sep" in text.get_text() for text in strip.texts)


def test_days_before_the_exports_are_veiled_and_said(account):
    early = findings(account, FIRST + timedelta(days=100)).answer.trends[0]
    ax = plot_odr(early, ax=axes())
    veil = drawn(ax, "partial")
    assert veil.get_width() == (~early.history["window_complete"]).sum()
    assert any("reach back" in text.get_text() for text in ax.texts)
    # A partial window may show any rate; it must not stretch the axis.
    whole = early.history[early.history["window_complete"]]
    most = max(whole["odr"].max(), 0.0125)
    most = max(most, min(early.path["upper_90"].max(), 1.5 * max(most, early.path["odr"].max())))
    assert ax.get_ylim()[1] == pytest.approx(most * 1.12)


def test_title_is_the_finding_and_can_be_left_out(trend):
    ax = plot_odr(trend, ax=axes())
    assert titled(ax) == trend.finding
    assert plot_odr(trend, ax=axes(), title="").get_title(loc="left") == ""


def test_a_table_will_do(account):
    rates = component_rates(account, TODAY)
    ax = plot_odr(rates, ax=axes())
    assert drawn(ax, "odr").get_ydata()[::2].tolist() == rates["odr"].tolist()
    assert len(ax.figure.axes) == 1


def test_a_table_of_two_series_is_refused(account):
    rates = component_rates(account)
    both = pd.concat([rates, rates.assign(channel="afn")])
    with pytest.raises(ParameterError, match="never pooled"):
        plot_odr(both, ax=axes())
    with pytest.raises(ParameterError, match="none"):
        plot_odr(rates.iloc[:0], ax=axes())
    with pytest.raises(ParameterError, match=r"from component_rates; it lacks: channel, odr\."):
        plot_odr(rates.drop(columns=["channel", "odr"]), ax=axes())


def test_days_without_orders_leave_a_gap():
    rows = [("a", date(2026, 1, 1), "Amazon.de", "mfn"), ("b", TODAY, "Amazon.de", "mfn")]
    rates = component_rates(make_account(rows, [("a", "claim", None)]))
    ax = plot_odr(rates, ax=axes())
    shown = drawn(ax, "odr").get_ydata()[::2]
    assert (np.isnan(shown) == (rates["n_orders"] == 0)).all()
    assert np.isnan(shown).any()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("compact", [False, True])
def test_colours_are_the_theme(trend, theme, compact):
    from matplotlib.colors import to_hex

    ax = plot_odr(trend, ax=axes(), theme=theme, compact=compact)
    colours = style.THEMES[theme]
    for cell, (fill, stripes) in style.CELL_PAINT.items():
        area = drawn(ax, f"cell-{cell}")
        assert to_hex(area.get_facecolor()[0]) == colours[fill]
        assert bool(area.get_hatch()) == (stripes is not None)
