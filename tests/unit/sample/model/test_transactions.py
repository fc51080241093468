"""The seller's money: transactions and their totals by hand."""

from __future__ import annotations

from datetime import date

import pytest

from odr_analysis.sample.model.cases import Case
from odr_analysis.sample.model.catalogue import PRODUCTS
from odr_analysis.sample.model.draws import Draws
from odr_analysis.sample.model.orders import DAY, Orders, day_number, make_orders
from odr_analysis.sample.model.recipes import Recipe
from odr_analysis.sample.model.scenarios import SETTINGS
from odr_analysis.sample.model.transactions import (
    Transaction,
    disputes_in,
    make_transactions,
    price_of,
)

END = date(2026, 9, 30)
LAST = day_number(END)
LOST = Transaction(5, "claim", 0, "o", (("Principal", -1_000),), (("Commission", 120),))
BACK = Transaction(9, "claim", 0, "o", (("", 880),))


def test_a_total_is_charges_and_fees() -> None:
    assert LOST.total == -880
    assert LOST.total + BACK.total == 0


def test_disputes_are_claims_and_chargebacks_that_move_money() -> None:
    assert (LOST.outcome, BACK.outcome) == ("debited", "recovered")
    refund = Transaction(7, "refund", 0, "o", (("Principal", -1_000),))
    assert not refund.disputed
    assert not refund.came_back
    lost = Transaction(8, "chargeback", 1, "p", (("Principal", -5),))
    assert disputes_in([LOST, LOST, BACK, refund, lost]) == {
        "claim debited": 2,
        "claim recovered": 1,
        "chargeback debited": 1,
    }


@pytest.fixture(scope="module")
def orders() -> Orders:
    return make_orders(SETTINGS["story"], 300, 273, END, Draws(4))


def test_a_price_is_quantity_times_price_of_each_item(orders: Orders) -> None:
    items = orders.items_of()
    two = next(own for own in items if len(own) > 1)
    cents = sum(
        round(PRODUCTS[orders.item_product[i]].price * 100) * int(orders.item_quantity[i])
        for i in two
    )
    assert price_of(orders, two, "DE") == cents
    assert price_of(orders, [], "DE") == 0


def test_a_case_moves_the_money_of_its_order_and_half_comes_back(orders: Orders) -> None:
    shipped = orders.shipped_by((LAST - 40) * DAY).nonzero()[0].tolist()
    order = next(i for i in shipped if i not in orders.not_counted)
    moves = [((LAST - 9) * DAY, -2), ((LAST - 5) * DAY, 1)]
    case = Case("made up", Recipe("claim", "in words"), order, "damaged", LAST - 9, moves=moves)
    stranger = ("302-1234567-1234567", LAST - 20)
    made = make_transactions(orders, [case], "DE", stranger, LAST - 272, LAST, Draws(9))
    assert [t.moment for t in made] == sorted(t.moment for t in made)
    debit, back = (t for t in made if t.disputed and t.order == order)
    price = price_of(orders, orders.items_of()[order], "DE")
    assert debit.total == -price + price * 12 // 100
    assert back.total == -debit.total // 2
    (unknown,) = (t for t in made if t.order_id == stranger[0])
    assert (unknown.order, unknown.total) == (None, -2_200)
    assert disputes_in(made) == {"claim debited": 2, "claim recovered": 1}


def test_orders_that_were_cancelled_or_are_not_amazons_move_no_money(orders: Orders) -> None:
    made = make_transactions(orders, [], "DE", None, LAST - 272, LAST, Draws(9))
    sold = {t.order for t in made if t.kind == "order"}
    assert not any(orders.cancelled[i] or i in orders.not_counted for i in sold)
    assert disputes_in(made) == {}
    assert {t.kind for t in made} == {"order", "refund", "fee", "safe-t"}
