"""Products, order weeks and hindsight, worked out by hand and held against the rates."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from odr_analysis import terms
from odr_analysis.policy import Policy
from odr_analysis.rates import component_rates
from odr_analysis.rates.order_weeks import (
    HINDSIGHT_COLUMNS,
    PRODUCT_COLUMNS,
    WEEK_COLUMNS,
    hindsight,
    order_weeks,
    product_defects,
    with_products,
)
from tests.oracle import make_account, rate_on
from tests.sources import bringing

DE, TODAY = "Amazon.de", date(2026, 9, 30)
ITEMS = ["order_id", "sku", "asin", "product_name", "quantity", "item_status"]


def item(order_id: str, sku: str, name: str) -> tuple:
    return order_id, sku, "", name, 1, "Shipped"


def small(items: list[tuple]):
    placed = {"a": "2026-07-17", "b": "2026-07-18", "c": "2026-08-01", "d": "2026-09-15"}
    rows = [(o, d, DE, "mfn") for o, d in placed.items()]
    rows += [("young", "2026-09-16", DE, "mfn"), ("x", "2026-08-01", DE, "afn")]
    defects = [
        ("a", "claim", "2026-08-01"),
        ("b", "claim", "2026-08-01"),
        ("c", "feedback", "2026-10-01"),
        ("young", "claim", "2026-09-20"),
    ]
    account = make_account(rows, defects)
    return bringing(account, items=lambda: pd.DataFrame(items, columns=ITEMS))


def test_products_by_head() -> None:
    account = small(
        [
            item("a", "CUP", "Cup"),
            item("b", "PLATE", "Plate, old name"),
            item("b", "PLATE", "Plate, old name"),
            item("c", "PLATE", "Plate"),
            item("c", "CUP", "Cup"),
            item("d", "CUP", "Cup"),
            item("young", "CUP", "Cup"),
            item("x", "CUP", "Cup"),
        ]
    )
    table = product_defects(account, TODAY)
    assert list(table) == list(PRODUCT_COLUMNS)
    counts = table[["channel", "sku", "n_orders", "n_defective"]].to_numpy().tolist()
    # Of b, c and d in the window only b is defective by then; a has left, young is not in it.
    assert counts == [["mfn", "PLATE", 2, 1], ["afn", "CUP", 1, 0], ["mfn", "CUP", 2, 0]]
    assert table["product_name"].tolist() == ["Plate", "Cup", "Cup"]
    assert table["n_expected"].tolist() == pytest.approx([2 / 3, 0, 2 / 3])
    assert (table["excess"] == table["n_defective"] - table["n_expected"]).all()
    assert table["odr"].tolist() == [0.5, 0.0, 0.0]


def test_products_without_an_id_go_by_their_name() -> None:
    account = small([item("b", "", "Plate"), item("c", "", "Cup"), item("d", "", "")])
    table = product_defects(account, TODAY)
    assert table[["sku", "n_orders"]].to_numpy().tolist() == [["Plate", 1], ["Cup", 1]]


def test_exports_without_products_give_no_rows() -> None:
    table = product_defects(make_account([("a", "2026-08-01", DE, "mfn")]), TODAY)
    assert list(table) == list(PRODUCT_COLUMNS)
    assert table.empty
    orders = pd.DataFrame({"order_id": ["a"]})
    assert with_products(orders, pd.DataFrame())["products"].tolist() == [""]


def test_products_of_orders_keep_every_row_once() -> None:
    account = small([item("b", "P", "Plate"), item("b", "C", "Cup"), item("c", "P", "")])
    orders = pd.DataFrame({"order_id": ["c", "b", "none", "b"], "n": [1, 2, 3, 4]})
    table = with_products(orders, account.items)
    assert table["products"].tolist() == ["P", "Plate; Cup", "", "Plate; Cup"]
    assert table["n"].tolist() == [1, 2, 3, 4]


def random_account(seed: int, policy: Policy):
    rng = np.random.default_rng(seed)
    start = TODAY - timedelta(days=130)
    rows = [
        (
            f"o{i}",
            start + timedelta(days=int(rng.integers(131))),
            DE,
            str(rng.choice(["mfn", "afn"])),
        )
        for i in range(150)
    ]
    defects = [
        (o, str(rng.choice(terms.COMPONENTS)), day + timedelta(days=int(rng.integers(60))))
        for o, day, *_ in rows
        for _ in range(2)
        if rng.random() < 0.2
    ]
    return make_account(rows, defects, policy, known_to=TODAY)


@pytest.mark.parametrize("policy", [Policy(), Policy(window_days=10, lag_days=3)])
@pytest.mark.parametrize("back", [0, 25])
def test_order_weeks_add_up_to_the_rate(policy: Policy, back: int) -> None:
    account, day = random_account(3, policy), TODAY - timedelta(days=back)
    table = order_weeks(account, day)
    assert list(table) == list(WEEK_COLUMNS)
    window = policy.window(day)
    for (marketplace, channel), weeks in table.groupby(list(terms.SERIES_KEYS)):
        told = rate_on(account, day, marketplace, channel)
        for name in ("n_orders", "n_defective", *terms.COMPONENT_COLUMNS):
            assert weeks[name].sum() == told[name], name
        assert weeks["first_on"].iloc[0] == pd.Timestamp(window.start)
        assert weeks["last_on"].iloc[-1] == pd.Timestamp(window.end)
        gaps = weeks["first_on"].iloc[1:].to_numpy() - weeks["last_on"].iloc[:-1].to_numpy()
        assert (gaps == np.timedelta64(1, "D")).all()
        assert weeks["leaves_on"].iloc[-1].date() == policy.leaves_on(window.end)


def test_hindsight_is_the_rate_then_beside_the_rate_now() -> None:
    account = random_account(5, Policy())
    table = hindsight(account, TODAY)
    assert list(table) == list(HINDSIGHT_COLUMNS)
    then = component_rates(account, TODAY)
    assert (table["n_shown"] == then["n_defective"]).all()
    assert (table["n_since"] >= 0).all()
    assert table["n_since"].any()
    assert not table.loc[table["as_of"] == pd.Timestamp(TODAY), "n_since"].any()
    rows = table[table["n_orders"] > 0]
    assert (rows["known_now_odr"] == rows["n_known_now"] / rows["n_orders"]).all()
    assert table.loc[table["n_orders"] == 0, "shown_odr"].isna().all()
