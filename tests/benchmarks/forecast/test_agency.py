"""The agencies of the benchmark of priors: as many sellers, as small and as alike as they claim."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.forecast.agency import FEWEST, KINDS, MOST, SELLERS, agency, scored
from benchmarks.forecast.world import HISTORY_DAYS
from odr_analysis.forecasting.priors import prior_of


@pytest.mark.parametrize("generator", ["g1", "g2"])
def test_sellers_are_small_and_the_prior_is_near_their_rate(generator: str) -> None:
    kind = KINDS[0]
    sellers = agency(generator, kind, np.random.SeedSequence(3))
    assert len(sellers) == SELLERS
    per_window = [s.n_orders[:HISTORY_DAYS].sum() * 60 / HISTORY_DAYS for s in sellers]
    assert 0.5 * FEWEST < min(per_window) < 60
    assert 100 < max(per_window) < 1.5 * MOST
    prior = prior_of(s.table for s in sellers)
    orders = sum(s.truth.window_orders for s in sellers)
    mature = sum(s.truth.mature["union"] for s in sellers)
    assert prior.rate == pytest.approx(mature / orders, rel=0.4)
    assert prior.rate_sd < 0.7


def test_every_quantity_is_scored_once() -> None:
    seller = agency("g1", KINDS[-1], np.random.SeedSequence(3))[0]
    names, *numbers = zip(*scored(seller, None, np.random.default_rng(0)), strict=True)
    assert names == ("mature", "final", "7 days", "14 days", "30 days", "60 days")
    assert np.isfinite(np.array(numbers, float)).all()
