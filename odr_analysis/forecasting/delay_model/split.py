"""Which kinds of defect pending orders will have: the first report's, and those that follow.

The draws of all kinds stay coherent: an order is defective once, by its first report; each kind
counts the orders that have it. So no draw has fewer defective orders than its largest kind, nor
more than its kinds add up to.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from odr_analysis import terms
from odr_analysis.arrays import Flags, Floats, Integers
from odr_analysis.forecasting.delay_model.lags import BIN_OF_LAG, LONGEST, MIDDLES, N_BINS
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

    def come_by(self, days: Floats, kind: int) -> Floats:
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
        """From the reports of one series."""
        delays = series.delays
        first = delays.min(axis=1, initial=NEVER)
        mask = ((delays == first[:, None]) @ BITS).astype(np.int64)
        since = series.age - first
        has = delays < NEVER
        used = first < LONGEST
        counts = np.zeros((N_BINS, len(MASKS)))
        np.add.at(counts, (BIN_OF_LAG[first[used]], mask[used] - 1), 1)
        overall = FIRST_PSEUDO * FIRST_PRIOR + counts.sum(axis=0)
        weights = FIRST_PSEUDO * overall / overall.sum() + counts
        return cls(weights, _later(mask, since, delays - first[:, None], has), mask, since, has)


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


def split(
    kinds: Kinds,
    new: Integers,
    until: int | None,
    stretch: Floats,
    orders: Integers,
    days_left: Integers,
    rng: np.random.Generator,
) -> Integers:
    """Orders that come to have each kind, [draw, kind], beyond those that have it today.

    Parameters
    ----------
    kinds : Kinds
    new : int64 array [draw, 2, bin]
        First reports still to come, by the bin of their lag: of orders whose lags are stretched,
        and of the others.
    until : int or None
        Age of an order until which its reports count; None for any.
    stretch : float array [draw]
        How many times longer stretched lags are.
    orders : int64 array
        Positions of the orders already defective that matter.
    days_left : int64 array
        Days until which further reports of each of them count.
    rng : numpy.random.Generator
    """
    n_draws = len(new)
    later = kinds.later
    # How sure the shares are: one draw of each, the same for all orders.
    a = np.maximum(later.share * later.weight, 1e-6)
    b = np.maximum((1 - later.share) * later.weight, 1e-6)
    share = np.where(later.share > 0, rng.beta(a, b, (n_draws, *a.shape)), 0.0)

    weights = rng.standard_gamma(kinds.first, (n_draws, *kinds.first.shape)) + 1e-12
    weights /= weights.sum(axis=2, keepdims=True)
    # A stretched lag has the kinds of the lag it would have been.
    unstretched = BIN_OF_LAG[np.minimum(MIDDLES / stretch[:, None], LONGEST - 1).astype(np.int64)]
    longer = np.take_along_axis(weights, unstretched[:, :, None], axis=1)
    first = rng.multinomial(new, np.stack([longer, weights], axis=1))
    end = LONGEST if until is None else until
    lags_left = np.maximum(end - MIDDLES, 0.0)
    found = np.zeros((n_draws, N_KINDS), dtype=np.int64)
    for kind in range(N_KINDS):
        with_it = HAS_COMPONENT[MASKS, kind]
        found[:, kind] = first[..., with_it].sum(axis=(1, 2, 3))
        without = np.flatnonzero(~with_it)
        slow = np.stack([stretch, np.ones(n_draws)], axis=1)[..., None]
        comes = (
            later.come_by(lags_left / slow, kind)[..., None] * share[:, None, None, without, kind]
        )
        found[:, kind] += rng.binomial(first[..., without], comes).sum(axis=(1, 2, 3))

        lacks = orders[~kinds.has[orders, kind]]
        if not len(lacks):
            continue
        left = days_left[~kinds.has[orders, kind]]
        # Orders alike in kinds and days are drawn together.
        key = np.stack([kinds.mask[lacks] - 1, kinds.since[lacks] // 7, left // 7])
        groups, n = np.unique(key, axis=1, return_counts=True)
        r = share[:, groups[0], kind]
        by_now = later.come_by(groups[1] * 7.0 + 3, kind)
        by_then = later.come_by(groups[1] * 7.0 + 3 + groups[2] * 7.0, kind)
        comes = r * (by_then - by_now) / (1 - r * by_now)
        found[:, kind] += rng.binomial(n, np.clip(comes, 0, 1)).sum(axis=1)
    return found
