"""Priors by name, one measured on the accounts of an agency, and how much rests on a prior."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from odr_analysis.account import Account
from odr_analysis.arrays import Floats
from odr_analysis.forecasting.delay_model.fit import Fit, Triangle, fit, generator
from odr_analysis.forecasting.delay_model.lags import (
    N_BINS,
    LagPrior,
    stretched,
)
from odr_analysis.forecasting.delay_model.laplace import Hypotheses, Model, ShapePrior
from odr_analysis.forecasting.delay_model.levels import COHORT_OF_AGE, MOST_DAYS, steady
from odr_analysis.forecasting.delay_model.prior import Prior
from odr_analysis.forecasting.delay_table import DelayTable, as_table
from odr_analysis.policy import Policy
from odr_analysis.schema import Column, Columns, table_of

WEAK_SD, WEAK_SCALE = 2.0, 2.0
PRIORS: dict[str, Prior] = {
    "default": Prior(),
    "weak": Prior(
        # The same median as by default.
        rate=Prior().median * float(np.exp(WEAK_SD**2 / 2)),
        rate_sd=WEAK_SD,
        lags=LagPrior(scale=WEAK_SCALE),
        basis="weak by choice: the rate and the delays are left almost open",
    ),
}
"""Priors by the name the policy has for them."""

FEWEST_SERIES, FEWEST_REPORTS = 5, 20
"""Series with orders, and reports of them all, below which nothing is measured."""
MEDIAN_SD, SPREAD_SD = 0.8, 0.6
"""What is believed of the accounts of an agency before their data: how far their median may be
from the default (standard deviation of the logarithm), and how far they may be from each other.
Both together are the default's own ``rate_sd``, so that without data nothing else comes out."""
LOG_RATES = np.linspace(np.log(1e-6), np.log(0.5), 1050)
MEDIANS = np.linspace(-4, 4, 41)
"""Medians that are tried, in ``MEDIAN_SD`` from the default's."""
SPREADS = np.linspace(0.05, 2.0, 40)
MOST_REPORTS = 100.0
"""What one series counts for at most in the lags of all, in reports: no large one decides alone."""
POOLED_SCALE, SCALES = 0.7, np.array([0.3, 0.5, 0.7, 0.9, 1.0])
"""How far the pooled lags may be from the default's, and those of a series from the pooled ones,
against what is usual. As of rates, both together are what the default allows for."""
MOST_SERIES = 200
"""Series, those with most reports, from which it is read how far lags are apart."""
ROUNDS = 4

PRIOR_SHARE_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "n_orders": Column("int64", "orders of the shown window"),
    "n_reported": Column("int64", "of all orders, those reported as defective"),
    "rate": Column(
        "float64",
        "estimate of the share of the window's orders that become defective",
        unit="fraction",
        missing="NaN where no order counts",
    ),
    "share": Column(
        "float64",
        "share of that estimate that rests on the prior: by how much of a change of the prior's "
        "rate the estimate changes (logarithms)",
        unit="fraction",
        missing="NaN where no order counts",
    ),
}
"""Columns of :func:`prior_share`: one row per marketplace x channel."""


def chosen(prior: Prior | None, policy: Policy) -> Prior:
    """`prior`, or that which the policy names."""
    return PRIORS[policy.prior] if prior is None else prior


