"""What counts: switches, witnesses, first days."""

from __future__ import annotations

import attrs
import pandas as pd
import pytest

from odr_analysis import terms
from odr_analysis.exports.readers.contract import NOT_COUNTED, feedback_frame, sightings
from odr_analysis.exports.source_rank import MONEY, SOURCE_RANK
from odr_analysis.exports.verdicts import (
    OUTCOME_SWITCH,
    contradictions,
    feedback_sightings,
    first_known,
    judge,
    newest_feedback,
    why_outcome_does_not_count,
)
from odr_analysis.policy import Policy
from odr_analysis.presets import preset
from tests.unit.exports.made_sightings import AGAIN, DAY, DENIED, EVENT, judged, money, sighting


def verdict(*rows, policy=None):
    """Why the one defect all rows speak of does not count, and whether money alone says so."""
    frame = judged(*rows, policy=policy)
    assert frame["counts"].tolist() == (frame.why_not == "").tolist()
    (pair,) = set(zip(frame.why_not, frame.inferred, strict=True))
    return pair


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
        ("claim", "cancelled", ""),
        ("claim", "counts", ""),
        ("claim", "debited", ""),
        ("claim", "recovered", "claim recovered"),
        ("claim", "protected", "claim protected"),
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
        ("chargeback", "debited", ""),
        ("chargeback", "recovered", "chargeback recovered"),
        ("chargeback", "does not count", "marked as not counting"),
        ("feedback", "", ""),
        ("feedback", "removed", "feedback removed"),
        ("feedback", "struck", "feedback struck through"),
        ("feedback", "does not count", "marked as not counting"),
    ],
)
def test_outcomes_under_the_default_policy(component, outcome, why):
    assert why_outcome_does_not_count(component, outcome, Policy()) == why


SWITCHED = [
    ("count_pending_claims", "claim", "pending", "claim pending"),
    ("count_withdrawn_claims", "claim", "withdrawn", "claim withdrawn"),
    ("count_denied_claims", "claim", "denied", "claim denied"),
    ("count_appealed_claims", "claim", "appeal won", "claim appeal won"),
    ("count_amazon_funded_claims", "claim", "amazon funded", "claim amazon funded"),
    ("count_refunded_claims", "claim", "refunded", "claim refunded"),
    ("count_cancelled_claims", "claim", "cancelled", "claim cancelled"),
    ("count_protected_claims", "claim", "protected", "claim protected"),
    ("count_open_chargebacks", "chargeback", "open", "chargeback open"),
    ("count_won_chargebacks", "chargeback", "won", "chargeback won"),
    ("count_struck_feedback", "feedback", "struck", "feedback struck through"),
    ("count_removed_feedback", "feedback", "removed", "feedback removed"),
]
NOT_OF_ONE_OUTCOME = {
    "count_cancelled_orders",
    "count_pending_orders",
    "count_inferred_defects",
    "count_recovered_defects",
}


def test_every_switch_of_the_policy_is_tested_here():
    assert {(c, o): s for s, c, o, _ in SWITCHED} == OUTCOME_SWITCH
    named = {f.name for f in attrs.fields(Policy) if f.name.startswith("count_")}
    assert {s for s, *_ in SWITCHED} == named - NOT_OF_ONE_OUTCOME


