"""Exact tests of groups of orders against the rest, judged together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from odr_analysis.rates.windows import Integers

Floats = npt.NDArray[np.float64]

FALSE_CAUSES = 0.05
"""Probability, at most, that a report calls any group significant that is like the rest."""

ALIKE = 1 + 1e-9
"""Probabilities nearer than this are one, written in other roundings."""


@dataclass(frozen=True, eq=False)
class GroupTests:
    """What one-sided Fisher tests of groups find, one entry per group.

    Attributes
    ----------
    p_value : float64 array
        Probability of as many defective orders or more, were the group like the rest.
    p_adjusted : float64 array
        Probability, at most, that any of the groups tested together has so small a ``p_value``,
        were all like the rest.
    needed : int64 array
        Fewest defective orders at which ``p_adjusted`` is at most ``FALSE_CAUSES``; one more than
        the group can have where none would do.
    """

    p_value: Floats
    p_adjusted: Floats
    needed: Integers


def judged_together(d: Integers, n: Integers, all_d: Integers, all_n: Integers) -> GroupTests:
    """Fisher tests of groups with `d` of `n` orders defective, of `all_d` among `all_n`.

    Notes
    -----
    Counts are whole, and a small group can reach few p-values: most of its probabilities of a
    small one are less than that. ``p_adjusted`` sums the probabilities each group really has
    (Westfall and Wolfinger, Am. Stat. 51, 1997; where counts are large it is Bonferroni's), which
    holds however groups overlap. Groups of several series tested together share one budget, and a
    small series takes little of it.

    The rate of false *discoveries* is not what is controlled: one true cause makes many
    overlapping groups significant (its product, price and ASIN, for each reason), which would
    raise the number of false ones allowed, while a report names the cause once.
    """
    if not len(d):
        return GroupTests(np.empty(0), np.empty(0), np.empty(0, dtype=np.int64))
    # Many small groups have the same margins, and each is worked out once.
    margins, of, times = np.unique(
        np.stack([n, all_d, all_n]), axis=1, return_inverse=True, return_counts=True
    )
    of = of.ravel()
    tails = [upper_tail(*margin) for margin in margins.T.tolist()]
    p = np.array([tails[m][k] for m, k in zip(of.tolist(), d.tolist(), strict=True)])
    values, sums = _summed(tails, times)
    adjusted = np.minimum(sums[np.searchsorted(values, p * ALIKE, side="right")], 1.0)
    few = sums[np.searchsorted(values, values * ALIKE, side="right")] <= FALSE_CAUSES
    largest = values[few][-1] if few.any() else 0.0
    needed = np.array(
        [len(tail) - np.searchsorted(tail[::-1], largest * ALIKE, side="right") for tail in tails]
    )
    # Having no defect at all is certain, and is never unlikely.
    adjusted[d == 0] = 1.0
    return GroupTests(p, adjusted, needed[of])


def _summed(tails: list[Floats], times: Integers) -> tuple[Floats, Floats]:
    """Values that p-values can take, rising, and the sum of the probabilities of one up to each.

    `times` groups have each of `tails`. The second array is one longer: it begins before the
    first value.
    """
    # From the least likely on, without that of having no defect at all.
    rising = [tail[:0:-1] for tail in tails]
    values = np.concatenate(rising)
    more = np.concatenate(
        [np.diff(r, prepend=0.0) * alike for r, alike in zip(rising, times.tolist(), strict=True)]
    )
    order = np.argsort(values, kind="stable")
    return values[order], np.append(0.0, more[order].cumsum())


def upper_tail(n: int, all_d: int, all_n: int) -> Floats:
    """Probability of at least 0, 1, 2, ... defective of `n` of `all_n` orders, `all_d` of them bad.

    The tails of the hypergeometric distribution, summed from the small end so that small values
    stay exact. (scipy.stats has them too, and takes half a second to import.)
    """
    k = np.arange(min(n, all_d) + 1)
    possible = all_n - all_d - n + k >= 0
    k = k[possible]
    log = log_choose(all_d, k) + log_choose(all_n - all_d, n - k) - log_choose(all_n, np.array(n))
    tail = np.exp(log)[::-1].cumsum()[::-1]
    return np.append(np.ones(int((~possible).sum())), np.minimum(tail / tail[0], 1.0))


def log_choose(n: int, k: npt.NDArray[Any]) -> Floats:
    """Logarithm of how many ways there are to choose `k` of `n`."""
    found: Floats = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return found
