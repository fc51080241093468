"""Random draws that stay the same for good.

numpy keeps the bits of PCG64 stable, but may change how it turns them into, say, a
lognormal. So everything here is made of plain uniform numbers, and a seed means the
same sample on every machine.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np

_NORMAL = NormalDist()
_EDGE = 1e-9


class Draws:
    """A stream of draws; what it gives depends on the seed and on the calls so far."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.Generator(np.random.PCG64(seed))

    def uniform(self, n: int) -> np.ndarray:
        """`n` numbers in [0, 1)."""
        return self._rng.random(n)

    def one(self) -> float:
        """One number in [0, 1)."""
        return float(self._rng.random())

    def hits(self, p: float | np.ndarray, n: int) -> np.ndarray:
        """`n` booleans, each true with probability `p` (one for all, or one each)."""
        return self.uniform(n) < p

    def below(self, high: int, n: int) -> np.ndarray:
        """`n` integers from 0 up to, not including, `high`."""
        return (self.uniform(n) * high).astype(np.int64)

    def picks(self, weights: Sequence[float] | np.ndarray, n: int) -> np.ndarray:
        """`n` positions in `weights`, each as likely as its weight."""
        edges = np.cumsum(np.asarray(weights, dtype=float))
        found = np.searchsorted(edges, self.uniform(n) * edges[-1], side="right")
        return np.minimum(found, len(edges) - 1)

    def choice(self, options: Sequence[Any]) -> Any:
        """One of `options`, all equally likely."""
        return options[int(self.one() * len(options))]

    def weighted(self, options: dict[str, float]) -> str:
        """One key of `options`, as likely as its weight."""
        at = self.one() * sum(options.values())
        for key, weight in options.items():
            at -= weight
            if at < 0:
                return key
        return next(reversed(options))

    def lognormal(self, median: float, sigma: float) -> float:
        """One lognormal number by its median and the sd of its logarithm."""
        u = min(max(self.one(), _EDGE), 1 - _EDGE)
        return median * math.exp(sigma * _NORMAL.inv_cdf(u))
