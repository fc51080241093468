"""The outlook of a forecast: when the rate is under target, and how high it climbs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from odr_analysis import terms
from odr_analysis.arrays import Flags, Floats, Integers, Stamps
from odr_analysis.policy import Policy
from odr_analysis.schema import Column, Columns, table_of

EVEN, LIKELY = 0.5, 0.9
"""Probabilities at which a day is called more likely than not, and likely."""

ENOUGH_ORDERS = 30
"""With fewer orders a single defect decides how high the rate is; days with so few are no peak,
unless all days are such."""

NEVER_WITHIN = "NaT where none of the days is"

OUTLOOK_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "p_breach_ahead": Column(
        "float64",
        "probability that the ODR shown is not below target on at least one day after as_of",
    ),
    "p_under_ahead": Column(
        "float64", "probability that it is below target on at least one day after as_of"
    ),
    "known_from": Column(
        "datetime64[us]",
        "first day from which on known defects alone leave it below target, while orders count",
        unit="midnight",
        missing=NEVER_WITHIN,
    ),
    "p_under_then": Column(
        "float64", "probability that it is below target on that day", missing="NaN without the day"
    ),
    "even_from": Column(
        "datetime64[us]",
        "first day from which on it is more likely below target than not, while orders count",
        unit="midnight",
        missing=NEVER_WITHIN,
    ),
    "likely_from": Column(
        "datetime64[us]",
        "first day from which on it is below target with 90 % or more, while orders count",
        unit="midnight",
        missing=NEVER_WITHIN,
    ),
    "even_breach_on": Column(
        "datetime64[us]",
        "first day on which it is at least as likely not below target as below",
        unit="midnight",
        missing=NEVER_WITHIN,
    ),
    "peak_odr": Column(
        "float64",
        f"median of the highest ODR shown while {ENOUGH_ORDERS} or more orders count",
        unit="fraction",
        missing="NaN without orders",
    ),
    "peak_lower_90": Column("float64", "5 % of paths peak lower", unit="fraction"),
    "peak_upper_90": Column("float64", "5 % of paths peak higher", unit="fraction"),
    "peak_on": Column(
        "datetime64[us]", "median of the day of the peak", unit="midnight", missing="NaT"
    ),
    "peak_from": Column("datetime64[us]", "5 % of paths peak earlier", missing="NaT"),
    "peak_to": Column("datetime64[us]", "5 % of paths peak later", missing="NaT"),
    "peak_n_orders": Column("float64", "median of the orders that count on that day"),
}
"""Columns of ``Forecast.outlook``: one row per marketplace x channel."""


def outlook(
    table: pd.DataFrame, paths: Mapping[tuple[str, str], tuple[Integers, Integers]], policy: Policy
) -> pd.DataFrame:
    """Days that matter of each marketplace and channel: ``OUTLOOK_COLUMNS``.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of a forecast.
    paths : mapping
        From marketplace and channel to the orders shown as defective and those that count, along
        paths: [draw, day].
    policy : Policy
    """
    rows = []
    for pair, days in table.groupby(list(terms.SERIES_KEYS), sort=False):
        marketplace, channel = map(str, pair)
        defective, orders = paths[marketplace, channel]
        rows.append((marketplace, channel, *_of_series(days, defective, orders, policy)))
    return table_of(rows, OUTLOOK_COLUMNS)


def _of_series(
    days: pd.DataFrame, defective: Integers, orders: Integers, policy: Policy
) -> tuple[object, ...]:
    day = days.day.to_numpy()
    p_breach = days.p_breach.to_numpy()
    some = orders > 0
    over = some & (defective >= policy.breached_from(orders))
    under = some & ~over
    rated = days.n_orders.to_numpy() > 0
    known = days.known_defective.to_numpy() < policy.breached_from(_whole(days.n_orders))
    known_from = from_on(known, rated)
    even_breach = np.flatnonzero(p_breach >= 1 - EVEN)
    return (
        float(over[:, 1:].any(axis=1).mean()),
        float(under[:, 1:].any(axis=1).mean()),
        pd.NaT if known_from is None else day[known_from],
        np.nan if known_from is None else 1 - p_breach[known_from],
        *(_day(day, from_on(1 - p_breach >= level, rated)) for level in (EVEN, LIKELY)),
        day[even_breach[0]] if len(even_breach) else pd.NaT,
        *_peak(day, defective, orders),
    )


def _peak(day: Stamps, defective: Integers, orders: Integers) -> tuple[object, ...]:
    """Of the highest rate of each path, its day, and the orders on that day."""
    enough = ENOUGH_ORDERS if (orders >= ENOUGH_ORDERS).any() else 1
    odr: Floats = np.divide(
        defective, orders, out=np.full(defective.shape, -1.0), where=orders >= enough
    )
    at = odr.argmax(axis=1)
    has = odr.max(axis=1) >= 0
    if not has.any():
        return (np.nan, np.nan, np.nan, pd.NaT, pd.NaT, pd.NaT, np.nan)
    draw, at = np.flatnonzero(has), at[has]
    low, middle, high = np.quantile(odr[draw, at], [0.05, 0.5, 0.95], method="inverted_cdf")
    first, median, last = np.quantile(at, [0.05, 0.5, 0.95], method="inverted_cdf")
    return (
        middle, low, high, day[median], day[first], day[last], float(np.median(orders[draw, at]))
    )  # fmt: skip


def from_on(holds: Flags, rated: Flags) -> int | None:
    """The first rated day from which on it holds on all of them; None where not on the last."""
    fails = np.flatnonzero(rated & ~holds)
    after = int(fails[-1]) if len(fails) else -1
    later = np.flatnonzero(rated & (np.arange(len(rated)) > after))
    return int(later[0]) if len(later) else None


def _day(day: Stamps, at: int | None) -> object:
    return pd.NaT if at is None else day[at]


def _whole(n: pd.Series) -> Integers:
    return np.rint(n.to_numpy()).astype(np.int64)
