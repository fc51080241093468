"""Paths through the days ahead: each report drawn once, and counted on every day it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from odr_analysis.arrays import Floats, Integers
from odr_analysis.forecasting.coming_days.since import Since
from odr_analysis.forecasting.delay_model.fit import Fit
from odr_analysis.forecasting.delay_model.reach import (
    ALL_UNKNOWN,
    rates_ahead,
    rates_by_bin,
    reported_by_day,
)
from odr_analysis.policy import Policy

MOST_REPORTS = 2000.0
"""Reports a path is drawn from; of more, so large a share is drawn that there are so many."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Reports that may come, by the week of the order and the bin of the lag.

    Attributes
    ----------
    mean : float array [draw, cell]
        Expected reports that are shown on some day.
    days : list of int64 array, by cell
        First and last day shown of each possible pair, as ``first * (days + 2) + last + 1``.
    share : list of float array, by cell
        Share of the reports of the cell that each pair has.
    """

    mean: Floats
    days: list[Integers]
    share: list[Floats]


def joint_paths(
    fitted: Fit,
    placed: Floats,
    factor: Floats,
    expected: Floats,
    policy: Policy,
    rng: np.random.Generator,
    since: Since | None = None,
) -> Floats:
    """Reports still to come that are shown on each day ahead, along one path per draw: [draw, day].

    Parameters
    ----------
    fitted : Fit
    placed : float array [day]
        Orders to be placed on each day from tomorrow on.
    factor : float array [draw]
        How many times as many they are in each draw.
    expected : float array [draw, day]
        Expected reports shown on each day ahead; where there are fewer of them than in `placed`
        and today, of the last ones.
    policy : Policy
    rng : numpy.random.Generator
    since : Since, optional
        What is known of days before today that the model is not fitted to.

    Notes
    -----
    A report on order day ``t`` is shown from the day it is made or, if later, ``t + lag``, until
    the order no longer counts. All reports of a draw are independent, so the counts of days are
    those of a Poisson process: its mean on each day is `expected`. Of many reports a share ``f``
    is drawn, and its distance from ``f`` times the mean is made ``1 / sqrt(f)`` times as large:
    that keeps the variance of each day and the covariance of each pair of days, so that the cost
    does not grow with the orders.
    """
    unknown, lately = (since.unknown, since.placed) if since else (ALL_UNKNOWN, np.zeros(0))
    days = len(lately) + len(placed)
    cells = _cells(fitted, lately, placed, factor, policy, unknown)
    most = float(cells.mean.sum(axis=1).mean()) if cells.days else 0.0
    share = min(1.0, MOST_REPORTS / most) if most else 1.0
    n = rng.poisson(cells.mean * share)
    drawn = [
        rng.permutation(np.repeat(pairs, rng.multinomial(total, shares)))
        for pairs, shares, total in zip(cells.days, cells.share, n.sum(axis=0), strict=True)
    ]
    width = days + 2
    first, end = np.divmod(np.concatenate([np.zeros(0, np.int64), *drawn]), width)
    path = np.concatenate([np.repeat(np.arange(len(n)), each) for each in n.T] or [first]) * width
    size = len(expected) * width
    moves = np.bincount(path + first, minlength=size) - np.bincount(path + end, minlength=size)
    shown = moves.reshape(-1, width).cumsum(axis=1)[:, days + 1 - expected.shape[1] : days + 1]
    if share == 1:
        return shown.astype(np.float64)
    apart: Floats = (shown - share * expected) / np.sqrt(share)
    return np.maximum(np.rint(expected + apart), 0.0)


def _cells(
    fitted: Fit, lately: Floats, placed: Floats, factor: Floats, policy: Policy, unknown: Floats
) -> Cells:
    """Cells of orders placed and of orders to be placed that are not empty."""
    triangle, days = fitted.triangle, len(lately) + len(placed)
    age = np.arange(min(len(triangle.n_orders), policy.lag_days + policy.window_days))
    future = -np.arange(1, days + 1)
    ahead = rates_ahead(fitted, -(-days // 7))
    mean: list[Floats] = []
    pairs: list[Integers] = []
    share: list[Floats] = []
    for orders, placed_ago, rate in (
        (triangle.n_orders[age], age, rates_by_bin(fitted, -(-len(age) // 7))),
        (np.append(lately, np.zeros(len(placed))), future, ahead),
        (np.append(np.zeros(len(lately)), placed), future, ahead * factor[:, None, None]),
    ):
        if not orders.any():
            continue
        by_day = reported_by_day(triangle, placed_ago, days, unknown)
        on_day: Floats = np.maximum(np.diff(by_day, axis=0), 0).swapaxes(0, 1)
        more = on_day * orders[:, None, None]
        for week, bin_of, of_days, weight in _by_cell(more, placed_ago[:, None], days, policy):
            total = weight.sum()
            mean.append(rate[:, week, bin_of] * total)
            pairs.append(of_days)
            share.append(weight / total)
    whole = np.stack(mean, axis=1) if mean else np.zeros((fitted.n_draws, 0))
    return Cells(whole, pairs, share)


def _by_cell(
    more: Floats, placed_ago: Integers, days: int, policy: Policy
) -> Iterator[tuple[int, int, Integers, Floats]]:
    """Week, bin, pairs of days and their weights of each cell, of `more` [order day, day, bin]."""
    on = np.arange(1, days + 1)
    first = np.maximum(on, policy.lag_days - placed_ago)
    last = np.minimum(policy.lag_days + policy.window_days - 1 - placed_ago, days)
    is_shown = first <= last
    pair = first * (days + 2) + last + 1
    for week in range(-(-len(more) // 7)):
        part = slice(7 * week, 7 * week + 7)
        visible, of_days = is_shown[part], pair[part]
        for bin_of in range(more.shape[2]):
            weight = more[part, :, bin_of]
            some = visible & (weight > 0)
            if some.any():
                yield week, bin_of, of_days[some], weight[some]
