"""Which export a file is, from its content alone."""

from __future__ import annotations

import pytest

from odr_analysis.exports.files.scan import scan
from odr_analysis.exports.kinds.registry import Recognised, recognise
from tests.downloads import (
    FEEDBACK,
    HEADERS,
    NEW_ORDERS,
    NEW_ORDERS_EU,
    SALE_REPORT,
    SHIPMENTS,
    SHORT,
    UNSHIPPED,
    claims,
    feedback,
    oid,
    orders,
    table,
)


def seen(folder, text: str | bytes) -> Recognised:
    path = folder / "holiday.jpg"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return recognise(scan(path.name, path))


@pytest.mark.parametrize("variant", HEADERS)
def test_all_orders_in_every_variant(tmp_path, variant):
    found = seen(tmp_path, table(orders(3), HEADERS[variant]))
    assert found.kind == ("archived-orders" if variant == "archived" else "all-orders")
    assert len(found.header) == len(HEADERS[variant])
    assert (found.delimiter, found.quoted) == ("\t", False)
    number = variant.partition(" ")[0]
    assert not number.isdigit() or len(found.header) == int(number)


@pytest.mark.parametrize(
    ("kind", "header"),
    [
        ("unshipped-orders", UNSHIPPED),
        ("unshipped-orders", [*UNSHIPPED, "buyer-name", "cpf", "verge-of-lateShipment"]),
        ("new-orders", NEW_ORDERS),
        ("new-orders", NEW_ORDERS_EU),
        ("fulfilled-shipments", SHIPMENTS),
        ("fulfilled-shipments", [*SHIPMENTS, "points-granted"]),
    ],
)
def test_the_other_order_exports(tmp_path, kind, header):
    assert seen(tmp_path, table([], header)).kind == kind


@pytest.mark.parametrize(
    "change",
    [
        lambda names: names[::-1],
        lambda names: [n.upper() for n in names],
        lambda names: [f" {n.replace('-', ' ')}  " for n in names],
        lambda names: [f'"{n}"' for n in names],
        lambda names: [*names[7:], "new-in-2031", *names[:7]],
    ],
)
def test_columns_are_known_by_name_whatever_their_place_and_case(tmp_path, change):
    found = seen(tmp_path, "\t".join(change(SHORT)) + "\n")
    assert found.kind == "all-orders"
    where = found.export.positions(list(found.header))
    named = {raw: found.header[at].lower().strip().replace(" ", "-") for raw, at in where.items()}
    assert named["purchased"] == "purchase-date"
    assert named["status"] == "order-status"
    assert named["item_status"] == "item-status"


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_the_sale_report(tmp_path, delimiter):
    found = seen(tmp_path, delimiter.join(SALE_REPORT) + "\n")
    assert (found.kind, found.delimiter, found.quoted) == ("amazon-sale-report", delimiter, True)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("seller-feedback", feedback([("7/3/26", "1", "bad", oid(1))])),
        ("seller-feedback", feedback([("3.7.26", "1", "x", oid(1))], ["Datum", *"BKAO", "E"])),
        ("seller-feedback", "\t".join(FEEDBACK) + "\n"),
        ("claims", claims([(oid(1), "2026-05-01", "")])),
        ("chargebacks", "Order ID;Chargeback date\n"),
        ("mfn-returns", "Order ID\tReturn request date\tA-to-Z Claim\n"),
        ("order-defects", "Order ID,Order Date,Negative Feedback,Chargeback claim\n"),
    ],
)
def test_files_of_defects(tmp_path, kind, text):
    found = seen(tmp_path, text)
    assert found.kind == kind
    assert found.reader is not None
    assert found.export is None


def test_blank_lines_and_marks_before_the_header(tmp_path):
    found = seen(tmp_path, "\ufeff\n  \t\n\n" + table(orders(2)))
    assert (found.kind, found.first_line) == ("all-orders", 4)


@pytest.mark.parametrize(
    ("text", "nearest", "missing", "note"),
    [
        (
            "\t".join(n for n in SHORT if n not in ("order-status", "sales-channel")),
            "all-orders",
            ("order-status", "sales-channel"),
            "nearest to all-orders, but lacks: order-status, sales-channel",
        ),
        (
            "Order ID,Date,Status,Fulfilment\n",
            "amazon-sale-report",
            ("Sales Channel",),
            "nearest to amazon-sale-report, but lacks: Sales Channel",
        ),
        (
            "return-date\torder-id\tsku\tdetailed-disposition\n",
            "Amazon's FBA returns",
            (),
            "Amazon's FBA returns, set aside. It does not matter here: a return to Amazon",
        ),
        (
            "settlement-id\tsettlement-start-date\ttransaction-type\torder-id\tposted-date\n",
            "settlement",
            ("amount-description", "amount"),
            "nearest to settlement, but lacks: amount-description, amount",
        ),
        ("name,phone\nA,1\n", "", (), "a table of a kind that is not known here: set aside"),
        ("<!doctype html><html>Hi</html>", "a web page (HTML)", (), "a web page (HTML), set as"),
        ("\n\n \n", "", (), "only blank lines"),
        ("", "", (), "empty file"),
        (b"\xff\xd8\xff\xe0JFIF", "", (), "a photo (JPEG)"),
    ],
)
def test_unknown_files_say_what_they_are_nearest_to(tmp_path, text, nearest, missing, note):
    found = seen(tmp_path, text)
    assert (found.kind, found.export, found.reader) == ("unknown", None, None)
    assert (found.nearest, found.missing) == (nearest, missing)
    assert found.note.startswith(note)
