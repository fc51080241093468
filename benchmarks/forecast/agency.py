"""Whether a prior measured on the accounts of an agency helps its small sellers.

python -m benchmarks.forecast.agency --agencies 10

Prints mean WIS and CRPS (points of ODR) of the nowcast of the shown window and of the forecast with
the default prior, and how many times as large they are with the measured one.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.forecast.accounts import (
    CHANNEL,
    GENERATORS,
    MARKETPLACE,
    WORLDS,
    Generated,
    account_of,
)
from benchmarks.forecast.world import HISTORY_DAYS, SCENARIOS, Counts
from odr_analysis.forecasting.delay_model.prior import Prior
from odr_analysis.forecasting.forecast import forecast
from odr_analysis.forecasting.nowcast import SHOWN, UNION, nowcast
from odr_analysis.forecasting.priors import prior_of
from odr_analysis.forecasting.track_record import scores

SELLERS = 30
FEWEST, MOST = 20, 200
"""Orders in 60 days of the sellers of an agency, evenly spread on a logarithmic scale."""
HORIZONS = (7, 14, 30, 60)

Row = tuple[str, float, float, float]


@dataclass(frozen=True)
class Kind:
    """Agencies of one kind: how their rates are to those of the generator, and how far apart.

    The prior is measured on ``prior_days`` of the same sellers, by default on ``history_days``.
    """

    name: str
    middle: float
    spread: float
    scenario: str = "calm"
    history_days: int = HISTORY_DAYS
    prior_days: int = 0


KINDS = (
    Kind("alike", 1.3, 0.3),
    Kind("good and alike", 0.4, 0.3),
    Kind("unlike", 0.8, 0.9),
    Kind("alike, drift", 1.3, 0.3, "drift"),
    Kind("alike, 90 days", 1.3, 0.3, history_days=90),
    Kind("new among old", 1.3, 0.3, history_days=90, prior_days=HISTORY_DAYS),
)


def agency(
    generator: str, kind: Kind, seed: np.random.SeedSequence, days: int = 0
) -> list[Generated]:
    """The sellers of one agency, the same each time, known for so many `days`."""
    made = []
    for number in range(SELLERS):
        rng = np.random.default_rng([*seed.generate_state(4).tolist(), number])
        orders = round(float(np.exp(rng.uniform(np.log(FEWEST), np.log(MOST)))))
        factor = kind.middle * np.exp(rng.normal(0, kind.spread))
        world = WORLDS[generator](orders, SCENARIOS[kind.scenario], factor, rng)
        made.append(account_of(world, rng, days or kind.history_days))
    return made


def scored(seller: Generated, prior: Prior | None, rng: np.random.Generator) -> list[Row]:
    """One row for each thing scored: what, WIS and CRPS in points of ODR, PIT."""
    truth = seller.truth
    rows = []

    def score(what: str, draws: Counts, orders: Counts | int, bad: int, of: int) -> None:
        rates = 100 * draws / np.maximum(orders, 1)
        actual = 100 * bad / max(of, 1)
        wis = scores.wis(actual, scores.quantiles(rates))
        rows.append((what, wis, scores.crps(actual, rates), scores.pit(actual, rates, rng)))

    now = nowcast(seller.table, prior=prior).draws
    n = truth.window_orders
    for what, bad in (("mature", truth.mature), ("final", truth.final)):
        draws = now[MARKETPLACE, CHANNEL, SHOWN, UNION, what]
        score(what, draws, n, bad[UNION], n)
    ahead = forecast(seller.table, horizon_days=max(HORIZONS), prior=prior)
    defective, orders = ahead.draws[MARKETPLACE, CHANNEL]
    for h in HORIZONS:
        score(
            f"{h} days", defective[:, h], orders[:, h], int(truth.defects[h]), int(truth.orders[h])
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.forecast.agency",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--agencies", type=int, default=10, help="of each kind and generator")
    parser.add_argument("--only", choices=[kind.name for kind in KINDS], metavar="KIND")
    parser.add_argument("--seed", type=int, default=20261129)
    given = parser.parse_args()
    rows = []
    for i, kind in enumerate(KINDS):
        if given.only not in (None, kind.name):
            continue
        for j, generator in enumerate(GENERATORS):
            seeds = np.random.SeedSequence(given.seed, spawn_key=(i, j)).spawn(given.agencies)
            for seed in seeds:
                sellers = agency(generator, kind, seed)
                old = agency(generator, kind, seed, kind.prior_days) if kind.prior_days else sellers
                measured = prior_of(s.table for s in old)
                for name, prior in (("default", None), ("measured", measured)):
                    pits = np.random.default_rng(1)
                    for seller in sellers:
                        rows += [
                            (kind.name, generator, name, measured.rate, measured.rate_sd, *row)
                            for row in scored(seller, prior, pits)
                        ]
        print(_table(rows, kind.name), flush=True)


def _table(rows: list[tuple], kind: str) -> str:
    columns = ["kind", "generator", "prior", "rate", "rate_sd", "what", "wis", "crps", "pit"]
    table = pd.DataFrame(rows, columns=columns).query("kind == @kind")
    table["inside"] = scores.inside(table.pit, 0.9)
    keys = ["what", "generator"]
    by = table.groupby([*keys, "prior"], sort=False)[["wis", "crps", "inside"]].mean()
    old, new = by.xs("default", level="prior"), by.xs("measured", level="prior")
    shown = pd.DataFrame(
        {
            "WIS": old.wis,
            "measured/default": new.wis / old.wis,
            "CRPS": old.crps,
            "CRPS measured/default": new.crps / old.crps,
            "PIT90": old.inside,
            "PIT90 measured": new.inside,
        }
    )
    rate, sd = table.rate.mean(), table.rate_sd.mean()
    return f"\n{kind}: measured rate {rate:.4f}, spread {sd:.2f}\n{shown.round(3).to_string()}"


if __name__ == "__main__":
    main()
