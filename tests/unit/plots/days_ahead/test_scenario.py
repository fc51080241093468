"""The what-if picture as data."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from odr_analysis import account_from_frames, style, words
from odr_analysis.plots.days_ahead.scenario import ScenarioPicture, plot_scenario, scenario_alt
from odr_analysis.whatif import MoreOrders, Removed, Scenario, apply_scenario
from tests.oracle import make_account
from tests.unit.whatif.sold import sold


@pytest.fixture(autouse=True)
def _nothing_to_come(request):
    """The accounts followed by head have nothing to come, the whole one has."""
    if "whole" not in request.fixturenames:
        request.getfixturevalue("known_alone")


DE = "Amazon.de"


@pytest.fixture
def account():
    orders = [(f"m{i}", date(2026, 8, 25), DE, "mfn") for i in range(100)]
    orders += [(f"a{i}", date(2026, 8, 26), DE, "afn") for i in range(20)]
    defects = [("m0", "claim", None), ("m1", "claim", None), ("a0", "feedback", None)]
    return make_account(orders, defects, known_to=date(2026, 9, 30))


@pytest.fixture
def effect(account):
    return apply_scenario(
        account, Scenario(MoreOrders(20, defect_rate=0.0, days=30)), horizon_days=30
    )


def own_axes():
    return Figure(figsize=(9, 4.5)).add_axes((0.1, 0.1, 0.8, 0.8))


def lines(ax):
    return {line.get_gid(): line for line in ax.get_lines()}


def test_lines_are_the_table(effect):
    ax = plot_scenario(effect, ax=own_axes())
    rows = effect.only(DE, "mfn").table
    drawn = lines(ax)
    np.testing.assert_array_equal(drawn["baseline"].get_ydata(), rows.baseline_odr)
    np.testing.assert_array_equal(drawn["scenario"].get_ydata(), rows.scenario_odr)
    assert drawn["baseline"].get_linewidth() < drawn["scenario"].get_linewidth()
    assert set(drawn["limit"].get_ydata()) == {0.01}
    # Under 1 % on the 21st day ahead.
    assert list(drawn["crossing"].get_xdata()) == [21]
    orders = lines(ax.child_axes[0])
    np.testing.assert_array_equal(orders["n_scenario"].get_ydata(), rows.scenario_n_orders)
    np.testing.assert_array_equal(orders["n_baseline"].get_ydata(), rows.baseline_n_orders)


def test_words_on_the_picture(effect):
    ax = plot_scenario(effect, ax=own_axes())
    assert " ".join(ax.get_title(loc="left").split()) == (
        "Seller-fulfilled ODR would be under 1 % from 21 Oct; without it, not in the 30 days "
        "looked at (probability 90 % or more)"
    )
    texts = {text.get_gid(): text.get_text() for text in ax.texts}
    assert texts["label_limit"] == "1 % limit"
    assert texts["label_baseline"] == "2.00 % as things are"
    assert texts["label_scenario"] == "0.50 % with this"
    assert texts["known_label"] == "known orders only"
    known = next(patch for patch in ax.patches if patch.get_gid() == "known")
    assert known.get_width() == 15
    assert [t.get_text() for t in ax.get_xticklabels()][:2] == ["30 Sep 2026", "10 Oct"]
    places = sorted(t.get_position()[1] for t in ax.texts if str(t.get_gid()).startswith("label"))
    assert min(np.diff(places)) >= 0.08
    assert plot_scenario(effect, ax=own_axes(), title="").get_title(loc="left") == ""
    assert scenario_alt(effect).startswith("Line chart of the coming 30 days with the 1 % line. S")


def test_moving_keeps_the_artists_and_follows_the_numbers(account, effect):
    with style.drawing() as colours:
        ax = own_axes()
        picture = ScenarioPicture(ax, colours)
        picture.show(apply_scenario(account, Scenario(), horizon_days=30))
        before, n_artists = lines(ax), len(ax.get_children())
        assert [t.get_text() for t in ax.texts if t.get_gid() == "label_baseline"] == [""]
        picture.show(effect)
    assert lines(ax) == before
    assert len(ax.get_children()) == n_artists
    rows = effect.only(DE, "mfn").table
    np.testing.assert_array_equal(before["scenario"].get_ydata(), rows.scenario_odr)
    top = ax.child_axes[0].get_ylim()[1]
    assert top >= rows.scenario_n_orders.max()


def test_the_series_that_moves_is_drawn(account):
    effect = apply_scenario(account, Scenario(Removed(["a0"])), horizon_days=20)
    ax = plot_scenario(effect, ax=own_axes())
    assert lines(ax)["scenario"].get_ydata()[0] == 0.0
    assert "Amazon-fulfilled" in ax.get_title(loc="left")
    only = plot_scenario(effect.only(DE, "mfn"), ax=own_axes())
    assert lines(only)["scenario"].get_ydata()[0] == 0.02
    assert not only._left_title.get_parse_math(), "a name from the exports is not a formula"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("compact", [False, True])
def test_both_themes_and_sizes(effect, theme, compact):
    before = dict(mpl.rcParams)
    ax = plot_scenario(effect, ax=own_axes(), theme=theme, compact=compact)
    assert dict(mpl.rcParams) == before
    assert lines(ax)["scenario"].get_color() == style.THEMES[theme]["link"]
    assert (ax.get_legend() is not None) == compact


def test_without_orders_it_says_so(account):
    empty = replace(account, daily=account.daily.iloc[:0], defective=account.defective.iloc[:0])
    effect = apply_scenario(empty, Scenario())
    assert plot_scenario(effect, ax=own_axes()).get_title(loc="left") == "No orders in the exports"
    assert scenario_alt(effect) == "No picture: there are no orders in the exports."


def test_days_without_orders_leave_a_gap(account):
    effect = apply_scenario(account, Scenario())  # no new orders: empty from 8 Nov on
    drawn = lines(plot_scenario(effect, ax=own_axes()))["scenario"].get_ydata()
    assert np.isfinite(drawn[:39]).all()
    assert np.isnan(drawn[39:]).all()


@pytest.fixture(scope="module")
def whole():
    """An account of which all is known, and its effect of clean orders."""
    account = account_from_frames(*sold(10, 80))
    return apply_scenario(account, Scenario(MoreOrders(60, defect_rate=0.0)))


def fan_of(ax, name):
    fan = next(each for each in ax.collections if each.get_gid() == f"fan_{name}")
    return fan, fan.get_paths()[0].vertices[:, 1] if fan.get_paths() else np.zeros(0)


def test_fans_are_the_intervals_of_the_forecast(whole):
    ax = plot_scenario(whole, ax=own_axes())
    for name, table in (("baseline", whole.baseline.table), ("scenario", whole.changed.table)):
        fan, drawn = fan_of(ax, name)
        assert fan.get_visible()
        assert drawn.min() == pytest.approx(table.lower_90.min())
        assert drawn.max() == pytest.approx(table.upper_90.max())
    unchanged = plot_scenario(apply_scenario(whole.look.account, Scenario()), ax=own_axes())
    assert not fan_of(unchanged, "baseline")[0].get_visible()
    assert fan_of(unchanged, "scenario")[0].get_visible()


@pytest.mark.filterwarnings("ignore:.*as if nothing were missing")
def test_where_orders_are_missing_there_is_no_fan(whole):
    short = account_from_frames(*sold(10, 80, days=30))
    ax = plot_scenario(apply_scenario(short, whole.scenario), ax=own_axes())
    assert not fan_of(ax, "scenario")[0].get_visible()
    assert not fan_of(ax, "baseline")[0].get_visible()


def test_fans_and_the_date_move(whole):
    account = whole.look.account
    picture = ScenarioPicture(own_axes(), style.LIGHT, title="")
    picture.show(whole)
    day = picture.turn_label.get_text()
    first = whole.focus.then.first("under" if whole.focus.then.now == "over" else "over")
    assert day == words.day(whole.focus.on(first), whole.as_of.year)
    less = apply_scenario(account, Scenario(MoreOrders(5, defect_rate=0.0)))
    picture.show(less)
    drawn = fan_of(picture.ax, "scenario")[1]
    assert drawn.max() == pytest.approx(less.changed.table.upper_90.max())
    assert picture.turn_label.get_text() != day
