"""Estimates in words: few defects as counts, and what is assumed before any data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from odr_analysis import words
from odr_analysis.arrays import Integers
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.delay_model.prior import Prior
from odr_analysis.policy import Policy

FEW = 3.0
"""Expected defective orders below which a rate with decimals suggests more than is known."""
MOST_STEPS, LEAST_PROBABILITY = 3, 0.01
"""Counts that are named with their probability, and the least probability that is named."""


@dataclass(frozen=True)
class FewDefects:
    """Draws of few defective orders as counts and probabilities.

    Attributes
    ----------
    n_known : int
        Defective orders reported so far.
    at_least : tuple of (int, float)
        So many defective orders or more, and the probability of that; the first is one more than
        are reported.
    n_to_breach : int
        Further defective orders with which the rate is not below target; 0 where it is not now.
    p_breach : float
        Probability that it will not be.
    sentence : str
    """

    n_known: int
    at_least: tuple[tuple[int, float], ...]
    n_to_breach: int
    p_breach: float
    sentence: str


def is_few(draws: Integers) -> bool:
    """Whether so few defective orders are expected that counts say more than a rate.

    >>> is_few(np.array([2, 3, 3])), is_few(np.array([3, 3, 3]))
    (True, False)
    """
    return float(np.mean(draws)) < FEW


def few_defects(
    draws: Integers,
    n_known: int,
    n_orders: int | Integers,
    policy: Policy | None = None,
    when: str = "in the end",
) -> FewDefects | None:
    """What draws of a nowcast or forecast mean for a seller with few defects.

    Parameters
    ----------
    draws : int64 array
        Defective orders: ``Nowcast.draws`` of the union, or one day of ``Forecast.draws``.
    n_known : int
        Of them, those reported so far.
    n_orders : int or int64 array
        Orders of the same window; an array where each draw has its own.
    policy : Policy, optional
    when : str
        The time the draws are of, as it stands in the sentence.

    Returns
    -------
    FewDefects or None
        None where no order counts, so that there is no rate.

    Raises
    ------
    ParameterError
        There are no draws, or one has fewer defective orders than are reported.

    Examples
    --------
    >>> draws = np.repeat([2, 3, 4], [59, 29, 12])
    >>> few_defects(draws, 2, 240).sentence
    '2 defective orders are reported; 3 or more in the end: 41 %, 4 or more: 12 %. One more and \
the rate is 1 % or higher.'
    >>> few_defects(draws, 2, 200).sentence.partition(". ")[2]
    'The rate is 1 % or higher already.'
    """
    draws = np.asarray(draws)
    if not len(draws) or draws.min() < n_known:
        raise ParameterError(
            f"draws must be one or more counts of {n_known} or more, the defects reported; got "
            f"{f'at least one of {draws.min()}' if len(draws) else 'none'}."
        )
    policy = policy or Policy()
    orders = np.broadcast_to(n_orders, draws.shape)
    middle = int(np.median(orders))
    if not middle:
        return None
    n_to_breach = max(int(policy.breached_from(middle)) - n_known, 0)
    counts = n_known + 1 + np.arange(MOST_STEPS)
    shares = (draws >= counts[:, None]).mean(axis=1)
    named = max(int((shares >= LEAST_PROBABILITY).sum()), 1)
    at_least = tuple(zip(counts[:named].tolist(), shares[:named].tolist(), strict=True))
    return FewDefects(
        n_known,
        at_least,
        n_to_breach,
        float(np.mean((orders > 0) & (draws >= policy.breached_from(orders)))),
        f"{_counts(n_known, at_least, when)}. {_breach(n_to_breach, policy)}",
    )


def _counts(n_known: int, at_least: tuple[tuple[int, float], ...], when: str) -> str:
    if n_known:
        verb = "is" if n_known == 1 else "are"
        known = f"{words.counted(n_known, 'defective order')} {verb} reported"
    else:
        known = "No defective order is reported"
    (first, share), *rest = at_least
    steps = [f"{words.number(first)} or more {when}: {words.probability(share)}"]
    steps += [f"{words.number(n)} or more: {words.probability(p)}" for n, p in rest]
    return f"{known}; {', '.join(steps)}"


def _breach(n_to_breach: int, policy: Policy) -> str:
    over = f"the rate is {words.level(policy.target)} or higher"
    if not n_to_breach:
        return f"{over[0].upper()}{over[1:]} already."
    more = words.spelled(n_to_breach)
    return f"{more[0].upper()}{more[1:]} more and {over}."


def prior_sentences(prior: Prior, share: float | None = None) -> tuple[str, ...]:
    """What a prior assumes, and how much of an estimate rests on it.

    Parameters
    ----------
    prior : Prior
    share : float, optional
        From :func:`~odr_analysis.forecasting.priors.prior_share`; None where there is none.

    Examples
    --------
    >>> for line in prior_sentences(Prior(), 0.63):
    ...     print(line)
    Before any data, half of all accounts are taken to have a rate below 0.74 % and nine in ten \
one of 0.14 % to 3.83 %; half of the reports are taken to come within 22 days and nine in ten \
within 70. Basis: this toolkit's own choice.
    63 % of this account's estimate rests on that, the rest on its own reports.
    """
    low, high = prior.range()
    half, most = (prior.lags.day_of(part) for part in (0.5, 0.9))
    lines = [
        f"Before any data, half of all accounts are taken to have a rate below "
        f"{words.percent(prior.median)} and nine in ten one of "
        f"{words.percent(low)} to {words.percent(high)}; half of the reports are taken to "
        f"come within {half} days and nine in ten within {most}. Basis: {prior.basis}."
    ]
    if share is not None:
        lines.append(
            f"{words.about(share)} of this account's estimate rests on that, the rest on its own "
            "reports."
        )
    return tuple(lines)