def prior_of(accounts: Iterable[Account | DelayTable]) -> Prior:
    """The prior that the accounts of an agency have for each other (empirical Bayes).

    The rates of their series (marketplace x channel) are taken to be lognormal: typical rate and
    spread are averaged over all values of both, each weighted by how probable it makes the reports
    of all series. Few reports of a series thus spread it less than many. Lags are pooled over all
    series, and how far series are from the pooled lags is weighted in the same way.

    Parameters
    ----------
    accounts : iterable of Account or DelayTable
        Each as it is known on its last day.

    Returns
    -------
    Prior
        For ``nowcast(..., prior=...)`` and ``forecast``. ``basis`` is what it was measured on; with
        fewer than 5 series or 20 reports it is the default prior, and ``basis`` states that.

    Examples
    --------
    Six accounts that differ little, and far fewer reports than a rate of 1.22 % would bring:

    >>> orders = pd.DataFrame({"marketplace": "Amazon.de", "channel": "mfn", "n_orders": 100,
    ...                        "ordered_on": pd.date_range("2026-01-01", "2026-09-30")})
    >>> defects = orders.iloc[10:250:60].assign(
    ...     claim_on=lambda d: d.ordered_on + pd.Timedelta(days=20),
    ...     feedback_on=pd.NaT, chargeback_on=pd.NaT)
    >>> table = DelayTable(orders, defects, known_to=date(2026, 9, 30))
    >>> prior = prior_of([table] * 6)
    >>> bool(prior.rate < 0.001), bool(prior.rate_sd < Prior().rate_sd), prior.basis
    (True, True, 'measured on 6 marketplaces and channels with 24 defective orders')
    >>> prior_of([table]).rate, prior_of([table]).basis[:8]
    (0.0122, 'too few ')
    """
    default = Prior()
    every = [series for data in accounts for series in as_table(data).series()]
    triangles = [Triangle.of(series, default) for series in every]
    total = sum(len(series.age) for series in every)
    of = f"{len(triangles)} marketplaces and channels with {total} defective orders"
    if len(triangles) < FEWEST_SERIES or total < FEWEST_REPORTS:
        return replace(default, basis=f"too few to measure ({of}), so {default.basis}")
    reports = np.stack([t.reports.sum(axis=0) for t in triangles])
    exposure = np.stack([t.exposure.sum(axis=0) for t in triangles])
    n = reports.sum(axis=1)
    most = (1 / (1 + n / MOST_REPORTS))[:, None]
    shape = default.lags.shape
    for _ in range(ROUNDS):
        at_risk = exposure @ shape
        middle, spread = _rates(n, at_risk, default)
        found = replace(default, rate=float(np.exp(middle + spread**2 / 2)), rate_sd=spread)
        # A gamma distribution of that mean and spread has such a posterior.
        pseudo = 1 / np.expm1(spread**2)
        level = ((n + pseudo) / (at_risk + pseudo / found.rate))[:, None]
        pooled = _mode(
            (most * reports).sum(0),
            (most * level * exposure).sum(0),
            0.0,
            default.lags.shape,
            1.0,
            POOLED_SCALE,
        )
        shape = pooled.shape
    scale = _scale(reports, exposure, shape, found)
    usual = np.linalg.inv(ShapePrior().precision()).astype(np.float64)
    lags = LagPrior(
        shares=tuple(shape.tolist()),
        scale=float(np.sqrt(scale**2 + pooled.spread / _spread(usual))),
    )
    return replace(found, lags=lags, basis=f"measured on {of}")


def _rates(n: Floats, at_risk: Floats, default: Prior) -> tuple[float, float]:
    """Mean and standard deviation of the log rate of a further series."""
    like = n[:, None] * LOG_RATES - at_risk[:, None] * np.exp(LOG_RATES)
    like = np.exp(like - like.max(axis=1, keepdims=True))
    middle = np.log(default.median) + MEDIAN_SD * MEDIANS
    density = np.exp(-0.5 * ((LOG_RATES - middle[:, None, None]) / SPREADS[:, None]) ** 2)
    density /= density.sum(axis=2, keepdims=True)
    flat = density.reshape(-1, len(LOG_RATES))
    logs = np.log(np.maximum(like @ flat.T, 1e-300)).sum(axis=0)
    logs = logs.reshape(len(middle), len(SPREADS))
    logs -= 0.5 * MEDIANS[:, None] ** 2 + 0.5 * (SPREADS / SPREAD_SD) ** 2
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    mean = float(weight.sum(axis=1) @ middle)
    off = float(weight.sum(axis=1) @ (middle - mean) ** 2)
    return mean, float(np.sqrt(off + weight.sum(axis=0) @ SPREADS**2))


def _scale(reports: Floats, exposure: Floats, shape: Floats, prior: Prior) -> float:
    """How far the lags of series are from the pooled ones, against what is usual."""
    logs = np.zeros(len(SCALES))
    for i in np.argsort(-reports.sum(axis=1))[:MOST_SERIES]:
        for j, scale in enumerate(SCALES):
            middle = float(np.log(prior.median))
            logs[j] += _mode(
                reports[i], exposure[i], middle, shape, prior.rate_sd, float(scale)
            ).log_evidence
    weight = np.exp(logs - logs.max())
    return float(np.sqrt(weight @ SCALES**2 / weight.sum()))


class _Mode(NamedTuple):
    """Most probable shape of lags, its spread around that, and the evidence of its prior."""

    shape: Floats
    spread: float
    log_evidence: float


