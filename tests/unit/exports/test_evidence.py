"""What counts: switches, witnesses, first days."""

from __future__ import annotations

import pandas as pd
import pytest

from odr_analysis import terms
from odr_analysis.exports.evidence import (
    feedback_sightings,
    first_known,
    judge,
    newest_feedback,
    why_outcome_does_not_count,
)
from odr_analysis.exports.rows import Sighting, feedback_frame, sightings
from odr_analysis.policy import Policy

DAY = pd.Timestamp("2026-05-10")


def sighting(order="o1", component="claim", outcome="", source="claims", day=DAY):
    return Sighting(order, component, source, "f", 2, reported_on=day, outcome=outcome)


def judged(*rows, policy=None, placed=None):
    orders = pd.Series({"o1": ""} if placed is None else placed, dtype="str")
    return judge(sightings(list(rows)), orders, policy or Policy())


def feedback(order, day, stars, file="f"):
    return (order, pd.Timestamp(day), stars, "words", "", "", file, 2)


@pytest.mark.parametrize(
    ("component", "outcome", "why"),
    [
        ("claim", "", ""),
        ("claim", "granted", ""),
        ("claim", "pending", ""),
        ("claim", "unrecognised", ""),
        ("claim", "refunded", ""),
        ("claim", "withdrawn", "claim withdrawn"),
        ("claim", "denied", "claim denied"),
        ("claim", "appeal won", "claim appeal won"),
        ("claim", "amazon funded", "claim amazon funded"),
        ("claim", "does not count", "marked as not counting"),
        ("chargeback", "", ""),
        ("chargeback", "open", ""),
        ("chargeback", "lost", ""),
        ("chargeback", "won", "chargeback won"),
        ("chargeback", "counts", ""),
        ("feedback", "", ""),
        ("feedback", "struck", "feedback struck through"),
        ("feedback", "does not count", "marked as not counting"),
    ],
)
def test_outcomes_under_the_default_policy(component, outcome, why):
    assert why_outcome_does_not_count(component, outcome, Policy()) == why


@pytest.mark.parametrize(
    ("switch", "component", "outcome", "when_off"),
    [
        ("count_pending_claims", "claim", "pending", "claim pending"),
        ("count_won_chargebacks", "chargeback", "won", "chargeback won"),
        ("count_struck_feedback", "feedback", "struck", "feedback struck through"),
    ],
)
def test_each_switch_turns_one_outcome_and_nothing_else(switch, component, outcome, when_off):
    on, off = Policy(**{switch: True}), Policy(**{switch: False})
    assert why_outcome_does_not_count(component, outcome, on) == ""
    assert why_outcome_does_not_count(component, outcome, off) == when_off
    others = [
        (c, o)
        for c in terms.COMPONENTS
        for o in ("", "pending", "won", "struck", "denied", "granted", "counts", "does not count")
        if (c, o) != (component, outcome)
    ]
    for other in others:
        assert why_outcome_does_not_count(*other, on) == why_outcome_does_not_count(*other, off)


@pytest.mark.parametrize("switch", ["count_cancelled_orders", "count_pending_orders"])
def test_switches_of_orders_do_not_touch_outcomes(switch):
    assert why_outcome_does_not_count("claim", "pending", Policy(**{switch: False})) == ""


@pytest.mark.parametrize("stars", [1, 2, 3, 4])
def test_how_many_stars_are_negative_is_policy(stars):
    frame = feedback_frame([feedback(f"o{n}", DAY, n) for n in range(1, 6)])
    low = feedback_sightings(frame, Policy(negative_stars=stars))
    assert low.rating.tolist() == list(range(1, stars + 1))
    assert set(low.component) == {"feedback"}
    assert (low.reported_on == DAY).all()


def test_no_feedback_is_no_sighting():
    assert feedback_sightings(feedback_frame([]), Policy()).empty


