"""What was known of an account on each day of its past, and what came of it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pandas as pd

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.archive.source import LostError
from odr_analysis.archive.store import Store
from odr_analysis.errors import OdrError, OdrWarning
from odr_analysis.forecasting.delay_table import DelayTable, SeriesDelays, as_table, delay_table
from odr_analysis.policy import Policy
from odr_analysis.rates.rolling import NEVER, asked_on, date_of, day_number

ARCHIVE, REPORT_DATES = "archive", "report dates"
SETTLED_AGE = 150
"""Age of an order in days at which its reports are taken to be all in."""

Series = tuple[str, str]
"""Marketplace and channel."""


@dataclass(frozen=True, eq=False)
class Past:
    """Delay tables of one account, each as it was known on its own last day.

    A day is looked up in the first table that reaches it, without what was reported later. So the
    last day of a delivery to an archive is what was known then. Any other day is what the dates
    of reports give: a defect that no longer counted on the last day of the table is not in it.

    Attributes
    ----------
    tables : tuple of DelayTable
        At least one, by their last days. Without reports that no file dates: they were known on
        some earlier day, and it is not known on which.
    n_undated : int
        Defective orders of the last table with such a report.
    archived : bool
        Whether the tables come from an archive.
    """

    tables: tuple[DelayTable, ...]
    n_undated: int
    archived: bool

    @classmethod
    def of(
        cls,
        data: Account | DelayTable | Store,
        every: int,
        load: Callable[..., Account],
        as_of: date | str | None = None,
    ) -> Past:
        """The past of an account; of an archive, from deliveries at least `every` days apart.

        What is not known on `as_of` is left out.

        Raises
        ------
        ParameterError
            `as_of` is not a date, or nothing is known of it.
        OdrError
            The archive has no delivery by then.

        Warns
        -----
        OdrWarning
            What a delivery held is damaged; it is left out.
        """
        if isinstance(data, Store):
            tables = _delivered(data, every, load, as_of)
        else:
            tables = [as_table(data, as_of)]
        by_day = {table.known_to: table for table in tables}
        dated = tuple(_dated(by_day[day]) for day in sorted(by_day))
        last = by_day[max(by_day)].defects
        undated = [last[f"{c}_on"].notna() & ~last[f"{c}_dated"] for c in terms.COMPONENTS]
        n_undated = int(pd.concat(undated, axis=1).any(axis=1).sum())
        return cls(dated, n_undated, isinstance(data, Store))

    @property
    def policy(self) -> Policy:
        return self.tables[-1].policy

    @property
    def last(self) -> int:
        """The last day anything is known of, as a day number."""
        return self._ends[-1]

    @property
    def first(self) -> int:
        """The first day with orders, as a day number."""
        return min(self._starts)

    def known(self, day: int) -> DelayTable:
        """What was known on a day."""
        return self.tables[self._place(day)].known(date_of(day))

    @property
    def series(self) -> list[Series]:
        """Marketplaces and channels of the last table."""
        return list(self._series[-1])

    def exact(self) -> list[int]:
        """Days, as day numbers, that are known from an archive."""
        return self._ends if self.archived else []

    def basis(self, day: int) -> str:
        """Where that comes from: ``ARCHIVE`` or ``REPORT_DATES``."""
        return ARCHIVE if day in self.exact() else REPORT_DATES

    def shown(self, pair: Series, day: int) -> tuple[int, int] | None:
        """Defective orders and orders of a series that Amazon showed on a day.

        None where the files do not reach back to the first day of its window.
        """
        return self._counted(pair, day, by=day, most_age=NEVER)

    def in_the_end(self, pair: Series, day: int, most_age: int) -> tuple[int, int] | None:
        """The same of the window of that day, with reports up to this age of an order.

        As far as they are known.
        """
        last_order = day - self.policy.lag_days
        return self._counted(pair, day, by=min(last_order + most_age, self.last), most_age=most_age)

    def _counted(self, pair: Series, day: int, by: int, most_age: int) -> tuple[int, int] | None:
        """Of orders of the window of `day`, those reported up to the day `by`; and all."""
        place = self._place(by)
        window = self.policy.window(date_of(day))
        start, end = day_number(window.start), day_number(window.end)
        series = self._series[place].get(pair)
        if start < self._starts[place] or series is None:
            return None
        ordered = series.today - series.age
        inside = (ordered >= start) & (ordered <= end) & (series.first <= most_age)
        first_day = series.today - len(series.n_orders) + 1
        n_orders = series.n_orders[max(start - first_day, 0) : max(end + 1 - first_day, 0)].sum()
        reported = ordered[inside] + series.first[inside]
        return int((reported <= by).sum()), int(n_orders)

    def _place(self, day: int) -> int:
        """Number of the first table that reaches a day."""
        return int(np.searchsorted(self._ends, day))

    @cached_property
    def _ends(self) -> list[int]:
        return [day_number(table.known_to) for table in self.tables]

    @cached_property
    def _starts(self) -> list[int]:
        """First day with orders of each table."""
        days = [table.orders.ordered_on for table in self.tables]
        return [day_number(d.min()) if len(d) else NEVER for d in days]

    @cached_property
    def _series(self) -> list[dict[Series, SeriesDelays]]:
        return [{(s.marketplace, s.channel): s for s in t.series()} for t in self.tables]


_DATED = [f"{c}_dated" for c in terms.COMPONENTS]


def _dated(table: DelayTable) -> DelayTable:
    """The same without reports that no file dates."""
    defects = table.defects
    days = {f"{c}_on": defects[f"{c}_on"].where(defects[f"{c}_dated"]) for c in terms.COMPONENTS}
    some = pd.DataFrame(days).notna().any(axis=1)
    dated = dict.fromkeys(_DATED, True)
    return DelayTable(
        table.orders, defects.assign(**days, **dated)[some], table.known_to, table.policy
    )


def _delivered(
    store: Store, every: int, load: Callable[..., Account], as_of: date | str | None
) -> list[DelayTable]:
    """Delay tables of the deliveries of an archive, from the last one back."""
    tables: list[DelayTable] = []
    latest = date_of(asked_on(as_of, date.max))
    for place in reversed(store.deliveries()):
        if place.on > latest:
            continue
        try:
            account = load(store.root, known_on=place.on)
        except LostError as lost:
            warnings.warn(f"{lost}\nUntil then the backtest is without it.", OdrWarning, 2)
            continue
        # A file may name days to come, and another may end earlier.
        day = account.on(min(account.known_to, place.on)).reported_to
        tables.append(delay_table(account, day))
        latest = place.on - timedelta(days=every)
    if not tables:
        raise OdrError(
            f"{store.root}: the archive knows nothing of {as_of or 'any day'}. Archive the exports "
            f"of a day by then: odr archive FOLDER --into {store.root} --on DATE"
        )
    return tables
