"""Folders of exports in every form, loaded."""

from __future__ import annotations

import random
from pathlib import Path

import pandas as pd
import pytest

from odr_analysis import Policy, load_account, load_receipt, load_sample, terms
from odr_analysis.account import Account
from odr_analysis.errors import OdrError, ParameterError
from odr_analysis.terms import ITEM_COLUMNS
from tests.downloads import (
    HEADERS,
    NEW_ORDERS,
    NEW_ORDERS_EU,
    SALE_REPORT,
    SHIPMENTS,
    SHORT,
    UNSHIPPED,
    claims,
    feedback,
    fill,
    gzipped,
    oid,
    order,
    orders,
    returned,
    table,
    zipped,
)


def load(folder: Path, files: dict[str, str | bytes], **how) -> Account:
    return load_account(fill(folder, files), **{"cache": None, **how})


def other(n: int, day: str = "2026-05-01", **cells: str) -> dict[str, str]:
    """A row with the columns of the other order exports."""
    row = {
        "order-id": oid(n),
        "amazon-order-id": oid(n),
        "order-item-id": "1",
        "purchase-date": f"{day}T20:00:00-07:00",
        "sku": "L-1",
        "quantity-purchased": "1",
    }
    return {**row, **{k.replace("__", "-"): v for k, v in cells.items()}}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory) -> Account:
    """One folder with every order export, one order in each, under names that mean nothing."""
    chance = random.Random(1)
    files: dict[str, str | bytes] = {}
    for n, header in enumerate(HEADERS.values()):
        shuffled = chance.sample(header, len(header))
        files[f"{n}.pdf"] = table([order(n)], shuffled)
    upper = [f" {name.upper().replace('-', ' ')} " for name in SHORT]
    row = order(20)
    files["upper.jpg"] = "\t".join(upper) + "\n" + "\t".join(row.get(n, "") for n in SHORT)
    files["holiday"] = table([other(21)], UNSHIPPED)
    files["new"] = table([other(22, sales__channel="Amazon.com")], NEW_ORDERS)
    files["sub/folder/new-eu.gz"] = gzipped(
        table([other(23, sales__channel="Amazon.fr")], NEW_ORDERS_EU)
    )
    shipped = other(24, fulfillment__channel="AFN", sales__channel="Amazon.co.jp")
    files["all.zip"] = zipped(
        {
            "s.txt": table([shipped], SHIPMENTS),
            "deep/sale.xlsx": ",".join(SALE_REPORT) + f"\n0,{oid(25)},05-13-26,Cancelled,"
            'Merchant,Amazon.in,,"A, ""B""",S,,,,,0,,,,,,,,,,\n',
        }
    )
    return load(tmp_path_factory.mktemp("mixed"), files)


def test_every_order_export_is_known_by_its_content(mixed):
    kinds = {f.file: f.kind for f in mixed.receipt.files}
    assert kinds == {
        **{f"{n}.pdf": "all-orders" for n in range(6)},
        "6.pdf": "archived-orders",
        "upper.jpg": "all-orders",
        "holiday": "unshipped-orders",
        "new": "new-orders",
        "sub/folder/new-eu.gz": "new-orders",
        "all.zip/s.txt": "fulfilled-shipments",
        "all.zip/deep/sale.xlsx": "amazon-sale-report",
    }
    assert [f.rows_kept for f in mixed.receipt.files] == [1] * 13
    assert all(len(f.sha256) == 64 for f in mixed.receipt.files)


def test_every_order_is_read_by_column_name(mixed):
    found = mixed.orders.set_index("order_id")
    assert len(found) == 13
    for n in (*range(7), 20):
        assert found.loc[oid(n)].tolist() == [
            pd.Timestamp("2026-05-01 10:00"),
            pd.Timestamp("2026-05-01"),
            *("Amazon.de", "mfn", "shipped", True, ""),
        ]
    rest = ["ordered_on", "marketplace", "channel", "status"]
    next_day = pd.Timestamp("2026-05-02")  # 20:00 in Seattle is the next day in UTC
    assert found.loc[map(oid, range(21, 26)), rest].to_numpy().tolist() == [
        [next_day, "unknown", "mfn", "unshipped"],
        [next_day, "Amazon.com", "mfn", "unshipped"],
        [next_day, "Amazon.fr", "mfn", "unshipped"],
        [next_day, "Amazon.co.jp", "afn", "shipped"],
        [pd.Timestamp("2026-05-13"), "Amazon.in", "mfn", "cancelled"],
    ]
    assert mixed.known_to.isoformat() == "2026-05-13"
    assert any("name no marketplace" in note for note in mixed.receipt.notes)


