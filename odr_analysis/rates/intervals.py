"""How sure a rate is: interval of the underlying rate behind two counts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

from odr_analysis.arrays import Floats
from odr_analysis.errors import ParameterError


def jeffreys_interval(
    n_defective: npt.ArrayLike, n_orders: npt.ArrayLike, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Interval of the underlying defect rate, equal tails, Jeffreys prior.

    The bounds are the ``(1 - level) / 2`` and ``(1 + level) / 2`` quantiles of
    ``Beta(d + 1/2, n - d + 1/2)``, except that the lower bound is 0 when no order is defective
    and the upper bound is 1 when all are (Brown, Cai and DasGupta 2001, "Interval Estimation
    for a Binomial Proportion", Statistical Science 16(2), section 4.1).

    It says how far the rate that produces the defects may lie from the counted one. The
    counted one itself, which Amazon goes by, is not uncertain.

    Parameters
    ----------
    n_defective, n_orders : integers or arrays of integers of one shape
    level : float
        Between 0 and 1.

    Returns
    -------
    lower, upper : float64 arrays
        Fractions 0-1; NaN where there are no orders.

    Raises
    ------
    ParameterError
        `level` is outside 0 to 1, or some count is negative or more are defective than there
        are orders.

    Examples
    --------
    >>> lower, upper = jeffreys_interval([0, 1, 0], [10, 10, 0])
    >>> lower.round(3).tolist(), upper.round(3).tolist()
    ([0.0, 0.011, nan], [0.217, 0.381, nan])
    """
    d, n = np.broadcast_arrays(np.asarray(n_defective, np.int64), np.asarray(n_orders, np.int64))
    if not 0 < level < 1:
        raise ParameterError(f"level must be a fraction between 0 and 1, got {level}.")
    if np.any(d < 0) or np.any(d > n):
        raise ParameterError("n_defective must lie between 0 and n_orders.")
    # A year of days repeats few pairs of counts, and the quantile is the slow part.
    pairs, back = np.unique(np.stack([d.ravel(), n.ravel()]), axis=1, return_inverse=True)
    bad, of = pairs
    tail = (1 - level) / 2
    lower = np.where(bad == 0, 0.0, betaincinv(bad + 0.5, of - bad + 0.5, tail))
    upper = np.where(bad == of, 1.0, betaincinv(bad + 0.5, of - bad + 0.5, 1 - tail))
    lower[of == 0] = upper[of == 0] = np.nan
    return lower[back].reshape(d.shape), upper[back].reshape(d.shape)
