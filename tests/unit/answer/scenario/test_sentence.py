"""What is said, on accounts whose crossing days are worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from odr_analysis import account_from_frames
from odr_analysis.answer.known import SeriesKnown
from odr_analysis.answer.scenario.sentence import (
    scenario_headline,
    scenario_sentence,
)
from odr_analysis.forecasting.coming_days.marginals import Marginals
from odr_analysis.policy import Policy
from odr_analysis.whatif import (
    DefectRate,
    MoreOrders,
    Removed,
    Sales,
    Scenario,
    apply_scenario,
)
from tests.oracle import make_account
from tests.scenarios import scenario_of
from tests.unit.whatif.sold import sold

pytestmark = pytest.mark.usefixtures("known_alone")


OF, MISSING = Marginals.of, SeriesKnown.missing
TODAY = date(2026, 9, 30)
DE = "Amazon.de"
SURE = "(probability 90 % or more)"
FIRST_EFFECT = "the first effect shows on 16 Oct, because Amazon counts an order from its 15th day"


def batch(name: str, n: int, ordered_on: date, channel: str = "mfn", marketplace: str = DE):
    return [(f"{name}{i}", ordered_on, marketplace, channel) for i in range(n)]


def said(orders, defects, horizon_days: int = 75, as_of: date = TODAY, **what) -> str:
    account = make_account(orders, defects, known_to=TODAY)
    return scenario_sentence(apply_scenario(account, scenario_of(**what), as_of, horizon_days))


# 100 orders of 25 Aug count until 7 Nov; two of them are defective.
AUGUST = batch("a", 100, date(2026, 8, 25))
TWO = [("a0", "feedback", None), ("a1", "claim", None)]


def test_sooner_with_extra_orders():
    # 2 of 100 needs 201 orders: 101 at 20 a day are there on the sixth day, 21 Oct.
    # Without it never, until the last order leaves after 7 Nov.
    assert said(AUGUST, TWO, per_day=20, days=30, horizon_days=30) == (
        "With 20 more clean orders a day from 1 Oct to 30 Oct seller-fulfilled ODR would be under "
        f"1 % from 21 Oct; without it, not in the 30 days looked at {SURE}; {FIRST_EFFECT}."
    )


def test_sooner_instead_of_later():
    # One defect leaves with its order after 31 Oct (ordered 18 Aug), the other is of no weight:
    # 1 of 150 is under 1 %.
    orders = batch("old", 1, date(2026, 8, 18)) + batch("new", 150, date(2026, 8, 30))
    bad = [("old0", "claim", None), ("new0", "claim", None)]
    assert said(orders, bad, per_day=10, days=10, horizon_days=40) == (
        "With 10 more clean orders a day from 1 Oct to 10 Oct seller-fulfilled ODR would be under "
        f"1 % from 20 Oct instead of 1 Nov {SURE}; {FIRST_EFFECT}."
    )


def test_never_within_the_horizon():
    assert said(AUGUST, TWO, per_day=1, days=5, horizon_days=30) == (
        "With 1 more clean order a day from 1 Oct to 5 Oct seller-fulfilled ODR would be at 1 % or "
        "more for the 30 days looked at either way; 1.90 % instead of 2.00 % on 20 Oct "
        f"{SURE}; {FIRST_EFFECT}."
    )


def test_already_under_and_stays():
    assert said(
        AUGUST + batch("b", 200, date(2026, 8, 26)),
        TWO,
        per_day=100,
        days=1,
        horizon_days=20,
    ) == (
        "With 100 more clean orders on 1 Oct seller-fulfilled ODR would stay under 1 % for the 20 "
        f"days looked at either way; 0.50 % instead of 0.67 % on 16 Oct {SURE}; {FIRST_EFFECT}."
    )


def test_bad_extra_orders_break_a_good_rate():
    assert said(AUGUST, [], per_day=100, days=1, defect_rate=0.5, horizon_days=20) == (
        "With 100 more orders on 1 Oct (50 % of them defective) seller-fulfilled ODR would reach "
        f"1 % on 16 Oct; without it, it would stay under {SURE}; {FIRST_EFFECT}."
    )


def test_avoids_a_breach():
    # 1 of 101 today; the 51 good orders of 20 Jul leave after 2 Oct.
    orders = batch("a", 50, date(2026, 8, 25)) + batch("b", 51, date(2026, 7, 20))
    young = batch("y", 60, date(2026, 9, 25))
    assert said(orders + young, [("a0", "feedback", None)], removed={"a0"}).startswith(
        "With the feedback of 1 order removed seller-fulfilled ODR would stay under 1 % for the "
        "75 days looked at; without it, it would reach 1 % on 3 Oct"
    )


def test_removal_works_at_once():
    orders = AUGUST + batch("b", 50, date(2026, 8, 26))
    assert said(orders, TWO, removed={"a0"}, horizon_days=20) == (
        "With the feedback of 1 order removed seller-fulfilled ODR would be under 1 % at once "
        f"(0.67 % instead of 1.33 %) {SURE}."
    )
    both = said(orders, TWO, removed={"a0"}, per_day=5, days=2, horizon_days=20)
    assert both == (
        "With 5 more clean orders a day from 1 Oct to 2 Oct and the feedback of 1 order removed "
        f"seller-fulfilled ODR would be under 1 % at once (0.67 % instead of 1.33 %) {SURE}; "
        "orders placed from 1 Oct count from 16 Oct, because Amazon counts an order from its 15th "
        "day."
    )


def test_nothing_changes_says_why():
    now = (
        "seller-fulfilled ODR is 2.00 % (2 of 100 orders) and will not recover by itself within "
        "the 20 days looked at: the probability of a rate under 1 % is less than 1 % on every day."
    )
    assert said(AUGUST, TWO, horizon_days=20) == f"Nothing is changed: {now}"
    assert said(AUGUST, TWO, per_day=9, horizon_days=20) == (
        f"9 more orders a day for 0 days change nothing: {now}"
    )
    assert said(AUGUST, TWO, removed={"a1"}, horizon_days=20) == (
        "Order a1 has no negative feedback that counts on 30 Sep 2026, so removing it changes "
        f"nothing: {now}"
    )
    assert said(AUGUST, TWO, removed={"a1", "a2", "a3", "a4"}, horizon_days=20).endswith(
        f". 2 more removals change nothing either: {now}"
    )
    late = {"per_day": 5, "start": date(2026, 10, 6), "days": 3}
    assert said(AUGUST, TWO, horizon_days=20, **late) == (
        "The first order it is about counts on 21 Oct, after the last day looked at, so nothing "
        f"changes before: {now}"
    )


def test_no_orders_today():
    young = batch("y", 10, date(2026, 9, 30))
    gone = batch("g", 10, date(2026, 5, 1))
    assert said(gone, [], horizon_days=20) == (
        "Nothing is changed: seller-fulfilled ODR is not shown today, because no order counts."
    )
    assert said(gone, [], per_day=7, days=2, horizon_days=20) == (
        "With 7 more clean orders a day from 1 Oct to 2 Oct seller-fulfilled ODR would be shown "
        f"from 16 Oct: 0 % (0 of 7 orders); until 15 Oct no order counts {SURE}; {FIRST_EFFECT}."
    )
    assert "is not shown today" in said(young, [], horizon_days=20)


def test_orders_that_dry_up_are_said():
    # Nobody buys any more: the last order leaves after 7 Nov.
    assert said(AUGUST, TWO) == (
        "Nothing is changed: seller-fulfilled ODR is 2.00 % (2 of 100 orders) and will not recover "
        "by itself until 8 Nov, from when no order counts: the probability of a rate under 1 % is "
        "less than 1 % on every day."
    )
    assert f"; without it, not before no order counts on 8 Nov {SURE};" in said(
        AUGUST, TWO, per_day=20, days=30
    )


def test_marketplaces_are_named_when_there_are_several():
    orders = AUGUST + batch("f", 50, date(2026, 8, 26), marketplace="Amazon.fr")
    sentence = said(
        orders,
        [*TWO, ("f1", "feedback", None)],
        removed={"a0", "f1"},
        horizon_days=20,
    )
    assert sentence == (
        "With the feedback of 1 order removed seller-fulfilled ODR on Amazon.de would be at 1 % "
        "or more for the 20 days looked at either way; 1.00 % instead of 2.00 % on 30 Sep "
        f"{SURE}. With the feedback of 1 order "
        "removed seller-fulfilled ODR on Amazon.fr would be under 1 % at once (0 % instead of "
        f"2.00 %) {SURE}."
    )


def test_no_order_at_all():
    account = make_account(AUGUST[:1], known_to=TODAY)
    empty = replace(account, daily=account.daily.iloc[:0], defective=account.defective.iloc[:0])
    effect = apply_scenario(empty, Scenario(MoreOrders(5, defect_rate=0.0, days=5)))
    assert scenario_sentence(effect) == (
        "There are no orders in the exports, so there is no ODR to change."
    )
    assert scenario_headline(effect) == "No orders in the exports"


def test_a_policy_without_lag_counts_from_the_first_day():
    account = make_account(AUGUST, [], policy=Policy(lag_days=0), known_to=TODAY)
    effect = apply_scenario(
        account, Scenario(MoreOrders(20, defect_rate=0.0, days=1)), horizon_days=5
    )
    assert scenario_sentence(effect).endswith(
        "; the first effect shows on 1 Oct, because Amazon counts an order from the day it is "
        "placed."
    )


def test_the_headline_is_about_the_series_that_moves():
    account = make_account(AUGUST, TWO, known_to=TODAY)
    effect = apply_scenario(
        account, Scenario(MoreOrders(20, defect_rate=0.0, days=30)), horizon_days=30
    )
    assert scenario_headline(effect) == (
        "Seller-fulfilled ODR would be under 1 % from 21 Oct; without it, not in the 30 days "
        f"looked at {SURE}"
    )
    both = make_account(
        AUGUST + batch("x", 20, date(2026, 8, 26), "afn"),
        [*TWO, ("x0", "feedback", None)],
        known_to=TODAY,
    )
    removal = apply_scenario(both, Scenario(Removed({"x0"})), horizon_days=20)
    assert scenario_headline(removal).startswith("Amazon-fulfilled ODR would be under 1 % at once")
    assert scenario_headline(removal.only(DE, "mfn")).startswith("Seller-fulfilled ODR is 2.00 %")


def test_where_no_order_counts_and_none_would():
    account = make_account([("old", date(2026, 3, 1), DE, "mfn")], known_to=TODAY)
    for change in (Sales(0), DefectRate(0.5)):
        said = scenario_sentence(apply_scenario(account, Scenario(change)))
        assert said.endswith("because no order counts.") or "not shown" in said


@pytest.mark.filterwarnings("ignore:.*as if nothing were missing")
def test_where_orders_are_missing_nothing_is_promised():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Marginals, "of", OF)
        patch.setattr(SeriesKnown, "missing", MISSING)
        short = account_from_frames(*sold(10, 80, days=30))
        for scenario in (Scenario(MoreOrders(20)), Scenario(Sales(0)), Scenario()):
            for as_of in (TODAY, date(2001, 1, 1)):
                effect = apply_scenario(short, scenario, as_of)
                said = scenario_sentence(effect)
                assert "probability" not in said
                assert "cannot be known" in said or "no order counts" in said
