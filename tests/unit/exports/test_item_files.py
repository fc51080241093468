"""``Account.items`` from files: read when asked for, and only from the files that were loaded."""

from __future__ import annotations

import duckdb
import pytest

from odr_analysis import load_account
from odr_analysis.errors import OdrError
from odr_analysis.exports.item_files import enough_memory
from tests.downloads import fill, oid, order, table

ROWS = [
    order(1, sku="A", quantity="2", item__price="10.00"),
    order(1, sku="B", quantity="1", item__price="5,50"),
    order(2, sku="A", quantity="1", item__price=""),
]


def test_one_row_an_order_and_sku_whatever_the_price_looks_like(tmp_path):
    fill(tmp_path, {"one.txt": table(ROWS[:1] + ROWS[2:]), "two.txt": table(ROWS[1:2])})
    items = load_account(tmp_path, cache=None).items
    found = {(i.order_id, i.sku): (i.quantity, i.price) for i in items.itertuples()}
    assert set(found) == {(oid(1), "A"), (oid(1), "B"), (oid(2), "A")}
    assert found[oid(1), "A"] == (2, 10.0)
    assert found[oid(1), "B"] == (1, 5.5)
    assert found[oid(2), "A"][0] == 1


def test_files_that_changed_since_are_not_mixed_with_what_was_loaded(tmp_path):
    fill(tmp_path, {"one.txt": table(ROWS[:1])})
    account = load_account(tmp_path, cache=None)
    fill(tmp_path, {"one.txt": table(ROWS[1:])})
    with pytest.raises(OdrError, match="Load the account again"):
        _ = account.items


def test_too_little_memory_says_what_to_do():
    with pytest.raises(OdrError, match="--memory-limit"), enough_memory():
        raise duckdb.OutOfMemoryException("full")
