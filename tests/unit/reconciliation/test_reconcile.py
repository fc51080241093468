"""Amazon's counts against ours, in cases small enough to work out by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from odr_analysis import account_from_frames
from odr_analysis.account import Account
from odr_analysis.answer.parts.reconcile import (
    fits_table,
    official_table,
    reconciled_line,
    reconciled_lines,
)
from odr_analysis.errors import ParameterError
from odr_analysis.exports.text.delimited import snapshots
from odr_analysis.policy import Policy
from odr_analysis.presets import load_policy, to_toml
from odr_analysis.reconciliation.order_list import LIST_COLUMNS
from odr_analysis.reconciliation.reconcile import (
    COUNT_COLUMNS,
    PART_COLUMNS,
    Combination,
    reconcile,
    to_policy,
)
from odr_analysis.reconciliation.undecided import APART_COLUMNS

DE = "Amazon.de"
WORDS = ("condition", "status", "account_status")


def orders_of(*placed: tuple[str, str] | tuple[str, str, str]) -> pd.DataFrame:
    """(id, time in UTC[, status]) on Amazon.de, seller-fulfilled."""
    rows = [(i, at, *(rest or ("shipped",))) for i, at, *rest in placed]
    table = pd.DataFrame(rows, columns=["order_id", "purchased_at", "status"])
    return table.assign(marketplace=DE, channel="mfn")


def many(n: int = 6) -> list[tuple[str, str]]:
    """`n` orders in the middle of the window."""
    return [(f"o{i}", "2026-08-10T12:00:00Z") for i in range(n)]


def defects_of(*rows: tuple[str, str, str | None] | tuple[str, str, str | None, str]):
    """(order id, component, day[, outcome])."""
    full = [(*r, "") if len(r) == 3 else r for r in rows]
    return pd.DataFrame(full, columns=["order_id", "component", "reported_on", "outcome"])


def report(counts: tuple[Any, ...], **more: Any) -> dict[str, Any]:
    """A block of the report of 30 Sep 2026, whose window is 18 Jul to 15 Sep."""
    names = ("n_total", "n_bad", "n_feedback", "n_claim", "n_chargeback")
    row = {"marketplace": DE, "metric": "order_defects", "channel": "mfn"}
    row |= {"from_on": "2026-07-18", "to_on": "2026-09-15", "file": "report.json", "line": 3}
    row |= dict.fromkeys(WORDS, "") | {"source": "seller-performance"}
    return row | dict(zip(names, counts, strict=True)) | more


def account_of(orders: pd.DataFrame, defects: pd.DataFrame | None = None, **policy: Any) -> Account:
    return account_from_frames(orders, defects, policy=Policy(**policy))


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


@pytest.mark.parametrize(("n_cancelled", "sure"), [(8, True), (3, False), (1, False)])
def test_rules_are_settled_only_far_from_what_missing_records_explain(
    n_cancelled: int, sure: bool
) -> None:
    """Orders around both ends of the window tell where it lies."""
    around = [
        *((f"before{i}", "2026-07-17T12:00:00Z") for i in range(8)),
        *((f"after{i}", "2026-09-16T12:00:00Z") for i in range(7)),
        *((f"late{i}", "2026-09-15T23:40:00Z") for i in range(4)),
    ]
    off = [(f"x{i}", "2026-08-01T12:00:00Z", "cancelled") for i in range(n_cancelled)]
    found = reconcile(
        account_of(orders_of(*many(), *around, *off)), snapshots([report((10, 0, 0, 0, 0))])
    )
    assert found.together.n_exact == 1
    assert found.together.fits[0].changes == {"count_cancelled_orders": False}
    assert found.together.one_missing.n_own == n_cancelled
    settled = {"window_moved": 0} | ({"count_cancelled_orders": False} if sure else {})
    assert found.settled is not None
    assert found.settled.to_dict() == found.to_dict()["settled"] == settled
    saved = to_policy(found.settled, Policy(count_pending_claims=False, day_boundary="marketplace"))
    assert saved.count_cancelled_orders is not sure
    assert not saved.count_pending_claims, "what is open stays as it is"
    assert (saved.day_boundary, saved.lag_days) == ("marketplace", 15)
    text = "\n".join(reconciled_lines(found))
    assert "Settled, even if a few records" in text
    assert ("Open: cancelled orders" in text) is not sure


def test_the_nearest_is_left_unsaid_where_it_changes_more_than_two_rules() -> None:
    orders = [("x", "2026-08-01T12:00:00Z", "cancelled"), ("y", "2026-08-01T12:00:00Z", "pending")]
    seen = defects_of(("o1", "claim", "2026-08-20", "pending"), ("o2", "claim", "2026-08-20"))
    account = account_of(orders_of(*many(), *orders), seen)
    found = reconcile(account, snapshots([report((6, 0, 0, 0, 0))]))
    assert not found.together.exact
    assert len(found.together.fits[0].changes) == 3
    assert "closest" not in reconciled_line(found).lower()
    assert "closest" not in "\n".join(reconciled_lines(found))


def test_a_policy_found_is_saved_and_read_back_equal(tmp_path: Path) -> None:
    found = Combination((("count_pending_claims", False),), "marketplace", -1, 15, 60)
    policy = to_policy(found, Policy())
    assert (policy.lag_days, policy.day_boundary, policy.count_pending_claims) == (
        16,
        "marketplace",
        False,
    )
    file = tmp_path / "mine.toml"
    file.write_text(to_toml(policy), "utf-8")
    assert load_policy(file) == policy
    own = Combination((("count_pending_claims", True),), "utc", 0, 15, 60)
    assert to_policy(own, Policy()) == Policy(), "nothing changed, not even the name"
    unsure = Combination((), "utc", 1, None, None)
    assert to_policy(unsure, Policy(lag_days=20)).lag_days == 20


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


def test_what_no_report_tells_apart_is_grouped_with_the_orders_that_would() -> None:
    late = ("late", "2026-09-15T23:40:00Z")
    gone = ("gone", "2026-08-05T12:00:00Z", "cancelled")
    account = account_of(orders_of(*many(), late, gone), defects_of(("gone", "claim", None)))
    seen = reconcile(account, snapshots([report((7, 0, 0, 0, 0))]))
    assert seen.together.n_exact == 1, "the claim tells"
    assert seen.settled is None, "one order and its claim may be missing"
    blind = report((7, None, None, None, None))
    both = reconcile(account, snapshots([blind]))
    assert both.settled is None
    (group,) = both.together.groups
    first, second = group.fits
    assert first.changes == {"count_cancelled_orders": False}
    assert second.changes == {"window_moved": -1}
    assert second.same == ({"day_boundary": "marketplace"},)
    assert list(group.orders) == list(APART_COLUMNS)
    table = group.orders.set_index("order_id")
    assert set(table.index) == {"late", "gone"}
    assert group.n_apart == 2
    assert table.peculiar["gone"] == "cancelled order, A-to-z claim"
    assert table.peculiar["late"] == (
        "placed 15 Sep 2026 at 23:40 UTC (16 Sep, 01:40 in the store), "
        "on the window's last day or after the window's last day"
    )
    assert table.counted_by.to_dict() == {"gone": "2", "late": "1"}
    assert table.defective_by.to_dict() == {"gone": "2", "late": ""}
    text = "\n".join(reconciled_lines(both))
    assert "or, with the same orders: days begin at midnight in the store" in text
    assert "gone  cancelled order, A-to-z claim: counted by 2, with a defect by 2" in text


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


def test_rates_are_never_used_and_said_to_contradict() -> None:
    account = account_of(orders_of(*many()), defects_of(("o1", "claim", None)))
    found = reconcile(account, snapshots([report((6, 1, 0, 1, 0), rate=0.5)]))
    assert found.together.fits[0].changes == {}
    assert found.notes == (
        "Seller-fulfilled on Amazon.de: the report of 30 Sep 2026 states a rate of 0.5, but its "
        "counts, 1 of 6, are 0.1667; the counts are used.",
    )


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


def test_the_day_is_that_of_the_other_windows_where_they_tell_one() -> None:
    cancellation = report((6, 0, None, None, None), metric="cancellation", channel="")
    cancellation |= {"from_on": "2026-09-23", "to_on": "2026-09-29", "line": 20}
    row = report((6, 0, 0, 0, 0), from_on="2026-08-01", to_on="2026-09-15")
    account = account_of(orders_of(*many()))
    found = reconcile(account, snapshots([row, cancellation]))
    assert str(found.counts.day[0].date()) == "2026-09-30"
    assert found.together.fits[0].combination.window_days == 46


def test_no_report_is_one_sentence_that_names_the_file() -> None:
    found = reconcile(account_of(orders_of(*many())), snapshots([]))
    assert (found.days, found.together, found.settled) == ((), None, None)
    (said,) = reconciled_lines(found)
    assert said == reconciled_line(found)
    assert "GET_V2_SELLER_PERFORMANCE_REPORT" in said
    assert official_table(found).empty
    assert fits_table(found.together).empty
    json.dumps(found.to_dict())


def test_the_accounts_own_snapshots_are_used_by_default() -> None:
    account = account_of(orders_of(*many()))
    assert reconcile(account).counts.empty
    told = replace(account, snapshots=snapshots([report((6, 0, 0, 0, 0))]))
    assert len(reconcile(told).counts) == 1


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


def test_a_report_downloaded_twice_is_one() -> None:
    rows = [report((6, 0, 0, 0, 0)), report((6, 0, 0, 0, 0), file="again.json")]
    found = reconcile(account_of(orders_of(*many())), snapshots(rows))
    assert found.counts.file.tolist() == ["again.json"]


def test_days_without_times_leave_the_day_boundary_alone() -> None:
    orders = orders_of(*many()).rename(columns={"purchased_at": "ordered_on"})
    found = reconcile(
        account_of(orders.assign(ordered_on="2026-08-10")), snapshots([report((6, 0, 0, 0, 0))])
    )
    assert found.together.n_tried == 3
    assert "no other day boundary was tried" in found.notes[0]
    assert found.together.allows({"day_boundary": "marketplace"})


def test_the_list_and_the_files_are_compared_order_by_order() -> None:
    placed = [
        ("old", "2026-07-10T12:00:00Z"),
        ("gone", "2026-08-10T12:00:00Z", "cancelled"),
        ("off", "2026-08-10T12:00:00Z"),
        ("late", "2026-08-10T12:00:00Z"),
        ("ours", "2026-08-10T12:00:00Z"),
        ("both", "2026-08-10T12:00:00Z"),
        ("soon", "2026-09-15T12:00:00Z"),
    ]
    rows = [
        ("old", "claim", None, "", "order-defects"),
        ("gone", "claim", None, "", "order-defects"),
        ("off", "claim", None, "does not count", "order-defects"),
        ("late", "claim", None, "", "order-defects"),
        ("late", "claim", "2026-10-03", "", "claims"),
        ("ours", "claim", "2026-08-20", "pending", "claims"),
        ("both", "feedback", None, "", "order-defects"),
        ("soon", "feedback", "2026-09-29", "", "seller-feedback"),
        ("lost", "claim", None, "", "order-defects"),
    ]
    columns = ["order_id", "component", "reported_on", "outcome", "source"]
    defects = pd.DataFrame(rows, columns=columns)
    account = account_of(orders_of(*placed), defects, count_cancelled_orders=False)
    found = reconcile(account, snapshots([report((5, 3, 1, 2, 0))]))
    assert list(found.one_sided) == list(LIST_COLUMNS)
    told = found.one_sided.set_index("order_id")[["side", "why"]].to_numpy().tolist()
    by_id = dict(zip(found.one_sided.order_id, told, strict=True))
    assert by_id == {
        "old": [
            "list",
            "placed 10 Jul 2026, outside the report's window (18 Jul to 15 Sep 2026)",
        ],
        "gone": ["list", "cancelled order, not counted by your rules"],
        "late": ["list", "known only since 3 Oct 2026, after the report"],
        "ours": ["files", "claim pending"],
        "soon": [
            "files",
            "reported 29 Sep 2026, just before the report; "
            "placed on the window's first or last day",
        ],
        "lost": ["list", "in no order export: add the one of its month"],
    }
    text = "\n".join(reconciled_lines(found))
    assert "On Amazon's list only (4 defects):" in text
    assert "In these files only (2 defects):" in text


def test_presets_are_told_beside_the_search() -> None:
    account = account_of(orders_of(*many()), defects_of(("o1", "claim", None, "denied")))
    found = reconcile(account, snapshots([report((6, 1, 0, 1, 0))]))
    exact = dict(zip(found.presets.name, found.presets.exact, strict=True))
    assert exact == {"amazon-current": False, "amazon-2016": True, "as-reported": True}
    other = Policy(name="mine", count_denied_claims=True)
    own = reconcile(account, snapshots([report((6, 1, 0, 1, 0))]), policies=[other])
    assert own.presets.to_numpy().tolist() == [["mine", True, 0]]
    with pytest.raises(ParameterError, match="negative_stars is 3"):
        reconcile(account, snapshots([]), policies=[Policy(negative_stars=3)])


def test_orders_of_no_rate_stay_out_whatever_the_rules() -> None:
    foreign = ("S01-1234567-7654321", "2026-08-10T12:00:00Z")
    found = reconcile(account_of(orders_of(*many(), foreign)), snapshots([report((6, 0, 0, 0, 0))]))
    assert found.together.fits[0].changes == {}


def test_everything_goes_to_json() -> None:
    late = ("late", "2026-09-15T23:40:00Z")
    account = account_of(orders_of(*many(), late), defects_of(("o1", "claim", None, "pending")))
    found = reconcile(account, snapshots([report((6, 0, 0, 0, 0))]))
    told = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert told["counts"][0]["day"] == "2026-09-30"
    assert told["days"][0]["groups"][0]["fits"][0]["distance"] == 0
    assert told["policy"]["name"] == "amazon-current"
