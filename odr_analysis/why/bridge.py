"""The bridge: the change of ODR between two days, split to the last order."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.arrays import Flags
from odr_analysis.errors import ParameterError
from odr_analysis.rates.rolling import day_numbers, in_window, to_stamps
from odr_analysis.schema import Column, Columns
from odr_analysis.why.shares import shares_of_change
from odr_analysis.why.two_days import Story

DEFECT_PARTS: tuple[str, ...] = (
    "defects_entered",
    "defects_left",
    "reported_late",
    "removed",
    "redecided",
)
ORDER_PARTS: tuple[str, ...] = ("orders_entered", "orders_left", "orders_recounted")
PARTS: dict[str, str] = {
    "defects_entered": "orders in the newer window only, defective on the newer day",
    "defects_left": "orders in the older window only, defective on the older day",
    "reported_late": "orders in both windows whose defect became known in between",
    "removed": "orders in both windows whose defect no file tells of any more",
    "redecided": "orders in both windows whose defect counts now and did not before, or no more",
    "orders_entered": "all orders in the newer window only: they make the denominator larger",
    "orders_left": "all orders in the older window only: they make it smaller",
    "orders_recounted": "orders in both windows that are counted now and were not, or no more",
}
"""Parts of a change and the orders behind each; in this order."""

MEASURES: tuple[str, ...] = ("odr", *terms.COMPONENTS)

BRIDGE_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "measure": Column("str", "odr, or a component: orders with at least one defect of that kind"),
    "from_on": Column("datetime64[us]", "the older day", unit="midnight"),
    "from_n_orders": Column("int64", "orders in the window of the older day"),
    "from_n_defective": Column("int64", "of them, defective by what was known that day"),
    "from_odr": Column("float64", "fraction 0-1", missing="NaN without orders"),
    "to_on": Column("datetime64[us]", "the newer day", unit="midnight"),
    "to_n_orders": Column("int64", "the same of the newer day"),
    "to_n_defective": Column("int64"),
    "to_odr": Column("float64"),
    "change": Column(
        "float64",
        "the newer rate minus the older, a rate without orders taken as 0: the sum of"
        " the effects, in the order of PARTS",
    ),
    "part": Column("str", "one of PARTS"),
    "n": Column(
        "int64",
        ("orders behind it: positive where they add to their count, negative where they take away"),
    ),
    "effect": Column(
        "float64", "what it adds to the rate; the effects of a measure sum to its change"
    ),
}
"""Columns of :func:`bridge`: one row per marketplace x channel x measure x part. All but the
last three are the same for every part of a measure."""

ORDER_COLUMNS: Columns = {
    "part": Column("str", "one of PARTS"),
    "marketplace": Column("str"),
    "channel": Column("str"),
    "order_id": Column("str"),
    "ordered_on": Column("datetime64[us]", "day the order was placed", unit="midnight"),
    "step": Column("int64", "1 where the order adds to its count, -1 where it takes away"),
}
"""Columns of :func:`bridge_orders`: one row per part x order, of one measure."""


def bridge(
    account: Account, from_day: date | str, to_day: date | str, *, before: Account | None = None
) -> pd.DataFrame:
    """What changed the rate between two days, split exactly into its parts.

    Parameters
    ----------
    account : Account
        What is known on `to_day`.
    from_day, to_day : datetime.date, pandas.Timestamp or ISO text
        The same day twice is allowed: every part is 0.
    before : Account, optional
        The account as it was known on `from_day`, from an archive
        (``load_account(store, known_on=from_day)``). Only with it can a defect be seen to be
        removed or re-decided, and an order to be counted otherwise: without it what the files
        say now is taken for what they said then.

    Returns
    -------
    pandas.DataFrame
        One row per marketplace x channel x measure x part; ``BRIDGE_COLUMNS`` of this module.
        Measures are ODR and each component; components overlap, so theirs do not add up to ODR's.

    Raises
    ------
    ParameterError
        One of the days is no date, `from_day` is after `to_day`, or the two accounts were
        loaded with other windows.

    Notes
    -----
    An order that enters with a defect is behind two parts: ``defects_entered`` (one more defect)
    and ``orders_entered`` (one more order). With the signs of ``n`` these hold exactly::

        from_n_defective + n of all DEFECT_PARTS = to_n_defective
        from_n_orders    + n of all ORDER_PARTS  = to_n_orders
        sum of effects                           = change

    How much of the change each part is would hang on the order they are put in; the effect
    is the mean, and worth the same for every defect and for every order
    (:func:`~odr_analysis.why.shares.shares_of_change`).

    Examples
    --------
    No defect came or went, but of ten orders two good ones left:

    >>> from odr_analysis import account_from_frames
    >>> orders = pd.DataFrame({"order_id": [f"o{i}" for i in range(10)], "marketplace": "Amazon.de",
    ...                        "ordered_on": ["2026-07-18"] * 2 + ["2026-08-20"] * 8,
    ...                        "channel": "mfn"})
    >>> defects = pd.DataFrame({"order_id": ["o5"], "component": "claim",
    ...                         "reported_on": ["2026-09-01"]})
    >>> table = bridge(account_from_frames(orders, defects), "2026-09-30", "2026-10-01")
    >>> left = table[(table.measure == "odr") & (table.part == "orders_left")].iloc[0]
    >>> print(left.n, left.effect, left.change)
    -2 0.025 0.025
    """
    story = Story.of(account, before, from_day, to_day)
    from_on, to_on = to_stamps(np.array([story.first, story.last]))
    rows: list[dict[str, Any]] = []
    for measure in MEASURES:
        was, now, moves = story.moves(measure)
        for i, (marketplace, channel) in enumerate(story.series):
            n_from = int(story.n_from[i])
            d_from = int((was & (story.series_from == i)).sum())
            d_to = int((now & (story.series_to == i)).sum())
            orders = {name: int(story.orders[name][i]) for name in ORDER_PARTS}
            defects = {part: int(move.step[move.series == i].sum()) for part, move in moves.items()}
            n_to = n_from + sum(orders.values())
            n = defects | orders
            shares = shares_of_change(d_from, n_from, defects, orders)
            effects = {part: float(shares[part]) for part in PARTS}
            whole = {
                "marketplace": marketplace,
                "channel": channel,
                "measure": measure,
                "from_n_orders": n_from,
                "from_n_defective": d_from,
                "from_odr": d_from / n_from if n_from else np.nan,
                "to_n_orders": n_to,
                "to_n_defective": d_to,
                "to_odr": d_to / n_to if n_to else np.nan,
                # The exact shares sum to the exact change; what is told sums as it is told.
                "change": sum(effects.values()),
                "from_on": from_on,
                "to_on": to_on,
            }
            rows += [
                {**whole, "part": part, "n": n[part], "effect": effects[part]} for part in PARTS
            ]
    # Column by column: a cast of a finished frame takes longer than the whole bridge.
    return pd.DataFrame(
        {
            name: pd.Series([row[name] for row in rows], dtype=column.dtype)
            for name, column in BRIDGE_COLUMNS.items()
        }
    )


def bridge_orders(
    account: Account,
    from_day: date | str,
    to_day: date | str,
    *,
    before: Account | None = None,
    measure: str = "odr",
) -> pd.DataFrame:
    """The orders behind each part of :func:`bridge`, good ones too.

    Parameters
    ----------
    account, from_day, to_day, before
        As for :func:`bridge`.
    measure : str
        One of ``MEASURES``: ODR, or a component.

    Returns
    -------
    pandas.DataFrame
        One row per part x order; ``ORDER_COLUMNS`` of this module, sorted by part, marketplace,
        channel, day and order. ``step`` of a part, marketplace and channel sums to its ``n``.
        Reads the orders of the account, which takes longer than the bridge itself.

    Raises
    ------
    ParameterError
        As :func:`bridge`, or `measure` is none.

    Examples
    --------
    One order left the window, one came in with a claim, and one that stayed got its claim:

    >>> from odr_analysis import account_from_frames
    >>> orders = pd.DataFrame({"order_id": ["old", "both", "new"], "channel": "mfn",
    ...                        "ordered_on": ["2026-07-12", "2026-08-10", "2026-09-12"],
    ...                        "marketplace": "Amazon.de"})
    >>> claims = pd.DataFrame({"order_id": ["new", "both"], "component": "claim",
    ...                        "reported_on": ["2026-09-20", "2026-09-25"]})
    >>> table = bridge_orders(account_from_frames(orders, claims), "2026-09-23", "2026-09-30")
    >>> for row in table.itertuples():
    ...     print(row.part, row.order_id, row.step)
    defects_entered new 1
    reported_late both 1
    orders_entered new 1
    orders_left old -1
    """
    if measure not in MEASURES:
        raise ParameterError(f"measure {measure!r} is unknown. Known: {', '.join(MEASURES)}.")
    story = Story.of(account, before, from_day, to_day)
    _, _, moves = story.moves(measure)
    names = pd.DataFrame(story.series, columns=list(terms.SERIES_KEYS), dtype="str")
    told = []
    for part, move in moves.items():
        of = names.iloc[move.series].reset_index(drop=True)
        told.append(
            of.assign(
                part=part,
                order_id=story.order_ids[move.at],
                ordered_on=to_stamps(story.ordered[move.at]),
                step=move.step,
            )
        )
    told += [
        rows.assign(part=part)
        for part, rows in _order_moves(account, before, story.first, story.last).items()
    ]
    table = pd.concat(told, ignore_index=True)[list(ORDER_COLUMNS)]
    table = table.astype({"ordered_on": "datetime64[us]", "step": "int64"})
    rank = table.part.map({part: i for i, part in enumerate(PARTS)})
    table = table.assign(rank=rank).sort_values(
        ["rank", *terms.SERIES_KEYS, "ordered_on", "order_id"], ignore_index=True
    )
    return table[list(ORDER_COLUMNS)]


def _order_moves(
    account: Account, before: Account | None, first: int, last: int
) -> dict[str, pd.DataFrame]:
    """Orders that came into the denominator or went out of it, by part."""
    policy = account.policy
    columns = ["order_id", *terms.SERIES_KEYS, "ordered_on"]

    def counted(of: Account, day: int) -> tuple[pd.DataFrame, Flags]:
        orders = of.orders
        orders = orders.loc[orders.counts.to_numpy(bool), columns]
        return orders, in_window(day_numbers(orders.ordered_on), day, policy)

    now, inside_now = counted(account, last)
    if before is None:
        then, inside_then = now, in_window(day_numbers(now.ordered_on), first, policy)
    else:
        then, inside_then = counted(before, first)
    new, old = now[inside_now], then[inside_then]
    # An order is in both windows by its day, whether or not it was counted then.
    young = ~in_window(day_numbers(new.ordered_on), first, policy)
    past = ~in_window(day_numbers(old.ordered_on), last, policy)
    keys = ["order_id", *terms.SERIES_KEYS]
    of_new = pd.MultiIndex.from_frame(new.loc[~young, keys])
    of_old = pd.MultiIndex.from_frame(old.loc[~past, keys])
    came, went = new[~young][~of_new.isin(of_old)], old[~past][~of_old.isin(of_new)]
    return {
        "orders_entered": new[young].assign(step=1),
        "orders_left": old[past].assign(step=-1),
        "orders_recounted": pd.concat([came.assign(step=1), went.assign(step=-1)]),
    }
