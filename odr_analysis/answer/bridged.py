"""A bridge in words and as JSON: one sentence per rate, its parts, and the orders behind them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from odr_analysis import terms, words
from odr_analysis.policy import Policy
from odr_analysis.why.bridge import DEFECT_PARTS, ORDER_PARTS, PARTS, Bridge

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


def bridge_sentences(
    found: Bridge, policy: Policy | None = None, *, with_rates: bool = True
) -> list[str]:
    """One sentence per marketplace and channel: how ODR changed, and mostly through what.

    `with_rates` has both rates and their counts in it, where nothing beside it shows them.

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
    Seller-fulfilled ODR rose 2.50 points, from 10.0 % (1 of 10 orders) to 12.5 % (1 of 8), \
although no new defect arrived: 2 clean orders left the window.
    """
    totals = found.totals[found.totals.measure == "odr"]
    alone = totals.marketplace.nunique() == 1
    return [
        _sentence(found, row, policy, alone=alone, with_rates=with_rates)
        for row in totals.to_dict("records")
    ]


def _sentence(
    found: Bridge, row: dict[Any, Any], policy: Policy | None, *, alone: bool, with_rates: bool
) -> str:
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
    parts = found.parts[
        (found.parts.marketplace == row["marketplace"])
        & (found.parts.channel == row["channel"])
        & (found.parts.measure == "odr")
    ].set_index("part")
    n = parts.n.astype(int).to_dict()
    change = float(row["change"])
    if d0 * n1 == d1 * n0:
        moved = "nothing moved" if not any(n.values()) else _moves(n, [*DEFECT_PARTS, "orders"])
        counts = f"{words.number(d1)} of {words.counted(n1, 'order')}"
        return f"{name} ODR is still {told[1]} ({counts}): {moved}."
    rose = change > 0
    effects = parts.effect.loc[list(DEFECT_PARTS)].to_dict()
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


def bridge_lines(
    found: Bridge, policy: Policy | None = None, *, archived: bool = False
) -> list[str]:
    """A bridge as lines for a terminal: each sentence, and under it what each part adds."""
    days = words.span(found.from_day, found.to_day)
    lines = [f"What changed the Order Defect Rate, {days}:"]
    rows = found.totals[found.totals.measure == "odr"].to_dict("records")
    for row, sentence in zip(rows, bridge_sentences(found, policy), strict=True):
        lines += ["", sentence]
        mine = found.parts[
            (found.parts.marketplace == row["marketplace"])
            & (found.parts.channel == row["channel"])
            & (found.parts.measure == "odr")
            & (found.parts.n != 0)
        ]
        lines += [
            f"  {PART_LABELS[part]:<28} {n:>+8,}  {effect * 100:>+8.3f} points"
            for part, n, effect in zip(
                mine.part, mine.n.tolist(), mine.effect.tolist(), strict=True
            )
        ]
        if len(mine):
            total = float(row["change"]) * 100
            lines.append(f"  {'change':<28} {'':>8}  {total:>+8.3f} points")
    if not archived:
        lines += [
            "",
            "Removed defects and cases decided anew cannot be told from one state of the files; "
            "an archive (odr archive) tells them.",
        ]
    return lines


def bridge_dict(
    found: Bridge, orders: pd.DataFrame, policy: Policy | None = None
) -> dict[str, Any]:
    """A bridge as plain JSON values.

    Parameters
    ----------
    found : Bridge
    orders : pandas.DataFrame
        :func:`~odr_analysis.bridge_orders` of the same days.
    policy : Policy, optional

    Returns
    -------
    dict
        ``channels``, one entry per marketplace x channel: ``from`` and ``to`` (``as_of``,
        ``n_orders``, ``n_defective``, ``odr``, null without orders), ``change``, ``parts``
        (name to effect; they sum to ``change``), ``counts`` (name to orders), ``order_ids``
        (name to ids), ``components`` (the same of each component, without ids) and ``sentence``.
    """
    behind = {
        key: rows.order_id.tolist()
        for key, rows in orders.groupby([*terms.SERIES_KEYS, "part"], sort=False)
    }
    sentences = iter(bridge_sentences(found, policy))
    channels = []
    for (marketplace, channel), rows in found.totals.groupby(list(terms.SERIES_KEYS), sort=False):
        measures = {row["measure"]: _measure(found, row) for row in rows.to_dict("records")}
        channels.append(
            {
                "marketplace": marketplace,
                "channel": channel,
                **measures.pop("odr"),
                "order_ids": {part: behind.get((marketplace, channel, part), []) for part in PARTS},
                "components": measures,
                "sentence": next(sentences),
            }
        )
    return {
        "from": found.from_day.isoformat(),
        "to": found.to_day.isoformat(),
        "channels": channels,
    }


def _measure(found: Bridge, row: dict[Any, Any]) -> dict[str, Any]:
    parts = found.parts[
        (found.parts.marketplace == row["marketplace"])
        & (found.parts.channel == row["channel"])
        & (found.parts.measure == row["measure"])
    ]
    days = {"from": found.from_day, "to": found.to_day}
    told: dict[str, Any] = {}
    for side, day in days.items():
        n_orders = int(row[f"{side}_n_orders"])
        told[side] = {
            "as_of": day.isoformat(),
            "n_orders": n_orders,
            "n_defective": int(row[f"{side}_n_defective"]),
            "odr": float(row[f"{side}_odr"]) if n_orders else None,
        }
    return {
        **told,
        "change": float(row["change"]),
        "parts": dict(zip(parts.part, parts.effect.tolist(), strict=True)),
        "counts": dict(zip(parts.part, parts.n.tolist(), strict=True)),
    }
