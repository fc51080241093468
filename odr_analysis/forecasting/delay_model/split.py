"""Which kinds of defect pending orders will have: the first report's, and those that follow.

The draws of all kinds stay coherent: an order is defective once, by its first report; each kind
counts the orders that have it. So no draw has fewer defective orders than its largest kind, nor
more than its kinds add up to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from odr_analysis import terms
from odr_analysis.arrays import Flags, Floats, Integers
from odr_analysis.forecasting.delay_model.fit import Fit
from odr_analysis.forecasting.delay_model.lags import (
    BIN_OF_LAG,
    LONGEST,
    MIDDLES,
    N_BINS,
    before_stretch,
)
from odr_analysis.forecasting.delay_table import SeriesDelays
from odr_analysis.rates.defect_days import BITS, HAS_COMPONENT
from odr_analysis.rates.rolling import NEVER

N_KINDS = len(terms.COMPONENTS)
MASKS = np.arange(1, 2**N_KINDS)
"""Kinds reported on the day of the first report, as bits."""
FIRST_PRIOR = np.array([0.66, 0.26, 0.01, 0.05, 0.005, 0.01, 0.005])
"""Shares of ``MASKS`` believed in before any report: feedback, claims, both, chargebacks, ..."""
FIRST_PSEUDO = 3.0
NEARBY = 0.5
"""What the reports of a bin count for in the next one, in that after it the same of that, ..."""
LATER_SHARE, LATER_PSEUDO, LATER_DAYS = 0.08, 6.0, 20.0
"""Share of orders to which a further kind comes, what that counts for in orders, and its days."""
ROUNDS = 20
MOST_WEEKS = 12
"""Weeks since a report that are told apart; what comes later than that is alike."""


@dataclass(frozen=True, eq=False)
class Later:
    """Whether and when a further kind follows the first report.

    Attributes
    ----------
    share : float array [mask, kind]
        Mean share of orders, by the kinds of the first report.
    weight : float array [mask, kind]
        Orders this rests on, those of the prior included.
    rate : float array [kind]
        Of the exponential distribution of its days.
    """

    share: Floats
    weight: Floats
    rate: Floats

    def come_by(self, days: Floats | Integers, kind: int) -> Floats:
        """Share of those that come at all which have come after so many `days`."""
        found: Floats = -np.expm1(-self.rate[kind] * days)
        return found


@dataclass(frozen=True, eq=False)
class Kinds:
    """What the reports so far say of kinds.

    Attributes
    ----------
    first : float array [bin, mask]
        Weights of the Dirichlet distribution of the kinds first reported, by the bin of the lag.
    later : Later
    mask : int64 array [order]
        Kinds of the first report of each defective order.
    since : int64 array [order]
        Days since that report.
    has : bool array [order, kind]
    """

    first: Floats
    later: Later
    mask: Integers
    since: Integers
    has: Flags

    @classmethod
    def of(cls, series: SeriesDelays) -> Kinds:
        """From the reports of one series; those without a date say nothing of lags."""
        delays, first = series.delays, series.first
        mask = ((delays == first[:, None]) @ BITS).astype(np.int64)
        since, has = series.age - first, delays < NEVER
        used = (first < LONGEST) & series.first_is_dated
        cell = BIN_OF_LAG[first[used]] * len(MASKS) + mask[used] - 1
        counts = np.bincount(cell, minlength=N_BINS * len(MASKS)).reshape(N_BINS, -1)
        overall = FIRST_PSEUDO * FIRST_PRIOR + counts.sum(axis=0)
        # Kinds change with the lag: some come late. A bin is believed to be like those beside it.
        apart = np.abs(np.subtract.outer(np.arange(N_BINS), np.arange(N_BINS)))
        nearby = FIRST_PSEUDO * overall / overall.sum() + NEARBY**apart @ counts
        weights = FIRST_PSEUDO * nearby / nearby.sum(axis=1, keepdims=True) + counts
        dated = (series.dated | ~has).all(axis=1)
        after = delays - first[:, None]
        later = _later(mask[dated], since[dated], after[dated], has[dated])
        return cls(weights, later, mask, since, has)


def _later(mask: Integers, since: Integers, after: Integers, has: Flags) -> Later:
    """Shares and days of further kinds, by expectation and maximisation.

    Orders alike in kinds and in days since their report are taken together.
    """
    share = np.zeros((len(MASKS), N_KINDS))
    weight = np.ones((len(MASKS), N_KINDS))
    rate = np.full(N_KINDS, 1 / LATER_DAYS)
    days = np.arange(int(since.max(initial=0)) + 1)
    group = (mask - 1) * len(days) + since
    every = np.bincount(group, minlength=len(MASKS) * len(days)).reshape(len(MASKS), -1)
    for kind in range(N_KINDS):
        lacked = ~HAS_COMPONENT[MASKS, kind][:, None]
        came = has[:, kind] & lacked[mask - 1, 0]
        come = np.bincount(mask[came] - 1, minlength=len(MASKS))
        waited = float(after[came, kind].sum())
        not_yet = np.where(lacked, every, 0)
        not_yet -= np.bincount(group[came], minlength=every.size).reshape(every.shape)
        n = not_yet.sum(axis=1) + come
        pooled = LATER_SHARE
        own = np.full(len(MASKS), pooled)
        for _ in range(ROUNDS):
            gone = -np.expm1(-rate[kind] * days)
            r = own[:, None]
            still = not_yet * (r * (1 - gone) / (1 - r * gone))
            wait = waited + (still * (days + 1 / rate[kind])).sum()
            total = still.sum(axis=1) + come
            rate[kind] = (total.sum() + 2) / (wait + 2 * LATER_DAYS)
            pooled = (total.sum() + LATER_PSEUDO * LATER_SHARE) / (n.sum() + LATER_PSEUDO)
            own = (total + LATER_PSEUDO * pooled) / (n + LATER_PSEUDO)
        own[~lacked[:, 0]] = 0.0
        gone = -np.expm1(-rate[kind] * days)
        seen = np.where(lacked, every, 0) @ gone
        share[:, kind], weight[:, kind] = own, seen + LATER_PSEUDO
    return Later(share, weight, rate)


def unstretched(fitted: Fit) -> Integers:
    """Bin that the lags of each bin would be in were they not stretched, [draw, bin].

    A stretched lag has the kinds of the lag it would have been.
    """
    lag = before_stretch(MIDDLES, fitted.stretch[:, None], fitted.spread[:, None])
    found: Integers = BIN_OF_LAG[np.minimum(lag, LONGEST - 1).astype(np.int64)]
    return found


@dataclass(frozen=True, eq=False)
class Shares:
    """Draws of what is not known for sure of kinds.

    Attributes
    ----------
    first : float array [draw, 2, bin, mask]
        Shares of the kinds first reported, of orders whose lags are stretched and of the others.
    later : float array [draw, mask, kind]
        Shares of orders to which a further kind comes.
    """

    first: Floats
    later: Floats

    @classmethod
    def of(cls, kinds: Kinds, fitted: Fit, rng: np.random.Generator) -> Shares:
        """As many as `fitted` has draws."""
        weights = rng.standard_gamma(kinds.first, (fitted.n_draws, *kinds.first.shape)) + 1e-12
        weights /= weights.sum(axis=2, keepdims=True)
        longer = np.take_along_axis(weights, unstretched(fitted)[:, :, None], axis=1)
        later = kinds.later
        a = np.maximum(later.share * later.weight, 1e-6)
        b = np.maximum((1 - later.share) * later.weight, 1e-6)
        beta = rng.beta(a, b, (fitted.n_draws, *a.shape))
        return cls(np.stack([longer, weights], axis=1), np.where(later.share > 0, beta, 0.0))


def of_new(
    kinds: Kinds,
    shares: Shares,
    expected: Floats,
    until: int,
    fitted: Fit,
    rng: np.random.Generator,
) -> tuple[Integers, Integers, Integers]:
    """How many orders are first reported from now on, and how many of them have each kind.

    Parameters
    ----------
    kinds : Kinds
    shares : Shares
    expected : float array [draw, 2, bin]
        First reports to be expected, by the bin of their lag: of orders whose lags are stretched,
        and of the others.
    until : int
        Age of an order until which its reports count.
    fitted : Fit
    rng : numpy.random.Generator

    Returns
    -------
    orders : int64 array [draw]
    by_then, at_last : int64 arrays [draw, kind]
        Orders that have each kind by the age `until`, and once all reports are in.
    """
    means = expected[..., None] * shares.first
    of_mask = means.sum(axis=(1, 2))
    n = rng.poisson(of_mask)
    slow = np.stack([fitted.stretch, np.ones(len(n))], axis=1)[..., None]
    by_then, at_last = np.zeros((2, len(n), N_KINDS), dtype=np.int64)
    for kind in range(N_KINDS):
        lacks = ~HAS_COMPONENT[MASKS, kind]
        share = shares.later[:, lacks, kind] / np.maximum(of_mask[:, lacks], 1e-12)
        comes = (
            share
            * np.einsum(
                "dcb,dcbm->dm",
                kinds.later.come_by(np.maximum(age - MIDDLES, 0) / slow, kind),
                means[..., lacks],
            )
            for age in (until, LONGEST)
        )
        then, last = _in_turn(n[:, lacks], comes, rng)
        at_first = n[:, ~lacks].sum(axis=1)
        by_then[:, kind], at_last[:, kind] = at_first + then, at_first + last
    return n.sum(axis=1), by_then, at_last


def of_known(
    kinds: Kinds,
    shares: Shares,
    orders: Integers,
    ages: Integers,
    until: int,
    rng: np.random.Generator,
) -> tuple[Integers, Integers]:
    """How many of the orders already defective get each kind that they lack, [draw, kind].

    Parameters
    ----------
    kinds, shares, until, rng
        As for :func:`of_new`.
    orders : int64 array
        Positions of the orders that matter.
    ages : int64 array
        Days since each of them was placed.

    Returns
    -------
    by_then, at_last : int64 arrays [draw, kind]
    """
    by_then, at_last = np.zeros((2, len(shares.later), N_KINDS), dtype=np.int64)
    for kind in range(N_KINDS):
        waits = ~kinds.has[orders, kind] & (ages < LONGEST)
        of, age = orders[waits], ages[waits]
        since = kinds.since[of]
        # Orders alike in kinds and in weeks since their report share a mean.
        group = (kinds.mask[of] - 1) * MOST_WEEKS + np.minimum(since // 7, MOST_WEEKS - 1)
        gone = kinds.later.come_by(since, kind)
        n, all_gone, *more = (
            np.bincount(group, values, len(MASKS) * MOST_WEEKS)
            for values in (
                None,
                gone,
                *(
                    kinds.later.come_by(since + np.maximum(end - age, 0), kind) - gone
                    for end in (until, LONGEST)
                ),
            )
        )
        of_mask = n.reshape(len(MASKS), -1).sum(axis=1).astype(np.int64)
        share = np.repeat(shares.later[..., kind], MOST_WEEKS, axis=1)
        each = share / (1 - share * all_gone / np.maximum(n, 1))
        by_mask = np.repeat(np.eye(len(MASKS)), MOST_WEEKS, axis=0)
        comes = (each * come @ by_mask / np.maximum(of_mask, 1) for come in more)
        by_then[:, kind], at_last[:, kind] = _in_turn(of_mask, comes, rng)
    return by_then, at_last


def _in_turn(
    n: Integers, comes: Iterable[Floats], rng: np.random.Generator
) -> tuple[Integers, Integers]:
    """Of `n` of each mask, how many in all by then and at last, from the mean probabilities.

    Those by then are among those at last. Orders of one mask are drawn together: as their
    probabilities differ, the sum spreads a little less than this.
    """
    by_then, at_last = comes
    first = rng.binomial(n, np.clip(by_then, 0, 1))
    rest = (at_last - by_then) / np.maximum(1 - by_then, 1e-12)
    more = rng.binomial(n - first, np.clip(rest, 0, 1))
    return first.sum(axis=1), (first + more).sum(axis=1)
