"""A table of order items beside one of orders, as connectors land those of the Orders API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from odr_analysis.errors import FrameError
from odr_analysis.exports.orders.kinds import ORDER_EXPORTS, RAW_COLUMNS
from odr_analysis.exports.text.delimited import find_column
from odr_analysis.exports.text.json_xml import field
from odr_analysis.fields import nearest
from odr_analysis.receipt import FileReceipt
from odr_analysis.warehouse.connection import Warehouse
from odr_analysis.warehouse.order_columns import unknown_columns
from odr_analysis.warehouse.text_cells import text_columns
from odr_analysis.words import counted

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

ORDER_ITEMS = "order_items"
"""The parameter of ``load_tables``."""

RAW_ITEM_COLUMNS = (
    *("order_id", "updated", "sku", "asin", "product_name", "quantity", "item_status"),
    *("price", "currency", "line_id"),
)
"""Raw columns that a table of items has; of these `updated` shows the newest state of a line."""

_NEEDED = {"order_id": "AmazonOrderId", "sku": "SellerSKU"}


@dataclass(frozen=True)
class ItemsThere:
    """A table of order items in a warehouse.

    Attributes
    ----------
    name : str
        What the receipt calls it.
    table : ibis Table
        Columns of ``RAW_ITEM_COLUMNS`` that it has, as they are.
    receipt : FileReceipt
        What became of its rows.
    """

    name: str
    table: ir.Table
    receipt: FileReceipt

    @property
    def repeats(self) -> bool:
        """Whether one line of an order may stand in it more than once, and nothing shows it."""
        return "line_id" not in self.table.columns

    def beside(self, orders: pd.DataFrame, there: Warehouse) -> pd.DataFrame:
        """Rows of orders with those of their items, whose columns take the place of their own.

        An order without an item keeps its row.

        Parameters
        ----------
        orders : pandas.DataFrame
            ``RAW_COLUMNS`` as text; one row per state of an order.
        there : Warehouse
        """
        import pandas as pd

        items = text_columns(there.asked(self.table))
        items = items.reindex(columns=list(RAW_ITEM_COLUMNS), fill_value="")
        read = [_price(cell) for cell in items["price"]]
        items["price"] = [amount for amount, _ in read]
        items["currency"] = items["currency"].where(
            items["currency"] != "", pd.Series([code for _, code in read], dtype="str")
        )
        items = _newest(items).drop(columns="updated")
        others = [name for name in RAW_COLUMNS if name not in items or name == "order_id"]
        found = orders[others].merge(items, on="order_id", how="left")
        return found[list(RAW_COLUMNS)].fillna("").astype("str")


def items_there(
    there: Warehouse, table: ir.Table, name: str, columns: Mapping[str, str], orders: ir.Table
) -> ItemsThere:
    """A table of order items, its columns found by the names of Amazon's exports.

    Parameters
    ----------
    there : Warehouse
    table : ibis Table
        One row per item of an order, or state of one.
    name : str
        What the receipt calls it.
    columns : mapping
        Raw column to the column of the table, where it is not called as in Amazon's exports.
    orders : ibis Table
        Raw columns of the orders.

    Raises
    ------
    FrameError
        Lists every failure at once: columns that are unknown or missing, with the nearest.
    """
    header = tuple(table.columns)
    problems = unknown_columns(name, columns, RAW_ITEM_COLUMNS, header)
    places = _places(header) | dict(columns)
    problems += [
        f"{name}: no column {wanted!r} for {raw}{nearest(wanted, header)} It has "
        f"{', '.join(header)}. Call it {raw}, or name the column: "
        f"columns={{{ORDER_ITEMS!r}: {{{raw!r}: ...}}}}."
        for raw, wanted in _NEEDED.items()
        if raw not in places
    ]
    if problems:
        raise FrameError(problems)
    cells = {raw: table[column] for raw, column in places.items()}
    rows = table.select(**cells).mutate(order_id=lambda t: t.order_id.cast("string"))
    unknown = rows.anti_join(orders.select("order_id"), "order_id")
    (n,), (alone,) = (
        there.asked(part.aggregate(n=part.count())).column("n").to_pylist()
        for part in (rows, unknown)
    )
    notes = [f"{counted(alone, 'row')} left out: the orders have none of their ids."]
    return ItemsThere(
        name,
        rows,
        FileReceipt(
            name,
            "order-items",
            rows_read=n,
            rows_kept=n,
            details={"columns": len(header)},
            notes=tuple(notes if alone else ()),
        ),
    )


def _places(header: tuple[str, ...]) -> dict[str, str]:
    """Raw column to the column of the table, by the names of exports of orders, else its own."""
    found = {}
    for raw in RAW_ITEM_COLUMNS:
        names = [name for export in ORDER_EXPORTS[:2] for name in export.columns.get(raw, ())]
        at = find_column(list(header), *names, raw)
        if at is not None:
            found[raw] = header[at]
    return found


def _price(cell: str) -> tuple[str, str]:
    """Amount and currency of a price, which the API gives as one object.

    >>> _price('{"CurrencyCode": "EUR", "Amount": "19.90"}'), _price("5")
    (('19.90', 'EUR'), ('5', ''))
    """
    if not cell.startswith("{"):
        return cell, ""
    try:
        price: Any = json.loads(cell)
    except (ValueError, RecursionError):
        return cell, ""
    amount, currency = field(price, "Amount"), field(price, "CurrencyCode")
    return "" if amount is None else str(amount), "" if currency is None else str(currency)


def _newest(items: pd.DataFrame) -> pd.DataFrame:
    """Lines with an id in their newest state; of equally new ones the last by their cells."""
    import pandas as pd

    items = items.sort_values(list(RAW_ITEM_COLUMNS))
    at = pd.to_datetime(items["updated"], utc=True, format="ISO8601", errors="coerce")
    items = items.loc[at.sort_values(kind="stable", na_position="first").index]
    older = items.duplicated(["order_id", "line_id"], keep="last") & (items["line_id"] != "")
    return items[~older]
