"""Rates in words: near their counts, and never across a limit."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odr_analysis import words
from odr_analysis.policy import Policy


@pytest.mark.parametrize("n", [1, 45, 99, 100, 101, 142, 143, 999, 1000, 4312, 99_999])
def test_a_rounded_rate_is_on_the_side_of_the_limit_its_counts_are_on(n):
    policy = Policy()
    for d in {0, 1, n // 143, n // 142, n // 101, n // 100, n // 100 + 1} & set(range(n + 1)):
        shown = float(words.rate(d, n, policy).removesuffix(" %"))
        assert (shown >= 1) == (not policy.under_target(d, n))
        assert (shown >= 0.7) == (policy.state(d, n) != "healthy")


@given(st.integers(1, 10**7).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_rate_in_words_is_near_its_counts_and_never_across_a_limit(counts):
    d, n = counts
    policy, text = Policy(), words.rate(d, n)
    share = Fraction(d, n)
    if text.startswith("just "):
        side = {"under": share < policy.target_fraction, "over": share > policy.target_fraction}
        assert text.endswith(" 0.7 %") or side[text.split()[1]]
        return
    number = text.removesuffix(" %")
    shown = Fraction(number) / 100
    assert abs(shown - share) <= Fraction(1, 20_000)
    assert d == 0 or (shown > 0 and len(number.partition(".")[2]) >= 2)
    for limit in (policy.target, policy.warning_from):
        assert (shown < Fraction(str(limit))) == (share < Fraction(str(limit)))
