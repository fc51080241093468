"""Cohorts: how the defects of each order week became known with age, and weeks that stand out."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.arrays import Integers
from odr_analysis.errors import ParameterError
from odr_analysis.rates.defect_days import DefectDays, series_positions
from odr_analysis.rates.rolling import asked_on, day_numbers, to_stamps
from odr_analysis.schema import Column, Columns, typed

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

ALL_WEEKS_COLUMNS: Columns = {
    "age_weeks": COHORT_COLUMNS["age_weeks"],
    "n_orders": Column("int64", "orders of the weeks whose every order has reached that age"),
    "n_defective": Column("int64", "of them, known to be defective by then"),
    "rate": Column("float64", "new defects over orders, added up over the ages; fraction 0-1"),
}
"""Columns of :func:`rate_of_all`: one row per age that some week has reached."""

STANDING_OUT_COLUMNS: Columns = {
    **{name: COHORT_COLUMNS[name] for name in ("week", "age_weeks", "n_orders", "n_defective")},
    "rest_n_orders": Column("int64", "orders of the other weeks that have reached that age"),
    "rest_n_defective": Column("int64", "of them, known to be defective by that age"),
    "excess": Column("float64", "defective orders beyond those the rate of the others gives"),
}
"""Columns of :func:`weeks_standing_out`: one row per order week that stands out."""

FEWEST_AGES = 4
"""Weeks of age at least that a follow-up of order weeks covers, where the table has them."""

FEWEST_TOO_MANY = 2
"""Only a week with more defective orders than this beyond those expected can stand out."""

UNLIKELY = 0.05
"""A week stands out when the chance that any of the weeks looks so bad is at most this."""

WINDOW_WEEKS = 11
"""Weeks after which an order has left the window of 74 days, and with it what is known of it."""

FEWEST_WEEKS, FEWEST_DEFECTS = 6, 5
"""How soon defects become known is only said from orders followed for so many weeks, with so many
defects."""


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
    today = asked_on(as_of, account.known_to)
    last = _week(np.array([today]))[0]
    ordered = day_numbers(account.daily["ordered_on"])
    # An account younger than that has no weeks before its first order.
    oldest = _week(np.array([ordered.min(initial=today)]))[0]
    first = max(last - weeks + 1, oldest)
    weeks = last - first + 1
    pairs = account.series
    placed = _placed(account, today, first, (weeks, len(pairs)))
    grown = _grown(account, today, first, (weeks, weeks, len(pairs)), component)

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
            "marketplace": np.array([m for m, _ in pairs], dtype=object)[of],
            "channel": np.array([c for _, c in pairs], dtype=object)[of],
            "week": to_stamps(monday),
            "age_weeks": ages,
            "n_orders": n_orders,
            "n_defective": n_defective,
            "rate": n_defective / np.where(n_orders > 0, n_orders, np.nan),
            # The youngest order of the week is placed on its Sunday.
            "mature": monday + WEEK - 1 + (ages + 1) * WEEK - 1 <= today,
        }
    )
    return typed(table.iloc[np.lexsort((ages, week, of))].reset_index(drop=True), COHORT_COLUMNS)


def _placed(account: Account, today: int, first: int, shape: tuple[int, int]) -> Integers:
    """Orders of each week from the `first` on, [week, series]."""
    ordered = day_numbers(account.daily["ordered_on"])
    series = series_positions(account, account.daily)
    at = _week(ordered) - first
    inside = (at >= 0) & (ordered <= today)
    placed = np.zeros(shape, dtype=np.int64)
    n_orders = account.daily["n_orders"].to_numpy(np.int64)
    np.add.at(placed, (at[inside], series[inside]), n_orders[inside])
    return placed


def _grown(
    account: Account, today: int, first: int, shape: tuple[int, int, int], component: str | None
) -> Integers:
    """Orders of each week known to be defective by each week of age, [week, age, series]."""
    defects = DefectDays.of(account)
    which = [terms.COMPONENTS.index(component)] if component else range(len(terms.COMPONENTS))
    known = defects.known[:, list(which)].min(axis=1)
    at = _week(defects.ordered) - first
    counts = (at >= 0) & (known <= today) & (defects.ordered <= today)
    # A defect dated before its order is known from the order's first day on.
    age = np.maximum(known[counts] - defects.ordered[counts], 0) // WEEK
    grown = np.zeros(shape, dtype=np.int64)
    last = shape[1] - 1
    np.add.at(grown, (at[counts], np.minimum(age, last), defects.series[counts]), 1)
    return grown.cumsum(axis=1)


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


def last_age(rows: pd.DataFrame) -> int:
    """The age in weeks after which no defect of any week became known, and one more.

    >>> last_age(pd.DataFrame({"week": 0, "age_weeks": range(9), "n_defective": [0] * 5 + [1] * 4}))
    6
    """
    table = rows.sort_values(["week", "age_weeks"])
    before = table.groupby("week").n_defective.shift(fill_value=0)
    grew = table.age_weeks[table.n_defective > before]
    last = int(max(grew.max() + 1 if len(grew) else 0, FEWEST_AGES - 1))
    return min(last, int(table.age_weeks.max()))


def rate_of_all(rows: pd.DataFrame) -> pd.DataFrame:
    """All weeks together by age, each age over the weeks whose every order has reached it.

    Returns
    -------
    pandas.DataFrame
        One row per age some week is mature at; ``ALL_WEEKS_COLUMNS`` of this module.

    Notes
    -----
    ``rate`` adds up what each week of age brings: new defects over orders, of the weeks that have
    reached it. It never falls, as the plain ratio would where the younger weeks are the worse.
    """
    table = rows.sort_values(["week", "age_weeks"])
    table = table.assign(n_new=table.groupby("week").n_defective.diff().fillna(table.n_defective))
    counts = table[table.mature].groupby("age_weeks")[["n_orders", "n_defective", "n_new"]].sum()
    rate = (counts.n_new / counts.n_orders.where(counts.n_orders > 0)).fillna(0.0).cumsum()
    return typed(counts.assign(rate=rate).reset_index(), ALL_WEEKS_COLUMNS)


def weeks_standing_out(rows: pd.DataFrame) -> pd.DataFrame:
    """Order weeks with more defective orders than chance would give, most beyond that first.

    Parameters
    ----------
    rows : pandas.DataFrame
        As :func:`~odr_analysis.cohorts` of one marketplace and channel.

    Returns
    -------
    pandas.DataFrame
        One row per week that stands out, at the greatest age all its orders have reached;
        ``STANDING_OUT_COLUMNS`` of this module.

    Notes
    -----
    A week is compared at equal age with all others that have reached it, by Fisher's exact test.
    Since the worst of many weeks looks bad by chance, the p-value is multiplied by the number of
    weeks compared (Bonferroni), and stands out at ``UNLIKELY``; there must be more than
    ``FEWEST_TOO_MANY`` in excess as well.
    """
    from scipy.stats import hypergeom

    mature = rows[rows.mature & (rows.n_orders > 0)].sort_values("age_weeks")
    mine = mature.groupby("week").tail(1)
    every = mature.groupby("age_weeks")[["n_orders", "n_defective"]].sum().loc[mine.age_weeks]
    n, d = mine.n_orders.to_numpy(np.int64), mine.n_defective.to_numpy(np.int64)
    all_n, all_d = every.n_orders.to_numpy(np.int64), every.n_defective.to_numpy(np.int64)
    rest_n, rest_d = all_n - n, all_d - d
    excess = d - n * rest_d / np.where(rest_n > 0, rest_n, np.nan)
    compared = rest_n > 0
    chance = np.where(compared, hypergeom.sf(d - 1, all_n, all_d, n), 1.0) * compared.sum()
    out = compared & (excess > FEWEST_TOO_MANY) & (chance <= UNLIKELY)
    found = mine.assign(rest_n_orders=rest_n, rest_n_defective=rest_d, excess=excess)[out]
    found = found.sort_values(["excess", "week"], ascending=[False, True], ignore_index=True)
    return typed(found, STANDING_OUT_COLUMNS)


def known_by_age(data: pd.DataFrame) -> pd.Series:
    """Defective orders known by each age, of the weeks all of whose orders reached the last.

    Returns
    -------
    pandas.Series
        int64, index ``age_weeks`` from 0; up to ``WINDOW_WEEKS`` ages, fewer where only fewer
        leave ``FEWEST_DEFECTS``, and none where that would be less than ``FEWEST_WEEKS``.

    Notes
    -----
    The same orders at every age: weeks that are still young would make it look as if defects
    became known sooner than they do.
    """
    for ages in range(WINDOW_WEEKS, FEWEST_WEEKS - 1, -1):
        old = data.week[data.mature & (data.age_weeks == ages - 1)]
        mine = data[data.week.isin(old) & (data.age_weeks < ages)]
        known = mine.groupby("age_weeks").n_defective.sum()
        if len(known) and known.iloc[-1] >= FEWEST_DEFECTS:
            return known.astype("int64")
    return pd.Series([], dtype="int64", index=pd.Index([], dtype="int64", name="age_weeks"))