def test_items(mixed):
    items = mixed.items.set_index("order_id")
    assert [items.index.name, *items.columns] == list(ITEM_COLUMNS)
    told = items.loc[oid(0), ["sku", "asin", "product_name", "quantity", "item_status"]]
    assert told.tolist() == ["L-1", "B000000001", "Lamp", 1, "Shipped"]
    assert items.loc[oid(25), "product_name"] == 'A, "B"'


def test_a_store_for_orders_that_name_none(tmp_path):
    files = {"u": table([other(1)], UNSHIPPED)}
    account = load(tmp_path, files, marketplace="Amazon.de", name="Mine")
    assert account.name == "Mine"
    assert account.receipt.orders["counted"] == 1
    with pytest.raises(
        ParameterError, match=r"marketplace 'amazon' is unknown\. Known: Amazon\.com"
    ):
        load(tmp_path, files, marketplace="amazon")


ENCODED = {
    "utf-8": ("Lampe grün 12″", "\n"),
    "utf-8-sig": ("Lampe grün", "\r\n"),
    "utf-16": ("Lampe grün 時計", "\r\n"),
    "cp1252": ("Men’s décor – grün", "\n"),
    "cp932": ("掛け時計 ソーラー", "\r\n"),
}


def test_encodings_and_line_ends(tmp_path):
    files: dict[str, str | bytes] = {}
    for n, (encoding, (name, newline)) in enumerate(ENCODED.items()):
        rows = orders(3, 100 * n, product__name=name)
        files[encoding] = table(rows, newline=newline).encode(encoding)
    lines = table(orders(6, 600)).splitlines()
    files["latin-1"] = table(orders(2, 500, product__name="grün \x81\x8d")).encode("latin-1")
    files["mixed"] = "\r\n".join(lines[:3]) + "\n" + "\n".join(lines[3:])
    files["mac"] = table(orders(3, 700), newline="\r")
    files["one cr"] = table(orders(4, 800)).replace("\n", "\r", 3).replace("\r", "\n", 2)
    files["quoted"] = "\n".join(
        "\t".join(f'"{cell}"' for cell in line.split("\t"))
        for line in table(orders(3, 900, product__name='6"" wide')).splitlines()
    )
    account = load(tmp_path, files)
    told = {f.file: f.encoding for f in account.receipt.files}
    assert told == {
        **dict.fromkeys(["cp1252", "latin-1"], "windows-1252"),
        **{name: name for name in ("utf-8", "utf-8-sig", "utf-16", "cp932")},
        **dict.fromkeys(["mixed", "mac", "one cr", "quoted"], "utf-8"),
    }
    kept = {f.file: f.rows_kept for f in account.receipt.files}
    assert kept == {
        **dict.fromkeys([*ENCODED, "mac", "quoted"], 3),
        "latin-1": 2,
        "mixed": 6,
        "one cr": 4,
    }
    assert account.receipt.rows_dropped == 0
    assert account.receipt.orders["distinct"] == sum(kept.values())
    names = account.items.set_index("order_id").product_name
    for n, (name, _) in enumerate(ENCODED.values()):
        assert names[oid(100 * n)] == name
    assert names[oid(500)] == "grün \ufffd\ufffd"
    assert names[oid(900)] == '6" wide'


def test_no_reader_of_quotes_loses_a_row(tmp_path):
    marks = ['12" x 18" print', '"Lamp', 'Lamp"', '"', '""', 'a "b" c', "'", '24" TV', "\\"]
    rows = [{**r, "product-name": marks[i % 9]} for i, r in enumerate(orders(900))]
    account = load(tmp_path, {"a.txt": table(rows)})
    assert account.receipt.orders["distinct"] == account.receipt.rows_kept == 900
    assert account.items.product_name.value_counts().to_dict() == dict.fromkeys(marks, 100)
    # The fast road was open to it.
    assert account.receipt.files[0].notes == ()


