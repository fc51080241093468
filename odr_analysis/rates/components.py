"""The rate day by day: counts, components, overlaps and interval."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.arrays import Integers
from odr_analysis.errors import ParameterError
from odr_analysis.policy import Policy
from odr_analysis.rates.defect_days import HAS_COMPONENT, N_CELLS, DefectDays, series_positions
from odr_analysis.rates.intervals import jeffreys_interval
from odr_analysis.rates.rolling import (
    ALWAYS,
    NEVER,
    asked_on,
    day_number,
    day_numbers,
    on_calendar,
    rolling_sum,
    to_stamps,
)

FREQUENCIES = ("D", "W", "M")
KNOWN = ("then", "now")


def component_rates(
    account: Account,
    as_of: date | str | None = None,
    freq: str = "D",
    known: str = "then",
) -> pd.DataFrame:
    """The Order Defect Rate of every day up to `as_of`, with its components and overlaps.

    An order counts on the days from ``policy.enters_on`` to ``policy.leaves_on`` of its order
    day, once, however many defects it has. Channels and marketplaces are never pooled.

    Parameters
    ----------
    account : Account
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        Last day to state the rate for; by default ``account.known_to``. A later day shows what
        the orders and defects known so far come to by then.
    freq : {"D", "W", "M"}
        Every day, every 7th day counted back from `as_of`, or month ends and `as_of`.
    known : {"then", "now"}
        ``then``: what the account showed on each day. A defect counts from the day it became
        known, or from the day its order counts if that is later.
        ``now``: every defect known by `as_of` is credited to its order on all past days, so
        earlier days are not flattered by defects that were still to be reported.

    Returns
    -------
    pandas.DataFrame
        **One row per as_of day x marketplace x channel**, sorted by day and then in the order
        of ``account.series``; columns and their dtypes are ``terms.RATE_COLUMNS``. The first
        day is the first on which an order counts, or `as_of` where that is earlier. Days
        without orders are there: counts 0, ``odr``, ``lower`` and ``upper`` NaN. Orders of
        unknown channel are a series of their own. An account without orders gives no rows.

        ``lower`` and ``upper`` are the Jeffreys interval of the underlying rate at
        ``policy.level``, with ``lower = 0`` when no order is defective and ``upper = 1`` when
        all are. ``window_complete`` compares the window with the first order day of the whole
        account and with ``account.known_to``.

    Raises
    ------
    ParameterError
        `as_of` is no date, or `freq` or `known` is none of the values above.
    FrameError
        ``account.defective`` has orders of a series without orders.

    Notes
    -----
    ``n_defective`` is the sum of the seven cells; ``n_feedback`` (``n_claim``,
    ``n_chargeback``) is the sum of the cells it takes part in. The components therefore add up
    to at least ``n_defective``, and to more where an order has two kinds of defect.
    The order date decides whether a defect counts, not the date of the defect, and an order
    counts as defective once (Amazon Seller Central help, "Order Defect Rate").

    Examples
    --------
    Ten orders of 1 Sep count from 16 Sep on; one of them gets a claim on 20 Sep:

    >>> from odr_analysis import account_from_frames
    >>> orders = pd.DataFrame({"order_id": [f"o{i}" for i in range(10)],
    ...                        "ordered_on": "2026-09-01", "marketplace": "Amazon.de",
    ...                        "channel": "mfn"})
    >>> defects = pd.DataFrame({"order_id": ["o0"], "component": "claim",
    ...                         "reported_on": "2026-09-20"})
    >>> account = account_from_frames(orders, defects)
    >>> rates = component_rates(account, "2026-09-20")
    >>> print(rates[["as_of", "n_orders", "n_defective", "odr", "n_claim"]])
           as_of  n_orders  n_defective  odr  n_claim
    0 2026-09-16        10            0  0.0        0
    1 2026-09-17        10            0  0.0        0
    2 2026-09-18        10            0  0.0        0
    3 2026-09-19        10            0  0.0        0
    4 2026-09-20        10            1  0.1        1
    """
    for name, value, valid in (("freq", freq, FREQUENCIES), ("known", known, KNOWN)):
        if value not in valid:
            raise ParameterError(
                f"{name} must be one of {', '.join(map(repr, valid))}, got {value!r}."
            )
    policy, daily = account.policy, account.daily
    last = asked_on(as_of, account.known_to)
    ordered = day_numbers(daily["ordered_on"])
    entered = ordered + policy.lag_days
    first = int(entered.min(initial=last))
    shape = (last - first + 1, len(account.series))

    # Placed on the day it enters, an order counts for window_days days from there on.
    placed = daily["n_orders"].to_numpy(np.int64)
    placed = on_calendar(placed, entered, series_positions(account, daily), first, shape)
    n_orders = rolling_sum(placed, policy.window_days)

    defects = DefectDays.of(account)
    if known == "now":
        seen = np.where(defects.known <= last, ALWAYS, NEVER)
        defects = DefectDays(defects.ordered, seen, defects.series)
    cells = _shown_cells(defects, policy, first, shape)

    kept = _kept_days(first, last, freq)
    earliest = int(ordered.min(initial=first))
    complete = _window_complete(kept, policy, earliest, day_number(account.known_to))
    return _table(account, kept, n_orders[kept - first], cells[kept - first], complete)


def _shown_cells(
    defects: DefectDays, policy: Policy, first: int, shape: tuple[int, int]
) -> Integers:
    """Orders in each cell, [day, series, cell]; cell 0 stays empty.

    An order is in at most three cells one after the other: its first defect known, then two
    kinds, then all three. Each stay adds 1 on its first day and takes it back on the day after
    its last; the running sum of these changes is the number of orders in the cell.
    """
    n_days, n_series = shape
    enters = (defects.ordered + policy.lag_days)[:, None]
    gone = enters + policy.window_days
    turn = np.argsort(defects.known, axis=1)
    cell = np.bitwise_or.accumulate(1 << turn, axis=1)
    since = np.clip(np.take_along_axis(defects.known, turn, axis=1), enters, gone)
    until = np.concatenate([since[:, 1:], gone], axis=1)

    def at(day: Integers) -> Integers:
        row = np.clip(day, first, first + n_days) - first
        where = (row * n_series + defects.series[:, None]) * N_CELLS + cell
        return np.bincount(where.ravel(), minlength=(n_days + 1) * n_series * N_CELLS)

    changes = (at(since) - at(until)).reshape(n_days + 1, n_series, N_CELLS)
    return np.cumsum(changes[:-1], axis=0)


def _kept_days(first: int, last: int, freq: str) -> Integers:
    """Day numbers to state the rate for; `last` is always among them."""
    days = np.arange(first, last + 1, dtype=np.int64)
    if freq == "W":
        return days[(last - days) % 7 == 0]
    if freq == "M":
        month = np.append(days, last + 1).astype("datetime64[D]").astype("datetime64[M]")
        return days[(month[1:] != month[:-1]) | (days == last)]
    return days


def _window_complete(days: Integers, policy: Policy, earliest: int, known_to: int) -> np.ndarray:
    end = days - policy.lag_days
    return (end - policy.window_days + 1 >= earliest) & (end <= known_to)


def _table(
    account: Account, days: Integers, n_orders: Integers, cells: Integers, complete: np.ndarray
) -> pd.DataFrame:
    """``terms.RATE_COLUMNS`` from counts by [day, series] and [day, series, cell]."""
    series, level = account.series, account.policy.level
    components = cells @ HAS_COMPONENT.astype(np.int64)
    n_defective = cells.sum(axis=2)
    lower, upper = jeffreys_interval(n_defective, n_orders, level)
    odr = np.full(n_orders.shape, np.nan)
    np.divide(n_defective, n_orders, out=odr, where=n_orders > 0)
    columns = {
        "as_of": np.repeat(to_stamps(days), len(series)),
        "marketplace": pd.array([m for m, _ in series] * len(days), dtype="str"),
        "channel": pd.array([c for _, c in series] * len(days), dtype="str"),
        "n_orders": n_orders,
        "n_defective": n_defective,
        "odr": odr,
        **{name: components[..., i] for i, name in enumerate(terms.COMPONENT_COLUMNS)},
        **{name: cells[..., 1 + i] for i, name in enumerate(terms.CELL_COLUMNS)},
        "lower": lower,
        "upper": upper,
        "level": np.full(n_orders.shape, level),
        "window_complete": np.repeat(complete, len(series)),
    }
    flat = {
        name: column.ravel() if isinstance(column, np.ndarray) else column
        for name, column in columns.items()
    }
    return pd.DataFrame(flat)[list(terms.RATE_COLUMNS)]
