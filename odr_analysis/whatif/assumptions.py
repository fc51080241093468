"""What a look ahead takes for granted, and which removals do nothing, in plain sentences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from odr_analysis import terms, words
from odr_analysis.errors import ParameterError
from odr_analysis.policy import Policy

if TYPE_CHECKING:
    from odr_analysis.account import Account
    from odr_analysis.rates.rolling import Integers
    from odr_analysis.whatif.scenario import Scenario

SILENT_DAYS = 3
"""From this many days without any order up to as_of on, the export may simply have ended."""


def assumptions(
    policy: Policy,
    series: Sequence[tuple[str, str]],
    as_of: date,
    recent: Integers,
    days: int,
    n_defective: Integers,
    n_orders: Integers,
    *,
    silent_days: Sequence[int | None],
) -> list[str]:
    """What is exact, what is assumed of each series, and what is left out.

    ``recent`` are the orders of the last `days` days, ``n_defective`` of ``n_orders`` what
    counts today, each by series. ``silent_days`` are the days since the latest order of each
    series, None where it has none by `as_of`.
    """
    exact_to = as_of + timedelta(days=policy.lag_days)
    since = as_of - timedelta(days=days - 1)
    span = words.span(since, as_of)
    said = [
        f"Orders placed and defects reported by {words.day(as_of)} are those in the files; "
        f"until {words.day(exact_to)} no order placed later counts."
    ]
    for pair, orders, bad, counting in zip(series, recent, n_defective, n_orders, strict=True):
        if not orders:
            said.append(f"{words.series(*pair)}: no order from {span}, so none is assumed to come.")
            continue
        quality = "none of them defective, because no ODR is shown today"
        if counting:
            quality = (
                f"{words.rate(bad, counting, policy)} of them defective, as the ODR shown today "
                f"({bad:,} of {counting:,} orders)"
            )
        said.append(
            f"{words.series(*pair)}: {orders / days:,.1f} ordinary orders a day go on coming, the "
            f"mean of {span} ({orders:,} orders in {days} days), {quality}."
        )
    said += _silence(series, as_of, silent_days)
    said.append(
        "Defects not yet reported on orders already placed are not predicted, so the rate will "
        "usually turn out higher than the baseline here."
    )
    return said


def _silence(
    series: Sequence[tuple[str, str]], as_of: date, silent_days: Sequence[int | None]
) -> list[str]:
    """One sentence per day on which the orders of a series, or of several, end too early."""
    since: dict[int, list[str]] = {}
    for pair, n in zip(series, silent_days, strict=True):
        if n is not None and n >= SILENT_DAYS:
            since.setdefault(n, []).append(words.series(*pair))
    said = []
    for n, names in sorted(since.items()):
        latest = as_of - timedelta(days=n)
        start = "The" if len(names) == len(series) else f"{words.listed(names)}: the"
        said.append(
            f"{start} latest order known is of {words.day(latest)}; the {n} days since count "
            "as days without orders. If the order export simply ends there, look ahead from "
            f"as_of {latest.isoformat()}."
        )
    return said


def removals_without_effect(account: Account, scenario: Scenario, as_of: date) -> list[str]:
    """One sentence per removed order id that changes nothing.

    Raises
    ------
    ParameterError
        An order id is nowhere in the account.
    """
    ids = scenario.removed_feedback
    if not ids:
        return []
    bad = account.defective[account.defective["order_id"].isin(list(ids))]
    check_known(account, ids - set(bad["order_id"]))
    last = pd.Timestamp(as_of)
    rows: dict[str, Any] = {str(row.order_id): row for row in bad.itertuples()}
    said = []
    for order_id in sorted(ids):
        row = rows.get(order_id)
        if row is None or not (row.feedback_on <= last and row.ordered_on <= last):
            said.append(
                f"Order {order_id} has no negative feedback that counts on {words.day(as_of)}: "
                "removing it changes nothing."
            )
            continue
        others = other_defects(row.claim_on <= last, row.chargeback_on <= last)
        if others:
            said.append(
                f"Order {order_id} also has {others}: removing its feedback changes nothing."
            )
        elif account.policy.leaves_on(row.ordered_on.date()) < as_of:
            said.append(
                f"Order {order_id} has left the window already: removing its feedback changes "
                "nothing."
            )
    return said


def check_known(account: Account, ids: frozenset[str] | set[str]) -> None:
    """Raise ParameterError with the order ids that no table of the account has."""
    for table in (account.defects, account.feedback):
        ids = ids - set(table["order_id"]) if ids else ids
    if ids:
        # The long table is read only for an id in none of the short ones.
        ids = ids - set(account.orders["order_id"])
    if ids:
        raise ParameterError(
            "scenario: removed_feedback names orders this account does not have: "
            f"{', '.join(sorted(ids))}."
        )


def other_defects(claim: bool, chargeback: bool) -> str:
    """What keeps an order defective once its feedback is gone, '' when nothing does.

    >>> other_defects(True, True), other_defects(False, False)
    ('an A-to-z claim and a chargeback', '')
    """
    return " and ".join(
        f"{article} {terms.COMPONENT_LABELS[c]}"
        for c, article, there in (("claim", "an", claim), ("chargeback", "a", chargeback))
        if there
    )
