"""A bridge in words: what moved the rate lately in at most three lines, or a sentence per rate."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from odr_analysis import terms, words
from odr_analysis.account import Account
from odr_analysis.answer.known import ONLY_KNOWN, KnownBySeries
from odr_analysis.answer.sections import Moved
from odr_analysis.policy import Policy
from odr_analysis.schema import of_series
from odr_analysis.why.bridge import DEFECT_PARTS, ORDER_PARTS
from odr_analysis.why.moved import moved_orders, what_moved

PART_LABELS: dict[str, str] = {
    "defects_entered": "defective orders came in",
    "defects_left": "defective orders left",
    "reported_late": "reported on orders in it",
    "removed": "defects removed",
    "redecided": "cases decided anew",
    "orders_entered": "orders came in",
    "orders_left": "orders left",
    "orders_recounted": "orders counted anew",
}
"""Parts as a figure names them."""

TELLING = 0.8
"""A sentence names the largest parts until they make up this share of what pushed."""

MOST_LINES = 3
"""Lines of a page on what moved the rates lately."""

KIND_PLURALS: dict[str, str] = {
    "feedback": "negative feedbacks",
    "claim": "A-to-z claims",
    "chargeback": "chargebacks",
}
"""Component to its name where there are several."""


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
        _moved_line(row, orders, account.policy, alone=one_store, lower_bound=bound)
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


def _moved_line(
    row: dict[Any, Any], orders: pd.DataFrame, policy: Policy, *, alone: bool, lower_bound: bool
) -> str:
    """One series; '' when neither window holds an order."""
    d0, n0, d1, n1 = (
        int(row[c]) for c in ("from_n_defective", "from_n_orders", "to_n_defective", "to_n_orders")
    )
    if not n0 and not n1:
        return ""
    name = words.series(row["marketplace"], row["channel"], alone=alone)
    mine = of_series(orders, row["marketplace"], row["channel"])
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
        words.counted(n, terms.COMPONENT_LABELS[c], KIND_PLURALS[c]) for c, n in counts.items() if n
    ]
    return f" ({', '.join(said)})" if said else ""


def bridge_sentences(
    table: pd.DataFrame,
    policy: Policy | None = None,
    *,
    with_rates: bool = True,
    with_store: bool | None = None,
) -> list[str]:
    """One sentence per marketplace and channel: how ODR changed, and mostly through what.

    Parameters
    ----------
    table : pandas.DataFrame
        :func:`~odr_analysis.bridge`.
    policy : Policy, optional
        For the digits rates are shown with.
    with_rates : bool
        Whether to tell both rates and their counts, where nothing beside it shows them.
    with_store : bool, optional
        Whether to name the marketplace; by default where there are several.

    Examples
    --------
    No defect came or went, but of ten orders two good ones left:

    >>> from odr_analysis import account_from_frames
    >>> from odr_analysis.why.bridge import bridge
    >>> orders = pd.DataFrame({"order_id": [f"o{i}" for i in range(10)], "marketplace": "Amazon.de",
    ...                        "ordered_on": ["2026-07-18"] * 2 + ["2026-08-20"] * 8,
    ...                        "channel": "mfn"})
    >>> defects = pd.DataFrame({"order_id": ["o5"], "component": "claim",
    ...                         "reported_on": ["2026-09-01"]})
    >>> account = account_from_frames(orders, defects)
    >>> print(*bridge_sentences(bridge(account, "2026-09-30", "2026-10-01")))
    Seller-fulfilled ODR rose 2.50 points, from 10.00 % (1 of 10 orders) to 12.50 % (1 of 8), \
