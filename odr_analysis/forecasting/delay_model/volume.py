"""Orders still to be placed: their level, their weekdays, and how sure either is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from odr_analysis.arrays import Floats, Integers

WEEKS = 26
"""Weeks the level is read from."""
PROFILE_WEEKS, PROFILE_PSEUDO = 8, 10.0
"""Weeks the weekdays are read from, and orders a weekday counts for before any is seen."""
WEEK_NOISE, LEAST_CV, MOST_CV = 0.05, 0.08, 0.6
"""Noise of single weeks beside that of counts; least and most spread of the mean to come."""
STEADY_WEEKS = 10
"""Weeks without a move that are believed in before any is seen."""
SPREAD_WEEKS = 4
"""Weeks ahead for which the spread of the mean is worked out: those that matter most."""


@dataclass(frozen=True, eq=False)
class Volume:
    """Orders expected a day, and the spread of that.

    Attributes
    ----------
    days : float array [day]
        Expected on each of the days to come; day 0 is tomorrow.
    cv : float
        Coefficient of variation of their common mean.
    """

    days: Floats
    cv: float

    @classmethod
    def of(cls, n_orders: Integers, days: int) -> Volume:
        """From the orders of each day so far, by age: 0 is today.

        The logarithm of a week's orders is a level that walks, plus noise; the level is that of a
        Kalman filter. How far it walks is read from the differences of neighbouring weeks, so
        that after a jump the weeks before it weigh little.

        Examples
        --------
        >>> Volume.of(np.array([10] * 70), days=2).days.round().tolist()
        [10.0, 10.0]
        """
        weeks = min(len(n_orders) // 7, WEEKS)
        if not weeks or not n_orders[: weeks * 7].any():
            mean = float(n_orders.mean()) if len(n_orders) else 0.0
            return cls(np.full(days, mean), MOST_CV)
        by_week = n_orders[: weeks * 7].reshape(weeks, 7).sum(axis=1)
        logs = np.log(by_week + 0.5)[::-1]  # oldest first
        noise = (1 / (by_week + 0.5) + WEEK_NOISE**2)[::-1]
        moved = np.diff(logs) ** 2 - noise[1:] - noise[:-1]
        walk = max(float(moved.sum()) / (len(moved) + STEADY_WEEKS), 1e-4)
        level, spread = logs[0], noise[0]
        for log, error in zip(logs[1:], noise[1:], strict=True):
            spread += walk
            gain = spread / (spread + error)
            level, spread = level + gain * (log - level), (1 - gain) * spread
        # A single jump says little of the weeks to come, so here the typical move decides.
        usual = max(float(np.median(moved)) if len(moved) else 0.0, 0.0) / 0.455
        cv = float(np.sqrt(LEAST_CV**2 + spread + min(usual, walk) * SPREAD_WEEKS))
        return cls(np.exp(level) / 7 * _weekdays(n_orders, days), min(cv, MOST_CV))


def _weekdays(n_orders: Integers, days: int) -> Floats:
    """Orders of each day to come against the mean day."""
    weeks = min(len(n_orders) // 7, PROFILE_WEEKS)
    recent = n_orders[: weeks * 7].reshape(weeks, 7).astype(float)
    share = (recent / np.maximum(recent.sum(axis=1, keepdims=True), 1)).mean(axis=0)
    weight = share * recent.sum() + PROFILE_PSEUDO
    # Tomorrow has the weekday of the day six days ago.
    by_day = (weight / weight.mean())[::-1]
    found: Floats = np.resize(by_day, days)
    return found
