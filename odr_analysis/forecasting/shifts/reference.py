"""The reference: reports per day to be expected if nothing changed since an earlier period.

The reference period ends where the watched days begin. All that was known on its last day, and
nothing later, gives the rate, the lags and the reporting weekdays; so the reports of the watched
days are independent of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from odr_analysis.arrays import Floats, Integers
from odr_analysis.forecasting.delay_model.fit import Prior, Triangle
from odr_analysis.forecasting.delay_model.lags import EDGES, LONGEST
from odr_analysis.forecasting.delay_model.levels import MOST_DAYS
from odr_analysis.forecasting.delay_table import SeriesDelays

WATCHED_DAYS = 91
"""Days up to today that are watched: long enough for a doubling to show at 5,000 orders in 60 days,
short enough to leave most of a year to compare with."""
SHAPE_PSEUDO = 8.0
"""What the prior shape of lags counts for, in reports."""
WEEKDAY_PSEUDO = 4.0
"""What the prior counts for, in reports of each weekday: little, since some sellers' reports wait
for Monday, and the draws allow for what is not known."""
DOUBLED_DAYS = 60
"""The last of them, from whose first on orders are doubled in rate to see whether it would show."""


def known_before(series: SeriesDelays, days: int) -> SeriesDelays:
    """What was known so many `days` ago, of reports whose day is known.

    A report without a day may have been there or not, so it is left out.
    """
    delays = np.where(series.first_is_dated, series.first, LONGEST)
    known = (delays < LONGEST) & (delays <= series.age - days)
    return SeriesDelays(
        series.marketplace,
        series.channel,
        series.today - days,
        series.n_orders[: max(len(series.n_orders) - days, 0)],
        series.age[known] - days,
        series.delays[known],
        series.dated[known],
    )


def reports_by_day(series: SeriesDelays, days: int) -> Integers:
    """First reports of each of the last `days`, the oldest first; those without a day left out."""
    dated = series.first_is_dated & (series.first < LONGEST)
    ago = (series.age - series.first)[dated]
    return np.bincount(ago[ago < days], minlength=days).astype(np.int64)[::-1]


@dataclass(frozen=True, eq=False)
class Reference:
    """What the reference period makes expected of the watched days.

    Attributes
    ----------
    n_reports : int
        First reports of the last year of it, known at its end.
    rate, shape : float, float array [bin]
        Mean rate and shape of the lags.
    rates, shapes : float arrays [draw], [draw, bin]
        Draws of both, as far as the reference period leaves them open.
    weekday, weekdays : float arrays [day], [draw, day]
        Mean and draws of how much is reported on each watched day against the mean weekday.
    by_bin : float array [day, bin]
        Of each watched day, orders that can be reported with a lag of each bin.
    of_late : float array [day, bin]
        Of them, those placed in the last ``DOUBLED_DAYS``.
    """

    n_reports: int
    rate: float
    shape: Floats
    rates: Floats
    shapes: Floats
    weekday: Floats
    weekdays: Floats
    by_bin: Floats
    of_late: Floats

    @classmethod
    def of(
        cls, series: SeriesDelays, prior: Prior, n_draws: int, rng: np.random.Generator
    ) -> Reference | None:
        """The reference of a series; None where nothing was sold in the year before the watched
        days."""
        then = known_before(series, WATCHED_DAYS)
        if not then.n_orders[-MOST_DAYS:].any():
            return None
        triangle = Triangle.of(then, prior)
        reports, at_risk = triangle.reports.sum(axis=0), triangle.exposure.sum(axis=0)
        lags = prior.lags.shape
        # Jeffreys' prior for the rate: with one that names a rate, sellers with few reports and
        # another rate would have more false alarms than stated.
        n = reports.sum() + 0.5
        known = SHAPE_PSEUDO * lags + reports
        at_risk_too = SHAPE_PSEUDO * (lags @ at_risk) / n + at_risk
        shape = _shares(known / at_risk_too)
        shapes = _shares(rng.gamma(known, size=(n_draws, len(lags))) / at_risk_too)
        rates = rng.gamma(n, size=n_draws) / (shapes @ at_risk)

        days = min(len(then.n_orders), MOST_DAYS)
        ago = then.age - then.first
        by_weekday = WEEKDAY_PSEUDO + np.bincount(ago[ago < days - days % 7] % 7, minlength=7)
        on_day = -np.arange(1, WATCHED_DAYS + 1) % 7
        weekdays = rng.dirichlet(by_weekday, n_draws)[:, on_day] * 7
        by_bin, of_late = (
            _orders_by_bin(series, triangle.profile, youngest)
            for youngest in (LONGEST + WATCHED_DAYS, DOUBLED_DAYS)
        )
        return cls(
            int(reports.sum()),
            float(n / (shape @ at_risk)),
            shape,
            rates,
            shapes,
            by_weekday[on_day] / by_weekday.mean(),
            weekdays,
            by_bin,
            of_late,
        )

    @property
    def expected(self) -> Floats:
        """Reports expected of each watched day."""
        found: Floats = self.by_bin @ self.shape * self.rate * self.weekday
        return found

    def drawn(self, by_bin: Floats) -> Floats:
        """The same from `by_bin` orders for each draw, [draw, day]."""
        found: Floats = self.shapes @ by_bin.T * self.rates[:, None] * self.weekdays
        return found


def _shares(by_bin: Floats) -> Floats:
    found: Floats = by_bin / by_bin.sum(axis=-1, keepdims=True)
    return found


def _orders_by_bin(series: SeriesDelays, profile: Floats, youngest: int) -> Floats:
    """Orders times the share of each bin that falls on each watched day, [day, bin].

    Of orders placed on the `youngest` days up to today.
    """
    by_age = np.zeros(LONGEST + WATCHED_DAYS)
    some = series.n_orders[::-1][: min(youngest, len(by_age))]
    by_age[: len(some)] = some
    day, lag = np.arange(1, WATCHED_DAYS + 1)[:, None], np.arange(LONGEST)
    orders = by_age[WATCHED_DAYS - day + lag] * profile
    found: Floats = np.add.reduceat(orders, EDGES[:-1], axis=1)
    return found