@pytest.mark.parametrize(("switch", "component", "outcome", "when_off"), SWITCHED)
def test_each_switch_turns_one_outcome_and_nothing_else(switch, component, outcome, when_off):
    on, off = Policy(**{switch: True}), Policy(**{switch: False})
    assert why_outcome_does_not_count(component, outcome, on) == ""
    assert why_outcome_does_not_count(component, outcome, off) == when_off
    others = [
        (c, o)
        for c in terms.COMPONENTS
        for o in {
            "",
            "granted",
            "lost",
            "counts",
            "does not count",
            *(s[2] for s in SWITCHED),
            *MONEY,
        }
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


def test_the_witnesses_are_ranked_as_documented():
    ranks = [SOURCE_RANK[s] for s in ("order-defects", "claims", "mfn-returns", "settlement",
                                       "finances")]  # fmt: skip
    assert ranks == [0, 1, 2, 3, 4]
    assert SOURCE_RANK["claims"] == SOURCE_RANK["chargebacks"] == SOURCE_RANK["seller-feedback"]
    assert SOURCE_RANK["settlement"] == SOURCE_RANK["date-range"]


@pytest.mark.parametrize("funded_by", ["", "seller", "amazon"])
def test_who_paid_never_decides(funded_by):
    for outcome, why in (("granted", ""), ("does not count", "marked as not counting")):
        assert verdict(sighting(outcome=outcome)._replace(funded_by=funded_by)) == (why, False)
    assert verdict(money("debited", 5.0)._replace(funded_by=funded_by)) == ("", True)


def test_a_debit_alone_counts_and_is_marked_as_inferred():
    debit = money("debited", 25.0)
    assert verdict(debit) == ("", True)
    alone = "claim known from money alone"
    assert verdict(debit, policy=Policy(count_inferred_defects=False)) == (alone, False)
    assert verdict(debit, policy=preset("as-reported")) == (alone, False)


@pytest.mark.parametrize(
    ("outcome", "source", "why"),
    [
        ("granted", "claims", ""),
        ("pending", "claims", ""),
        ("", "mfn-returns", ""),
        ("denied", "claims", "claim denied"),
        ("does not count", "order-defects", "marked as not counting"),
    ],
)
@pytest.mark.parametrize("paid", [[("debited", 25.0)], [("debited", 25.0), ("recovered", -25.0)]])
def test_money_never_overrules_a_verdict(outcome, source, why, paid):
    told = [sighting(outcome=outcome, source=source), *(money(*p) for p in paid)]
    assert verdict(*told) == verdict(*told[::-1]) == (why, False)


@pytest.mark.parametrize(
    ("paid", "counts"),
    [
        ([("debited", 25.0), ("recovered", -25.0)], False),
        ([("debited", 25.0), ("recovered", -30.0)], False),
        ([("debited", 25.0), ("recovered", -24.99)], True),
        # In parts, in exact cents: 0.1 + 0.2 is no more than 0.3.
        ([("debited", 0.1), ("debited", 0.2), ("recovered", -0.3)], False),
        ([("debited", 0.3), ("recovered", -0.1), ("recovered", -0.2)], False),
        # Two debits of the same amount on the same day are two, not one.
        ([("debited", 25.0), ("debited", 25.0), ("recovered", -25.0)], True),
        # What is in another file of the same kind again is the same money.
        ([("debited", 25.0), ("debited", 25.0, *AGAIN), ("recovered", -25.0)], False),
        ([("debited", 25.0), ("recovered", -10.0), ("recovered", -10.0, *AGAIN)], True),
        # And so is what another kind of file tells: the debit here, the recovery there.
        ([("debited", 25.0), ("debited", 25.0, EVENT), ("recovered", -25.0, EVENT)], False),
        ([("debited", 25.0), ("recovered", -25.0, "date-range")], False),
        ([("debited", 25.0), ("recovered", -15.0), ("recovered", -15.0, "finances")], True),
        # On two days it is two payments.
        ([("debited", 25.0), ("recovered", -15.0),
          ("recovered", -15.0, *AGAIN, "2026-05-20")], False),
        # What left is in no file: that it came back is all there is.
        ([("recovered", -25.0)], False),
        ([("recovered", None)], False),
        # What is not known to be as much is not.
        ([("debited", None), ("recovered", -25.0)], True),
        ([("debited", 25.0), ("recovered", None)], True),
        ([("debited", 25.0), ("recovered", -25.0, "settlement", "s.txt", DAY, "USD")], True),
    ],
)  # fmt: skip
def test_a_defect_of_money_alone_ends_when_as_much_came_back(paid, counts):
    told = [money(*p) for p in paid]
    why = "" if counts else "claim recovered"
    assert verdict(*told) == verdict(*told[::-1]) == (why, counts)
    assert verdict(*told, policy=Policy(count_recovered_defects=True)) == ("", True)


def test_an_absurd_amount_is_no_obstacle():
    assert verdict(money("debited", 1e300), money("recovered", float("-inf"))) == (
        "claim recovered",
        False,
    )


def test_removed_feedback_does_not_count():
    left = sighting(component="feedback", source="seller-feedback")
    gone = left._replace(outcome="removed")
    assert verdict(left) == ("", False)
    assert verdict(left, gone) == ("feedback removed", False)


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


def test_money_makes_a_defect_known_earlier():
    table = known(
        sighting(outcome="granted", day=pd.Timestamp("2026-05-12")),
        money("debited", 25.0, day="2026-05-11"),
    )
    assert table.claim_on.tolist() == [pd.Timestamp("2026-05-11")]
    recovered = money("debited", 25.0), money("recovered", -25.0)
    assert known(*recovered).empty


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


def test_inputs_are_left_as_they_were():
    told = sightings([DENIED, money("debited", 5.0)])
    orders = pd.Series({"o1": ""}, dtype="str")
    before, orders_before = told.copy(deep=True), orders.copy(deep=True)
    frame = judge(told, orders, Policy())
    first_known(frame, pd.Series({"o1": DAY}))
    contradictions(told, Policy())
    pd.testing.assert_frame_equal(told, before)
    pd.testing.assert_series_equal(orders, orders_before)


@pytest.mark.parametrize("paid", [[("debited", 25.0)], [("debited", 25.0), ("recovered", -25.0)]])
def test_a_claim_that_is_debited_and_not_counted_expects_its_debit(paid):
    told = [sighting(outcome=NOT_COUNTED, source="claims"), *(money(*p) for p in paid)]
    everything = {f.name: True for f in attrs.fields(Policy) if f.name.startswith("count_")}
    for policy in (Policy(), Policy(**everything)):
        assert verdict(*told, policy=policy) == ("claim debited, not counted", False)
        assert contradictions(sightings(told), policy).empty
