"""The archive keeps every table of every kind of file, and Amazon's own reports for good."""

from __future__ import annotations

import os
from dataclasses import fields
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from odr_analysis import archive_events, archive_folder, load_account, write_sample
from odr_analysis.account import TABLES, Account
from odr_analysis.answer.parts.official import official
from odr_analysis.errors import OdrWarning, ParameterError
from odr_analysis.exports.kinds.registry import DOCUMENT_READERS, TABLE_READERS
from odr_analysis.exports.orders.kinds import ORDER_EXPORTS
from odr_analysis.exports.readers.contract import SMALL_TABLES, Read
from tests.downloads import NEW_ORDERS, SALE_REPORT, fill, oid, order, orders, returned, table

DAY, LATER = date(2026, 10, 1), date(2026, 10, 8)
ALSO: dict[str, str | bytes] = {
    "tracking.csv": (
        "Order ID,Carrier Name,Tracking ID,Promised Delivery Date,Carrier Integrated,"
        f"Scanned In Time,No Valid Tracking\n{oid(7)},DHL,0034,2026-09-20,Yes,No,X\n"
    ),
    "performance.xml": (
        '<?xml version="1.0"?>\n<sellerPerformanceReports><sellerPerformanceReport>\n'
        "<marketplaceId>A1PA6795UKMFR9</marketplaceId><orderDefects><orderDefectMetrics>"
        "<timeFrame><start>2015-01-01T00:00:00Z</start><end>2015-03-01T23:59:59Z</end></timeFrame>"
        "<orderCount>400</orderCount>"
        "<orderWithDefects><rate>0.005</rate><count>2</count></orderWithDefects>"
        "</orderDefectMetrics></orderDefects>\n"
        "</sellerPerformanceReport></sellerPerformanceReports>"
    ),
    "view.csv": (
        '"Date","Transaction Status","Transaction type","Order ID","Product Details",'
        '"Total product charges","Total promotional rebates","Amazon fees","Other","Total (EUR)"\n'
        f'"9/20/2026","Released","A-to-z Guarantee Claim","{oid(7)}","Pot","-9.00","0.00","0.00",'
        '"0.00","-9.00"\n'
    ),
    "business.csv": (
        "Date,Feedback Received,Negative Feedback Received,A-to-z Claims Granted\n"
        "9/13/26,3,0,0\n9/14/26,1,0,0\n"
    ),
    "api.csv": (
        "AmazonOrderId,PurchaseDate,OrderStatus,FulfillmentChannel,SalesChannel\n"
        f"{oid(9)},2026-08-01T10:00:00Z,Shipped,MFN,Amazon.de\n"
    ),
    "new.txt": table([{**order(7), "order-id": oid(7), "order-item-id": "1"}], NEW_ORDERS),
    "sale.csv": table(
        [
            {
                "index": "0",
                "Order ID": oid(8),
                "Date": "04-30-22",
                "Qty": "1",
                "Status": "Shipped",
                "Fulfilment": "Merchant",
                "Sales Channel ": "Amazon.in",
            }
        ],
        SALE_REPORT,
        delimiter=",",
    ),
}
"""Files of the kinds that the sample does not write."""


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with files of every kind there is."""
    folder = tmp_path_factory.mktemp("kinds")
    write_sample(folder, orders=600, seed=5, scenario="witnesses")
    return fill(folder, ALSO)


@pytest.fixture(scope="module")
def straight(exports: Path) -> Account:
    return load_account(exports, cache=None)


@pytest.fixture(scope="module")
def store(exports: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("archive") / "store"
    archive_folder(exports, store, DAY)
    return store


def test_every_table_of_every_kind_of_file_is_known_as_it_was(
    straight: Account, store: Path
) -> None:
    read = {f.kind for f in straight.receipt.files if f.rows_kept}
    assert read == {
        *(export.kind for export in ORDER_EXPORTS),
        *(reader.KIND for reader in (*TABLE_READERS, *DOCUMENT_READERS)),
    }
    known = load_account(store, known_on=DAY, cache=None)
    for name in (*TABLES, "orders", "items"):
        before, after = getattr(straight, name), getattr(known, name)
        assert len(before), f"nothing to lose in {name}"
        pd.testing.assert_frame_equal(before, after, obj=name)
    assert straight.receipt.to_dict() == known.receipt.to_dict()
    assert (straight.known_to, straight.policy) == (known.known_to, known.policy)


def test_a_table_that_readers_make_is_kept() -> None:
    """Whatever field of a reader's result is a table has a name on disk, and so is archived."""
    frames = {f.name for f in fields(Read) if "DataFrame" in str(f.type)}
    assert len(frames) >= 4
    assert frames == set(SMALL_TABLES.values())
    assert set(TABLES) >= {name for name in SMALL_TABLES if name not in ("sightings", "dated")}


