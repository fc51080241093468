"""Scores of single forecasts added up: how near, how honest the bands, how right the warning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from odr_analysis import terms, words
from odr_analysis.arrays import Integers
from odr_analysis.forecasting.bands import LEVELS, band_columns
from odr_analysis.forecasting.track_record import scores
from odr_analysis.policy import Policy
from odr_analysis.rates.rolling import day_numbers
from odr_analysis.schema import Column, Columns, table_of

SHOWN, FINAL, MATURE = "shown", "final", "mature"
QUANTITIES: dict[str, str] = {
    SHOWN: "the ODR shown so many days after the origin",
    FINAL: "of the window shown on the origin: reported while the order still counts",
    MATURE: "of the same window: once all reports are in",
}
SCORED, NOT_ENOUGH = "scored", "not enough history"
FEWEST_WINDOWS = 2
"""Independent windows from which on scores are stated."""
INSIDE = dict(zip(LEVELS, ("inside_50", "inside_90"), strict=True))
"""Level of a band to the column of how often it held the truth."""

ORIGIN_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "origin": Column("datetime64[us]", "day the forecast is made on", unit="midnight"),
    "basis": Column(
        "str", "'archive': as the archive knew it that day; 'report dates': what is dated by then"
    ),
    "quantity": Column("str", "; ".join(f"{q!r}: {what}" for q, what in QUANTITIES.items())),
    "horizon": Column("int64", "from the origin; 0 of its own window", unit="days"),
    "n_orders": Column("int64", "orders that came to count"),
    "n_defective": Column("int64", "of them, those that came to be defective"),
    "truth": Column("float64", "their ODR", unit="fraction"),
    "provisional": Column("bool", "reports may still come, since 150 days have not passed"),
    "median": Column("float64", unit="fraction"),
    **band_columns(LEVELS, unit="fraction"),
    "as_reported": Column(
        "float64",
        "the ODR if nothing more were reported of orders placed; later ones have that of today",
        unit="fraction",
    ),
    "persistence": Column("float64", "the ODR shown on the origin", unit="fraction"),
    "pit": Column("float64", "where the truth lies among the draws, 0 to 1; ties by lot"),
    "wis": Column("float64", "weighted interval score", unit="fraction"),
    "crps": Column("float64", "continuous ranked probability score", unit="fraction"),
    "p_breach": Column(
        "float64",
        "probability stated on the origin that the ODR is not below the target",
        missing="NaN except of 'shown'",
    ),
    "breach": Column("bool", "whether it came to be so"),
}
"""Columns of ``Backtest.origins``: one row per marketplace x channel x origin x quantity x
horizon."""

_FEW = "NaN where there is not enough history"
_RATIO = f"{_FEW}, or the other is never wrong"

TABLE_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "quantity": ORIGIN_COLUMNS["quantity"],
    "horizon": ORIGIN_COLUMNS["horizon"],
    "state": Column(
        "str", f"{SCORED!r}, or {NOT_ENOUGH!r}: worth fewer than {FEWEST_WINDOWS} windows"
    ),
    "n_origins": Column("int64", "origins whose truth is known"),
    "n_provisional": Column("int64", "of them, those for which reports may still come"),
    "n_windows": Column("float64", "independent windows they are worth, as windows overlap"),
    "wis": Column("float64", "mean weighted interval score", unit="fraction", missing=_FEW),
    "wis_to_reported": Column("float64", "it to the mean error of as_reported", missing=_RATIO),
    "wis_to_persistence": Column("float64", "it to the mean error of persistence", missing=_RATIO),
    "crps": Column(
        "float64", "mean continuous ranked probability score", unit="fraction", missing=_FEW
    ),
    "crps_to_reported": Column("float64", "it to the mean error of as_reported", missing=_RATIO),
    "crps_to_persistence": Column("float64", "it to the mean error of persistence", missing=_RATIO),
    **{
        name: Column(
            "float64", f"share of PIT inside the {words.level(level)} interval", missing=_FEW
        )
        for level, name in INSIDE.items()
    },
    "brier": Column(
        "float64", "mean Brier score of p_breach", missing=f"{_FEW}, and except of 'shown'"
    ),
    "brier_to_reported": Column("float64", "it to that of as_reported", missing=_RATIO),
    "brier_to_persistence": Column("float64", "it to that of persistence", missing=_RATIO),
}
"""Columns of ``Backtest.table``: one row per marketplace x channel x quantity x horizon."""

WARNING_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "horizon": ORIGIN_COLUMNS["horizon"],
    "level": Column("float64", "probability of a breach from which on there is a warning"),
    "state": TABLE_COLUMNS["state"],
    "n_origins": TABLE_COLUMNS["n_origins"],
    "n_windows": TABLE_COLUMNS["n_windows"],
    "hits": Column("int64", "warned, and over the limit on the day"),
    "false_alarms": Column("int64", "warned, and under the limit on the day"),
    "misses": Column("int64", "not warned, and over the limit on the day"),
    "correct_rejections": Column("int64", "not warned, and under the limit on the day"),
    "persistence_right": Column("int64", "origins on which 'as today' named the right side"),
}
"""Columns of ``Backtest.warnings``: one row per marketplace x channel x horizon x level."""


def independent_windows(days: Integers, window_days: int) -> float:
    """How many independent windows those of these days are worth.

    Two windows are as alike as the share of days they have in common.

    Examples
    --------
    >>> independent_windows(np.array([0, 60, 120]), 60), independent_windows(np.array([0, 0]), 60)
    (3.0, 1.0)
    """
    if not len(days):
        return 0.0
    apart = np.abs(days[:, None] - days)
    return float(len(days) ** 2 / np.maximum(1 - apart / window_days, 0).sum())


def calibrated_range(level: float, n_windows: float) -> tuple[float, float]:
    """Shares inside a band of `level` that a calibrated forecast has in nine of ten cases.

    Of so many independent windows, in whole ones.

    Examples
    --------
    >>> calibrated_range(0.9, 20.4), calibrated_range(0.5, 2.0)
    ((0.8, 1.0), (0.0, 1.0))
    """
    from scipy.stats import binom

    n = int(n_windows)
    low, high = binom.ppf([0.05, 0.95], n, level) / n
    return float(low), float(high)


def table(
    origins: pd.DataFrame,
    series: Sequence[tuple[str, str]],
    horizons: Sequence[int],
    policy: Policy,
) -> pd.DataFrame:
    """Scores of ``ORIGIN_COLUMNS`` added up: ``TABLE_COLUMNS``, asked for or not enough."""
    parts = _parts(origins)
    asked = [(SHOWN, h) for h in horizons] + [(FINAL, 0), (MATURE, 0)]
    found: list[dict[str, Any]] = []
    for (marketplace, channel), (quantity, horizon) in product(series, asked):
        rows = parts.get((marketplace, channel, quantity, horizon), origins.iloc[:0])
        row = _worth(rows, policy.window_days) | {
            "marketplace": marketplace,
            "channel": channel,
            "quantity": quantity,
            "horizon": horizon,
            "n_provisional": int(rows.provisional.sum()),
        }
        scored = _scores(rows, quantity, policy.target) if row["state"] == SCORED else {}
        found.append(row | scored)
    return table_of(found, TABLE_COLUMNS)


def warnings(
    origins: pd.DataFrame,
    series: Sequence[tuple[str, str]],
    horizons: Sequence[int],
    levels: Iterable[float],
    policy: Policy,
) -> pd.DataFrame:
    """How often a warning was right: ``WARNING_COLUMNS``."""
    parts = _parts(origins)
    found = []
    for pair, horizon, level in product(series, horizons, levels):
        rows = parts.get((*pair, SHOWN, horizon), origins.iloc[:0])
        worth = _worth(rows, policy.window_days)
        warned, breach = rows.p_breach >= level, rows.breach
        today = rows.persistence >= policy.target
        found.append(
            (
                *pair,
                horizon,
                level,
                *worth.values(),
                (warned & breach).sum(),
                (warned & ~breach).sum(),
                (~warned & breach).sum(),
                (~warned & ~breach).sum(),
                (today == breach).sum(),
            )
        )
    return table_of(found, WARNING_COLUMNS)


def _parts(origins: pd.DataFrame) -> dict[Any, pd.DataFrame]:
    return dict(iter(origins.groupby([*terms.SERIES_KEYS, "quantity", "horizon"], sort=False)))


def _worth(rows: pd.DataFrame, window_days: int) -> dict[str, Any]:
    windows = independent_windows(day_numbers(rows.origin), window_days)
    return {
        "state": SCORED if windows >= FEWEST_WINDOWS else NOT_ENOUGH,
        "n_origins": len(rows),
        "n_windows": windows,
    }


def _scores(rows: pd.DataFrame, quantity: str, target: float) -> dict[str, float]:
    others = {"reported": rows.as_reported, "persistence": rows.persistence}
    found = {name: float(rows[name].mean()) for name in ("wis", "crps")}
    for name, other in others.items():
        error = float((rows.truth - other).abs().mean())
        for score in ("wis", "crps"):
            found[f"{score}_to_{name}"] = found[score] / error if error else np.nan
    for level, name in INSIDE.items():
        found[name] = float(scores.inside(rows.pit, level).mean())
    if quantity == SHOWN:
        happened = rows.breach.astype(float)
        found["brier"] = float(((happened - rows.p_breach) ** 2).mean())
        for name, other in others.items():
            wrong = float(((other >= target) != rows.breach).mean())
            found[f"brier_to_{name}"] = found["brier"] / wrong if wrong else np.nan
    return found
