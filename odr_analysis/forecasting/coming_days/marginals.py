"""The days ahead of one series, each by itself: the certain part and the expected reports."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from odr_analysis.arrays import Floats, Integers
from odr_analysis.forecasting.coming_days.joint_paths import joint_paths
from odr_analysis.forecasting.coming_days.since import Since
from odr_analysis.forecasting.delay_model.certain import defects_by_age, in_windows
from odr_analysis.forecasting.delay_model.fit import Fit
from odr_analysis.forecasting.delay_model.reach import (
    ALL_UNKNOWN,
    awaited_by_day,
    brought_by_day,
    entered,
    expected,
    expected_ahead,
)
from odr_analysis.forecasting.delay_model.volume import Volume
from odr_analysis.forecasting.delay_table import SeriesDelays
from odr_analysis.forecasting.recalibration import NO_CORRECTION, Correction
from odr_analysis.policy import Policy


@dataclass(frozen=True, eq=False)
class Marginals:
    """The days ahead of one series, each by itself.

    Attributes
    ----------
    known_orders, known_defective : int64 arrays [day]
        The certain part.
    pending, new : float arrays [draw, day]
        Expected reports of orders placed, and of orders still to be placed.
    orders : int64 array [draw, day]
        Orders that count.
    fitted : Fit
    placed : float array [day]
        Orders to be placed on each day from tomorrow on.
    factor : float array [draw]
        How many times as many they are in each draw.
    bought : float array [draw, day]
        Orders drawn of each of these days: what is expected, and luck.
    policy : Policy
    skipped : int
        Days after today that are not among these.
    correction : Correction
        Of the rates drawn and of ``p_breach``. Expected reports are those of the model.
    since : Since, optional
        What is known of days up to today that the model is not fitted to.
    """

    known_orders: Integers
    known_defective: Integers
    pending: Floats
    new: Floats
    orders: Integers
    fitted: Fit
    placed: Floats
    factor: Floats
    bought: Floats
    policy: Policy
    skipped: int = 0
    correction: Correction = NO_CORRECTION
    since: Since | None = None

    @classmethod
    def of(
        cls,
        series: SeriesDelays,
        fitted: Fit,
        days: int,
        policy: Policy,
        rng: np.random.Generator,
        orders_per_day: float | None = None,
        correction: Correction = NO_CORRECTION,
        since: Since | None = None,
    ) -> Marginals:
        """Of today and each of the coming `days`; `orders_per_day` is what will be sold.

        `series` is as known today; with `since` the model is fitted to what was known earlier.
        """
        triangle, by_age = fitted.triangle, series.n_orders[::-1]
        volume = Volume.of(by_age, days)
        placed, cv = volume.days, volume.cv
        if orders_per_day is not None:
            mean = placed.mean() if days else 0.0
            placed = placed / mean * orders_per_day if mean else np.full(days, orders_per_day)
            cv = 0.0
        factor = rng.gamma(cv**-2, cv**2, fitted.n_draws) if cv else np.ones(fitted.n_draws)
        unknown = since.unknown if since else ALL_UNKNOWN
        gap = len(unknown)
        pending = expected(fitted, awaited_by_day(triangle, gap + days, policy, unknown))
        if since:
            lately = np.append(since.placed, np.zeros(days))
            lately = brought_by_day(triangle, lately, policy, unknown)
            pending += expected_ahead(fitted, lately)
        later = np.append(np.zeros(gap), placed)
        new = expected_ahead(fitted, brought_by_day(triangle, later, policy))
        known_orders = in_windows(by_age, days, policy)
        by_day = factor[:, None] * placed
        if orders_per_day is None:  # A plan is taken as it is; what is expected has luck besides.
            by_day = rng.poisson(by_day).astype(np.float64)
        return cls(
            known_orders,
            in_windows(defects_by_age(series), days, policy),
            pending[:, gap:],
            factor[:, None] * new[:, gap:],
            known_orders + counting(by_day, policy),
            fitted,
            placed,
            factor,
            by_day,
            policy,
            correction=correction,
            since=since,
        )

    @property
    def orders_per_day(self) -> float:
        """Orders expected to be placed on the mean day; 0 where no day is looked ahead."""
        return float(self.placed.mean()) if len(self.placed) else 0.0

    @property
    def known_by_draw(self) -> Integers:
        """Orders known to be defective: [day], or [draw, day] where that is not certain."""
        return self.known_defective

    @property
    def mean_defective(self) -> Floats:
        """Orders expected to be shown as defective, by day."""
        mean: Floats = (self.known_by_draw + self.pending + self.new).mean(axis=0)
        return mean

    def p_breach(self) -> Floats:
        """Probability that the ODR shown is not below target, by day; NaN where no order counts."""
        from scipy.special import pdtrc

        least = self.policy.breached_from(self.orders) - self.known_by_draw
        mean = self.pending + self.new
        over = np.where(least <= 0, 1.0, pdtrc(np.maximum(least - 1, 0), mean))
        some = self.orders > 0
        with np.errstate(invalid="ignore"):
            found: Floats = np.where(some, over, 0.0).sum(axis=0) / some.sum(axis=0)
        return self.correction.exceeded(found)

    def draws(self, rng: np.random.Generator) -> tuple[Integers, Integers]:
        """Orders shown as defective and orders that count, [draw, day]; days are drawn apart."""
        return self._shown(self.reports(rng))

    def paths(self, rng: np.random.Generator) -> tuple[Integers, Integers]:
        """The same along one path per draw, so that days may be compared: [draw, day]."""
        return self._shown(self.reports_on_paths(rng).astype(np.int64))

    def reports(self, rng: np.random.Generator) -> Integers:
        """Reports still to come that are shown on each day, days apart: [draw, day]."""
        return rng.poisson(self.pending + self.new)

    def reports_on_paths(self, rng: np.random.Generator) -> Floats:
        """The same along one path per draw."""
        mean = self.pending + self.new
        return joint_paths(
            self.fitted, self.placed, self.factor, mean, self.policy, rng, self.since
        )

    def _shown(self, more: Integers) -> tuple[Integers, Integers]:
        defective = np.clip(self.known_by_draw + more, 0, self.orders)
        return self.correction.of_days(defective, self.orders)

    def after(self, days: int) -> Marginals:
        """The same without the first `days`."""
        return replace(
            self,
            known_orders=self.known_orders[days:],
            known_defective=self.known_defective[days:],
            pending=self.pending[:, days:],
            new=self.new[:, days:],
            orders=self.orders[:, days:],
            skipped=self.skipped + days,
        )


def counting(by_day: Floats, policy: Policy) -> Integers:
    """Whole orders that count on each day ahead, [draw, day], of those placed from tomorrow on."""
    return np.rint(by_day @ entered(by_day.shape[1], policy).T).astype(np.int64)