RETURNS: dict[str, str | bytes] = {
    "orders.txt": table(orders(30)),
    "a.txt": returned(
        [
            (oid(2), "20-Jun-2026", "CR-DEFECTIVE", "Approved", "Y"),
            (oid(4), "02-Jul-2026", "CR-SWITCHEROO", "Pending", "N"),
        ]
    ),
    "b.txt": returned(
        [
            (oid(2), "20-Jun-2026", "CR-DEFECTIVE", "Pending", "N"),
            (oid(3), "no day", "CR-UNWANTED_ITEM", "Pending", "N"),
        ]
    ),
}
"""Two returns reports that overlap, the newer one first in reading order."""


def test_a_return_in_two_files_is_one_in_the_archive_too(tmp_path: Path) -> None:
    folder, store = fill(tmp_path / "exports", RETURNS), tmp_path / "store"
    archive_folder(folder, store, DAY)
    straight, known = (load_account(place, cache=None).returns for place in (folder, store))
    assert known[["order_id", "status", "file"]].to_numpy().tolist() == [
        [oid(2), "Approved", "a.txt"],
        [oid(4), "Pending", "a.txt"],
        [oid(3), "Pending", "b.txt"],
    ]
    pd.testing.assert_frame_equal(straight, known)


def test_an_archive_of_an_older_version_has_no_returns_until_archived_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, store = fill(tmp_path / "exports", RETURNS), tmp_path / "store"
    with monkeypatch.context() as older:
        older.delitem(SMALL_TABLES, "returns")
        older.setattr("odr_analysis.cache.FORMAT", 6)
        older.setattr("odr_analysis.archive.sealed.FORMAT", 1)
        older.setattr("odr_analysis.archive.store.FORMAT", 1)
        archive_folder(folder, store, DAY)
    assert not list(store.glob("objects/*/returns.parquet"))
    assert len(list(store.glob("objects/*/sightings.parquet"))) == 2
    straight, known = (load_account(place, cache=None) for place in (folder, store))
    for name in TABLES:
        before, after = getattr(straight, name), getattr(known, name)
        if name == "returns":
            assert len(before) == 3
            before = before.iloc[:0]
        pd.testing.assert_frame_equal(before, after, obj=name)
    done = archive_folder(folder, store, LATER)
    assert (done.made, done.changed, done.reread) == (True, (), ("a.txt", "b.txt", "orders.txt"))
    again = load_account(store, known_on=LATER, cache=None)
    pd.testing.assert_frame_equal(straight.returns, again.returns)
    assert load_account(store, known_on=DAY, cache=None).returns.empty


@pytest.mark.parametrize("first", ["a.txt", "z.txt"])
def test_stores_named_in_the_same_second_are_settled_alike(tmp_path: Path, first: str) -> None:
    """Of one order's rows that are equally new, whichever file names a store first."""
    alpha, beta = (order(1, sales__channel=f"{name}.example") for name in ("Alpha", "Beta"))
    files: dict[str, str | bytes] = {
        first: table([order(2, sales__channel="Beta.example")]),
        "m.txt": table([alpha, beta]),
    }
    folder, store = fill(tmp_path / "exports", files), tmp_path / "store"
    archive_folder(folder, store, DAY)
    found = [
        load_account(place, cache=None).orders.set_index("order_id").marketplace.to_dict()
        for place in (folder, store)
    ]
    assert found == [{oid(1): "Beta.example", oid(2): "Beta.example"}] * 2


# Amazon's reports of every delivery


def performance(to_on: str, n_orders: int, n_bad: int) -> str:
    """An XML report of the 60 days that end on a day."""
    end = pd.Timestamp(to_on)
    first = (end - pd.Timedelta(days=59)).date()
    metric = f"<rate>{n_bad / n_orders:.6f}</rate><count>{n_bad}</count>"
    return (
        '<?xml version="1.0"?>\n<sellerPerformanceReports><sellerPerformanceReport>\n'
        "<marketplaceId>A1PA6795UKMFR9</marketplaceId><orderDefects><orderDefectMetrics>"
        f"<timeFrame><start>{first}T00:00:00Z</start><end>{end.date()}T23:59:59Z</end></timeFrame>"
        f"<orderCount>{n_orders}</orderCount><orderWithDefects>{metric}</orderWithDefects>"
        "</orderDefectMetrics></orderDefects>\n"
        "</sellerPerformanceReport></sellerPerformanceReports>"
    )


