"""What is worth a message."""

from __future__ import annotations

import pytest

from odr_analysis.batch.alerts.alert_rules import AlertRules
from odr_analysis.batch.alerts.run_events import KINDS, events_of
from odr_analysis.batch.index.row import rows_of
from tests.unit.batch.made import a_rate, a_summary, an_outcome, day_before

QUIET = {"worsened": False, "breach_above": 1.0, "failed": False}


def _texts(rules, outcome, before=None):
    rows = rows_of([outcome], {outcome.account: before} if before else {})
    return [event.text for event in events_of(rules, rows)]


def test_a_state_that_is_worse_and_no_other():
    rules = AlertRules(**QUIET | {"worsened": True})
    worse = an_outcome("A", a_rate(1000, 12))
    assert _texts(rules, worse, day_before("healthy")) == [
        "A, seller-fulfilled on Amazon.de, 1.20 % (12 of 1,000 orders): healthy, now over the "
        "limit."
    ]
    assert _texts(rules, worse, day_before("critical")) == []
    assert _texts(rules, worse) == [], "the first run has nothing to compare with"
    assert _texts(AlertRules(**QUIET), worse, day_before("healthy")) == []


def test_every_rate_that_gets_worse_also_beside_one_that_is_bad_already():
    rules = AlertRules(**QUIET | {"worsened": True, "breach_above": 0.5})
    rates = (
        a_rate(1000, 20),
        a_rate(500, 9, marketplace="Amazon.fr"),
        a_rate(500, 4, marketplace="Amazon.it", p_breach=0.7),
    )
    assert _texts(rules, an_outcome("A", *rates), day_before("critical")) == [
        "A, seller-fulfilled on Amazon.fr, 1.80 % (9 of 500 orders): no data, now over the limit.",
        "A, seller-fulfilled on Amazon.it, 0.80 % (4 of 500 orders): no data, now close to the "
        "limit.",
        "A, seller-fulfilled on Amazon.it, 0.80 %: probability of a breach within 30 days 70 %.",
    ]


def test_a_probability_above_the_rule_of_an_account_that_is_not_over_yet():
    rules = AlertRules(**QUIET | {"breach_above": 0.5})
    assert _texts(rules, an_outcome("A", a_rate(1000, 8, p_breach=0.51))) == [
        "A, seller-fulfilled on Amazon.de, 0.80 %: probability of a breach within 30 days 51 %."
    ]
    assert _texts(rules, an_outcome("A", a_rate(1000, 8, p_breach=0.5))) == []
    assert _texts(rules, an_outcome("A", a_rate(1000, 12, p_breach=1.0))) == []


def test_a_failed_report_has_its_reason_and_nothing_of_an_older_report():
    old = a_summary(a_rate(1000, 8, p_breach=0.9), as_of="2026-09-20", reported_to="2026-09-01")
    failed = an_outcome("A", reason="Out of time.", summary=old)
    rules = AlertRules(breach_above=0.1, data_older_than=1)
    assert _texts(rules, failed, day_before("healthy")) == ["A: Out of time."]
    assert _texts(AlertRules(**QUIET), failed) == []


@pytest.mark.parametrize(
    ("claim", "earlier", "sent"),
    [
        ({"value": 250.0}, day_before("healthy"), True),
        ({"value": 100.0}, day_before("healthy"), False),
        ({"value": None}, day_before("healthy"), False),
        ({"value": 250.0}, day_before("healthy", claims=("028-1",)), False),
        # Reported long ago, and only now in a file: new to whoever reads this.
        ({"value": 250.0, "reported_on": "2026-08-01"}, day_before("healthy"), True),
        ({"value": 250.0}, None, True),
        ({"value": 250.0, "reported_on": "2026-08-01"}, None, False),
        ({"value": 250.0, "reported_on": None}, None, False),
    ],
)
def test_new_claims_on_orders_of_value(claim, earlier, sent):
    claim = {"order_id": "028-1", "reported_on": "2026-09-28", "currency": "EUR"} | claim
    outcome = an_outcome("A", summary=a_summary(a_rate(1000, 1), claims=[claim]))
    found = _texts(AlertRules(**QUIET | {"claim_above": 100.0}), outcome, earlier)
    assert bool(found) == sent
    assert _texts(AlertRules(**QUIET), outcome, earlier) == []
    if sent and claim["reported_on"] == "2026-09-28":
        assert found == ["A: claim on order 028-1, worth 250.00 EUR, reported on 28 Sep 2026."]


def test_data_that_is_too_old():
    outcome = an_outcome("A", summary=a_summary(a_rate(1000, 1), reported_to="2026-09-25"))
    assert _texts(AlertRules(**QUIET | {"data_older_than": 4}), outcome) == [
        "A: not every kind of defect is known after 25 Sep 2026, 5 days ago."
    ]
    assert _texts(AlertRules(**QUIET | {"data_older_than": 5}), outcome) == []


def test_events_come_by_kind_and_the_worst_account_first():
    rows = rows_of(
        [
            an_outcome("broken", reason="No order."),
            an_outcome("bad", a_rate(1000, 12)),
            an_outcome("worst", a_rate(1000, 40)),
        ],
        {name: day_before("healthy") for name in ("bad", "worst", "broken")},
    )
    events = events_of(AlertRules(), rows)
    assert [event.account for event in events] == ["worst", "bad", "broken"]
    assert {event.kind for event in events} < set(KINDS)
    assert len({event.key for event in events}) == 3
    assert {event.day for event in events} == {"2026-09-30"}