def test_blank_lines_nuls_and_ragged_rows(tmp_path):
    lines = table(orders(60)).splitlines()
    lines[10] += "\textra"
    lines[20] = lines[20].rstrip("\t")
    lines[30] = lines[30].replace("\t\t", "\t\0\t")
    text = "\n".join([*lines[:40], "", "  ", "\t\t\t", *lines[40:], "", " ", ""])
    receipt = load(tmp_path, {"a.txt": text}).receipt
    (told,) = receipt.files
    assert (told.rows_read, told.rows_kept, receipt.orders["distinct"]) == (60, 60, 60)
    assert "5 blank lines skipped (lines 41, 42, 43, 65, 66)." in told.notes
    assert any("(line 11)" in note for note in told.notes)


def test_a_spreadsheet_left_two_date_styles(tmp_path):
    def restyled(i: int, row: dict[str, str]) -> dict[str, str]:
        day = pd.Timestamp(row["purchase-date"])
        style = "%d/%m/%Y %H:%M" if i % 3 else "%d-%m-%y"
        return {**row, "purchase-date": f"{day:{style}}", "last-updated-date": ""}

    rows = orders(99)
    account = load(tmp_path, {"a.txt": table([restyled(*r) for r in enumerate(rows)])})
    wanted = pd.to_datetime([r["purchase-date"][:10] for r in rows])
    found = account.orders.set_index("order_id").ordered_on[map(oid, range(99))]
    assert found.tolist() == wanted.tolist()
    assert account.receipt.files[0].locale in ("d/m/y", "d-m-y")


def test_a_day_without_time_is_that_day_in_every_store(tmp_path):
    stores = [s for s in terms.MARKETPLACES if s != "Amazon.sg"]
    rows = [
        order(n, "2026-05-13", last__updated__date="", sales__channel=store)
        for n, store in enumerate(stores)
    ]
    account = load(tmp_path, {"a": table(rows)}, policy=Policy(day_boundary="marketplace"))
    assert set(account.orders.ordered_on) == {pd.Timestamp("2026-05-13")}


def test_names_that_look_like_patterns(tmp_path):
    files = {
        "a[1].txt": table(orders(40, 0)),
        "a1.txt": table(orders(40, 1000)),
        "b*.txt": table(orders(40, 2000)),
        "sub[x]/ü ?.txt": table(orders(40, 3000)),
    }
    account = load(tmp_path / "in [2026]", files)
    assert [f.rows_kept for f in account.receipt.files] == [40] * 4
    assert account.receipt.orders["distinct"] == 160


def test_same_order_in_two_files_is_one_order_and_the_newer_row_wins(tmp_path):
    def state(day: str, status: str, **cells: str) -> str:
        when = f"2026-05-{day}T08:00:00+00:00"
        return table([order(1, last__updated__date=when, order__status=status, **cells)])

    newest = other(1, reporting__date="2026-05-29T00:00:00+00:00")
    newest["purchase-date"] = "2026-05-01T10:00:00+00:00"
    account = load(
        tmp_path,
        {
            "a.txt": state("09", "Shipped"),
            "b.txt": state("20", "Cancelled", sales__channel="Amazon.fr"),
            "c.txt": state("10", "Pending"),
            "u.txt": table([newest], UNSHIPPED),
        },
    )
    (found,) = account.orders.to_dict("records")
    assert (found["status"], found["marketplace"]) == ("unshipped", "Amazon.fr")
    assert account.receipt.orders == {
        "rows": 4,
        "distinct": 1,
        "counted": 1,
        "not_counted": {},
    }
    assert account.known_to.isoformat() == "2026-05-29"


def test_the_careful_road_gives_the_same_orders_as_the_fast_one(tmp_path):
    rows = orders(200)
    rows += [order(i, last__updated__date="2026-06-01T00:00:00Z") for i in range(0, 200, 3)]
    fast = load(tmp_path / "fast", {"a.txt": table(rows)})
    careful = load(tmp_path / "careful", {"a.txt": table([*rows, order(999, "never")])})
    assert fast.receipt.files[0].notes == careful.receipt.files[0].notes == ()
    assert careful.receipt.files[0].rows_dropped == {"unreadable date": 1}
    assert careful.receipt.files[0].dropped_lines == {"unreadable date": [len(rows) + 2]}
    pd.testing.assert_frame_equal(fast.orders, careful.orders)
    pd.testing.assert_frame_equal(fast.daily, careful.daily)
    pd.testing.assert_frame_equal(fast.items, careful.items)


