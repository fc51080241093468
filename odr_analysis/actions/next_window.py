"""The range of defective orders in a later window, from the counts of one window."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

RANGE = 0.9
"""Probability that a later window lies in the range, if half of the addressed defects are avoided
and nothing else changes."""


def next_window(d: int, k: int) -> tuple[int, int]:
    """Fewest and most defective orders of a later window of as many orders, in RANGE of cases.

    Parameters
    ----------
    d : int
        Defective orders of the window.
    k : int
        Of them those addressed, each of which is avoided from now on with probability one half.

    Returns
    -------
    tuple of int
        Quantiles (1 - RANGE) / 2 and (1 + RANGE) / 2 of defective orders.

    Notes
    -----
    Predictive distribution of a Poisson count whose rate is estimated from `d` (Jeffreys prior:
    the rate is gamma distributed with shape ``d + 1/2``). The defects that are not addressed, and
    the half that is left of those that are, are negative binomial each; the window has their sum.
    Poisson allows for a little more than orders that are defective or not, which matters only for
    rates far above any limit.

    Examples
    --------
    >>> next_window(0, 0), next_window(17, 0), next_window(17, 13)
    ((0, 2), (9, 28), (5, 19))
    """
    first, sums = 0, np.ones(1)
    # Half of a rate estimated from one window is a rate estimated from two.
    for shape, windows in ((d - k + 0.5, 1), (k, 2)):
        if not shape:
            continue
        mean = shape / windows
        reach = 9 * np.sqrt(mean * (1 + 1 / windows)) + 30
        low = max(int(mean - reach), 0)
        at = np.arange(low, int(mean + reach) + 1)
        log = gammaln(at + shape) - gammaln(at + 1) - gammaln(shape)
        log += shape * np.log(windows / (windows + 1)) - at * np.log(windows + 1)
        first, sums = first + low, np.convolve(sums, np.exp(log))
    within = np.cumsum(sums)
    fewest, most = np.searchsorted(within, [(1 - RANGE) / 2, (1 + RANGE) / 2])
    return first + int(fewest), first + int(most)
