"""One order export: which road it takes, and the account of its rows."""

from __future__ import annotations

import pytest

from odr_analysis.exports.files.scan import scan
from odr_analysis.exports.kinds.registry import recognise
from odr_analysis.exports.order_file import OrderFile, is_flawless, main_marketplace
from odr_analysis.exports.orders.engine import engine
from odr_analysis.exports.orders.kinds import LOADED_COLUMNS
from tests.downloads import SHORT, oid, order, table


def found_of(tmp_path, text, name="f.txt"):
    path = tmp_path / name
    path.write_text(text, "utf-8", newline="")
    found = recognise(scan(name, path))
    assert found.export is not None
    return found


PLAIN = table([order(1), order(2)])


@pytest.mark.parametrize(
    ("text", "flawless"),
    [
        (PLAIN, True),
        (PLAIN.replace("Kassel", "Kas\0sel"), False),
        (table([order(1)], delimiter=","), False),
        (table([order(1, "5/1/2026")]), False),
        (table([order(1)], [*SHORT, "sku"]), False),
        ("\n" + PLAIN, False),
        (PLAIN.replace("\n", "\r", 1), False),
    ],
)
def test_only_a_file_without_a_flaw_takes_the_fast_road(tmp_path, text, flawless):
    try:
        found = found_of(tmp_path, text)
    except AssertionError:
        assert not flawless, "it is not even recognised as an order export"
        return
    assert is_flawless(found) is flawless


def test_the_store_most_rows_name(tmp_path):
    rows = [
        order(n, sales__channel=s) for n, s in enumerate(("Amazon.fr", "Amazon.de", "Amazon.fr"))
    ]
    assert main_marketplace([found_of(tmp_path, table(rows))]) == "Amazon.fr"
    assert main_marketplace([]) is None


def test_both_roads_lend_the_same_rows(tmp_path):
    found = found_of(tmp_path, PLAIN)
    fast = OrderFile(found, found.scan.path, LOADED_COLUMNS)
    careful = OrderFile(found, found.scan.path, LOADED_COLUMNS, place=1)
    careful.read_carefully(None, None)
    with engine(tmp_path) as con:
        columns = ["order_id", "status", "channel", "marketplace"]
        one, two = (con.to_pandas(f.raw(con).select(*columns)) for f in (fast, careful))
    assert (
        one.values.tolist()
        == two.values.tolist()
        == [[oid(n), "Shipped", "Merchant", "Amazon.de"] for n in (1, 2)]
    )
    assert fast.rows_usable == careful.rows_usable == 2


def test_every_line_is_accounted_for(tmp_path):
    found = found_of(tmp_path, table([order(1), order("Total"), order(2, "soon")]))
    file = OrderFile(found, found.scan.path, LOADED_COLUMNS)
    file.read_carefully(None, None)
    accounts = file.accounts()
    assert (accounts["rows_read"], accounts["rows_kept"]) == (3, 1)
    assert accounts["dropped_lines"] == {"order id malformed": [3], "unreadable date": [4]}
