"""How often bands held the truth, as data."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from scipy.stats import binom

from odr_analysis import style
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.track_record.tally import NOT_ENOUGH
from odr_analysis.html.notebook import show_figure
from odr_analysis.plots.days_ahead.calibration import (
    NOTHING,
    calibration_figure,
    calibration_finding,
    plot_calibration,
)
from tests.unit.plots.artists import axes, drawn, titled


def made(**more: list) -> pd.DataFrame:
    usual = {
        "marketplace": "Amazon.de",
        "channel": "mfn",
        "quantity": ["shown", "shown", "shown", "final", "mature"],
        "horizon": [7, 14, 60, 0, 0],
        "state": ["scored", "scored", NOT_ENOUGH, "scored", "scored"],
        "n_origins": [20, 20, 3, 18, 10],
        "n_windows": [12.7, 12.0, 1.4, 8.0, 4.2],
        "inside_50": [0.5, 0.4, None, 0.5, 0.6],
        "inside_90": [0.9, 0.85, None, 0.5, 1.0],
    }
    return pd.DataFrame({**usual, **more})


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("compact", [False, True])
def test_marks_are_the_shares_and_bars_the_range_of_a_calibrated_forecast(theme, compact) -> None:
    ax = plot_calibration(made(), ax=axes(), theme=theme, compact=compact)
    shares = {"50": [0.5, 0.4, 0.5, 0.6], "90": [0.9, 0.85, 0.5, 1.0]}
    for name, share in shares.items():
        level = int(name) / 100
        assert drawn(ax, f"share-{name}").get_xdata().tolist() == share
        assert set(drawn(ax, f"level-{name}").get_xdata()) == {level}
        bars = [p for p in ax.patches if p.get_gid() == f"range-{name}"]
        for bar, n in zip(bars, [12, 12, 8, 4], strict=True):
            ends = (bar.get_x(), bar.get_x() + bar.get_width())
            assert ends == pytest.approx(binom.ppf([0.05, 0.95], n, level) / n)
            assert to_hex(bar.get_facecolor()) == style.THEMES[theme]["window"]
        marks = drawn(ax, f"share-{name}").get_ydata()
        middles = [bar.get_y() + bar.get_height() / 2 for bar in bars]
        assert marks.tolist() == pytest.approx(middles)
        assert sorted(marks, reverse=True) == marks.tolist()
    rows = [t.get_text().split("\n") for t in ax.get_yticklabels()]
    assert [row[0] for row in rows] == [
        "7 days ahead",
        "14 days ahead",
        "window, when it left",
        "window, all reports in",
    ]
    assert rows[0][1] == ("20 (worth 12.7)" if compact else "20, worth 12.7 windows")


@pytest.mark.parametrize(
    ("inside", "want"),
    [
        ([0.9, 0.85], "35 of 40 forecasts: no sign that it is too narrow or too wide"),
        ([0.9, 0.4], "26 of 40 forecasts: too narrow 14 days ahead"),
        ([0.5, 0.4], "18 of 40 forecasts: too narrow 7 and 14 days ahead"),
    ],
)
def test_the_title_states_how_often_the_band_held(inside: list, want: str) -> None:
    data = made(inside_90=[*inside, None, 0.5, 1.0])
    assert calibration_finding(data) == f"The 90 % band held the ODR in {want}"
    assert titled(plot_calibration(data, ax=axes())) == calibration_finding(data)


def test_a_band_that_always_holds_is_too_wide_where_many_windows_say_so() -> None:
    data = made(n_windows=[60.0] * 5, inside_90=[1.0, 0.9, None, 1.0, 1.0])
    assert calibration_finding(data).endswith("too wide 7 days ahead")


def test_what_cannot_be_seen_is_in_words() -> None:
    alt = calibration_figure(made()).alt
    assert alt.startswith(
        "7 days ahead: 50 % inside the 50 % band and 90 % inside the 90 % band, "
        "of 20 forecasts worth 12.7 independent windows; 14 days"
    )
    assert "60 days" not in alt


def test_not_enough_history_is_drawn_as_a_sentence() -> None:
    none = made(state=[NOT_ENOUGH] * 5)
    assert drawn(plot_calibration(none, ax=axes()), "nothing").get_text() == f"{NOTHING}."
    nowcasts = made().iloc[3:]
    assert calibration_finding(nowcasts) == NOTHING


def test_other_tables_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"from backtest\(...\).table; it lacks: n_windows"):
        plot_calibration(made().drop(columns="n_windows"), ax=axes())
    with pytest.raises(ParameterError, match="one marketplace and channel"):
        plot_calibration(pd.concat([made(), made(channel="afn")]), ax=axes())


def test_in_a_page_it_follows_the_theme() -> None:
    shown = show_figure(plot_calibration, made())
    assert shown.text == calibration_finding(made())
    assert {v for v in style.LIGHT.values() if v in shown.html} == set()


def test_a_figure_of_its_own_is_made_where_no_axes_are_given() -> None:
    import matplotlib.pyplot as plt

    for compact in (False, True):
        ax = plot_calibration(made(), theme="dark", compact=compact, title="$a_1$")
        assert ax.get_title(loc="left") == "$a_1$"
        plt.close(ax.get_figure())
