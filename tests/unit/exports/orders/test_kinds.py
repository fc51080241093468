"""Kinds of order exports: what each needs, and where its columns are."""

from __future__ import annotations

import pytest

from odr_analysis.exports.orders.kinds import (
    DATE_COLUMNS,
    NEEDED_CELLS,
    ORDER_EXPORTS,
    RAW_COLUMNS,
    kind_name,
)

BY_KIND = {export.kind: export for export in ORDER_EXPORTS}


@pytest.mark.parametrize("kind", BY_KIND)
def test_every_kind_is_whole(kind):
    export = BY_KIND[kind]
    assert set(export.columns) | set(export.constants) <= set(RAW_COLUMNS)
    assert not set(export.columns) & set(export.constants)
    assert export.missing(list(export.needed)) == []
    assert export.missing([]) == list(export.needed)
    assert any(export.needs(raw) for raw in NEEDED_CELLS), "so that a row cut off is found"


def test_columns_are_found_by_the_first_of_their_names():
    export = BY_KIND["all-orders"]
    header = ["Last-Update-Date", "AMAZON_ORDER_ID", "last-updated-date", "sku"]
    assert export.positions(header) == {"order_id": 1, "updated": 2, "sku": 3}
    assert set(DATE_COLUMNS) <= set(RAW_COLUMNS)


def test_rows_may_repeat_where_a_connector_adds_them_without_an_id():
    api, flat = BY_KIND["orders-api"], BY_KIND["all-orders"]
    assert api.repeats(["AmazonOrderId"])
    assert not api.repeats(["AmazonOrderId", "OrderItemId"])
    assert flat.repeats(["amazon-order-id", "_airbyte_data"])
    assert not flat.repeats(["amazon-order-id"])


def test_archived_orders_have_no_address():
    export = BY_KIND["all-orders"]
    assert kind_name(export, ["amazon-order-id", "ship-city"]) == "all-orders"
    assert kind_name(export, ["amazon-order-id"]) == "archived-orders"
    assert kind_name(BY_KIND["new-orders"], []) == "new-orders"
