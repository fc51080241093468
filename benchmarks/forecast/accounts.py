"""Generated accounts: what is known of one on the origin, and what comes after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from benchmarks.forecast import g1, g2
from benchmarks.forecast.world import (
    AHEAD_DAYS,
    DAYS,
    HISTORY_DAYS,
    SCENARIOS,
    Counts,
    World,
)
from odr_analysis.forecasting.delay_table import DelayTable
from odr_analysis.terms import COMPONENTS

WORLDS = {"g1": g1.world, "g2": g2.world}
GENERATORS = tuple(WORLDS)
VOLUMES = (200, 5_000, 100_000)
SEEDS = {"dev": 20261128, "final": 71823645}
"""Names of seeds; those of "final" are for the figures published, and for nothing before."""

MARKETPLACE, CHANNEL = "Amazon.de", "mfn"
OLDEST, YOUNGEST = 74, 15
"""Ages of the orders that count on a day: 60 days of orders that end 15 days before."""
MATURE_AGE = 150
GROUPS = ("union", *COMPONENTS)
SPREADS = {200: 0.3, 5_000: 0.2, 100_000: 0.1}
"""Spread of the rates of sellers by orders (sd of the logarithm): so that it is open who
breaches, which is decided by luck at few orders and by the rate at many."""
CENTRES = {200: 0.93, 5_000: 0.945, 100_000: 0.975}
"""Shown ODR expected 30 days ahead over the limit, of the seller in the middle."""
LIMIT = 0.01


@dataclass(frozen=True, eq=False)
class Truth:
    """What happens, for who asks afterwards.

    Attributes
    ----------
    orders, defects : int64 arrays of 76
        Orders that count on the origin and each of the 75 days after, and how many are shown as
        defective then.
    window_orders : int
        Orders of the window shown on the origin.
    reported, mature, final : dict of int
        Defective orders of that window by component, and ``union``, each order once: reported
        by the origin; within 150 days of the order; within 74, so while it still counts.
    known : int64 array of 76
        Of ``defects``, those reported by the origin.
    known_orders : int64 array of 76
        Of ``orders``, those placed by the origin.
    entering, leaving : int64 arrays of 76
        Defective orders known on the origin that have begun to count after it by each day, and
        those that no longer count though they did on the origin or later.
    """

    orders: Counts
    defects: Counts
    window_orders: int
    reported: Mapping[str, int]
    mature: Mapping[str, int]
    final: Mapping[str, int]
    known: Counts
    known_orders: Counts
    entering: Counts
    leaving: Counts


@dataclass(frozen=True, eq=False)
class Generated:
    """An account, known so far, and its future."""

    table: DelayTable
    truth: Truth
    world: World
    n_orders: Counts
    """Orders of each of ``DAYS``."""


def generate(
    generator: str,
    scenario: str,
    orders: int,
    number: int,
    seeds: str = "dev",
    history_days: int = HISTORY_DAYS,
    times: float = 1.0,
) -> Generated:
    """One account of a cell, the same each time it is asked for.

    Parameters
    ----------
    generator : "g1" or "g2"
    scenario : a name of ``SCENARIOS``
    orders : int
        Orders in 60 days.
    number : int
        Number of the account in its cell.
    seeds : "dev" or "final"
    history_days : int
        Days of orders that are known; what came before is not in the table.
    times : float
        How many times as high as otherwise its rates are.
    """
    rng = np.random.default_rng(seed_of(generator, scenario, orders, number, seeds))
    nearest = min(SPREADS, key=lambda volume: abs(np.log(volume / orders)))
    middle = times * CENTRES[nearest] * LIMIT / _shown(generator, scenario)
    spread = max(SPREADS[nearest], SCENARIOS[scenario].spread)
    factor = middle * np.exp(rng.normal(0, spread))
    return account_of(
        WORLDS[generator](orders, SCENARIOS[scenario], factor, rng), rng, history_days
    )


def seed_of(
    generator: str, scenario: str, orders: int, number: int, seeds: str, use: int = 0
) -> np.random.SeedSequence:
    """Seed of one account; another `use` gives one that is independent of it."""
    place = (GENERATORS.index(generator), list(SCENARIOS).index(scenario), orders, number, use)
    return np.random.SeedSequence(SEEDS[seeds], spawn_key=place)


@cache
def _shown(generator: str, scenario: str) -> float:
    """ODR shown 30 days ahead on average, where the rates are those of the generator."""
    ahead = 30
    calm = "calm" if scenario == "drift" else scenario
    window = np.flatnonzero((ahead - OLDEST <= DAYS) & (ahead - YOUNGEST >= DAYS))
    shown = 0.0
    accounts = 20
    for seed in np.random.SeedSequence(1).spawn(accounts):
        rng = np.random.default_rng(seed)
        world = WORLDS[generator](400_000, SCENARIOS[calm], 1.0, rng)
        n_orders = world.orders(window, rng)
        cell, delays = world.defects(window, n_orders, rng)
        seen = DAYS[window[cell]] + delays.min(axis=1) <= ahead
        shown += seen.sum() / n_orders.sum() / accounts
    return shown


def account_of(world: World, rng: np.random.Generator, history_days: int) -> Generated:
    rows = np.arange(len(DAYS))
    n_orders = world.orders(rows, rng)
    cell, delays = world.defects(rows, n_orders, rng)
    ordered = DAYS[cell]
    truth = truth_of(n_orders, ordered, delays)
    return Generated(_table(world, n_orders, ordered, delays, history_days), truth, world, n_orders)


def _table(
    world: World, n_orders: Counts, ordered: Counts, delays: Counts, history_days: int
) -> DelayTable:
    """What is known on the origin."""
    stamp = np.datetime64(world.today, "us")
    day = np.timedelta64(1, "D")
    some = (DAYS <= 0) & (-history_days < DAYS) & (n_orders > 0)
    place = {"marketplace": MARKETPLACE, "channel": CHANNEL}
    orders = pd.DataFrame(
        {**place, "ordered_on": stamp + DAYS[some] * day, "n_orders": n_orders[some]}
    )
    reported = ordered[:, None] + delays <= 0
    known = reported.any(axis=1) & (ordered > -history_days)
    on = stamp + (ordered[:, None] + np.where(reported, delays, 0)) * day
    days = np.where(reported, on, np.datetime64("NaT", "us"))[known]
    defects = pd.DataFrame(
        {
            **place,
            "ordered_on": stamp + ordered[known] * day,
            **{f"{c}_on": days[:, i] for i, c in enumerate(COMPONENTS)},
        }
    )
    return DelayTable(orders, defects, known_to=world.today)


def truth_of(n_orders: Counts, ordered: Counts, delays: Counts) -> Truth:
    """What happens to orders, from all there is to know of them.

    Parameters
    ----------
    n_orders : int64 array
        Orders of each of ``DAYS``.
    ordered : int64 array
        Order day of each defective order.
    delays : int64 array of three columns
        Days from order to each kind of report.
    """
    first = delays.min(axis=1)
    ahead = np.arange(AHEAD_DAYS + 1)
    total = np.concatenate([[0], np.cumsum(n_orders)])
    placed = np.concatenate([[0], np.cumsum(np.where(DAYS <= 0, n_orders, 0))])
    start, end = ahead - OLDEST - DAYS[0], ahead - YOUNGEST + 1 - DAYS[0]
    shown = shown_by_day(ordered, first)[0]
    so_far = ordered + first <= 0
    known = shown_by_day(ordered[so_far], first[so_far])[0]
    in_window = (ordered >= -OLDEST) & (ordered <= -YOUNGEST)
    lags = np.column_stack([first, delays])[in_window]
    age = -ordered[in_window][:, None]

    def count(flags: np.ndarray) -> dict[str, int]:
        return dict(zip(GROUPS, map(int, flags.sum(axis=0)), strict=True))

    return Truth(
        orders=total[end] - total[start],
        defects=shown,
        window_orders=int(total[end[0]] - total[start[0]]),
        reported=count(lags <= age),
        mature=count(lags <= MATURE_AGE),
        final=count(lags <= OLDEST),
        known=known,
        known_orders=placed[end] - placed[start],
        entering=_by_day(ordered[so_far] + YOUNGEST),
        leaving=_by_day(ordered[so_far] + OLDEST + 1),
    )


def _by_day(day: Counts) -> Counts:
    """How many of these days are after the origin, up to each of the days ahead."""
    ahead = np.arange(AHEAD_DAYS + 1)[:, None]
    return ((day > 0) & (day <= ahead)).sum(axis=1)


def shown_by_day(
    ordered: Counts, first: Counts, draw: Counts | None = None, n_draws: int = 1
) -> Counts:
    """Defective orders shown on the origin and each day after, in one row per draw.

    One is shown from its first report on, not before its 15th day, to its 74th.
    """
    width = AHEAD_DAYS + 2
    row = 0 if draw is None else draw * width
    enters = np.clip(ordered + np.maximum(first, YOUNGEST), 0, AHEAD_DAYS + 1) + row
    leaves = np.clip(ordered + OLDEST + 1, 0, AHEAD_DAYS + 1) + row
    seen = first <= OLDEST
    change = np.bincount(enters[seen], minlength=n_draws * width)
    change -= np.bincount(leaves[seen], minlength=n_draws * width)
    return np.cumsum(change.reshape(n_draws, width), axis=1)[:, :-1]
