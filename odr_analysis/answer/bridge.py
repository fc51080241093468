"""A bridge in words and as JSON: one sentence per rate, its parts, and the orders behind them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from odr_analysis import terms, words
from odr_analysis.policy import Policy
from odr_analysis.why.bridge import DEFECT_PARTS, MEASURES, ORDER_PARTS, PARTS

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
    return [_sentence(rows, policy, alone=alone, with_rates=with_rates) for rows in _each(table)]


def _each(table: pd.DataFrame, measure: str = "odr") -> list[pd.DataFrame]:
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


def bridge_lines(
    table: pd.DataFrame, policy: Policy | None = None, *, archived: bool = False
) -> list[str]:
    """A bridge as lines for a terminal: each sentence, and under it what each part adds."""
    days = words.span(table.from_on.iloc[0].date(), table.to_on.iloc[0].date())
    lines = [f"What changed the Order Defect Rate, {days}:"]
    for rows, sentence in zip(_each(table), bridge_sentences(table, policy), strict=True):
        moved = rows[rows.n != 0]
        lines += ["", sentence]
        lines += [
            f"  {PART_LABELS[part]:<28} {n:>+8,}  {effect * 100:>+8.3f} points"
            for part, n, effect in zip(
                moved.part, moved.n.tolist(), moved.effect.tolist(), strict=True
            )
        ]
        if len(moved):
            total = float(rows.change.iloc[0]) * 100
            lines.append(f"  {'change':<28} {'':>8}  {total:>+8.3f} points")
    if not archived:
        lines += [
            "",
            "Removed defects and cases decided anew cannot be told from one state of the files; "
            "an archive (odr archive) tells them.",
        ]
    return lines


def bridge_dict(
    table: pd.DataFrame, orders: Mapping[str, pd.DataFrame], policy: Policy | None = None
) -> dict[str, Any]:
    """A bridge as plain JSON values.

    Parameters
    ----------
    table : pandas.DataFrame
        :func:`~odr_analysis.bridge`.
    orders : mapping of measure to pandas.DataFrame
        :func:`~odr_analysis.bridge_orders` of the same days, for each of ``MEASURES``.
    policy : Policy, optional

    Returns
    -------
    dict
        ``channels``, one entry per marketplace x channel: ``from`` and ``to`` (``as_of``,
        ``n_orders``, ``n_defective``, ``odr``, null without orders), ``change``, ``parts``
        (name to effect; they sum to ``change``), ``counts`` (name to orders), ``order_ids``
        (name to ids), ``components`` (the same of each component) and ``sentence``.
    """
    behind = {
        (measure, *key): rows.order_id.tolist()
        for measure, of_measure in orders.items()
        for key, rows in of_measure.groupby([*terms.SERIES_KEYS, "part"], sort=False)
    }

    def told(measure: str, place: int) -> dict[str, Any]:
        rows = of[measure][place]
        series = tuple(str(rows[key].iloc[0]) for key in terms.SERIES_KEYS)
        ids = {part: behind.get((measure, *series, part), []) for part in PARTS}
        return {**_measure(rows), "order_ids": ids}

    of = {measure: _each(table, measure) for measure in MEASURES}
    channels = []
    for i, sentence in enumerate(bridge_sentences(table, policy)):
        marketplace, channel = (str(of["odr"][i][key].iloc[0]) for key in terms.SERIES_KEYS)
        channels.append(
            {
                "marketplace": marketplace,
                "channel": channel,
                **told("odr", i),
                "components": {c: told(c, i) for c in terms.COMPONENTS},
                "sentence": sentence,
            }
        )
    return {"channels": channels}


def _measure(rows: pd.DataFrame) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for side in ("from", "to"):
        n_orders = int(rows[f"{side}_n_orders"].iloc[0])
        told[side] = {
            "as_of": rows[f"{side}_on"].iloc[0].date().isoformat(),
            "n_orders": n_orders,
            "n_defective": int(rows[f"{side}_n_defective"].iloc[0]),
            "odr": float(rows[f"{side}_odr"].iloc[0]) if n_orders else None,
        }
    return {
        **told,
        "change": float(rows.change.iloc[0]),
        "parts": dict(zip(rows.part, rows.effect.tolist(), strict=True)),
        "counts": dict(zip(rows.part, rows.n.tolist(), strict=True)),
    }
