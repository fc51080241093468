"""What drives the rate: groups of orders ranked by what they cost, per channel."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from odr_analysis.account import Account
from odr_analysis.exports.rows import typed
from odr_analysis.rates.known import DefectDays
from odr_analysis.rates.windows import day_number, day_numbers, in_window
from odr_analysis.why.causes import CAUSE_COLUMNS, causes, mix_and_rate
from odr_analysis.why.features import counted_orders, order_levels

DRIVER_COLUMNS: dict[str, str] = {
    "marketplace": "str",
    "channel": "str",
    **CAUSE_COLUMNS,
    "share_of_excess": "float64; `excess` over the defective orders above the target of the "
    "whole rate, NaN where it is not above it",
}
"""Columns of :func:`drivers`: one row per marketplace x channel x factor x level."""

SHIFT_COLUMNS: dict[str, str] = {
    "marketplace": "str",
    "channel": "str",
    "factor": "str",
    "level": "str; '' gathers orders of which the factor is not known, or that have several",
    "from_n_orders": "int64; its orders in the older window",
    "from_n_defective": "int64",
    "to_n_orders": "int64; in the newer",
    "to_n_defective": "int64",
    "mix_effect": "float64; change of ODR because the group's share of orders changed",
    "rate_effect": "float64; change of ODR because the group's own rate changed",
}
"""Columns of :func:`driver_shifts`: one row per marketplace x channel x factor x level."""


def drivers(account: Account, as_of: date | str | None = None) -> pd.DataFrame:
    """Groups of orders in the window that go wrong more often than the rest, worst first.

    Parameters
    ----------
    account : Account
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default ``account.known_to``.

    Returns
    -------
    pandas.DataFrame
        One row per marketplace x channel x factor x level that holds some of the orders and not
        all; ``DRIVER_COLUMNS`` of this module. Within a marketplace and channel by ``p_value``;
        false discoveries are controlled over all its groups together. A group that is not
        ``significant`` may well stand out by chance; one that is, is a suspect and no culprit:
        groups overlap, and one may only go along with the true cause.

    Raises
    ------
    ParameterError
        `as_of` is no date.
    """
    today = day_number(account.known_to if as_of is None else as_of)
    orders = counted_orders(account)
    orders = orders[in_window(day_numbers(orders.ordered_on), today, account.policy)]
    bad = _defective_ids(account, today)
    levels = order_levels(account, orders)
    target = account.policy.target
    found = []
    for marketplace, channel in account.series:
        mine = orders[(orders.marketplace == marketplace) & (orders.channel == channel)]
        if mine.empty:
            continue
        wrong = pd.Series(mine.order_id.isin(bad).to_numpy(), index=mine.order_id.to_numpy())
        table = causes(levels[levels.order_id.isin(mine.order_id)], wrong)
        above = int(wrong.sum()) - target * len(wrong)
        share = table.excess / above if above > 0 else np.nan
        found.append(table.assign(marketplace=marketplace, channel=channel, share_of_excess=share))
    empty = causes(levels.head(0), pd.Series([], dtype=bool, index=pd.Index([], dtype="str")))
    empty = empty.assign(marketplace="", channel="", share_of_excess=0.0)
    table = pd.concat([empty.head(0), *found], ignore_index=True)
    return typed(table, DRIVER_COLUMNS)


def driver_shifts(account: Account, from_day: date | str, to_day: date | str) -> pd.DataFrame:
    """How far a change of ODR comes from another mix of orders, and how far from worse groups.

    Parameters
    ----------
    account : Account
    from_day, to_day : datetime.date, pandas.Timestamp or ISO text

    Returns
    -------
    pandas.DataFrame
        One row per marketplace x channel x factor x level; ``SHIFT_COLUMNS`` of this module. For
        each factor ``mix_effect`` and ``rate_effect`` of all its levels sum to the change of ODR
        between the two days; NaN where a window has no orders. See
        :func:`~odr_analysis.why.causes.mix_and_rate`.

    Raises
    ------
    ParameterError
        One of the days is no date.
    """
    sides = {"from": day_number(from_day, "from_day"), "to": day_number(to_day, "to_day")}
    every = counted_orders(account)
    ordered = day_numbers(every.ordered_on)
    inside = {side: in_window(ordered, day, account.policy) for side, day in sides.items()}
    asked = every[inside["from"] | inside["to"]]
    levels = order_levels(account, asked)
    several = levels.duplicated(["order_id", "factor"], keep=False)
    single = levels[~several]
    counts = []
    for factor in dict.fromkeys(levels.factor):
        of = single[single.factor == factor].set_index("order_id").level
        for side, day in sides.items():
            rows = every[inside[side]]
            told = rows.assign(
                factor=factor,
                level=rows.order_id.map(of).astype("object").fillna("").astype("str"),
                side=side,
                bad=rows.order_id.isin(_defective_ids(account, day)).to_numpy(),
            )
            keys = ["marketplace", "channel", "factor", "level", "side"]
            counts.append(told.groupby(keys).bad.agg(n_orders="count", n_defective="sum"))
    if not counts:
        return typed(pd.DataFrame(columns=list(SHIFT_COLUMNS)), SHIFT_COLUMNS)
    wide = pd.concat(counts).unstack("side", fill_value=0)
    wide.columns = pd.Index([f"{side}_{count}" for count, side in wide.columns])
    sides_of = [f"{s}_{c}" for s in ("from", "to") for c in ("n_orders", "n_defective")]
    wide = wide.reindex(columns=sides_of, fill_value=0).astype("int64").reset_index()
    groups = ["marketplace", "channel", "factor"]
    found = [
        mix_and_rate(rows).assign(**dict(zip(groups, key, strict=True)))
        for key, rows in wide.groupby(groups, sort=False)
    ]
    table = pd.concat(found, ignore_index=True)
    return typed(table, SHIFT_COLUMNS)


def _defective_ids(account: Account, today: int) -> pd.Series:
    known = DefectDays.of(account).cells_on(today) > 0
    return account.defective.order_id[known]
