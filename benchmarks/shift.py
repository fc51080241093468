"""False alarms of the shift detector against the stated rate, and how soon it finds a change.

python -m benchmarks.shift
python -m benchmarks.shift --accounts 100 --only 5000 g1
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from benchmarks.forecast.accounts import GENERATORS, SPREADS, VOLUMES, WORLDS, seed_of
from benchmarks.forecast.world import DAYS, SCENARIOS, Counts, Numbers, World
from odr_analysis.forecasting.delay_model.fit import Prior
from odr_analysis.forecasting.delay_table import SeriesDelays
from odr_analysis.forecasting.shifts.cusum import FALSE_ALARM_DAYS, Watch
from odr_analysis.forecasting.shifts.reference import (
    DOUBLED_DAYS,
    WATCHED_DAYS,
    Reference,
    reports_by_day,
)
from odr_analysis.rates.rolling import day_number

HISTORY = 364
AFTER = 75
"""Days from the first order of the changed rate to the last day watched."""
CHANGED_AGO = 30
AS_OF = AFTER - CHANGED_AGO + 1
N_DRAWS = 2000
KNOWN_TIMES = 3_000_000
"""Orders in 60 days from which the known reports of a day are counted."""

SLOWEST: dict[tuple[int, float], tuple[float, float]] = {
    (200, 2.0): (70, 0.16),
    (200, 3.0): (56, 0.21),
    (5_000, 1.5): (47, 0.26),
    (5_000, 2.0): (30, 0.52),
    (5_000, 3.0): (20, 0.91),
    (100_000, 1.5): (23, 0.83),
    (100_000, 2.0): (14, 1.0),
    (100_000, 3.0): (11, 1.0),
}
"""By orders and ratio: median delay in days, at most, and share found within 30 days, at least."""


@dataclass(frozen=True)
class Run:
    alarm_worse: int
    alarm_better: int
    bound: float
    p30: float
    p60: float


def run(generator: str, orders: int, ratio: float, number: int, known: bool) -> Run:
    rng = np.random.default_rng(seed_of(generator, "calm", orders, number, "dev", use=int(10*ratio)))
    factor = float(np.exp(rng.normal(0, SPREADS[orders])))
    seed = int(rng.integers(2**32))
    changed = replace(SCENARIOS["calm"], rate=(ratio, CHANGED_AGO))
    world = WORLDS[generator](orders, changed, factor, np.random.default_rng(seed))
    rows = np.flatnonzero((DAYS > AS_OF - HISTORY) & (DAYS <= AS_OF))
    n_orders = world.orders(rows, rng)
    cell, delays = world.defects(rows, n_orders, rng)
    age = AS_OF - DAYS[rows[cell]]
    seen = delays.min(axis=1) <= age
    series = SeriesDelays("m", "c", day_number(world.today) + AS_OF, n_orders, age[seen], np.where(delays[seen] <= age[seen][:, None], delays[seen], np.iinfo(np.int64).max), np.ones((int(seen.sum()), 3), bool))
    reports = reports_by_day(series, WATCHED_DAYS)
    if known:
        calm = WORLDS[generator](orders, SCENARIOS["calm"], factor, np.random.default_rng(seed))
        times = max(KNOWN_TIMES // orders, 1)
        cell, delays = calm.defects(rows, n_orders * times, rng)
        on = delays.min(axis=1) - (AS_OF - DAYS[rows[cell]]) + WATCHED_DAYS - 1
        use = (on >= 0) & (on < WATCHED_DAYS)
        expected = np.bincount(on[use], minlength=WATCHED_DAYS) / times
        drawn = np.broadcast_to(expected, (N_DRAWS, WATCHED_DAYS))
        late = use & (AS_OF - DAYS[rows[cell]] < DOUBLED_DAYS)
        of_late = np.broadcast_to(np.bincount(on[late], minlength=WATCHED_DAYS) / times, drawn.shape)
    else:
        ref = Reference.of(series, Prior(), N_DRAWS, rng)
        expected, drawn, of_late = ref.expected, ref.drawn(ref.by_bin), ref.drawn(ref.of_late)
    w = Watch.of(reports, expected, drawn, of_late, rng)
    first = [int(np.flatnonzero(np.append(c.path > c.limit, True))[0]) for c in (w.worse, w.better)]
    return Run(*first, w.ratio_bound if w.alarm is w.worse else np.nan, *w.p_doubling), (expected.sum(), reports.sum(), w.worse.limit, w.better.limit)

def main():
    p = argparse.ArgumentParser(); p.add_argument("--accounts", type=int, default=200); p.add_argument("--only", nargs="*", default=[])
    a = p.parse_args()
    print("stated", 1-np.exp(-WATCHED_DAYS/FALSE_ALARM_DAYS))
    for orders in VOLUMES:
      if a.only and str(orders) not in a.only: continue
      for gen in GENERATORS:
       for known in (True, False):
        for ratio in (1.0, 1.5, 2.0, 3.0):
            runs=[run(gen, orders, ratio, i, known) for i in range(a.accounts if not known or orders>200 else a.accounts)]
            r=np.array([(x.alarm_worse,x.alarm_better,x.bound,x.p30,x.p60) for x,_ in runs]); e=np.array([y for _,y in runs])
            start=WATCHED_DAYS-AFTER
            w=r[:,0]; ok=w>=start; d=np.where(w[ok]>=WATCHED_DAYS, np.inf, w[ok]-start)
            print(orders, gen, "known" if known else "est", ratio, "worse %.3f better %.3f"%((w<WATCHED_DAYS).mean(), (r[:,1]<WATCHED_DAYS).mean()), "median", np.median(d), "P30 %.2f"%(d<=30).mean(), "P60 %.2f"%(d<=60).mean(), "pred %.2f %.2f"%(r[:,3].mean(), r[:,4].mean()), "bound med %.2f max %.2f over %.3f"%(np.nanmedian(r[:,2]), np.nanmax(r[:,2]), (r[:,2]>ratio).mean()), "exp %.1f seen %.1f lim %.2f %.2f"%tuple(e.mean(0)), SLOWEST.get((orders,ratio),""), flush=True)
main()
