"""Questions put to an account and a day: all findings, what stands out, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from odr_analysis.account import Account
from odr_analysis.answer.build import Findings
from odr_analysis.answer.day import GIVEN, HORIZON_DAYS, LATEST, MOVED_DAYS, account_day
from odr_analysis.answer.sections import StandsOut, ToDo
from odr_analysis.whatif import Scenario


def findings(
    account: Account,
    as_of: date | str | None = None,
    *,
    moved_days: int = MOVED_DAYS,
    horizon_days: int = HORIZON_DAYS,
    scenarios: Iterable[Scenario] = (),
) -> Findings:
    """The answer of one account as data: every section of the report, nothing drawn.

    Parameters
    ----------
    account : Account
        From ``load_account``, ``load_sample`` or ``account_from_frames``.
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        Day the answer is for; by default (None or '') the latest day the exports know of.
    moved_days : int
        How far back "what moved it" looks.
    horizon_days : int
        How far ahead the known path goes; by day 75 an order placed today has left again.
    scenarios : iterable of Scenario
        Shown beside the standard ones in "what if".

    Returns
    -------
    Findings
        Frozen sections ``head, answer, official, moved, causes, worklist, defects, ahead,
        what_if, health, built_on``, each made when first read.
        Sentences are rounded for eyes; the tables and counts beside them are not.

    Raises
    ------
    ParameterError
        `as_of` is no date, or `moved_days` or `horizon_days` is less than 1.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> found = findings(load_sample())
    >>> [card.channel for card in found.answer.cards if card.n_orders]
    ['mfn', 'afn']
    """
    day = account_day(account, as_of)
    whence = GIVEN if as_of else LATEST
    return day.findings_over(moved_days, horizon_days, whence, tuple(scenarios))


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
    return account_day(account, as_of).stands_out(days_back)


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
    return account_day(account, as_of).to_do
