"""Orders needed to bring the rate under target: closed forms in exact arithmetic."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from numbers import Integral
from typing import TYPE_CHECKING

import pandas as pd

from odr_analysis import words
from odr_analysis.errors import ParameterError
from odr_analysis.rates.components import component_rates
from odr_analysis.schema import Column, Columns, typed

if TYPE_CHECKING:
    from odr_analysis.account import Account

NEEDED_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "n_orders": Column("int64", "orders that count on the day"),
    "n_defective": Column("int64", "of them defective"),
    "odr": Column("float64", "fraction 0-1", missing="NaN without orders"),
    "n_needed": Column(
        "Int64", "extra orders it is short of", missing="<NA> when no number is enough"
    ),
    "answer": Column("str", "the answer in words"),
}
"""Columns of :func:`orders_needed_today`: one row per marketplace x channel."""


@dataclass(frozen=True)
class OrdersNeeded:
    """How many more orders bring a rate under target.

    Attributes
    ----------
    n : int or None
        Smallest number of extra orders; 0 when the rate is under target already, None when no
        number is enough.
    possible : bool
        Whether more orders of this quality can do it.
    sentence : str
        The answer for a reader.
    safe_up_to : int or None
        The rate is under target and the extra orders are worse than it: the largest number of
        them that keeps the rate under. None when there is no such limit.
    """

    n: int | None
    possible: bool
    sentence: str
    safe_up_to: int | None = None


def orders_needed(
    n_defective: int,
    n_orders: int,
    *,
    defect_rate: float = 0.0,
    target: float = 0.01,
) -> OrdersNeeded:
    """How many extra orders bring `n_defective` of `n_orders` strictly under `target`.

    The smallest whole ``n`` with ``d + p*n < t*(N + n)``, where d, N are the counts, p the
    defect rate of the extra orders and t the target; expected values, in exact arithmetic:

    - d < t*N: under already, n = 0. With p > t selling uses the budget up, and the rate stays
      under for n < (t*N - d)/(p - t).
    - d >= t*N and p < t: n = floor((d - t*N)/(t - p)) + 1.
    - d >= t*N and p >= t: impossible, more orders of this quality never help.

    Parameters
    ----------
    n_defective, n_orders : int
        Counts on the day asked about, ``0 <= n_defective <= n_orders``.
    defect_rate : float
        Share of the extra orders that are defective by that day, a fraction 0-1.
    target : float
        Fraction the rate must stay below; 1 of 100 is not below 0.01.

    Raises
    ------
    ParameterError
        Counts are not whole numbers or do not fit, or a fraction is out of range.

    Examples
    --------
    One defect needs 101 orders to be under 1 %:

    >>> from odr_analysis import orders_needed
    >>> orders_needed(1, 100).n
    1
    >>> orders_needed(37, 3_000)
    OrdersNeeded(n=701, possible=True, sentence='701 more good orders bring it under 1 %.', \
safe_up_to=None)
    >>> orders_needed(37, 3_000, defect_rate=0.012).sentence
    'More orders cannot bring it under 1 %: 1.2 % of the extra orders are defective themselves.'
    >>> orders_needed(5, 600, defect_rate=0.02).safe_up_to
    99
    """
    d, n = _count("n_defective", n_defective), _count("n_orders", n_orders)
    if d > n:
        raise ParameterError(f"n_defective ({d:,}) cannot be more than n_orders ({n:,}).")
    p, t = _fraction("defect_rate", defect_rate), _fraction("target", target)
    if not 0 < t < 1:
        raise ParameterError(f"target must be a fraction between 0 and 1, got {target!r}.")
    line = words.level(float(t))
    missing = d - t * n
    if missing < 0:
        if p <= t:
            return OrdersNeeded(0, True, f"It is under {line} already; no more orders needed.")
        most = math.ceil(-missing / (p - t)) - 1
        return OrdersNeeded(
            0,
            True,
            f"It is under {line} already, and orders of which {words.level(float(p))} are "
            f"defective use that up: at most {most:,} of them keep it under.",
            safe_up_to=most,
        )
    if p >= t:
        whose = "any of them" if n == 0 else "it"
        return OrdersNeeded(
            None,
            False,
            f"More orders cannot bring {whose} under {line}: {words.level(float(p))} of the extra "
            "orders are defective themselves.",
        )
    more = math.floor(missing / (t - p)) + 1
    if n == 0:
        return OrdersNeeded(more, True, "There is no order, so no rate; the first order makes one.")
    quality = "good orders" if p == 0 else f"orders, {words.level(float(p))} of them defective,"
    if more == 1:
        return OrdersNeeded(1, True, f"One more good order brings it under {line}.")
    return OrdersNeeded(more, True, f"{more:,} more {quality} bring it under {line}.")


def orders_needed_today(
    account: Account, as_of: date | str | None = None, *, defect_rate: float = 0.0
) -> pd.DataFrame:
    """How many extra orders each rate shown on `as_of` is short of.

    **One row per marketplace and channel**, in the order of ``account.series``. If those orders
    counted today, the rate would be under target; in truth they count from their
    ``lag_days``-th day, when other orders have come and gone. ``apply_scenario`` follows that.

    Parameters
    ----------
    account : Account
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default ``account.known_to``.
    defect_rate : float
        Share of the extra orders that are defective, a fraction 0-1.

    Returns
    -------
    pandas.DataFrame
        ``NEEDED_COLUMNS`` of this module.

    Raises
    ------
    ParameterError
        `as_of` is no date or `defect_rate` no fraction.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> from odr_analysis.whatif import orders_needed_today
    >>> table = orders_needed_today(load_sample())
    >>> bool((table.n_needed >= 0).all())
    True
    """
    rates = component_rates(account, as_of)
    rates = rates[rates["as_of"] == rates["as_of"].max()].reset_index(drop=True)
    needed = [
        orders_needed(bad, n, defect_rate=defect_rate, target=account.policy.target)
        for bad, n in zip(rates["n_defective"].tolist(), rates["n_orders"].tolist(), strict=True)
    ]
    table = rates.assign(
        n_needed=pd.array([answer.n for answer in needed], dtype="Int64"),
        answer=[answer.sentence for answer in needed],
    )
    return typed(table, NEEDED_COLUMNS)


def _count(name: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 0:
        raise ParameterError(f"{name} must be a whole number, 0 or more, got {value!r}.")
    return int(value)


def _fraction(name: str, value: float) -> Fraction:
    """The number as it is written: 0.01 is one hundredth, not the float next to it."""
    try:
        exact = Fraction(str(value))
    except ValueError:
        exact = Fraction(-1)
    if not 0 <= exact <= 1:
        raise ParameterError(f"{name} must be a fraction between 0 and 1, got {value!r}.")
    return exact