def _mode(
    reports: Floats, exposure: Floats, middle: float, shape: Floats, rate_sd: float, scale: float
) -> _Mode:
    """Fit one level and one shape to the reports and exposure of each bin.

    The log level is `middle`, with a standard deviation of `rate_sd`; `scale` is how far the shape
    may be from the one given, against what is usual.
    """
    precision = ShapePrior().precision() / scale**2
    model = Model(reports[None], exposure[None], middle, np.log(shape), stretched(shape), precision)
    none = np.zeros(1, dtype=np.int64)
    start = np.concatenate([[middle], np.log(shape), [0.0, 0.0]])
    modes = model.modes(Hypotheses(steady(1, rate_sd), none, none, np.ones((1, 2))), start)
    covariance = np.linalg.inv(modes.precision[0])[1:-2, 1:-2]
    evidence = modes.log_evidence[0] + 0.5 * np.linalg.slogdet(precision)[1]
    return _Mode(model.shapes(modes.x)[0, 1], _spread(covariance), float(evidence))


def _spread(covariance: Floats) -> float:
    """Mean variance of log shares; what is common to all bins is not a difference of shapes."""
    apart = np.eye(N_BINS) - 1 / N_BINS
    return float(np.trace(apart @ covariance @ apart)) / N_BINS


def prior_share(
    data: Account | DelayTable,
    as_of: date | str | None = None,
    *,
    prior: Prior | None = None,
    rng: np.random.Generator | int | None = None,
    n_draws: int = 1000,
) -> pd.DataFrame:
    """How much of the estimate of each series rests on the prior.

    The model is fitted with half and with twice the prior's rate. An estimate that does not move
    rests on the account's own reports, one that moves as much rests on the prior.

    Parameters
    ----------
    data : Account or DelayTable
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default the last day on which every kind of report is known.
    prior : Prior, optional
        By default that of the policy.
    rng : numpy.random.Generator or int, optional
        By default the same draws each time.
    n_draws : int

    Returns
    -------
    pandas.DataFrame
        One row per marketplace x channel: ``PRIOR_SHARE_COLUMNS``.

    Raises
    ------
    ParameterError
        `as_of` is not a date or not known of, or `n_draws` is less than 100.

    Examples
    --------
    >>> orders = pd.DataFrame({"marketplace": "Amazon.de", "channel": "mfn", "n_orders": 20,
    ...                        "ordered_on": pd.date_range("2026-03-01", "2026-09-30")})
    >>> defects = orders.head(0).assign(claim_on=pd.NaT, feedback_on=pd.NaT, chargeback_on=pd.NaT)
    >>> new = DelayTable(orders.tail(15), defects, known_to=date(2026, 9, 30))
    >>> old = DelayTable(orders, defects, known_to=date(2026, 9, 30))
    >>> bool(prior_share(old).share[0] < 0.7)
    True
    >>> prior_share(new).n_orders[0], bool(prior_share(new).share[0] > 0.9)
    (np.int64(0), False)
    """
    table = as_table(data, as_of)
    prior = chosen(prior, table.policy)
    seeds = generator(rng, n_draws)
    first, last = table.policy.lag_days, table.policy.lag_days + table.policy.window_days
    low, high = prior.rate / 2, min(prior.rate * 2, (1 + prior.rate) / 2)
    rows = []
    for series in table.series():
        # The same draws for all, so that only the prior differs.
        seed = int(seeds.integers(2**32))
        estimates = []
        for rate in (prior.rate, low, high):
            fitted = fit(series, generator(seed, n_draws), replace(prior, rate=rate), n_draws)
            estimates.append(_window_rate(fitted, slice(first, min(last, MOST_DAYS))))
        n_orders = int(series.n_orders[::-1][first:last].sum())
        moved = np.log(estimates[2] / estimates[1]) / np.log(high / low)
        share = float(np.clip(moved, 0, 1))
        rows.append(
            (series.marketplace, series.channel, n_orders, len(series.age), estimates[0], share)
        )
    return table_of(rows, PRIOR_SHARE_COLUMNS)


def _window_rate(fitted: Fit, ages: slice) -> float:
    """Mean rate of the orders of these ages; NaN without any."""
    orders = fitted.triangle.n_orders[ages]
    if not orders.any():
        return float("nan")
    week = COHORT_OF_AGE[ages][: len(orders)]
    weight = np.bincount(week, orders, minlength=fitted.log_rate.shape[1])
    return float((np.minimum(np.exp(fitted.log_rate), 1) @ weight).mean() / orders.sum())
