"""The days ahead: what Amazon will show on each, and the probability of a breach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from odr_analysis.account import Account
from odr_analysis.arrays import Integers
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.bands import (
    LEVELS,
    band_columns,
    checked_levels,
    cuts,
    names_of,
)
from odr_analysis.forecasting.coming_days.marginals import Marginals
from odr_analysis.forecasting.coming_days.outlook import outlook
from odr_analysis.forecasting.delay_model.certain import begun, defects_by_age
from odr_analysis.forecasting.delay_model.fit import Fit, fit, generator
from odr_analysis.forecasting.delay_model.levels import WEEKS_AHEAD
from odr_analysis.forecasting.delay_model.prior import Prior
from odr_analysis.forecasting.delay_table import DelayTable, SeriesDelays, as_table
from odr_analysis.forecasting.nowcast import Nowcast, nowcast_of
from odr_analysis.forecasting.priors import chosen
from odr_analysis.forecasting.recalibration import Recalibration
from odr_analysis.policy import Policy
from odr_analysis.rates.rolling import date_of, day_number, to_stamps
from odr_analysis.schema import Column, Columns, typed

MOST_AHEAD = 7 * WEEKS_AHEAD

Pair = tuple[str, str]
"""Marketplace and channel."""
OrdersPerDay = float | Mapping[Pair, float] | None


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
class Forecast:
    """What :func:`forecast` gives.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per marketplace x channel x day from as_of on: ``forecast_columns``.
    marginals : mapping
        From marketplace and channel to the days ahead, each by itself.
    series : mapping
        From marketplace and channel to what is known.
    seed : int
        Of its draws, so that forecasts made of the same fit differ by what is assumed alone.
    levels : tuple of float
        Of the intervals.
    recalibration : Recalibration
        What corrects the rates drawn, the bands and the probabilities.
    """

    table: pd.DataFrame
    marginals: Mapping[tuple[str, str], Marginals]
    series: Mapping[tuple[str, str], SeriesDelays]
    seed: int
    levels: tuple[float, ...]
    recalibration: Recalibration

    @property
    def fits(self) -> dict[tuple[str, str], Fit]:
        """From marketplace and channel to the fitted delay model."""
        return {pair: days.fitted for pair, days in self.marginals.items()}

    @cached_property
    def draws(self) -> dict[tuple[str, str], tuple[Integers, Integers]]:
        """From marketplace and channel to two int64 arrays [draw, day]: orders shown as defective,
        and orders that count. Each day is right by itself; they are not paths through the days.
        """
        return {pair: days.draws(_fresh(self.seed)) for pair, days in self.marginals.items()}

    @cached_property
    def paths(self) -> dict[tuple[str, str], tuple[Integers, Integers]]:
        """The same as paths through the days, so that one day may be set against another."""
        return {pair: days.paths(_fresh(self.seed)) for pair, days in self.marginals.items()}

    @cached_property
    def outlook(self) -> pd.DataFrame:
        """When the rate is under target, and its peak: one row per marketplace x channel,
        ``OUTLOOK_COLUMNS``.
        """
        return outlook(self.table, self.paths, self._policy)

    @cached_property
    def nowcast(self) -> Nowcast:
        """Each rate once all reports are in, from the same fit: of the last day anything is known
        of, see :func:`~odr_analysis.nowcast`.
        """
        rng = _fresh(self.seed)
        return nowcast_of(
            self.series, self.fits, self._policy, self.levels, rng, self.recalibration
        )

    @cached_property
    def if_nothing_is_sold(self) -> Forecast:
        """The same without any order to come: what a paused seller will be shown."""
        return self.with_orders(0.0)

    def with_orders(self, orders_per_day: OrdersPerDay) -> Forecast:
        """The same with other orders to come; nothing is fitted again.

        Raises
        ------
        ParameterError
            As :func:`forecast`.
        """
        some = next(iter(self.marginals.values()), None)
        horizon, skipped = (len(some.placed), some.skipped) if some else (0, 0)
        return _of_fits(
            self.series,
            self.fits,
            horizon,
            orders_per_day,
            self._policy,
            self.seed,
            self.levels,
            self.recalibration,
        ).after(skipped)

    def after(self, days: int) -> Forecast:
        """The same from a later day on: the first `days` are left out.

        Of a day on which more is not known, since the files end before it.
        """
        if not days:
            return self
        start = self.table.day.min() + pd.Timedelta(days=days)
        table = self.table[self.table.day >= start].reset_index(drop=True)
        moved = ["leaving", "entering"]
        so_far = table.groupby(["marketplace", "channel"], sort=False)[moved].transform("first")
        return replace(
            self,
            table=table.assign(**{name: table[name] - so_far[name] for name in moved}),
            marginals={pair: one.after(days) for pair, one in self.marginals.items()},
        )

    @property
    def _policy(self) -> Policy:
        return next((days.policy for days in self.marginals.values()), Policy())


def forecast(
    data: Account | DelayTable,
    as_of: date | str | None = None,
    horizon_days: int = 75,
    orders_per_day: OrdersPerDay = None,
    rng: np.random.Generator | int | None = None,
    *,
    levels: Iterable[float] = LEVELS,
    prior: Prior | None = None,
    recalibration: Recalibration | None = None,
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
        Days ahead, at most 154.
    orders_per_day : float, or mapping of (marketplace, channel) to float, optional
        Orders that will be placed on the mean day of each series; 0 where nothing is sold any
        more. By default, and for a series the mapping does not name, as lately.
    rng : numpy.random.Generator or int, optional
        By default the same draws each time.
    levels : iterable of float
        Of the intervals.
    prior : Prior, optional
        What is believed of an account before its data; by default that of the policy.
    recalibration : Recalibration, optional
        What the errors of earlier forecasts correct, ``backtest(...).recalibration``. By default
        nothing: on generated accounts it gains nothing, and a backtest takes time.
    n_draws : int

    Returns
    -------
    Forecast

    Raises
    ------
    ParameterError
        `as_of` is not a date or not known of, a number is out of its range, or `orders_per_day`
        names a series without orders.

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
    table = as_table(data, as_of)
    prior = chosen(prior, table.policy)
    draw = generator(rng, n_draws)
    series = {(one.marketplace, one.channel): one for one in table.series()}
    fits = {pair: fit(one, draw, prior, n_draws) for pair, one in series.items()}
    seed = int(draw.integers(2**63))
    learned = recalibration or Recalibration()
    return _of_fits(series, fits, horizon_days, orders_per_day, table.policy, seed, levels, learned)


def forecast_from(
    account: Account,
    as_of: date | str | None = None,
    horizon_days: int = 75,
    orders_per_day: OrdersPerDay = None,
    prior: Prior | None = None,
    known_to: date | None = None,
) -> Forecast:
    """:func:`forecast` seen from any day, also from one after `known_to`, the last day of which
    all is known (by default the account's).

    What was reported and ordered since is then drawn like the days ahead. Without any series
    where the day is so late that no order known counts.
    """
    now = account.known_to if as_of is None else date_of(day_number(as_of))
    known_to = min(known_to or account.known_to, account.known_to)
    since = max((now - known_to).days, 0)
    if horizon_days <= MOST_AHEAD < since + horizon_days:
        return _of_fits({}, {}, horizon_days, None, account.policy, 0, LEVELS, Recalibration())
    day = min(now, known_to)
    found = forecast(account, day, horizon_days + since, orders_per_day, prior=prior)
    return found.after(since)


def _of_fits(
    series: Mapping[tuple[str, str], SeriesDelays],
    fits: Mapping[tuple[str, str], Fit],
    horizon_days: int,
    orders_per_day: OrdersPerDay,
    policy: Policy,
    seed: int,
    levels: tuple[float, ...],
    recalibration: Recalibration,
) -> Forecast:
    """The forecast from what was fitted."""
    given = _given(orders_per_day, list(series))
    marginals = {
        pair: Marginals.of(
            one,
            fits[pair],
            horizon_days,
            policy,
            _fresh(seed),
            given.get(pair),
            recalibration.of(pair)[0],
        )
        for pair, one in series.items()
    }
    columns = forecast_columns(levels)
    parts = [
        _rows(series[pair], days, *days.draws(_fresh(seed)), levels)
        for pair, days in marginals.items()
    ]
    whole = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(columns))
    return Forecast(typed(whole, columns), marginals, dict(series), seed, levels, recalibration)


def _fresh(seed: int) -> np.random.Generator:
    """The same draws each time."""
    return np.random.Generator(np.random.PCG64(seed))


def _given(orders_per_day: OrdersPerDay, series: list[tuple[str, str]]) -> dict[Pair, float]:
    """Orders a day of the series for which they are given."""
    if orders_per_day is None:
        return {}
    if not isinstance(orders_per_day, Mapping):
        orders_per_day = dict.fromkeys(series, orders_per_day)
    unknown = [pair for pair in orders_per_day if pair not in series]
    if unknown:
        known = ", ".join(f"{m} {c}" for m, c in series) or "none"
        raise ParameterError(
            f"orders_per_day names {unknown[0]!r}, which has no orders. Known: {known}."
        )
    wrong = [n for n in orders_per_day.values() if not 0 <= n < np.inf]
    if wrong:
        raise ParameterError(f"orders_per_day must be 0 or more, got {wrong[0]}.")
    return dict(orders_per_day)


def _rows(
    series: SeriesDelays,
    days: Marginals,
    defective: Integers,
    orders: Integers,
    levels: tuple[float, ...],
) -> pd.DataFrame:
    """The rows of one series."""
    horizon = len(days.known_orders)
    ahead = np.arange(horizon)
    entering = begun(defects_by_age(series), horizon - 1, days.policy)
    n_orders = np.median(days.orders, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        odr = np.where(orders > 0, defective / orders, np.nan)
    names = names_of(levels)
    bands = np.full((1 + len(names), horizon), np.nan)
    some = orders > 0
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
