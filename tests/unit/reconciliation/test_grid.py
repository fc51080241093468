"""Days and windows that are tried, and what is in them."""

from __future__ import annotations

import numpy as np

from odr_analysis.exports.readers.contract import snapshots
from odr_analysis.reconciliation.blocks import blocks_of
from odr_analysis.reconciliation.grid import LEAST, MOST, STRICT, Grid, in_series, known_later
from odr_analysis.reconciliation.reconcile import (
    reconcile,
)
from tests.unit.reconciliation.made import account_of, defects_of, many, orders_of, report


def test_a_late_evening_tells_the_days_of_the_store_from_those_of_utc() -> None:
    late = ("late", "2026-09-15T23:40:00Z")
    edge = ("edge", "2026-07-17T12:00:00Z")
    account = account_of(orders_of(*many(), late, edge))
    found = reconcile(account, snapshots([report((6, 0, 0, 0, 0))])).together
    assert found.exact
    assert [fit.changes for fit in found.fits] == [{"day_boundary": "marketplace"}]
    assert [step._asdict() for step in found.fits[0].steps] == [
        {"name": "day_boundary", "value": "marketplace", "n_orders": -1, "n_defective": 0}
    ]


def test_days_without_times_leave_the_day_boundary_alone() -> None:
    orders = orders_of(*many()).rename(columns={"purchased_at": "ordered_on"})
    found = reconcile(
        account_of(orders.assign(ordered_on="2026-08-10")), snapshots([report((6, 0, 0, 0, 0))])
    )
    assert found.together.n_tried == 3
    assert "no other day boundary was tried" in found.notes[0]
    assert found.together.allows({"day_boundary": "marketplace"})


def test_orders_of_no_rate_stay_out_whatever_the_rules() -> None:
    foreign = ("S01-1234567-7654321", "2026-08-10T12:00:00Z")
    found = reconcile(account_of(orders_of(*many(), foreign)), snapshots([report((6, 0, 0, 0, 0))]))
    assert found.together.fits[0].changes == {}


def grid_of(orders, defects=None, *counts, **policy) -> Grid:
    reports = [report(c) for c in counts or [(0, 0, 0, 0, 0)]]
    blocks, _ = blocks_of(snapshots(reports))
    return Grid.of(account_of(orders, defects, **policy), blocks)


GONE = ("gone", "2026-08-05T12:00:00Z", "cancelled")


def test_only_switches_on_which_something_hangs_are_searched() -> None:
    assert grid_of(orders_of(*many(3))).switches == ()
    grid = grid_of(orders_of(*many(3), GONE))
    assert grid.switches == ("count_cancelled_orders",)
    assert grid.n_assignments == 2
    assert grid.on("count_cancelled_orders").tolist() == [False, True]
    assert grid.assignment(grid.policy) == 1


def test_counts_of_every_combination_are_those_of_each_one() -> None:
    defects = defects_of(("o0", "claim", "2026-08-20", "pending"), ("gone", "claim", "2026-08-20"))
    grid = grid_of(orders_of(*many(3), GONE), defects)
    assert set(grid.switches) == {"count_cancelled_orders", "count_pending_claims"}
    counts = grid.counts(0)
    for variant in range(len(grid.variants)):
        for assignment in range(grid.n_assignments):
            one = grid.at(0, variant, assignment)
            assert counts[:, variant, assignment].tolist() == list(one)
    both = grid.assignment(grid.policy)
    assert grid.at(0, 0, both) == (4, 2, 0, 2, 0)
    assert grid.at(0, 0, 0) == (3, 0, 0, 0, 0)


def test_a_window_is_tried_a_day_earlier_and_a_day_later() -> None:
    ends = [("first", "2026-07-18T12:00:00Z"), ("after", "2026-09-16T12:00:00Z")]
    grid = grid_of(orders_of(*ends))
    assert grid.variants[:3] == (("utc", 0), ("utc", -1), ("utc", 1))
    assert grid.counts(0)[0, :3, 0].tolist() == [1, 1, 1]
    # Stated: the first; a day earlier: the first; a day later: the one after.
    assert [grid.flags(0, np.array([v]), np.array([0])).tolist() for v in (0, 2)] == [
        [[1, 0]],
        [[0, 1]],
    ]


def test_defects_of_the_reports_own_day_may_or_may_not_be_in_it() -> None:
    grid = grid_of(orders_of(*many(1)), defects_of(("o0", "claim", "2026-09-30")))
    told = {how: grid.counts(0, how)[1, 0, 0].item() for how in (STRICT, LEAST, MOST)}
    assert told == {STRICT: 1, LEAST: 0, MOST: 1}
    after = grid_of(orders_of(*many(1)), defects_of(("o0", "claim", "2026-10-05")))
    assert after.counts(0)[1].max() == 0
    assert known_later(after, 0, 0) == 1


def test_orders_of_another_channel_are_of_no_block() -> None:
    orders = orders_of(*many(2)).assign(channel=["mfn", "afn"])
    grid = grid_of(orders)
    assert in_series(grid.orders, grid.blocks[0]).tolist() == [True, False]
