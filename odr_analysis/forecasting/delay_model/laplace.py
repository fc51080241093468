"""The delay model: weekly rates and the shape of lags, fitted under many hypotheses at once.

Reports of week ``i`` and bin ``j`` are Poisson with mean ``E_ij exp(eta_i) g_ij``: ``E_ij`` are
orders times the share of the bin they have lived through, ``eta`` the log rates of the weeks, ``g``
the shape of lags, which adds up to 1. Lately lags may have become longer or shorter: the shape of
the youngest weeks is that of the older ones, stretched and perhaps wider apart.

For each hypothesis the most probable parameters are found by Fisher scoring and the posterior is
taken as Gaussian around them (Laplace); how well each explains the data gives its weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from odr_analysis.arrays import Flags, Floats, Integers
from odr_analysis.forecasting.delay_model.lags import N_BINS, SPREADS, STRETCHES
from odr_analysis.forecasting.delay_model.levels import Levels

MOST_STEPS, MOST_HALVINGS, CLOSE = 30, 12, 0.01
"""Steps of a search, how often one is shortened, and a gain of log probability that ends it."""
FARTHEST = 60.0
"""A log rate beyond which nothing is worked out."""


@dataclass(frozen=True)
class ShapePrior:
    """How far the shape of lags may be from the prior's.

    Attributes
    ----------
    ridge : float
        Standard deviation of the log share of a bin.
    walk : float
        Of its difference to the neighbouring bin's.
    tail : float
        How many times further the last bins may be off.
    """

    ridge: float = 0.7
    walk: float = 0.5
    tail: float = 1.0

    def precision(self) -> Floats:
        """Of the deviations of the log shape, [bin, bin]."""
        ridge = np.full(N_BINS, self.ridge**-2)
        walk = np.full(N_BINS - 1, self.walk**-2)
        ridge[-3:] /= self.tail**2
        walk[-3:] /= self.tail**2
        steps = np.diff(np.eye(N_BINS), axis=0)
        found: Floats = np.diag(ridge) + steps.T @ (walk[:, None] * steps)
        return found


@dataclass(frozen=True, eq=False)
class Hypotheses:
    """How rates and lags may have moved.

    Attributes
    ----------
    levels : Levels
    level : int64 array [hypothesis]
        Position in ``levels``.
    young : int64 array [hypothesis]
        Weeks whose lags may be stretched.
    stretch_sd : float array [hypothesis, 2]
        Standard deviations of the logarithms of how many times longer and wider their lags are.
    """

    levels: Levels
    level: Integers
    young: Integers
    stretch_sd: Floats

    def __len__(self) -> int:
        return len(self.level)


@dataclass(frozen=True, eq=False)
class Modes:
    """The most probable parameters under each hypothesis, and how well it explains the data.

    Attributes
    ----------
    of : Hypotheses
    x : float array [hypothesis, parameter]
        Log rates by week, log shape by bin, log stretch and log spread of the youngest weeks.
    precision, prior : float arrays [hypothesis, parameter, parameter]
        Of the Gaussian around it, and of the prior.
    height : float array [hypothesis]
        Logarithm of likelihood and prior at the mode, up to constants of the data.
    log_evidence : float array [hypothesis]
        Logarithm of the probability of the data, up to the same constants.
    """

    of: Hypotheses
    x: Floats
    precision: Floats
    prior: Floats
    height: Floats
    log_evidence: Floats


@dataclass(frozen=True, eq=False)
class Model:
    """Data and priors, without the hypothesis on how rates and lags moved.

    Attributes
    ----------
    reports, exposure : float arrays [week, bin]
    log_level : float
        Prior mean of the log rates.
    log_shape : float array [bin]
        Of the prior.
    stretched : float array [stretch, spread, bin]
        From ``lags.stretched``.
    shape_precision : float array [bin, bin]
    """

    reports: Floats
    exposure: Floats
    log_level: float
    log_shape: Floats
    stretched: Floats
    shape_precision: Floats

    @cached_property
    def n_weeks(self) -> int:
        return len(self.exposure)

    @cached_property
    def _prior_mean(self) -> Floats:
        return np.concatenate([np.full(self.n_weeks, self.log_level), self.log_shape, [0.0, 0.0]])

    def shapes(self, x: Floats) -> Floats:
        """Shape of lags [..., 2, bin]: of weeks that may be stretched, and of the others."""
        beta = x[..., self.n_weeks : -2]
        logs = np.stack([beta + self.stretch(x)[0], beta], axis=-2)
        shapes: Floats = np.exp(logs - logs.max(axis=-1, keepdims=True))
        shapes /= shapes.sum(axis=-1, keepdims=True)
        return shapes

    def stretch(self, x: Floats) -> tuple[Floats, Floats]:
        """What is added to the log share of each bin, [..., bin], and slopes [..., 2, bin]."""
        (i, u, width), (j, v, height) = (
            _place(x[..., at], grid) for at, grid in ((-2, STRETCHES), (-1, SPREADS))
        )
        table = self.stretched
        u, v = u[..., None], v[..., None]
        low = (1 - v) * table[i, j] + v * table[i, j + 1]
        high = (1 - v) * table[i + 1, j] + v * table[i + 1, j + 1]
        left = (1 - u) * table[i, j] + u * table[i + 1, j]
        right = (1 - u) * table[i, j + 1] + u * table[i + 1, j + 1]
        slopes = np.stack([(high - low) / width, (right - left) / height], axis=-2)
        return low + u * (high - low), slopes

    def is_young(self, young: Integers) -> Flags:
        """Whether a week is one of the youngest, [hypothesis, week]."""
        return np.arange(self.n_weeks) < young[:, None]

    def means(self, x: Floats, young: Flags) -> tuple[Floats, Floats]:
        """Expected reports [hypothesis, week, bin], and the shapes they come from."""
        shapes = self.shapes(x)
        by_week = np.where(young[..., None], shapes[:, None, 0], shapes[:, None, 1])
        by_week *= np.exp(np.clip(x[:, : self.n_weeks, None], -FARTHEST, FARTHEST))
        by_week *= self.exposure
        return by_week, shapes

    def log_likelihood(self, means: Floats) -> Floats:
        """Up to a constant of the data, [hypothesis]."""
        some = self.reports > 0
        found: Floats = np.log(means[:, some]) @ self.reports[some] - means.sum(axis=(1, 2))
        return found

    def off_prior(self, x: Floats) -> Floats:
        """Parameters as deviations from their prior means."""
        return x - self._prior_mean

    def prior_precision(self, of: Hypotheses) -> Floats:
        """Of all parameters, [hypothesis, parameter, parameter]."""
        w, p = self.n_weeks, self.n_weeks + N_BINS + 2
        found = np.zeros((len(of), p, p))
        found[:, :w, :w] = of.levels.precision[of.level]
        found[:, w:-2, w:-2] = self.shape_precision
        found[:, [-2, -1], [-2, -1]] = of.stretch_sd**-2
        return found

    def slopes(
        self, x: Floats, means: Floats, shapes: Floats, young: Flags
    ) -> tuple[Floats, Floats]:
        """Gradient [hypothesis, parameter] and Fisher information of the log likelihood."""
        w, slant = self.n_weeks, self.stretch(x)[1]
        left = self.reports - means
        by_class = np.stack([young, ~young], axis=1).astype(np.float64)

        # Of a bin: what is left of it less its share of what is left of its class.
        left_in = by_class @ left
        total_left = left_in.sum(axis=2, keepdims=True)
        off = slant - (slant @ shapes[:, 0, :, None])
        of_bin = (left_in - shapes * total_left).sum(axis=1)
        of_stretch = (off @ left_in[:, 0, :, None])[..., 0]
        gradient = np.concatenate([left.sum(axis=2), of_bin, of_stretch], axis=1)

        information = np.zeros((len(means), w + N_BINS + 2, w + N_BINS + 2))
        of_week = means.sum(axis=2)
        week, bins = np.arange(w), np.arange(w, w + N_BINS)
        information[:, week, week] = of_week
        own = np.where(young[..., None], shapes[:, None, 0], shapes[:, None, 1])
        cross = means - of_week[:, :, None] * own
        information[:, :w, w:-2] = cross
        information[:, w:-2, :w] = cross.transpose(0, 2, 1)
        by_stretch = young[..., None] * (means @ off.transpose(0, 2, 1))
        information[:, :w, -2:] = by_stretch
        information[:, -2:, :w] = by_stretch.transpose(0, 2, 1)
        # Bins with bins: of each class diag(M) - g M' - M g' + m g g'.
        within = by_class @ means
        turned = shapes.transpose(0, 2, 1)
        mixed = turned @ within
        total = within.sum(axis=2, keepdims=True)
        information[:, w:-2, w:-2] = turned @ (total * shapes) - mixed - mixed.transpose(0, 2, 1)
        information[:, bins, bins] += within.sum(axis=1)
        pulled = within[:, :1] * off
        bent = pulled - shapes[:, :1] * pulled.sum(axis=2, keepdims=True)
        information[:, -2:, w:-2] = bent
        information[:, w:-2, -2:] = bent.transpose(0, 2, 1)
        information[:, -2:, -2:] = pulled @ off.transpose(0, 2, 1)
        return gradient, information

    def modes(self, of: Hypotheses, start: Floats) -> Modes:
        """The most probable parameters under each hypothesis; `start` is that of one or of all."""
        prior, young = self.prior_precision(of), self.is_young(of.young)
        x = np.broadcast_to(start, (len(of), start.shape[-1]))
        means, shapes = self.means(x, young)

        def height(x: Floats, means: Floats) -> Floats:
            off = self.off_prior(x)
            pull = ((prior @ off[..., None])[..., 0] * off).sum(axis=1)
            high: Floats = self.log_likelihood(means) - 0.5 * pull
            return high

        at = height(x, means)
        for _ in range(MOST_STEPS):
            gradient, information = self.slopes(x, means, shapes, young)
            gradient -= (prior @ self.off_prior(x)[..., None])[..., 0]
            step = np.linalg.solve(prior + information, gradient[..., None])[..., 0]
            size = np.ones(len(x))
            for _ in range(MOST_HALVINGS):
                tried = x + size[:, None] * step
                means, shapes = self.means(tried, young)
                now = height(tried, means)
                worse = ~(now >= at - CLOSE / 10)
                if not worse.any():
                    break
                size[worse] /= 3
            gained = float((now - at).max())
            x, at = tried, now
            if gained < CLOSE:
                break
        precision = prior + self.slopes(x, means, shapes, young)[1]
        evidence = (
            at
            - 0.5 * np.linalg.slogdet(precision)[1]
            + 0.5 * of.levels.log_det[of.level]
            - np.log(of.stretch_sd).sum(axis=1)
        )
        return Modes(of, x, precision, prior, at, evidence)


def _place(value: Floats, grid: Floats) -> tuple[Integers, Floats, float]:
    """Place of a value on an even grid: the point below, the way to the next, their distance."""
    step = float(grid[1] - grid[0])
    place = np.clip((value - grid[0]) / step, 0, len(grid) - 1.001)
    at = place.astype(np.int64)
    return at, place - at, step
