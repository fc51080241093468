"""Counts side by side, and the parts between them, in cases worked out by hand."""

from __future__ import annotations

import json

import pandas as pd

from odr_analysis.answer.parts.reconcile import (
    official_table,
    reconciled_line,
    reconciled_lines,
)
from odr_analysis.exports.readers.contract import snapshots
from odr_analysis.reconciliation.reconcile import (
    COUNT_COLUMNS,
    PART_COLUMNS,
    reconcile,
    to_policy,
)
from tests.unit.reconciliation.made import account_of, defects_of, many, orders_of, report


def test_counts_stand_side_by_side_with_the_reports_own_window_and_day() -> None:
    placed = [
        ("before", "2026-07-17T12:00:00Z"),
        ("first", "2026-07-18T12:00:00Z"),
        ("last", "2026-09-15T12:00:00Z"),
        ("young", "2026-09-16T12:00:00Z"),
        ("newest", "2026-10-02T12:00:00Z"),
    ]
    defects = defects_of(
        ("before", "claim", "2026-08-01"),
        ("first", "claim", "2026-09-30"),
        ("first", "feedback", None),
        ("last", "chargeback", "2026-10-01"),
        ("young", "claim", "2026-09-20"),
    )
    account = account_of(orders_of(*placed), defects, lag_days=30)
    found = reconcile(account, snapshots([report((2, 1, 1, 1, 0))]))
    assert list(found.counts) == list(COUNT_COLUMNS)
    row = found.counts.iloc[0]
    assert [row[f"{c}_ours"] for c in ("n_orders", "n_defective")] == [2, 1]
    assert [row[f"n_{c}_ours"] for c in ("feedback", "claim", "chargeback")] == [1, 1, 0]
    assert (row.n_orders_difference, row.n_defective_difference) == (0, 0)
    assert row.n_known_later == 1, "the chargeback of 1 Oct"
    assert str(row.day.date()) == "2026-09-30"
    assert found.together.fits[0].changes == {}, "the lag of the policy is not asked"
    assert found.together.exact
    saved = to_policy(found.together.fits[0].combination, account.policy)
    assert saved.lag_days == 15, "it is what the report says"


def test_the_parts_lead_from_the_last_60_days_to_amazons_counts() -> None:
    young = [(f"y{i}", "2026-09-20T12:00:00Z") for i in range(7)]
    old = [(f"a{i}", "2026-07-20T12:00:00Z") for i in range(2)]
    gone = ("gone", "2026-08-05T12:00:00Z", "cancelled")
    defects = defects_of(("y0", "claim", "2026-09-22"), ("a0", "claim", "2026-08-01"))
    account = account_of(orders_of(*many(3), *young, *old, gone), defects)
    found = reconcile(account, snapshots([report((5, 2, 0, 2, 0))]))
    assert list(found.parts) == list(PART_COLUMNS)
    by_part = found.parts.set_index("part")[["n_orders", "n_defective"]]
    assert by_part.T.to_dict("list") == {
        "last days": [11, 1],
        "too new": [-7, -1],
        "older": [2, 1],
        "rules": [-1, 0],
        "unexplained": [0, 1],
    }
    assert by_part.sum().tolist() == [5, 2]
    text = "\n".join(reconciled_lines(found))
    assert "Amazon counts 5 orders, these files have 11 in the 60 days to 30 Sep 2026" in text
    assert "so 7 placed after 15 Sep are not in it yet and 2 placed earlier still are" in text
    assert "Amazon counts 1 more with defects" in text


def test_a_marketplace_without_orders_is_named_and_left_out() -> None:
    rows = [report((6, 0, 0, 0, 0)), report((9, 1, 0, 1, 0), marketplace="A0UNKNOWN", line=8)]
    found = reconcile(account_of(orders_of(*many())), snapshots(rows))
    assert found.together.exact
    assert found.counts.why_not_searched.tolist() == [
        "no order of A0UNKNOWN is in the files",
        "",
    ]
    assert "No rules were tried: no order of A0UNKNOWN" in "\n".join(reconciled_lines(found))
    alone = reconcile(account_of(orders_of(*many())), snapshots(rows[1:]))
    assert alone.together is None
    assert "they cannot be compared" in reconciled_line(alone)


def test_a_window_the_files_do_not_cover_is_said_and_not_searched() -> None:
    found = reconcile(account_of(orders_of(*many())), snapshots([report((40, 0, 0, 0, 0))]))
    row = found.counts.iloc[0]
    assert row.why_not_searched == "the files do not cover the window"
    assert (str(row.missing_from.date()), str(row.missing_to.date())) == (
        "2026-07-18",
        "2026-09-15",
    )
    assert found.together is None
    assert "These files do not reach 18 Jul to 15 Sep 2026" in "\n".join(reconciled_lines(found))
    outside = report((40, 0, 0, 0, 0), from_on="2025-07-18", to_on="2025-09-15")
    found = reconcile(account_of(orders_of(*many())), snapshots([outside]))
    assert found.counts.why_not_searched[0] == "the files do not cover the window"


def test_no_orders_on_either_side_is_the_same() -> None:
    row = report((0, 0, 0, 0, 0), channel="afn", rate=0.0)
    found = reconcile(account_of(orders_of(*many())), snapshots([row]))
    assert found.together.exact
    assert found.together.n_fits == 1
    assert official_table(found).amazon[0] == "0 of 0, no rate"


def test_a_report_that_does_not_split_channels_is_held_against_all() -> None:
    orders = pd.concat([orders_of(*many(4)), orders_of(("y", "2026-08-01T12:00:00Z"))])
    orders.iloc[-1, orders.columns.get_loc("channel")] = "afn"
    found = reconcile(account_of(orders), snapshots([report((5, 0, 0, 0, 0), channel="")]))
    assert found.together.exact
    assert official_table(found).series.tolist() == ["Amazon.de, both channels"]


def test_what_is_not_stated_is_not_compared() -> None:
    account = account_of(orders_of(*many()), defects_of(("o1", "claim", None)))
    rows = [
        report((6, 1, None, None, None)),
        report((None,) * 5, line=5, rate=0.2),
        report((6, 1, 0, 1, 0), line=6, from_on=None),
    ]
    found = reconcile(account, snapshots(rows))
    assert len(found.counts) == 1
    assert found.together.exact
    assert pd.isna(found.counts.n_claim_difference[0])
    assert found.notes == (
        "report.json, line 5: no counts are stated; a rate alone cannot be compared.",
        "report.json, line 6: an order defect rate without a window cannot be compared.",
    )
    json.dumps(found.to_dict(), allow_nan=False)
