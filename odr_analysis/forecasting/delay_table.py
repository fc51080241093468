"""The delay table: orders per day, and the days on which each defective order was reported.

It is all that nowcast and forecast need to know of an account, so that a simulation needs no files.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from odr_analysis import terms, words
from odr_analysis.account import Account
from odr_analysis.arrays import Flags, Integers
from odr_analysis.errors import FrameError, OdrWarning, ParameterError
from odr_analysis.policy import Policy
from odr_analysis.rates.rolling import NEVER, asked_on, date_of, day_number, day_numbers, named_day
from odr_analysis.schema import Column, Columns, typed

ORDER_DAY_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "ordered_on": Column("datetime64[us]", "day the orders were placed", unit="midnight"),
    "n_orders": Column("int64", "orders placed that day that count"),
}
"""Columns of ``DelayTable.orders``: one row per marketplace x channel x order day with orders."""

DEFECT_DAY_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "ordered_on": Column("datetime64[us]", "day the order was placed", unit="midnight"),
    **{
        f"{c}_on": Column(
            "datetime64[us]",
            f"day the {label} was reported",
            unit="midnight",
            missing="NaT if none",
        )
        for c, label in terms.COMPONENT_LABELS.items()
    },
    **{
        f"{c}_dated": Column(
            "bool",
            f"{c}_on is the day of the report; false where it was reported on that day or before, "
            "on or after ordered_on",
        )
        for c in terms.COMPONENTS
    },
}
"""Columns of ``DelayTable.defects``: one row per defective order."""


@dataclass(frozen=True, eq=False)
class DelayTable:
    """Orders per day and the reports of each defective order, as known on one day.

    Attributes
    ----------
    orders : pandas.DataFrame
        One row per marketplace x channel x order day with orders; ``ORDER_DAY_COLUMNS``.
    defects : pandas.DataFrame
        One row per defective order; ``DEFECT_DAY_COLUMNS``. The columns ``*_dated`` may be left
        out where every day is that of a report.
    known_to : datetime.date
        The last day anything is known of: later orders and reports are not in the table, whether
        or not there will be any.
    policy : Policy
        The rules by which orders and defects count.

    Raises
    ------
    FrameError
        A column or an order day is missing, a number of orders is negative, nothing is reported of
        a defective order, an order or report is later than ``known_to``, or a day has more
        defective orders than orders.

    Examples
    --------
    Two days of orders; one order of the first day was reported twice:

    >>> orders = pd.DataFrame({"marketplace": "Amazon.de", "channel": "mfn",
    ...                        "ordered_on": ["2026-09-01", "2026-09-02"], "n_orders": [40, 35]})
    >>> defects = pd.DataFrame({"marketplace": ["Amazon.de"], "channel": ["mfn"],
    ...                         "ordered_on": ["2026-09-01"], "feedback_on": ["2026-09-14"],
    ...                         "claim_on": ["2026-09-20"], "chargeback_on": [None]})
    >>> table = DelayTable(orders, defects, known_to=date(2026, 9, 30))
    >>> [(s.channel, int(s.n_orders.sum()), len(s.age)) for s in table.series()]
    [('mfn', 75, 1)]
    >>> table.known(date(2026, 9, 10)).defects.empty
    True
    """

    orders: pd.DataFrame
    defects: pd.DataFrame
    known_to: date
    policy: Policy = field(default_factory=Policy)

    def __post_init__(self) -> None:
        defects = self.defects
        missing = [c for c in ORDER_DAY_COLUMNS if c not in self.orders]
        missing += [c for c in DEFECT_DAY_COLUMNS if c not in defects and not c.endswith("_dated")]
        if missing:
            raise FrameError([f"a delay table needs the column {name}" for name in missing])
        dated = {c: True for c in DEFECT_DAY_COLUMNS if c.endswith("_dated") and c not in defects}
        object.__setattr__(self, "orders", typed(self.orders, ORDER_DAY_COLUMNS))
        object.__setattr__(self, "defects", typed(defects.assign(**dated), DEFECT_DAY_COLUMNS))
        reports = self.defects[[f"{c}_on" for c in terms.COMPONENTS]]
        last = pd.Timestamp(self.known_to)
        keys = [*terms.SERIES_KEYS, "ordered_on"]
        orders = self.orders.groupby(keys)["n_orders"].sum()
        bad = self.defects.groupby(keys).size()
        more = bad[bad > orders.reindex(bad.index).fillna(0)]
        counts = {
            "rows have no order day": int(
                self.orders.ordered_on.isna().sum() + self.defects.ordered_on.isna().sum()
            ),
            "order days have fewer than no orders": int((self.orders.n_orders < 0).sum()),
            "rows have no day of any report": int(reports.isna().all(axis=1).sum()),
            f"orders or reports are later than {self.known_to}": int(
                (self.orders.ordered_on > last).sum() + (reports > last).any(axis=1).sum()
            ),
            "order days have more defective orders than orders": len(more),
        }
        if any(counts.values()):
            raise FrameError([f"delay table: {n} {what}" for what, n in counts.items() if n])

    def known(self, day: date | str) -> DelayTable:
        """What of this was known on an earlier `day`.

        Raises
        ------
        ParameterError
            `day` is after ``known_to``: what was reported until then is not in the table.
        """
        now = named_day(day)
        if now > day_number(self.known_to):
            raise ParameterError(
                f"{date_of(now)} is after {self.known_to}, the last day anything is known of."
            )
        stamp = pd.Timestamp(date_of(now))
        orders = self.orders[self.orders.ordered_on <= stamp]
        columns = [f"{c}_on" for c in terms.COMPONENTS]
        defects = self.defects[self.defects.ordered_on <= stamp]
        reports = defects[columns].where(defects[columns] <= stamp)
        defects = defects.assign(**{c: reports[c] for c in columns})
        return DelayTable(orders, defects[reports.notna().any(axis=1)], date_of(now), self.policy)

    def series(self) -> Iterator[SeriesDelays]:
        """Each marketplace and channel with orders, in the order of the table."""
        keys = list(terms.SERIES_KEYS)
        rows = dict(iter(self.defects.groupby(keys, sort=False)))
        none = self.defects.iloc[:0]
        for key, part in self.orders.groupby(keys, sort=False):
            marketplace, channel = map(str, key)
            yield SeriesDelays.of(
                (marketplace, channel), part, rows.get(key, none), day_number(self.known_to)
            )


@dataclass(frozen=True, eq=False)
class SeriesDelays:
    """One marketplace and channel of a delay table as arrays.

    Attributes
    ----------
    marketplace, channel : str
    today : int
        Day number of the last day anything is known of.
    n_orders : int64 array
        Orders of each day from the first with orders to today.
    age : int64 array
        Of each defective order, days since it was placed; 0 was placed today.
    delays : int64 array, one column per component
        Days from order to report, at least 0; ``NEVER`` where nothing was reported.
    dated : bool array, one column per component
        Whether the report was on that day; else on that day or before.
    """

    marketplace: str
    channel: str
    today: int
    n_orders: Integers
    age: Integers
    delays: Integers
    dated: Flags

    @cached_property
    def first(self) -> Integers:
        """Days from each defective order to its first report."""
        first: Integers = self.delays.min(axis=1, initial=NEVER)
        return first

    @cached_property
    def first_is_dated(self) -> Flags:
        """Whether each first report was on its day: no report of that day is without a date."""
        later: Flags = self.delays > self.first[:, None]
        found: Flags = np.all(self.dated | later, axis=1)
        return found

    @classmethod
    def of(
        cls, key: tuple[str, str], orders: pd.DataFrame, defects: pd.DataFrame, today: int
    ) -> SeriesDelays:
        """The arrays of one series from its rows of the two tables."""
        days = day_numbers(orders.ordered_on)
        first = int(days.min(initial=today))
        n_orders = np.zeros(today - first + 1, dtype=np.int64)
        np.add.at(n_orders, days - first, orders.n_orders.to_numpy(np.int64))
        ordered = day_numbers(defects.ordered_on)
        on = np.stack([day_numbers(defects[f"{c}_on"]) for c in terms.COMPONENTS], axis=1)
        # A defect dated before its order is known from the order's first day on.
        delays = np.where(on == NEVER, NEVER, np.maximum(on - ordered[:, None], 0))
        dated = np.stack([defects[f"{c}_dated"].to_numpy(bool) for c in terms.COMPONENTS], axis=1)
        return cls(*key, today, n_orders, today - ordered, delays, dated)


def delay_table(account: Account, as_of: date | str | None = None) -> DelayTable:
    """The delay table of an account.

    Parameters
    ----------
    account : Account
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default ``account.known_to``; what was reported later is left out.

    Returns
    -------
    DelayTable
        Defects no file dates were reported between the order and `as_of`: ``dated`` is false.

    Raises
    ------
    ParameterError
        `as_of` is not a date, or after ``account.known_to``.

    Examples
    --------
    >>> from odr_analysis import account_from_frames
    >>> orders = pd.DataFrame({"order_id": ["a", "b"], "ordered_on": ["2026-08-03", "2026-08-20"],
    ...                        "marketplace": "Amazon.de", "channel": "mfn"})
    >>> defects = pd.DataFrame({"order_id": ["a", "b"], "component": "claim",
    ...                         "reported_on": ["2026-08-13", "2026-09-03"]})
    >>> table = delay_table(account_from_frames(orders, defects), "2026-08-31")
    >>> [str(day.date()) for day in table.defects.claim_on]
    ['2026-08-13']
    """
    now = date_of(asked_on(as_of, account.known_to))
    if now > account.known_to:
        raise ParameterError(
            f"as_of {now} is after {account.known_to}, the last day the files know anything of."
        )
    stamp = pd.Timestamp(now)
    records = account.defects
    dated = records[records.counts.astype(bool) & records.reported_on.notna()]
    on_day = pd.MultiIndex.from_frame(dated[["order_id", "component"]])
    table = account.defective[account.defective.ordered_on <= stamp]
    for c in terms.COMPONENTS:
        known = table[f"{c}_on"]
        has_day = pd.MultiIndex.from_product([table.order_id, [c]]).isin(on_day)
        by_then = known.where(known <= stamp)
        # From the day on which it is counted, a report without a date is one of that day or before.
        by_then = by_then.where(has_day | by_then.isna(), stamp)
        table = table.assign(**{f"{c}_on": by_then}).assign(**{f"{c}_dated": has_day})
    reported = table[[f"{c}_on" for c in terms.COMPONENTS]].notna().any(axis=1)
    daily = account.daily[account.daily.ordered_on <= stamp]
    return DelayTable(daily, table[reported], now, account.policy)


def as_table(data: Account | DelayTable, as_of: date | str | None = None) -> DelayTable:
    """The delay table of an account, or a delay table as it was known on `as_of`.

    By default of an account as it was known on the last day on which every kind of report is: a
    file that ends earlier than the others must not look like an end of its reports.

    Raises
    ------
    ParameterError
        `as_of` is not a date, or nothing is known of it.

    Warns
    -----
    OdrWarning
        A kind of defect or some orders of an account are unknown.
    """
    if isinstance(data, Account):
        table = delay_table(data, data.on().reported_to if as_of is None else as_of)
        _warn_of_unknown(data, table.known_to)
        return table
    return data if as_of is None else data.known(as_of)


def _warn_of_unknown(account: Account, day: date) -> None:
    """Warn of each series of which a kind of defect or some orders are unknown on a day."""
    for (marketplace, channel), known in account.on(day).known.items():
        if known.missing:
            warnings.warn(
                f"{words.series(marketplace, channel)}: {'; '.join(known.missing)}. This is worked "
                "out as if nothing were missing: where a kind of defect is, rates and "
                "probabilities of a breach may be far higher.",
                OdrWarning,
                stacklevel=4,  # who asked the function that asks for the table
            )
