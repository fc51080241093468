"""Scores added up, beside sums by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from odr_analysis.forecasting.track_record import tally
from odr_analysis.forecasting.track_record.tally import (
    MATURE,
    NOT_ENOUGH,
    ORIGIN_COLUMNS,
    SCORED,
    SHOWN,
    independent_windows,
)
from odr_analysis.policy import Policy
from odr_analysis.schema import typed

PAIR = ("Amazon.de", "mfn")


def rows(**columns: list) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    usual = {
        "marketplace": PAIR[0],
        "channel": PAIR[1],
        "origin": pd.date_range("2026-01-01", periods=n, freq="60D"),
        "basis": "report dates",
        "quantity": SHOWN,
        "horizon": 7,
        "n_orders": 100,
        "n_defective": 1,
        "provisional": False,
        "persistence": 0.0,
        "as_reported": 0.0,
        "truth": 0.0,
        "pit": 0.5,
        "wis": 0.0,
        "crps": 0.0,
        "p_breach": 0.0,
        "breach": False,
    }
    frame = pd.DataFrame({**dict.fromkeys(ORIGIN_COLUMNS, 0.0), **usual, **columns})
    return typed(frame, ORIGIN_COLUMNS)


def table(origins: pd.DataFrame, horizons: tuple[int, ...] = (7,)) -> pd.DataFrame:
    return tally.table(origins, [PAIR], horizons, Policy())


def test_means_and_ratios_are_those_of_the_rows() -> None:
    found = table(
        rows(
            truth=[0.010, 0.020, 0.010, 0.004],
            as_reported=[0.006, 0.012, 0.010, 0.004],
            persistence=[0.010, 0.010, 0.014, 0.014],
            wis=[0.001, 0.004, 0.0, 0.001],
            crps=[0.002, 0.004, 0.001, 0.001],
            pit=[0.03, 0.30, 0.50, 0.90],
            p_breach=[0.5, 0.9, 0.5, 0.1],
            breach=[True, True, True, False],
        )
    ).iloc[0]
    assert (found.state, found.n_origins, found.n_windows) == (SCORED, 4, 4.0)
    assert found.wis == pytest.approx(0.0015)
    assert found.wis_to_reported == pytest.approx(0.0015 / 0.003)
    assert found.wis_to_persistence == pytest.approx(0.0015 / 0.006)
    assert found.crps_to_reported == pytest.approx(0.002 / 0.003)
    assert found.crps_to_persistence == pytest.approx(0.002 / 0.006)
    assert (found.inside_50, found.inside_90) == (0.5, 0.75)
    assert found.brier == pytest.approx((0.25 + 0.01 + 0.25 + 0.01) / 4)
    # As reported is under 1 % on the first day, and persistence over it on the last.
    assert found.brier_to_reported == pytest.approx(0.13 / 0.25)
    assert found.brier_to_persistence == pytest.approx(0.13 / 0.25)


def test_a_forecast_that_is_never_wrong_has_no_ratio() -> None:
    found = table(rows(wis=[0.001] * 3, crps=[0.001] * 3)).iloc[0]
    assert found.brier == 0
    ratios = [c for c in tally.TABLE_COLUMNS if "_to_" in c]
    assert found[ratios].isna().all()


def test_too_few_windows_have_a_name_and_no_score() -> None:
    close = rows(wis=[0.001] * 5, origin=pd.date_range("2026-01-01", periods=5, freq="14D"))
    found = table(close, horizons=(7, 60))
    assert found.quantity.tolist() == [SHOWN, SHOWN, "final", MATURE]
    assert found.state.tolist() == [NOT_ENOUGH] * 4
    assert found.n_origins.tolist() == [5, 0, 0, 0]
    assert found.n_windows[0] == pytest.approx(1.60, abs=0.01)
    assert found.loc[:, "wis":].isna().all(axis=None)


def test_a_year_is_worth_its_windows_however_many_origins_it_has() -> None:
    for step in (1, 14, 30, 60):
        assert independent_windows(np.arange(0, 360, step), 60) == pytest.approx(6, rel=0.06)
    assert independent_windows(np.array([], dtype=np.int64), 60) == 0


def test_provisional_rows_are_counted_and_nowcasts_have_no_brier() -> None:
    of = rows(
        wis=[0.001] * 3, provisional=[False, True, True], quantity=[MATURE] * 3, horizon=[0] * 3
    )
    found = table(of).iloc[-1]
    assert (found.quantity, found.n_provisional) == (MATURE, 2)
    assert np.isnan(found.brier)


def test_warnings_are_counted_at_each_level() -> None:
    origins = rows(
        p_breach=[0.9, 0.6, 0.6, 0.8, 0.1, 0.4],
        breach=[True, True, False, False, False, True],
        persistence=[0.012, 0.005, 0.010, 0.005, 0.005, 0.005],
    )
    found = tally.warnings(origins, [PAIR], [7, 14], [0.5, 0.8], Policy())
    counts = ["hits", "false_alarms", "misses", "correct_rejections"]
    assert found[["horizon", "level", *counts]].to_numpy().tolist() == [
        [7, 0.5, 2, 2, 1, 1],
        [7, 0.8, 1, 1, 2, 2],
        [14, 0.5, 0, 0, 0, 0],
        [14, 0.8, 0, 0, 0, 0],
    ]
    # Right on the first, the fourth and the fifth.
    assert found.persistence_right.tolist() == [3, 3, 0, 0]
    assert found.state.tolist() == [SCORED, SCORED, NOT_ENOUGH, NOT_ENOUGH]
