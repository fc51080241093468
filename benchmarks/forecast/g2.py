"""The second generator: six products, gamma and Weibull delays, reports that wait for Monday.

Nothing of it is as in the first: rates and delays are those of products, whose shares of the
orders change from week to week; 55 % of those who claim leave feedback, soon after the claim;
what happens on a weekend is reported on Monday; orders have a season and good and bad days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

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

PRODUCTS = 6
WEEKDAYS = np.array([0.9, 0.85, 0.9, 0.95, 1.0, 1.15, 1.25])
SEASON = 0.5
"""Height of the season over the year's mean; orders rise fastest around the origin."""
GOOD_AND_BAD_DAYS = 25.0
"""Shape of the gamma factor of a day's orders: coefficient of variation 20 %."""
FEEDBACK, CLAIM, CHARGEBACK = 0.0042, 0.0036, 0.0007
FEEDBACK_OF_CLAIMANTS = 0.55
CHARGEBACKS_OF_CLAIMANTS = 0.02
LONGEST = np.array([90, 120, 140])
SAME_WEEKLY_SHARES = 120.0
"""How much the shares of a week are like those expected of it (Dirichlet)."""


@dataclass(frozen=True, eq=False)
class Products:
    """A world of the second generator; see ``world.World``.

    ``rate`` has a row per order day, a column per product, and the kinds in the third axis:
    feedback without a claim, claims, chargebacks alone, each per order of the day.
    """

    today: date
    mean_orders: Numbers
    rate: Numbers
    slowness: Numbers
    stretch: Numbers
    weekday: Counts

    def orders(self, day: Counts, rng: np.random.Generator) -> Counts:
        luck = rng.gamma(GOOD_AND_BAD_DAYS, 1 / GOOD_AND_BAD_DAYS, len(day))
        return rng.poisson(self.mean_orders[day] * luck)

    def defects(
        self, day: Counts, n_orders: Counts, rng: np.random.Generator
    ) -> tuple[Counts, Counts]:
        counts = _exclusive(n_orders, self.rate.reshape(len(DAYS), -1)[day], rng)
        place = repeat(counts.ravel())
        cell, kind = place // (3 * PRODUCTS), place % 3
        product = place // 3 % PRODUCTS
        slow = self.slowness[product] * self.stretch[day[cell]]
        n = len(cell)
        feedback = 2 + slow * rng.gamma(1.5, 11.0, n)
        claim = 6 + slow * 23.0 * rng.weibull(1.45, n)
        chargeback = 15 + slow * 25.0 * rng.weibull(1.8, n)
        after_claim = claim + slow * rng.exponential(6.0, n)
        claimed = kind == 1
        delays = np.full((n, 3), float(NEVER))
        delays[:, 0] = np.where(kind == 0, feedback, NEVER)
        both = claimed & (rng.random(n) < FEEDBACK_OF_CLAIMANTS)
        delays[both, 0] = after_claim[both]
        delays[claimed, 1] = claim[claimed]
        charged = (kind == 2) | (claimed & (rng.random(n) < CHARGEBACKS_OF_CLAIMANTS))
        delays[charged, 2] = chargeback[charged]
        whole = np.where(delays < NEVER, np.minimum(delays, LONGEST), NEVER).astype(np.int64)
        weekday = (self.weekday[day[cell]][:, None] + whole) % 7
        wait = np.where((weekday >= 5) & (whole < NEVER), 7 - weekday, 0)
        return cell, whole + wait


def _exclusive(n_orders: Counts, rate: Numbers, rng: np.random.Generator) -> Counts:
    """Orders of each exclusive group: all defective ones of a cell first, then split."""
    total = rate.sum(axis=1)
    defective = rng.binomial(n_orders, np.minimum(total, 1.0))
    some = np.flatnonzero(defective)
    counts = np.zeros(rate.shape, dtype=np.int64)
    counts[some] = rng.multinomial(defective[some], rate[some] / total[some, None])
    return counts


def world(orders: int, scenario: Scenario, factor: float, rng: np.random.Generator) -> Products:
    """A seller with `orders` in 60 days, whose rates are `factor` times those above.

    Drift: rates rise or fall in a straight line over the year, by a fifth to a half of their
    level at the origin, and the expected shares of the products wander.
    """
    today = origin(rng)
    week = (DAYS - DAYS[0]) // 7
    n_weeks = week[-1] + 1
    shares = np.log(rng.dirichlet(np.full(PRODUCTS, 3.0)) + 0.01)[None, :].repeat(n_weeks, axis=0)
    trend = np.ones(len(DAYS))
    if scenario.drift:
        shares = shares + np.cumsum(rng.normal(0, 0.15, shares.shape), axis=0)
        slope = rng.choice([-1, 1]) * rng.uniform(0.2, 0.5)
        trend = 1 + slope * DAYS / 364
    shares = np.exp(shares)
    expected = shares / shares.sum(axis=1, keepdims=True)
    mix = rng.gamma(SAME_WEEKLY_SHARES * expected)
    mix /= mix.sum(axis=1, keepdims=True)

    badness = np.exp(rng.normal(0, 0.5, (PRODUCTS, 3)))
    alone = np.array([FEEDBACK, CLAIM, CHARGEBACK])
    rate = badness * alone
    # The products as they sell at the origin have the rate of the account.
    rate *= alone.sum() / (expected[DAYS[0] // -7] @ rate.sum(axis=1))
    by_day = factor * trend * step(scenario.rate)
    daily = by_day[:, None, None] * mix[week][:, :, None] * rate
    season = 1 + SEASON * np.sin(2 * np.pi * DAYS / 364)
    mean_orders = orders / 60 * step(scenario.volume) * season * WEEKDAYS[weekday_of(today)]
    slowness = np.exp(rng.normal(0, 0.25, PRODUCTS))
    return Products(today, mean_orders, daily, slowness, step(scenario.lags), weekday_of(today))
