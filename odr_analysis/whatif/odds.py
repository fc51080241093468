"""The odds of one day: how probable a rate under target is, with more orders or fewer defects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from odr_analysis.arrays import Floats, Integers
from odr_analysis.forecasting.coming_days.marginals import Marginals
from odr_analysis.forecasting.delay_model.reach import entered
from odr_analysis.whatif.coming_orders import ChangedDays, ComingOrders, changed_days

MOST_EACH_DAY = 1_000_000
"""Extra orders a day up to which a number is looked for."""
EACH_TRIED, AT_ONCE = 256, 64
"""Numbers of orders a day of which each is tried, and how many together."""


@dataclass(frozen=True, eq=False)
class DayOdds:
    """What one series may be shown on one day, draw by draw.

    Attributes
    ----------
    days : Marginals
        With whatever is done already.
    at : int
        The day, counted from the first of `days`.
    """

    days: Marginals
    at: int

    @property
    def orders(self) -> Integers:
        """Orders that count, [draw]."""
        return self.days.orders[:, self.at]

    @cached_property
    def known(self) -> Integers:
        """Known defective orders, [draw]."""
        found: Integers = np.broadcast_to(self.days.known_by_draw, self.days.orders.shape)
        return found[:, self.at]

    @cached_property
    def reports(self) -> Floats:
        """Reports expected, [draw]."""
        found: Floats = (self.days.pending + self.days.new)[:, self.at]
        return found

    def p_under(
        self,
        less: Integers | int = 0,
        orders: Integers | int = 0,
        reports: Floats | float = 0.0,
    ) -> Floats:
        """Probability that the rate shown is below target; shapes are [..., draw].

        Parameters
        ----------
        less : int array
            Known defective orders taken away.
        orders : int array
            Orders that count besides.
        reports : float array
            Reports they are expected to bring.
        """
        from scipy.special import pdtr

        n = self.orders + orders
        most = self.days.policy.breached_from(n) - 1 - self.known + less
        mean = self.reports + reports
        under = np.where(most >= 0, pdtr(np.maximum(most, 0), mean), 0.0)
        # Where no order counts there is no rate, neither good nor bad.
        some = n > 0
        with np.errstate(invalid="ignore"):
            over = 1 - np.where(some, under, 0.0).sum(axis=-1) / some.sum(axis=-1)
        found: Floats = 1 - self.days.correction.exceeded(over)
        return found


@dataclass(frozen=True, eq=False)
class DailyOrders:
    """One more order a day, seen from one day.

    Attributes
    ----------
    odds : DayOdds
    counting : int
        Days from the first on whose orders count on that day.
    reports : float array [draw]
        Reports of one order of each of them by that day.
    """

    odds: DayOdds
    counting: int
    reports: Floats

    @classmethod
    def of(
        cls, days: Marginals, at: int, first: int = 1, defect_rate: float | None = None
    ) -> DailyOrders:
        """Of orders placed from the `first` day ahead on (1 is tomorrow)."""
        return next(cls.of_days(days, [at], first, defect_rate))

    @classmethod
    def of_days(
        cls,
        days: Marginals,
        which: list[int],
        first: int = 1,
        defect_rate: float | None = None,
    ) -> Iterator[DailyOrders]:
        """The same of several days."""
        n = len(days.placed) - days.skipped
        placed = (np.arange(1, n + 1) >= first).astype(np.float64)
        coming = ComingOrders(np.ones(n), np.ones((1, n)), ((placed, defect_rate),))
        none = np.zeros((1, len(days.known_orders)), dtype=np.int64)
        more, counts = changed_days(days, coming, none), entered(n, days.policy) @ placed
        for at in which:
            added = more.added if isinstance(more, ChangedDays) else np.zeros_like(more.new)
            reports = added[:, at]
            counting = int(counts[at])
            yield cls(DayOdds(days, at), counting, reports)

    def p_under(self, per_day: Integers | int) -> Floats:
        """Probability of a rate below target with so many a day: [number], or one."""
        each = np.atleast_1d(per_day)[:, None]
        found = self.odds.p_under(0, each * self.counting, each * self.reports)
        return found if np.ndim(per_day) else found[0]

    @property
    def p_at_best(self) -> float:
        """What the probability tends to as the orders become more and more."""
        if not self.counting:
            return float(self.p_under(0))
        return float((self.reports / self.counting < self.odds.days.policy.target).mean())

    def is_reachable(self, certainty: float, most: int = MOST_EACH_DAY) -> bool:
        """Whether some number of orders a day is enough, of numbers a quarter apart."""
        grid = np.unique(np.append(0, np.minimum(1.25 ** np.arange(64), most).astype(np.int64)))
        return bool((self.p_under(grid) >= certainty).any())

    def least(self, certainty: float, most: int = MOST_EACH_DAY) -> int | None:
        """Fewest orders a day with which it is that probable; None where none up to `most` are.

        With orders that bring defects the probability rises and falls by turns, since defects are
        whole. So every number up to `EACH_TRIED` is tried; of larger ones, of which a turn is a
        small part, those that double, and then halves.
        """
        if float(self.p_under(0)) >= certainty:
            return 0
        if not self.counting or not most:
            return None
        few = self._first(1, min(EACH_TRIED, most), certainty)
        if few is not None:
            return few
        low = high = min(EACH_TRIED, most)
        while low == high or float(self.p_under(high)) < certainty:
            if high >= most:
                return None
            low, high = high, min(2 * high, most)
        while high - low > AT_ONCE:
            middle = (low + high) // 2
            low, high = (low, middle) if self.p_under(middle) >= certainty else (middle, high)
        return self._first(low + 1, high, certainty)

    def _first(self, low: int, high: int, certainty: float) -> int | None:
        """The first number from `low` to `high` that is enough."""
        for start in range(low, high + 1, AT_ONCE):
            each = np.arange(start, min(start + AT_ONCE, high + 1))
            enough = np.flatnonzero(self.p_under(each) >= certainty)
            if len(enough):
                return int(each[enough[0]])
        return None


def fewest_removals(odds: DayOdds, available: int, certainty: float) -> int | None:
    """Fewest known defective orders to take away; None where all `available` are not enough."""
    p_under = odds.p_under(np.arange(available + 1)[:, None])
    enough = np.flatnonzero(p_under >= certainty)
    return int(enough[0]) if len(enough) else None
