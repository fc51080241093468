"""Rates and counts of orders in words, where the counts may be expected values."""

from __future__ import annotations

from odr_analysis import words
from odr_analysis.policy import Policy
from odr_analysis.whatif.paths import Course, under_target


def is_whole(*counts: float) -> bool:
    """Whether counts are whole orders, not expected values.

    >>> is_whole(3, 100.0), is_whole(3, 100.5)
    (True, False)
    """
    return all(float(n).is_integer() for n in counts)


def rate_of(n_defective: float, n_orders: float, target: float) -> str:
    """A rate as ``words.rate`` writes it, for expected counts too.

    >>> rate_of(37, 4312, 0.01), rate_of(37.5, 4312.5, 0.01), rate_of(9.996, 1000.5, 0.01)
    ('0.86 %', '0.87 %', '0.999 %')
    """
    if not n_orders:
        return "no rate"
    if is_whole(n_defective, n_orders):
        policy = Policy(target=target, warning_from=min(target, Policy().warning_from))
        return words.rate(int(n_defective), int(n_orders), policy)
    below = bool(under_target(n_defective, n_orders, target))
    share = n_defective / n_orders
    # Expected counts carry rounding errors; a tie within them is a tie, in words too.
    at = not below and share < target
    return words.percent(target if at else share, [target])


def rate_on(course: Course, day: int) -> str:
    """The rate of one day of a course: ``0.86 %``."""
    return rate_of(course.n_defective[day], course.n_orders[day], course.target)


def counts_on(course: Course, day: int) -> str:
    """Rate and counts of one day; expected counts are marked, and shown whole.

    >>> import numpy as np
    >>> course = Course(np.array([4312.0, 1000.5]), np.array([37.0, 5.25]), target=0.01)
    >>> counts_on(course, 0), counts_on(course, 1)
    ('0.86 % (37 of 4,312 orders)', '0.52 % (about 5 of 1,000 orders)')
    """
    n, d = course.n_orders[day], course.n_defective[day]
    about = "" if is_whole(n, d) else "about "
    orders = "order" if n == 1 else "orders"
    return f"{rate_on(course, day)} ({about}{words.number(d)} of {words.number(n)} {orders})"
