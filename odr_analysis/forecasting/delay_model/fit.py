"""The delay model fitted to one series: draws of the weekly rates and of the shape of lags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from numbers import Integral

import numpy as np

from odr_analysis.arrays import Floats, Integers
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.delay_model.lags import (
    BIN_OF_LAG,
    LONGEST,
    N_BINS,
    daily_profile,
    lived_through,
    pooled_shape,
    reporting_weekdays,
    stretched,
)
from odr_analysis.forecasting.delay_model.laplace import Hypotheses, Model, Modes, ShapePrior
from odr_analysis.forecasting.delay_model.levels import (
    CHANGE_WEIGHTS,
    COHORT_OF_AGE,
    MOST_DAYS,
    NOISE_WEIGHTS,
    WALK_WEIGHTS,
    WEEKS_AHEAD,
    Level,
    Levels,
    changed,
    steady,
)
from odr_analysis.forecasting.delay_model.prior import Prior
from odr_analysis.forecasting.delay_table import SeriesDelays

STEADY, STRETCH = (0.02, 0.01), (0.4, 0.1)
"""Standard deviations of the logarithms of how many times longer, and wider apart, the lags of the
youngest weeks are: as good as none where lags are steady."""
YOUNG = (7, 4, 5, 6, 9, 13)
"""How many weeks may be the youngest; the first where lags are steady and it does not matter."""
ENOUGH_DAYS = 160
"""Days of history below which the shape of lags may be further from the prior's."""
MOST_LEVELS, MOST_YOUNG = 6, 2
"""Of levels, and of weeks that may be the youngest, those that are tried with each other."""
FEWEST_DRAWS = 100
BEYOND = 168
"""Days after which nothing more is reported, in whole weeks."""
ASSUMED_CHANGE = 0.99
"""Prior probability of a change where one is assumed."""


@dataclass(frozen=True, eq=False)
class Triangle:
    """Reports and exposure of one series by week of the order and bin of the lag.

    Attributes
    ----------
    n_orders : int64 array [age]
        Orders by days since they were placed; 0 is today.
    reports, exposure : float arrays [week, bin]
        Weeks count back from today.
    shape : float array [bin]
        Of the lags of all weeks together, from ``pooled_shape``.
    profile : float array [lag]
        From ``daily_profile``.
    through : float array [weekday, age + 1, bin]
        Share of each bin lived through, from ``lived_through``.
    """

    n_orders: Integers
    reports: Floats
    exposure: Floats
    shape: Floats
    profile: Floats
    through: Floats

    @classmethod
    def of(cls, series: SeriesDelays, prior: Prior) -> Triangle:
        """Its first reports, whichever the kind."""
        n_orders = series.n_orders[::-1]
        days = min(len(n_orders), MOST_DAYS)
        week = COHORT_OF_AGE[:days]
        first, dated = series.first, series.first_is_dated
        reports = np.zeros((week[-1] + 1, N_BINS))
        sure = (first < LONGEST) & (series.age < days) & dated
        cell = COHORT_OF_AGE[series.age[sure]] * N_BINS + BIN_OF_LAG[first[sure]]
        reports += np.bincount(cell, minlength=reports.size).reshape(reports.shape)
        unsure = (series.age < days) & ~dated

        reported = series.age[sure] - first[sure]
        weekdays = reporting_weekdays(reported, days)
        shape = prior.lags.shape
        oldest = max(days, BEYOND) + BEYOND
        for _ in range(2):
            profile = daily_profile(shape)
            tables = lived_through(profile, weekdays, oldest)
            through = tables[0]
            exposure = np.zeros_like(reports)
            np.add.at(exposure, week, n_orders[:days, None] * through[1 : days + 1])
            if unsure.any():
                # Of a report that is only known to be there, each lag up to then has its share.
                upto = through[np.minimum(first[unsure], LONGEST) + 1] * shape
                whole = reports.copy()
                np.add.at(
                    whole, COHORT_OF_AGE[series.age[unsure]], upto / upto.sum(axis=1, keepdims=True)
                )
            else:
                whole = reports
            shape = pooled_shape(whole, exposure, prior.lags.shape, prior.rate)
        return cls(n_orders, whole, exposure, shape, profile, tables)

    @property
    def n_weeks(self) -> int:
        return len(self.exposure)

    @property
    def n_reports(self) -> float:
        return float(self.reports.sum())


