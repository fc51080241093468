"""What moved the rate lately, in at most three lines."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd

from odr_analysis import terms, words
from odr_analysis.account import Account
from odr_analysis.answer.model import Moved
from odr_analysis.policy import Policy
from odr_analysis.why.bridge import bridge
from odr_analysis.why.moved import moved_orders, what_moved

MOST_LINES = 3


def moved(account: Account, as_of: date, moved_days: int = 7) -> Moved:
    """What changed the rate of each series in the last `moved_days` days.

    Returns
    -------
    Moved
        One line per series, the largest change first; one sentence when nothing moved.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> account = load_sample()
    >>> 1 <= len(moved(account, account.known_to).lines) <= 3
    True
    """
    since = as_of - timedelta(days=moved_days)
    table = what_moved(account, since, as_of)
    orders = moved_orders(account, since, as_of)
    one_store = table["marketplace"].nunique() == 1
    sized = table.assign(size=table["change"].abs().fillna(-1.0))
    sized = sized.sort_values("size", ascending=False, kind="stable")
    rows = sized.to_dict(orient="records")
    lines = [_line(row, orders, account.policy, alone=one_store) for row in rows]
    lines = [line for line in lines if line]
    if len(lines) > MOST_LINES:
        rest = len(lines) - MOST_LINES + 1
        lines = [*lines[: MOST_LINES - 1], f"{words.counted(rest, 'other rate')} moved less."]
    if not lines:
        lines = [
            f"Nothing: no order entered or left the window and no defect became known since "
            f"{words.day(since, as_of.year)}."
        ]
    parts = bridge(account, since, as_of)
    return Moved(
        since=since,
        until=as_of,
        lines=tuple(lines),
        table=table,
        bridge=parts[parts.measure == "odr"].reset_index(drop=True),
    )


def _line(row: dict[Any, Any], orders: pd.DataFrame, policy: Policy, *, alone: bool) -> str:
    """One series; '' when neither window holds an order."""
    d0, n0, d1, n1 = (
        int(row[c]) for c in ("from_n_defective", "from_n_orders", "to_n_defective", "to_n_orders")
    )
    if not n0 and not n1:
        return ""
    name = words.series(row["marketplace"], row["channel"], alone=alone)
    mine = orders[
        (orders["marketplace"] == row["marketplace"]) & (orders["channel"] == row["channel"])
    ]
    if n0 and n1:
        head = f"{words.rate(d0, n0, policy)} became {words.rate(d1, n1, policy)}"
        if row["change"] == 0:
            head = f"still {words.rate(d1, n1, policy)}"
    else:
        head = (
            f"{words.rate(d1, n1, policy)} (no order counted before)"
            if n1
            else "no order counts any more"
        )
    came, late, left = (
        int(row[f"defects_{what}"]) for what in ("entered", "reported_late", "left")
    )
    parts = []
    if came:
        orders_came = "defective order" if came == 1 else "defective orders"
        parts.append(f"{words.spelled(came)} {orders_came} came into the window")
    if late:
        kinds = _kinds(mine[mine["move"] == "reported late"])
        verb = "was" if late == 1 else "were"
        parts.append(f"{words.spelled(late)} already in it {verb} reported{kinds}")
    if left:
        parts.append(f"{words.spelled(left)} left")
    moves = words.listed(parts) or "no defect came or went"
    orders_said = f"{words.number(n1)} orders count"
    if n1 != n0:
        orders_said += (
            f", {words.number(abs(n1 - n0))} {'more' if n1 > n0 else 'fewer'} than before"
        )
    return f"{name}: {head}. {moves[0].upper()}{moves[1:]}; {orders_said}."


def _kinds(orders: pd.DataFrame) -> str:
    """`` (3 A-to-z claims, 1 chargeback)``; an order with two kinds is in both."""
    counts = {
        c: int(orders["kinds"].str.contains(terms.COMPONENT_LABELS[c], regex=False).sum())
        for c in terms.COMPONENTS
    }
    said = [
        words.counted(n, terms.COMPONENT_LABELS[c], _PLURALS[c]) for c, n in counts.items() if n
    ]
    return f" ({', '.join(said)})" if said else ""


_PLURALS = {"feedback": "negative feedbacks", "claim": "A-to-z claims", "chargeback": "chargebacks"}
