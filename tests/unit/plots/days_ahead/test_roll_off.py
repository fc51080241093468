"""The calendar of defects leaving and entering, as data."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from odr_analysis.answer import findings
from odr_analysis.errors import ParameterError
from odr_analysis.plots.days_ahead.roll_off import plot_roll_off, roll_off_counts
from odr_analysis.rates import defective_orders
from tests.oracle import make_account
from tests.unit.plots.artists import axes

TODAY = date(2026, 9, 30)


@pytest.fixture(scope="module")
def account():
    days = [date(2026, 7, 18), date(2026, 7, 18), date(2026, 8, 1), date(2026, 9, 20)]
    rows = [(f"a-{i}", day, "Amazon.de", "mfn") for i, day in enumerate(days)]
    defects = [("a-0", "claim", None), ("a-1", "feedback", None), ("a-1", "claim", None)]
    defects += [("a-2", "chargeback", None), ("a-3", "feedback", TODAY)]
    return make_account(rows, defects, known_to=TODAY)


def bars(ax):
    """(what, day, height) of every bar that is drawn."""
    return {
        (
            bar.get_gid(),
            str(np.datetime64(round(bar.get_x() + bar.get_width() / 2), "D")),
            bar.get_height(),
        )
        for bar in ax.patches
        if bar.get_gid() and bar.get_height()
    }


def test_bars_stand_on_the_days_orders_stop_and_start_counting(account):
    ax = plot_roll_off(findings(account).ahead, ax=axes())
    assert bars(ax) == {
        ("leaves-claim_only", "2026-10-01", -1),
        ("leaves-feedback_claim", "2026-10-01", -1),
        ("leaves-chargeback_only", "2026-10-15", -1),
        ("leaves-feedback_only", "2026-12-04", -1),
        ("enters-feedback_only", "2026-10-05", 1),
    }
    assert (
        ax.get_title(loc="left") == "3 of 3 known defects leave within 30 days, the first on 1 Oct"
    )


def test_counts_add_up_to_the_table(account):
    table = defective_orders(account, TODAY)
    leaves, enters = roll_off_counts(table, TODAY)
    assert int(leaves.to_numpy().sum()) == len(table)
    assert int(enters.to_numpy().sum()) == int((table["phase"] != "counts").sum())


def test_a_table_needs_its_day(account):
    table = defective_orders(account, TODAY)
    assert bars(plot_roll_off(table, ax=axes(), as_of=TODAY))
    with pytest.raises(ParameterError, match="as_of"):
        plot_roll_off(table, ax=axes())
    with pytest.raises(ParameterError, match="leaves_on"):
        plot_roll_off(table.drop(columns="leaves_on"), ax=axes(), as_of=TODAY)


def test_nothing_to_leave_is_drawn_as_nothing(account):
    table = defective_orders(account, TODAY).iloc[:0]
    ax = plot_roll_off(table, ax=axes(), as_of=TODAY)
    assert bars(ax) == set()
    assert ax.get_title(loc="left") == "No known defect is in the window"
