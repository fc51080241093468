"""One account's rows as files of a folder and as tables of a warehouse, and what must be equal."""

from __future__ import annotations

import gzip
import io
import random
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import ibis
import pandas as pd
import pyarrow as pa
import pytest
from pandas.testing import assert_frame_equal

from odr_analysis import Account, component_rates
from odr_analysis.warehouse.connection import Warehouse
from tests.downloads import oid

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
FEEDBACK = ["Date", "Rating", "Comments", "Your Response", "Order ID", "Rater Email"]

Rows = dict[str, pd.DataFrame]
"""Parameter of ``load_tables`` to rows of text, with the columns of Amazon's files."""


def sample_rows() -> Rows:
    """The rows of the sample's files, those of one kind in one table."""
    parts: dict[str, list[pd.DataFrame]] = {}
    for path in sorted(SAMPLE.glob("*.*")):
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
        try:
            text = data.decode()
        except UnicodeDecodeError:
            text = data.decode("windows-1252")
        first = text.partition("\n")[0].casefold()
        what = next((kind for kind, sign in SIGNS.items() if re.search(sign, first)), None)
        if what is None:
            continue
        quoting = {"sep": ","} if path.suffix == ".csv" else {"sep": "\t", "quoting": 3}
        rows = pd.read_csv(io.StringIO(text), dtype="str", keep_default_na=False, **quoting)
        if what == "feedback":
            rows.columns = FEEDBACK
        parts.setdefault(what, []).append(rows)
    assert parts.keys() == SIGNS.keys()
    return {what: pd.concat(rows, ignore_index=True).fillna("") for what, rows in parts.items()}


SIGNS = {
    "orders": "amazon-order-id",
    "feedback": "bewertung|rater email",
    "returns": "return request date",
    "order_defects": "negative feedback",
    "claims": "claim date",
    "chargebacks": "chargeback date",
}
"""What the header of each kind of the sample's files has, and no other."""


