"""From when on a rate is under target with a certainty, without and with a scenario."""

from __future__ import annotations

import numpy as np
import pandas as pd

from odr_analysis.forecasting.coming_days.outlook import from_on
from odr_analysis.schema import Column, Columns, table_of
from odr_analysis.whatif.apply import Effect
from odr_analysis.whatif.by_a_day import CERTAINTY, check_certainty

DATE_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "baseline_from": Column(
        "datetime64[us]",
        "first day from which on the rate is under target with that certainty, while orders count",
        unit="midnight",
        missing="NaT where none is looked at, or it cannot be known",
    ),
    "scenario_from": Column(
        "datetime64[us]", "the same with the scenario", missing="NaT as before"
    ),
    "missing": Column("str", "what is not known of the rate", missing="'' where nothing"),
}
"""Columns of :func:`date_under_target`: one row per marketplace x channel."""


def date_under_target(effect: Effect, certainty: float = CERTAINTY) -> pd.DataFrame:
    """From when on the rate is under target with a certainty, without and with a scenario.

    Parameters
    ----------
    effect : Effect
        From :func:`~odr_analysis.apply_scenario`.
    certainty : float
        Probability on each of the days, a fraction between 0 and 1.

    Returns
    -------
    pandas.DataFrame
        One row per marketplace x channel; ``DATE_COLUMNS`` of this module.

    Raises
    ------
    ParameterError
        `certainty` is not between 0 and 1.

    Examples
    --------
    >>> from odr_analysis import MoreOrders, Scenario, apply_scenario, load_sample
    >>> effect = apply_scenario(load_sample(), Scenario(MoreOrders(60, defect_rate=0.0)))
    >>> row = date_under_target(effect).set_index("channel").loc["mfn"]
    >>> row.baseline_from, str(row.scenario_from.date())
    (NaT, '2026-10-17')
    """
    check_certainty(certainty)
    rows = []
    for path in effect.paths:
        missing = "; ".join(effect.look.day.known[path.pair].missing)
        days: list[object] = []
        for course in (path.base, path.then):
            rated = np.asarray(course.n_orders) > 0
            under = np.array([course.p_under(day) >= certainty if rated[day] else False
                              for day in range(len(rated))])  # fmt: skip
            at = None if missing else from_on(under, rated)
            days.append(pd.NaT if at is None else pd.Timestamp(path.on(at)))
        rows.append((*path.pair, *days, missing))
    return table_of(rows, DATE_COLUMNS)