def test_updates_a_spreadsheet_restyled_far_down_the_file_are_still_newer(tmp_path):
    # The first rows look flawless; what comes later must not be taken for missing.
    rows = orders(200)
    rows.append(order(1, order__status="Cancelled", last__updated__date="13/06/2026 10:00"))
    account = load(tmp_path, {"a.txt": table(rows)})
    assert account.orders.set_index("order_id").status[oid(1)] == "cancelled"


def test_one_file_can_be_loaded_by_itself(tmp_path):
    fill(tmp_path, {"may.txt": table(orders(5)), "june.txt": table(orders(5, 10))})
    account = load_account(tmp_path / "may.txt", cache=None)
    assert account.name == "may"
    assert account.receipt.orders["distinct"] == 5
    assert [f.file for f in account.receipt.files] == ["may.txt"]


def test_defects_from_every_source_meet_their_orders(tmp_path):
    files = {
        "orders": table(orders(40)),
        "f": feedback(
            [
                ("30/07/2026", "1", "Never came", oid(1)),
                ("30/07/2026", "2", "Broken", oid(2)),
                ("30/07/2026", "3", "Fine", oid(3)),
                ("30/07/2026", "1", "Whose?", oid(777)),
            ]
        ),
        "c": claims([(oid(1), "2026-07-20", ""), (oid(4), "2026-07-20", "denied")]),
        "b": f"order id,chargeback date\n{oid(5)},2026-07-20\n",
    }
    account = load(tmp_path, files)
    why = account.defects.groupby("why_not").size().to_dict()
    assert why == {"": 4, "claim denied": 1, "order unknown": 1}
    assert account.receipt.defects["not_counted"] == {"claim denied": 1, "order unknown": 1}
    assert account.defective.order_id.tolist() == [oid(1), oid(2), oid(5)]
    assert int(account.daily[list(terms.CELL_COLUMNS)].to_numpy().sum()) == 3
    assert int(account.daily.n_feedback_claim.sum()) == 1
    assert len(account.feedback) == 4
    assert any("1 defect sighting(s) belong to orders that are in no" in n for n in
               account.receipt.notes)  # fmt: skip
    assert account.known_to.isoformat() == "2026-07-30"


def test_a_return_in_two_overlapping_reports_is_one_as_the_newer_tells_it(tmp_path):
    june = [
        (oid(1), "01-Jun-2026", "CR-UNWANTED_ITEM", "Closed", "N"),
        (oid(2), "20-Jun-2026", "CR-DEFECTIVE", "Pending", "N"),
        (oid(3), "21-Jun-2026", "CR-DEFECTIVE", "Pending", "N"),
    ]
    july = [
        (oid(2), "20-Jun-2026", "CR-DEFECTIVE", "Approved", "Y"),
        (oid(777), "02-Jul-2026", "CR-SWITCHEROO", "Pending", "N"),
    ]
    # The older file is read last: what tells is how far a file reaches.
    files = {"orders": table(orders(40)), "1": returned(july), "2": returned(june)}
    account = load(tmp_path, files)
    told = account.returns[["order_id", "status", "claim", "file", "line"]]
    assert told.to_numpy().tolist() == [
        [oid(2), "Approved", True, "1", 2],
        [oid(777), "Pending", False, "1", 3],
        [oid(1), "Closed", False, "2", 2],
        [oid(3), "Pending", False, "2", 4],
    ]
    assert account.returns.index.equals(pd.RangeIndex(4))
    kept = {f.file: f.rows_kept for f in account.receipt.files if f.kind == "mfn-returns"}
    assert kept == {"1": 2, "2": 3}, "a receipt is about the file alone"
    assert account.defective.order_id.tolist() == [oid(2)]
    assert len(account.defects) == 1


def test_a_sample_that_is_not_there():
    with pytest.raises(OdrError, match="odr sample --out FOLDER"):
        load_sample("nonesuch", cache=None)


def test_a_receipt_is_given_where_no_rate_can_be(tmp_path):
    files = {"f": feedback([("30/07/2026", "1", "x", oid(1))]), "p": b"%PDF-1.4"}
    receipt = load_receipt(fill(tmp_path, files), cache=None)
    assert [(f.kind, f.rows_kept) for f in receipt.files] == [
        ("seller-feedback", 1),
        ("unknown", 0),
    ]
    assert receipt.orders == {"rows": 0, "distinct": 0, "counted": 0, "not_counted": {}}
    assert receipt.defects["not_counted"] == {"order unknown": 1}
