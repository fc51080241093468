"""Bands of draws, with ends worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.bands import band_columns, checked_levels, cuts, names_of


def test_ends_are_values_that_were_drawn() -> None:
    draws = np.stack([np.arange(1, 21), np.arange(1, 21) * 10], axis=1)
    # Of 20 draws, the 5th and the 15th end the half in the middle.
    assert cuts(draws, [0.5, 0.9]).tolist() == [[5, 50], [15, 150], [1, 10], [19, 190]]


def test_names_and_meanings_go_together() -> None:
    columns = band_columns([0.8, 0.975], unit="orders", missing="never")
    assert list(columns) == names_of([0.8, 0.975])
    assert columns["lower_97.5"].meaning == "lower end of the 97.5 % interval"
    assert {(c.unit, c.missing) for c in columns.values()} == {("orders", "never")}


@pytest.mark.parametrize("levels", [[0.0], [1.0], [0.5, 90], [float("nan")]])
def test_levels_that_are_none(levels: list[float]) -> None:
    with pytest.raises(ParameterError, match="levels"):
        checked_levels(levels)
