"""Accounts near the limit, the extra orders a day computed for them, and what comes of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
import pandas as pd

from benchmarks.forecast.accounts import (
    CHANNEL,
    GENERATORS,
    MARKETPLACE,
    VOLUMES,
    YOUNGEST,
    Generated,
    generate,
    seed_of,
    shown_by_day,
)
from benchmarks.forecast.judge import Ahead
from benchmarks.forecast.standins import Oracle
from benchmarks.forecast.world import DAYS, Counts
from odr_analysis.forecasting.delay_model.prior import Prior
from odr_analysis.forecasting.forecast import forecast
from odr_analysis.forecasting.priors import prior_of
from odr_analysis.whatif.needed import orders_needed
from odr_analysis.whatif.odds import DailyOrders

HORIZONS = (21, 30, 45)
"""Days ahead on which the rate should be under target: orders of 6, 15 and 30 days count then."""
QUALITIES: dict[str, float | None] = {"clean": 0.0, "as usual": None}
"""Share of the extra orders that is defective; None for as many as of ordinary ones."""
CERTAINTY = 0.9
WITHIN = (0.88, 0.97)
"""Least and greatest share attained."""
RATES_OF_UNLIKE = (0.4, 0.95)
"""Rates of unlike sellers against those near the limit: median, and sd of the logarithm. Together
with the spread of these they are as far apart as the toolkit assumes of any accounts before their
data, and lower: in the end half of them are below 0.45 %."""
MOST = 10
"""More extra orders a day than so many times the ordinary ones are taken to be out of reach."""
FUTURES = 40
"""Futures of each account: they have the same past, rates and delays, and luck of their own."""
TRIES = 8
"""So many times as many accounts are made as should need extra orders; then fewer must do."""

CALM, DRIFT, UNLIKE, MEASURED = "calm", "drift", "unlike", "measured"
NEEDED, NONE, OUT_OF_REACH = "needed", "none", "out of reach"


@dataclass(frozen=True)
class Cell:
    """Accounts alike.

    Near the limit: ``CALM``, where nothing changes, ``DRIFT``, where rates drift, and ``MEASURED``,
    where the prior is measured on other such sellers. ``UNLIKE`` have rates far from each other.
    """

    generator: str
    orders: int
    kind: str = CALM

    @property
    def words(self) -> set[str]:
        return {self.generator, str(self.orders), self.kind}

    def account(self, number: int, seeds: str) -> Generated:
        """One of them."""
        place = self.place(number, seeds)
        times = 1.0
        if self.kind == UNLIKE:
            middle, spread = RATES_OF_UNLIKE
            rng = np.random.default_rng(seed_of(*place, use=3))
            times = middle * float(np.exp(rng.normal(0, spread)))
        return generate(*place, times=times)

    def place(self, number: int, seeds: str) -> tuple[str, str, int, int, str]:
        """What its seeds come from."""
        return self.generator, DRIFT if self.kind == DRIFT else CALM, self.orders, number, seeds


CELLS = [
    *(Cell(g, orders, CALM) for orders, g in product(VOLUMES, GENERATORS)),
    # Of more orders the data say enough for what is assumed before them to hardly matter.
    *(Cell(g, min(VOLUMES), kind) for kind in (UNLIKE, MEASURED) for g in GENERATORS),
    *(Cell(g, orders, DRIFT) for orders, g in product(VOLUMES, GENERATORS)),
]
OTHERS = range(1_000_000, 1_000_030)
"""Numbers of the sellers on which a prior is measured."""
PAIRS = list(product(HORIZONS, QUALITIES))


@cache
def prior(cell: Cell, seeds: str) -> Prior | None:
    """What the toolkit assumes of these accounts; None for its default."""
    if cell.kind != MEASURED:
        return None
    return prior_of(cell.account(number, seeds).table for number in OTHERS)


@dataclass(frozen=True, eq=False)
class Futures:
    """What may come of one account, drawn from the world it was made in.

    Attributes
    ----------
    account : Generated
    ordinary : Ahead
        With the orders the world brings.
    rng : numpy.random.Generator
    """

    account: Generated
    ordinary: Ahead
    rng: np.random.Generator

    @classmethod
    def of(cls, account: Generated, rng: np.random.Generator, n: int = FUTURES) -> Futures:
        return cls(account, Oracle(n).forecast(account, rng), rng)

    def under(self, at: int, per_day: int, clean: bool) -> float:
        """Share of the futures in which the rate shown is under the limit `at` days ahead.

        With so many extra orders on each day from tomorrow on, which bring no defects or those
        that as many orders of the world bring.
        """
        counting = np.flatnonzero((DAYS > 0) & (at - YOUNGEST >= DAYS))
        orders = self.ordinary.orders[:, at] + per_day * len(counting)
        defects = self.ordinary.defects[:, at]
        if not clean:
            defects = defects + self.brought(counting, per_day)[:, at]
        return float(((100 * defects < orders) & (orders > 0)).mean())

    def brought(self, rows: Counts, per_day: int) -> Counts:
        """Defective ones shown of extra orders on these rows of ``DAYS``: [future, day ahead]."""
        n = len(self.ordinary.orders)
        day = np.tile(rows, n)
        cell, delays = self.account.world.defects(day, np.full(len(day), per_day), self.rng)
        return shown_by_day(DAYS[day[cell]], delays.min(axis=1), cell // len(rows), n)


def tried(
    cell: Cell, number: int, seeds: str, pairs: Iterable[tuple[int, str]] = PAIRS
) -> Iterator[dict[str, object]]:
    """One account: for each of these days and qualities what is needed, and what comes of it.

    Yields
    ------
    dict
        ``answer``: one of ``NEEDED``, ``NONE``, ``OUT_OF_REACH``. ``per_day``: extra orders a day,
        as many as may be had where it is out of reach. ``claimed``, ``attained``: probability of a
        rate under the limit with them, by the toolkit and by the world. ``without``, ``even``,
        ``today``: what is attained with none, with the number that is enough with 50 %, and with
        what today's rate is short of, spread over the days that count.
    """
    account = cell.account(number, seeds)
    rng = np.random.default_rng(seed_of(*cell.place(number, seeds), use=2))
    futures = Futures.of(account, rng)
    days = forecast(account.table, horizon_days=max(HORIZONS), prior=prior(cell, seeds)).marginals[
        MARKETPLACE, CHANNEL
    ]
    short = orders_needed(int(account.truth.defects[0]), int(account.truth.orders[0])).n
    assert short is not None, "clean orders always help"
    most = round(MOST * cell.orders / 60)
    for at, quality in pairs:
        rate = QUALITIES[quality]
        daily = DailyOrders.of(days, at, defect_rate=rate)
        least = daily.least(CERTAINTY, most)
        per_day = most if least is None else least
        naive = {"without": 0}
        if least:
            even = daily.least(0.5, most)
            assert even is not None, "less is enough for less"
            naive |= {"even": even, "today": -(-short // daily.counting)}
        clean = rate == 0.0
        yield {
            "days": at,
            "quality": quality,
            "answer": OUT_OF_REACH if least is None else NEEDED if least else NONE,
            "per_day": per_day,
            "claimed": float(daily.p_under(per_day)),
            "attained": futures.under(at, per_day, clean),
            **{name: futures.under(at, x, clean) for name, x in naive.items()},
        }


def run(cell: Cell, accounts: int, seeds: str = "dev") -> pd.DataFrame:
    """Accounts, for each day and quality until so many of them need extra orders."""
    rows: list[dict[str, object]] = []
    needing = dict.fromkeys(PAIRS, 0)
    for number in range(TRIES * accounts):
        if not (pairs := [pair for pair, n in needing.items() if n < accounts]):
            break
        for pair, row in zip(pairs, tried(cell, number, seeds, pairs), strict=True):
            needing[pair] += row["answer"] == NEEDED
            rows.append(row)
    key = {"kind": cell.kind, "orders": cell.orders, "generator": cell.generator}
    return pd.DataFrame(rows).assign(**key)


KEYS = ["kind", "orders", "generator", "days", "quality"]


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per kind of accounts, day and quality.

    Columns
    -------
    needing, attained, error, claimed, without, even, today
        Accounts that need extra orders; of their futures those under the limit with what has
        90 %, the error of that share, and the probability claimed, which may be above 90 % as
        orders are whole; and those under the limit with none and with the naive numbers.
    usual : median of the extra orders a day over the ordinary ones.
    none, none_claimed, none_attained
        Accounts that need none, and the same shares without any.
    out, out_claimed, out_attained
        Those for which it is out of reach, and the same with the most there may be.
    missed : whether the share attained is not ``WITHIN``.
    """
    found = []
    for key, part in rows.groupby(KEYS, sort=False):
        by = {answer: part[part.answer == answer] for answer in (NEEDED, NONE, OUT_OF_REACH)}
        needed = by[NEEDED]
        row = dict(zip(KEYS, key, strict=True))
        share = needed.attained.mean()
        row |= {
            "needing": len(needed),
            "attained": share,
            "error": needed.attained.std() / np.sqrt(max(len(needed), 1)),
            "claimed": needed.claimed.mean(),
            "without": needed.without.mean(),
            "usual": needed.per_day.median() * 60 / row["orders"],
            "even": needed.even.mean(),
            "today": needed.today.mean(),
        }
        for name, answer in (("none", NONE), ("out", OUT_OF_REACH)):
            row[name] = len(by[answer])
            row[f"{name}_claimed"] = by[answer].claimed.mean()
            row[f"{name}_attained"] = by[answer].attained.mean()
        row["missed"] = len(needed) > 0 and not WITHIN[0] <= share <= WITHIN[1]
        found.append(row)
    return pd.DataFrame(found)


