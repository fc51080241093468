"""What chance alone makes of groups of orders: the funnel around the usual rate."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]


def usual_counts(rows: pd.DataFrame) -> tuple[int, int]:
    """Defective orders and orders of which the usual rate is made, from whatever the rows tell.

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


def chance_limits(n_orders: npt.ArrayLike, usual: float, within: float) -> tuple[Floats, Floats]:
    """Rates between which chance alone keeps groups of so many orders, as fractions.

    Parameters
    ----------
    n_orders : array of int
    usual : float
        The rate of every single order, were there nothing but chance.
    within : float
        Share of the groups between the limits at least; of the others, half at most are above.

    Notes
    -----
    On the upper limit or above it is a group just when the chance of as many defects or more is
    at most ``(1 - within) / 2``, and so on the lower one or below it with as many or fewer. In
    between whole defects the limits follow the incomplete beta function, as the binomial
    distribution does, so that they have no steps. Where even a group without a defect is no
    surprise, the lower limit is 0, and where one of nothing but defects is none, the upper one is
    above 1.

    Examples
    --------
    Of groups of 1,000 orders at 1 %, nineteen of twenty have 4 to 17 defective ones:

    >>> low, high = chance_limits([1000], 0.01, 0.95)
    >>> print(low.round(4), high.round(4))
    [0.0039] [0.0171]
    """
    from scipy.special import bdtrik

    n = np.asarray(n_orders, dtype=np.float64)
    tail = (1 - within) / 2
    low, high = bdtrik(tail, n, usual) / n, (bdtrik(1 - tail, n, usual) + 1) / n
    return low, high
