"""What the levers for extra orders come to, stated beside them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from odr_analysis import words
from odr_analysis.arrays import Floats
from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.whatif.apply import Effect
from odr_analysis.whatif.changes import MoreOrders, Pair
from odr_analysis.whatif.odds import DailyOrders

EVEN = 0.5
"""A rate that is less probable than this to be under target is not brought under it."""


class ExtraNote:
    """The note beside the levers for extra orders.

    What ever more of them can bring depends on their start and their quality alone, so it is
    worked out once while other levers move.
    """

    def __init__(self, look: LookAhead) -> None:
        self._look = look
        self._at_best: tuple[tuple[Pair, date, float | None], Floats] | None = None

    def of(self, effect: Effect, more: MoreOrders, pair: Pair | None) -> str:
        """The note of extra orders that are part of a scenario, and go to one series."""
        policy = effect.policy
        if pair is None:
            return "No orders in the exports: these levers change nothing."
        if not more.per_day:
            return "No extra orders: these levers change nothing yet."
        if not more.days:
            return "For 0 days: no extra order is placed, so nothing changes."
        start, ends = more.first_day(effect.as_of), more.last_day(effect.as_of)
        assert ends is not None
        total = words.counted(more.per_day * more.days, "extra order")
        counting = words.span(policy.enters_on(start), policy.leaves_on(ends))
        said = f"{total}, counting from {counting}."
        path = effect.path(*pair)
        if policy.enters_on(start) > path.on(path.last):
            last = words.day(path.on(path.last), effect.as_of.year)
            return f"{said} That is after {last}, the last day shown: no change."
        return f"{said}{self._at_any_volume(pair, start, more.defect_rate)}"

    def _at_any_volume(self, pair: Pair, start: date, rate: float | None) -> str:
        """What ever more of them come to, where that is not enough."""
        look, line = self._look, words.level(self._look.policy.target)
        missing = look.day.known[pair].missing
        if missing or pair not in look.forecast.marginals:
            why = "; ".join(missing) or "too few orders are known for a forecast"
            return f" Whether the rate is under {line} then cannot be known: {why}."
        asked = pair, start, rate
        if self._at_best is None or self._at_best[0] != asked:
            self._at_best = asked, self._best(*asked)
        best = self._at_best[1]
        days = np.flatnonzero(best >= EVEN)
        counting = np.flatnonzero(~np.isnan(best))
        if not len(counting) or (len(days) and days[-1] == counting[-1]):
            return ""
        which = "these" if rate is None else f"them, {words.level(rate)} of them defective,"
        if not len(days):
            return (
                f" However many of {which} do not bring it under {line}: on each day shown the "
                f"probability would be {_at_most(best)}."
            )
        after = look.as_of + timedelta(days=int(days[-1]) + 1)
        most = _at_most(best[days[-1] + 1 :])
        return (
            f" However many of {which} do not keep it under {line}: from "
            f"{words.day(after, look.as_of.year)} on, when their own defects are reported, the "
            f"probability would be {most}."
        )

    def _best(self, pair: Pair, start: date, rate: float | None) -> Floats:
        """Probability of a rate under target with ever more of them, by day; NaN before the first
        counts.
        """
        look = self._look
        days = look.forecast.marginals[pair]
        every = list(range(look.calendar.horizon_days + 1))
        first = (start - look.as_of).days
        ahead = DailyOrders.of_days(days, every, first, rate)
        return np.array([one.p_at_best if one.counting else np.nan for one in ahead])


def _at_most(best: Floats) -> str:
    text = words.probability(float(np.nanmax(best)))
    return text if text.startswith("less") else f"at most {text}"
