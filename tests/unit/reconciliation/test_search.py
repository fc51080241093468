"""The search over all combinations of rules, in cases worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from odr_analysis.answer.parts.reconcile import (
    fits_table,
    official_table,
    reconciled_line,
    reconciled_lines,
)
from odr_analysis.exports.readers.contract import snapshots
from odr_analysis.policy import Policy
from odr_analysis.reconciliation.reconcile import (
    reconcile,
    to_policy,
)
from tests.unit.reconciliation.made import account_of, defects_of, many, orders_of, report


@pytest.mark.parametrize(
    ("orders", "defects", "counts", "changes"),
    [
        ([("x", "2026-08-01T12:00:00Z", "cancelled")], [], (6, 0, 0, 0, 0), "cancelled_orders"),
        ([("x", "2026-08-01T12:00:00Z", "pending")], [], (6, 0, 0, 0, 0), "pending_orders"),
        ([], [("o1", "claim", None, "pending")], (6, 0, 0, 0, 0), "pending_claims"),
        ([], [("o1", "feedback", None, "struck")], (6, 1, 1, 0, 0), "struck_feedback"),
        ([], [("o1", "chargeback", None, "won")], (6, 1, 0, 0, 1), "won_chargebacks"),
        ([], [("o1", "claim", None, "debited")], (6, 0, 0, 0, 0), "inferred_defects"),
    ],
)
def test_the_switch_that_makes_them_equal_is_found(
    orders: list, defects: list, counts: tuple, changes: str
) -> None:
    account = account_of(orders_of(*many(), *orders), defects_of(*defects))
    found = reconcile(account, snapshots([report(counts)]))
    switch = f"count_{changes}"
    value = not getattr(Policy(), switch)
    assert found.together.fits[0].changes == {switch: value}
    rules = found.together.fits[0].combination
    assert getattr(to_policy(rules, account.policy), switch) is value
    assert found.settled is None, "one record that is missing explains it as well"
    assert switch not in found.together.agreed
    if switch == "count_struck_feedback":
        assert found.together.one_missing.n_own == 0, "or the removal is not in the report yet"
        other = "the report does not show the latest defects and removals yet"
    else:
        assert found.together.one_missing.n_own == 1
        other = "one record (an order, a defect or a decision) is missing from these files"
    assert f"The counts are equal if {other}, or if " in reconciled_line(found)
    (ours,) = found.together.fits[0].counts
    assert ours == counts


def test_what_makes_no_difference_is_no_alternative() -> None:
    account = account_of(orders_of(*many()), None, count_cancelled_orders=False)
    found = reconcile(account, snapshots([report((6, 0, 0, 0, 0))]))
    search = found.together
    assert (search.n_exact, search.n_fits, search.n_tried) == (1, 1, 6)
    assert search.fits[0].changes == {}
    assert search.no_difference == (
        "count_cancelled_orders",
        "count_pending_orders",
        "count_pending_claims",
        "count_struck_feedback",
    )
    assert search.allows({"count_cancelled_orders": True, "day_boundary": "marketplace"})
    assert reconciled_line(found) == (
        "Amazon's report of 30 Sep 2026 and these files have the same counts."
    )


def test_the_closest_come_with_their_distance() -> None:
    gone = ("gone", "2026-08-05T12:00:00Z", "cancelled")
    account = account_of(orders_of(*many(), gone), defects_of(("o1", "claim", "2026-08-20")))
    found = reconcile(account, snapshots([report((6, 3, 1, 2, 0))]))
    search = found.together
    assert not search.exact
    assert found.settled is None
    assert [fit.changes for fit in search.fits] == [{"count_cancelled_orders": False}]
    # Two orders with defects, one feedback and one claim too few, at two each.
    assert (search.fits[0].distance, search.unexplained) == (8, 8)
    assert "The closest:" in "\n".join(reconciled_lines(found))
    table = fits_table(search)
    assert table[["number", "exact", "distance"]].to_numpy().tolist() == [[1, False, 8]]


def test_a_defect_weighs_more_than_an_order() -> None:
    """Moving the window by a day would win a claim and lose three orders."""
    edge = [(f"e{i}", "2026-09-16T12:00:00Z") for i in range(4)]
    account = account_of(orders_of(*many(), *edge), defects_of(("e0", "claim", "2026-09-20")))
    found = reconcile(account, snapshots([report((7, 1, 0, 1, 0))])).together
    assert [fit.changes for fit in found.fits] == [{"window_moved": 1}]
    assert found.fits[0].distance == 3


@pytest.mark.parametrize("day", ["2026-09-30", "2026-10-01"])
def test_a_report_may_or_may_not_have_the_defects_of_its_last_day(day: str) -> None:
    account = account_of(orders_of(*many()), defects_of(("o1", "claim", day)))
    has = day == "2026-10-01"
    found = reconcile(account, snapshots([report((6, has, 0, has, 0))])).together
    assert not found.exact
    assert found.unexplained == 0
    assert found.fits[0].changes == {}
    assert found.fits[0].distance == 4


def test_a_removal_may_not_have_reached_the_report() -> None:
    seen = [("o1", "feedback", "2026-08-20", "struck"), ("o2", "feedback", "2026-08-20", "struck")]
    account = account_of(orders_of(*many()), defects_of(*seen))
    found = reconcile(account, snapshots([report((6, 1, 1, 0, 0))])).together
    assert (found.n_exact, found.unexplained) == (0, 0)
    assert [fit.changes for fit in found.fits] == [{}]
    whole = reconcile(account, snapshots([report((6, 2, 2, 0, 0))])).together
    assert (whole.n_exact, whole.n_fits) == (1, 2), "the second if it had neither yet"
    assert whole.fits[0].changes == {"count_struck_feedback": True}
    assert whole.allows({})
    assert not whole.allows({}, exactly=True)


def test_one_combination_explains_all_channels_of_a_day() -> None:
    mfn = orders_of(*many(), ("x", "2026-08-01T12:00:00Z", "cancelled"))
    afn = orders_of(("y", "2026-08-01T12:00:00Z", "cancelled"), ("z", "2026-08-01T12:00:00Z"))
    orders = pd.concat([mfn, afn.assign(channel="afn")])
    rows = [report((6, 0, 0, 0, 0)), report((2, 0, 0, 0, 0), channel="afn", line=9)]
    found = reconcile(account_of(orders), snapshots(rows))
    assert len(found.days) == 1
    assert not found.together.exact, "one channel without cancelled orders, one with"
    assert {fit.distance for fit in found.together.fits} == {1}
    assert len(found.together.fits) == 2
    assert len(found.together.groups) == 2, "their counts differ"
    rows[1] |= {"n_total": 1}
    both = reconcile(account_of(orders), snapshots(rows))
    assert [fit.changes for fit in both.together.fits] == [{"count_cancelled_orders": False}]
    assert both.together.one_missing.n_own == 2, "one order of each channel"
    assert both.settled is None


def test_reports_of_two_days_are_searched_apart_and_together() -> None:
    account = account_of(
        orders_of(*many(), ("x", "2026-07-18T12:00:00Z", "cancelled")),
        defects_of(("o1", "claim", "2026-08-15")),
    )
    later = {"from_on": "2026-07-19", "to_on": "2026-09-16", "file": "later.json"}
    rows = [report((6, 1, 0, 1, 0)), report((6, 1, 0, 1, 0), **later)]
    found = reconcile(account, snapshots(rows))
    assert found.counts.day.dt.day.tolist() == [30, 1]
    assert len(found.days) == 2
    assert found.together.exact
    assert found.together.fits[0].changes == {"count_cancelled_orders": False}
    assert found.days[1].allows({}, exactly=True), "on the second day the order has left"
    assert found.together.to_dict()["n_exact"] == found.together.n_exact
    text = "\n".join(reconciled_lines(found))
    assert "Report of 30 Sep 2026: " in text
    assert "All reports together: " in text
    assert official_table(found).report.tolist() == ["1 Oct 2026", "30 Sep 2026"]
