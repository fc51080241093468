"""The p' chart: order weeks compared at equal maturity, with limits that allow for extra spread.

An order counts as much as the share of its reports expected to be in by now, so that young weeks
stand beside old ones. The 60-day rate must not be charted so: neighbouring days of it share nearly
all their orders.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from odr_analysis.arrays import Floats, Integers
from odr_analysis.forecasting.cohorts import MONDAY, WEEK
from odr_analysis.forecasting.delay_model.certain import defects_by_age
from odr_analysis.forecasting.delay_model.fit import Prior, Triangle
from odr_analysis.forecasting.delay_table import SeriesDelays
from odr_analysis.rates.rolling import to_stamps
from odr_analysis.schema import Column, Columns, typed

MOST_WEEKS = 52
FEWEST_EXPECTED = 3.0
"""Expected defective orders of a week below which its limits are exact."""
TAIL = 0.00135
"""Probability beyond a limit on one side: that of three standard deviations."""
MEAN_RANGE = 1.128
"""Mean difference of neighbouring values in standard deviations."""

WEEK_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "week": Column(
        "datetime64[us]", "Monday of the week the orders were placed in", unit="midnight"
    ),
    "n_orders": Column("int64", "orders of the week"),
    "n_defective": Column("int64", "of them, reported so far, with or without a date"),
    "mature_orders": Column(
        "float64", "orders, each times the share of its reports expected to be in", unit="orders"
    ),
    "rate": Column(
        "float64", "n_defective / mature_orders", unit="fraction", missing="NaN without orders"
    ),
    "centre": Column("float64", "the rate of all weeks together", unit="fraction"),
    "lower": Column("float64", "limit of the rate", unit="fraction", missing="NaN without orders"),
    "upper": Column("float64", "limit of the rate", unit="fraction", missing="NaN without orders"),
    "exact": Column(
        "bool", "limits of a Poisson count, since fewer than 3 defective orders are expected"
    ),
    "outside": Column("str", "'above' or 'below' the limits", missing="'' within them"),
}
"""Columns of ``Shift.weeks``: one row per marketplace x channel x order week."""


@dataclass(frozen=True, eq=False)
class Maturity:
    """Orders and defective orders of the last year, by days since they were placed.

    Attributes
    ----------
    n_orders, n_defective : int64 arrays [age]
    share_in : float array [age]
        Share of the reports of an order that are expected to be in.
    """

    n_orders: Integers
    n_defective: Integers
    share_in: Floats

    @classmethod
    def of(cls, series: SeriesDelays, prior: Prior) -> Maturity:
        """Of reports with or without a date: by now they are in."""
        triangle = Triangle.of(series, prior)
        days = min(len(series.n_orders), MOST_WEEKS * WEEK)
        share_in: Floats = triangle.through[0, 1 : days + 1] @ triangle.shape
        return cls(triangle.n_orders[:days], defects_by_age(series)[:days], share_in)

    @property
    def mature_orders(self) -> Floats:
        """Orders, each times the share of its reports that are expected to be in, [age]."""
        found: Floats = self.n_orders * self.share_in
        return found

    @property
    def rate(self) -> float:
        """Share of orders that become defective; 0 where none is known."""
        mature = float(self.mature_orders.sum())
        return float(self.n_defective.sum()) / mature if mature else 0.0


def week_chart(series: SeriesDelays, maturity: Maturity) -> pd.DataFrame:
    """The p' chart of one series: ``WEEK_COLUMNS``."""
    week = (series.today - np.arange(len(maturity.n_orders)) - MONDAY) // WEEK
    weeks, place = np.unique(week, return_inverse=True)
    n_orders, n_defective, mature = (
        np.bincount(place, values).astype(np.float64)
        for values in (maturity.n_orders, maturity.n_defective, maturity.mature_orders)
    )
    centre = maturity.rate
    expected = centre * mature
    many = expected >= FEWEST_EXPECTED
    spread = laney_spread(n_defective[many], expected[many])
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = n_defective / mature
        width = 3 * spread * np.sqrt(expected) / mature
        upper = np.where(many, centre + width, _highest(expected) / mature)
    lower = np.where(many, np.maximum(centre - width, 0), 0.0)
    outside = np.select([rate > upper, rate < lower], ["above", "below"], "")
    frame = pd.DataFrame(
        {
            "week": to_stamps(weeks * WEEK + MONDAY),
            "n_orders": n_orders,
            "n_defective": n_defective,
            "mature_orders": mature,
            "rate": rate,
            "centre": centre,
            "lower": np.where(mature > 0, lower, np.nan),
            "upper": upper,
            "exact": ~many,
            "outside": outside,
        }
    ).assign(marketplace=series.marketplace, channel=series.channel)
    return typed(frame, WEEK_COLUMNS)


def laney_spread(counts: Floats | Integers, expected: Floats) -> float:
    """Standard deviation of standardised counts, from the differences of neighbouring weeks.

    At least 1, which is that of counts around one rate (Laney 2002).

    Examples
    --------
    >>> laney_spread(np.array([5, 5, 5]), np.array([5.0, 5.0, 5.0]))
    1.0
    """
    if len(counts) < 2:
        return 1.0
    z = (counts - expected) / np.sqrt(expected)
    return max(1.0, float(np.abs(np.diff(z)).mean() / MEAN_RANGE))


def _highest(expected: Floats) -> Floats:
    """The highest count of a week with few expected that is not beyond the limit."""
    from scipy.special import pdtr

    counts = np.arange(20)
    below = pdtr(counts, np.minimum(expected, FEWEST_EXPECTED)[:, None])
    return np.argmax(below >= 1 - TAIL, axis=1).astype(np.float64)
