from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from odr_analysis.account import Account
from odr_analysis.errors import ParameterError
from odr_analysis.why.moved import (
    MOVED_COLUMNS,
    MOVED_ORDER_COLUMNS,
    moved_orders,
    what_moved,
)
from tests.oracle import make_account

DE = "Amazon.de"


@pytest.fixture
def account() -> Account:
    """23 Sep counts 11 Jul to 8 Sep; 30 Sep counts 18 Jul to 15 Sep."""
    placed = {
        "left-bad": "2026-07-11",
        "left-good": "2026-07-17",
        "left-late": "2026-07-12",
        "stays-bad": "2026-07-18",
        "stays-late": "2026-09-08",
        "stays-good": "2026-08-01",
        "enters-bad": "2026-09-09",
        "enters-good": "2026-09-15",
        "too-young": "2026-09-16",
    }
    defects = [
        ("left-bad", "feedback", "2026-08-01"),
        ("left-bad", "claim", "2026-09-25"),
        ("left-late", "claim", "2026-09-24"),
        ("stays-bad", "claim", "2026-09-23"),
        ("stays-bad", "chargeback", "2026-09-28"),
        ("stays-late", "claim", "2026-09-24"),
        ("stays-late", "feedback", "2026-09-30"),
        ("enters-bad", "feedback", "2026-09-12"),
        ("too-young", "claim", "2026-09-20"),
    ]
    orders = [(o, d, DE, "mfn") for o, d in placed.items()]
    return make_account([*orders, ("other", "2026-09-12", DE, "afn")], defects)


def test_one_week_by_head(account: Account) -> None:
    table = what_moved(account, "2026-09-23", "2026-09-30").set_index("channel")
    assert table.index.tolist() == ["mfn", "afn"]
    row = table.loc["mfn"]
    assert (row.from_n_orders, row.orders_entered, row.orders_left, row.to_n_orders) == (6, 2, 3, 5)
    assert (row.from_n_defective, row.to_n_defective) == (2, 3)
    moves = row[["defects_entered", "defects_reported_late", "defects_left"]].tolist()
    assert moves == [1, 1, 1]
    assert row.from_odr == pytest.approx(2 / 6)
    assert row.to_odr == pytest.approx(3 / 5)
    assert row.change == row.to_odr - row.from_odr


def test_a_series_without_orders_on_one_day_has_no_change(account: Account) -> None:
    row = what_moved(account, "2026-09-23", "2026-09-30").set_index("channel").loc["afn"]
    assert (row.from_n_orders, row.to_n_orders, row.to_odr) == (0, 1, 0.0)
    assert np.isnan(row.from_odr)
    assert np.isnan(row.change)


def test_the_orders_behind_the_numbers(account: Account) -> None:
    table = moved_orders(account, "2026-09-23", "2026-09-30")
    assert list(zip(table.move, table.order_id, table.kinds, strict=True)) == [
        ("entered", "enters-bad", "negative feedback"),
        ("reported late", "stays-late", "negative feedback, A-to-z claim"),
        ("left", "left-bad", "negative feedback"),
    ], "an order that left keeps the kinds it counted with; a claim after that changed nothing"
    assert table.leaves_on.dt.strftime("%m-%d").tolist() == ["11-22", "11-21", "09-23"]


def test_moved_orders_go_by_move_then_series_then_day() -> None:
    placed = {
        "b": ("2026-09-10", "afn"),
        "c": ("2026-09-12", "mfn"),
        "d": ("2026-09-11", "mfn"),
        "a": ("2026-07-12", "mfn"),
        "e": ("2026-09-11", "mfn"),
    }
    account = make_account(
        [(o, day, DE, channel) for o, (day, channel) in placed.items()],
        [(o, "claim", None) for o in placed],
    )
    table = moved_orders(account, "2026-09-23", "2026-09-30")
    assert table.order_id.tolist() == ["d", "e", "c", "b", "a"]


def test_same_day_twice_moves_nothing(account: Account) -> None:
    table = what_moved(account, "2026-09-30", "2026-09-30")
    moves = table.filter(regex="entered|left|late")
    assert moves.shape == (2, 5)
    assert (moves == 0).all(axis=None)
    assert (table.change == 0).all()
    assert len(moved_orders(account, "2026-09-30", "2026-09-30")) == 0


def test_windows_without_a_common_order(account: Account) -> None:
    row = what_moved(account, "2026-09-23", "2026-11-22").set_index("channel").loc["mfn"]
    assert (row.orders_left, row.defects_left) == (6, 2)
    assert row.defects_reported_late == 0
    assert (row.orders_entered, row.to_n_orders) == (3, 3)
    assert row.to_n_defective == 2


def test_tables_are_as_documented(account: Account) -> None:
    tables = (
        (what_moved(account, "2026-09-23", "2026-09-30"), MOVED_COLUMNS),
        (moved_orders(account, "2026-09-23", "2026-09-30"), MOVED_ORDER_COLUMNS),
        (moved_orders(account, "2020-01-01", "2020-01-01"), MOVED_ORDER_COLUMNS),
    )
    for table, columns in tables:
        documented = {name: column.dtype for name, column in columns.items()}
        assert {name: str(dtype) for name, dtype in table.dtypes.items()} == documented


@pytest.mark.parametrize("function", [what_moved, moved_orders])
def test_days_in_the_wrong_order_are_refused(account: Account, function) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ParameterError, match="from_day must not be after to_day"):
        function(account, pd.Timestamp("2026-09-30"), "2026-09-23")
    with pytest.raises(ParameterError, match="to_day: 'later' is not a date"):
        function(account, "2026-09-23", "later")
