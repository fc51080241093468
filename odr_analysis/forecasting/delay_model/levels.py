"""How the level of quality may have moved: hypotheses on the weekly rate, each a Gaussian process.

The logarithm of the rate of orders of a week is a level, a random walk from week to week, noise of
single weeks, and perhaps one change: a jump some weeks ago, or a ramp that still goes on. Weeks
count back from today: week 0 holds the seven days up to today, week -1 the seven days to come.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product

import numpy as np

from odr_analysis.arrays import Floats

WALKS = (0.003, 0.02, 0.05, 0.1, 0.2, 0.4)
"""Standard deviations of the walk, a week."""
WALK_WEIGHTS = (0.5, 0.22, 0.14, 0.08, 0.04, 0.02)
NOISES, NOISE_WEIGHTS = (0.0, 0.12, 0.3), (0.55, 0.30, 0.15)

JUMPS, RAMPS = (2, 3, 4, 5, 6, 8), (10, 20)
"""Weeks ago that a jump happened, and weeks that a ramp has lasted."""
CHANGE_WEIGHTS = (0.125,) * 8
"""Of the jumps and ramps, in their order."""
CHANGE_WALK = 0.02
"""The walk beside a change, which explains most of what moved."""
CHANGE_SD = 0.7
LEVEL_SD = 1.0
"""Standard deviation of the log rates of accounts, where nothing else is known of them."""

RAMP_HALVES = 8.0
"""Weeks after which a ramp goes on half as steep."""
WEEKS_AHEAD = 22
SINGLE_WEEKS, BLOCK, BLOCKS = 26, 4, 7
"""Weeks told apart one by one; older ones come in blocks, which say enough of what was long ago."""
COHORTS = SINGLE_WEEKS + BLOCKS
MOST_DAYS = 7 * (SINGLE_WEEKS + BLOCK * BLOCKS)
COHORT_OF_AGE = np.minimum(
    np.arange(MOST_DAYS) // 7,
    SINGLE_WEEKS + (np.arange(MOST_DAYS) // 7 - SINGLE_WEEKS) // BLOCK,
)
"""Cohort of an order by its age in days."""
AGO = np.concatenate(
    [
        np.arange(-WEEKS_AHEAD, SINGLE_WEEKS, dtype=float),
        SINGLE_WEEKS + BLOCK * np.arange(BLOCKS) + (BLOCK - 1) / 2,
    ]
)
"""Weeks ago of the weeks to come and of each cohort."""


@dataclass(frozen=True)
class Level:
    """One hypothesis: `walk` and `noise` are standard deviations; `jump` or `ramp` weeks or 0."""

    walk: float
    noise: float
    jump: int = 0
    ramp: int = 0

    @property
    def is_change(self) -> bool:
        """Whether the rate jumped or is on a ramp."""
        return bool(self.jump or self.ramp)

    def change(self) -> Floats:
        """How much of the change each of ``AGO`` has."""
        if self.jump:
            return (self.jump > AGO).astype(float)
        if self.ramp:
            ahead = np.cumsum(0.5 ** (np.arange(1, WEEKS_AHEAD + 1) / RAMP_HALVES))
            so_far = np.clip((self.ramp - AGO[WEEKS_AHEAD:]) / self.ramp, 0, 1)
            return np.concatenate([1 + ahead[::-1] / self.ramp, so_far])
        return np.zeros_like(AGO)

    def covariance(self, level_sd: float = LEVEL_SD) -> Floats:
        """Of the log rates of ``AGO``."""
        same_side = np.multiply.outer(AGO, AGO) > 0
        walked = np.minimum.outer(np.abs(AGO), np.abs(AGO)) * same_side
        weeks = np.where(AGO > SINGLE_WEEKS, BLOCK, 1)
        change = self.change()
        found: Floats = (
            level_sd**2
            + self.walk**2 * walked
            + CHANGE_SD**2 * np.multiply.outer(change, change)
            # Never quite zero, so that weeks the walk hardly parts stay apart for the solver.
            + np.diag(self.noise**2 / weeks + 1e-6)
        )
        return found


@dataclass(frozen=True, eq=False)
class Levels:
    """Hypotheses with what their Gaussian processes say, ready for `n_weeks` weeks of history.

    Attributes
    ----------
    levels : tuple of Level
    n_weeks : int
    level_sd : float
        Standard deviation of the level all weeks share.
    """

    levels: tuple[Level, ...]
    n_weeks: int
    level_sd: float = LEVEL_SD

    @cached_property
    def _covariances(self) -> Floats:
        end = WEEKS_AHEAD + self.n_weeks
        whole = [level.covariance(self.level_sd)[:end, :end] for level in self.levels]
        found: Floats = np.stack(whole)
        return found

    @cached_property
    def precision(self) -> Floats:
        """Inverse covariance of the weeks there are, [level, week, week]."""
        a = WEEKS_AHEAD
        return np.linalg.inv(self._covariances[:, a:, a:]).astype(np.float64)

    @cached_property
    def log_det(self) -> Floats:
        """Logarithm of the determinant of each precision."""
        found: Floats = np.linalg.slogdet(self.precision)[1]
        return found

    @cached_property
    def ahead(self) -> tuple[Floats, Floats]:
        """Weeks to come given those there are: a matrix for their mean, and a root of the rest.

        [level, week ahead, week] and [level, week ahead, week ahead]; week 0 is the next one.
        """
        a = WEEKS_AHEAD
        whole = self._covariances
        gain = whole[:, :a, a:] @ self.precision
        rest = whole[:, :a, :a] - gain @ whole[:, a:, :a]
        root = np.linalg.cholesky(rest + 1e-9 * np.eye(a)).astype(np.float64)
        return gain[:, ::-1], root[:, ::-1]


@cache
def steady(n_weeks: int, level_sd: float = LEVEL_SD) -> Levels:
    """Every walk with every noise, and no change."""
    return Levels(tuple(Level(w, n) for w, n in product(WALKS, NOISES)), n_weeks, level_sd)


@cache
def changed(n_weeks: int, noise: float, level_sd: float = LEVEL_SD) -> Levels:
    """Every jump and ramp, with the walk beside a change."""
    moves = [*((j, 0) for j in JUMPS), *((0, r) for r in RAMPS)]
    return Levels(tuple(Level(CHANGE_WALK, noise, *move) for move in moves), n_weeks, level_sd)
