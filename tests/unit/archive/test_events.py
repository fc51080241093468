"""Changes between the days of an archive."""

from __future__ import annotations

import shutil
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from odr_analysis import (
    archive_events,
    archive_folder,
)
from odr_analysis.errors import (
    OdrWarning,
)
from tests.downloads import (
    UNSHIPPED,
    claims,
    feedback,
    fill,
    oid,
    order,
    orders,
    table,
)
from tests.unit.archive.made import DAY, STARS, events, flipped, object_of


def deliver(store: Path, folder: Path, on: str, files: dict[str, str | bytes]) -> None:
    """Archive exactly these files."""
    if folder.exists():
        shutil.rmtree(folder)
    archive_folder(fill(folder, files), store, f"2026-{on}")


def test_no_change_no_event(small, store):
    archive_folder(small, store, DAY)
    assert events(store) == []
    (small / "copy.txt").write_text(table(orders(30)))
    archive_folder(small, store, DAY + timedelta(days=1))
    assert events(store) == []


def test_orders_change_status_and_appear_late(tmp_path, store):
    folder = tmp_path / "exports"
    rows = orders(20)
    pending = [{**r, "order-status": "Pending"} if n == 5 else r for n, r in enumerate(rows)]
    of_other_store = order(90, rows[9]["purchase-date"], sales__channel="Amazon.fr")
    before = [r for n, r in enumerate(pending[:15]) if n != 7]
    deliver(store, folder, "10-01", {"a.txt": table(before)})
    # 7 appears late; 15 to 19 are new; nobody had said that a.txt is all of France.
    newer = {**rows[5], "last-updated-date": "2026-04-01T00:00:00+00:00"}
    deliver(
        store,
        folder,
        "10-02",
        {
            "a.txt": table(before),
            "b.txt": table([newer, rows[7], *rows[15:], of_other_store]),
        },
    )
    cancelled = {**rows[2], "order-status": "Cancelled", "last-updated-date": "2026-05-01T00:00Z"}
    deliver(
        store,
        folder,
        "10-05",
        {"c.txt": table([cancelled]), "b.txt": table([newer, *rows]), "a.txt": table(before)},
    )
    assert events(store) == [
        ("10-02", "order appeared late", oid(7), "", "", "shipped", "b.txt"),
        ("10-02", "order status changed", oid(5), "", "pending", "shipped", "b.txt"),
        ("10-05", "order status changed", oid(2), "", "shipped", "cancelled", "c.txt"),
    ]


def test_only_lists_of_all_orders_can_miss_one(tmp_path, store):
    folder, rows = tmp_path / "exports", orders(20)
    unshipped = [
        {**r, "order-id": r["amazon-order-id"], "order-item-id": "1"} for r in (rows[0], rows[19])
    ]
    deliver(store, folder, "10-01", {"u.txt": table(unshipped, UNSHIPPED)})
    deliver(store, folder, "10-02", {"u.txt": table(unshipped, UNSHIPPED), "a.txt": table(rows)})
    assert [e[1:5] for e in events(store)] == [
        ("order status changed", oid(n), "", "unshipped") for n in (0, 19)
    ]


def test_feedback_vanishes_only_where_it_would_be_seen(tmp_path, store):
    folder, days = tmp_path / "exports", ("2026-05-01", "2026-05-31")
    de = [(day, "5", "fine", oid(n)) for n, day in enumerate(days)]
    fr = [(day, "5", "bien", oid(n)) for n, day in zip((10, 11), days, strict=True)]
    base = {
        "o.txt": table([*orders(10), *orders(10, 10, sales__channel="Amazon.fr")]),
        "elsewhere.txt": feedback([("2026-05-10", "5", "ok", oid(8))]),
    }
    deliver(store, folder, "10-01", {**base, "f.txt": feedback([*de, STARS])})
    # Out of view: the file is gone, one of another store or of other days comes, one that is
    # there already never had it.
    for on, files in (
        ("10-02", {}),
        ("10-03", {"f.txt": feedback([*de, STARS])}),
        ("10-04", {"france.txt": feedback(fr)}),
        ("10-05", {"f.txt": feedback([*de, STARS])}),
        ("10-06", {"june.txt": feedback([("2026-06-01", "5", "", oid(5))])}),
        ("10-07", {"f.txt": feedback([*de, STARS])}),
    ):
        deliver(store, folder, on, {**base, **files})
    assert [e for e in events(store) if e[1] == "feedback vanished"] == []
    deliver(store, folder, "10-08", {**base, "g.txt": feedback(de)})
    vanished = ("10-08", "feedback vanished", oid(3), "feedback", "1 star", "", "g.txt")
    assert events(store)[-1] == vanished


