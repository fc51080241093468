"""Rates of many accounts beside each other: which are over the target, and which unlike the rest,
beyond what random variation of so many accounts of these sizes would show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from odr_analysis.arrays import Floats
from odr_analysis.rates.groups import binomial_limits
from odr_analysis.schema import Column, Columns, typed

FALSE_NAMES = 0.05
"""Probability, at most, that any account of a comparison is named although it is like the rest;
and likewise that any is called clearly over its target whose orders have defects no more often."""

WITHIN_A_MONTH = 0.11
"""Share of months, looked at every day, on some day of which an account of 300 that are all just at
the limit is called clearly over it: windows of neighbouring days are almost the same. Measured by
``ODR_LONG_TESTS=1 pytest tests/unit/rates/test_between_accounts.py``."""

HIGHER, LOWER, ALIKE = "higher", "lower", ""
LINE = 160
"""Sizes for which a limit is worked out, at most."""
FARTHEST = 38.0
"""Standard deviations from the middle beyond which a probability is 0 to a computer."""

BETWEEN_COLUMNS: Columns = {
    "z": Column(
        "float64",
        "distance from the rate of all in standard deviations, whatever the size",
        missing="NaN without orders",
    ),
    "differs": Column("str", f"{HIGHER!r} or {LOWER!r} than the rest, {ALIKE!r} where not shown"),
    "over_target": Column("bool", "clearly over its target"),
}
"""Columns of :func:`between_accounts`: one row per rate compared."""


@dataclass(frozen=True)
class Limits:
    """How far rates lie from that of all where every account has the same rate.

    Attributes
    ----------
    each, every : float
        Standard deviations within which 95 % of the rates lie, and within which all of them do in
        95 % of comparisons.
    """

    each: float
    every: float


def limits(n_rates: int) -> Limits:
    """The limits of `n_rates` rates.

    >>> limits(1).each == limits(1).every
    True
    >>> round(limits(500).every, 2)
    3.89
    """
    from scipy.special import ndtri

    each, every = (float(ndtri(1 - FALSE_NAMES / 2 / m)) for m in (1, max(n_rates, 1)))
    return Limits(each, every)


def between_accounts(
    n_orders: npt.ArrayLike, n_defective: npt.ArrayLike, target: npt.ArrayLike
) -> pd.DataFrame:
    """Compare the rates of accounts with each other and with their targets.

    Parameters
    ----------
    n_orders, n_defective : array of int
        One entry per rate, each of other orders.
    target : float or array of float
        The rate each must stay below, a fraction.

    Returns
    -------
    pandas.DataFrame
        One row per rate, in their order: ``BETWEEN_COLUMNS``.

    Notes
    -----
    Given how many orders of all accounts are defective, those of one account are binomial with its
    share of the orders if all have the same (low) rate; ``z`` is the normal quantile of that
    distribution with half the probability of the count itself. ``differs`` and ``over_target`` rest
    on exact tests, two-sided and one-sided, each at ``FALSE_NAMES`` over the number of rates with
    orders (Bonferroni). Accounts differ in truth, so that a large one may be ``higher`` by little:
    its rate states how much.

    Examples
    --------
    Three of 100 may be an account like the others; thirty of 1,000 are not:

    >>> between_accounts([100, 1000, 9000], [3, 30, 40], 0.01).round(1)
         z differs  over_target
    0  2.0                False
    1  7.0  higher         True
    2 -7.4   lower        False
    """
    from scipy.special import bdtr, bdtrc, ndtri

    n, d = (np.asarray(values, dtype=np.int64) for values in (n_orders, n_defective))
    goal = np.broadcast_to(np.asarray(target, dtype=np.float64), n.shape)
    some = n > 0
    tested = max(int(some.sum()), 1)
    all_n, all_d = int(n.sum()), int(d.sum())
    share = n / max(all_n, 1)
    # Probability of as many or more, and of as many or fewer.
    more = np.where(d > 0, bdtrc(np.maximum(d - 1, 0), all_d, share), 1.0)
    fewer = bdtr(d, all_d, share)
    p = FALSE_NAMES / tested
    differs = np.select([some & (2 * more <= p), some & (2 * fewer <= p)], [HIGHER, LOWER], ALIKE)
    by_target = np.where(d > 0, bdtrc(np.maximum(d - 1, 0), n, goal), 1.0)
    low = (fewer + np.where(d > 0, bdtr(np.maximum(d - 1, 0), all_d, share), 0.0)) / 2
    high = (more + bdtrc(d, all_d, share)) / 2
    # Of a tail near 1 nothing is left of how far it is from it.
    z: Floats = np.where(low < high, ndtri(low), -ndtri(high))
    table = pd.DataFrame(
        {
            "z": np.where(some, np.clip(z, -FARTHEST, FARTHEST), np.nan),
            "differs": differs,
            "over_target": some & (by_target <= p),
        }
    )
    return typed(table, BETWEEN_COLUMNS)


def over_limit(low: float, high: float, target: float, n_rates: int) -> pd.DataFrame:
    """The rate from which on one of `n_rates` is clearly over its target, by its orders.

    Returns
    -------
    pandas.DataFrame
        One row per size between `low` and `high`: ``n_orders`` and ``rate``.

    >>> over_limit(1000, 1000, 0.01, 1).rate.round(3).tolist()
    [0.016]
    """
    sizes = np.unique(np.geomspace(max(np.floor(low), 1), np.ceil(high), LINE).round())
    _, rate = binomial_limits(sizes, target, 1 - 2 * FALSE_NAMES / n_rates)
    return pd.DataFrame({"n_orders": sizes, "rate": rate})


def all_but_few(rates: npt.ArrayLike) -> float:
    """The rate that all but one of 200 are below; 0 of none.

    >>> all_but_few([0.01, 0.01]), all_but_few([])
    (0.01, 0.0)
    """
    values = np.asarray(rates, dtype=np.float64)
    return float(np.quantile(values, 0.995)) if len(values) else 0.0


def vary_more(z: npt.ArrayLike) -> bool:
    """Whether rates vary by more than their sizes explain: accounts differ in truth.

    Were all alike, this would be so of at most 5 % of comparisons.

    >>> vary_more([0.5, -1.2, 0.3]), vary_more([0.5, -4.2, 3.3])
    (False, True)
    """
    from scipy.special import chdtri

    values = np.asarray(z, dtype=np.float64)
    values = values[np.isfinite(values)]
    if len(values) < 2:
        return False
    return bool((values**2).sum() > chdtri(len(values) - 1, FALSE_NAMES))
