"""Courses and paths made by hand: states, crossings and the days that matter."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from odr_analysis.policy import Policy
from odr_analysis.whatif.paths import Course, KeyDay, Path, under_target


def course(defective: list[float], orders: list[float] | int = 100) -> Course:
    n = [orders] * len(defective) if isinstance(orders, int) else orders
    return Course(np.array(n, dtype=float), np.array(defective, dtype=float), target=0.01)


def path(base: Course, then: Course) -> Path:
    return Path(("Amazon.de", "mfn"), date(2026, 9, 30), known=base, base=base, then=then)


def test_at_the_target_is_over_it_and_without_orders_is_neither():
    mine = course([1, 0, 2, 0], [100, 100, 300, 0])
    assert mine.states.tolist() == ["over", "under", "under", "empty"]
    assert mine.now == "over"
    assert (mine.first("under"), mine.first("over", 1), mine.first("over", None)) == (1, None, None)
    assert mine.odr[:3].tolist() == [0.01, 0.0, 2 / 300]
    assert np.isnan(mine.odr[3])


def test_what_changes_and_when_it_is_largest():
    base, then = course([2, 2, 2]), course([2, 2, 2], [100, 150, 120])
    both = path(base, then)
    assert both.changed
    assert (both.first_extra, both.largest_change, both.last) == (1, 1, 2)
    assert both.on(2) == date(2026, 10, 2)
    same = path(base, base)
    assert (same.changed, same.first_extra, same.largest_change) == (False, None, None)
    # A day on which one has no order has no difference.
    gone = path(course([2, 0], [100, 0]), course([2, 0], [100, 50]))
    assert (gone.first_extra, gone.largest_change) == (1, None)


@pytest.mark.parametrize(
    ("base", "then", "crossings"),
    [
        ([2, 2, 0], [2, 0, 0], [KeyDay(2, "under", "without"), KeyDay(1, "under", "with")]),
        ([2, 2, 0], [2, 2, 0], [KeyDay(2, "under")]),
        ([0, 2, 2], [0, 0, 0], [KeyDay(1, "over", "without")]),
        # Both cross on one day, whatever they do later.
        ([2, 0, 0], [2, 0, 1], [KeyDay(1, "under")]),
        # A scenario that works at once turns the other way.
        ([2, 2, 0], [0, 0, 2], [KeyDay(2, "under", "without"), KeyDay(2, "over", "with")]),
    ],
)
def test_crossings(base, then, crossings):
    found = list(path(course(base), course(then)).key_days())
    assert [day for day in found if day.what in ("over", "under")] == crossings
    assert (found[0], found[-1]) == (KeyDay(0, "today"), KeyDay(2, "last"))


def test_ties_are_not_under_target():
    assert under_target([7, 7], [700, 701], 0.01).tolist() == [False, True]
    # 28 days at 1/28 of 7: expected counts with rounding errors in the last digits.
    n, d = 100 + sum([100 / 28] * 28), 1 + sum([1 / 28] * 28)
    assert not under_target(d, n, 0.01)
    # The comparison of Policy and this one agree.
    policy = Policy()
    assert all(
        bool(under_target(d, n, 0.01)) == policy.under_target(d, n)
        for n in range(0, 700, 7)
        for d in range(9)
    )
