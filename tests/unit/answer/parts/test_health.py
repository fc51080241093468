"""Account health in words."""

from __future__ import annotations

from odr_analysis.answer.known import what_is_known
from odr_analysis.answer.parts.health import OFFER_FBA, feedback_two_ways, health
from odr_analysis.health.public_score import WHY_THEY_DIFFER, public_score
from tests.unit.health.made import DE, account_of, lapse, orders, snapshot
from tests.unit.health.test_public_score import ALL
from tests.unit.health.test_public_score import account_of as feedback_account


def test_the_most_pressing_comes_first_and_the_unknown_last() -> None:
    told = [
        snapshot("valid_tracking", "2026-08-22", "2026-09-20", n_total=200, n_bad=100),
        snapshot("late_shipment", "2026-09-01", "2026-09-30", n_total=200, n_bad=7),
        snapshot("cancellation", "2026-09-23", "2026-09-29", n_total=200, n_bad=0),
    ]
    found = health(account_of(orders(9, "2026-09-25"), snapshots=told))
    states = [one.state for one in found.lines]
    assert states == ["critical", "warning", "healthy", *["no data"] * 3]
    assert found.state == "critical"
    assert found.headline == (
        "Valid tracking rate is off target. 3 rates cannot be known from these files."
    )
    assert found.missing == (
        "Add the seller performance report: it shows every rate that is not known here; the "
        "late-shipment list of Account Health would name the orders behind it."
    )


def test_headlines() -> None:
    told = [
        snapshot("late_shipment", "2026-09-01", "2026-09-30", n_total=200, n_bad=0, marketplace=m)
        for m in (DE, "Amazon.fr")
    ]
    found = health(account_of(orders(9, "2026-09-25"), snapshots=told))
    assert found.headline.startswith("All rates that are known are within Amazon's target.")
    warned = [{**told[0], "n_bad": 7}, told[1]]
    found = health(account_of(orders(9, "2026-09-25"), snapshots=warned))
    assert found.headline.startswith(
        "Late shipment rate of Amazon.de is close to a limit or a recommendation."
    )
    only_fba = health(account_of(orders(9, "2026-09-25", channel="afn")))
    assert only_fba.headline.startswith("None of the other rates applies")
    assert only_fba.missing == ""


def test_a_report_of_a_past_window_does_not_speak_of_today() -> None:
    told = [snapshot("late_shipment", "2026-08-02", "2026-08-31", n_total=200, n_bad=20)]
    found = health(account_of(orders(9, "2026-09-25"), snapshots=told))
    old = found.lines[0]
    assert (old.past, old.state, old.state_word) == (True, "critical", "Over the limit then")
    assert found.state == "no data"
    assert found.headline.startswith("None of the other rates is known as it is now. 1 rate is")
    told.append(snapshot("cancellation", "2026-09-23", "2026-09-29", n_total=200, n_bad=0))
    found = health(account_of(orders(9, "2026-09-25"), snapshots=told))
    assert [one.past for one in found.lines[:2]] == [False, True]
    assert found.headline == (
        "The rate that is known is within Amazon's target. 1 rate is known for past days only. "
        "4 rates cannot be known from these files."
    )
    nearly = [snapshot("late_shipment", "2026-08-03", "2026-09-01", n_total=200, n_bad=20)]
    assert not health(account_of(orders(9, "2026-09-25"), snapshots=nearly)).lines[0].past
    assert "late shipment rate not known" in found.offer[1]


def test_the_featured_offer_is_told_with_its_limits() -> None:
    placed = [*orders(50, "2026-09-25"), *orders(200, "2026-09-01", tag="x")]
    account = account_of(placed, [lapse("o0", "2026-09-25")])
    decides, rates, limits = health(account).offer
    assert "order defect rate, cancellation rate and late shipment rate" in decides
    assert rates == (
        "Order defect rate not known (seller-fulfilled); cancellation rate 2.00 %; "
        "late shipment rate not known."
    )
    assert "does not say which values" in limits
    said = " ".join((decides, rates, limits)).lower()
    assert "buy box" not in said
    assert "1 %" not in said
    fba = health(account_of(orders(9, "2026-09-01", channel="afn"))).offer
    assert fba[1].endswith("cancellation rate without orders; late shipment rate without orders.")
    assert fba[-1] == OFFER_FBA


def test_feedback_two_ways() -> None:
    account = feedback_account(ALL)
    known = what_is_known(account, account.known_to)
    assert feedback_two_ways(public_score(account), known) == (
        "Public score, positive feedback: 50 % of 2 in 30 days, 50 % of 4 in 90 days, 50 % of 6 "
        "in 365 days and 57 % of 7 in the lifetime.",
        "As far as the files reach: the oldest feedback is of 30 Sep 2025.",
        "In ODR: at least 2 of 100 orders placed 18 Jul to 15 Sep 2026 have negative feedback "
        "(2.00 %).",
        WHY_THEY_DIFFER,
    )
    account = feedback_account([])
    none = feedback_two_ways(public_score(account, "2026-07-30"), known)
    assert none[0].startswith("No file holds feedback")
    assert none[1] == "In ODR: no order placed 17 May to 15 Jul 2026 counts."