@dataclass(frozen=True, eq=False)
class Fit:
    """Draws from the posterior of one series.

    Attributes
    ----------
    triangle : Triangle
    log_rate : float array [draw, week]
        Of orders of each week, reports of any lag; week 0 is the last one.
    ahead : float array [draw, week to come]
    shapes : float array [draw, 2, bin]
        Shape of lags of the youngest weeks and those to come, and of the others.
    young : int64 array [draw]
        How many weeks are the youngest.
    stretch : float array [draw]
        How many times longer their lags are.
    spread : float array [draw]
        How many times wider apart they are, see ``lags.before_stretch``.
    p_change : float
        Probability that the rate jumped or is on a ramp.
    p_stretch : float
        Probability that the lags of the last weeks are unlike those before.
    """

    triangle: Triangle
    log_rate: Floats
    ahead: Floats
    shapes: Floats
    young: Integers
    stretch: Floats
    spread: Floats
    p_change: float
    p_stretch: float

    @property
    def n_draws(self) -> int:
        return len(self.log_rate)

    def share_by_age(self) -> Floats:
        """Share of first reports that are in by each age of a young order, [draw, age]."""
        share: Floats = (self.shapes[:, 0][:, BIN_OF_LAG] * self.triangle.profile).cumsum(axis=1)
        return share


def generator(rng: np.random.Generator | int | None, n_draws: int) -> np.random.Generator:
    """Where draws come from: by default the same each time.

    Raises
    ------
    ParameterError
        `n_draws` is not a whole number from ``FEWEST_DRAWS`` on, or `rng` no generator and not a
        whole number from 0 on.
    """
    if not isinstance(n_draws, Integral) or n_draws < FEWEST_DRAWS:
        raise ParameterError(
            f"n_draws must be a whole number of {FEWEST_DRAWS} or more, got {n_draws!r}."
        )
    if isinstance(rng, np.random.Generator):
        return rng
    if not (rng is None or (isinstance(rng, Integral) and rng >= 0)):
        raise ParameterError(
            f"rng must be a numpy Generator or a whole number of 0 or more, got {rng!r}."
        )
    return np.random.Generator(np.random.PCG64(rng or 0))


def fit(
    series: SeriesDelays, rng: np.random.Generator, prior: Prior | None = None, n_draws: int = 1000
) -> Fit:
    """Fit the delay model to one series."""
    prior = prior or Prior()
    shape = prior.lags.shape
    triangle = Triangle.of(series, prior)
    weeks = triangle.n_weeks
    short = len(triangle.n_orders) < ENOUGH_DAYS
    shape_prior = ShapePrior(1.5, 0.8, 2.0) if short else ShapePrior()
    model = Model(
        triangle.reports,
        triangle.exposure,
        float(np.log(prior.median)),
        np.log(shape),
        stretched(triangle.shape),
        shape_prior.precision() / prior.lags.scale**2,
    )
    at_risk = float((triangle.exposure @ shape).sum())
    level = np.log((triangle.n_reports + 1) / (at_risk + 1 / prior.rate))
    start = np.concatenate([np.full(weeks, level), np.log(triangle.shape), [0.0, 0.0]])

    search = _Search(model, prior, start)
    weights = np.log(np.outer(WALK_WEIGHTS, NOISE_WEIGHTS)).ravel()
    best = search.explore(steady(weeks, prior.rate_sd), weights + np.log1p(-prior.change))
    moves = changed(weeks, best.noise, prior.rate_sd)
    search.explore(moves, np.log(CHANGE_WEIGHTS) + np.log(prior.change))
    return _drawn(model, triangle, search, rng, n_draws)


@dataclass
class _Search:
    """Hypotheses tried so far, with the logarithm of prior and evidence of each."""

    model: Model
    prior: Prior
    start: Floats
    found: list[Modes] = field(default_factory=list)
    weight: list[Floats] = field(default_factory=list)

    def explore(self, levels: Levels, logs: Floats) -> Level:
        """Try every level with steady lags, then those that may matter with stretched ones.

        Returns the best level with steady lags.
        """
        every = np.arange(len(levels.levels))
        self._try(levels, every[:1], logs, YOUNG[:1], STEADY, 0.0, keep=False)
        weight = self._try(levels, every, logs, YOUNG[:1], STEADY, np.log1p(-self.prior.stretch))
        best = int(np.argmax(weight))
        share = np.log(self.prior.stretch / len(YOUNG))
        first = self._try(levels, every[[best]], logs, YOUNG, STRETCH, share, keep=False)
        young, others = _best(first, MOST_YOUNG)
        matter, rest = _best(weight, MOST_LEVELS)
        share += others + rest
        self._try(levels, matter, logs, [YOUNG[i] for i in young], STRETCH, share)
        return levels.levels[best]

    def _try(
        self,
        levels: Levels,
        level: Integers,
        logs: Floats,
        young: Sequence[int],
        stretch_sd: tuple[float, float],
        share: float,
        *,
        keep: bool = True,
    ) -> Floats:
        of = Hypotheses(
            levels,
            np.tile(level, len(young)),
            np.repeat(young, len(level)),
            np.tile(stretch_sd, (len(level) * len(young), 1)),
        )
        modes = self.model.modes(of, self.start)
        weight = modes.log_evidence + logs[of.level] + share
        self.start = modes.x[int(np.argmax(weight))]
        if keep:
            self.found.append(modes)
            self.weight.append(weight)
        return weight


