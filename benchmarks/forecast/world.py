"""What both generators share: the days of a generated account, and what changes in a scenario.

Days are counted from the origin, the last day anything is known of: 0 is that day, -1 the day
before. They share no curve and no rate with each other or with the forecast.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

HISTORY_DAYS = 364
AHEAD_DAYS = 75
DAYS: Counts = np.arange(-HISTORY_DAYS + 1, AHEAD_DAYS + 1)
"""Order days of an account, the origin being 0."""

NEVER = 10_000
"""Delay of what is not reported at all, in days."""


@dataclass(frozen=True)
class Scenario:
    """What changes before the origin, for good.

    Each factor holds for the orders placed on the last so many days, and for all later ones.
    ``spread`` is the least spread of the rates of sellers (sd of the logarithm): after a change
    sellers of one rate would all breach on the same days.
    """

    name: str
    drift: bool = False
    rate: tuple[float, int] = (1.0, 0)
    lags: tuple[float, int] = (1.0, 0)
    volume: tuple[float, int] = (1.0, 0)
    spread: float = 0.0


SCENARIOS = {
    s.name: s
    for s in (
        Scenario("calm"),
        Scenario("drift", drift=True),
        Scenario("rate-x2", rate=(2.0, 30), spread=0.3),
        Scenario("lags-x1.4", lags=(1.4, 45), spread=0.2),
        Scenario("volume-x3", volume=(3.0, 20), spread=0.2),
    )
}


def step(change: tuple[float, int]) -> Numbers:
    """Factor of each order day: 1, and from so many days ago on that of the change."""
    factor, days_ago = change
    return np.where(-days_ago < DAYS, factor, 1.0)


class World(Protocol):
    """Everything about an account but its luck: expected orders, rates and delays of each day."""

    today: date

    def orders(self, day: Counts, rng: np.random.Generator) -> Counts:
        """Orders placed on each of these rows of ``DAYS``."""

    def defects(
        self, day: Counts, n_orders: Counts, rng: np.random.Generator
    ) -> tuple[Counts, Counts]:
        """The defective ones among these orders.

        Parameters
        ----------
        day, n_orders : int64 arrays of one length
            Row of ``DAYS``, orders placed then. A row may come more than once.

        Returns
        -------
        (cell, delays)
            One entry per defective order: its place in `day`, and in three columns (feedback,
            claim, chargeback) the days from order to report, ``NEVER`` where there is none.
        """


def origin(rng: np.random.Generator) -> date:
    """A day on which all is known so far; each weekday as often as the others."""
    return date(2026, 9, 28) + timedelta(days=int(rng.integers(7)))


def weekday_of(today: date) -> Counts:
    """Weekday of each order day, Monday being 0."""
    return (today.weekday() + DAYS) % 7


def repeat(counts: Counts) -> Counts:
    """The place of each single one: ``[2, 0, 1]`` gives ``[0, 0, 2]``."""
    return np.repeat(np.arange(len(counts)), counts)
