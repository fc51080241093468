"""Rates and counts in words, expected values among them."""

from __future__ import annotations

import numpy as np
import pytest

from odr_analysis.answer.scenario.expected import counts_on, is_whole, rate_of, rate_on
from odr_analysis.whatif.paths import Course


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        ((37, 4312), "0.86 %"),
        ((1, 45), "2.22 %"),
        ((1.5, 300.0), "0.50 %"),
        ((9.99, 1000.0), "0.999 %"),
        ((10.0001, 1000.01), "1.00 %"),
        ((0, 0), "no rate"),
    ],
)
def test_rate_never_looks_like_the_other_side_of_the_target(counts, text):
    assert rate_of(*counts, 0.01) == text


def test_a_tie_within_rounding_errors_is_a_tie_in_words():
    # 28 days at 1/28 of 3 in 100: the floats add up to just under 1 %.
    n, d = 50.5 + sum([300 / 28] * 28), 0.505 + sum([3 / 28] * 28)
    assert d / n < 0.01 or d / n == pytest.approx(0.01)
    assert rate_of(d, n, 0.01) == "1.00 %"


def test_whole_counts_are_shown_as_they_are_and_expected_ones_marked():
    course = Course(np.array([1.0, 250.0, 250.5, 0.0]), np.array([0.0, 3.0, 3.0, 0.0]), 0.01)
    assert counts_on(course, 0) == "0 % (0 of 1 order)"
    assert counts_on(course, 1) == "1.20 % (3 of 250 orders)"
    assert counts_on(course, 2) == "1.20 % (about 3 of 250 orders)"
    assert rate_on(course, 3) == "no rate"
    assert is_whole()
    assert not is_whole(1, 0.5)
