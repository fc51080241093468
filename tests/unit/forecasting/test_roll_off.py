"""The days ahead one by one, where a single order decides."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from odr_analysis import roll_off
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.forecasting.roll_off import ROLL_OFF_COLUMNS
from tests.oracle import make_account

TODAY = date(2026, 9, 30)


@pytest.fixture
def account():
    """A defective order that leaves on 4 Oct, one that enters on 2 Oct; one Amazon-fulfilled."""
    orders = [
        ("leaving", date(2026, 7, 21), "Amazon.de", "mfn"),
        ("entering", date(2026, 9, 17), "Amazon.de", "mfn"),
        ("good", date(2026, 8, 20), "Amazon.de", "mfn"),
        ("other", date(2026, 8, 20), "Amazon.de", "afn"),
    ]
    defects = [("leaving", "claim", TODAY), ("entering", "feedback", TODAY)]
    return make_account(orders, defects, known_to=TODAY)


def test_what_leaves_and_enters_by_hand(account) -> None:
    table = roll_off(account, TODAY, horizon_days=5, orders_per_day=0)
    assert {name: str(dtype) for name, dtype in table.dtypes.items()} == {
        name: column.dtype for name, column in ROLL_OFF_COLUMNS.items()
    }
    mine = table[table.channel == "mfn"]
    assert mine.n_entering.tolist() == [0, 0, 1, 0, 0, 0]
    assert mine.n_leaving.tolist() == [0, 0, 0, 0, 1, 0]
    assert mine.n_defective.tolist() == [1, 1, 2, 2, 1, 1]
    assert mine.n_orders.tolist() == [2, 2, 3, 3, 2, 2]
    assert mine.known_odr.tolist() == [1 / 2, 1 / 2, 2 / 3, 2 / 3, 1 / 2, 1 / 2]
    assert (mine.p_breach == 1).all()
    other = table[table.channel == "afn"]
    assert (other.known_odr == 0).all()
    # One more report and it is 1 of 1: the probability rises as its time goes by.
    assert other.p_breach.iloc[0] == 0
    assert other.p_breach.is_monotonic_increasing


def test_orders_a_day_are_given_for_all_series_or_for_one(account) -> None:
    def orders(per_day) -> dict[str, float]:
        table = roll_off(account, TODAY, horizon_days=16, orders_per_day=per_day)
        return dict(zip(table.channel.tail(2), table.n_orders.tail(2), strict=True))

    # One order day after today counts by then, 16 Oct.
    none = orders(0)
    assert orders(3) == pytest.approx({channel: n + 3 for channel, n in none.items()}, abs=1)
    own = orders({("Amazon.de", "afn"): 30})
    assert own["afn"] == pytest.approx(none["afn"] + 30, abs=5)
    # The other goes on as lately: less than one order a day.
    assert own["mfn"] == none["mfn"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"orders_per_day": -1}, "orders_per_day must be numbers of 0 or more, got -1"),
        ({"orders_per_day": float("nan")}, "orders_per_day must be numbers of 0 or more, got nan"),
        (
            {"orders_per_day": {("Amazon.fr", "mfn"): 1}},
            "which has no orders. Known: Amazon.de mfn, Amazon.de afn",
        ),
        ({"horizon_days": -1}, "horizon_days must be a whole number from 0 to 154"),
    ],
)
def test_what_cannot_be_looked_ahead_on_is_named(account, asked, words) -> None:
    with pytest.raises(ParameterError, match=words):
        roll_off(account, TODAY, **asked)


def test_a_forecast_at_hand_gives_the_same(account) -> None:
    look = LookAhead.of(account, TODAY, 5)
    mine = roll_off(account, TODAY, horizon_days=5, ahead=look.forecast)
    pd.testing.assert_frame_equal(mine, roll_off(account, TODAY, horizon_days=5))
