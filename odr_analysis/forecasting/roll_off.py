"""The days ahead one by one: what leaves and enters the window, and the forecast of the rate."""

from __future__ import annotations

from datetime import date

import pandas as pd

from odr_analysis.account import Account
from odr_analysis.forecasting.ahead import Forecast, OrdersPerDay
from odr_analysis.forecasting.bands import LEVELS, band_columns, names_of
from odr_analysis.forecasting.forecast import forecast_from
from odr_analysis.schema import Column, Columns, typed

ROLL_OFF_COLUMNS: Columns = {
    "day": Column("datetime64[us]", unit="midnight"),
    "marketplace": Column("str"),
    "channel": Column("str"),
    "n_leaving": Column(
        "int64", "known defective orders that counted the day before and are too old on this day"
    ),
    "n_entering": Column("int64", "known defective orders that count from this day on"),
    "n_orders": Column("float64", "orders counting that day, placed and to come: the median"),
    "n_defective": Column(
        "int64", "orders counting that day that are known by as_of to be defective"
    ),
    "known_odr": Column(
        "float64",
        "n_defective / n_orders: the rate if nothing more is reported, fraction 0-1",
        missing="NaN without orders",
    ),
    "odr": Column("float64", "median of the rate shown, 0-1", missing="NaN without orders"),
    **band_columns(LEVELS, unit="fraction", missing="NaN without orders"),
    "p_breach": Column(
        "float64",
        "probability that the rate shown is not below the target of the policy",
        missing="NaN without orders",
    ),
}
"""Columns of :func:`roll_off`: one row per day x marketplace x channel."""

FORECAST = ("odr", *names_of(LEVELS), "p_breach")
"""Those that are a forecast of the rate."""


def roll_off(
    account: Account,
    as_of: date | str | None = None,
    *,
    horizon_days: int = 75,
    orders_per_day: OrdersPerDay = None,
    ahead: Forecast | None = None,
) -> pd.DataFrame:
    """What leaves the window and what enters it on each day ahead, beside the forecast.

    Parameters
    ----------
    account : Account
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default ``account.known_to``. What became known later is left out.
    horizon_days : int
        How many days to look ahead, at most 154; by day 75 an order placed today has left again.
    orders_per_day : float, or mapping of (marketplace, channel) to float, optional
        Orders placed on the mean day ahead, of each series. By default, and for a series the
        mapping does not name, as lately.
    ahead : Forecast, optional
        The forecast of that day, where it is at hand; the other parameters are its.

    Returns
    -------
    pandas.DataFrame
        One row per day from `as_of` on x marketplace x channel; ``ROLL_OFF_COLUMNS`` of this
        module. ``known_odr`` is the lowest the rate can be with so many orders unless defects are
        removed, and not what is to be expected: that is ``odr``.

    Raises
    ------
    ParameterError
        As :func:`~odr_analysis.forecast`.

    Notes
    -----
    ``n_defective`` of a day is that of the day before, plus ``n_entering``, minus ``n_leaving``.

    Examples
    --------
    A defective order of 18 Jul counts for the last time on 30 Sep:

    >>> from odr_analysis import account_from_frames
    >>> orders = pd.DataFrame({"order_id": ["a", "b"], "ordered_on": ["2026-07-18", "2026-08-20"],
    ...                        "marketplace": "Amazon.de", "channel": "mfn"})
    >>> defects = pd.DataFrame({"order_id": ["a"], "component": "claim",
    ...                         "reported_on": ["2026-08-01"]})
    >>> table = roll_off(account_from_frames(orders, defects), "2026-09-30", orders_per_day=0)
    >>> print(table.head(2)[["day", "n_leaving", "n_orders", "n_defective", "known_odr"]])
             day  n_leaving  n_orders  n_defective  known_odr
    0 2026-09-30          0       2.0            1        0.5
    1 2026-10-01          1       1.0            0        0.0
    """
    days = (ahead or forecast_from(account, as_of, horizon_days, orders_per_day)).table
    by_series = days.groupby(["marketplace", "channel"], sort=False)
    moves = {
        f"n_{name}": by_series[name].diff().fillna(0).astype("int64")
        for name in ("leaving", "entering")
    }
    orders = days.n_orders.where(days.n_orders > 0)
    table = days.assign(
        n_defective=days.known_defective, known_odr=days.known_defective / orders, **moves
    )
    return typed(table.sort_values("day", kind="stable", ignore_index=True), ROLL_OFF_COLUMNS)
