"""Paths through the days ahead: each report drawn once, and counted on every day it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

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
class Orders:
    """Orders that bring reports.

    Attributes
    ----------
    placed_ago : int array [order day]
        Days since they were placed; negative where they are still to be placed.
    n : float array [order day]
    rates : float array [draw, week, bin]
        Reports per order.
    """

    placed_ago: Integers
    n: Floats
    rates: Floats


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
    placed : list of int64 array, by cell
        Of each pair, the day ahead on which the order is placed; 0 or less where it is already.
    """

    mean: Floats
    days: list[Integers]
    share: list[Floats]
    placed: list[Integers]


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
    """
    unknown = since.unknown if since else ALL_UNKNOWN
    return paths_of(
        fitted, ordinary(fitted, placed, factor, policy, since), expected, policy, rng, unknown
    )[0]


def ordinary(
    fitted: Fit, placed: Floats, factor: Floats, policy: Policy, since: Since | None = None
) -> list[Orders]:
    """Orders placed, and the ordinary ones to be placed; arguments of :func:`joint_paths`."""
    lately = since.placed if since else np.zeros(0)
    triangle, gap, days = fitted.triangle, len(lately), len(lately) + len(placed)
    age = np.arange(min(len(triangle.n_orders), policy.lag_days + policy.window_days))
    future, ahead = -np.arange(1, days + 1), rates_ahead(fitted, -(-days // 7))
    return [
        Orders(age, triangle.n_orders[age].astype(float), rates_by_bin(fitted, -(-len(age) // 7))),
        Orders(future, np.append(lately, np.zeros(len(placed))), ahead),
        Orders(future, np.append(np.zeros(gap), placed), ahead * factor[:, None, None]),
    ]


def paths_of(
    fitted: Fit,
    orders: list[Orders],
    expected: Floats,
    policy: Policy,
    rng: np.random.Generator,
    unknown: Floats = ALL_UNKNOWN,
    kept: Floats | None = None,
    expected_kept: Floats | None = None,
) -> tuple[Floats, Floats]:
    """Reports of some orders shown on each day ahead, along one path per draw: twice [draw, day].

    Parameters
    ----------
    fitted : Fit
    orders : list of Orders
        The last of them reach as many days ahead as are drawn.
    expected : float array [draw, day]
        Expected reports shown on each of the last days.
    policy : Policy
    rng : numpy.random.Generator
    unknown : float array [day, bin]
        As of :func:`~odr_analysis.forecasting.delay_model.reach.reported_by_day`.
    kept : float array [draw or 1, day], optional
        Probability that a report of an order placed on a day ahead comes, and is not lost.
    expected_kept : float array [draw, day], optional
        What `expected` is with it.

    Returns
    -------
    float array, float array
        All reports, and those of them that are kept.

    Notes
    -----
    A report on order day ``t`` is shown from the day it is made or, if later, ``t + lag``, until
    the order no longer counts. All reports of a draw are independent, so the counts of days are
    those of a Poisson process: its mean on each day is `expected`. Of many reports a share ``f``
    is drawn, and its distance from ``f`` times the mean is made ``1 / sqrt(f)`` times as large:
    that keeps the variance of each day and the covariance of each pair of days, so that the cost
    does not grow with the orders.
    """
    days = len(orders[-1].n)
    cells = _cells(fitted, orders, days, policy, unknown)
    most = float(cells.mean.sum(axis=1).mean()) if cells.days else 0.0
    share = min(1.0, MOST_REPORTS / most) if most else 1.0
    n = rng.poisson(cells.mean * share)
    drawn = [
        start + rng.permutation(np.repeat(np.arange(len(shares)), rng.multinomial(total, shares)))
        for start, shares, total in zip(
            np.cumsum([0, *map(len, cells.share)])[:-1], cells.share, n.sum(axis=0), strict=True
        )
    ]
    report = np.concatenate([np.zeros(0, np.int64), *drawn])
    draw = np.concatenate([np.zeros(0, np.int64), *(np.repeat(np.arange(len(n)), m) for m in n.T)])

    pairs = np.concatenate([np.zeros(0, np.int64), *cells.days])

    def shown(report: Integers, draw: Integers, mean: Floats) -> Floats:
        width = days + 2
        first, end = np.divmod(pairs[report], width)
        size = len(mean) * width
        moves = np.bincount(draw * width + first, minlength=size)
        moves -= np.bincount(draw * width + end, minlength=size)
        found = moves.reshape(-1, width).cumsum(axis=1)[:, days + 1 - mean.shape[1] : days + 1]
        if share == 1:
            return found.astype(np.float64)
        apart: Floats = (found - share * mean) / np.sqrt(share)
        return np.maximum(np.rint(mean + apart), 0.0)

    every = shown(report, draw, expected)
    if kept is None or expected_kept is None:
        return every, every
    placed = np.concatenate([np.zeros(0, np.int64), *cells.placed])[report]
    of_draw = draw if len(kept) > 1 else np.zeros_like(draw)
    stays = np.where(placed > 0, kept[of_draw, np.maximum(placed, 1) - 1], 1.0)
    some = rng.random(len(report)) < stays
    return every, shown(report[some], draw[some], expected_kept)


def _cells(fitted: Fit, orders: list[Orders], days: int, policy: Policy, unknown: Floats) -> Cells:
    """Cells of orders that are not empty."""
    cells = Cells(np.zeros((fitted.n_draws, 0)), [], [], [])
    mean: list[Floats] = []
    for some in orders:
        if not some.n.any():
            continue
        by_day = reported_by_day(fitted.triangle, some.placed_ago, days, unknown)
        on_day: Floats = np.maximum(np.diff(by_day, axis=0), 0).swapaxes(0, 1)
        more = on_day * some.n[:, None, None]
        for week, bin_of, of_days, weight, placed in _by_cell(more, some.placed_ago, days, policy):
            total = weight.sum()
            mean.append(some.rates[:, week, bin_of] * total)
            cells.days.append(of_days)
            cells.share.append(weight / total)
            cells.placed.append(placed)
    return replace(cells, mean=np.stack(mean, axis=1)) if mean else cells


def _by_cell(
    more: Floats, placed_ago: Integers, days: int, policy: Policy
) -> Iterator[tuple[int, int, Integers, Floats, Integers]]:
    """Week, bin, pairs of days, their weights and order days of each cell, of `more` [order day,
    day, bin].
    """
    on = np.arange(1, days + 1)
    first = np.maximum(on, policy.lag_days - placed_ago[:, None])
    last = np.minimum(policy.lag_days + policy.window_days - 1 - placed_ago[:, None], days)
    is_shown = first <= last
    pair = np.broadcast_to(first * (days + 2) + last + 1, is_shown.shape)
    placed = np.broadcast_to(-placed_ago[:, None], is_shown.shape)
    for week in range(-(-len(more) // 7)):
        part = slice(7 * week, 7 * week + 7)
        for bin_of in range(more.shape[2]):
            weight = more[part, :, bin_of]
            some = is_shown[part] & (weight > 0)
            if some.any():
                yield week, bin_of, pair[part][some], weight[some], placed[part][some]
