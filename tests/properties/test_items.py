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
from odr_analysis.exports.buyers import buyer_hash
from odr_analysis.exports.engine import engine
from odr_analysis.exports.items import item_rows, settled_items
from odr_analysis.exports.orders import RAW_COLUMNS
from odr_analysis.exports.rows import typed
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
    return {"raw": raw, "told": told, "rank": rank, "at": (updated[1] or START, rank)}


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
            telling = [(r["at"], r["told"][name]) for r in own if r["told"][name] not in ("", None)]
            is_text = terms.ITEM_COLUMNS[name].startswith("str")
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


def settled(files: list[list[dict[str, Any]]]) -> pd.DataFrame:
    """Items of files, each with the rows of one rank."""
    _, con = the_engine()
    parts = [
        item_rows(
            ibis.memtable(
                pd.DataFrame([row["raw"] for row in file]).reindex(
                    columns=list(RAW_COLUMNS), fill_value=""
                ),
                schema=dict.fromkeys(RAW_COLUMNS, "string"),
            ),
            file[0]["rank"],
            con,
        )
        for file in files
    ]
    united = ibis.union(*parts) if len(parts) > 1 else parts[0]
    return typed(con.to_pandas(settled_items(united)), terms.ITEM_COLUMNS)


def by_rank(found: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    ranks = dict.fromkeys(row["rank"] for row in found)
    return [[row for row in found if row["rank"] == rank] for rank in ranks]


@settings(max_examples=20, deadline=None)
@given(st.lists(rows(), min_size=1, max_size=8))
def test_each_column_has_the_newest_value_given(found):
    pd.testing.assert_frame_equal(settled(by_rank(found)), slowly(found))


@settings(max_examples=8, deadline=None)
@given(st.lists(rows(), min_size=1, max_size=8), st.data())
def test_order_of_rows_and_files_does_not_matter_nor_how_rows_are_spread(found, data):
    turned = data.draw(
        st.permutations(found + data.draw(st.lists(st.sampled_from(found), max_size=3)))
    )
    alone = [[row] for row in turned]
    pd.testing.assert_frame_equal(settled(by_rank(found)), settled(alone))


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