@pytest.fixture
def weeks(tmp_path: Path) -> Path:
    """An archive of four days: a report, a newer one in its place, none, and the first again."""
    folder, store = tmp_path / "exports", tmp_path / "store"
    fill(folder, {"orders.txt": table([order(n, f"2026-04-{n:02}T10:00:00Z") for n in (1, 9, 20)])})
    one, two = performance("2026-05-01", 3, 1), performance("2026-05-08", 3, 0)
    for day, reports in (
        ("2026-05-16", {"p.xml": one}),
        ("2026-05-23", {"p.xml": two, "copy.xml": two}),
        ("2026-05-30", {}),
        ("2026-06-06", {"again.xml": one}),
    ):
        for old in folder.glob("*.xml"):
            old.unlink()
        archive_folder(fill(folder, reports), store, day)
    return store


@pytest.mark.parametrize(
    ("day", "own", "history"),
    [
        ("2026-05-16", {"p.xml"}, ["p.xml"]),
        (
            "2026-05-23",
            {"p.xml", "copy.xml"},
            ["copy.xml", "p.xml", "p.xml (delivery 1 of 2026-05-16)"],
        ),
        (
            "2026-05-30",
            set(),
            ["copy.xml (delivery 2 of 2026-05-23)", "p.xml (delivery 1 of 2026-05-16)"],
        ),
        ("2026-06-06", {"again.xml"}, ["again.xml", "copy.xml (delivery 2 of 2026-05-23)"]),
    ],
)
def test_reports_of_every_delivery_are_history(
    weeks: Path, day: str, own: set[str], history: list[str]
) -> None:
    account = load_account(weeks, known_on=day, cache=None)
    assert set(account.snapshots.file) == own, "a day knows what a load of its files gave"
    assert account.snapshot_history.file.tolist() == history
    assert list(account.snapshot_history.columns) == list(account.snapshots.columns)
    assert (account.snapshot_history.dtypes == account.snapshots.dtypes).all()


def test_the_page_tells_each_report_once(weeks: Path) -> None:
    told = {
        day: official(load_account(weeks, known_on=day, cache=None))
        for day in ("2026-05-16", "2026-05-23", "2026-05-30", "2026-06-06")
    }
    reports = {day: section.table.report.tolist() for day, section in told.items()}
    both = ["23 May 2026", "16 May 2026"]
    assert reports == {
        "2026-05-16": both[1:],
        "2026-05-23": both,
        "2026-05-30": both,
        "2026-06-06": both,
    }
    assert told["2026-05-30"].table.amazon.tolist() == ["0 of 3, 0 %", "1 of 3, 33.33 %"]
    # What is searched is what the files hold, or the newest report there is.
    searched = {day: section.found.counts.file.tolist() for day, section in told.items()}
    assert searched == {
        "2026-05-16": ["p.xml"],
        "2026-05-23": ["copy.xml"],
        "2026-05-30": ["copy.xml (delivery 2 of 2026-05-23)"],
        "2026-06-06": ["again.xml"],
    }
    last = [line for line in told["2026-06-06"].lines if "earlier" in line]
    assert last == ["1 report is of earlier deliveries of the archive (23 May 2026)."]
    assert not [line for line in told["2026-05-16"].lines if "earlier" in line]


def test_a_folder_has_the_history_of_its_own_files(straight: Account) -> None:
    pd.testing.assert_frame_equal(straight.snapshot_history, straight.snapshots)
    assert len(official(straight).table) > 1


@pytest.mark.parametrize("what", ["objects/*/snapshots.parquet", "deliveries/00000001/*.json"])
def test_a_damaged_report_is_left_out_of_the_history_and_said(weeks: Path, what: str) -> None:
    account = load_account(weeks, known_on="2026-05-30", cache=None)
    assert account.snapshot_history.file.nunique() == 2
    for path in weeks.glob(what):
        os.truncate(path, 10)
    with pytest.warns(OdrWarning, match=r"Until then the history of Amazon's reports may lack"):
        left = account.snapshot_history
    assert left.file.nunique() == (0 if "objects" in what else 1)
    assert load_account(weeks, known_on="2026-05-30", cache=None).orders.shape[0] == 3


def test_a_damaged_report_is_no_obstacle_to_what_changed(weeks: Path) -> None:
    for path in weeks.glob("objects/*/snapshots.parquet"):
        os.truncate(path, 10)
    assert archive_events(weeks).empty


def test_an_archive_knows_of_no_day_before_there_was_a_marketplace(tmp_path):
    write_sample(tmp_path / "exports", scenario="tiny")
    archive_folder(tmp_path / "exports", tmp_path / "store", DAY)
    with pytest.raises(ParameterError, match=r"^known_on 0001-01-01 is before Amazon's"):
        load_account(tmp_path / "store", known_on="0001-01-01", cache=None)
    with pytest.raises(ParameterError, match=r"^on 0001-01-01 is before Amazon's"):
        archive_folder(tmp_path / "exports", tmp_path / "store", "0001-01-01")
