"""The probability that a mix of actions is enough on a day, exactly within the forecast's draws."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from odr_analysis.arrays import Floats
from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.whatif.changes import DefectRate, MoreOrders, Pair
from odr_analysis.whatif.coming_orders import changed_days
from odr_analysis.whatif.odds import DailyOrders, DayOdds
from odr_analysis.whatif.spans import coming_orders


class PlanOdds:
    """Odds of one series on one day with orders cleared, fixes made and extra orders won.

    Parameters
    ----------
    look : LookAhead
    pair : (str, str)
    at : int
        The day, counted from ``look.as_of``.
    cleared : sequence of sequence of float
        Of each group of orders the probability that each is clear, in the order they are taken.
    refunded : sequence of sequence of float
        The same of orders that may become defective, and do not once they are refunded.
    fixes : sequence of DefectRate
    more : MoreOrders
        Extra orders, of which there are up to `most` a day.
    most : int
    """

    def __init__(
        self,
        look: LookAhead,
        pair: Pair,
        at: int,
        cleared: Sequence[Sequence[float]],
        refunded: Sequence[Sequence[float]],
        fixes: Sequence[DefectRate],
        more: MoreOrders,
        most: int,
    ) -> None:
        self._look, self._pair, self._at = look, pair, at
        self._cleared, self._refunded = cleared, refunded
        self._fixes, self._more, self._most = fixes, more, most
        self._columns = cache(self._column)
        self._daily = cache(self._daily_of)
        self._by_orders = cache(self._probabilities)

    def p_under(
        self,
        cleared: tuple[int, ...],
        refunded: tuple[int, ...],
        fixes: tuple[int, ...],
        per_day: int,
    ) -> float:
        """Probability of a rate under target with so many units of each, and up to so many orders.

        Extra orders that bring defects may do harm beyond a number: what is asked for is the best
        of up to `per_day`, so that more of anything is never worse.
        """
        found = self._by_orders(cleared, refunded, fixes)
        return float(found[: per_day + 1].max())

    def best_number(
        self,
        cleared: tuple[int, ...],
        refunded: tuple[int, ...],
        fixes: tuple[int, ...],
        per_day: int,
    ) -> int:
        """The number of orders a day, up to `per_day`, that :meth:`p_under` is of."""
        return int(self._by_orders(cleared, refunded, fixes)[: per_day + 1].argmax())

    def _probabilities(
        self, cleared: tuple[int, ...], refunded: tuple[int, ...], fixes: tuple[int, ...]
    ) -> Floats:
        """By the number of orders a day."""
        less = [p for n, group in zip(cleared, self._cleared, strict=True) for p in group[:n]]
        more = [p for n, group in zip(refunded, self._refunded, strict=True) for p in group[n:]]
        weights = np.convolve(number_of(less), number_of(more)[::-1])
        columns = [
            weight * self._columns(fixes, shift - len(more))
            for shift, weight in enumerate(weights)
            if weight > 0
        ]
        found: Floats = np.sum(columns, axis=0)
        return found

    def _column(self, fixes: tuple[int, ...], less: int) -> Floats:
        """With `less` fewer known defective orders, by the number of orders a day."""
        daily = self._daily(fixes)
        each = np.arange(self._most + 1)[:, None]
        return daily.odds.p_under(less, each * daily.counting, each * daily.reports)

    def _daily_of(self, fixes: tuple[int, ...]) -> DailyOrders:
        """One extra order a day, with some fixes made."""
        if not (self._fixes or self._most):
            days = self._look.forecast.marginals[self._pair]
            return DailyOrders(DayOdds(days, self._at), 0, np.zeros(days.fitted.n_draws))
        made = [fix for fix, is_made in zip(self._fixes, fixes, strict=True) if is_made]
        days = self._look.forecast.marginals[self._pair]
        none = np.zeros((1, len(days.known_orders)), dtype=np.int64)
        with_fixes = [(fix, (self._pair,)) for fix in made]
        fixed = changed_days(days, coming_orders(self._look, self._pair, with_fixes), none)
        one = [*with_fixes, (self._more, (self._pair,))]
        coming = coming_orders(self._look, self._pair, one)
        both = changed_days(days, coming, none)
        # What one more order a day brings is the difference, fixes included.
        reports = (both.new - fixed.new)[:, self._at]
        counting = int((both.orders - fixed.orders)[0, self._at])
        return DailyOrders(DayOdds(fixed, self._at), counting, np.maximum(reports, 0.0))


def number_of(probabilities: Sequence[float]) -> Floats:
    """Probability of each number of independent events that happen.

    >>> number_of([0.5, 0.5]).tolist(), number_of([]).tolist()
    ([0.25, 0.5, 0.25], [1.0])
    """
    found = np.ones(1)
    for p in probabilities:
        found = np.convolve(found, (1 - p, p))
    return found
