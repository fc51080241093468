"""Six strategies and the reasons of two days, counted by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from odr_analysis import bridge, component_rates, load_sample, reason_rates, strategies, terms
from odr_analysis.account import Account
from odr_analysis.actions.strategies import (
    REASON_COLUMNS,
    STRATEGIES,
    STRATEGY_COLUMNS,
)
from odr_analysis.errors import ParameterError
from odr_analysis.exports.readers.contract import feedback_frame, lapses
from odr_analysis.schema import typed
from odr_analysis.texts.case_reasons import CASE_REASONS, PAYMENT
from tests.sources import bringing
from tests.unit.causes.test_reasons import DEFECTS, ORDERS, ROWS, seller, sent_back

DAY = "2026-09-30"

PROACTIVE = "proactive resolution"


@pytest.fixture(scope="module")
def sample() -> Account:
    return load_sample()


def items(**skus: list[str]) -> pd.DataFrame:
    """What each order has of each SKU; one that starts with B0 is an ASIN."""
    rows = [(order, sku) for order, mine in skus.items() for sku in mine]
    words = [n for n, column in terms.ITEM_COLUMNS.items() if column.dtype == "str"]
    frame = pd.DataFrame(rows, columns=["order_id", "sku"])
    asin = frame.sku.where(frame.sku.str.startswith("B0"), "")
    frame = frame.assign(asin=asin, sku=frame.sku.where(asin == "", ""))
    rest = {n: "" if n in words else None for n in terms.ITEM_COLUMNS if n not in frame}
    return typed(frame.assign(**rest), terms.ITEM_COLUMNS)


@pytest.fixture(scope="module")
def six() -> Account:
    """Six orders: not received, terrible, payment denied, late, nothing told, good."""
    made = items(a=["CUP", "B0JUG"], b=["CUP"], c=["JUG"], d=["CUP"], e=["JUG"], f=["JUG"])
    return bringing(seller(*ROWS), items=lambda: made)


def test_each_strategy_addresses_the_orders_of_its_reasons(six: Account) -> None:
    table = strategies(six, DAY).set_index("strategy")
    # Order a complained in words before its claim.
    assert table.n_addressed.to_dict() == {
        "packaging and shipping": 2,
        "order handling": 1,
        PROACTIVE: 1,
        "customer service": 0,
        "accurate listings": 0,
        "collecting feedback": 0,
    }
    assert table.index.tolist()[0] == "packaging and shipping"
    row = table.loc["packaging and shipping"]
    assert (row.n_orders, row.n_defective, row.n_untold) == (6, 5, 2)
    assert row.odr == 5 / 6
    assert row.odr_halved == 4 / 6
    assert row.delta == pytest.approx(-1 / 6)
    # A later window of six orders may have any number but none.
    assert (row.lower, row.upper) == (1 / 6, 1.0)
    assert row["products"] == "CUP (2), B0JUG (1)"
    assert row.reasons == "damaged; not received; late"
    none = table.loc["customer service"]
    assert (none.odr_halved, none.delta) == (5 / 6, 0)
    # Even where nothing is addressed later windows differ by chance.
    assert none.lower < 5 / 6 < none.upper
    assert none["products"] == ""


def test_of_many_products_those_with_most_are_named() -> None:
    rows = [(order, "claim", "2026-09-05", "Damaged", "", None) for order in "abcdef"]
    made = items(a=["X", "Y"], b=["X", "Y"], c=["Z"], d=["Z"], e=["Z"], f=["W"])
    table = strategies(bringing(seller(*rows), items=lambda: made), DAY)
    told = table.set_index("strategy")["products"]["packaging and shipping"]
    assert told == "Z (3), X (2), Y (2)"


def addressed(account: Account, day: str = DAY) -> int:
    return int(strategies(account, day).set_index("strategy").n_addressed[PROACTIVE])


def warned(by: str, day: str, order: str = "a", rating: int = 1) -> dict[str, pd.DataFrame]:
    """A table of an account with one warning."""
    if by == "return":
        return {"returns": sent_back((order, day, ""))}
    if by == "feedback":
        row = (order, pd.Timestamp(day), rating, "", "", "", "f", 1)
        return {"feedback": feedback_frame([row])}
    row = {"order_id": order, "metric": by, "done_on": pd.Timestamp(day)}
    return {"lapses": lapses(pd.DataFrame([{**row, "source": "l", "file": "l", "line": 1}]))}


@pytest.mark.parametrize("by", ["return", "feedback", "late_shipment"])
def test_a_warning_is_one_before_the_claim(by: str) -> None:
    plain = seller(("a", "claim", "2026-09-05", "Not received", "", None))
    assert addressed(plain) == 0
    assert addressed(replace(plain, **warned(by, "2026-09-05"))) == 0
    assert addressed(replace(plain, **warned(by, "2026-09-04"))) == 1
    assert addressed(replace(plain, **warned(by, "2026-09-04", order="b"))) == 0


def test_what_is_no_complaint_is_no_warning() -> None:
    plain = seller(("a", "claim", "2026-09-05", "Not received", "", None))
    assert addressed(replace(plain, **warned("feedback", "2026-09-04", rating=5))) == 0
    assert addressed(replace(plain, **warned("feedback", "2026-09-04", rating=3))) == 1
    assert addressed(replace(plain, **warned("valid_tracking", "2026-09-04"))) == 0
    # A payment denied is no dispute to be settled by writing, whatever warned of it.
    denied = seller(("a", "chargeback", "2026-09-05", "Unauthorised payment", "", None))
    assert addressed(replace(denied, **warned("return", "2026-09-04"))) == 0


def test_the_first_of_claim_and_chargeback_is_to_be_forestalled() -> None:
    two = seller(
        ("a", "claim", "2026-09-05", "Not received", "", None),
        ("a", "chargeback", "2026-09-03", "", "", None),
    )
    assert addressed(replace(two, **warned("return", "2026-09-04"))) == 0
    assert addressed(replace(two, **warned("return", "2026-09-02"))) == 1


def test_a_claim_that_is_not_filed_yet_is_not_known() -> None:
    rows = [
        ("a", "feedback", "2026-09-06", "", "Came broken.", 1),
        ("a", "claim", "2026-09-20", "Damaged", "", None),
    ]
    assert addressed(seller(*rows), "2026-09-19") == 0
    assert addressed(seller(*rows), "2026-09-20") == 1


def test_nothing_lowers_a_rate_by_more_than_it_is(sample: Account) -> None:
    table = strategies(sample)
    assert len(table) == len(sample.series) * len(STRATEGIES)
    assert (table.delta <= 0).all()
    assert (table.lower <= table.odr_halved).all()
    assert (table.odr_halved <= table.upper).all()
    assert (table.lower >= 0).all()
    assert np.allclose(table.odr_halved - table.odr, table.delta)
    for _, rows in table.groupby("channel"):
        assert rows.n_addressed.is_monotonic_decreasing
    documented = {n: column.dtype for n, column in STRATEGY_COLUMNS.items()}
    assert {name: str(dtype) for name, dtype in table.dtypes.items()} == documented


def test_every_reason_a_strategy_names_exists_and_a_payment_denied_is_in_none() -> None:
    named = {reason for strategy in STRATEGIES for reason in strategy.reasons}
    assert named == set(CASE_REASONS) - {PAYMENT}


def test_reasons_of_two_days_by_hand() -> None:
    placed = {"old": "2026-07-01", "mid": "2026-08-10", "new": "2026-08-20", "good": "2026-08-10"}
    orders = pd.DataFrame(
        {
            "order_id": list(placed),
            "ordered_on": list(placed.values()),
            "marketplace": "Amazon.de",
            "channel": "mfn",
        }
    )
    found = seller(
        ("old", "claim", "2026-07-20", "Damaged", "", None),
        ("mid", "feedback", "2026-08-28", "", "Meh.", 1),
        ("mid", "claim", "2026-09-10", "Not received", "", None),
        ("new", "claim", "2026-09-10", "Not received", "", None),
        orders=orders,
    )
    # 31 Aug counts 18 Jun to 16 Aug, 20 Sep counts 8 Jul to 5 Sep.
    table = reason_rates(found, "2026-08-31", "2026-09-20").set_index("reason")
    assert table.index.tolist() == ["not received", "damaged", ""]
    assert table.n_orders.tolist() == [3, 3, 3]
    assert table.from_n_orders.tolist() == [3, 3, 3]
    assert table.n_defective.to_dict() == {"not received": 2, "damaged": 0, "": 0}
    # What order mid had was only told later.
    assert table.from_n_defective.to_dict() == {"not received": 0, "damaged": 1, "": 1}
    assert table.change.tolist() == pytest.approx([2 / 3, -1 / 3, -1 / 3])
    assert table.share.tolist() == [1, 0, 0]
    days = table.loc["not received", ["first_on", "last_on"]].tolist()
    assert days == [pd.Timestamp("2026-08-10"), pd.Timestamp("2026-08-20")]
    assert table.loc["damaged", ["first_on", "last_on"]].isna().all()


@pytest.mark.parametrize("start", ["2026-07-30", "2026-08-31", DAY])
def test_main_reasons_add_up_to_the_rate_and_to_its_change(sample: Account, start: str) -> None:
    table = reason_rates(sample, start, DAY)
    rates = component_rates(sample, DAY)
    change = bridge(sample, start, DAY).query("measure == 'odr'")
    seen = 0
    for channel, rows in table.groupby("channel"):
        today = rates[(rates.as_of == DAY) & (rates.channel == channel)].iloc[0]
        then = rates[(rates.as_of == start) & (rates.channel == channel)].iloc[0]
        assert rows.n_defective.sum() == today.n_defective
        assert rows.from_n_defective.sum() == then.n_defective
        assert set(rows.n_orders) == {today.n_orders}
        assert set(rows.from_n_orders) == {then.n_orders}
        assert rows.rate.sum() == pytest.approx(today.odr)
        moved = change[change.channel == channel].change.iloc[0]
        assert rows.change.sum() == pytest.approx(moved, abs=1e-15)
        assert rows.share.sum() == pytest.approx(1)
        assert rows.n_defective.is_monotonic_decreasing
        seen += 1
    assert seen == 2
    documented = {n: column.dtype for n, column in REASON_COLUMNS.items()}
    assert {name: str(dtype) for name, dtype in table.dtypes.items()} == documented


def test_days_without_orders_have_no_rate(six: Account) -> None:
    table = strategies(six, "2027-09-30")
    assert len(table) == len(STRATEGIES)
    assert (table.n_orders == 0).all()
    assert table[["odr", "odr_halved", "lower", "upper", "delta"]].isna().all(axis=None)
    assert reason_rates(six, "2025-01-01", "2025-02-01").empty
    came = reason_rates(six, "2026-08-25", DAY)
    assert came.from_rate.isna().all()
    assert came.change.isna().all()
    assert np.isclose(came.rate.sum(), 5 / 6)
    gone = reason_rates(six, DAY, "2027-09-30")
    assert gone[["rate", "share", "change"]].isna().all(axis=None)
    assert gone.from_n_defective.sum() == 5


def test_an_account_without_items_or_reasons_is_told_so() -> None:
    untold: list[tuple[Any, ...]] = [(o, "claim", "2026-09-01", "", "", None) for o in "abc"]
    table = strategies(seller(*untold), DAY)
    assert set(table.n_untold) == {3}
    assert set(table.n_addressed) == {0}
    assert set(table["products"]) == {""}
    assert (table.odr_halved == 0.5).all()
    table = reason_rates(seller(*untold), "2026-09-05", DAY)
    assert table[["reason", "n_defective", "share"]].values.tolist() == [["", 3, 1.0]]


def test_no_defect_at_all_is_no_row_of_reasons_and_six_of_strategies() -> None:
    assert reason_rates(seller(), "2026-09-05", DAY).empty
    table = strategies(seller(), DAY)
    assert table[["odr", "odr_halved", "lower"]].eq(0).all(axis=None)
    # Six orders without a defect do not make the next six certain.
    assert (table.upper == 2 / 6).all()


def test_days_that_are_none_or_the_wrong_way_round_are_told(six: Account) -> None:
    with pytest.raises(ParameterError, match="is not a date"):
        strategies(six, "today")
    with pytest.raises(ParameterError, match="Swap them"):
        reason_rates(six, DAY, "2026-09-01")


def test_channels_and_stores_are_never_pooled() -> None:
    orders = pd.concat([ORDERS, ORDERS.assign(order_id=list("ghijkl"), channel="afn")])
    more = DEFECTS.iloc[:2].assign(order_id="g").values.tolist()
    table = strategies(seller(*ROWS, *more, orders=orders), DAY)
    counts = table.drop_duplicates("channel")[["channel", "n_orders", "n_defective"]]
    assert counts.values.tolist() == [["mfn", 6, 5], ["afn", 6, 1]]
