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
LATER_SHARE, LATER_PSEUDO, LATER_DAYS = 0.08, 6.0, 20.0
"""Share of orders to which a further kind comes, what that counts for in orders, and its days."""
ROUNDS = 20


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
        counts = np.zeros((N_BINS, len(MASKS)))
        np.add.at(counts, (BIN_OF_LAG[first[used]], mask[used] - 1), 1)
        overall = FIRST_PSEUDO * FIRST_PRIOR + counts.sum(axis=0)
        weights = FIRST_PSEUDO * overall / overall.sum() + counts
        dated = (series.dated | ~has).all(axis=1)
        after = delays - first[:, None]
        later = _later(mask[dated], since[dated], after[dated], has[dated])
        return cls(weights, later, mask, since, has)


def _later(mask: Integers, since: Integers, after: Integers, has: Flags) -> Later:
    """Shares and days of further kinds, by expectation and maximisation."""
    share = np.zeros((len(MASKS), N_KINDS))
    weight = np.ones((len(MASKS), N_KINDS))
    rate = np.full(N_KINDS, 1 / LATER_DAYS)
    for kind in range(N_KINDS):
        lacked = ~HAS_COMPONENT[mask, kind]
        came = has[lacked, kind]
        days = np.where(came, after[lacked, kind], since[lacked]).astype(float)
        group = mask[lacked] - 1
        n = np.bincount(group, minlength=len(MASKS))
        pooled = LATER_SHARE
        own = np.full(len(MASKS), pooled)
        for _ in range(ROUNDS):
            gone = -np.expm1(-rate[kind] * days)
            r = own[group]
            still = np.where(came, 1.0, r * (1 - gone) / (1 - r * gone))
            waited = np.where(came, days, days + 1 / rate[kind])
            rate[kind] = (still.sum() + 2) / ((still * waited).sum() + 2 * LATER_DAYS)
            total = np.bincount(group, still, minlength=len(MASKS))
            pooled = (total.sum() + LATER_PSEUDO * LATER_SHARE) / (n.sum() + LATER_PSEUDO)
            own = (total + LATER_PSEUDO * pooled) / (n + LATER_PSEUDO)
        own[HAS_COMPONENT[MASKS, kind]] = 0.0
        seen = np.bincount(group, -np.expm1(-rate[kind] * days), minlength=len(MASKS))
        share[:, kind], weight[:, kind] = own, seen + LATER_PSEUDO
    return Later(share, weight, rate)


def later_shares(kinds: Kinds, n_draws: int, rng: np.random.Generator) -> Floats:
    """Draws of the shares of :class:`Later`, [draw, mask, kind]: how sure they are."""
    later = kinds.later
    a = np.maximum(later.share * later.weight, 1e-6)
    b = np.maximum((1 - later.share) * later.weight, 1e-6)
    found: Floats = np.where(later.share > 0, rng.beta(a, b, (n_draws, *a.shape)), 0.0)
    return found


def of_new(
    kinds: Kinds,
    shares: Floats,
    new: Integers,
    until: int,
    fitted: Fit,
    rng: np.random.Generator,
) -> tuple[Integers, Integers]:
    """How many of the orders first reported from now on have each kind, [draw, kind].

    Parameters
    ----------
    kinds : Kinds
    shares : float array [draw, mask, kind]
        From :func:`later_shares`.
    new : int64 array [draw, 2, bin]
        First reports still to come, by the bin of their lag: of orders whose lags are stretched,
        and of the others.
    until : int
        Age of an order until which its reports count.
    fitted : Fit
    rng : numpy.random.Generator

    Returns
    -------
    by_then, at_last : int64 arrays [draw, kind]
        By the age `until`, and once all reports are in.
    """
    weights = rng.standard_gamma(kinds.first, (len(new), *kinds.first.shape)) + 1e-12
    weights /= weights.sum(axis=2, keepdims=True)
    # A stretched lag has the kinds of the lag it would have been.
    stretch = fitted.stretch[:, None]
    would_be = before_stretch(MIDDLES, stretch, fitted.spread[:, None])
    unstretched = BIN_OF_LAG[np.minimum(would_be, LONGEST - 1).astype(np.int64)]
    longer = np.take_along_axis(weights, unstretched[:, :, None], axis=1)
    first = rng.multinomial(new, np.stack([longer, weights], axis=1))
    slow = np.stack([stretch, np.ones_like(stretch)], axis=1)
    by_then, at_last = np.zeros((2, len(new), N_KINDS), dtype=np.int64)
    for kind in range(N_KINDS):
        with_it = HAS_COMPONENT[MASKS, kind]
        at_first = first[..., with_it].sum(axis=(1, 2, 3))
        share = shares[:, None, None, ~with_it, kind]
        comes = (
            kinds.later.come_by(np.maximum(age - MIDDLES, 0) / slow, kind)[..., None] * share
            for age in (until, LONGEST)
        )
        then, last = _in_turn(first[..., ~with_it], comes, rng)
        by_then[:, kind] = at_first + then.sum(axis=(1, 2, 3))
        at_last[:, kind] = at_first + last.sum(axis=(1, 2, 3))
    return by_then, at_last


def of_known(
    kinds: Kinds,
    shares: Floats,
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
    by_then, at_last = np.zeros((2, len(shares), N_KINDS), dtype=np.int64)
    for kind in range(N_KINDS):
        lacks = ~kinds.has[orders, kind]
        of = orders[lacks]
        # Orders alike in kinds and days are drawn together.
        key = np.stack([kinds.mask[of] - 1, kinds.since[of] // 7, ages[lacks] // 7])
        (mask, since, age), n = np.unique(key, axis=1, return_counts=True)
        since, age = since * 7 + 3, age * 7 + 3
        share = shares[:, mask, kind]
        by_now = kinds.later.come_by(since, kind)
        comes = (
            share
            * (kinds.later.come_by(since + np.maximum(end - age, 0), kind) - by_now)
            / (1 - share * by_now)
            for end in (until, LONGEST)
        )
        then, last = _in_turn(np.broadcast_to(n, share.shape), comes, rng)
        by_then[:, kind], at_last[:, kind] = then.sum(axis=1), last.sum(axis=1)
    return by_then, at_last


def _in_turn(
    n: Integers, comes: Iterable[Floats], rng: np.random.Generator
) -> tuple[Integers, Integers]:
    """Of `n` each, how many by then and at last, from the two probabilities.

    Those by then are among those at last.
    """
    by_then, at_last = comes
    first = rng.binomial(n, np.clip(by_then, 0, 1))
    rest = (at_last - by_then) / np.maximum(1 - by_then, 1e-12)
    return first, first + rng.binomial(n - first, np.clip(rest, 0, 1))
