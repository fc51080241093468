"""Delay curves of each kind of defect, as data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from odr_analysis import Policy, style
from odr_analysis.errors import ParameterError
from odr_analysis.html.notebook import show_each, show_figure
from odr_analysis.plots.delays import NOTHING, delays_finding, plot_delays
from tests.unit.plots.artists import axes, drawn, titled


def made(days: dict[str, list[int]], followed: bool = True, **more) -> pd.DataFrame:
    rows = [(component, day) for component, each in days.items() for day in each]
    return pd.DataFrame(rows, columns=["component", "delay_days"]).assign(
        marketplace="Amazon.de", channel="mfn", followed=followed, **more
    )


STORY = pd.concat(
    [
        made({"feedback": [3, 4, 9, 9, 30, 41], "claim": [20, 28, 28, 35, 60], "chargeback": [70]}),
        made({"claim": [1] * 20}, followed=False),
    ],
    ignore_index=True,
)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("compact", [False, True])
def test_curves_are_the_share_reported_by_each_day(theme, compact) -> None:
    ax = plot_delays(STORY, ax=axes(), theme=theme, compact=compact)
    for component in ("feedback", "claim", "chargeback"):
        line = drawn(ax, f"delay-{component}")
        days = STORY.delay_days[STORY.followed & (STORY.component == component)]
        x, y = line.get_xdata(), line.get_ydata()
        assert line.get_drawstyle() == "steps-post"
        for day in range(76):
            at = y[np.searchsorted(x, day, side="right") - 1]
            assert at == pytest.approx((days <= day).mean())
        assert to_hex(line.get_color()) == style.THEMES[theme][component]
    assert ax.get_xlim() == (0, 75)
    assert drawn(ax, "counts-from").get_xdata()[0] == 15
    assert "order counts from here" in [t.get_text() for t in ax.texts]
    assert ax.get_xlabel() == "days since the order"
    assert ax.get_ylabel() == ""
    keys = [t.get_text() for t in ax.get_legend().get_texts()]
    assert keys == ["negative feedback (6)", "A-to-z claims (5)", "chargebacks (1)"]


def test_the_policy_sets_the_days() -> None:
    ax = plot_delays(STORY, ax=axes(), policy=Policy(lag_days=10, window_days=70))
    assert ax.get_xlim() == (0, 80)
    assert drawn(ax, "counts-from").get_xdata()[0] == 10


@pytest.mark.parametrize(
    ("data", "want"),
    [
        (
            STORY,
            "Half is reported within 9 days of the order for negative feedback (6) and within 28 "
            "days for A-to-z claims (5)",
        ),
        (
            made({"claim": [1] * 3 + [0] * 3}),
            "Half is reported within 0 days of the order for A-to-z claims (6)",
        ),
        (
            made({"claim": [1] * 4}),
            "Too few to state how soon defects are reported: 4 dated defects of orders followed "
            "long enough",
        ),
        (made({"claim": [1] * 9}, followed=False), NOTHING),
        (STORY.head(0), NOTHING),
    ],
)
def test_the_title_states_the_median_of_each_kind(data, want) -> None:
    assert delays_finding(data) == want
    assert titled(plot_delays(data, ax=axes())) == want


def test_kinds_differ_in_grey_print_too() -> None:
    ax = plot_delays(STORY, ax=axes())
    keys = ax.get_legend().legend_handles
    assert len({str(key._unscaled_dash_pattern) for key in keys}) == 3


def test_nothing_is_said_where_there_is_nothing() -> None:
    assert drawn(plot_delays(STORY.head(0), ax=axes()), "nothing").get_text() == f"{NOTHING}."


def test_other_tables_are_refused() -> None:
    with pytest.raises(ParameterError, match="from report_delays; it lacks: followed"):
        plot_delays(STORY.drop(columns="followed"), ax=axes())
    with pytest.raises(ParameterError, match="one marketplace and channel"):
        plot_delays(pd.concat([STORY, STORY.assign(channel="afn")]), ax=axes())


def test_in_a_page_it_follows_the_theme() -> None:
    shown = show_figure(plot_delays, STORY)
    assert shown.text == delays_finding(STORY)
    assert {v for v in style.LIGHT.values() if v in shown.html} == set()
    assert "var(--odr-claim)" in shown.html
    both = pd.concat([STORY, STORY.assign(channel="afn")])
    assert show_each(plot_delays, both).html.count("<svg") == 4


def test_a_figure_of_its_own_is_made_where_no_axes_are_given() -> None:
    import matplotlib.pyplot as plt

    for compact in (False, True):
        ax = plot_delays(STORY, theme="dark", compact=compact, title="$a_1$")
        assert ax.get_title(loc="left") == "$a_1$"
        assert to_hex(ax.get_figure().get_facecolor()) == style.DARK["card"]
        plt.close(ax.get_figure())
