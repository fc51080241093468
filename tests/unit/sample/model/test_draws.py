"""Draws: the same for good."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from odr_analysis.sample.model.draws import Draws


def test_draws_are_the_same_for_good() -> None:
    """Pinned: the shipped sample rests on these."""
    draws = Draws(1)
    assert draws.below(1000, 4).tolist() == [511, 950, 144, 948]
    assert draws.picks([1, 0, 3], 5).tolist() == [2, 2, 2, 2, 2]
    assert Counter(draws.picks([1, 0, 3], 4_000).tolist())[0] == pytest.approx(1_000, rel=0.1)
    assert draws.weighted({"a": 0.0, "b": 1.0}) == "b"
    values = [draws.lognormal(16, 0.75) for _ in range(2_000)]
    assert np.median(values) == pytest.approx(16, rel=0.1)


def test_nothing_and_everything_are_certain() -> None:
    draws = Draws(2)
    assert not draws.hits(0.0, 100).any()
    assert draws.hits(1.0, 100).all()
    assert draws.hits(np.array([0.0, 1.0]), 2).tolist() == [False, True]
    assert set(draws.below(1, 20).tolist()) == {0}
    assert draws.choice(["only"]) == "only"
    assert draws.lognormal(16, 0.0) == 16


def test_the_same_seed_draws_the_same_and_another_does_not() -> None:
    assert Draws(3).uniform(5).tolist() == Draws(3).uniform(5).tolist()
    assert Draws(3).uniform(5).tolist() != Draws(4).uniform(5).tolist()
