"""The known days ahead where a single order decides."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pandas as pd
import pytest

from odr_analysis import back_under, roll_off
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.forecasting.roll_off import BACK_UNDER_COLUMNS, ROLL_OFF_COLUMNS
from tests.oracle import make_account

TODAY = date(2026, 9, 30)


@pytest.mark.parametrize("n_recent", range(1, 29))
@pytest.mark.parametrize("n_bad", [1, 2, 3])
def test_orders_ahead_are_counted_exactly(n_recent: int, n_bad: int) -> None:
    """A rate of exactly the target is not under it, whatever 28ths add up to in floats."""
    recent = [(f"r{i}", TODAY - timedelta(days=i), "Amazon.de", "mfn") for i in range(n_recent)]
    old = [(f"o{i}", TODAY - timedelta(days=27), "Amazon.de", "mfn") for i in range(60)]
    bad = [(f"o{i}", "claim", TODAY - timedelta(days=5)) for i in range(n_bad)]
    table = roll_off(make_account([*recent, *old], bad, known_to=TODAY), TODAY)
    # By hand: so many order days to come count on each day, each with a 28th of the recent orders.
    each = Fraction(n_recent + len(old), 28)
    ages = [*range(n_recent), *[27] * len(old)]
    for ahead, row in enumerate(table.itertuples()):
        placed = sum(15 <= age + ahead <= 74 for age in ages)
        exact = placed + each * max(ahead - 15, 0)
        assert row.n_orders == float(exact)
        assert row.under_target == (exact > 0 and row.n_defective < Fraction(1, 100) * exact)
    under = table.under_target.tolist()
    first = next((i for i in range(len(under)) if all(under[i:])), None)
    assert back_under(table).day.iloc[0] == table.day[first]


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
    assert mine.odr.tolist() == [1 / 2, 1 / 2, 2 / 3, 2 / 3, 1 / 2, 1 / 2]
    assert table[table.channel == "afn"].under_target.all()


def test_orders_a_day_are_given_for_all_series_or_for_one(account) -> None:
    def orders(per_day) -> dict[str, float]:
        table = roll_off(account, TODAY, horizon_days=16, orders_per_day=per_day)
        return dict(zip(table.channel.tail(2), table.n_orders.tail(2), strict=True))

    # One order day after today counts by then, 16 Oct.
    none = orders(0)
    assert orders(3) == {channel: n + 3 for channel, n in none.items()}
    own = orders({("Amazon.de", "afn"): 0.5})
    assert own["afn"] == none["afn"] + 0.5
    # The other goes on as lately: one order, of 17 Sep, in 28 days.
    assert own["mfn"] == pytest.approx(none["mfn"] + 1 / 28)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"orders_per_day": -1}, "orders_per_day must be 0 or more, got -1"),
        ({"orders_per_day": float("nan")}, "orders_per_day must be 0 or more, got nan"),
        (
            {"orders_per_day": {("Amazon.fr", "mfn"): 1}},
            "which has no orders. Known: Amazon.de mfn, Amazon.de afn",
        ),
        ({"horizon_days": -1}, "horizon_days must be 0 or more"),
    ],
)
def test_what_cannot_be_looked_ahead_on_is_named(account, asked, words) -> None:
    with pytest.raises(ParameterError, match=words):
        roll_off(account, TODAY, **asked)


def test_a_look_ahead_at_hand_gives_the_same(account) -> None:
    look = LookAhead.of(account, TODAY, 5)
    mine = roll_off(account, TODAY, horizon_days=5, look=look)
    pd.testing.assert_frame_equal(mine, roll_off(account, TODAY, horizon_days=5))


def test_back_under_for_good_or_not_at_all(account) -> None:
    table = roll_off(account, TODAY, horizon_days=80, orders_per_day=0)
    found = back_under(table)
    assert {name: str(dtype) for name, dtype in found.dtypes.items()} == {
        name: column.dtype for name, column in BACK_UNDER_COLUMNS.items()
    }
    # The entering order counts to 30 Nov; then no order counts, which is not under the target.
    assert found.day.isna().tolist() == [True, True]
    short = back_under(roll_off(account, TODAY, horizon_days=30, orders_per_day=0))
    assert short.day.tolist()[1] == pd.Timestamp(TODAY)
    assert back_under(table.head(0)).empty
