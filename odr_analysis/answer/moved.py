"""What moved the rate lately, in at most three lines."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from odr_analysis import terms, words
from odr_analysis.account import Account
from odr_analysis.answer.known import ONLY_KNOWN, KnownBySeries
from odr_analysis.answer.sections import Moved
from odr_analysis.policy import Policy
from odr_analysis.why.moved import moved_orders, what_moved

MOST_LINES = 3


def moved(
    account: Account, parts: pd.DataFrame, since: date, as_of: date, known: KnownBySeries
) -> Moved:
    """What changed the rate of each series between two days.

    Where a rate is known only in part, the first line says so, and its rates are lower bounds.

    Parameters
    ----------
    account : Account
    parts : pandas.DataFrame
        ``bridge(account, since, as_of)``.
    since, as_of : datetime.date
    known : mapping
        ``what_is_known`` of `as_of`.

    Returns
    -------
    Moved
        One line per series: those over the limit first, then those past the early warning, the
        largest change first among equals; one sentence when nothing moved. ``table`` and
        ``bridge`` are in the same order.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> day = load_sample().on("2026-09-30")
    >>> since = date(2026, 9, 23)
    >>> 1 <= len(moved(day.account, day.bridge(since), since, day.as_of, day.known).lines) <= 3
    True
    """
    table = what_moved(account, since, as_of, parts=parts)
    orders = moved_orders(account, since, as_of)
    one_store = table["marketplace"].nunique() == 1
    table = _most_pressing_first(table, account.policy)
    rows = table.to_dict(orient="records")
    bounds = [known[row["marketplace"], row["channel"]].lower_bound for row in rows]
    lines = [
        _line(row, orders, account.policy, alone=one_store, lower_bound=bound)
        for row, bound in zip(rows, bounds, strict=True)
    ]
    lines = [line for line in lines if line]
    if len(lines) > MOST_LINES:
        rest = len(lines) - MOST_LINES + 1
        lines = [
            *lines[: MOST_LINES - 1],
            f"{words.counted(rest, 'other rate')}: odr why lists them.",
        ]
    if not lines:
        lines = [
            f"Nothing: no order entered or left the window and no defect became known since "
            f"{words.day(since, as_of.year)}."
        ]
    if any(series.missing for series in known.values()):
        lines.insert(0, ONLY_KNOWN)
    parts = table[list(terms.SERIES_KEYS)].merge(parts)
    return Moved(
        since=since,
        until=as_of,
        lines=tuple(lines),
        table=table,
        bridge=parts[parts.measure == "odr"].reset_index(drop=True),
    )


def _most_pressing_first(table: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Rows of ``what_moved``: the state of the rate decides, then how much it moved."""
    counts = zip(table["to_n_defective"], table["to_n_orders"], strict=True)
    place = [policy.pressing(int(d), int(n)) for d, n in counts]
    sized = table.assign(_place=place, _size=table["change"].abs().fillna(-1.0))
    sized = sized.sort_values(["_place", "_size"], ascending=[True, False], kind="stable")
    return sized.drop(columns=["_place", "_size"]).reset_index(drop=True)


def _line(
    row: dict[Any, Any], orders: pd.DataFrame, policy: Policy, *, alone: bool, lower_bound: bool
) -> str:
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
    before, after = (
        words.at_least(words.rate(d, n, policy), d, lower_bound=lower_bound)
        for d, n in ((d0, n0), (d1, n1))
    )
    if not d0 and not d1 and lower_bound:
        head = "no defect is known"
    elif n0 and n1:
        head = f"{before} became {after}"
        if before == after:
            # Equal to the last digit shown, or equal: which of the two is said.
            moved = "" if row["change"] == 0 else f", {words.points(row['change'])}"
            head = f"still {after}{moved}"
    else:
        head = f"{after} (no order counted before)" if n1 else "no order counts any more"
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
