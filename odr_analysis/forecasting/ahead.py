"""A forecast: what Amazon will show on each day ahead, and the probability of a breach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from numbers import Real

import numpy as np
import pandas as pd

from odr_analysis import words
from odr_analysis.arrays import Floats, Integers
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.bands import band_columns, cuts, names_of
from odr_analysis.forecasting.coming_days.marginals import Marginals
from odr_analysis.forecasting.coming_days.outlook import outlook
from odr_analysis.forecasting.coming_days.since import Since
from odr_analysis.forecasting.delay_model.certain import begun, defects_by_age
from odr_analysis.forecasting.delay_model.fit import Fit
from odr_analysis.forecasting.delay_table import SeriesDelays
from odr_analysis.forecasting.nowcast import Nowcast, nowcast_of
from odr_analysis.forecasting.recalibration import Recalibration
from odr_analysis.policy import Policy
from odr_analysis.rates.rolling import to_stamps
from odr_analysis.schema import Column, Columns, typed

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
    """What :func:`~odr_analysis.forecast` gives.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per marketplace x channel x day from as_of on: ``forecast_columns``.
    marginals : mapping
        From marketplace and channel to the days ahead, each by itself.
    series : mapping
        From marketplace and channel to what the model is fitted to.
    seed : int
        Of its draws. Probabilities of forecasts made of the same fit differ by what is assumed
        alone, medians and intervals by chance too; ``apply_scenario`` shares every draw.
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

    def __repr__(self) -> str:
        day = self.table.day
        span = f"{day.min():%Y-%m-%d} to {day.max():%Y-%m-%d}" if len(day) else "no day"
        of = words.counted(len(self.marginals), "rate")
        return f"<Forecast of {of}, {span}: see .table, .outlook, .nowcast>"

    @property
    def since(self) -> dict[tuple[str, str], Since]:
        """From marketplace and channel to what is known of days the model is not fitted to."""
        return {pair: one.since for pair, one in self.marginals.items() if one.since}

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
            As :func:`~odr_analysis.forecast`.
        """
        some = next(iter(self.marginals.values()), None)
        horizon, skipped = (len(some.placed), some.skipped) if some else (0, 0)
        return of_fits(
            self.series,
            self.fits,
            horizon,
            orders_per_day,
            self._policy,
            self.seed,
            self.levels,
            self.recalibration,
            self.since,
        ).after(skipped)

    def with_days(self, changed: Mapping[Pair, Marginals]) -> Forecast:
        """The same with the days ahead of some series replaced; known defects enter and leave as
        before.
        """
        if not changed:
            return self
        table = self.table.copy()
        where = self.table.groupby(["marketplace", "channel"], sort=False).indices
        for pair, days in changed.items():
            columns = _shown(days, *days.draws(_fresh(self.seed)), self.levels)
            for name, values in columns.items():
                whole = table[name].to_numpy(copy=True)
                whole[where[pair]] = values
                table[name] = whole
        return replace(self, table=table, marginals={**self.marginals, **changed})

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


def of_fits(
    series: Mapping[tuple[str, str], SeriesDelays],
    fits: Mapping[tuple[str, str], Fit],
    horizon_days: int,
    orders_per_day: OrdersPerDay,
    policy: Policy,
    seed: int,
    levels: tuple[float, ...],
    recalibration: Recalibration,
    since: Mapping[Pair, Since],
) -> Forecast:
    """The forecast from what was fitted, and from what is known of days `since`."""
    given = _given(orders_per_day, list(series))
    known = {pair: since[pair].series if pair in since else series[pair] for pair in series}
    marginals = {
        pair: Marginals.of(
            one,
            fits[pair],
            horizon_days,
            policy,
            _fresh(seed),
            given.get(pair),
            recalibration.of(pair)[0],
            since.get(pair),
        )
        for pair, one in known.items()
    }
    columns = forecast_columns(levels)
    parts = [
        _rows(known[pair], days, *days.draws(_fresh(seed)), levels)
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
    for n in orders_per_day.values():
        if not isinstance(n, Real) or not 0 <= n < np.inf:
            raise ParameterError(f"orders_per_day must be numbers of 0 or more, got {n!r}.")
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
    entering = begun(defects_by_age(series), horizon - 1, days.policy)
    return pd.DataFrame(
        {
            "marketplace": series.marketplace,
            "channel": series.channel,
            "day": to_stamps(series.today + np.arange(horizon)),
            "known_orders": days.known_orders,
            "leaving": days.known_defective[0] + entering - days.known_defective,
            "entering": entering,
            **_shown(days, defective, orders, levels),
        }
    )


def _shown(
    days: Marginals, defective: Integers, orders: Integers, levels: tuple[float, ...]
) -> dict[str, Floats | Integers]:
    """Columns of one series that depend on what is drawn."""
    n_orders = np.median(days.orders, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        odr = np.where(orders > 0, defective / orders, np.nan)
    names = names_of(levels)
    bands = np.full((1 + len(names), len(n_orders)), np.nan)
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
    return {
        "known_defective": days.known_defective,
        "n_orders": n_orders,
        "mean_pending": days.pending.mean(axis=0),
        "mean_new": days.new.mean(axis=0),
        "odr": bands[0],
        **dict(zip(names, bands[1:], strict=True)),
        "p_breach": days.p_breach(),
        "budget": breached_from - 1 - days.known_defective,
    }
