"""What the figures of order weeks share: ages, all weeks together, weeks that stand out."""

from __future__ import annotations

import numpy as np
import pandas as pd

NEEDED = ("week", "age_weeks", "n_orders", "n_defective", "mature")
NOTHING = "There is no order to follow"

FEWEST_AGES = 4
"""Weeks of age drawn at least, where the table has them."""

FEWEST_TOO_MANY = 2
"""Only a week with more defective orders than this beyond those expected can stand out."""

UNLIKELY = 0.05
"""A week stands out when the chance that any of the weeks looks so bad is at most this."""

WINDOW_WEEKS = 11
"""Weeks after which an order has left the window of 74 days, and with it what is known of it."""

FEWEST_WEEKS, FEWEST_DEFECTS = 6, 5
"""How soon defects become known is only said from orders followed for so many weeks, with so many
defects."""


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
        One row per age some week is mature at: ``age_weeks``, ``n_orders``, ``n_defective``
        (int64) and ``rate`` (float64).

    Notes
    -----
    ``rate`` adds up what each week of age brings: new defects over orders, of the weeks that have
    reached it. It never falls, as the plain ratio would where the younger weeks are the worse.
    """
    table = rows.sort_values(["week", "age_weeks"])
    table = table.assign(n_new=table.groupby("week").n_defective.diff().fillna(table.n_defective))
    counts = table[table.mature].groupby("age_weeks")[["n_orders", "n_defective", "n_new"]].sum()
    rate = (counts.n_new / counts.n_orders.where(counts.n_orders > 0)).fillna(0.0).cumsum()
    return counts[["n_orders", "n_defective"]].assign(rate=rate).reset_index()


def weeks_standing_out(rows: pd.DataFrame) -> pd.DataFrame:
    """Order weeks with more defective orders than chance would give, most beyond that first.

    Parameters
    ----------
    rows : pandas.DataFrame
        As :func:`~odr_analysis.cohorts` of one marketplace and channel.

    Returns
    -------
    pandas.DataFrame
        One row per week that stands out: its row of `rows` at the greatest age all its orders
        have reached, with ``rest_n_orders`` and ``rest_n_defective`` (int64), those of the other
        weeks at that age, and ``excess`` (float64), defective orders beyond what their rate would
        give.

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
    return found.sort_values(["excess", "week"], ascending=[False, True], ignore_index=True)


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
