"""Exact tests of groups of orders against the rest, tested together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, gammaln

from odr_analysis.arrays import Floats, Integers

FALSE_CAUSES = 0.05
"""Probability, at most, that a report calls any group significant that is like the rest."""

BEYOND = 0.05
"""Probability, at most, that the lower end of a ratio lies above the truth, and likewise that the
upper end lies below it."""

HALVINGS = 50
"""Steps in which a lower end is searched for."""

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


def compared_together(d: Integers, n: Integers, all_d: Integers, all_n: Integers) -> GroupTests:
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
    needed = np.array([fewest(tail, largest) for tail in tails])
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


def fewest(tail: Floats, p: float) -> int:
    """Fewest defective orders whose `tail` (of :func:`upper_tail`) is at most `p`."""
    return len(tail) - int(np.searchsorted(tail[::-1], p * ALIKE, side="right"))


def times_as_often(d: int, n: int, all_d: int, all_n: int, needed: int = 0) -> tuple[float, float]:
    """Ends of how many times as often a group goes wrong as the rest, given it was picked.

    Parameters
    ----------
    d, n, all_d, all_n : int
        Defective orders and orders of the group, and of all, the group among them.
    needed : int
        Defective orders without which nobody would have asked for this group.

    Returns
    -------
    tuple of float
        Each end lies on the wrong side of the truth with a probability of at most ``BEYOND`` among
        groups that have the defective orders `needed`. The lower end is 0 where `d` is no more
        than that; the upper is infinite where no other order is defective.

    Notes
    -----
    Given how many orders went wrong in all, those of the group are binomial with a share that the
    ratio of the rates decides (of rare defects; of others the interval is wider than need be).
    The lower end is the ratio at which, of the groups with `needed` or more, ``BEYOND`` have `d`
    or more: a group is looked at because its count is high, and the plain lower end of such
    groups lies above the truth far more often (conditional inference after selection, e.g. Zhong
    and Prentice, Biostatistics 9, 2008). The upper end is that of Clopper and Pearson (1934): a
    choice of high counts can only make it safer.

    Examples
    --------
    Of 66 defective orders 20 are in a group that has 8 % of the orders:

    >>> print("{:.2f} to {:.2f}".format(*times_as_often(20, 400, 66, 5000)))
    3.07 to 7.96
    >>> print("{:.2f} to {:.2f}".format(*times_as_often(20, 400, 66, 5000, needed=16)))
    2.19 to 7.96
    """
    outside = (all_n - n) / n
    share = float(betaincinv(d + 1, all_d - d, 1 - BEYOND)) if d < all_d else 1.0
    high = share / (1 - share) * outside if share < 1 else float("inf")
    if d <= needed:
        return 0.0, high
    k = np.arange(needed, all_d + 1)
    ways = log_choose(all_d, k)
    low, top = np.log(1e-9), np.log(1e9)
    for _ in range(HALVINGS):
        odds = (low + top) / 2
        log = ways + k * odds
        weight = np.exp(log - log.max())
        if weight[d - needed :].sum() < BEYOND * weight.sum():
            low = odds
        else:
            top = odds
    return float(np.exp(low)) * outside, high


def shows_from(needed: int, n: int, all_d: int, all_n: int, found_in: float) -> float:
    """How many times as often a group must go wrong to be found in a share of cases.

    Parameters
    ----------
    needed : int
        Fewest defective orders at which the group is significant.
    n, all_d, all_n : int
        Orders of the group, and defective orders and orders of all.
    found_in : float
        The share of cases, a fraction 0-1.

    Returns
    -------
    float
        The ratio of the rates at which `needed` or more of the `all_d` defective orders are in the
        group in so many cases; inf where it cannot have so many.

    Examples
    --------
    A tenth of all orders of which 11 are defective, found from 5 on:

    >>> round(shows_from(5, 100, 11, 1000, 0.8), 1)
    10.4
    """
    if needed > min(n, all_d):
        return float("inf")
    share = float(betaincinv(needed, all_d - needed + 1, found_in))
    return share / (1 - share) * (all_n - n) / n if share < 1 else float("inf")


def log_choose(n: int, k: npt.NDArray[Any]) -> Floats:
    """Logarithm of how many ways there are to choose `k` of `n`."""
    found: Floats = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return found