HEAD = (
    "                                     of those that need some, under the limit with"
    "            need none:      out of reach:",
    "  orders    days  extra orders    n  what has 90 %   claimed   none  50 %  today's"
    "         n  p    true    n  p    true",
)


def printed(table: pd.DataFrame) -> str:
    """The summary as text, with ``!`` where the share attained is out of its range."""
    lines = []
    for kind, part in table.groupby("kind", sort=False):
        lines += [str(kind), *HEAD]
        lines += [_line(row) for row in part.to_dict("records")]
    return "\n".join(lines)


def _line(row: dict[str, float]) -> str:
    mark = "!" if row["missed"] else " "
    line = (
        f"{row['orders']:>8,} {row['generator']} {row['days']:>4}  {row['quality']:<8} "
        f"x{row['usual']:<4.2f} {row['needing']:>5}  {row['attained']:.3f}{mark} {row['error']:.3f}"
        f"     {row['claimed']:.3f}   {row['without']:.2f}  {row['even']:.2f}  {row['today']:.2f} "
        f"     {row['none']:>6} {row['none_claimed']:.2f} {row['none_attained']:.2f} "
        f"{row['out']:>6} {row['out_claimed']:.2f} {row['out_attained']:.2f}"
    )
    return line.replace("nan", "  -")
