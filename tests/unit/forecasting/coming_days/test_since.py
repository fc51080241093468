"""What is known of the days after those the model is fitted to."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from odr_analysis.forecasting.coming_days.since import Since
from odr_analysis.forecasting.delay_model.split import Kinds
from tests.unit.forecasting.simulated import TODAY, series_of, simulated

ENDED = TODAY - timedelta(days=6)


@pytest.fixture(scope="module")
def both():
    table = simulated(200.0, seed=4)
    return series_of(table.known(ENDED)), series_of(table)


@pytest.mark.parametrize(
    ("last", "hidden"),
    [
        # Kinds that no file has on each of the six days: bits 1 feedback, 2 claim, 4 chargeback.
        ({"feedback": 0, "claim": 0, "chargeback": 0}, [0] * 6),
        ({"feedback": 0, "claim": 6, "chargeback": 0}, [2] * 6),
        ({"feedback": 4, "claim": 6, "chargeback": 0}, [2, 2, 3, 3, 3, 3]),
        ({"feedback": 6, "claim": 6, "chargeback": 6}, [7] * 6),
    ],
)
def test_what_no_file_has(both, last: dict[str, int], hidden: list[int]) -> None:
    """A report is unknown where every kind of it is, of each bin, against a slow count."""
    then, now = both
    reported = {c: TODAY - timedelta(days=ago) for c, ago in last.items()}
    found = Since.of(then, now, reported)
    first = Kinds.of(then).first
    for day, bits in enumerate(hidden):
        for bin_of, weights in enumerate(first):
            unknown = sum(w for mask, w in enumerate(weights, 1) if mask & ~bits == 0)
            assert found.unknown[day, bin_of] == pytest.approx(unknown / weights.sum())


def test_orders_of_these_days_oldest_first(both) -> None:
    then, now = both
    everything = dict.fromkeys(("feedback", "claim", "chargeback"), TODAY)
    assert Since.of(then, now, everything).placed.tolist() == now.n_orders[-6:].tolist()


def test_a_series_may_begin_within_these_days() -> None:
    short = series_of(simulated(9.0, days=4, seed=1))
    found = Since(short, np.zeros((6, 12))).placed
    assert found.tolist() == [0, 0, *short.n_orders.tolist()]
