"""Scores of many accounts as the figures that are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks.forecast.accounts import GROUPS
from benchmarks.forecast.judge import HORIZONS, QUANTITIES
from benchmarks.forecast.limits import Limit, limit_of, prototype
from benchmarks.forecast.world import HISTORY_DAYS, SCENARIOS
from odr_analysis.forecasting.track_record import scores

MEDIAN_HORIZONS = (14, 30)
"""Days ahead for which the error of the median path has a limit."""


class Figure(NamedTuple):
    """One measured figure. ``horizon`` is 0 where there is none, ``error`` its standard error."""

    measure: str
    orders: int
    scenario: str
    horizon: int
    value: float
    error: float
    n: int
    limit: Limit | None
    prototype: float | None

    @property
    def missed(self) -> bool:
        """Whether it has a limit and is beyond it."""
        return self.limit is not None and not self.limit.holds(self.value)


def share(flags: pd.Series) -> tuple[float, float]:
    """Share of true ones and its standard error.

    Examples
    --------
    >>> share(pd.Series([True, True, False, True]))
    (0.75, 0.217)
    """
    n = len(flags)
    value = float(flags.mean()) if n else np.nan
    return value, round(float(np.sqrt(value * (1 - value) / n)), 3) if n else np.nan


def ratio(above: pd.Series, below: pd.Series) -> tuple[float, float]:
    """Ratio of two means over the same accounts, and its standard error (delta method).

    Examples
    --------
    >>> ratio(pd.Series([1.0, 2.0]), pd.Series([2.0, 4.0]))
    (0.5, 0.0)
    """
    if not len(below) or below.mean() == 0:
        return np.nan, np.nan
    value = above.mean() / below.mean()
    error = (above - value * below).std() / below.mean() / np.sqrt(len(below))
    return float(value), float(error)


def figures(rows: pd.DataFrame) -> list[Figure]:
    """Every figure that has a limit, from scores as ``judge.judge`` gives them."""
    reached = prototype()
    found = []
    for (measure, orders, scenario, horizon), place, n, (value, error) in _measured(rows):
        limit = limit_of(measure, orders, scenario, place)
        past = reached.get((measure, orders, scenario, horizon))
        found.append(Figure(measure, orders, scenario, horizon, value, error, n, limit, past))
    return found


RULES = ("coherent", "reported", "today", "certain", "placed", "recount")
"""Rules of ``judge.broken``; no draw of any account may break one."""

Measured = tuple[tuple[str, int, str, int], int, int, tuple[float, float]]


def _measured(rows: pd.DataFrame) -> Iterator[Measured]:
    for orders, of_volume in rows.groupby("orders"):
        whole = of_volume[of_volume.history_days == HISTORY_DAYS]
        rows_of = dict(iter(whole.groupby("scenario")))
        by_scenario = {name: rows_of[name] for name in SCENARIOS if name in rows_of}
        for measure in (_forecast_measures, _nowcast_measures, _component_measures):
            yield from measure(int(orders), by_scenario)
        if len(whole):
            named = whole[whole.target == "recovery"]
            key = ("recovery named, under then", int(orders), "all", 0)
            yield key, 0, len(named), share(~named.breach.astype(bool))
        rules = of_volume[of_volume.target == "rules"]
        for rule in RULES:
            key = (f"rule broken, {rule}", int(orders), "all", 0)
            yield key, 0, len(rules), (float(rules[rule].sum()), 0.0)
        short = of_volume[of_volume.history_days < HISTORY_DAYS]
        for quantity in QUANTITIES if len(short) else ():
            part = short[(short.component == "union") & (short.quantity == quantity)]
            key = (f"90 days PIT90, {quantity}", int(orders), "calm", 0)
            yield key, 0, len(part), share(_inside(part))


def _inside(rows: pd.DataFrame) -> pd.Series:
    return pd.Series(scores.inside(rows.pit, 0.9))


def _forecast_measures(orders: int, scenarios: dict[str, pd.DataFrame]) -> Iterator[Measured]:
    names = {
        "forecast PIT90": _inside,
        "forecast WIS/persistence": ("wis", "naive"),
        "forecast WIS/known path": ("wis", "known"),
        "breach Brier/persistence": ("brier", "brier_naive"),
        "median error/as today": ("median_error", "naive"),
    }
    for name, how in names.items():
        ofs = MEDIAN_HORIZONS if name.startswith("median") else HORIZONS
        for scenario, rows in scenarios.items():
            if name.startswith("median") and scenario != "calm":
                continue
            for place, horizon in enumerate(ofs):
                part = rows[(rows.target == "forecast") & (rows.horizon == horizon)]
                if callable(how):
                    value = share(how(part))
                else:
                    value = ratio(part[how[0]].astype(float), part[how[1]].astype(float))
                yield (name, orders, scenario, horizon), place, len(part), value


def _nowcast_measures(orders: int, scenarios: dict[str, pd.DataFrame]) -> Iterator[Measured]:
    union = {
        (scenario, quantity): rows[(rows.component == "union") & (rows.quantity == quantity)]
        for quantity in QUANTITIES
        for scenario, rows in scenarios.items()
    }
    for (scenario, quantity), part in union.items():
        yield (
            (f"nowcast PIT90, {quantity}", orders, scenario, 0),
            0,
            len(part),
            share(_inside(part)),
        )
    for (scenario, quantity), part in union.items():
        key = (f"nowcast WIS/as reported, {quantity}", orders, scenario, 0)
        yield key, 0, len(part), ratio(part.wis, part.naive)
    for scenario in scenarios:
        bias = union[scenario, "mature"].bias
        key = ("nowcast bias, mature", orders, scenario, 0)
        yield key, 0, len(bias), (abs(bias.mean()), bias.std() / np.sqrt(len(bias)))


def _component_measures(orders: int, scenarios: dict[str, pd.DataFrame]) -> Iterator[Measured]:
    for component in GROUPS[1:]:
        for quantity in QUANTITIES:
            for scenario, rows in scenarios.items():
                part = rows[(rows.component == component) & (rows.quantity == quantity)]
                key = (f"component PIT90, {component} {quantity}", orders, scenario, 0)
                yield key, 0, len(part), share(_inside(part))


def printed(found: list[Figure]) -> str:
    """The figures as text: one line per measure and scenario, ``!`` where a limit is missed."""
    line = "  {:<40} {:<10} {:<32} {:<6} {:<24} {}".format
    lines = []
    for orders, all_of_it in groupby(found, lambda f: f.orders):
        of_volume = list(all_of_it)
        accounts = max((f.n for f in of_volume if f.scenario != "all"), default=0)
        lines += ["", f"{orders:,} orders in 60 days, {accounts} accounts of each kind"]
        lines.append(line("measure", "scenario", "measured", "error", "limit", "prototype"))
        for (measure, scenario), group in groupby(of_volume, lambda f: (f.measure, f.scenario)):
            part = list(group)
            measured = " ".join(f"{_number(f.value)}{'!' if f.missed else ' '}" for f in part)
            error = _number(max(f.error for f in part))
            limits = [_limit(f.limit) for f in part]
            limit = limits[0] if len(set(limits)) == 1 else " ".join(limits)
            past = " ".join(_number(f.prototype) for f in part if f.prototype is not None)
            lines.append(line(measure, scenario, measured, error, limit, past).rstrip())
    missed = sum(f.missed for f in found)
    limited = sum(f.limit is not None for f in found)
    lines += ["", f"{limited - missed} of {limited} limits held; ! = missed"]
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:.3f}"


def _limit(limit: Limit | None) -> str:
    if limit is None:
        return "-"
    if np.isinf(limit.least):
        return f"<={limit.most:g}"
    return f">={limit.least:g}" if np.isinf(limit.most) else f"{limit.least:g}-{limit.most:g}"


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """More than has limits: coverage, ratios and biases of each generator, cell and target.

    Parameters
    ----------
    rows : pandas.DataFrame
        As ``judge.judge`` gives them.

    Returns
    -------
    pandas.DataFrame
        One row per orders x history x scenario x target x component or horizon x generator.
    """
    rows = rows[rows.target.isin(["nowcast", "forecast"])]
    rows = rows.assign(
        breach=rows.breach.astype(float),
        pit90=scores.inside(rows.pit, 0.9),
        pit50=scores.inside(rows.pit, 0.5),
        component=rows.component.fillna("union"),
        of=rows.quantity.fillna("day " + rows.horizon.astype("Int64").astype(str)),
    )
    keys = ["orders", "history_days", "scenario", "target", "component", "of", "generator"]
    mean = rows.groupby(keys, sort=False).mean(numeric_only=True)
    return pd.DataFrame(
        {
            "pit90": mean.pit90,
            "pit50": mean.pit50,
            "pit": mean.pit,
            "wis/naive": mean.wis / mean.naive,
            "wis/known": mean.wis / mean.known,
            "crps": mean.crps,
            "bias": mean.bias,
            "brier/naive": mean.brier / mean.brier_naive,
            "p_breach": mean.p_breach,
            "breach": mean.breach,
        }
    ).round(3)
