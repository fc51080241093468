"""The bridge as a picture: bars start where the one before ended, and say what they are."""

from __future__ import annotations

import pandas as pd
import pytest

from odr_analysis import bridge
from odr_analysis.errors import ParameterError
from odr_analysis.plots.bridge import bridge_steps, plot_bridge
from tests.unit.plots.artists import axes, titled
from tests.unit.why.test_bridge import FROM, TO, placed, ten


def account():
    return ten(
        ("o0", "claim", placed(70)),
        ("o2", "feedback", placed(10)),
        ("o4", "claim", placed(3)),
        ("o6", "claim", placed(30)),
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("compact", [False, True])
def test_each_bar_starts_where_the_one_before_ended(theme: str, compact: bool) -> None:
    found = bridge(account(), FROM, TO)
    ax = plot_bridge(found, ax=axes(), theme=theme, compact=compact)
    bars = ax.patches
    steps = bridge_steps(found)
    assert [b.get_gid() for b in bars] == ["from", *steps.part, "to"]
    assert list(steps.part) == ["defects_entered", "defects_left", "reported_late", "orders"]
    assert bars[0].get_width() == pytest.approx(2 / 8)
    assert bars[-1].get_width() == pytest.approx(3 / 8)
    at = bars[0].get_width()
    for bar, effect in zip(bars[1:-1], steps.effect, strict=True):
        assert bar.get_x() == pytest.approx(at)
        assert bar.get_width() == pytest.approx(effect)
        at += effect
    assert at == pytest.approx(bars[-1].get_width())

    assert 0.01 in {float(x) for line in ax.lines for x in line.get_xdata()}
    assert titled(ax).startswith("Seller-fulfilled on Amazon.de ODR rose 12.50 points: ")


def test_more_than_one_series_is_refused() -> None:
    table = bridge(account(), FROM, TO)
    with pytest.raises(ParameterError, match=r"draws one marketplace and channel.*mfn; .*afn"):
        plot_bridge(pd.concat([table, table.assign(channel="afn")]))


def test_a_table_that_is_not_a_bridge_is_refused() -> None:
    table = bridge(account(), FROM, TO)
    with pytest.raises(ParameterError, match=r"a table from bridge; it lacks: measure, effect\."):
        plot_bridge(table.drop(columns=["measure", "effect"]))
    with pytest.raises(ParameterError, match="has: none"):
        plot_bridge(table.head(0))
    with pytest.raises(ParameterError, match="measure 'odr'"):
        plot_bridge(table[table.measure == "claim"])


def test_nothing_is_said_to_be_nothing() -> None:
    table = bridge(account(), "2026-01-01", "2026-01-02")
    ax = plot_bridge(table, ax=axes())
    assert titled(ax) == "Seller-fulfilled on Amazon.de: no order counts on either day"