def dirty_rows(n: int, seed: int = 7) -> Rows:
    """Random orders with every trouble that rows may have, and lists of their defects."""
    draw = random.Random(seed)
    start = datetime(2026, 3, 20, tzinfo=UTC)
    orders, cases, feedback, returns = [], [], [], []
    for i in range(n):
        k = draw.randrange(n // 2)
        order_id = oid(k) if k % 37 else draw.choice(["S01", "D01"]) + oid(k)[3:]
        placed = start + timedelta(seconds=k * 997 % (120 * 86_400))
        changed = placed + timedelta(hours=draw.randrange(400))
        rarely = [""] * 1 + [" " + order_id] + ["abc", order_id[:-1], order_id + "\u3000"]
        orders.append(
            {
                "amazon-order-id": draw.choice([order_id] * 60 + rarely),
                "purchase-date": draw.choice([_written(placed, draw)] * 60 + _ODD_DAYS),
                "last-updated-date": draw.choice([_written(changed, draw)] * 12 + [""]),
                "order-status": draw.choice(
                    ["Shipped"] * 3 + ["Cancelled", "Pending", "Unshipped", "Shipped - Damaged"]
                ),
                "fulfillment-channel": draw.choice(["Merchant", "Amazon"] * 9 + ["Merchant "]),
                "sales-channel": draw.choice(_STORES),
                "sku": draw.choice(["L-1", "L-2"]),
                "asin": "B000000001",
                "quantity": draw.choice(["1", "2"]),
                "currency": "EUR",
                "item-price": draw.choice(["9.90", "19.9", "5"]),
                "buyer-email": f"buyer{k}@example.com",
            }
        )
        day = (placed + timedelta(days=draw.randrange(1, 30))).strftime("%Y-%m-%d")
        if i % 40 == 0:
            status = draw.choice(["granted", "pending", "withdrawn", "amazon funded", ""])
            cases.append({"order id": order_id, "claim date": day, "status": status})
        if i % 30 == 0:
            rating = draw.choice("11235") if i % 300 else "six"
            feedback.append([day, rating, f"comment {i}", "", order_id, f"a{i}@b.example"])
        if i % 50 == 0:
            returns.append(
                {
                    "Order ID": order_id,
                    "Return request date": day,
                    "A-to-Z Claim": draw.choice("NNY"),
                    "Merchant SKU": "L-1",
                    "Return quantity": "1",
                    "Return Reason": "DEFECTIVE",
                }
            )
    return {
        "orders": pd.DataFrame(orders),
        "claims": pd.DataFrame(cases),
        "feedback": pd.DataFrame(feedback, columns=FEEDBACK),
        "returns": pd.DataFrame(returns),
    }


_ODD_DAYS = ["", "yesterday", "2026-13-01T00:00:00Z", "25.04.2026 10:00", "2026-05-01T10:00 PST"]
_STORES = [
    *["Amazon.de"] * 8,
    *["Amazon.com", "Amazon.co.uk", "Non-Amazon", "", "", "amazon.DE", " Amazon.de"],
    *["shop.example", "A1PA6795UKMFR9"],
]


def _written(at: datetime, draw: random.Random) -> str:
    ahead = at.astimezone(timezone(timedelta(hours=2)))
    return draw.choice(
        [
            at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            at.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
            at.strftime("%Y-%m-%dT%H:%M:%S.900Z"),
            ahead.strftime("%Y-%m-%dT%H:%M:%S+02:00"),
            at.strftime("%Y-%m-%d %H:%M:%S"),
        ]
    )


def write_files(rows: Rows, folder: Path) -> Path:
    """The rows as the files of a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for what, table in rows.items():
        lines = ["\t".join(cells) for cells in [[*table], *table.to_numpy().tolist()]]
        (folder / f"{what}.txt").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def typed_rows(rows: Rows) -> tuple[Rows, Rows]:
    """The rows that a table with typed times can hold, as text, and with their types.

    Times of orders that cannot be read are left out; days of lists are dates where all are ISO.
    """
    times = {
        name: pd.to_datetime(rows["orders"][name], utc=True, format="ISO8601", errors="coerce")
        for name in ("purchase-date", "last-updated-date")
    }
    told = rows["orders"].assign(
        **{
            name: time.dt.strftime("%Y-%m-%dT%H:%M:%S+00:00").fillna("")
            for name, time in times.items()
        }
    )
    typed = {**rows, "orders": told.assign(**times)}
    for what, name in (("claims", "claim date"), ("feedback", "Date")):
        if rows[what][name].str.fullmatch(r"\d{4}-\d\d-\d\d").all():
            typed[what] = rows[what].assign(**{name: pd.to_datetime(rows[what][name]).dt.date})
    return {**rows, "orders": told}, typed


def plain_orders(n: int = 40) -> pd.DataFrame:
    """Orders of ten days of May without any trouble."""
    return pd.DataFrame(
        {
            "amazon-order-id": [oid(i) for i in range(n)],
            "purchase-date": [f"2026-05-{1 + i % 10:02d}T10:00:00+00:00" for i in range(n)],
            "last-updated-date": "2026-05-12T10:00:00+00:00",
            "order-status": "Shipped",
            "fulfillment-channel": "Merchant",
            "sales-channel": "Amazon.de",
        }
    )


def orders_and_items() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Orders with what was ordered, and the same in two tables."""
    orders = plain_orders()
    line = {"sku": "L-1", "asin": "B000000001", "quantity": "2", "item-price": "9.90"}
    line |= {"currency": "EUR", "order-item-id": "1"}
    return orders.assign(**line), orders, orders[["amazon-order-id"]].assign(**line)


def tables_of(con: ibis.BaseBackend, rows: Rows) -> dict[str, str]:
    """The rows as tables of a warehouse: parameters of ``load_tables``."""
    for what, table in rows.items():
        con.create_table(what, table, overwrite=True)
    return {what: what for what in rows}


def returned(patch: pytest.MonkeyPatch) -> list[int]:
    """Rows of each answer that comes back from now on."""
    came: list[int] = []
    asked = Warehouse.asked

    def counted(self: Warehouse, expression: ibis.Table) -> pa.Table:
        rows = asked(self, expression)
        came.append(rows.num_rows)
        return rows

    patch.setattr(Warehouse, "asked", counted)
    return came


def assert_same(one: Account, other: Account) -> None:
    """Both accounts have the same tables, rates and totals.

    Names of files and their lines differ, and so does the order of rows that have no other.
    """
    for name in ("daily", "defective", "defects", "feedback", "lapses", "returns", "snapshots"):
        _same(getattr(one, name), getattr(other, name), name)
    _same(one.orders, other.orders, "orders")
    _same(one.items, other.items, "items")
    assert (one.known_to, one.first_order) == (other.known_to, other.first_order)
    for totals in ("orders", "defects"):
        assert getattr(one.receipt, totals) == getattr(other.receipt, totals)
    assert _accounts(one) == _accounts(other)
    for rates in (component_rates(one), component_rates(other)):
        assert rates.n_defective.sum() > 0
    assert_frame_equal(component_rates(one), component_rates(other))


def _accounts(account: Account) -> dict[str, tuple[object, ...]]:
    """What became of the rows of each kind of list, and which days they prove."""
    return {
        f.kind: (f.rows_read, f.rows_kept, f.rows_dropped, f.covers) for f in account.receipt.files
    }


def _same(one: pd.DataFrame, other: pd.DataFrame, name: str) -> None:
    assert_frame_equal(_ordered(one), _ordered(other), obj=name)


def _ordered(table: pd.DataFrame) -> pd.DataFrame:
    columns: Iterable[str] = [c for c in table if c not in ("file", "line")]
    table = table[[*columns]]
    by = table.map(lambda value: str(value)).sort_values([*columns], kind="stable").index
    return table.loc[by].reset_index(drop=True)
