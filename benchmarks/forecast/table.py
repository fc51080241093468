"""Scores of many accounts as the figures that are asked for."""

from __future__ import annotations

import pandas as pd

from benchmarks.forecast import scores


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Coverage and ratios of each cell and target.

    Parameters
    ----------
    rows : pandas.DataFrame
        As ``judge.judge`` gives them.

    Returns
    -------
    pandas.DataFrame
        One row per orders x scenario x target x component or horizon.
    """
    rows = rows[rows.target != "recovery"]
    rows = rows.assign(
        pit90=scores.inside(rows.pit, 0.9),
        pit50=scores.inside(rows.pit, 0.5),
        component=rows.component.fillna("union"),
        of=rows.quantity.fillna("day " + rows.horizon.astype("Int64").astype(str)),
    )
    keys = ["orders", "history_days", "scenario", "target", "component", "of"]
    mean = rows.groupby(keys, sort=False).mean(numeric_only=True)
    return pd.DataFrame(
        {
            "pit90": mean.pit90,
            "pit50": mean.pit50,
            "wis/naive": mean.wis / mean.naive,
            "wis/known": mean.wis / mean.known,
            "brier/naive": mean.brier / mean.brier_naive,
            "bias": mean.bias,
            "p_breach": mean.p_breach,
            "breach": mean.breach,
        }
    ).round(3)
