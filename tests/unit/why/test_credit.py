"""Credit of components for orders with several kinds of defect, by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from odr_analysis import component_credit, component_rates, terms
from odr_analysis.account import Account
from odr_analysis.why.credit import CREDIT_COLUMNS
from tests.oracle import make_account

DAY = "2026-09-30"
ALL = tuple(terms.COMPONENTS)


def account_of(*kinds: tuple[str, ...]) -> Account:
    """Ten orders, the first of them with these kinds of defect each."""
    orders = [(f"o{i}", "2026-08-20", "Amazon.de", "mfn") for i in range(10)]
    defects = [(f"o{i}", kind, "2026-09-01") for i, some in enumerate(kinds) for kind in some]
    return make_account(orders, defects)


def credit(*kinds: tuple[str, ...]) -> pd.Series:
    return component_credit(component_rates(account_of(*kinds), DAY)).iloc[-1]


def test_an_order_with_all_three_is_a_third_of_each() -> None:
    row = credit(ALL)
    assert [row[f"credit_{c}"] for c in ALL] == pytest.approx([1 / 30] * 3)
    assert [row[f"without_{c}"] for c in ALL] == pytest.approx([0.1] * 3)


def test_an_order_with_two_is_a_half_of_either_and_hides_what_each_does() -> None:
    row = credit(("feedback", "claim"), ("claim",), ("chargeback",))
    assert (row.credit_feedback, row.credit_claim, row.credit_chargeback) == pytest.approx(
        (0.05, 0.15, 0.1)
    )
    assert row.odr == pytest.approx(0.3)
    # Without claims the order with both is still defective.
    assert (row.without_feedback, row.without_claim, row.without_chargeback) == pytest.approx(
        (0.3, 0.2, 0.2)
    )


def test_credits_add_up_and_are_at_least_the_marginal_effect() -> None:
    row = credit(ALL, ("feedback", "claim"), ("claim", "chargeback"), ("feedback",), ("claim",))
    assert sum(row[f"credit_{c}"] for c in ALL) == pytest.approx(row.odr)
    for kind in ALL:
        assert row[f"credit_{kind}"] >= row.odr - row[f"without_{kind}"]


def test_without_orders_there_is_nothing_to_share() -> None:
    rates = component_rates(account_of(("claim",)), "2026-08-25")
    table = component_credit(rates)
    assert list(table) == list(CREDIT_COLUMNS)
    assert len(table) == len(rates)
    assert table.n_orders.tolist() == [0] * len(table)
    assert table[[f"credit_{c}" for c in ALL]].isna().all(axis=None)
