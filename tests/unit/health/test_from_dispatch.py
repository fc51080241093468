"""Late shipment by promises and dispatches: every number worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from odr_analysis import account_from_frames, load_account
from odr_analysis.account import Account
from odr_analysis.exports.readers import contract
from odr_analysis.health.from_dispatch import Dispatches
from odr_analysis.health.other_rates import other_rates
from odr_analysis.policy import Window
from tests.downloads import UNSHIPPED, fill, oid, order, table
from tests.sources import bringing

DE = "Amazon.de"
DAY = "2026-09-30"
"""Windows on this day: 21 (or 1) to 30 Sep."""
ON_TIME = {"promised_at": "2026-09-27T10:00:00", "dispatched_at": "2026-09-27T10:00:00"}
LATE = {"promised_at": "2026-09-27T10:00:00", "dispatched_at": "2026-09-27T10:00:01"}


def row(n: int, day: str = "2026-09-25", **more: Any) -> dict[str, Any]:
    given = {"order_id": f"o{n}", "ordered_on": day, "marketplace": DE, "channel": "mfn"}
    nothing = {"sku": "A", "status": "shipped", "quantity": 1}
    return {**given, **nothing, "promised_at": None, "dispatched_at": None, **more}


def account_of(placed: list[dict[str, Any]], known_to: str = DAY) -> Account:
    account = account_from_frames(pd.DataFrame(placed))
    return replace(account, known_to=date.fromisoformat(known_to))


def late(account: Account, days: int = 10, as_of: str | None = None) -> Any:
    table_ = other_rates(account, as_of)
    found = table_[(table_.metric == "late_shipment") & (table_.window_days == days)]
    assert len(found) == 1
    return found.iloc[0]


def test_counted_where_every_order_of_the_window_has_both_times():
    account = account_of(
        [
            *(row(n, **ON_TIME) for n in range(48)),
            *(row(n, **LATE) for n in (48, 49)),
            row(60, "2026-09-10", **LATE),
            row(61, "2026-09-25", channel="afn"),
            row(62, "2026-08-25"),
            row(63, DAY, **ON_TIME),
        ]
    )
    ten, thirty = late(account), late(account, 30)
    assert (ten.source, ten.n_total, ten.n_bad, ten.rate) == ("exports", 51, 2, 2 / 51)
    assert (ten.met, ten.state, ten.missing) == (True, "warning", "")
    assert (thirty.n_total, thirty.n_bad) == (52, 3)
    assert "Amazon goes by the moment the dispatch was confirmed." in ten.note


def test_an_order_is_late_with_its_first_late_item_and_cancelled_items_have_no_say():
    account = account_of(
        [
            row(1, **ON_TIME),
            row(1, sku="B", **LATE),
            row(2, **ON_TIME),
            row(2, sku="B", quantity=0),
            row(3, status="cancelled"),
        ]
    )
    found = late(account)
    assert (found.n_total, found.n_bad) == (3, 1)
    assert "1 cancelled order is in it and not late." in found.note


@pytest.mark.parametrize("lacking", ["promised_at", "dispatched_at"])
def test_unknown_where_one_order_lacks_a_time_with_what_is_known(lacking):
    account = account_of(
        [row(1, **ON_TIME), row(2, **LATE), row(3, **(ON_TIME | {lacking: None})), row(4)]
    )
    found = late(account)
    assert (found.source, found.state) == ("unknown", "no data")
    assert pd.isna([found.n_total, found.n_bad, found.rate]).all()
    assert found.missing.startswith("the late-shipment list of Account Health or")
    assert found.note.startswith(
        "This cannot be known from these files: 2 of 4 seller-fulfilled orders of these days give "
        "both the promised and the actual time of dispatch, and 1 of them was late. Add the "
        "late-shipment list of Account Health, or"
    )


def test_nothing_is_said_where_no_order_has_a_promise():
    found = late(account_of([row(1, dispatched_at=DAY), row(2)]))
    assert (found.source, found.note) == ("unknown", "")


def test_lists_and_reports_come_first():
    account = account_of([row(1, **LATE), row(2, **ON_TIME), row(3, **ON_TIME)])
    assert (late(account).n_total, late(account).n_bad) == (3, 1)
    told = {
        "marketplace": DE,
        "metric": "late_shipment",
        "channel": "",
        "file": "r",
        "line": 1,
        **dict.fromkeys(("condition", "status", "account_status", "source"), ""),
        "from_on": pd.Timestamp("2026-09-21"),
        "to_on": pd.Timestamp(DAY),
        "n_total": 9,
        "n_bad": 0,
    }
    found = late(replace(account, snapshots=contract.snapshots([told])))
    assert (found.source, found.n_total, found.n_bad) == ("snapshot", 9, 0)
    named = [
        {"order_id": f"o{n}", "metric": "late_shipment", "ordered_on": pd.Timestamp("2026-09-25")}
        for n in (2, 3)
    ]
    lapses = contract.lapses(
        pd.DataFrame(named).assign(counts=True, source="", file="list", line=2)
    )
    found = late(replace(account, lapses=lapses))
    assert (found.source, found.n_total, found.n_bad) == ("exports", 3, 2)
    assert "actual time of dispatch" not in found.note


def test_orders_past_their_promise_and_still_unshipped():
    open_ = {"status": "unshipped", "promised_at": "2026-09-29T23:59:59"}
    account = account_of(
        [
            row(1, **open_),
            row(2, **open_),
            row(3, **(open_ | {"promised_at": "2026-09-30T00:00:00"})),
            row(4, **(open_ | {"status": "shipped"})),
            row(5, "2026-09-02", **open_),
        ]
    )
    said = "past the promised time of dispatch and still unshipped in the newest export"
    assert f"2 orders of these days are {said}" in late(account).note
    assert f"3 orders of these days are {said}" in late(account, 30).note
    assert said not in late(account, as_of="2026-09-29").note
    # They have no say in the rates of other kinds.
    others = other_rates(account)
    assert not others[others.metric != "late_shipment"].note.str.contains(said).any()


def test_from_files_and_items_are_read_only_where_a_file_promises(tmp_path):
    open_ = {
        "order-id": oid(1),
        "order-item-id": "1",
        "purchase-date": "2026-09-20T10:00:00+00:00",
        "reporting-date": "2026-09-29T10:00:00+00:00",
        "promise-date": "2026-09-22T23:59:59-07:00",
        "sku": "L-1",
        "sales-channel": DE,
    }
    plain = {"all.txt": table([order(2, "2026-09-30T10:00:00+00:00")])}
    folder = fill(
        tmp_path / "in", {"open.txt": table([open_], [*UNSHIPPED, "sales-channel"]), **plain}
    )
    account = load_account(folder, cache=None)
    assert "1 order of these days is past the promised time" in late(account, 30).note

    def refuse() -> pd.DataFrame:
        raise AssertionError("items were read")

    account = load_account(fill(tmp_path / "plain", plain), cache=None)
    assert late(bringing(account, items=refuse)).note == ""


WINDOW = Window(date(2026, 9, 21), date(2026, 9, 30))


def test_an_order_is_waiting_once_its_earliest_promise_is_past():
    open_ = {"status": "unshipped", "dispatched_at": None}
    account = account_of(
        [
            row(1, **open_, promised_at="2026-09-29T23:59:00"),
            row(2, **open_, promised_at="2026-09-30T00:00:00"),
            row(3, **ON_TIME),
        ]
    )
    found = Dispatches(account)
    (said,) = found.waiting(DE, WINDOW, account.known_to)
    assert said.startswith("1 order of these days is past")
    assert found.waiting(DE, WINDOW, date(2026, 9, 29)) == [], "what was open then is not known"
    assert found.waiting("Amazon.fr", WINDOW, account.known_to) == []


def test_items_are_counted_by_order_and_cancelled_orders_are_never_late():
    found = Dispatches(account_of([row(1, **LATE), row(2, status="cancelled"), row(3, **ON_TIME)]))
    counted = found.counted(DE, WINDOW)
    assert (counted.n_total, counted.n_bad) == (3, 1)
    assert counted.said[-1] == "1 cancelled order is in it and not late."
