"""Rates against their counts, and kinds of defects against their sum."""

from __future__ import annotations

from itertools import chain, combinations_with_replacement

import pytest

from odr_analysis import terms
from odr_analysis.exports.performance.checks import contradictions
from tests.unit.exports.performance.made_report import (
    de,
    late,
    odr,
    only,
    read,
    report,
)


def test_the_rate_is_kept_and_its_contradiction_named():
    done = read(report(de(orderDefectRate={"mfn": odr(rate=0.009)})))
    assert done.snapshots.rate.tolist() == [0.009]
    assert done.notes == [
        "Order defect rate of Amazon.de, seller-fulfilled: the rate is stated as 0.009, but "
        "10 orders with defects of 2,000 orders are 0.005; the counts are used."
    ]


@pytest.mark.parametrize(
    ("rate", "bad", "total", "fits"),
    [
        (1 / 30, 1, 30, True),
        (0.0333, 1, 30, True),
        (0.0334, 1, 30, True),  # rounded up
        (0.0335, 1, 30, False),
        (0, 0, 30, True),
        (0.0, 0, 0, True),  # what live reports state without orders
        (0.1, 0, 0, False),
        (0.0, 1, 30, False),
        (3.33, 1, 30, False),
        (-0.1, 1, 30, False),
        (0.03203973037, 27896, 870669, True),
        (0.032, 27896, 870669, True),
        (0.03, 27896, 870669, False),
    ],
)
def test_rates_against_counts(rate, bad, total, fits):
    block = late(rate=rate, lateShipmentCount=bad, orderCount=total)
    done = read(report(de(lateShipmentRate=block)))
    assert (done.notes == []) == fits
    assert done.snapshots.rate.tolist() == [rate]


def test_part_larger_than_the_whole():
    block = late(lateShipmentCount=300, rate=0.9)
    notes = read(report(de(lateShipmentRate=block))).notes
    only(notes, "300 late shipments of 200 orders cannot be")
    only(notes, "stated as 0.9", "neither can be relied on")


def kinds(feedback: int, claims: int, chargebacks: int, bad: int) -> list[str]:
    block = odr(
        orderWithDefects={"count": bad},
        negativeFeedback={"count": feedback},
        claims={"count": claims},
        chargebacks={"count": chargebacks},
        rate=bad / 2000,
    )
    return read(report(de(orderDefectRate={"mfn": block}))).notes


def test_kinds_of_defect_that_overlap():
    assert "628 + 442 + 15 = 1,085, 7 more than the 1,078" in only(kinds(628, 442, 15, 1078), "+")
    assert "at least 4 orders have more than one kind (7 if none has all three)" in only(
        kinds(628, 442, 15, 1078), "at least"
    )
    assert "at least 1 order has more than one kind." in only(kinds(3, 2, 0, 4), "+")
    assert kinds(5, 4, 1, 10) == []


def test_kinds_of_defect_that_cannot_be():
    assert "5 + 3 + 1 = 9, fewer than the 10" in only(kinds(5, 3, 1, 10), "1 order would have")
    (note,) = kinds(12, 3, 1, 10)
    assert "12 orders with a negative feedback are more than the 10 with any defect" in note


def test_the_least_overlap_is_right_for_every_small_case():
    # Every way to give up to 6 orders one of the 7 sets of kinds an order can have.
    least: dict[tuple[int, ...], int] = {}
    for orders in chain.from_iterable(
        combinations_with_replacement(range(1, 8), n) for n in range(7)
    ):
        parts = [sum(kinds >> i & 1 for kinds in orders) for i in range(3)]
        both = sum(kinds.bit_count() > 1 for kinds in orders)
        key = (*parts, len(orders))
        least[key] = min(least.get(key, both), both)
    checked = 0
    for (feedback, claims, backs, bad), both in least.items():
        row = dict.fromkeys(terms.SNAPSHOT_COLUMNS) | {
            "metric": "order_defects",
            "marketplace": "m",
            "channel": "mfn",
            "n_bad": bad,
            "n_feedback": feedback,
            "n_claim": claims,
            "n_chargeback": backs,
        }
        told = contradictions(row)
        if both:
            assert f"at least {both} order" in told[0]
        else:
            assert told == []
        checked += 1
    assert checked > 300
