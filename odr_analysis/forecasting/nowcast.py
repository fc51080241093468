"""The nowcast: how many orders of a window are defective once all reports are in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.arrays import Integers
from odr_analysis.forecasting.bands import LEVELS, band_columns, checked_levels, cuts
from odr_analysis.forecasting.delay_model.certain import defects_by_age
from odr_analysis.forecasting.delay_model.fit import Fit, Prior, fit, generator
from odr_analysis.forecasting.delay_model.lags import LONGEST
from odr_analysis.forecasting.delay_model.reach import awaited, expected_by_bin
from odr_analysis.forecasting.delay_model.split import Kinds, split
from odr_analysis.forecasting.delay_table import DelayTable, SeriesDelays, as_table
from odr_analysis.rates.rolling import NEVER
from odr_analysis.schema import Column, Columns, table_of

SHOWN, EVERY = "shown window", "all orders"
UNION = "union"
MATURE, FINAL, PENDING = "mature", "final", "pending"

Key = tuple[str, str, str, str, str]
"""Marketplace, channel, scope, component and quantity."""


def nowcast_columns(levels: Iterable[float]) -> Columns:
    """Columns of ``Nowcast.table``: one row per marketplace x channel x scope x component x
    quantity."""
    return {
        "marketplace": Column("str"),
        "channel": Column("str"),
        "scope": Column("str", f"{SHOWN!r}: the window of as_of; {EVERY!r}: all placed by as_of"),
        "component": Column("str", f"{UNION!r}: any kind of defect; or a kind"),
        "quantity": Column(
            "str",
            f"{MATURE!r}: defective once all reports are in; {FINAL!r}: reported while the order "
            f"still counts; {PENDING!r}: {MATURE} less those reported",
        ),
        "n_orders": Column("int64", "orders of the scope"),
        "n_reported": Column("int64", "of them, reported by as_of"),
        "median": Column("float64", unit="orders"),
        "mean": Column("float64", unit="orders"),
        **band_columns(levels, unit="orders"),
    }


@dataclass(frozen=True, eq=False)
class Nowcast:
    """What :func:`nowcast` gives.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per marketplace x channel x scope x component x quantity: ``nowcast_columns``.
    draws : mapping
        From the key of a row (its first five columns) to an int64 array of draws, in orders. All
        keys have the same draws, so that one row can be set against another draw by draw.
    fits : mapping
        From marketplace and channel to the fitted delay model.
    """

    table: pd.DataFrame
    draws: Mapping[Key, Integers]
    fits: Mapping[tuple[str, str], Fit]

    @property
    def delay(self) -> pd.DataFrame:
        """Share of first reports in by each age: one row per marketplace x channel x age.

        Of the lags of the youngest orders; ``median, lower_90, upper_90``.
        """
        parts = []
        for (marketplace, channel), fitted in self.fits.items():
            low, middle, high = np.quantile(fitted.share_by_age(), [0.05, 0.5, 0.95], axis=0)
            parts.append(
                pd.DataFrame(
                    {
                        "marketplace": marketplace,
                        "channel": channel,
                        "age": np.arange(LONGEST),
                        "median": middle,
                        "lower_90": low,
                        "upper_90": high,
                    }
                )
            )
        return pd.concat(parts, ignore_index=True)


def nowcast(
    data: Account | DelayTable,
    as_of: date | str | None = None,
    levels: Iterable[float] = LEVELS,
    rng: np.random.Generator | int | None = None,
    *,
    prior: Prior | None = None,
    n_draws: int = 1000,
) -> Nowcast:
    """How many orders are defective once all reports are in, from what is reported so far.

    Orders are known whether or not they are defective, so what is missing are the reports still
    to come: of each order day, its orders times the rate of its week times the share of lags that
    the orders have not lived through.

    Parameters
    ----------
    data : Account or DelayTable
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default the last day anything is known of.
    levels : iterable of float
        Of the intervals.
    rng : numpy.random.Generator or int, optional
        By default the same draws each time.
    prior : Prior, optional
        What is believed before any data.
    n_draws : int

    Returns
    -------
    Nowcast

    Raises
    ------
    ParameterError
        `as_of` is not a date or not known of, a level is not between 0 and 1, or `n_draws` is
        less than 100.

    Examples
    --------
    >>> orders = pd.DataFrame({"marketplace": "Amazon.de", "channel": "mfn", "n_orders": 20,
    ...                        "ordered_on": pd.date_range("2026-03-01", "2026-09-30")})
    >>> defects = orders.iloc[::5].assign(claim_on=lambda d: d.ordered_on + pd.Timedelta(days=20))
    >>> defects = defects[defects.claim_on <= "2026-09-30"]
    >>> defects = defects.assign(feedback_on=pd.NaT, chargeback_on=pd.NaT)
    >>> found = nowcast(DelayTable(orders, defects, known_to=date(2026, 9, 30)))
    >>> row = found.table.iloc[0]
    >>> row.component, row.quantity, int(row.n_orders), int(row.n_reported)
    ('union', 'mature', 1200, 11)
    >>> bool(row.n_reported <= row.lower_90 <= row["median"] <= row.upper_90)
    True
    """
    levels = checked_levels(levels)
    table = as_table(data, as_of)
    random = generator(rng, n_draws)
    draws: dict[Key, Integers] = {}
    fits, reported, sizes = {}, {}, {}
    oldest = table.policy.lag_days + table.policy.window_days - 1
    for series in table.series():
        pair = (series.marketplace, series.channel)
        fitted = fits[pair] = fit(series, random, prior, n_draws)
        kinds = Kinds.of(series)
        for scope, first, last in (
            (SHOWN, table.policy.lag_days, oldest),
            (EVERY, 0, len(series.n_orders) - 1),
        ):
            counts = _drawn(series, fitted, kinds, first, last, oldest, random)
            n_orders = int(series.n_orders[::-1][first : last + 1].sum())
            for component, (known, final, mature) in counts.items():
                found = {MATURE: mature, FINAL: final, PENDING: mature - known}
                for quantity, values in found.items():
                    key = (*pair, scope, component, quantity)
                    # What is reported is there; no more than all orders can be defective.
                    draws[key] = np.minimum(values, n_orders - known * (quantity == PENDING))
                    reported[key], sizes[key] = known, n_orders
    rows = [
        (
            *key,
            sizes[key],
            reported[key],
            float(np.median(values)),
            float(values.mean()),
            *cuts(values, levels).tolist(),
        )
        for key, values in draws.items()
    ]
    return Nowcast(table_of(rows, nowcast_columns(levels)), draws, fits)


def _drawn(
    series: SeriesDelays,
    fitted: Fit,
    kinds: Kinds,
    youngest: int,
    oldest: int,
    last_day: int,
    rng: np.random.Generator,
) -> dict[str, tuple[int, Integers, Integers]]:
    """By component: how many are reported, and draws of those at the end and once all are in.

    Of orders of age `youngest` to `oldest`, which count until they are of age `last_day`.
    """
    ages = slice(youngest, oldest + 1)
    by_bin = [
        expected_by_bin(fitted, awaited(fitted.triangle, ages, until)) for until in (last_day, None)
    ]
    in_time = rng.poisson(by_bin[0])
    too_late = rng.poisson(np.maximum(by_bin[1] - by_bin[0], 0))

    orders = np.flatnonzero((series.age >= youngest) & (series.age <= oldest))
    left = np.maximum(last_day - series.age[orders], 0)
    stretch, whole_life = fitted.stretch, np.full(len(orders), LONGEST)
    final = split(kinds, in_time, last_day, stretch, orders, left, rng)
    late = split(kinds, too_late, None, stretch, orders[:0], left[:0], rng)
    further = split(kinds, in_time * 0, None, stretch, orders, whole_life, rng)
    known = int(defects_by_age(series)[ages].sum())
    union = known + in_time.sum(axis=(1, 2))
    found = {UNION: (known, union, union + too_late.sum(axis=(1, 2)))}
    for i, component in enumerate(terms.COMPONENTS):
        has = int((series.delays[orders, i] < NEVER).sum())
        at_end = np.minimum(has + final[:, i], union)
        whole = np.minimum(np.maximum(at_end + late[:, i], has + further[:, i]), found[UNION][2])
        found[component] = (has, at_end, whole)
    return found
