"""The first generator: kinds of defects that hardly depend on each other, lognormal delays.

0.60 % of orders get negative feedback, 0.30 % a claim, 0.05 % a chargeback, all times a factor;
30 % of those who claim leave feedback too, and a third of chargebacks are of orders that have
one of both. Buyers who are slow with one are slow with the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.special import ndtr, ndtri

from benchmarks.forecast.world import (
    DAYS,
    NEVER,
    Counts,
    Numbers,
    Scenario,
    origin,
    repeat,
    step,
    weekday_of,
)

WEEKDAYS = np.array([1.15, 1.1, 1.05, 1.0, 0.95, 0.8, 0.95])
FEEDBACK, CLAIM, CHARGEBACK = 0.0060, 0.0030, 0.0005
FEEDBACK_OF_CLAIMANTS = 0.30
CHARGEBACKS_OF_DEFECTIVE = CHARGEBACK / 3 / (FEEDBACK + (1 - FEEDBACK_OF_CLAIMANTS) * CLAIM)
MEDIAN = np.array([16.0, 24.0, 45.0])
SPREAD = np.array([0.75, 0.60, 0.55])
LONGEST = np.array([90, 125, 150])
SHARED = 0.5
"""Correlation of the delays of one order, before the longest delay is cut off."""


@dataclass(frozen=True, eq=False)
class Lognormal:
    """A world of the first generator; see ``world.World``."""

    today: date
    mean_orders: Numbers
    level: Numbers
    stretch: Numbers

    def orders(self, day: Counts, rng: np.random.Generator) -> Counts:
        return rng.poisson(self.mean_orders[day])

    def defects(
        self, day: Counts, n_orders: Counts, rng: np.random.Generator
    ) -> tuple[Counts, Counts]:
        level = self.level[day]
        n_claims = rng.binomial(n_orders, CLAIM * level)
        alone = (FEEDBACK - FEEDBACK_OF_CLAIMANTS * CLAIM) * level
        n_feedback = rng.binomial(n_orders - n_claims, alone)
        n_chargebacks = rng.binomial(n_orders - n_claims - n_feedback, CHARGEBACK * 2 / 3 * level)
        claims, feedback, chargebacks = map(repeat, (n_claims, n_feedback, n_chargebacks))
        cell = np.concatenate([claims, feedback, chargebacks])
        has = np.zeros((len(cell), 3), dtype=bool)
        has[: len(claims), 1] = True
        has[: len(claims), 0] = rng.random(len(claims)) < FEEDBACK_OF_CLAIMANTS
        has[len(claims) :, 0] = np.arange(len(feedback) + len(chargebacks)) < len(feedback)
        has[len(claims) + len(feedback) :, 2] = True
        either = len(claims) + len(feedback)
        has[:either, 2] = rng.random(either) < CHARGEBACKS_OF_DEFECTIVE
        return cell, np.where(has, self._delays(day[cell], rng), NEVER)

    def _delays(self, day: Counts, rng: np.random.Generator) -> Counts:
        order = rng.standard_normal((len(day), 1))
        own = rng.standard_normal((len(day), 3))
        place = np.log(MEDIAN) + np.log(self.stretch[day])[:, None]
        cut = ndtr((np.log(LONGEST) - place) / SPREAD)
        within = ndtri(ndtr(np.sqrt(SHARED) * order + np.sqrt(1 - SHARED) * own) * cut)
        return np.exp(place + SPREAD * within).astype(np.int64)


def world(orders: int, scenario: Scenario, factor: float, rng: np.random.Generator) -> Lognormal:
    """A seller with `orders` in 60 days, whose rates are `factor` times those above.

    Drift: the weekly log rate wanders about its mean (sd 0.3, correlation 0.93 from week to week),
    and each week has luck of its own (gamma, coefficient of variation 25 %).
    """
    today = origin(rng)
    level = factor * step(scenario.rate)
    if scenario.drift:
        week = (DAYS - DAYS[0]) // 7
        shocks = rng.standard_normal(week[-1] + 1)
        wander = np.empty_like(shocks)
        wander[0] = 0.3 * shocks[0]
        for i in range(1, len(shocks)):
            wander[i] = 0.93 * wander[i - 1] + 0.3 * np.sqrt(1 - 0.93**2) * shocks[i]
        luck = rng.gamma(16.0, 1 / 16.0, len(shocks))
        level = level * (np.exp(wander) * luck)[week]
    mean_orders = orders / 60 * step(scenario.volume) * WEEKDAYS[weekday_of(today)]
    return Lognormal(today, mean_orders, level, step(scenario.lags))
