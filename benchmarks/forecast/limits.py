"""What the forecast must hold, by orders in 60 days; and what its prototype reached."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from benchmarks.forecast.accounts import VOLUMES

PROTOTYPE = Path(__file__).with_name("prototype.csv")
"""One row per measure x orders x scenario x horizon, mean of both generators: 600 accounts."""


class Limit(NamedTuple):
    """Least and greatest value of a measure, both allowed."""

    least: float
    most: float

    def holds(self, value: float) -> bool:
        """Whether a value is within; one that is not a number is not."""
        return self.least <= value <= self.most


def at_most(*values: float) -> list[Limit]:
    return [Limit(-float("inf"), value) for value in values]


def at_least(*values: float) -> list[Limit]:
    return [Limit(value, float("inf")) for value in values]


ANY = "any"
"""A scenario without limits of its own."""

LIMITS: dict[tuple[str, str], tuple[list[Limit], ...]] = {
    ("forecast PIT90", ANY): ([Limit(0.86, 0.96)], [Limit(0.86, 0.97)], [Limit(0.86, 0.97)]),
    ("forecast PIT90", "rate-x2"): (
        at_least(0.83, 0.81, 0.77, 0.76),
        at_least(0.80, 0.78, 0.75, 0.75),
        at_least(0.88),
    ),
    ("forecast WIS/persistence", ANY): (
        at_most(0.46, 0.52, 0.57, 0.62),
        at_most(0.44, 0.47, 0.56, 0.64),
        at_most(0.42, 0.44, 0.53, 0.70),
    ),
    ("forecast WIS/known path", ANY): (
        at_most(0.80, 0.70, 0.62, 0.67),
        at_most(0.30, 0.25, 0.33, 0.57),
        at_most(0.08, 0.08, 0.17, 0.47),
    ),
    ("breach Brier/persistence", ANY): (
        at_most(0.54, 0.60, 0.66, 0.68),
        at_most(0.46, 0.53, 0.65, 0.62),
        at_most(0.50, 0.65, 0.68, 0.62),
    ),
    ("nowcast PIT90", ANY): ([Limit(0.85, 0.95)], [Limit(0.85, 0.96)], [Limit(0.85, 0.96)]),
    ("nowcast WIS/as reported", ANY): (at_most(0.77), at_most(0.25), at_most(0.08)),
    ("nowcast WIS/as reported", "calm"): (at_most(0.77), at_most(0.20), at_most(0.05)),
    ("nowcast bias, mature", "calm"): (at_most(0.10), at_most(0.04), at_most(0.010)),
    ("rule broken", "all"): (at_most(0), at_most(0), at_most(0)),
    ("recovery named, under then", "all"): (at_least(0.76), at_least(0.76), at_least(0.76)),
    ("median error/as today", "calm"): (
        at_most(0.95, 0.90),
        at_most(0.75, 0.75),
        at_most(0.60, 0.60),
    ),
    ("90 days PIT90, mature", "calm"): (at_least(0.84), at_least(0.87), at_least(0.80)),
    ("90 days PIT90, final", "calm"): (at_least(0.84), at_least(0.89), at_least(0.87)),
    ("component PIT90", ANY): (at_least(0.85), at_least(0.85), at_least(0.85)),
}
"""Measure and scenario to a list for each of ``VOLUMES``: a limit for each horizon, or one for all.

The measure may go on after a comma: "nowcast PIT90" is also that of "nowcast PIT90, final".
"""


def limit_of(measure: str, orders: int, scenario: str, place: int = 0) -> Limit | None:
    """Limit of a measure at its horizon number `place`; None where there is none.

    Examples
    --------
    >>> limit_of("forecast PIT90", 5_000, "rate-x2", 1).least
    0.78
    >>> limit_of("nowcast PIT90, final", 5_000, "drift")
    Limit(least=0.85, most=0.96)
    >>> limit_of("nowcast bias, mature", 200, "drift") is None
    True
    """
    for name in (measure, measure.partition(",")[0]):
        for which in (scenario, ANY):
            if found := LIMITS.get((name, which)):
                limits = found[VOLUMES.index(orders)]
                return limits[min(place, len(limits) - 1)]
    return None


def prototype() -> dict[tuple[str, int, str, int], float]:
    """Measure, orders, scenario and horizon (0 if none) to what the prototype reached."""
    rows = pd.read_csv(PROTOTYPE)
    keys = zip(
        rows.measure, rows.orders, rows.scenario, rows.horizon.fillna(0).astype(int), strict=True
    )
    return dict(zip(keys, rows.value, strict=True))
