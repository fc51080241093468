"""Records that contradict each other, and who decides."""

from __future__ import annotations

import pytest

from odr_analysis.exports.readers.contract import sightings
from odr_analysis.exports.verdicts import (
    contradictions,
)
from odr_analysis.policy import Policy
from odr_analysis.presets import preset
from tests.unit.exports.made_sightings import DENIED, EVENT, judged, money, sighting


def disputes(*rows, policy=None):
    table = contradictions(sightings(list(rows)), policy or Policy())
    names = ["order_id", "component", "verdict", "decided_by", "against", "counts"]
    assert table.columns.tolist() == names
    return table.to_dict("records")


LIST = sighting(source="order-defects")._replace(file="list.csv", line=7)
GRANTED = sighting(outcome="granted")._replace(file="more.csv", line=4)


def test_a_contradiction_says_who_decided_and_who_is_against():
    returns = sighting(source="mfn-returns", outcome="withdrawn")._replace(file="r.txt", line=12)
    for told in ([LIST, DENIED, GRANTED, returns], [returns, GRANTED, DENIED, LIST]):
        assert disputes(*told) == [
            {
                "order_id": "o1",
                "component": "claim",
                "verdict": "listed",
                "decided_by": "order-defects, list.csv line 7",
                "against": "claims.csv line 3 says denied; r.txt line 12 says withdrawn",
                "counts": True,
            }
        ]


@pytest.mark.parametrize(
    ("told", "against"),
    [
        # Equals that disagree.
        ([DENIED, GRANTED], "claims.csv line 3 says denied"),
        # Both against the defect, in other words.
        ([DENIED, sighting(outcome="withdrawn", source="mfn-returns")], None),
        # The list says what counts; saying no more is saying that.
        ([LIST, LIST._replace(file="new.csv", outcome="does not count")],
         "list.csv line 7 says listed"),
        # Nothing said, pending and open contradict nobody.
        ([DENIED, sighting()], None),
        ([DENIED, sighting(outcome="pending")], None),
        ([DENIED, sighting(source="mfn-returns")], None),
        # But they can be contradicted.
        ([sighting(outcome="pending", source="defects frame"), DENIED],
         "claims.csv line 3 says denied"),
        ([DENIED, money("debited", 5.0)], "s.txt line 9 says debited"),
        ([DENIED, money("debited", 5.0), money("recovered", -5.0)], None),
        ([DENIED, money("debited", 5.0), money("recovered", -4.0)], "s.txt line 9 says debited"),
        ([GRANTED, money("debited", 5.0)], None),
        ([GRANTED, money("debited", 5.0), money("recovered", -4.0, line=10)], None),
        ([GRANTED, money("debited", 5.0), money("recovered", -5.0, line=10)],
         "s.txt line 10 says recovered"),
        # Better witnesses are named first, and the same line once.
        ([DENIED, *[money("debited", 5.0, EVENT, "a.json", line=1)] * 2, money("debited", 5.0)],
         "s.txt line 9 says debited; a.json line 1 says debited"),
        # Money contradicts no money.
        ([money("debited", 5.0), money("recovered", -5.0)], None),
        ([GRANTED], None),
        ([], None),
    ],
)  # fmt: skip
def test_what_contradicts_what(told, against):
    found = disputes(*told)
    assert [row["against"] for row in found] == ([] if against is None else [against])
    assert disputes(*told[::-1]) == found


def test_what_counts_either_way_under_a_policy_is_no_contradiction_there():
    assert len(disputes(LIST, DENIED)) == 1
    assert disputes(LIST, DENIED, policy=preset("as-reported")) == []


def test_money_contradicts_a_verdict_whatever_is_made_of_money_alone():
    for policy in (Policy(count_inferred_defects=False), Policy(count_recovered_defects=True)):
        (row,) = disputes(DENIED, money("debited", 5.0), policy=policy)
        assert row["against"] == "s.txt line 9 says debited"
        (row,) = disputes(GRANTED, money("recovered", -5.0), policy=policy)
        assert row["against"] == "s.txt line 9 says recovered"


def test_of_several_that_decide_the_first_is_named():
    twice = [LIST._replace(file=file) for file in ("b.csv", "a.csv")]
    for told in (twice, twice[::-1]):
        (row,) = disputes(*told, DENIED)
        assert row["decided_by"] == "order-defects, a.csv line 7"


def test_contradictions_are_told_by_defect_and_in_order():
    rows = [
        row._replace(order_id=order, component=component)
        for order in ("o2", "o1")
        for component in ("claim", "chargeback")
        for row in (LIST, sighting(outcome="does not count"))
    ]
    found = [(row["order_id"], row["component"]) for row in disputes(*rows)]
    pairs = [(o, c) for o in ("o1", "o2") for c in ("chargeback", "claim")]
    assert found == pairs


def test_the_verdict_told_is_the_one_judged():
    frame = judged(LIST, DENIED)
    (row,) = contradictions(frame, Policy()).to_dict("records")
    assert [row["counts"]] * 2 == frame["counts"].tolist()
