"""Days from an order to its first report: bins, what is believed before any data, and shapes.

A lag is a whole number of days, 0 on the day of the order. The shape of a lag distribution is the
share of all first reports that falls into each bin; within a bin the days share by a profile that
follows the neighbouring bins, so that nothing jumps at an edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from odr_analysis.arrays import Floats, Integers

EDGES = np.array([0, 4, 8, 12, 16, 21, 28, 35, 45, 60, 75, 105, 160])
"""First day of each bin, and the day after the last. 16 and 75 are edges of Amazon's window: an
order counts from its 15th to its 74th day, so lags up to 15 and up to 74 make a difference."""

N_BINS = len(EDGES) - 1
LONGEST = int(EDGES[-1])
"""Reports later than this are too few to estimate; they are left out of the lags."""
WIDTHS = np.diff(EDGES)
BIN_OF_LAG: Integers = np.repeat(np.arange(N_BINS), WIDTHS)
MIDDLES = (EDGES[:-1] + EDGES[1:] - 1) / 2

PSEUDO_REPORTS = 8.0
"""What the prior shape counts for, in reports, where the days within a bin are shared."""

WEEKDAY_PSEUDO = 20.0
"""What the prior counts for, in reports of each weekday, where weekdays are compared."""


@dataclass(frozen=True)
class LagPrior:
    """What is believed of lags before any report is seen.

    Attributes
    ----------
    medians : tuple of float
        Days, one per component of a mixture of lognormal distributions.
    weights : tuple of float
        Share of each.
    spread : float
        Standard deviation of the logarithm.
    shares : tuple of float
        Share of the reports of each bin where it was measured on other accounts; then the mixture
        does not matter.
    scale : float
        How many times as far from this the lags of an account may be as is usual.
    """

    medians: tuple[float, ...] = (20.0, 30.0, 50.0)
    weights: tuple[float, ...] = (0.50, 0.20, 0.04)
    spread: float = 0.9
    shares: tuple[float, ...] = ()
    scale: float = 1.0

    @cached_property
    def shape(self) -> Floats:
        """Share of the reports of each bin."""
        from scipy.special import ndtr

        if self.shares:
            measured: Floats = np.array(self.shares)
            return measured / measured.sum()

        edges = np.maximum(EDGES, 1e-9)[:, None]
        below = ndtr((np.log(edges) - np.log(self.medians)) / self.spread) @ np.array(self.weights)
        share: Floats = np.diff(below)
        return share / share.sum()

    def day_of(self, part: float) -> int:
        """Days after the order by which this part of the reports is in.

        >>> LagPrior().day_of(0.5), LagPrior().day_of(0.9)
        (22, 70)
        """
        so_far = np.cumsum(daily_profile(self.shape) * self.shape[BIN_OF_LAG])
        return int(np.searchsorted(so_far, part))


def pooled_shape(reports: Floats, exposure: Floats, prior: Floats, rate: float) -> Floats:
    """Shape of all weeks together: the Kaplan-Meier estimate by bins, drawn to the prior.

    Parameters
    ----------
    reports, exposure : float arrays [week, bin]
        Reports, and orders times the share of the bin they have lived through.
    prior : float array [bin]
    rate : float
        Share of orders believed to become defective.
    """
    n, at_risk = reports.sum(axis=0), exposure.sum(axis=0)
    level = (n.sum() + 1.0) / (at_risk @ prior + 1.0 / rate)
    by_bin = (PSEUDO_REPORTS * prior + n) / (PSEUDO_REPORTS / level + at_risk)
    shape: Floats = by_bin / by_bin.sum()
    return shape


def daily_profile(shape: Floats) -> Floats:
    """Share of a bin's reports on each of its days, [lag]; the shares of a bin add up to 1.

    Density against lag is a line through the middles of the bins where both are logarithmic, and
    goes on at both ends as it is beside them: hardly anything is reported on the first days.

    Examples
    --------
    >>> profile = daily_profile(LagPrior().shape)
    >>> bool(np.allclose(np.bincount(BIN_OF_LAG, profile), 1))
    True
    """
    density, middle = np.log(shape / WIDTHS), np.log(MIDDLES + 0.5)
    day = np.log(np.arange(LONGEST) + 0.5)
    part = np.clip(np.searchsorted(middle, day) - 1, 0, N_BINS - 2)
    slope = np.diff(density) / np.diff(middle)
    on_day = np.exp(density[part] + slope[part] * (day - middle[part]))
    profile: Floats = on_day / np.bincount(BIN_OF_LAG, on_day)[BIN_OF_LAG]
    return profile


def lived_through(profile: Floats, weekdays: Floats, oldest: int) -> Floats:
    """Share of each bin that orders have lived through, [weekday, age + 1, bin].

    Parameters
    ----------
    profile : float array [lag]
        From :func:`daily_profile`.
    weekdays : float array [7]
        How much is reported on a day against the mean day; entry ``q`` is of the weekday that is
        ``q`` days before today's.
    oldest : int
        Greatest age.

    Returns
    -------
    float array
        Entry ``[r, a + 1]`` is of an order of age ``a`` on a day that is ``r`` days after today,
        or any number of whole weeks more; ``[r, 0]`` of one not placed yet.
    """
    lag = np.arange(LONGEST)
    by_residue = np.zeros((7, LONGEST, N_BINS))
    by_residue[lag % 7, lag, BIN_OF_LAG] = profile
    so_far = by_residue.cumsum(axis=1)
    age = np.arange(oldest + 1)
    rows = so_far[:, np.minimum(age, LONGEST - 1)]  # [residue of the lag, age, bin]
    r, residue = np.arange(7)[:, None, None], np.arange(7)[:, None]
    weight = weekdays[(age - residue - r) % 7]  # [r, residue, age]
    found = np.zeros((7, oldest + 2, N_BINS))
    np.einsum("rua,uab->rab", weight, rows, out=found[:, 1:], optimize=True)
    return found


def reporting_weekdays(days_ago: Integers, days: int) -> Floats:
    """How much is reported on each weekday against the mean day, by days before today, [7].

    Parameters
    ----------
    days_ago : int array
        Days since each report.
    days : int
        Days reports could have been seen.

    Notes
    -----
    Drawn to the same on every day, as if ``WEEKDAY_PSEUDO`` reports had been seen on each.
    """
    whole = days - days % 7
    counts = np.bincount(days_ago[days_ago < whole] % 7, minlength=7) + WEEKDAY_PSEUDO
    found: Floats = counts / counts.mean()
    return found


STRETCHES, SPREADS = np.linspace(-1.5, 1.5, 61), np.linspace(-0.6, 0.6, 25)
"""Logarithms of how many times longer lags may have become, and wider apart."""
PIVOT = 20.0
"""Days of the lag that is stretched and no more, however much wider apart lags are."""


def before_stretch(
    lag: Floats | Integers, stretch: Floats | float, spread: Floats | float
) -> Floats:
    """The lag that became `lag`, where lags are `stretch` times longer and `spread` times wider.

    Wider apart on a logarithmic scale, so that a spread above 1 is of lags of which the short
    ones grew less than the long ones.

    Examples
    --------
    >>> before_stretch(np.array([28, 70]), 1.4, 1.0).round(6).tolist()
    [20.0, 50.0]
    >>> before_stretch(np.array([28, 112]), 1.4, 2.0).round(6).tolist()
    [20.0, 40.0]
    """
    found: Floats = PIVOT * (lag / (PIVOT * stretch)) ** (1 / np.asarray(spread))
    return found


def stretched(shape: Floats) -> Floats:
    """What a stretch adds to the logarithm of each bin's share, [stretch, spread, bin].

    Lags that became longer have the distribution ``G(before_stretch(x))`` up to the last bin. Its
    share stays as it was: feedback ends after 90 days and claims soon after, so that slow buyers
    come too late rather than later.
    """
    density = daily_profile(shape) * shape[BIN_OF_LAG]
    below = np.concatenate([[0.0], np.cumsum(density)])
    stretch, spread = np.exp(STRETCHES)[:, None, None], np.exp(SPREADS)[:, None]
    edges = before_stretch(EDGES[:-1], stretch, spread)
    share = np.diff(np.interp(edges, np.arange(LONGEST + 1), below))
    share *= (1 - shape[-1]) / share.sum(axis=2, keepdims=True)
    added = np.zeros((*share.shape[:2], N_BINS))
    added[..., :-1] = np.log(np.maximum(share, 1e-9)) - np.log(np.maximum(shape[:-1], 1e-9))
    return added
