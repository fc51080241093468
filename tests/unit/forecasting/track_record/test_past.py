"""What was known on earlier days: from report dates and from an archive, beside slow counts."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from odr_analysis import account_from_frames, archive_folder
from odr_analysis.account import Account
from odr_analysis.archive.source import LostError
from odr_analysis.archive.store import Store
from odr_analysis.errors import OdrError, OdrWarning, ParameterError
from odr_analysis.forecasting.delay_table import DelayTable, delay_table
from odr_analysis.forecasting.track_record.past import ARCHIVE, REPORT_DATES, Past
from odr_analysis.load import load_account
from odr_analysis.policy import Policy
from odr_analysis.rates.rolling import date_of, day_number
from tests.downloads import feedback, fill, oid, orders
from tests.downloads import table as listed
from tests.unit.forecasting.simulated import TODAY, simulated

PAIR = ("Amazon.de", "mfn")
LAST = day_number(TODAY)


@pytest.fixture(scope="module")
def table() -> DelayTable:
    return simulated(15, rate=0.03, days=250)


def counted(table: DelayTable, day: int, by: int, most_age: int) -> tuple[int, int]:
    """Order by order."""
    start, end = (pd.Timestamp(date_of(day - n)) for n in (74, 15))
    n_orders = sum(r.n_orders for r in table.orders.itertuples() if start <= r.ordered_on <= end)
    bad = 0
    for row in table.defects.itertuples():
        first = min(d for d in (row.feedback_on, row.claim_on) if not pd.isna(d))
        inside = start <= row.ordered_on <= end and (first - row.ordered_on).days <= most_age
        bad += inside and first <= pd.Timestamp(date_of(by))
    return bad, n_orders


@pytest.mark.parametrize("back", [0, 1, 40, 100, 175])
def test_counts_of_a_window_are_those_of_a_slow_recount(table: DelayTable, back: int) -> None:
    past, day = Past.of(table, 14, load_account), LAST - back
    assert past.shown(PAIR, day) == counted(table, day, day, 10_000)
    assert past.in_the_end(PAIR, day, 74) == counted(table, day, min(day + 59, LAST), 74)
    assert past.in_the_end(PAIR, day, 150) == counted(table, day, min(day + 135, LAST), 150)


def test_a_window_that_begins_before_the_files_has_no_count(table: DelayTable) -> None:
    past = Past.of(table, 14, load_account)
    first = past.first + 74
    assert past.shown(PAIR, first) is not None
    assert past.shown(PAIR, first - 1) is None
    assert past.in_the_end(PAIR, first - 1, 74) is None
    assert past.shown(("Amazon.fr", "mfn"), LAST) is None


def test_a_day_is_known_from_report_dates(table: DelayTable) -> None:
    past = Past.of(table, 14, load_account)
    assert (past.basis(LAST), past.exact()) == (REPORT_DATES, [])
    known, want = past.known(LAST - 30), table.known(TODAY - timedelta(days=30))
    pd.testing.assert_frame_equal(known.defects, want.defects)
    earlier = Past.of(table, 14, load_account, as_of=TODAY - timedelta(days=30))
    assert earlier.last == LAST - 30
    with pytest.raises(ParameterError, match="last day anything is known of"):
        Past.of(table, 14, load_account, as_of=TODAY + timedelta(days=1))


def test_undated_reports_are_left_out_and_counted() -> None:
    placed = pd.DataFrame(
        {
            "order_id": list("abcd"),
            "ordered_on": ["2026-05-01", "2026-07-01", "2026-07-02", "2026-08-10"],
            "marketplace": "Amazon.de",
            "channel": "mfn",
        }
    )
    defects = pd.DataFrame(
        {
            "order_id": ["b", "b", "c"],
            "component": ["feedback", "claim", "claim"],
            "reported_on": ["2026-08-01", None, None],
        }
    )
    account = account_from_frames(placed, defects)
    past = Past.of(account, 14, load_account)
    assert past.n_undated == 2
    rows = past.tables[0].defects
    assert rows[["feedback_on", "claim_on"]].notna().to_numpy().tolist() == [[True, False]]
    assert past.shown(PAIR, past.last) == (1, 2)


def of_day(placed: int, claims: list[int], day: date) -> Account:
    """`placed` orders, all but two of 1 Jun, and claims of some, as files of `day` have them."""
    ids = [f"{i}" for i in range(placed)]
    days = ["2026-03-01", *["2026-06-01"] * (placed - 2), day.isoformat()]
    frame = pd.DataFrame({"order_id": ids, "ordered_on": days, "channel": PAIR[1]})
    frame["marketplace"] = PAIR[0]
    bad = pd.DataFrame(
        {"order_id": [ids[i] for i in claims], "component": "claim", "reported_on": "2026-06-20"}
    )
    return account_from_frames(frame, bad)


def test_a_day_of_an_archive_shows_what_was_removed_since(tmp_path: Path) -> None:
    days = [date(2026, 7, 1), date(2026, 7, 20), date(2026, 7, 25), date(2026, 8, 10)]
    place = tmp_path / "store"
    for i, day in enumerate(days):
        files = {"orders.txt": listed(orders(30 + i)), "f.txt": feedback([])}
        archive_folder(fill(tmp_path / f"{i}", files), place, day)
    claims = dict(zip(days, [[1, 2], [1, 2], [2], [2, 3]], strict=True))
    asked = []

    def load(root: Path, known_on: date) -> Account:
        asked.append(known_on)
        assert root == place
        return of_day(10, claims[known_on], known_on)

    past = Past.of(Store.open(place), 10, load)
    # 25 Jul is kept; 20 Jul is only five days before.
    assert asked == [days[3], days[2], days[0]]
    assert past.exact() == [day_number(d) for d in (days[0], days[2], days[3])]
    assert [past.basis(day_number(d)) for d in days] == [
        ARCHIVE,
        REPORT_DATES,
        ARCHIVE,
        ARCHIVE,
    ]
    assert past.shown(PAIR, day_number(days[0])) == (2, 8)
    assert past.shown(PAIR, day_number(days[1])) == (1, 8)
    assert len(past.known(day_number(days[0])).defects) == 2

    asked.clear()
    assert Past.of(Store.open(place), 1, load, as_of="2026-07-24").last == day_number(days[1])
    assert asked == [days[1], days[0]]

    def damaged(root: Path, known_on: date) -> Account:
        if known_on == days[3]:
            raise LostError("delivery 4 is damaged.")
        return load(root, known_on)

    with pytest.warns(OdrWarning, match=r"delivery 4 is damaged.\nUntil then the backtest"):
        assert Past.of(Store.open(place), 1, damaged).last == day_number(days[2])
    with pytest.raises(OdrError, match="knows nothing of 2026-06-30"):
        Past.of(Store.open(place), 1, load, as_of="2026-06-30")


def test_nothing_is_known_after_a_delivery_though_a_file_names_a_later_day(tmp_path: Path) -> None:
    place, day = tmp_path / "store", date(2026, 7, 1)
    files = {"orders.txt": listed(orders(30)), "f.txt": feedback([])}
    archive_folder(fill(tmp_path / "exports", files), place, day)

    def load(root: Path, known_on: date) -> Account:
        return of_day(10, [1], known_on + timedelta(days=9))

    assert Past.of(Store.open(place), 14, load).exact() == [day_number(day)]


def test_the_tables_of_an_archive_are_those_of_its_accounts(tmp_path: Path) -> None:
    store, day = tmp_path / "store", date(2026, 10, 1)
    stars = ("2026-05-20", "1", "late", oid(3))
    files = {"orders.txt": listed(orders(30)), "f.txt": feedback([stars])}
    archive_folder(fill(tmp_path / "exports", files), store, day)
    past = Past.of(Store.open(store), 14, load_account)
    want = delay_table(load_account(store, known_on=day))
    pd.testing.assert_frame_equal(past.tables[0].orders, want.orders)
    assert past.policy == Policy()
