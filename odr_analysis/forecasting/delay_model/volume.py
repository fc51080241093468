"""Orders still to be placed: their level, their weekdays, and how sure either is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from odr_analysis.arrays import Floats, Integers

WEEKS = 26
"""Weeks the level is read from."""
PROFILE_WEEKS, PROFILE_PSEUDO = 8, 10.0
"""Weeks the weekdays are read from, and orders a weekday counts for before any is seen."""
CHANGE = 0.05
"""Probability that a week begins a new level."""
KEPT = (0.4, 0.7, 0.95)
"""What a week counts for against the one after it while the level only drifts: three speeds of
drift, each believed in as far as it foretold the weeks of the account."""
NEW_SHAPE, LEAST_MEAN = 0.5, 0.25
"""A new level is gamma with this shape about the level before, or about so many orders a week."""
WEEK_NOISE, LEAST_CV, MOST_CV = 0.03, 0.08, 2.0
"""Noise of single weeks beside that of counts; least and most spread of the mean to come."""
SHORT_CV = 0.6
"""Spread with less than a week of history."""
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

        The orders of a week are Poisson about a level that drifts, and that in some weeks is
        replaced by a new one. So a stop or a jump is believed after as many weeks as it takes to
        set it apart from luck: one for a seller of a hundred a week, two for one of seven.

        Examples
        --------
        >>> Volume.of(np.array([10] * 70), days=2).days.round().tolist()
        [10.0, 10.0]
        """
        weeks = min(len(n_orders) // 7, WEEKS)
        if not weeks:
            mean = float(n_orders.mean()) if len(n_orders) else 0.0
            return cls(np.full(days, mean), SHORT_CV)
        by_week = n_orders[: weeks * 7].reshape(weeks, 7).sum(axis=1)
        mean, cv = _level(by_week[::-1].astype(float))
        cv = float(np.clip(np.hypot(LEAST_CV, cv), 0, MOST_CV))
        return cls(mean / 7 * _weekdays(n_orders, days), cv)


def _level(by_week: Floats) -> tuple[float, float]:
    """Mean of the orders of a week to come and its coefficient of variation; oldest week first.

    Each hypothesis is a speed of drift [row] and the week the level began in [column]; under each
    the level is gamma. Noise of weeks beside that of counts makes a week worth fewer orders.
    """
    from scipy.special import gammaln, xlogy

    kept = np.array(KEPT)[:, None]
    shape, weeks, weight = (np.zeros((len(KEPT), 0)) for _ in range(3))
    new_weight, mean = np.ones((len(KEPT), 1)), float(by_week.mean())
    for n in by_week:
        new = np.full((len(KEPT), 1), NEW_SHAPE)
        shape = np.hstack([shape * kept, new])
        weeks = np.hstack([weeks * kept, new / max(mean, LEAST_MEAN)])
        weight = np.hstack([weight * (1 - CHANGE), new_weight])
        # The probability of the week's orders is negative binomial.
        level = shape / weeks
        size = 1 / (1 / shape + WEEK_NOISE**2)
        log = gammaln(n + size) - gammaln(size) + xlogy(n, level) - xlogy(n + size, size + level)
        log += xlogy(size, size)
        weight = weight * np.exp(log - log.max())
        weight /= weight.sum()
        worth = 1 / (1 + WEEK_NOISE**2 * (shape + n) / (weeks + 1))
        shape, weeks = shape + n * worth, weeks + worth
        level = shape / weeks
        mean = float((weight * level).sum())
        new_weight = CHANGE * weight.sum(axis=1, keepdims=True)
    later = shape * kept**SPREAD_WEEKS
    square = float((weight * level**2 * (1 + 1 / later)).sum())
    return mean, float(np.sqrt(square / mean**2 - 1))


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