def test_of_two_feedbacks_the_newer_then_the_worse_stands():
    a, b = feedback("o1", "2026-05-02", 5), feedback("o1", "2026-05-01", 1)
    same_day = feedback("o2", "2026-05-01", 1, "a"), feedback("o2", "2026-05-01", 5, "b")
    for rows in ([a, b, *same_day], [b, a, *same_day[::-1]]):
        kept = newest_feedback(feedback_frame(rows)).set_index("order_id")
        assert kept.rating.to_dict() == {"o1": 5, "o2": 1}


@pytest.mark.parametrize(
    ("told", "counts"),
    [
        # Account Health's own list is the best witness, for and against.
        ([("order-defects", ""), ("claims", "denied")], True),
        ([("order-defects", "does not count"), ("claims", "granted")], False),
        # The claims file knows more than the returns report.
        ([("claims", "withdrawn"), ("mfn-returns", "")], False),
        # A source not known here, a frame given by hand, comes first.
        ([("defects frame", "denied"), ("order-defects", "")], False),
        # Among equals a settled word replaces an unsettled one.
        ([("claims", "pending"), ("claims", "denied")], False),
        ([("claims", ""), ("claims", "denied")], False),
        # Where equals still disagree the defect counts.
        ([("claims", "granted"), ("claims", "denied")], True),
    ],
)
def test_the_best_witness_decides_for_all_whatever_their_order(told, counts):
    rows = [sighting(source=source, outcome=outcome) for source, outcome in told]
    for order in (rows, rows[::-1]):
        frame = judged(*order)
        assert frame["counts"].tolist() == [counts] * len(rows)
        assert (frame.why_not == "").tolist() == [counts] * len(rows)


def test_the_reason_does_not_depend_on_the_order_of_files():
    rows = [sighting(outcome="withdrawn"), sighting(outcome="denied")]
    assert set(judged(*rows).why_not) == set(judged(*rows[::-1]).why_not) == {"claim denied"}


def test_components_are_judged_apart():
    frame = judged(
        sighting(outcome="denied"),
        sighting(component="chargeback", outcome="lost", source="chargebacks"),
        sighting(component="feedback", source="seller-feedback"),
    )
    assert frame.set_index("component")["counts"].to_dict() == {
        "claim": False,
        "chargeback": True,
        "feedback": True,
    }


def test_the_order_itself_comes_first():
    frame = judged(
        sighting("o1"), sighting("o2"), sighting("o3"), placed={"o1": "", "o2": "cancelled"}
    )
    assert frame.why_not.tolist() == ["", "cancelled", "order unknown"]
    assert frame["counts"].tolist() == [True, False, False]
    assert frame.columns.tolist() == list(terms.DEFECT_COLUMNS)


def known(*rows, placed="2026-05-01"):
    frame = judged(*rows)
    days = pd.Series({"o1": pd.Timestamp(placed)}, dtype="datetime64[us]")
    return first_known(frame, days)


def test_an_order_with_many_sightings_is_one_row_with_the_earliest_days():
    table = known(
        sighting(day=pd.Timestamp("2026-05-12")),
        sighting(day=pd.Timestamp("2026-05-11"), source="mfn-returns"),
        sighting(day=pd.NaT, source="order-defects"),
        sighting(component="feedback", day=pd.Timestamp("2026-05-20")),
    )
    assert table.order_id.tolist() == ["o1"]
    assert table.claim_on.tolist() == [pd.Timestamp("2026-05-11")]
    assert table.feedback_on.tolist() == [pd.Timestamp("2026-05-20")]
    assert table.chargeback_on.isna().all()


def test_a_defect_without_a_day_is_known_from_the_day_of_its_order():
    table = known(sighting(day=pd.NaT), sighting(component="feedback"))
    assert table.claim_on.tolist() == [pd.Timestamp("2026-05-01")]
    assert table.feedback_on.tolist() == [DAY]
    assert table.chargeback_on.isna().all()


def test_a_defect_that_does_not_count_has_no_day():
    table = known(sighting(outcome="denied"), sighting(component="feedback"))
    assert table.claim_on.isna().all()
    assert known(sighting(outcome="denied")).empty
    assert known().columns.tolist() == ["order_id", "feedback_on", "claim_on", "chargeback_on"]
