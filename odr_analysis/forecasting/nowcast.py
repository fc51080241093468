"""The nowcast: how many orders of a window are defective once all reports are in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from odr_analysis import terms, words
from odr_analysis.account import Account
from odr_analysis.arrays import Integers
from odr_analysis.forecasting.bands import LEVELS, band_columns, checked_levels, cuts
from odr_analysis.forecasting.delay_model.fit import Fit, fit, generator
from odr_analysis.forecasting.delay_model.lags import LONGEST
from odr_analysis.forecasting.delay_model.prior import Prior
from odr_analysis.forecasting.delay_model.reach import awaited, expected_by_bin
from odr_analysis.forecasting.delay_model.split import Kinds, Shares, of_known, of_new
from odr_analysis.forecasting.delay_table import DelayTable, SeriesDelays, as_table
from odr_analysis.forecasting.priors import chosen
from odr_analysis.forecasting.recalibration import Recalibration
from odr_analysis.policy import Policy
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


DELAY_SHARE_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "age": Column("int64", "of an order of the latest weeks", unit="days"),
    "median": Column("float64", "share of its first reports that are in", unit="fraction"),
    **band_columns([0.9], unit="fraction"),
}
"""Columns of ``Nowcast.delay``: one row per marketplace x channel x age."""


@dataclass(frozen=True, eq=False)
class Nowcast:
    """What :func:`nowcast` gives.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per marketplace x channel x scope x component x quantity: ``nowcast_columns``.
    draws : mapping
        From the key of a row (its first five columns) to an int64 array of draws, in orders.
        Within a scope all keys have the same draws, so that one row can be set against another
        draw by draw; the two scopes are drawn apart.
    fits : mapping
        From marketplace and channel to the fitted delay model.
    """

    table: pd.DataFrame
    draws: Mapping[Key, Integers]
    fits: Mapping[tuple[str, str], Fit]

    def __repr__(self) -> str:
        return f"<Nowcast of {words.counted(len(self.fits), 'rate')}: see .table, .draws, .delay>"

    @property
    def delay(self) -> pd.DataFrame:
        """Share of first reports in by each age: ``DELAY_SHARE_COLUMNS``."""
        parts = []
        for (marketplace, channel), fitted in self.fits.items():
            low, middle, high = np.quantile(fitted.share_by_age(), [0.05, 0.5, 0.95], axis=0)
            rows = zip(range(LONGEST), middle, low, high, strict=True)
            parts += [(marketplace, channel, *row) for row in rows]
        return table_of(parts, DELAY_SHARE_COLUMNS)


def nowcast(
    data: Account | DelayTable,
    as_of: date | str | None = None,
    levels: Iterable[float] = LEVELS,
    rng: np.random.Generator | int | None = None,
    *,
    prior: Prior | None = None,
    recalibration: Recalibration | None = None,
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
        By default the last day on which every kind of report is known.
    levels : iterable of float
        Of the intervals.
    rng : numpy.random.Generator or int, optional
        By default the same draws each time.
    prior : Prior, optional
        What is believed of an account before its data; by default that of the policy.
    recalibration : Recalibration, optional
        What the errors of earlier nowcasts correct, ``backtest(...).recalibration``; by default
        nothing.
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
    prior = chosen(prior, table.policy)
    random = generator(rng, n_draws)
    series = {(one.marketplace, one.channel): one for one in table.series()}
    fits = {pair: fit(one, random, prior, n_draws) for pair, one in series.items()}
    learned = recalibration or Recalibration()
    return nowcast_of(series, fits, table.policy, levels, random, learned)


def nowcast_of(
    all_series: Mapping[tuple[str, str], SeriesDelays],
    fits: Mapping[tuple[str, str], Fit],
    policy: Policy,
    levels: Iterable[float],
    random: np.random.Generator,
    recalibration: Recalibration,
) -> Nowcast:
    """:func:`nowcast` from what was fitted, so that a forecast shares it."""
    draws: dict[Key, Integers] = {}
    reported, sizes = {}, {}
    oldest = policy.lag_days + policy.window_days - 1
    for pair, series in all_series.items():
        fitted = fits[pair]
        kinds = Kinds.of(series)
        shares = Shares.of(kinds, fitted, random)
        for scope, first, last in (
            (SHOWN, policy.lag_days, oldest),
            (EVERY, 0, len(series.n_orders) - 1),
        ):
            n_orders = int(series.n_orders[::-1][first : last + 1].sum())
            counts = _drawn(series, fitted, kinds, shares, slice(first, last + 1), oldest, random)
            for component, (known, *drawn) in counts.items():
                # No more than all orders can be defective.
                final, mature = (np.minimum(values, n_orders) for values in drawn)
                for quantity, values in (
                    (MATURE, mature),
                    (FINAL, final),
                    (PENDING, mature - known),
                ):
                    key = (*pair, scope, component, quantity)
                    draws[key], reported[key], sizes[key] = values, known, n_orders
        # Whole draws are put in the place of others, so that what holds in each still does.
        picked = recalibration.of(pair)[1].stand_ins(draws[(*pair, SHOWN, UNION, MATURE)])
        draws |= {key: values[picked] for key, values in draws.items() if key[:2] == pair}
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
    return Nowcast(table_of(rows, nowcast_columns(levels)), draws, dict(fits))


def _drawn(
    series: SeriesDelays,
    fitted: Fit,
    kinds: Kinds,
    shares: Shares,
    ages: slice,
    last_day: int,
    rng: np.random.Generator,
) -> dict[str, tuple[int, Integers, Integers]]:
    """By component: how many are reported, and draws of those at the end and once all are in.

    Of orders of these `ages`, which count until they are of age `last_day`.
    """
    at_end, at_last = (
        expected_by_bin(fitted, awaited(fitted.triangle, ages, until)) for until in (last_day, None)
    )
    too_late = np.maximum(at_last - at_end, 0)
    orders = np.flatnonzero((series.age >= ages.start) & (series.age < ages.stop))
    in_time, *new = of_new(kinds, shares, at_end, last_day, fitted, rng)
    after, _, late = of_new(kinds, shares, too_late, last_day, fitted, rng)
    final = len(orders) + in_time
    found = {UNION: (len(orders), final, final + after)}
    further = of_known(kinds, shares, orders, series.age[orders], last_day, rng)
    for i, component in enumerate(terms.COMPONENTS):
        has = int(kinds.has[orders, i].sum())
        final, mature = (
            has + more[:, i] + yet[:, i] for more, yet in zip(new, further, strict=True)
        )
        found[component] = (has, final, mature + late[:, i])
    return found
