"""Scores of a forecast given as draws, once the truth is known; smaller is better.

All work on one number and its draws. Sources: Bracher et al. 2021 (weighted interval score),
Gneiting and Raftery 2007 (CRPS), Czado, Gneiting and Held 2009 (randomised PIT).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from odr_analysis.arrays import Flags, Floats
from odr_analysis.forecasting.bands import LEVELS, cuts


def quantiles(draws: npt.ArrayLike) -> Floats:
    """Median, then lower and upper end of each interval of ``LEVELS``; each is a draw.

    Examples
    --------
    >>> quantiles(np.arange(1, 101)).tolist()
    [50.0, 25.0, 75.0, 5.0, 95.0]
    """
    found = np.asarray(draws, float)
    middle = np.quantile(found, 0.5, method="inverted_cdf")
    return np.concatenate([[middle], cuts(found, LEVELS)])


def interval_score(truth: float, lower: float, upper: float, level: float) -> float:
    """Width of an interval, and what it misses the truth by times 2/(1 - level).

    Examples
    --------
    >>> interval_score(10, 2, 8, level=0.5)
    14.0
    """
    miss = max(lower - truth, 0.0) + max(truth - upper, 0.0)
    return float(upper - lower + 2 / (1 - level) * miss)


def wis(truth: float, bounds: npt.ArrayLike) -> float:
    """Weighted interval score of a median and the intervals of ``LEVELS``.

    That of a single number, all five the same, is its absolute error.

    Parameters
    ----------
    truth : float
    bounds : five numbers
        As :func:`quantiles` gives them.

    Examples
    --------
    >>> wis(10, [7, 7, 7, 7, 7])
    3.0
    """
    middle, *ends = np.asarray(bounds, float)
    total = abs(truth - middle) / 2
    for level, lower, upper in zip(LEVELS, ends[::2], ends[1::2], strict=True):
        total += (1 - level) / 2 * interval_score(truth, lower, upper, level)
    return float(total / (len(LEVELS) + 0.5))


def crps(truth: float, draws: npt.ArrayLike) -> float:
    """Continuous ranked probability score of draws: E|X - truth| - E|X - X'| / 2.

    Examples
    --------
    >>> crps(1, [0, 2])
    0.5
    """
    x = np.sort(np.asarray(draws, float))
    n = len(x)
    rank = 2 * np.arange(1, n + 1) - n - 1
    return float(np.abs(x - truth).mean() - rank @ x / n**2)


def pit(truth: float, draws: npt.ArrayLike, rng: np.random.Generator) -> float:
    """Where the truth lies among the draws, 0 to 1; ties are put in an order by lot.

    Uniform where the truth comes from what the draws come from, counts included.

    Examples
    --------
    >>> 0.5 < pit(3, [1, 2, 4], np.random.Generator(np.random.PCG64(1))) < 0.75
    True
    """
    x = np.asarray(draws)
    below, same = np.count_nonzero(x < truth), np.count_nonzero(x == truth)
    return float((below + rng.random() * (same + 1)) / (len(x) + 1))


def inside(pits: npt.ArrayLike, level: float) -> Flags:
    """Whether each PIT is inside the central interval of `level`.

    Examples
    --------
    >>> inside([0.02, 0.5, 0.95], 0.9).tolist()
    [False, True, True]
    """
    found: Flags = np.abs(np.asarray(pits, float) - 0.5) <= level / 2
    return found


def brier(happened: bool, probability: float) -> float:
    """Squared difference between what happened (0 or 1) and its probability.

    Examples
    --------
    >>> brier(True, 0.75)
    0.0625
    """
    return (float(happened) - probability) ** 2
