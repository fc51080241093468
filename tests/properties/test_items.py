"""Items against a slow, obvious answer, however their rows come."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis import load_account, terms
from odr_analysis.exports.orders.engine import engine
from odr_analysis.exports.orders.items import ROW_TYPES, TOTALS, item_rows, settled_items
from odr_analysis.exports.orders.kinds import RAW_COLUMNS
from odr_analysis.exports.orders.kinds import SHIPMENTS as RANK_OF_SHIPMENTS
from odr_analysis.exports.text.buyers import buyer_hash
from odr_analysis.schema import typed
from tests.downloads import SHIPMENTS, fill, oid, orders, table

START = datetime(2026, 5, 1, 12, tzinfo=UTC)
TEXTS = {
    "asin": ["", "B01", "B02"],
    "product_name": ["", "Lamp", " ", "ランプ", 'Lamp 12" x 18"', "\u00a0Lämpchen"],
    "item_status": ["", "Shipped", "Cancelled"],
    "currency": ["", "EUR"],
    "ship_service": ["", "Standard", "Expedited"],
    "carrier": ["", "DHL", "Zustelldienst"],
    "ship_country": ["", "DE", "AT"],
    "ship_region": ["", "Hessen"],
}
PRICES = {"": None, "0": 0.0, "7.5": 7.5, "12,50": 12.5, "1,234.50": 1234.5, "-3": -3.0, "-": None}
QUANTITIES = {"": None, "0": 0, "2": 2, "3.0": 3, "some": None}
POSTALS = {"": "", "34117": "34", "sw1a 1aa": "SW", "400081.0": "40", "7": "7"}
LINES = ["", "", "1", "2"]
MAILS = ["", "a1@marketplace.amazon.de", "B2@marketplace.amazon.de"]


@st.composite
def times(draw: st.DrawFn) -> tuple[str, datetime | None]:
    """How a file writes a time, and the time; or none."""
    if draw(st.booleans()):
        return "", None
    at = START + timedelta(seconds=draw(st.integers(-3, 3)) * 40_000)
    zone = timezone(timedelta(minutes=draw(st.sampled_from([0, 540, -420, 330]))))
    return at.astimezone(zone).isoformat(), at


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    """One row of an export as raw text, and under `told` what it says."""
    updated = draw(times())
    price, count, postal, mail = (
        draw(st.sampled_from(list(s))) for s in (PRICES, QUANTITIES, POSTALS, MAILS)
    )
    texts = {name: draw(st.sampled_from(values)) for name, values in TEXTS.items()}
    promised, dispatched = draw(times()), draw(times())
    raw = {
        "order_id": oid(draw(st.integers(0, 1))),
        "sku": draw(st.sampled_from(["", "L-1", "L-2 "])),
        "purchased": START.isoformat(),
        "updated": updated[0],
        "quantity": count,
        "price": price,
        "ship_postal": postal,
        "promised": promised[0],
        "dispatched": dispatched[0],
        "buyer_email": mail,
        "line_id": draw(st.sampled_from(LINES)),
        **texts,
    }
    told = {
        **{name: text.strip() for name, text in texts.items()},
        "quantity": QUANTITIES[count],
        "price": PRICES[price],
        "ship_area": POSTALS[postal],
        "promised_at": promised[1],
        "dispatched_at": dispatched[1],
        "buyer": buyer_hash(mail),
    }
    rank = draw(st.sampled_from([0, 1, 2, 3]))
    file = (rank, draw(st.integers(0, 1)))
    return {"raw": raw, "told": told, "rank": rank, "file": file, "at": (updated[1] or START, rank)}


def added_up(own: list[dict[str, Any]], name: str) -> float | None:
    """A total of one order and SKU: the lines of the newest state that one file has, or what was
    sent, whichever is more."""
    giving = [r for r in own if r["told"][name] is not None]

    def of_one_file(rows_: list[dict[str, Any]]) -> float:
        ids = {r["raw"]["line_id"] for r in rows_} - {""}
        alike = [r["told"][name] for r in rows_ if not r["raw"]["line_id"]]
        one_each = [
            max(r["told"][name] for r in rows_ if r["raw"]["line_id"] == line) for line in ids
        ]
        return sum([*alike, *one_each])

    def shipment(r: dict[str, Any]) -> Any:
        said = (r["at"], *(r["told"][n] for n in ("quantity", "price", "dispatched_at")))
        return r["raw"]["line_id"] or said

    lines = [r for r in giving if r["rank"] != RANK_OF_SHIPMENTS]
    listed = [
        (at, of_one_file(rows_))
        for at in {r["at"] for r in lines}
        for file in {r["file"] for r in lines}
        for by_id in (True, False)
        if (
            rows_ := [
                r
                for r in lines
                if (r["at"], r["file"], bool(r["raw"]["line_id"])) == (at, file, by_id)
            ]
        )
    ]
    sent = [r for r in giving if r["rank"] == RANK_OF_SHIPMENTS]
    shipped = []
    for key in {shipment(r) for r in sent}:
        mine = [r for r in sent if shipment(r) == key]
        newest = max(r["at"] for r in mine)
        shipped.append(
            max(
                of_one_file([r for r in mine if r["at"] == newest and r["file"] == file])
                for file in {r["file"] for r in mine if r["at"] == newest}
            )
        )
    found = [value for _, value in sorted(listed)[-1:]] + [sum(shipped)] * bool(shipped)
    return max(found, default=None)


def slowly(found: list[dict[str, Any]]) -> pd.DataFrame:
    """Every order and SKU by looking at its rows one at a time."""
    made = []
    keys = {(row["raw"]["order_id"], row["raw"]["sku"].strip()) for row in found}
    for order_id, sku in sorted(keys):
        own = [
            r for r in found if (r["raw"]["order_id"], r["raw"]["sku"].strip()) == (order_id, sku)
        ]
        item: dict[str, Any] = {"order_id": order_id, "sku": sku}
        for name in terms.ITEM_COLUMNS:
            if name in item:
                continue
            if name in TOTALS:
                item[name] = added_up(own, name)
                continue
            telling = [(r["at"], r["told"][name]) for r in own if r["told"][name] not in ("", None)]
            is_text = terms.ITEM_COLUMNS[name].dtype == "str"
            item[name] = max(telling)[1] if telling else "" if is_text else None
        made.append(item)
    frame = pd.DataFrame(made, columns=list(terms.ITEM_COLUMNS))
    for name in ("promised_at", "dispatched_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True).dt.tz_localize(None)
    return typed(frame, terms.ITEM_COLUMNS)


@cache
def the_engine() -> Any:
    # Kept for the whole run: making one takes longer than an example.
    held = engine(Path(tempfile.mkdtemp(prefix="odr-test-")))
    return held, held.__enter__()


@cache
def settling() -> str:
    """What settles the rows of the table ``united``: made once, since that is what takes long."""
    _, con = the_engine()
    con.create_table("united", schema={**ROW_TYPES, "file": "string"})
    return str(con.compile(settled_items(con.table("united"))))


def settled(files: list[list[dict[str, Any]]]) -> pd.DataFrame:
    """Items of files, each with the rows of one rank."""
    query, (_, con) = settling(), the_engine()
    cells = [
        {**row["raw"], "rank": row["rank"], "file": f"{i}.txt"}
        for i, file in enumerate(files)
        for row in file
    ]
    types = {**dict.fromkeys(RAW_COLUMNS, "string"), "rank": "int64", "file": "string"}
    raw = ibis.memtable(
        pd.DataFrame(cells).reindex(columns=list(types), fill_value=""), schema=types
    )
    rows_ = item_rows(raw, raw["rank"], con)
    con.create_table("united", rows_.select(*ROW_TYPES, "file"), overwrite=True)
    return typed(con.con.sql(query).df(), terms.ITEM_COLUMNS)


def by_file(found: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    files = dict.fromkeys(row["file"] for row in found)
    return [[row for row in found if row["file"] == file] for file in files]


@settings(max_examples=20, deadline=None)
@given(st.lists(rows(), min_size=1, max_size=8))
def test_each_column_has_the_newest_value_given_and_lines_add_up(found):
    pd.testing.assert_frame_equal(settled(by_file(found)), slowly(found))


@settings(max_examples=8, deadline=None)
@given(st.lists(rows(), min_size=1, max_size=8), st.data())
def test_order_of_rows_and_files_does_not_matter_nor_that_files_are_there_twice(found, data):
    first = settled(by_file(found))
    files = by_file(data.draw(st.permutations(found)))
    again = data.draw(st.permutations(files + data.draw(st.lists(st.sampled_from(files)))))
    pd.testing.assert_frame_equal(settled(again), first)
    # Of all that does not add up it does not matter either how rows are spread over files.
    alone = settled([[row] for row in found])
    others = [name for name in first if name not in TOTALS]
    pd.testing.assert_frame_equal(alone[others], first[others])


@settings(max_examples=5, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "product-name": st.sampled_from(TEXTS["product_name"]),
                "item-price": st.sampled_from(list(PRICES)),
                "quantity-shipped": st.sampled_from(list(QUANTITIES)),
                "ship-postal-code": st.sampled_from(list(POSTALS)),
                "buyer-email": st.sampled_from(MAILS),
                "shipment-date": st.sampled_from(
                    [START.isoformat(), "2026-05-02", "03.05.2026", "?", ""]
                ),
            }
        ),
        min_size=1,
        max_size=5,
    )
)
def test_the_fast_and_the_careful_road_give_the_same(cells):
    rows_ = [
        {
            "amazon-order-id": oid(i % 3),
            "shipment-id": "D1",
            "sku": "L-1",
            "purchase-date": START.isoformat(),
            "reporting-date": (START + timedelta(days=i)).isoformat(),
            "fulfillment-channel": "AFN",
            "sales-channel": "Amazon.de",
            **given_,
        }
        for i, given_ in enumerate(cells)
    ]
    plain = [
        {**rows_[0], "amazon-order-id": row["amazon-order-id"], "shipment-date": START.isoformat()}
        for row in orders(60, 100)
    ]
    text = table([*plain, *rows_], SHIPMENTS)
    head, rest = text.split("\n", 1)
    with tempfile.TemporaryDirectory() as here:
        fast = load_account(fill(Path(here) / "fast", {"a.txt": text}), cache=None)
        slow = load_account(fill(Path(here) / "slow", {"a.txt": f"{head}\n\n{rest}"}), cache=None)
        assert "blank line" in slow.receipt.files[0].notes[0]
        assert "blank line" not in " ".join(fast.receipt.files[0].notes)
        pd.testing.assert_frame_equal(fast.items, slow.items)
