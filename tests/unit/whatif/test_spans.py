"""Changes of orders to come, day by day and series by series."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from odr_analysis import account_from_frames
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.whatif import DefectRate, MoreOrders, Sales, Scenario
from odr_analysis.whatif.spans import coming_orders, series_of, spans_of

pytestmark = pytest.mark.filterwarnings("ignore:.*as if nothing were missing")

TODAY = date(2026, 9, 30)  # a Wednesday
DE = "Amazon.de"
MFN, AFN = (DE, "mfn"), (DE, "afn")


def test_series_it_is_about():
    size = {("Amazon.de", "afn"): 900, ("Amazon.de", "mfn"): 50, ("Amazon.fr", "mfn"): 70}
    assert series_of(Sales(0), size) == list(size)
    assert series_of(Sales(0, marketplace="Amazon.de"), size) == list(size)[:2]
    assert series_of(Sales(0, channel="mfn"), size) == list(size)[1:]
    assert series_of(Sales(0), {}) == []
    with pytest.raises(ParameterError, match=r"Amazon\.it, channel any.*Amazon\.fr, mfn"):
        series_of(Sales(0, marketplace="Amazon.it"), size)


@pytest.fixture(scope="module")
def look():
    """Orders of 150 days; twelve claims of mfn with a reason, four of them late, all of one SKU."""
    days = [TODAY - timedelta(days=d) for d in range(150)]
    orders = pd.DataFrame(
        [
            {"order_id": f"{channel}{i}", "ordered_on": day, "marketplace": DE, "channel": channel,
             "sku": "S1" if i % 2 else "S2"}
            for channel in ("mfn", "afn")
            for i, day in enumerate(days)
        ]
    )  # fmt: skip
    reasons = ["Item arrived late"] * 4 + ["Item is defective or does not work"] * 8
    bad = pd.DataFrame(
        {
            "order_id": [f"mfn{2 * i + 31}" for i in range(12)],
            "component": "claim",
            "reported_on": "2026-09-29",
            "reason": reasons,
        }
    )
    return LookAhead.of(account_from_frames(orders, bad), TODAY, 30)


def laid_out(look, *changes, pair=MFN):
    return coming_orders(look, pair, tuple(spans_of(look, Scenario(*changes))))


def test_extra_orders_by_day(look):
    one = laid_out(look, MoreOrders(10, start=date(2026, 10, 3), days=2, channel="mfn"))
    assert one.n_extra.tolist() == [0, 0, 10, 10, *[0] * 26]
    assert one.changes
    assert not laid_out(look, MoreOrders(10, channel="mfn"), pair=AFN).changes
    until_the_end = laid_out(look, MoreOrders(10, start=date(2026, 10, 29), channel="mfn"))
    assert until_the_end.n_extra.tolist() == [*[0] * 28, 10, 10]
    two = laid_out(look, *(MoreOrders(n, defect_rate=n / 10, channel="mfn") for n in (1, 2)))
    assert two.n_extra.tolist() == [3] * 30


def test_weekdays_spread_the_orders_of_a_week(look):
    weekend = laid_out(look, MoreOrders(10, weekdays=(0, 0, 0, 0, 0, 1, 1), channel="mfn")).n_extra
    by_day = {TODAY + timedelta(days=i + 1): n for i, n in enumerate(weekend.tolist())}
    assert {day.weekday() for day, n in by_day.items() if n} == {5, 6}
    assert sum(weekend[:28]) == pytest.approx(280)


def test_sales_and_rates_multiply_where_they_overlap(look):
    both = laid_out(look, Sales(0.5, days=2), Sales(0, start=date(2026, 10, 2), days=2))
    assert both.sales[:4].tolist() == [0.5, 0, 0, 1]
    rates = laid_out(look, DefectRate(0.5), DefectRate(3, start=date(2026, 10, 2), days=1)).rates
    assert rates[0, :3].tolist() == [0.5, 1.5, 0.5]


def test_a_fix_of_a_reason_lowers_its_share_alone(look):
    half = laid_out(look, DefectRate(0.5, reason="late", start=date(2026, 10, 2))).rates
    assert (half[:, 0] == 1).all()
    share = 2 * (1 - half[:, 1])
    # Four of twelve: Beta(4.5, 8.5).
    assert share.mean() == pytest.approx(4.5 / 13, abs=0.02)
    assert share.std() == pytest.approx(np.sqrt(4.5 * 8.5 / 13**2 / 14), abs=0.02)
    # Every second order, the defective ones among them, has SKU S1.
    gone = laid_out(look, DefectRate(0, products=frozenset({"S1"}))).rates
    assert gone.mean() == pytest.approx(1 - 12.5 / 13, abs=0.02)
    never = laid_out(
        look, DefectRate(0, products=frozenset({"S1"})), DefectRate(0, reason="late")
    ).rates
    assert never.min() >= 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            MoreOrders(5, start=TODAY),
            "more_orders: start is 2026-09-30, but it can only",
        ),
        (Sales(0, start=date(2026, 1, 1)), "sales: start is 2026-01-01"),
        (DefectRate(0.5, reason="lat"), "no reason is called 'lat'; did you mean 'late'"),
        (DefectRate(0.5, products=frozenset({"S3"})), "no order has the product 'S3'"),
        (
            DefectRate(0.5, reason="late", channel="afn"),
            "no defective order of Amazon-fulfilled on Amazon.de",
        ),
        (Sales(0, channel="xyz"), "no orders of marketplace any, channel xyz"),
    ],
)
def test_bad_input_is_refused(look, change, says):
    pair = AFN if change.channel == "afn" else MFN
    with pytest.raises(ParameterError, match=says):
        laid_out(look, change, pair=pair)
