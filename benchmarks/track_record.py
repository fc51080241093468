"""Forecasts with and without the correction learned from their own past, on generated accounts.

python -m benchmarks.track_record --accounts 20 --from 7000

Each account is backtested on what is known on its last day; the correction is applied to its
forecast and nowcast of that day, and both are scored against its future.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import product

import numpy as np
import pandas as pd

from benchmarks.forecast.accounts import (
    CHANNEL,
    GENERATORS,
    MARKETPLACE,
    SEEDS,
    VOLUMES,
    Generated,
    generate,
)
from benchmarks.forecast.judge import HORIZONS, QUANTITIES, WINDOW
from benchmarks.forecast.world import SCENARIOS, Scenario
from odr_analysis.forecasting.forecast import forecast
from odr_analysis.forecasting.nowcast import nowcast
from odr_analysis.forecasting.recalibration import Correction
from odr_analysis.forecasting.track_record import scores
from odr_analysis.forecasting.track_record.backtest import backtest

PAIR = (MARKETPLACE, CHANNEL)
WITH, WITHOUT = "with", "without"
SLOW = Scenario("lags-x2.5", lags=(2.5, 10_000))
"""Lags that were always longer than the prior has them: here there is something to learn."""


def compared(account: Generated, seed: int) -> Iterator[dict[str, object]]:
    """Scores of one account with and without its correction; a row per target and horizon."""
    learned = backtest(account.table, horizons=HORIZONS, rng=seed).recalibration
    ahead = forecast(account.table, horizon_days=max(HORIZONS), rng=seed)
    now = nowcast(account.table, rng=seed)
    truth = account.truth
    for kind, corrections in ((WITHOUT, [Correction()] * 2), (WITH, learned.of(PAIR))):
        of_days, of_window = corrections
        lots = np.random.default_rng(seed)
        defects, orders = of_days.of_days(*ahead.draws[PAIR])
        p_breach = of_days.exceeded(ahead.table.p_breach)
        for h in HORIZONS:
            happened = truth.defects[h] / truth.orders[h]
            breach = bool(100 * truth.defects[h] >= truth.orders[h])
            yield {
                "kind": kind,
                "target": "shown",
                **_scored(happened, defects[:, h] / orders[:, h], lots),
                "brier": scores.brier(breach, float(p_breach[h])),
            }
        picked = of_window.stand_ins(now.draws[(*PAIR, WINDOW, "union", "mature")])
        for quantity in QUANTITIES:
            draws = now.draws[(*PAIR, WINDOW, "union", quantity)][picked]
            happened = getattr(truth, quantity)["union"] / truth.window_orders
            yield {
                "kind": kind,
                "target": quantity,
                **_scored(happened, draws / truth.window_orders, lots),
            }


def _scored(happened: float, draws: np.ndarray, lots: np.random.Generator) -> dict[str, float]:
    pit = scores.pit(happened, draws, lots)
    return {
        "wis": scores.wis(happened, scores.quantiles(draws)),
        "inside_50": float(scores.inside(pit, 0.5)),
        "inside_90": float(scores.inside(pit, 0.9)),
    }


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Ratio of WIS and Brier with to without the correction, and both shares inside the bands.

    By target, orders and scenario; ``error`` is the standard error of the ratio of WIS, of
    accounts.
    """
    found = {}
    for key, part in rows.groupby(["target", "orders", "scenario"], sort=False):
        one, other = (part[part.kind == kind] for kind in (WITH, WITHOUT))
        ratio = one.wis.mean() / other.wis.mean()
        both = pd.concat([p.groupby("account").wis.mean() for p in (one, other)], axis=1)
        both.columns = [WITH, WITHOUT]
        error = (both[WITH] - ratio * both[WITHOUT]).std() / both[WITHOUT].mean()
        found[key] = {
            "n": len(both),
            "WIS": ratio,
            "error": error / np.sqrt(len(both)),
            "Brier": one.brier.mean() / other.brier.mean(),
            **{
                f"{name} {kind}": which[name].mean()
                for name in ("inside_50", "inside_90")
                for kind, which in ((WITHOUT, other), (WITH, one))
            },
        }
    return pd.DataFrame(found).T


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.track_record",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--accounts", type=int, default=20, help="of each cell and generator")
    parser.add_argument("--from", type=int, default=0, dest="first", help="number of the first")
    parser.add_argument("--orders", type=int, nargs="+", default=list(VOLUMES))
    parser.add_argument("--seeds", choices=SEEDS, default="dev", help="final: for publication only")
    given = parser.parse_args()
    SCENARIOS[SLOW.name] = SLOW
    numbers = range(given.first, given.first + given.accounts)
    rows: list[dict[str, object]] = []
    for number, orders, scenario, generator in product(
        numbers, given.orders, SCENARIOS, GENERATORS
    ):
        account = generate(generator, scenario, orders, number, given.seeds)
        name = f"{generator} {scenario} {orders} {number}"
        key = {"account": name, "scenario": scenario, "orders": orders}
        rows += [{**key, **row} for row in compared(account, number)]
        print(f"\r{number} {orders} {scenario:<12}", end="", file=sys.stderr, flush=True)
    table = pd.DataFrame(rows)
    whole = table.assign(orders="all", scenario="all")
    kinds = {"shown": "shown", "final": "window", "mature": "window"}
    for part in (table, table.assign(orders="all"), whole):
        print(summary(part.assign(target=part.target.map(kinds))).round(3).to_string())


if __name__ == "__main__":
    main()
