"""A bridge for a terminal and as JSON: each sentence, its parts, and the orders behind them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from odr_analysis import terms, words
from odr_analysis.answer.parts.bridge import PART_LABELS, bridge_sentences, by_series
from odr_analysis.policy import Policy
from odr_analysis.why.bridge import MEASURES, PARTS


def bridge_lines(
    table: pd.DataFrame, policy: Policy | None = None, *, archived: bool = False
) -> list[str]:
    """A bridge as lines for a terminal: each sentence, and under it what each part adds."""
    days = words.span(table.from_on.iloc[0].date(), table.to_on.iloc[0].date())
    lines = [f"What changed the Order Defect Rate, {days}:"]
    for rows, sentence in zip(by_series(table), bridge_sentences(table, policy), strict=True):
        moved = rows[rows.n != 0]
        lines += ["", sentence]
        lines += [
            f"  {PART_LABELS[part]:<28} {n:>+8,}  {_in_points(effect)}"
            for part, n, effect in zip(
                moved.part, moved.n.tolist(), moved.effect.tolist(), strict=True
            )
        ]
        if len(moved):
            lines.append(f"  {'change':<28} {'':>8}  {_in_points(rows.change.iloc[0])}")
    if not archived:
        lines += [
            "",
            "Removed defects and cases decided anew cannot be told from one state of the files; "
            "an archive (odr archive) tells them.",
        ]
    return lines


def _in_points(effect: float) -> str:
    """A part of a change, as wide as all others."""
    return f"{words.decimal(effect * 100, 3, signed=True):>8} points"


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

    of = {measure: by_series(table, measure) for measure in MEASURES}
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
