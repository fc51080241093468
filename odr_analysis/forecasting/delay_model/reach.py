"""What a series can still bring: expected reports of a fit, from orders placed and still to come.

An order of day ``t`` counts on the days ``t + lag`` to ``t + lag + window - 1`` of the policy. What
is reported of it until then but not yet today is pending; orders still to be placed bring the rest.
"""

from __future__ import annotations

import numpy as np

from odr_analysis.arrays import Floats, Integers
from odr_analysis.forecasting.delay_model.fit import BEYOND, Fit, Triangle
from odr_analysis.forecasting.delay_model.lags import N_BINS
from odr_analysis.forecasting.delay_model.levels import COHORT_OF_AGE, MOST_DAYS
from odr_analysis.policy import Policy

ALL_UNKNOWN = np.zeros((0, N_BINS))
"""Where all that is reported after today is unknown."""


def awaited(triangle: Triangle, ages: slice, until: int | None) -> Floats:
    """Orders times the share of each bin still to come, [week, bin].

    Parameters
    ----------
    triangle : Triangle
    ages : slice
        Days since the orders were placed.
    until : int or None
        Age up to which reports are awaited; None for all there will be.
    """
    # Of older orders nothing is awaited.
    age = np.arange(min(len(triangle.n_orders), BEYOND))[ages]
    through = triangle.through
    more = np.full(len(age), BEYOND) if until is None else np.maximum(until - age, 0)
    to = through[more % 7, np.minimum(age + more + 1, through.shape[1] - 1)]
    left = triangle.n_orders[age, None] * np.maximum(to - through[0, age + 1], 0)
    found = np.zeros((-(-len(triangle.n_orders) // 7), N_BINS))
    np.add.at(found, age // 7, left)
    return found


def reported_by_day(
    triangle: Triangle, age: Integers, days: int, unknown: Floats = ALL_UNKNOWN
) -> Floats:
    """Share of each bin reported since today by each day ahead, [day, order day, bin].

    Parameters
    ----------
    triangle : Triangle
    age : int array [order day]
        Days since the orders were placed; negative where they are still to be placed.
    days : int
    unknown : float array [day, bin]
        Of the reports of the first days ahead, the share that is not known: the others are counted
        where what is known is.
    """
    ahead = np.arange(days + 1)[:, None]
    so_far = triangle.through[ahead % 7, np.maximum(age + ahead + 1, 0)]
    if not len(unknown):
        found: Floats = so_far - so_far[0]
        return found
    on_day = np.diff(so_far, axis=0)
    on_day[: len(unknown)] *= unknown[:, None]
    return np.concatenate([np.zeros_like(so_far[:1]), on_day.cumsum(axis=0)])


def awaited_by_day(
    triangle: Triangle, days: int, policy: Policy, unknown: Floats = ALL_UNKNOWN
) -> Floats:
    """The same as :func:`awaited` of orders that count on each day ahead, until that day: [day,
    week, bin].
    """
    age = np.arange(min(len(triangle.n_orders), policy.lag_days + policy.window_days))
    left = reported_by_day(triangle, age, days, unknown)
    orders: Floats = triangle.n_orders[age] * _counts(age + np.arange(days + 1)[:, None], policy)
    return _by_week(orders, left)


def brought_by_day(
    triangle: Triangle, placed: Floats, policy: Policy, unknown: Floats = ALL_UNKNOWN
) -> Floats:
    """Orders to be placed times the share of each bin seen by each day ahead: [day, week, bin].

    `placed` are the orders of each day from tomorrow on.
    """
    days = len(placed)
    age = -np.arange(1, days + 1)
    seen = reported_by_day(triangle, age, days, unknown)
    return _by_week(placed * _counts(age + np.arange(days + 1)[:, None], policy), seen)


def entered(days: int, policy: Policy) -> Floats:
    """Whether an order placed on each day from tomorrow on counts on each day ahead, [day, day]."""
    return _counts(np.arange(days + 1)[:, None] - np.arange(1, days + 1), policy)


def expected(fitted: Fit, left: Floats) -> Floats:
    """Expected reports of each draw from orders placed: [draw, day] of [day, week, bin]."""
    weeks = _weeks(left.sum(axis=0))
    flat = left[:, :weeks].reshape(len(left), -1)
    found: Floats = rates_by_bin(fitted, weeks).reshape(fitted.n_draws, -1) @ flat.T
    return found


def expected_by_bin(fitted: Fit, left: Floats) -> Floats:
    """Expected reports of each draw from orders placed: [draw, 2, bin] of [week, bin].

    Of the youngest weeks, whose lags may be stretched, and of the others.
    """
    weeks = _weeks(left)
    means = rates_by_bin(fitted, weeks) * left[:weeks]
    young = np.arange(weeks) < fitted.young[:, None]
    by_class = np.stack([young, ~young], axis=1).astype(np.float64)
    found: Floats = by_class @ means
    return found


def expected_ahead(fitted: Fit, brought: Floats, rate_of_orders: float | None = None) -> Floats:
    """The same as :func:`expected` from orders still to be placed.

    Of which the share `rate_of_orders` is defective once all reports are in; by default as many as
    in each draw.
    """
    rate = rates_ahead(fitted, brought.shape[1], rate_of_orders)
    found: Floats = rate.reshape(fitted.n_draws, -1) @ brought.reshape(len(brought), -1).T
    return found


def _weeks(left: Floats) -> int:
    """Weeks up to the last one of which anything is awaited, of [week, bin]."""
    return int(np.flatnonzero(left.any(axis=1)).max(initial=-1)) + 1


def rates_by_bin(fitted: Fit, weeks: int) -> Floats:
    """Reports per order of each week, back from today, and of each bin: [draw, week, bin].

    Old weeks have those of their block.
    """
    last = fitted.log_rate.shape[1] - 1
    week = np.minimum(COHORT_OF_AGE[np.minimum(np.arange(weeks) * 7, MOST_DAYS - 1)], last)
    young = (week < fitted.young[:, None])[..., None]
    shape = np.where(young, fitted.shapes[:, None, 0], fitted.shapes[:, None, 1])
    found: Floats = shape * np.exp(fitted.log_rate[:, week, None])
    return found


def rates_ahead(fitted: Fit, weeks: int, rate_of_orders: float | None = None) -> Floats:
    """The same of each week to come, by default as in each draw."""
    if rate_of_orders is not None:
        return np.repeat(rate_of_orders * fitted.shapes[:, :1], weeks, axis=1)
    found: Floats = np.exp(fitted.ahead[:, :weeks, None]) * fitted.shapes[:, :1]
    return found


def _counts(age: Integers, policy: Policy) -> Floats:
    inside = (age >= policy.lag_days) & (age < policy.lag_days + policy.window_days)
    found: Floats = inside.astype(np.float64)
    return found


def _by_week(orders: Floats, share: Floats) -> Floats:
    """Sums over weeks: [day, week, bin] of [day, order day] and [day, order day, bin]."""
    days, n = orders.shape
    weeks = -(-n // 7)
    whole = np.zeros((days, weeks * 7, N_BINS))
    whole[:, :n] = orders[..., None] * share
    return whole.reshape(days, weeks, 7, N_BINS).sum(axis=2)
