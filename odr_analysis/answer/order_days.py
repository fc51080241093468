"""Days without orders, and whether so many usually come that an export must be missing."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from odr_analysis.policy import Policy
from odr_analysis.schema import Column, Columns, table_of

MISSING_FROM = 10.0
"""A spell without orders in which this many usually come is called missing: were orders to come
by chance alone, none would come in e^-10 of such spells, one in 22,000."""

AROUND_DAYS = 28
"""How far to both sides of a spell one looks for what is usual."""

SPELL_COLUMNS: Columns = {
    "first_on": Column("datetime64[us]", "first day without orders"),
    "last_on": Column("datetime64[us]", "last day without orders"),
    "n_days": Column("int64"),
    "n_usual": Column(
        "float64", "orders that usually come in as many days, from four weeks either side"
    ),
    "missing": Column("bool", "too many usually come for a gap to be plausible"),
    "affects_from": Column("datetime64[us]", "first day whose rate these order days are in"),
    "affects_to": Column("datetime64[us]", "last day whose rate these order days are in"),
}
"""Columns of ``Coverage.spells``: one row per run of days without any order."""


def orders_by_day(daily: pd.DataFrame, last: date) -> pd.DataFrame:
    """Orders of every calendar day from the first in `daily` to `last`.

    One row per day: ``ordered_on``, ``n_orders``; empty where `daily` is.
    """
    placed = daily.groupby("ordered_on")["n_orders"].sum()
    if placed.empty:
        return placed.reset_index()
    end = max(pd.Timestamp(last), placed.index.max())
    days = pd.date_range(placed.index.min(), end, freq="D", unit="us")
    dense = placed.reindex(days, fill_value=0).astype("int64")
    return dense.rename_axis("ordered_on").reset_index()


def silent_spells(placed: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Runs of days without any order, the most remarkable first.

    Parameters
    ----------
    placed : pandas.DataFrame
        Calendar days without a gap, ``ordered_on`` and ``n_orders``; several rows of a day add up.

    Returns
    -------
    pandas.DataFrame
        One row per run; ``SPELL_COLUMNS``.
    """
    a_day = placed.groupby("ordered_on")["n_orders"].sum()
    counts, days = a_day.to_numpy(np.int64), a_day.index
    silent = np.concatenate([[False], counts == 0, [False]]).astype(np.int8)
    starts, stops = (np.flatnonzero(np.diff(silent) == turn) for turn in (1, -1))
    rows = []
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        around = np.concatenate(
            [counts[max(start - AROUND_DAYS, 0) : start], counts[stop : stop + AROUND_DAYS]]
        )
        first, last = days[start], days[stop - 1]
        usual = float(around.mean()) * (stop - start)
        affected = policy.enters_on(first), policy.leaves_on(last)
        rows.append((first, last, stop - start, usual, usual >= MISSING_FROM, *affected))
    return table_of(rows, SPELL_COLUMNS).sort_values(
        "n_usual", ascending=False, kind="stable", ignore_index=True
    )
