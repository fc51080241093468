"""False alarms of the shift detector against the stated rate, and how soon it finds a change.

python -m benchmarks.shift
python -m benchmarks.shift --accounts 100 --only 5000 g1 known
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd

from benchmarks.forecast.accounts import GENERATORS, SEEDS, SPREADS, VOLUMES, WORLDS, seed_of
from benchmarks.forecast.world import DAYS, NEVER, SCENARIOS, Counts, Numbers, World
from odr_analysis import terms
from odr_analysis.forecasting.delay_model.fit import Prior
from odr_analysis.forecasting.delay_table import SeriesDelays
from odr_analysis.forecasting.shifts.cusum import FALSE_ALARM_DAYS, Watch
from odr_analysis.forecasting.shifts.reference import (
    DOUBLED_DAYS,
    WATCHED_DAYS,
    Reference,
    reports_by_day,
)
from odr_analysis.forecasting.shifts.shift import BETTER, N_DRAWS, WORSE, finding_of
from odr_analysis.rates import rolling

HISTORY = 364
CHANGED_AGO = 30
"""Orders of the last so many days before the generators' origin have the changed rate."""
AFTER = 75
"""Days watched from the first of them on."""
BEFORE = WATCHED_DAYS - AFTER
"""Days watched before: who has an alarm by then is not asked for the delay."""
TODAY = AFTER - CHANGED_AGO
KNOWN_ORDERS = 3_000_000
"""Orders in 60 days from which the reports known to be expected are counted."""
STATED = -float(np.expm1(-WATCHED_DAYS / FALSE_ALARM_DAYS))
"""Share of accounts with a false alarm in the days watched, if there is one a year."""

TABLE: dict[tuple[int, float], tuple[int, float]] = {
    (200, 2.0): (70, 0.16),
    (200, 3.0): (56, 0.21),
    (5_000, 1.5): (47, 0.26),
    (5_000, 2.0): (30, 0.52),
    (5_000, 3.0): (20, 0.91),
    (100_000, 1.5): (23, 0.83),
    (100_000, 2.0): (14, 1.0),
    (100_000, 3.0): (11, 1.0),
}
"""What the design reached, by orders and ratio: median delay, and share found within 30 days."""
MEASURED_ON = "g1"
"""The generator of that table; the reports of the other come days later."""
SOON = 30


@dataclass(frozen=True)
class Cell:
    """Accounts alike: `known` where the detector has the true rate and lags."""

    generator: str
    orders: int
    ratio: float
    known: bool

    @property
    def how(self) -> str:
        return "known" if self.known else "estimated"

    @property
    def words(self) -> set[str]:
        return {str(self.orders), self.generator, f"x{self.ratio:g}", self.how}


def cells() -> list[Cell]:
    """No change, and each change of the table; rate and lags estimated, or known."""
    changes = [(v, 1.0) for v in VOLUMES] + list(TABLE)
    return [
        Cell(generator, orders, ratio, known)
        for (orders, ratio), generator, known in product(sorted(changes), GENERATORS, (False, True))
    ]


@dataclass(frozen=True, eq=False)
class Account:
    """Orders of a year and their reports, as known on its last day."""

    series: SeriesDelays
    calm: World
    """The same seller without a change."""
    rows: Counts
    """The days of its orders, as rows of ``DAYS``."""


def account(cell: Cell, rng: np.random.Generator) -> Account:
    """One account whose rate changes ``AFTER`` days before its last."""
    factor = float(np.exp(rng.normal(0, SPREADS[cell.orders])))
    seed = int(rng.integers(2**32))
    scenario = SCENARIOS["calm"]
    world, calm = (
        WORLDS[cell.generator](cell.orders, s, factor, np.random.default_rng(seed))
        for s in (replace(scenario, rate=(cell.ratio, CHANGED_AGO)), scenario)
    )
    rows = np.flatnonzero((DAYS > TODAY - HISTORY) & (DAYS <= TODAY))
    n_orders = world.orders(rows, rng)
    place, delays = world.defects(rows, n_orders, rng)
    age = TODAY - DAYS[rows[place]]
    known = delays.min(axis=1) <= age
    delays = np.where((delays <= age[:, None]) & (delays < NEVER), delays, rolling.NEVER)[known]
    series = SeriesDelays(
        "Amazon.de",
        terms.CHANNELS[0],
        rolling.day_number(world.today) + TODAY,
        n_orders,
        age[known],
        delays,
        np.ones_like(delays, dtype=bool),
    )
    return Account(series, calm, rows)


