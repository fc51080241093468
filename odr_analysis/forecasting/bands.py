"""Bands of draws: the ends of the intervals that have a given share of them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from numbers import Real

import numpy as np

from odr_analysis.arrays import Floats, Integers
from odr_analysis.errors import ParameterError
from odr_analysis.schema import Column, Columns

LEVELS = (0.5, 0.9)
SIDES = ("lower", "upper")


def checked_levels(levels: Iterable[float]) -> tuple[float, ...]:
    """The levels of bands.

    Raises
    ------
    ParameterError
        One is not a number between 0 and 1, or is there twice.
    """
    found = tuple(levels) if isinstance(levels, Iterable) else ()
    numbers = all(isinstance(level, Real) and 0 < level < 1 for level in found)
    if not isinstance(levels, Iterable) or not numbers or len(set(found)) < len(found):
        raise ParameterError(f"levels must be different numbers between 0 and 1, got {levels!r}.")
    return found


def names_of(levels: Iterable[float]) -> list[str]:
    """Columns of the ends of each band.

    Examples
    --------
    >>> names_of([0.5, 0.975])
    ['lower_50', 'upper_50', 'lower_97.5', 'upper_97.5']
    """
    return [f"{side}_{_percent(level)}" for level in levels for side in SIDES]


def band_columns(levels: Iterable[float], *, unit: str, missing: str = "") -> Columns:
    """What :func:`names_of` are."""
    meanings = [f"{s} end of the {_percent(level)} % interval" for level in levels for s in SIDES]
    return {
        name: Column("float64", meaning, unit=unit, missing=missing)
        for name, meaning in zip(names_of(levels), meanings, strict=True)
    }


def cuts(draws: Floats | Integers, levels: Iterable[float]) -> Floats:
    """Ends of each band, [end, ...], of draws [draw, ...]: values that were drawn.

    Examples
    --------
    >>> cuts(np.arange(1, 101), [0.9]).tolist()
    [5.0, 95.0]
    """
    ends = [(1 + sign * level) / 2 for level in levels for sign in (-1, 1)]
    found: Floats = np.quantile(draws, ends, axis=0, method="inverted_cdf").astype(np.float64)
    return found


def _percent(level: float) -> str:
    return str(Decimal(str(level)) * 100).rstrip("0").rstrip(".")
