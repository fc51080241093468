"""Cohorts: how the defects of each order week became known with age."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.errors import ParameterError
from odr_analysis.rates.defect_days import DefectDays, series_positions
from odr_analysis.rates.rolling import Integers, day_number, day_numbers, to_stamps
from odr_analysis.schema import Column, Columns

WEEK = 7
MONDAY = 4
"""Day number of the first Monday: 5 Jan 1970."""

COHORT_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "week": Column(
        "datetime64[us]", "Monday of the week the orders were placed in", unit="midnight"
    ),
    "age_weeks": Column("int64", "0 is the first seven days of an order"),
    "n_orders": Column("int64", "orders of the week"),
    "n_defective": Column(
        "int64", "of them, known to be defective by the end of that week of their age"
    ),
    "rate": Column("float64", "fraction 0-1", missing="NaN without orders"),
    "mature": Column("bool", "every order of the week had reached that age by as_of"),
}
"""Columns of :func:`cohorts`: one row per marketplace x channel x order week x week of age."""


def cohorts(
    account: Account,
    as_of: date | str | None = None,
    *,
    component: str | None = None,
    channel: str | None = None,
    weeks: int = 26,
) -> pd.DataFrame:
    """Defective orders of each order week by age: the triangle of what is known so far.

    Parameters
    ----------
    account : Account
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default ``account.known_to``. What became known later is left out.
    component : str, optional
        Only orders with a defect of this kind; by default orders with any.
    channel : str, optional
        Only this channel.
    weeks : int
        How many order weeks at most, the one of `as_of` being the last.

    Returns
    -------
    pandas.DataFrame
        One row per marketplace x channel x order week x week of age, sorted so; as many weeks
        of age as an order of the week's Monday has begun by `as_of`, and no order week before
        the first of the account. ``COHORT_COLUMNS`` of this module. A cell that is not
        ``mature`` may still grow.

    Raises
    ------
    ParameterError
        `as_of` is no date, `component` is no kind of defect, `channel` has no orders, or `weeks`
        is less than 1.

    Examples
    --------
    An order of Monday 3 Aug is reported on its tenth day, that is in its second week:

    >>> from odr_analysis import account_from_frames
    >>> orders = pd.DataFrame({"order_id": ["a", "b"], "ordered_on": ["2026-08-03", "2026-08-04"],
    ...                        "marketplace": "Amazon.de", "channel": "mfn"})
    >>> defects = pd.DataFrame({"order_id": ["a"], "component": "claim",
    ...                         "reported_on": ["2026-08-13"]})
    >>> table = cohorts(account_from_frames(orders, defects), "2026-08-24")
    >>> print(table[table.n_orders > 0][["age_weeks", "n_orders", "n_defective", "mature"]])
       age_weeks  n_orders  n_defective  mature
    0          0         2            0    True
    1          1         2            1    True
    2          2         2            1   False
    3          3         2            1   False
    """
    _check(account, component, channel, weeks)
    today = day_number(account.known_to if as_of is None else as_of)
    last = _week(np.array([today]))[0]
    ordered = day_numbers(account.daily["ordered_on"])
    # An account younger than that has no weeks before its first order.
    oldest = _week(np.array([ordered.min(initial=today)]))[0]
    first = max(last - weeks + 1, oldest)
    weeks = last - first + 1
    pairs = account.series
    n = len(pairs)

    series = series_positions(account, account.daily)
    placed = np.zeros((weeks, n), dtype=np.int64)
    at = _week(ordered) - first
    inside = (at >= 0) & (ordered <= today)
    np.add.at(
        placed,
        (at[inside], series[inside]),
        account.daily["n_orders"].to_numpy(np.int64)[inside],
    )

    defects = DefectDays.of(account)
    which = [terms.COMPONENTS.index(component)] if component else range(len(terms.COMPONENTS))
    known = defects.known[:, list(which)].min(axis=1)
    at = _week(defects.ordered) - first
    told = (at >= 0) & (known <= today) & (defects.ordered <= today)
    # A defect dated before its order is known from the order's first day on.
    age = np.maximum(known[told] - defects.ordered[told], 0) // WEEK
    grown = np.zeros((weeks, weeks, n), dtype=np.int64)
    np.add.at(grown, (at[told], np.minimum(age, weeks - 1), defects.series[told]), 1)
    grown = grown.cumsum(axis=1)

    week, ages, of = (axis.ravel() for axis in np.indices(grown.shape))
    monday = (first + week) * WEEK + MONDAY
    begun = monday + ages * WEEK <= today
    wanted = np.array([channel is None or c == channel for _, c in pairs], dtype=bool)
    begun &= wanted[of]
    week, ages, of, monday = week[begun], ages[begun], of[begun], monday[begun]
    n_orders = placed[week, of]
    n_defective = grown[week, ages, of]
    table = pd.DataFrame(
        {
            "marketplace": pd.array(np.array([m for m, _ in pairs], dtype=object)[of], dtype="str"),
            "channel": pd.array(np.array([c for _, c in pairs], dtype=object)[of], dtype="str"),
            "week": to_stamps(monday),
            "age_weeks": ages.astype(np.int64),
            "n_orders": n_orders,
            "n_defective": n_defective,
            "rate": n_defective / np.where(n_orders > 0, n_orders, np.nan),
            # The youngest order of the week is placed on its Sunday.
            "mature": monday + WEEK - 1 + (ages + 1) * WEEK - 1 <= today,
        }
    )
    return table.iloc[np.lexsort((ages, week, of))].reset_index(drop=True)


def _week(days: Integers) -> Integers:
    """Number of the week, from Monday, that each day is in."""
    return (days - MONDAY) // WEEK


def _check(account: Account, component: str | None, channel: str | None, weeks: int) -> None:
    if component is not None and component not in terms.COMPONENTS:
        raise ParameterError(
            f"component {component!r} is unknown. Known: {', '.join(terms.COMPONENTS)}."
        )
    channels = list(dict.fromkeys(c for _, c in account.series))
    if channel is not None and channel not in channels:
        raise ParameterError(
            f"channel {channel!r} has no orders. Channels with orders: {', '.join(channels)}."
        )
    if weeks < 1:
        raise ParameterError(f"weeks must be at least 1, got {weeks}.")
