"""The sample, loaded: its tables, sums, returns and items."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from odr_analysis import load_sample, terms
from odr_analysis.account import Account
from odr_analysis.schema import typed
from odr_analysis.terms import ITEM_COLUMNS


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> tuple[Account, Path]:
    cache = tmp_path_factory.mktemp("sample-cache")
    return load_sample(cache=cache), cache


def test_tables_of_the_sample_have_the_documented_columns_and_types(sample):
    account, _ = sample
    for name, columns in (
        ("orders", terms.ORDER_COLUMNS),
        ("daily", terms.DAILY_COLUMNS),
        ("defective", terms.DEFECTIVE_COLUMNS),
        ("defects", terms.DEFECT_COLUMNS),
        ("feedback", terms.FEEDBACK_COLUMNS),
        ("returns", terms.RETURN_COLUMNS),
    ):
        frame = getattr(account, name)
        assert frame.columns.tolist() == list(columns), name
        for title, column in columns.items():
            assert frame[title].dtype == column.dtype, title
        assert frame.index.equals(pd.RangeIndex(len(frame))), name
        assert len(frame) > 0, name


def test_the_sample_adds_up(sample):
    account, _ = sample
    orders_ = account.orders
    assert orders_.order_id.is_unique
    assert len(orders_) == account.receipt.orders["distinct"]
    assert (orders_["counts"] == (orders_.why_not == "")).all()
    assert int(orders_["counts"].sum()) == int(account.daily.n_orders.sum())
    assert account.daily.n_orders.sum() == account.receipt.orders["counted"]
    assert account.daily[list(terms.CELL_COLUMNS)].to_numpy().sum() == len(account.defective)
    assert account.defective.order_id.is_unique
    assert set(account.defective.order_id) <= set(orders_.order_id[orders_["counts"]])
    for f in account.receipt.files:
        assert f.rows_read == f.rows_kept + sum(f.rows_dropped.values())
    assert account.receipt.orders["rows"] == sum(
        f.rows_kept for f in account.receipt.files if f.kind == "all-orders"
    )


def test_returns_of_the_sample(sample):
    account, _ = sample
    (file,) = (f for f in account.receipt.files if f.kind == "mfn-returns")
    assert len(account.returns) == file.rows_kept
    n_claims = int(account.returns.claim.sum())
    assert file.details == {
        "claims": n_claims,
        "returns_without_claim": len(account.returns) - n_claims,
    }
    assert 0 < n_claims < len(account.returns)
    assert (account.returns.reason != "").all()
    assert account.returns.refunded.notna().equals(account.returns.claim)
    assert set(account.returns.sku) <= set(account.items["sku"])
    assert set(account.returns.order_id) <= set(account.orders.order_id)


def test_items_of_the_sample(sample):
    items = sample[0].items
    assert items.columns.tolist() == list(ITEM_COLUMNS)
    pd.testing.assert_frame_equal(items, typed(items, terms.ITEM_COLUMNS))
    assert set(items.order_id) == set(sample[0].orders.order_id)
    assert not items.duplicated(["order_id", "sku"]).any()
    assert items.index.equals(items.sort_values(["order_id", "sku"]).index)
    given = ["sku", "product_name", "quantity", "ship_service", "ship_country"]
    assert (items[given].notna() & (items[given] != "")).all(axis=None)
    assert (items.price > 0).mean() > 0.9


def test_no_address_of_a_buyer_is_kept_anywhere(sample):
    account, cache = sample
    for name in ("orders", "items", "daily", "defective", "defects", "feedback"):
        text = getattr(account, name).select_dtypes("str")
        assert not any(text[c].str.contains("@marketplace", regex=False).any() for c in text), name
    kept = [p for p in cache.rglob("*") if p.is_file()]
    assert len(kept) >= 8
    for path in kept:
        assert b"@marketplace.amazon" not in path.read_bytes(), path
    # Parquet packs its text, so it is looked at unpacked too.
    for path in cache.rglob("*.parquet"):
        frame = pd.read_parquet(path).select_dtypes(["str", "object"])
        assert not any(frame[c].astype("str").str.contains("@marketplace").any() for c in frame)
