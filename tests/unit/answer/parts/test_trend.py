"""What the figure of one series finds."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from odr_analysis import findings
from tests.oracle import make_account
from tests.unit.answer.made import STORE, TODAY, account, claims, orders


def test_finding_of_a_rise_names_its_main_kind_and_the_crossing():
    first = date(2026, 3, 1)
    rows = orders(214 * 20, first, over=214)
    calm = [(f"a-{i}", "feedback", None) for i in range(0, 20 * 214, 500)]
    # Twenty orders a day: order i of day k is k + 214 * i.
    late = [k for k in range(214) if first + timedelta(days=k) >= date(2026, 8, 1)][:40]
    bad = [(f"a-{k + 214}", "claim", TODAY - timedelta(days=10)) for k in late]
    found = findings(make_account(rows, calm + bad, known_to=TODAY))
    (trend,) = found.answer.trends
    assert trend.finding.startswith("Seller-fulfilled ODR has risen since 19 Sep, from ")
    assert ", mostly A-to-z claims; 1 % or more since 20 Sep" in trend.finding
    assert trend.finding in trend.alt
    assert f"({found.answer.cards[0].counts_text})" in trend.alt


def test_finding_blames_fewer_orders_when_the_denominator_fell():
    first = date(2026, 3, 1)
    many = [(f"m-{i}", first + timedelta(days=i % 120), *STORE) for i in range(120 * 40)]
    few = [(f"f-{i}", date(2026, 6, 29) + timedelta(days=i % 94), *STORE) for i in range(94 * 8)]
    defects = [(f"m-{i}", "feedback", None) for i in range(0, 120 * 40, 300)]
    defects += [(f"f-{i}", "feedback", None) for i in range(0, 94, 12)]
    (trend,) = findings(make_account(many + few, defects, known_to=TODAY)).answer.trends
    assert ", as fewer orders count" in trend.finding


def test_a_steady_rate_is_called_steady():
    first = date(2026, 1, 1)
    rows = orders(270 * 20, first, over=270)
    defects = [(f"a-{k}", "feedback", None) for k in range(0, 270, 6)]
    (trend,) = findings(make_account(rows, defects, known_to=TODAY)).answer.trends
    assert "has been steady since" in trend.finding
    assert (
        findings(account(1000, [])).answer.trends[0].finding.startswith("Seller-fulfilled ODR is")
    )


def test_three_defects_are_no_trend():
    (trend,) = findings(account(1000, claims(3))).answer.trends
    assert trend.finding == (
        "Seller-fulfilled ODR is 0.30 %: 3 of 1,000 orders, too few defects for a trend"
    )


def test_trend_is_the_last_six_months_and_its_strip_is_a_full_calendar():
    found = findings(make_account(orders(900, date(2025, 12, 5), over=300), known_to=TODAY))
    (trend,) = found.answer.trends
    assert len(trend.history) == 183
    assert trend.history["as_of"].iloc[-1] == pd.Timestamp(TODAY)
    steps = trend.daily["ordered_on"].diff().dropna()
    assert (steps == pd.Timedelta(days=1)).all()
    assert trend.path["day"].iloc[0] == pd.Timestamp(TODAY)
    assert len(trend.path) == 76
    assert trend.path["odr"].iloc[0] == found.answer.cards[0].odr
