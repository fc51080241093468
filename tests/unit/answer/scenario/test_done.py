from __future__ import annotations

from datetime import date

import pytest

from odr_analysis import apply_scenario
from odr_analysis.answer.scenario.done import done_to, span_phrase
from odr_analysis.whatif import DefectRate, MoreOrders, NewDefect, Removed, Sales, Scenario
from tests.oracle import make_account

TODAY = date(2026, 9, 30)


@pytest.mark.parametrize(
    ("span", "says"),
    [
        (MoreOrders(1, days=1), "1 more order on 1 Oct"),
        (MoreOrders(1_500, defect_rate=0.0, days=1), "1,500 more clean orders on 1 Oct"),
        (MoreOrders(20, defect_rate=0.02), "20 more orders a day from 1 Oct on (2 % of them "
         "defective)"),
        (MoreOrders(20, weekdays=(0, 0, 0, 0, 0, 1, 1)),
         "20 more orders on the mean day from 1 Oct on"),
        (Sales(0, days=14), "no sales from 1 Oct to 14 Oct"),
        (Sales(0.8, start=date(2027, 1, 1)), "20 % fewer sales from 1 Jan 2027 on"),
        (Sales(1.2), "20 % more sales from 1 Oct on"),
        (Sales(1), "as many sales as usual from 1 Oct on"),
        (DefectRate(3, days=7), "3 times as many defects of orders from 1 Oct to 7 Oct"),
        (DefectRate(2.5), "2.5 times as many defects of orders from 1 Oct on"),
        (DefectRate(0, reason="late", products=frozenset({"B", "A"})),
         "none of the defects with the reason “late” of A and B of orders from 1 Oct on"),
    ],
)  # fmt: skip
def test_orders_to_come(span, says):
    assert span_phrase(span, TODAY) == says


def test_orders_it_names():
    orders = [(f"m{i}", date(2026, 8, 20), "Amazon.de", "mfn") for i in range(9)]
    bad = [
        ("m0", "feedback", date(2026, 9, 1)),
        ("m1", "feedback", date(2026, 9, 1)),
        ("m2", "claim", date(2026, 9, 1)),
        ("m3", "chargeback", date(2026, 9, 1)),
    ]
    account = make_account(orders, bad, known_to=TODAY)
    effect = apply_scenario(
        account,
        Scenario(
            Removed(["m0", "m1"], probability=0.4),
            Removed(["m2"], "claim"),
            Removed(["m3"], "chargeback", probability=0.25),
            NewDefect("m4"),
            NewDefect(ordered_on=date(2026, 10, 1), n=2, probability=0.5),
        ),
    )
    assert done_to(effect, effect.paths[0]) == [
        "the feedback of 2 orders removed (probability 40 % each)",
        "1 A-to-z claim won",
        "1 chargeback won (probability 25 %)",
        "1 more defective order",
        "2 more defective orders (probability 50 %)",
    ]
