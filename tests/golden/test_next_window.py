"""How often a later window lies in the range of a strategy.

``python -m tests.golden.test_next_window 2000`` prints the shares. Orders are drawn one by one.
"""

from __future__ import annotations

import sys

import numpy as np
import pytest

from odr_analysis.actions.next_window import next_window


def inside(seed: int, n: int, usual: float) -> bool:
    """Whether a later window with half of the addressed defects avoided lies in the range."""
    rng = np.random.default_rng([seed, n, int(usual * 1e5)])
    # Products differ in how often they go wrong and in how often for an addressed reason.
    risk = usual * rng.dirichlet(np.full(20, 2.0)) * 20
    share = rng.uniform(0, 1, 20)
    mix = rng.dirichlet(np.full(20, 3.0))

    def window(avoided: float) -> tuple[int, int]:
        product = rng.choice(20, n, p=mix)
        wrong = rng.random(n) < risk[product]
        addressed = wrong & (rng.random(n) < share[product])
        wrong &= ~(addressed & (rng.random(n) < avoided))
        return int(wrong.sum()), int(addressed.sum())

    low, high = next_window(*window(0))
    return low <= window(0.5)[0] <= high


@pytest.mark.parametrize(("n", "usual"), [(200, 0.01), (1000, 0.008), (5000, 0.01)])
def test_nine_of_ten_later_windows_lie_inside(n: int, usual: float) -> None:
    held = sum(inside(seed, n, usual) for seed in range(500))
    # At least 88 %, and not by a range so wide that nothing lies outside.
    assert 440 <= held <= 485, f"{held} of 500"


if __name__ == "__main__":
    seeds = range(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
    for n, usual in ((100, 0.01), (200, 0.01), (1000, 0.003), (1000, 0.008), (5000, 0.01)):
        held = sum(inside(seed, n, usual) for seed in seeds)
        sys.stdout.write(f"{n} orders at {usual:.1%}: {held / len(seeds):.1%} inside\n")
