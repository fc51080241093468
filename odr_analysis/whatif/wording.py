"""The one comparison with the target, and rates of expected counts in words."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from odr_analysis import words
from odr_analysis.policy import Policy


def under_target(
    n_defective: npt.ArrayLike, n_orders: npt.ArrayLike, target: float
) -> npt.NDArray[np.bool_]:
    """Whether each rate is strictly below target; False without orders.

    Compares whole numbers, so that 1 of 100 is not below 1 %. Expected counts carry rounding
    errors in their last digits; a tie within them counts as a tie.

    >>> under_target([1, 1, 0], [100, 101, 0], 0.01).tolist()
    [False, True, False]
    """
    share = Fraction(str(target))
    bad = np.asarray(n_defective, dtype=float) * share.denominator
    allowed = np.asarray(n_orders, dtype=float) * share.numerator
    below: npt.NDArray[np.bool_] = bad < allowed - 1e-9 * np.maximum(allowed, 1.0)
    return below & (np.asarray(n_orders) > 0)


def is_whole(*counts: float) -> bool:
    """Whether counts are whole orders, not expected values."""
    return all(float(n).is_integer() for n in counts)


def rate_of(n_defective: float, n_orders: float, target: float) -> str:
    """A rate as ``words.rate`` writes it, for expected counts too.

    >>> rate_of(37, 4312, 0.01), rate_of(37.5, 4312.5, 0.01), rate_of(9.996, 1000.5, 0.01)
    ('0.86 %', '0.87 %', '0.999 %')
    """
    if not n_orders:
        return "no rate"
    if is_whole(n_defective, n_orders):
        policy = Policy(target=target, warning_from=min(target, Policy.warning_from))
        return words.rate(int(n_defective), int(n_orders), policy)
    below = bool(under_target(n_defective, n_orders, target))
    share = n_defective / n_orders
    # Expected counts carry rounding errors; a tie within them is a tie, in words too.
    at = not below and share < target
    return words.percent(target if at else share, [target])
