"""The known days ahead where a single order decides."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from odr_analysis import back_under, roll_off
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
