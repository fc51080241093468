"""The certain part of the days ahead: orders placed and defects known by today, counted exactly."""

from __future__ import annotations

import numpy as np

from odr_analysis.arrays import Integers
from odr_analysis.forecasting.delay_table import SeriesDelays
from odr_analysis.policy import Policy
from odr_analysis.rates.rolling import NEVER


def in_windows(by_age: Integers, days: int, policy: Policy) -> Integers:
    """Counts that are in the window of today and of each of the coming `days`, [day].

    Parameters
    ----------
    by_age : int array [age]
        Counts by days since the order was placed; 0 is today.

    Examples
    --------
    An order placed 73 days ago counts today and tomorrow, one placed 14 days ago from tomorrow on:

    >>> by_age = np.zeros(80, dtype=np.int64)
    >>> by_age[73], by_age[14] = 1, 1
    >>> in_windows(by_age, 2, Policy()).tolist()
    [1, 2, 1]
    """
    total = np.concatenate([[0], np.cumsum(by_age)])
    ahead = np.arange(days + 1)
    oldest = policy.lag_days + policy.window_days - 1 - ahead
    youngest = policy.lag_days - ahead
    end = np.clip(oldest + 1, 0, len(by_age))
    start = np.clip(youngest, 0, len(by_age))
    found: Integers = total[end] - total[np.minimum(start, end)]
    return found


def begun(by_age: Integers, days: int, policy: Policy) -> Integers:
    """Counts that have begun to be in the window since today, by each of the coming `days`, [day].

    Whether or not they have left it again.
    """
    total = np.concatenate([[0], np.cumsum(by_age)])
    youngest = np.clip(policy.lag_days - np.arange(days + 1), 0, len(by_age))
    found: Integers = total[youngest[0]] - total[youngest]
    return found


def defects_by_age(series: SeriesDelays, component: int | None = None) -> Integers:
    """Orders known to be defective by days since they were placed, [age].

    `component` is a position in ``terms.COMPONENTS``; by default any kind of defect.
    """
    ages = series.age
    if component is not None:
        ages = ages[series.delays[:, component] < NEVER]
    return np.bincount(ages, minlength=len(series.n_orders)).astype(np.int64)
