"""Days from an order to the report of its defect, for each kind of defect."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.rates.defect_days import series_positions
from odr_analysis.rates.rolling import asked_on, date_of, day_numbers
from odr_analysis.schema import Column, Columns, table_of, typed

DELAY_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "component": Column("str", "kind of defect"),
    "order_id": Column("str"),
    "ordered_on": Column("datetime64[us]", unit="midnight"),
    "reported_on": Column(
        "datetime64[us]",
        "first day a file dates the defect to",
        unit="midnight",
        missing="NaT where no file dates it",
    ),
    "delay_days": Column(
        "Int64", "from ordered_on to reported_on, at least 0", unit="days", missing="NA likewise"
    ),
    "followed": Column(
        "bool",
        "a report could have been seen on every day the order can count, and this one is dated "
        "and within them",
    ),
}
"""Columns of :func:`report_delays`: one row per order x kind of defect."""

HALF_COLUMNS: Columns = {
    "component": Column("str", "kind of defect"),
    "n_defects": Column("int64", "of orders that were followed"),
    "half_by": Column("int64", "least delay within which at least half were reported", unit="days"),
}
"""Columns of :func:`half_reported`: one row per kind of defect."""


def report_delays(account: Account, as_of: date | str | None = None) -> pd.DataFrame:
    """How many days after its order each defect was reported.

    Parameters
    ----------
    account : Account
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default ``account.known_to``. Later reports are left out.

    Returns
    -------
    pandas.DataFrame
        One row per order x kind of defect known by `as_of`; ``DELAY_COLUMNS`` of this module.
        Sorted by marketplace and channel as in ``account.series``, then by kind, day of the order
        and order id. An order with two kinds of defect has two rows.

    Raises
    ------
    ParameterError
        `as_of` is not a valid date.
    FrameError
        ``account.defective`` has orders of a marketplace and channel without orders.

    Notes
    -----
    Delays of all defects together are biased: of young orders only the fast reports are there,
    and of orders older than the files only the slow ones. ``followed`` marks the rows free of
    both: the order was placed on or after the first report of that kind in the files, and by
    `as_of` its last day in the window is over (``lag_days + window_days - 1`` days after it was
    placed); a report after that day does not change any rate and is not marked. Files that miss
    some days in between can still hide reports.

    Examples
    --------
    The first claim is reported on 3 Aug, so only orders from that day on are followed:

    >>> from odr_analysis import account_from_frames
    >>> orders = pd.DataFrame({"order_id": ["a", "b", "c"],
    ...                        "ordered_on": ["2026-07-20", "2026-08-03", "2026-10-20"],
    ...                        "marketplace": "Amazon.de", "channel": "mfn"})
    >>> defects = pd.DataFrame({"order_id": ["a", "b", "c"], "component": "claim",
    ...                         "reported_on": ["2026-08-03", "2026-08-13", "2026-10-23"]})
    >>> table = report_delays(account_from_frames(orders, defects), "2026-10-31")
    >>> print(table[["order_id", "delay_days", "followed"]])
      order_id  delay_days  followed
    0        a          14     False
    1        b          10      True
    2        c           3     False
    """
    today = asked_on(as_of, account.known_to)
    keys = ["order_id", "component"]
    defects = account.defects
    dated = defects[defects["counts"].astype(bool) & defects["reported_on"].notna()]
    first = dated.groupby(keys)["reported_on"].min()
    every = account.defective.melt(
        id_vars=["order_id", "ordered_on", *terms.SERIES_KEYS],
        value_vars=[f"{c}_on" for c in terms.COMPONENTS],
        var_name="component",
        value_name="known_on",
    )
    now = pd.Timestamp(date_of(today))
    table = every[(every.known_on <= now) & (every.ordered_on <= now)].reset_index(drop=True)
    table["component"] = table.component.str.removesuffix("_on")
    table["reported_on"] = first.reindex(pd.MultiIndex.from_frame(table[keys])).to_numpy()

    begins = dated.groupby("component")["reported_on"].min()
    has_date = table.reported_on.notna().to_numpy(bool)
    ordered = day_numbers(table.ordered_on)
    delay = np.zeros(len(table), dtype=np.int64)
    delay[has_date] = day_numbers(table.reported_on[has_date]) - ordered[has_date]
    # A defect dated before its order is known from the order's first day on.
    delay = np.maximum(delay, 0)
    last = account.policy.lag_days + account.policy.window_days - 1
    since = table.ordered_on.to_numpy() >= begins.reindex(table.component).to_numpy()
    table["delay_days"] = pd.array(delay, dtype="Int64")
    table.loc[~has_date, "delay_days"] = pd.NA
    table["followed"] = has_date & since & (ordered + last <= today) & (delay <= last)

    table = table.assign(
        at=series_positions(account, table),
        kind=table.component.map({c: i for i, c in enumerate(terms.COMPONENTS)}),
    ).sort_values(["at", "kind", "ordered_on", "order_id"], ignore_index=True)
    return typed(table, DELAY_COLUMNS)


def half_reported(delays: pd.DataFrame) -> pd.DataFrame:
    """How soon after the order half of the defects of each kind were reported.

    Parameters
    ----------
    delays : pandas.DataFrame
        Rows of :func:`report_delays`; those that are not ``followed`` are left out.

    Returns
    -------
    pandas.DataFrame
        One row per kind of defect with such rows, in the order of ``terms.COMPONENTS``;
        ``HALF_COLUMNS`` of this module.

    Examples
    --------
    >>> table = pd.DataFrame({"component": "claim", "delay_days": [26, 10, 40, 20],
    ...                       "followed": [True, True, True, False]})
    >>> print(half_reported(table))
      component  n_defects  half_by
    0     claim          3       26
    """
    rows = delays[delays.followed.astype(bool)]
    found = []
    for component in terms.COMPONENTS:
        days = np.sort(rows.delay_days[rows.component == component].to_numpy(np.int64))
        if len(days):
            found.append((component, len(days), int(days[(len(days) - 1) // 2])))
    return table_of(found, HALF_COLUMNS)