although no new defect arrived: 2 clean orders left the window.
    """
    alone = table.marketplace.nunique() == 1 if with_store is None else not with_store
    return [
        _sentence(rows, policy, alone=alone, with_rates=with_rates) for rows in by_series(table)
    ]


def by_series(table: pd.DataFrame, measure: str = "odr") -> list[pd.DataFrame]:
    """The rows of each marketplace and channel, one per part."""
    mine = table[table.measure == measure]
    return [rows for _, rows in mine.groupby(list(terms.SERIES_KEYS), sort=False)]


def _sentence(rows: pd.DataFrame, policy: Policy | None, *, alone: bool, with_rates: bool) -> str:
    row = rows.iloc[0].to_dict()
    name = words.series(row["marketplace"], row["channel"], alone=alone)
    d0, n0 = int(row["from_n_defective"]), int(row["from_n_orders"])
    d1, n1 = int(row["to_n_defective"]), int(row["to_n_orders"])
    told = [words.rate(d0, n0, policy), words.rate(d1, n1, policy)]
    if not n0 or not n1:
        if not n0 and not n1:
            return f"{name}: no order counts on either day."
        if not n1:
            return f"{name} ODR was {told[0]}; no order counts any more, so there is no rate."
        return (
            f"{name} ODR is {told[1]} ({words.number(d1)} of {words.counted(n1, 'order')}); "
            "no order counted before."
        )
    parts = rows.set_index("part")
    n = {str(part): int(count) for part, count in parts.n.items()}
    change = float(row["change"])
    if d0 * n1 == d1 * n0:
        moved = "nothing moved" if not any(n.values()) else _moves(n, [*DEFECT_PARTS, "orders"])
        counts = f"{words.number(d1)} of {words.counted(n1, 'order')}"
        return f"{name} ODR is still {told[1]} ({counts}): {moved}."
    rose = change > 0
    effects = {part: float(parts.effect[part]) for part in DEFECT_PARTS}
    effects["orders"] = float(parts.effect.loc[list(ORDER_PARTS)].sum())
    pushed = {part: abs(e) for part, e in effects.items() if e and (e > 0) == rose}
    largest = sorted(pushed, key=lambda part: -pushed[part])
    enough = next(
        i
        for i in range(1, len(largest) + 1)
        if sum(pushed[part] for part in largest[:i]) >= TELLING * sum(pushed.values())
    )
    size = words.points(abs(change)).lstrip("+").replace("under", "by under")
    said = f"{name} ODR {'rose' if rose else 'fell'} {size}"
    if with_rates:
        said += (
            f", from {told[0]} ({words.number(d0)} of {words.counted(n0, 'order')}) to {told[1]} "
            f"({words.number(d1)} of {words.number(n1)})"
        )
    gained = n["defects_entered"] + n["reported_late"] + max(n["redecided"], 0)
    lost = -(n["defects_left"] + n["removed"]) + max(-n["redecided"], 0)
    if rose and not gained:
        said += ", although no new defect arrived"
    if not rose and not lost:
        said += ", although no defect left"
    return f"{said}: {_moves(n, largest[:enough])}."


def _moves(n: dict[str, int], which: list[str]) -> str:
    """What came and went, for the parts named."""
    came, past, late = n["defects_entered"], -n["defects_left"], n["reported_late"]
    redecided, removed = n["redecided"], -n["removed"]
    verdict = "to count" if redecided > 0 else "not to count any more"
    phrases = {
        "defects_entered": (came, f"{words.counted(came, 'defective order')} came in"),
        "defects_left": (past, f"{words.counted(past, 'defective order')} left"),
        "reported_late": (
            late,
            f"defects were reported on {words.counted(late, 'order')} already in the window",
        ),
        "removed": (removed, f"{words.counted(removed, 'defect')} {_were(removed)} removed"),
        "redecided": (
            redecided,
            f"{words.counted(abs(redecided), 'case')} {_were(abs(redecided))} decided anew, "
            f"{verdict}",
        ),
        "orders": (1, _orders(n)),
    }
    return words.listed([phrases[part][1] for part in which if phrases[part][0]])


def _orders(n: dict[str, int]) -> str:
    """What became of the number of orders."""
    came, past, anew = n["orders_entered"], -n["orders_left"], n["orders_recounted"]
    clean_in, clean_out = came - n["defects_entered"], past + n["defects_left"]
    if not came and not anew:
        return f"{words.counted(clean_out, 'clean order')} left the window"
    if not past and not anew:
        return f"{words.counted(clean_in, 'clean order')} came in"
    more = came - past + anew
    change = f"{words.number(abs(more))} {'more' if more > 0 else 'fewer'} orders count"
    parts = [f"{words.number(past)} left", f"{words.number(came)} came in"]
    if anew:
        parts.append(f"{words.number(abs(anew))} {'newly' if anew > 0 else 'no longer'} counted")
    return f"{change if more else 'as many orders count'} ({words.listed(parts)})"


def _were(n: int) -> str:
    return "was" if n == 1 else "were"
