"""The arrival CUSUM: a daily sum of reports above or below those expected, never below 0.

``S = max(0, S + x ln(ratio) - (ratio - 1) m)`` for ``x`` reports where ``m`` were expected. It is
the logarithm of how much likelier the reports are at `ratio` times the rate, counted from the day
that makes this largest (Page 1954; for Poisson counts, Lucas 1985). Young orders, whose reports are
mostly still to come, need no correction: ``m`` includes them with what is due by that day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from odr_analysis.arrays import Floats, Integers
from odr_analysis.forecasting.shifts.reference import DOUBLED_DAYS, WATCHED_DAYS

WORSE_RATIO, BETTER_RATIO = 1.5, 1 / 1.5
"""Changes of the number of reports that the CUSUM is most sensitive to. When the rate of orders
doubles, reports rise slowly, as the delay of each passes; so a CUSUM for half as many again finds
the doubling sooner than one for twice as many."""
DOUBLING = 2.0
FALSE_ALARM_DAYS = 365
"""Days for one false alarm on average, in each direction."""
BOUND_LEVEL = 0.9
"""Probability that a bound of the ratio holds."""
RATIOS = np.geomspace(1, 10, 116)
"""Ratios tried for the bound, 2 % apart."""
LIMIT_RATIOS, LIMIT_DRAWS = np.geomspace(1, 10, 6), 500
"""Of them, those whose limit is simulated, and from how many draws."""


def climb(n_reports: Integers, expected: Floats, ratio: float) -> Floats:
    """The CUSUM of each day, [..., day].

    Examples
    --------
    >>> path = climb(np.array([0, 3, 0, 0]), np.array([1.0, 1.0, 0.5, 1.0]), 2.0)
    >>> np.allclose(path, [0, 3 * np.log(2) - 1, 3 * np.log(2) - 1.5, 0])
    True
    """
    total = np.cumsum(n_reports * np.log(ratio) - (ratio - 1) * expected, axis=-1)
    found: Floats = total - np.minimum(np.minimum.accumulate(total, axis=-1), 0)
    return found


@dataclass(frozen=True, eq=False)
class Cusum:
    """The CUSUM of one direction on the watched days, with its limit.

    Attributes
    ----------
    ratio : float
        The change it watches for.
    path : float array [day]
    limit : float
        Passed once in ``FALSE_ALARM_DAYS`` where nothing changed.
    """

    ratio: float
    path: Floats
    limit: float

    @classmethod
    def of(cls, n_reports: Integers, expected: Floats, simulated: Integers, ratio: float) -> Cusum:
        """Of reports by day, with a limit from `simulated` ones [draw, day] without a change."""
        within = np.exp(-len(expected) / FALSE_ALARM_DAYS)
        limit = _highest(simulated, expected, ratio, within)
        return cls(ratio, climb(n_reports, expected, ratio), limit)

    @property
    def share(self) -> float:
        """How much of the limit it has reached on the last day; more than 1 is over it."""
        return float(self.path[-1] / self.limit)

    @property
    def since(self) -> int:
        """The watched day on which its last climb began."""
        return int(np.flatnonzero(self.path == 0).max(initial=-1)) + 1

    @property
    def alarm_on(self) -> int:
        """The watched day on which that climb first passed the limit, where it did."""
        return self.since + int(np.argmax(self.path[self.since :] > self.limit))


def _highest(simulated: Integers, expected: Floats, ratio: float, share: float) -> float:
    """What the CUSUM does not pass in this `share` of simulations."""
    tops = climb(simulated, expected, ratio).max(axis=-1)
    found = np.quantile(tops, share, method="inverted_cdf")
    # One report by itself is not a change, however few are expected.
    return max(float(found), abs(float(np.log(ratio))))


@dataclass(frozen=True, eq=False)
class Watch:
    """Reports of the watched days against those expected.

    Attributes
    ----------
    n_reports : int64 array [day]
    expected : float array [day]
    worse, better : Cusum
    p_doubling : tuple of float
        Probability that a doubling of the rate of orders shows within 30 and within 60 days.
    alarm : Cusum or None
        The one over its limit today; of two, that whose climb began later.
    ratio_bound : float or None
        With an alarm: reports are at least, or for fewer at most, so many times those expected.
        1 where the alarm may be noise at that level.
    """

    n_reports: Integers
    expected: Floats
    worse: Cusum
    better: Cusum
    p_doubling: tuple[float, float]
    alarm: Cusum | None
    ratio_bound: float | None

    @classmethod
    def of(
        cls,
        n_reports: Integers,
        expected: Floats,
        drawn: Floats,
        drawn_of_late: Floats,
        rng: np.random.Generator,
    ) -> Watch:
        """Limits are set by simulating the series' own orders without a change.

        Parameters
        ----------
        n_reports : int64 array [day]
        expected : float array [day]
        drawn : float array [draw, day]
            Expected reports with the rates and lags that the reference period leaves open, so that
            limits of series with few reports allow for how little is known of them.
        drawn_of_late : float array [draw, day]
            Of them, those of orders placed in the last ``DOUBLED_DAYS``.
        rng : numpy.random.Generator
        """
        simulated = rng.poisson(drawn)
        worse, better = (
            Cusum.of(n_reports, expected, simulated, ratio) for ratio in (WORSE_RATIO, BETTER_RATIO)
        )
        doubled = simulated + rng.poisson((DOUBLING - 1) * drawn_of_late)
        over = climb(doubled, expected, WORSE_RATIO) > worse.limit
        start = WATCHED_DAYS - DOUBLED_DAYS
        in_time = over[~over[:, :start].any(axis=1), start:]
        within = [float(in_time[:, :days].any(axis=1).mean()) for days in (30, DOUBLED_DAYS)]
        alarms = [c for c in (worse, better) if c.share > 1]
        alarm = max(alarms, key=lambda c: c.since, default=None)
        bound = None if alarm is None else _bound(alarm, n_reports, expected, drawn, rng)
        return cls(n_reports, expected, worse, better, (within[0], within[1]), alarm, bound)


def _bound(
    alarm: Cusum, n_reports: Integers, expected: Floats, drawn: Floats, rng: np.random.Generator
) -> float:
    """The ratio nearest to 1 that the reports do not contradict.

    If reports were `r` times as many, a CUSUM set to `r` times those expected would be no higher
    than in nine of ten simulations. The largest `r` for which it is higher is what the ratio is at
    least; that the alarm was picked for its height is allowed for, as those of the simulations are
    picked so too.
    """

    def by(ratios: Floats) -> Floats:
        return ratios if alarm.ratio > 1 else 1 / ratios

    limits = [
        _highest(rng.poisson(r * drawn[:LIMIT_DRAWS]), r * expected, alarm.ratio, BOUND_LEVEL)
        for r in by(LIMIT_RATIOS)
    ]
    limit = np.interp(np.log(RATIOS), np.log(LIMIT_RATIOS), limits)
    tops = climb(n_reports, np.multiply.outer(by(RATIOS), expected), alarm.ratio).max(axis=1)
    last = int(np.flatnonzero(tops > limit).max(initial=0))
    return float(by(RATIOS)[last])