def known_reports(of: Account, cell: Cell, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Reports to be expected of each watched day, and of them those of the latest orders.

    Counted of so many more orders on the same days that luck hardly matters.
    """
    times = max(KNOWN_ORDERS // cell.orders, 1)
    place, delays = of.calm.defects(of.rows, of.series.n_orders * times, rng)
    age = TODAY - DAYS[of.rows[place]]
    on = WATCHED_DAYS - 1 - age + delays.min(axis=1)
    watched = (on >= 0) & (on < WATCHED_DAYS)
    late = watched & (age < DOUBLED_DAYS)
    every, latest = (np.bincount(on[w], minlength=WATCHED_DAYS) / times for w in (watched, late))
    return every, latest


def watch(cell: Cell, rng: np.random.Generator) -> Watch:
    """The watched days of one account."""
    of = account(cell, rng)
    if cell.known:
        expected, latest = known_reports(of, cell, rng)
        shape = (N_DRAWS, WATCHED_DAYS)
        drawn, of_late = np.broadcast_to(expected, shape), np.broadcast_to(latest, shape)
    else:
        reference = Reference.of(of.series, Prior(), N_DRAWS, rng)
        assert reference is not None
        expected = reference.expected
        drawn, of_late = (reference.drawn(x) for x in (reference.by_bin, reference.of_late))
    return Watch.of(reports_by_day(of.series, WATCHED_DAYS), expected, drawn, of_late, rng)


def watched(cell: Cell, accounts: int, seeds: str) -> pd.DataFrame:
    """One row per account: first day over each limit, and what was claimed."""
    rows = []
    for number in range(accounts):
        seed = seed_of(cell.generator, "calm", cell.orders, number, seeds, use=int(10 * cell.ratio))
        found = watch(cell, np.random.default_rng(seed))
        over = (
            int(np.argmax(np.append(c.path > c.limit, True))) for c in (found.worse, found.better)
        )
        bound = found.ratio_bound if found.alarm is found.worse else None
        rows.append((*over, finding_of(found)[0] in (WORSE, BETTER), bound, *found.p_doubling))
    names = ["worse", "better", "finding", "bound", "p_doubling_30", "p_doubling_60"]
    return pd.DataFrame(rows, columns=names).astype({"bound": float})


def lines(cell: Cell, rows: pd.DataFrame) -> Iterator[str]:
    """What a cell shows, with ``!`` where a limit is missed by more than luck."""
    head = f"{cell.orders:>7,} {cell.generator} {cell.how:<9} "
    if cell.ratio == 1:
        error = float(np.sqrt(STATED * (1 - STATED) / len(rows)))
        shares = [float((rows[side] < WATCHED_DAYS).mean()) for side in ("worse", "better")]
        marks = ["!" if share > STATED + 2.5 * error else " " for share in shares]
        yield (
            f"{head} no change: false alarms worse {shares[0]:.3f}{marks[0]} better "
            f"{shares[1]:.3f}{marks[1]} stated {STATED:.3f} (error {error:.3f}); finding on the "
            f"last day {rows.finding.mean():.3f}; bound over 1: {(rows.bound > 1).mean():.3f}"
        )
        return
    delay = rows.worse[rows.worse >= BEFORE] - BEFORE
    delay = delay.where(delay < AFTER, np.inf)
    most, least = TABLE[cell.orders, cell.ratio]
    by_then, soon = (float((delay <= days).mean()) for days in (most, SOON))
    held = cell.generator == MEASURED_ON
    late = "!" if held and by_then < 0.5 - 2 / np.sqrt(4 * len(delay)) else " "
    few = "!" if held and soon < least - 2 * np.sqrt(least * (1 - least) / len(delay)) else " "
    yield (
        f"{head} x{cell.ratio:g}: median {delay.median():.0f} days{late} (table {most}), within 30 "
        f"{soon:.3f}{few} (table {least:.2f}); within 60 {(delay <= 60).mean():.3f}; "
        f"promised for a doubling {rows.p_doubling_30.mean():.2f} "
        f"{rows.p_doubling_60.mean():.2f}; bound {rows.bound.median():.2f}, over the ratio "
        f"{(rows.bound > cell.ratio).mean():.3f}"
    )


def shown(accounts: int, seeds: str = "dev", words: Collection[str] = ()) -> int:
    """Print the lines of every cell that has all of these words; how many miss a limit."""
    missed = 0
    for cell in cells():
        if set(words) <= cell.words:
            for line in lines(cell, watched(cell, accounts, seeds)):
                missed += "!" in line
                print(line, flush=True)
    print(f"{missed} lines with a limit missed, marked !")
    return missed


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.shift",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--accounts", type=int, default=600, help="accounts of each cell")
    parser.add_argument("--seeds", choices=SEEDS, default="dev", help="final: for publication only")
    parser.add_argument(
        "--only",
        nargs="+",
        default=[],
        metavar="WORD",
        help="orders in 60 days, generators, ratios",
    )
    given = parser.parse_args()
    words = set(given.only)
    if unknown := words - {word for cell in cells() for word in cell.words}:
        parser.error(f"--only: no cell has {', '.join(sorted(unknown))}")
    sys.exit(bool(shown(given.accounts, given.seeds, words)))


if __name__ == "__main__":
    main()
