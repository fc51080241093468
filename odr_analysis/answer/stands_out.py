"""What stands out, why buyers complain, and how far better work would lower the rate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from odr_analysis import terms, words
from odr_analysis.account import Account
from odr_analysis.answer.causes import LOOKS, cause_sentences, causes_dict, nothing_stands_out
from odr_analysis.answer.day import account_day
from odr_analysis.answer.worklist import ToDo, todo
from odr_analysis.errors import ParameterError


@dataclass(frozen=True, eq=False)
class StandsOut:
    """Causes, reasons and strategies of one day.

    Attributes
    ----------
    lines : tuple of str
        One sentence per cause, or one that says why there is none.
    causes : pandas.DataFrame
        ``leading_causes``.
    groups : pandas.DataFrame
        ``drivers``.
    reasons : pandas.DataFrame
        ``reason_rates`` since `since`.
    strategies : pandas.DataFrame
        ``strategies``.
    strategy_line : str
        Which strategy would lower a rate most.
    limits : tuple of float
        Target and early warning of the policy: a rate below one of them never reads as at it.
    as_of, since : datetime.date
    """

    lines: tuple[str, ...]
    causes: pd.DataFrame
    groups: pd.DataFrame
    reasons: pd.DataFrame
    strategies: pd.DataFrame
    strategy_line: str
    limits: tuple[float, ...]
    as_of: date
    since: date

    @property
    def looks(self) -> str:
        """What looking again and again means for these causes; '' where there is none."""
        return LOOKS if len(self.causes) else ""

    @property
    def sized(self) -> bool:
        """Whether of any cause it is known how much more often it goes wrong, at least."""
        return bool((self.causes.at_least >= words.LEAST_TIMES).any())

    @property
    def text(self) -> str:
        """All of it in lines: causes, the strategy, and a word on looking again."""
        return "\n".join(filter(None, [*self.lines, self.strategy_line, self.looks]))

    @property
    def funnel(self) -> pd.DataFrame:
        """Rows of `groups` to see the first cause among its like, for each series.

        Of the first cause that is a product, else of the first cause, its factor and reason;
        where there is no cause, products for all defects.
        """
        chosen = []
        for keys, rows in self.groups.groupby(list(terms.SERIES_KEYS), sort=False):
            mine = self.causes[(self.causes[list(terms.SERIES_KEYS)] == list(keys)).all(axis=1)]
            first = mine[mine.factor == "product"]
            first = first if len(first) else mine
            reason, factor = ("", "product")
            if len(first):
                reason, factor = first.reason.iloc[0], first.factor.iloc[0]
            chosen.append(rows[(rows.reason == reason) & (rows.factor == factor)])
        return pd.concat([self.groups.head(0), *chosen], ignore_index=True)


def stands_out(
    account: Account, as_of: date | str | None = None, *, days_back: int = 30
) -> StandsOut:
    """Which groups of orders go wrong, for which reasons, and which strategy would help most.

    Parameters
    ----------
    account : Account
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default (None or '') ``account.known_to``.
    days_back : int
        How far back reasons are compared.

    Raises
    ------
    ParameterError
        `as_of` is no date, or `days_back` is less than 1.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> found = stands_out(load_sample())
    >>> found.causes[["reason", "level"]].values.tolist()
    [['not received', 'Expedited']]
    >>> print(found.strategy_line)
    Seller-fulfilled: work on packaging and shipping would help most. It addresses 13 of 17 \
defective orders; half of them avoided would make ODR 0.66 % on average. In nine of ten cases a \
later window of as many orders would be at 0.31 % to 1.19 %, if nothing else changed.
    """
    if days_back < 1:
        raise ParameterError(f"days_back must be at least 1, got {days_back}.")
    day = account_day(account, as_of)
    today, causes, helped = day.as_of, day.causes, day.strategies
    since = today - timedelta(days=days_back)
    reasons = day.reason_rates(since)
    untold = int(reasons.n_defective[reasons.reason == ""].sum())
    alone = len({marketplace for marketplace, _ in account.series}) <= 1
    lines = cause_sentences(causes, with_store=not alone, year=today.year)
    if not reasons.n_defective.sum():
        lines = ["No order in the window is known to be defective, so nothing can stand out."]
    limits = (account.policy.target, account.policy.warning_from)
    return StandsOut(
        lines=tuple(lines or [nothing_stands_out(day.groups, untold)]),
        causes=causes,
        groups=day.groups,
        reasons=reasons,
        strategies=helped,
        strategy_line=_most(helped, alone, limits),
        limits=limits,
        as_of=today,
        since=since,
    )


def _most(table: pd.DataFrame, alone: bool, limits: tuple[float, ...]) -> str:
    """The strategy with the largest effect on the worst rate it helps."""
    helps = table[table.n_addressed > 0]
    if helps.empty:
        return "No strategy can be measured: of no defective order does a file tell the reason."
    row = helps.sort_values(["odr", "n_addressed"], ascending=False, kind="stable").iloc[0]
    name = words.series(row.marketplace, row.channel, alone=alone)
    of = words.counted(int(row.n_defective), "defective order")
    half, low, high = (
        words.percent(rate, limits) for rate in (row.odr_halved, row.lower, row.upper)
    )
    return (
        f"{name}: work on {row.strategy} would help most. It addresses "
        f"{words.number(row.n_addressed)} of {of}; half of them avoided would make ODR {half} "
        f"on average. In nine of ten cases a later window of as many orders would be at {low} to "
        f"{high}, if nothing else changed."
    )


def stands_out_dict(found: StandsOut) -> dict[str, Any]:
    """Lines and causes as plain JSON values: ``lines``, and ``causes``, see ``causes_dict``."""
    sentences = found.lines[: len(found.causes)]
    return {"lines": list(found.lines), "causes": causes_dict(found.causes, sentences)}


def what_to_do(account: Account, as_of: date | str | None = None) -> ToDo:
    """What can still be done about each defect, most pressing first.

    Parameters
    ----------
    account : Account
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default (None or '') ``account.known_to``.

    Raises
    ------
    ParameterError
        `as_of` is no date.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> print(what_to_do(load_sample()).lines[0])
    24 of 25 defects can still be acted on, the most pressing channel and overdue steps first, \
then the most valuable.
    """
    day = account_day(account, as_of)
    return todo(day.worklist, day.as_of, many_series=len(account.series) > 1)