def test_feedback_of_unknown_orders_vanishes_too(tmp_path, store):
    folder = tmp_path / "exports"
    rows = [("2026-05-01", "5", "a", oid(70)), ("2026-05-31", "5", "b", oid(71)), STARS]
    deliver(store, folder, "10-01", {"f.txt": feedback(rows)})
    deliver(store, folder, "10-02", {"f.txt": feedback(rows[:2])})
    assert [e[1:3] for e in events(store)] == [("feedback vanished", oid(3))]


def test_feedback_changes(tmp_path, store):
    folder = tmp_path / "exports"
    stars = [("2026-05-01", "1", "bad", oid(1)), ("2026-05-02", "2", "meh", oid(2)), STARS]
    deliver(store, folder, "10-01", {"f.txt": feedback(stars)})
    better = [("2026-05-01", "4", "good now", oid(1)), ("2026-05-02", "2", "meh!", oid(2)), STARS]
    deliver(store, folder, "10-02", {"f.txt": feedback(better)})
    worse = [*better[:2], ("2026-05-20", "2", "late", oid(3)), ("2026-05-21", "1", "", oid(4))]
    deliver(store, folder, "10-03", {"f.txt": feedback(worse)})
    file = ("f.txt",)
    assert events(store) == [
        ("10-02", "feedback changed", oid(1), "feedback", "1 star", "4 stars", *file),
        ("10-02", "feedback changed", oid(2), "feedback", "meh", "meh!", *file),
        ("10-03", "defect appeared", oid(4), "feedback", "", "1 star", *file),
        ("10-03", "feedback changed", oid(3), "feedback", "1 star", "2 stars", *file),
    ]


def test_claims_are_decided_again(tmp_path, store):
    folder = tmp_path / "exports"
    days = "2026-05-09"
    one = [(oid(1), days, "pending"), (oid(2), days, "granted"), (oid(3), days, "denied")]
    two = [(oid(1), days, "denied"), (oid(2), days, "granted"), (oid(3), days, "denied")]
    three = [*two[:2], (oid(3), days, "granted"), (oid(4), days, "withdrawn")]
    for on, rows in (("10-01", one), ("10-02", two), ("10-02", one), ("10-03", three)):
        deliver(store, folder, on, {"o.txt": table(orders(9)), "claims.csv": claims(rows)})
    # Of the second day the last delivery counts, which says what the first day's said.
    told = [(e[0], e[1], e[2], e[3], e[4]) for e in events(store)]
    assert told == [
        ("10-03", "defect appeared", oid(4), "claim", ""),
        ("10-03", "claim re-decided", oid(1), "claim", "pending"),
        ("10-03", "claim re-decided", oid(3), "claim", "denied"),
    ]
    assert [e[5] for e in events(store)][:2] == ["withdrawn", "denied"]


def test_events_over_a_damaged_day(two_days, small):
    store, _ = two_days
    (small / "orders.txt").write_text(table(orders(33, order__status="Cancelled")))
    archive_folder(small, store, DAY + timedelta(days=9))
    whole = archive_events(store)
    assert set(whole.what) == {"order status changed"}
    flipped(object_of(store, "orders.txt", 2) / "ledger.parquet")
    for _ in range(2):
        with pytest.warns(OdrWarning, match=r"(?s)orders\.txt .*Its changes are told with the nex"):
            found = archive_events(store)
        pd.testing.assert_frame_equal(found, whole[whole.order_id < oid(30)])


def test_what_a_generated_account_went_through(seller, loaded, store):
    """Events against a comparison of the loaded accounts, order by order."""
    accounts = loaded
    for day, folder in seller.items():
        archive_folder(folder, store, day)
    found = archive_events(store)
    changed, appeared = set(), set()
    days = list(accounts)
    for before, after in pairwise(days):
        was = dict(
            zip(accounts[before].orders.order_id, accounts[before].orders.status, strict=True)
        )
        for order_id, status in accounts[after].orders[["order_id", "status"]].to_numpy():
            if was.get(order_id, status) != status:
                changed.add((pd.Timestamp(after), order_id, was[order_id], status))
        old, new = (
            set(a.defects[["order_id", "component"]].itertuples(index=False, name=None))
            for a in (accounts[before], accounts[after])
        )
        appeared |= {(pd.Timestamp(after), *defect) for defect in new - old}
    assert changed
    assert appeared
    columns = {
        "order status changed": ["day", "order_id", "before", "after"],
        "defect appeared": ["day", "order_id", "component"],
    }
    for what, expected in (("order status changed", changed), ("defect appeared", appeared)):
        rows = found.loc[found.what == what, columns[what]]
        assert len(rows) == len(expected)
        assert set(rows.itertuples(index=False, name=None)) == expected
