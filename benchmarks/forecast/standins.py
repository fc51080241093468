"""Models that show whether the judge is right: one that cannot be beaten, and one that is naive."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from benchmarks.forecast.accounts import GROUPS, MATURE_AGE, OLDEST, Generated, shown_by_day
from benchmarks.forecast.judge import Ahead
from benchmarks.forecast.world import AHEAD_DAYS, DAYS, Counts

CHANGING = np.flatnonzero((DAYS >= -OLDEST) & (DAYS <= AHEAD_DAYS - 15))
"""Rows of ``DAYS`` whose orders count on the origin or a day after."""


class Oracle:
    """Draws the future from the world the account was made in, rates and drift included.

    Its PIT is uniform, whatever the scenario: what is reported after the origin is independent of
    what was before, since rates are low enough for counts to be Poisson.
    """

    def __init__(self, n_draws: int = 200) -> None:
        self.n_draws = n_draws

    def nowcast(
        self, account: Generated, rng: np.random.Generator
    ) -> Mapping[tuple[str, str], Counts]:
        rows = CHANGING[DAYS[CHANGING] <= -15]
        draw, ordered, delays, _ = self._futures(account, rows, rng)
        lags = np.column_stack([delays.min(axis=1), delays])
        pending = lags > -ordered[:, None]
        found = {}
        for quantity, age in (("mature", MATURE_AGE), ("final", OLDEST)):
            for i, group in enumerate(GROUPS):
                which = pending[:, i] & (lags[:, i] <= age)
                found[group, quantity] = account.truth.reported[group] + np.bincount(
                    draw[which], minlength=self.n_draws
                )
        return found

    def forecast(self, account: Generated, rng: np.random.Generator) -> Ahead:
        draw, ordered, delays, placed = self._futures(account, CHANGING, rng)
        first = delays.min(axis=1)
        later = ordered + first > 0
        pending = shown_by_day(ordered[later], first[later], draw[later], self.n_draws)
        total = np.concatenate(
            [np.zeros((self.n_draws, 1), np.int64), np.cumsum(placed, axis=1)], axis=1
        )
        ahead = np.arange(AHEAD_DAYS + 1)
        return Ahead(account.truth.known + pending, total[:, ahead + 60] - total[:, ahead])

    def _futures(
        self, account: Generated, rows: Counts, rng: np.random.Generator
    ) -> tuple[Counts, Counts, Counts, Counts]:
        """Draw, order day and delays of each defective order, and orders by draw and row."""
        day = np.tile(rows, self.n_draws)
        placed = account.n_orders[day]
        future = DAYS[day] > 0
        placed[future] = account.world.orders(day[future], rng)
        cell, delays = account.world.defects(day, placed, rng)
        return cell // len(rows), DAYS[day[cell]], delays, placed.reshape(self.n_draws, -1)


class Persistence:
    """As many defective orders as today, give or take Poisson luck, and nothing pending."""

    def nowcast(
        self, account: Generated, rng: np.random.Generator
    ) -> Mapping[tuple[str, str], Counts]:
        reported = account.truth.reported
        return {(g, q): np.full(200, reported[g]) for g in GROUPS for q in ("mature", "final")}

    def forecast(self, account: Generated, rng: np.random.Generator) -> Ahead:
        defects, orders = account.truth.defects[0], account.truth.orders[0]
        drawn = rng.poisson(defects, (200, AHEAD_DAYS + 1))
        drawn[:, 0] = defects
        return Ahead(drawn, np.full_like(drawn, orders))
