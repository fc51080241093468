"""One generated account after another, forecast by a model and scored against its future."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd

from benchmarks.forecast.accounts import (
    CHANNEL,
    GENERATORS,
    GROUPS,
    MARKETPLACE,
    VOLUMES,
    Generated,
    generate,
    seed_of,
)
from benchmarks.forecast.world import AHEAD_DAYS, DAYS, HISTORY_DAYS, SCENARIOS, Counts
from odr_analysis.forecasting.track_record import scores

HORIZONS = (7, 14, 30, 60)
QUANTITIES = ("mature", "final")
WINDOW = "shown window"
SURE = 0.8
"""Probability of being under the limit from which a day of recovery is named."""

NowcastDraws = Mapping[tuple[str, str], Counts]
"""Component and quantity to the draws of the defective orders of the shown window."""


class Ahead(NamedTuple):
    """A forecast: a row per draw, a column for the origin and each of the 75 days after.

    ``certain`` is what it gives as certain, by name of ``CERTAIN`` and for the same days, with its
    probability of a breach; None of a model that gives none.
    """

    defects: Counts
    orders: Counts
    certain: pd.DataFrame | None = None


CERTAIN = {
    "known_orders": "known_orders",
    "known_defective": "known",
    "entering": "entering",
    "leaving": "leaving",
}
"""Columns of a forecast that are certain, and what they are called in ``accounts.Truth``."""


class Model(Protocol):
    """What is scored."""

    def nowcast(self, account: Generated, rng: np.random.Generator) -> NowcastDraws: ...

    def forecast(self, account: Generated, rng: np.random.Generator) -> Ahead: ...


class Toolkit:
    """The model of ``odr_analysis``, as a user calls it."""

    def nowcast(self, account: Generated, rng: np.random.Generator) -> NowcastDraws:
        from odr_analysis.forecasting.nowcast import nowcast

        draws = nowcast(account.table, rng=rng).draws
        return {
            (group, quantity): draws[MARKETPLACE, CHANNEL, WINDOW, group, quantity]
            for group, quantity in product(GROUPS, QUANTITIES)
        }

    def forecast(self, account: Generated, rng: np.random.Generator) -> Ahead:
        from odr_analysis.forecasting.forecast import forecast

        found = forecast(account.table, horizon_days=AHEAD_DAYS, rng=rng)
        return Ahead(*found.draws[MARKETPLACE, CHANNEL], certain=found.table)


@dataclass(frozen=True)
class Cell:
    """Accounts of one kind: which are scored together."""

    scenario: str
    orders: int
    history_days: int = HISTORY_DAYS

    @property
    def name(self) -> str:
        """Its scenario, or ``SHORT``."""
        return self.scenario if self.history_days == HISTORY_DAYS else SHORT


SHORT = "90-days"
"""Name of the cells with a history of 90 days, in which nothing changes."""
CELLS = [
    Cell("calm", orders, 90) if name == SHORT else Cell(name, orders)
    for orders in VOLUMES
    for name in (*SCENARIOS, SHORT)
]


def judge(
    model: Model,
    cells: Iterable[Cell],
    accounts: int = 600,
    seeds: str = "dev",
    jobs: int = 1,
    first: int = 0,
    done: Callable[[], object] = lambda: None,
) -> pd.DataFrame:
    """Scores of a model.

    Parameters
    ----------
    model : Model
    cells : Cell, one or more
    accounts : int
        Accounts of each cell, half of them of each generator.
    seeds : "dev" or "final"
    jobs : int
        Processes to use.
    first : int
        Number of the first account of each generator.
    done : callable
        Called after each account.

    Returns
    -------
    pandas.DataFrame
        One row per account x target, see :func:`score`.
    """
    each = accounts // len(GENERATORS)
    tasks = [
        (generator, cell, number)
        for cell in cells
        for number in range(first, first + each)
        for generator in GENERATORS
    ]
    work = partial(_one, model, seeds)
    rows: list[dict[str, Any]] = []
    if jobs == 1:
        for task in tasks:
            rows += work(task)
            done()
    else:
        with ProcessPoolExecutor(jobs) as pool:
            for part in pool.map(work, tasks, chunksize=5):
                rows += part
                done()
    return pd.DataFrame(rows)


def _one(model: Model, seeds: str, task: tuple[str, Cell, int]) -> list[dict[str, Any]]:
    generator, cell, number = task
    account = generate(generator, cell.scenario, cell.orders, number, seeds, cell.history_days)
    key = {
        "generator": generator,
        "scenario": cell.scenario,
        "orders": cell.orders,
        "history_days": cell.history_days,
        "number": number,
    }
    seed = seed_of(generator, cell.scenario, cell.orders, number, seeds, use=1)
    return [{**key, **row} for row in score(model, account, seed)]


def score(
    model: Model, account: Generated, seed: np.random.SeedSequence
) -> Iterator[dict[str, Any]]:
    """Scores of one account.

    Yields
    ------
    dict
        One per target: ``nowcast`` x component x quantity, ``forecast`` x horizon, one
        ``recovery`` where the account is over the limit and a day is named, and one ``rules`` with
        the draws that break one of :func:`broken`. Rates are in points
        of ODR (1 % is 1). ``naive`` is "as reported so far" or persistence, the ODR shown on the
        origin.
    """
    for_nowcast, for_forecast, lots = map(np.random.default_rng, seed.spawn(3))
    counts = model.nowcast(account, for_nowcast)
    ahead = model.forecast(account, for_forecast)
    yield from _nowcast(counts, account, lots)
    yield from _forecast(ahead.defects, ahead.orders, account, lots)
    yield {"target": "rules", **broken(counts, ahead, account)}


def broken(draws: NowcastDraws, ahead: Ahead, account: Generated) -> dict[str, int]:
    """How many draws break what must hold in each: by rule.

    ``coherent``: the union is not above the sum of the components, nor below the largest.
    ``reported``: no draw is below what is reported already. ``today``: day 0 is the shown ODR.
    ``certain``: no day is below what is known of it. ``placed``: the orders of days 0 to 15 are
    those placed. ``recount``: the certain part is that of a recount of all orders on each day, and
    day 0 has a breach of probability 1 where 100 times the defective orders are all orders or more,
    else 0.
    """
    truth, (defects, orders, certain) = account.truth, ahead
    wrong = 0
    if certain is not None:
        counts = {c: certain[c].to_numpy() != getattr(truth, t) for c, t in CERTAIN.items()}
        wrong = sum(map(np.count_nonzero, counts.values()))
        wrong += certain.p_breach.iloc[0] != (100 * truth.defects[0] >= truth.orders[0])
    union = [draws["union", q] for q in QUANTITIES]
    parts = [np.stack([draws[g, q] for g in GROUPS[1:]]) for q in QUANTITIES]
    return {
        "coherent": sum(
            np.count_nonzero((u > p.sum(axis=0)) | (u < p.max(axis=0)))
            for u, p in zip(union, parts, strict=True)
        ),
        "reported": sum(
            np.count_nonzero(draws[g, q] < truth.reported[g])
            for g, q in product(GROUPS, QUANTITIES)
        ),
        "today": np.count_nonzero(
            (defects[:, 0] != truth.defects[0]) | (orders[:, 0] != truth.orders[0])
        ),
        "certain": np.count_nonzero((defects < truth.known).any(axis=1)),
        "placed": np.count_nonzero((orders[:, :16] != truth.orders[:16]).any(axis=1)),
        "recount": int(wrong),
    }


def _nowcast(
    draws: NowcastDraws, account: Generated, lots: np.random.Generator
) -> Iterator[dict[str, Any]]:
    truth = account.truth
    for quantity, group in product(QUANTITIES, GROUPS):
        points = 100 / truth.window_orders if truth.window_orders else np.nan
        counts = draws[group, quantity]
        happened = getattr(truth, quantity)[group]
        yield {
            "target": "nowcast",
            "component": group,
            "quantity": quantity,
            "truth": happened * points,
            "pit": scores.pit(happened, counts, lots),
            "wis": scores.wis(happened, scores.quantiles(counts)) * points,
            "crps": scores.crps(happened, counts) * points,
            "naive": abs(happened - truth.reported[group]) * points,
            "bias": (counts.mean() - happened) * points,
        }


def _forecast(
    defects: Counts, orders: Counts, account: Generated, lots: np.random.Generator
) -> Iterator[dict[str, Any]]:
    truth = account.truth
    with np.errstate(invalid="ignore", divide="ignore"):
        rates = np.where(orders > 0, 100 * defects / orders, 0.0)
        happened = 100 * truth.defects / truth.orders
    breach = (100 * truth.defects >= truth.orders) & (truth.orders > 0)
    p_breach = ((100 * defects >= orders) & (orders > 0)).mean(axis=0)
    path = known_path(account)
    today = happened[0]
    for h in HORIZONS:
        bounds = scores.quantiles(rates[:, h])
        yield {
            "target": "forecast",
            "horizon": h,
            "truth": happened[h],
            "pit": scores.pit(happened[h], rates[:, h], lots),
            "wis": scores.wis(happened[h], bounds),
            "crps": scores.crps(happened[h], rates[:, h]),
            "naive": abs(happened[h] - today),
            "known": abs(happened[h] - path[h]),
            "median_error": abs(happened[h] - bounds[0]),
            "bias": rates[:, h].mean() - happened[h],
            "breach": bool(breach[h]),
            "p_breach": p_breach[h],
            "brier": scores.brier(breach[h], p_breach[h]),
            "brier_naive": scores.brier(breach[h], float(breach[0])),
            "brier_known": scores.brier(breach[h], float(path[h] >= 1)),
        }
    sure = np.flatnonzero(1 - p_breach >= SURE)
    if breach[0] and len(sure):
        day = int(sure[0])
        yield {
            "target": "recovery",
            "horizon": day,
            "breach": bool(breach[day]),
            "p_breach": p_breach[day],
        }


def known_path(account: Generated) -> np.ndarray:
    """Shown ODR of each day in points, from known entries and exits alone.

    Nothing more is reported; orders not placed yet come as on the last 28 days, and have the ODR
    shown on the origin.
    """
    truth = account.truth
    recent = account.n_orders[(DAYS <= 0) & (DAYS > -28)].mean()
    unplaced = np.maximum(np.arange(AHEAD_DAYS + 1) - 15, 0) * recent
    today = truth.defects[0] / truth.orders[0]
    return 100 * (truth.known + today * unplaced) / (truth.known_orders + unplaced)