def _best(weight: Floats, most: int) -> tuple[Integers, float]:
    """The best few, and what they must weigh more to stand for the others too."""
    best = np.sort(np.argsort(-weight)[:most])
    top = weight.max()
    share = np.exp(weight - top)
    return best, float(np.log(share.sum() / share[best].sum()))


def _drawn(
    model: Model, triangle: Triangle, search: _Search, rng: np.random.Generator, n_draws: int
) -> Fit:
    """Draws from the mixture of all hypotheses, brought closer to the exact posterior."""
    found, weight = search.found, search.weight
    logs = np.concatenate(weight)
    share = np.exp(logs - logs.max())
    share /= share.sum()
    counts = _systematic(share, n_draws, rng)
    group = np.repeat(np.arange(len(found)), [len(w) for w in weight])
    within = np.concatenate([np.arange(len(w)) for w in weight])
    used = np.flatnonzero(counts)
    modes = [(found[group[m]], within[m]) for m in used]
    roots = np.linalg.inv(np.linalg.cholesky(np.stack([f.precision[i] for f, i in modes])))
    z = rng.standard_normal((n_draws, roots.shape[1]))
    drawn, ahead = np.empty_like(z), np.empty((n_draws, WEEKS_AHEAD))
    away = np.empty(n_draws)
    more = rng.standard_normal(ahead.shape)
    weeks = triangle.n_weeks
    ends = np.cumsum(counts[used])
    for (modes_of, i), root, end, n in zip(modes, roots, ends, counts[used], strict=True):
        part = slice(end - n, end)
        x = modes_of.x[i] + z[part] @ root
        gain, rest = (matrix[modes_of.of.level[i]] for matrix in modes_of.of.levels.ahead)
        drawn[part] = x
        ahead[part] = (x[:, :weeks] - model.log_level) @ gain.T + more[part] @ rest.T
        off = model.off_prior(x)
        prior = modes_of.prior[i]
        away[part] = (off @ prior * off).sum(axis=1)
    top = np.array([f.height[i] for f, i in modes])
    young = np.repeat([f.of.young[i] for f, i in modes], counts[used])
    means, shapes = model.means(drawn, model.is_young(young))
    exact = model.log_likelihood(means) - 0.5 * away
    correction = exact - np.repeat(top, counts[used]) + 0.5 * (z**2).sum(axis=1)
    # Far out, where the exact posterior and its Gaussian part, one draw must not stand for all.
    ratio = np.exp(np.minimum(correction - np.median(correction), np.log(10.0)))
    picked = np.repeat(np.arange(n_draws), _systematic(ratio, n_draws, rng))
    rng.shuffle(picked)
    moved = np.array([f.of.levels.levels[0].is_change for f in found])
    longer = np.array([f.of.stretch_sd[0, 0] > STEADY[0] for f in found])
    return Fit(
        triangle=triangle,
        log_rate=drawn[picked, :weeks],
        ahead=model.log_level + ahead[picked],
        shapes=shapes[picked],
        young=young[picked],
        stretch=np.exp(drawn[picked, -2]),
        spread=np.exp(drawn[picked, -1]),
        p_change=float(share[moved[group]].sum()),
        p_stretch=float(share[longer[group]].sum()),
    )


def _systematic(share: Floats, n: int, rng: np.random.Generator) -> Integers:
    """How often each is drawn: `n` in all, each as close to its share as whole numbers allow."""
    edges = np.floor(np.cumsum(share) / share.sum() * n + rng.random()).astype(np.int64)
    edges[-1] = n
    counts = np.diff(edges, prepend=0)
    return np.maximum(counts, 0)
