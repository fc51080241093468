"""Exact shares of a change of a rate: what each defect and each order is worth."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction


def ratio(part: int, whole: int) -> Fraction:
    """``part / whole``; 0 where `whole` is 0, so that a change from or to no orders has parts."""
    return Fraction(part, whole) if whole else Fraction(0)


def shares_of_change(
    n_defective: int, n_orders: int, defects: Mapping[str, int], orders: Mapping[str, int]
) -> dict[str, Fraction]:
    """What each effect contributes to the change of ``n_defective / n_orders``.

    Parameters
    ----------
    n_defective, n_orders : int
        The counts before.
    defects : mapping of str to int
        Effects that add to ``n_defective``, such as ``{"entered": 3, "left": -2}``.
    orders : mapping of str to int
        Effects that add to ``n_orders``; other names than in `defects`.

    Returns
    -------
    dict of str to Fraction
        One share per effect, in the order given; they sum exactly to the rate after all
        effects minus the rate before. Where there are no orders the rate is taken as 0.

    Notes
    -----
    With ``d`` defective of ``n`` orders before and ``D`` of ``N`` after, the change is that of
    the numerator plus that of the denominator, each taken as the mean of coming first and coming
    second (the Shapley value of two factors)::

        D/N - d/n = (D - d) * (1/n + 1/N) / 2  +  (d + D) / 2 * (1/N - 1/n)

    Within each, every defect is worth the same and every order is worth the same, so the shares
    do not hang on any order of effects, change their sign when the days are swapped, and add up
    over any grouping of orders.

    Examples
    --------
    One of ten orders is defective. Two good orders leave: 1 of 8, so all of the change is theirs.

    >>> shares_of_change(1, 10, {"entered": 0}, {"left": -2})
    {'entered': Fraction(0, 1), 'left': Fraction(1, 40)}
    """
    after_d = n_defective + sum(defects.values())
    after_n = n_orders + sum(orders.values())
    before, after = ratio(1, n_orders), ratio(1, after_n)
    of_a_defect = (before + after) / 2
    more = after_n - n_orders
    of_an_order = Fraction(n_defective + after_d, 2) * (
        (after - before) / more if more else -before * after
    )
    return {name: n * of_a_defect for name, n in defects.items()} | {
        name: n * of_an_order for name, n in orders.items()
    }
