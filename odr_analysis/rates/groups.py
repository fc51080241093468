"""Groups of orders beside each other: the usual rate, and how far groups of a size vary from it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from odr_analysis.arrays import Flags, Floats

WITHIN = (0.95, 0.998)
"""Share of the groups that random variation keeps between the limits: inner and outer."""


def usual_counts(rows: pd.DataFrame) -> tuple[int, int]:
    """Defective orders and orders behind the usual rate, from whatever columns the rows have.

    An order with two products is in two rows, and of a single reason rows without a defect are
    left out, so a row and its rest are better than the sum of rows.

    >>> usual_counts(pd.DataFrame({"n_orders": [10, 30], "n_defective": [1, 1]}))
    (2, 40)
    """
    if {"rest_n_orders", "rest_n_defective"} <= set(rows.columns):
        row = rows.iloc[0]
        n, d = row.n_orders + row.rest_n_orders, row.n_defective + row.rest_n_defective
    else:
        n, d = rows.n_orders.sum(), rows.n_defective.sum()
    return int(d), int(n)


def binomial_limits(n_orders: npt.ArrayLike, usual: float, within: float) -> tuple[Floats, Floats]:
    """Rates between which groups of so many orders stay if every order has the same rate.

    Parameters
    ----------
    n_orders : array of int
    usual : float
        That rate, a fraction.
    within : float
        Share of the groups between the limits at least; of the others, half at most are above.

    Returns
    -------
    lower, upper : float64 arrays
        Fractions; `upper` is above 1 where even a group of nothing but defects is within.

    Notes
    -----
    A group is on the upper limit or above it just when the probability of as many defects or more
    is at most ``(1 - within) / 2``, and on the lower one or below it likewise with as many or
    fewer. In between whole defects the limits follow the incomplete beta function, as the
    binomial distribution does, so that they have no steps. Where even a group without a defect is
    no surprise, the lower limit is 0.

    Examples
    --------
    Of groups of 1,000 orders at 1 %, nineteen of twenty have 4 to 17 defective ones:

    >>> low, high = binomial_limits([1000], 0.01, 0.95)
    >>> print(low.round(4), high.round(4))
    [0.0039] [0.0171]
    """
    from scipy.special import bdtrik

    n = np.asarray(n_orders, dtype=np.float64)
    tail = (1 - within) / 2
    low, high = bdtrik(tail, n, usual) / n, (bdtrik(1 - tail, n, usual) + 1) / n
    return low, high


def funnel(
    smallest: float, largest: float, usual: float, within: tuple[float, float] = WITHIN
) -> pd.DataFrame:
    """Limits around the usual rate for groups of every size, as a funnel plot has them.

    Parameters
    ----------
    smallest, largest : float
        Sizes to reach at least, in orders.
    usual : float
        Rate of all orders, a fraction.
    within : (float, float)
        Shares of the groups between the inner and the outer limits.

    Returns
    -------
    pandas.DataFrame
        One row per size, at most 240, denser among small ones: ``n_orders`` and, as fractions,
        ``lower``, ``upper`` (inner limits) and ``lower_outer``, ``upper_outer``, all float64. No
        rows where `usual` is 0 or 1: nothing varies then.

    See Also
    --------
    binomial_limits : how the limits are worked out.

    Examples
    --------
    >>> table = funnel(400, 1000, 0.01)
    >>> print(table.iloc[[0, -1]].round(4).to_string(index=False))
     n_orders  lower  upper  lower_outer  upper_outer
        400.0 0.0004 0.0220       0.0000       0.0297
       1000.0 0.0039 0.0171       0.0014       0.0215
    """
    sizes = np.array([], dtype=np.float64)
    if 0 < usual < 1:
        ends = max(np.floor(smallest), 1), np.ceil(largest)
        sizes = np.unique(np.geomspace(*ends, 240).round())
    lower, upper = binomial_limits(sizes, usual, within[0])
    lower_outer, upper_outer = binomial_limits(sizes, usual, within[1])
    return pd.DataFrame(
        {
            "n_orders": sizes,
            "lower": lower,
            "upper": upper,
            "lower_outer": lower_outer,
            "upper_outer": upper_outer,
        }
    )


def large_enough(n_orders: npt.ArrayLike, share: float = 0.25) -> Flags:
    """Which groups have at least a share of the median number of orders.

    A handful of orders can reach any rate; an axis is scaled to the rates of the others.

    >>> large_enough([100, 80, 2, 20]).tolist()
    [True, True, False, True]
    """
    n = np.asarray(n_orders, dtype=np.float64)
    return n >= np.median(n) * share
