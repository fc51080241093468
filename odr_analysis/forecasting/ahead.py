"""The days ahead: what Amazon will show on each, and the probability of a breach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from odr_analysis.account import Account
from odr_analysis.arrays import Floats, Integers
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.bands import (
    LEVELS,
    band_columns,
    checked_levels,
    cuts,
    names_of,
)
from odr_analysis.forecasting.delay_model.certain import begun, defects_by_age, in_windows
from odr_analysis.forecasting.delay_model.fit import Fit, fit, generator
from odr_analysis.forecasting.delay_model.levels import WEEKS_AHEAD
from odr_analysis.forecasting.delay_model.prior import Prior
from odr_analysis.forecasting.delay_model.reach import (
    awaited_by_day,
    brought_by_day,
    entered,
    expected,
    expected_ahead,
)
from odr_analysis.forecasting.delay_model.volume import Volume
from odr_analysis.forecasting.delay_table import DelayTable, SeriesDelays, as_table
from odr_analysis.forecasting.priors import chosen
from odr_analysis.policy import Policy
from odr_analysis.rates.rolling import to_stamps
from odr_analysis.schema import Column, Columns, typed

MOST_AHEAD = 7 * WEEKS_AHEAD


def forecast_columns(levels: Iterable[float]) -> Columns:
    """Columns of ``Forecast.table``: one row per marketplace x channel x day."""
    return {
        "marketplace": Column("str"),
        "channel": Column("str"),
        "day": Column("datetime64[us]", unit="midnight"),
        "known_orders": Column("int64", "orders placed by as_of that count on the day"),
        "known_defective": Column("int64", "of them, reported by as_of: the certain part"),
        "leaving": Column("int64", "known defective orders that no longer count since as_of"),
        "entering": Column("int64", "known defective orders that have begun to count since as_of"),
        "n_orders": Column("float64", "median of the orders that count on the day"),
        "mean_pending": Column("float64", "reports expected of orders placed by as_of"),
        "mean_new": Column("float64", "reports expected of orders placed later"),
        "odr": Column(
            "float64",
            "median of the ODR shown",
            unit="fraction",
            missing="NaN where no order counts",
        ),
        **band_columns(levels, unit="fraction", missing="NaN where no order counts"),
        "p_breach": Column(
            "float64",
            "probability that the ODR shown is not below the target of the policy, if any order "
            "counts",
            missing="NaN where no order counts",
        ),
        "budget": Column(
            "int64",
            "reports beyond the known ones that leave the median of orders just below target; "
            "negative where the known ones are too many",
        ),
    }


@dataclass(frozen=True, eq=False)
class Marginals:
    """The days ahead of one series, each by itself.

    Attributes
    ----------
    known_orders, known_defective : int64 arrays [day]
        The certain part.
    pending, new : float arrays [draw, day]
        Expected reports of orders placed, and of orders still to be placed.
    orders : int64 array [draw, day]
        Orders that count.
    policy : Policy
    """

    known_orders: Integers
    known_defective: Integers
    pending: Floats
    new: Floats
    orders: Integers
    policy: Policy

    @classmethod
    def of(
        cls,
        series: SeriesDelays,
        fitted: Fit,
        days: int,
        policy: Policy,
        rng: np.random.Generator,
        orders_per_day: float | None = None,
    ) -> Marginals:
        """Of today and each of the coming `days`; `orders_per_day` is what will be sold."""
        triangle = fitted.triangle
        volume = Volume.of(triangle.n_orders, days)
        placed, cv = volume.days, volume.cv
        if orders_per_day is not None:
            mean = placed.mean() if days else 0.0
            placed = placed / mean * orders_per_day if mean else np.full(days, orders_per_day)
            cv = 0.0
        factor = rng.gamma(cv**-2, cv**2, fitted.n_draws) if cv else np.ones(fitted.n_draws)
        pending = expected(fitted, awaited_by_day(triangle, days, policy))
        new = expected_ahead(fitted, brought_by_day(triangle, placed, policy))
        known_orders = in_windows(triangle.n_orders, days, policy)
        coming = factor[:, None] * (entered(days, policy) @ placed)
        return cls(
            known_orders,
            in_windows(defects_by_age(series), days, policy),
            pending,
            factor[:, None] * new,
            known_orders + np.rint(coming).astype(np.int64),
            policy,
        )

    def p_breach(self) -> Floats:
        """Probability that the ODR shown is not below target, by day; NaN where no order counts."""
        from scipy.special import pdtrc

        least = self.policy.breached_from(self.orders) - self.known_defective
        mean = self.pending + self.new
        over = np.where(least <= 0, 1.0, pdtrc(np.maximum(least - 1, 0), mean))
        some = self.orders > 0
        with np.errstate(invalid="ignore"):
            found: Floats = np.where(some, over, 0.0).sum(axis=0) / some.sum(axis=0)
        return found

    def defective(self, rng: np.random.Generator) -> Integers:
        """Draws of the orders shown as defective, [draw, day]; days are drawn apart."""
        more = rng.poisson(self.pending + self.new)
        return np.minimum(self.known_defective + more, self.orders)


@dataclass(frozen=True, eq=False)
class Forecast:
    """What :func:`forecast` gives.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per marketplace x channel x day from as_of on: ``forecast_columns``.
    draws : mapping
        From marketplace and channel to two int64 arrays [draw, day]: orders shown as defective,
        and orders that count. Each day is right by itself; they are not paths through the days.
    fits : mapping
        From marketplace and channel to the fitted delay model.
    """

    table: pd.DataFrame
    draws: Mapping[tuple[str, str], tuple[Integers, Integers]]
    fits: Mapping[tuple[str, str], Fit]


def forecast(
    data: Account | DelayTable,
    as_of: date | str | None = None,
    horizon_days: int = 75,
    orders_per_day: float | None = None,
    rng: np.random.Generator | int | None = None,
    *,
    levels: Iterable[float] = LEVELS,
    prior: Prior | None = None,
    n_draws: int = 1000,
) -> Forecast:
    """What Amazon will show on each day ahead, and how probable a breach is.

    What is known is counted exactly: known defects leave the window and enter it on days that are
    certain. Reports still to come of orders placed, and those of orders to be placed, come from
    the delay model.

    Parameters
    ----------
    data : Account or DelayTable
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default the last day anything is known of.
    horizon_days : int
        Days ahead, at most 77.
    orders_per_day : float, optional
        Orders that will be placed on the mean day of each series; 0 where nothing is sold any
        more. By default as lately.
    rng : numpy.random.Generator or int, optional
        By default the same draws each time.
    levels : iterable of float
        Of the intervals.
    prior : Prior, optional
        What is believed of an account before its data; by default that of the policy.
    n_draws : int

    Returns
    -------
    Forecast

    Raises
    ------
    ParameterError
        `as_of` is not a date or not known of, or a number is out of its range.

    Examples
    --------
    >>> orders = pd.DataFrame({"marketplace": "Amazon.de", "channel": "mfn", "n_orders": 20,
    ...                        "ordered_on": pd.date_range("2026-03-01", "2026-09-30")})
    >>> defects = orders.iloc[::5].assign(claim_on=lambda d: d.ordered_on + pd.Timedelta(days=20))
    >>> defects = defects[defects.claim_on <= "2026-09-30"]
    >>> defects = defects.assign(feedback_on=pd.NaT, chargeback_on=pd.NaT)
    >>> found = forecast(DelayTable(orders, defects, known_to=date(2026, 9, 30)), horizon_days=14)
    >>> first, last = found.table.iloc[0], found.table.iloc[-1]
    >>> int(first.known_orders), int(first.known_defective), round(float(first.p_breach), 2)
    (1200, 11, 0.0)
    >>> int(last.leaving), int(last.entering)
    (3, 0)
    """
    levels = checked_levels(levels)
    if not 0 <= horizon_days <= MOST_AHEAD:
        raise ParameterError(f"horizon_days must be 0 to {MOST_AHEAD}, got {horizon_days}.")
    if orders_per_day is not None and not 0 <= orders_per_day < np.inf:
        raise ParameterError(f"orders_per_day must be 0 or more, got {orders_per_day}.")
    table = as_table(data, as_of)
    prior = chosen(prior, table.policy)
    random = generator(rng, n_draws)
    parts, draws, fits = [], {}, {}
    for series in table.series():
        pair = (series.marketplace, series.channel)
        fitted = fits[pair] = fit(series, random, prior, n_draws)
        days = Marginals.of(series, fitted, horizon_days, table.policy, random, orders_per_day)
        defective = days.defective(random)
        draws[pair] = (defective, days.orders)
        parts.append(_rows(series, days, defective, levels))
    columns = forecast_columns(levels)
    whole = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(columns))
    return Forecast(typed(whole, columns), draws, fits)


def _rows(
    series: SeriesDelays,
    days: Marginals,
    defective: Integers,
    levels: tuple[float, ...],
) -> pd.DataFrame:
    """The rows of one series."""
    horizon = len(days.known_orders)
    ahead = np.arange(horizon)
    entering = begun(defects_by_age(series), horizon - 1, days.policy)
    n_orders = np.median(days.orders, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        odr = np.where(days.orders > 0, defective / days.orders, np.nan)
    names = names_of(levels)
    bands = np.full((1 + len(names), horizon), np.nan)
    some = days.orders > 0
    whole = np.flatnonzero(some.all(axis=0))
    bands[0, whole] = np.quantile(odr[:, whole], 0.5, axis=0, method="inverted_cdf")
    bands[1:, whole] = cuts(odr[:, whole], levels)
    # Draws in which nothing counts have no rate.
    for day in np.flatnonzero(some.any(axis=0) & ~some.all(axis=0)):
        rates = odr[some[:, day], day]
        bands[0, day] = np.quantile(rates, 0.5, method="inverted_cdf")
        bands[1:, day] = cuts(rates, levels)
    breached_from = days.policy.breached_from(np.rint(n_orders).astype(np.int64))
    return pd.DataFrame(
        {
            "marketplace": series.marketplace,
            "channel": series.channel,
            "day": to_stamps(series.today + ahead),
            "known_orders": days.known_orders,
            "known_defective": days.known_defective,
            "leaving": days.known_defective[0] + entering - days.known_defective,
            "entering": entering,
            "n_orders": n_orders,
            "mean_pending": days.pending.mean(axis=0),
            "mean_new": days.new.mean(axis=0),
            "odr": bands[0],
            **dict(zip(names, bands[1:], strict=True)),
            "p_breach": days.p_breach(),
            "budget": breached_from - 1 - days.known_defective,
        }
    )
