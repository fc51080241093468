"""The g chart: orders between defects, for series with too few defects to compare weeks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from odr_analysis.forecasting.cohorts import WEEK
from odr_analysis.forecasting.delay_table import SeriesDelays
from odr_analysis.forecasting.shifts.week_chart import FEWEST_EXPECTED, TAIL, Maturity
from odr_analysis.rates.rolling import to_stamps
from odr_analysis.schema import Column, Columns, typed

MATURE_SHARE = 0.95
"""Share of its reports that must be in for an order to be in the chart: what is still to come
would shorten gaps."""

GAP_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "ordered_on": Column(
        "datetime64[us]", "day of the defective order that ends the gap", unit="midnight"
    ),
    "n_clean": Column(
        "int64",
        "orders without a defect since the defective order before; those of one day are taken to "
        "be spread evenly",
    ),
    "lower": Column("float64", "limit of n_clean", missing="NaN where no gap is too short"),
    "upper": Column("float64", "limit of n_clean"),
    "p_as_short": Column("float64", "probability of a gap as short or shorter, without a change"),
    "outside": Column("str", "'short' or 'long' where beyond the limits", missing="'' within them"),
}
"""Columns of ``Shift.gaps``: one row per marketplace x channel x gap."""


def gap_chart(series: SeriesDelays, maturity: Maturity) -> pd.DataFrame:
    """The g chart of one series: ``GAP_COLUMNS``; empty where weeks can be compared.

    Of mature orders only. A gap of ``g`` orders or fewer has the probability
    ``1 - (1 - p) ** (g + 1)``, and the limits are exact: a gap is far too skewed for limits of
    three standard deviations (Benneyan 2001).
    """
    weekly = maturity.rate * maturity.mature_orders.sum() / len(maturity.n_orders) * WEEK
    ages = np.flatnonzero(maturity.share_in >= MATURE_SHARE)[::-1]
    if weekly >= FEWEST_EXPECTED:
        ages = ages[:0]
    n, defective = maturity.n_orders[ages], maturity.n_defective[ages]
    day = np.repeat(np.arange(len(ages)), defective)
    nth = np.arange(len(day)) - np.repeat(np.cumsum(defective) - defective, defective)
    place = (np.cumsum(n) - n)[day] + (2 * nth + 1) * n[day] // (2 * defective[day])
    clean = np.diff(place) - 1
    p = (defective.sum() + 0.5) / (n.sum() + 1)
    lower = np.floor(np.log1p(-TAIL) / np.log1p(-p)) - 1
    upper = np.ceil(np.log(TAIL) / np.log1p(-p))
    frame = pd.DataFrame(
        {
            "ordered_on": to_stamps(series.today - ages[day[1:]]),
            "n_clean": clean,
            "lower": lower if lower >= 0 else np.nan,
            "upper": upper,
            "p_as_short": -np.expm1((clean + 1) * np.log1p(-p)),
            "outside": np.select([clean >= upper, clean <= lower], ["long", "short"], ""),
        }
    ).assign(marketplace=series.marketplace, channel=series.channel)
    return typed(frame, GAP_COLUMNS)


def p_now_higher(maturity: Maturity, days: int) -> float:
    """Probability that the rate of orders of the last `days` is higher than that of those before.

    Each rate has a Gamma distribution, from its reports and mature orders (with Jeffreys' prior);
    NaN where one of them has no orders.

    Examples
    --------
    >>> even = Maturity(np.full(20, 50), np.full(20, 1), np.full(20, 0.9))
    >>> p_now_higher(even, 10)
    0.5
    """
    from scipy.special import betaincc

    mature, known = maturity.mature_orders, maturity.n_defective
    now, before = float(mature[:days].sum()), float(mature[days:].sum())
    if not now or not before:
        return float("nan")
    ends = known[:days].sum() + 0.5, known[days:].sum() + 0.5
    return float(betaincc(*ends, now / (now + before)))
