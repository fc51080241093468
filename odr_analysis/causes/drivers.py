"""What drives the rate: groups of orders ranked by what they cost, per channel and reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from odr_analysis.account import Account
from odr_analysis.arrays import Flags, Integers
from odr_analysis.causes.exact_tests import fewest, times_as_often, upper_tail
from odr_analysis.causes.factors import Factor, counted_orders, order_factors
from odr_analysis.causes.group_tests import (
    ANY,
    CAUSE_COLUMNS,
    compared,
    group_counts,
    mix_and_rate,
)
from odr_analysis.causes.reasons import defect_reasons
from odr_analysis.rates.defect_days import DefectDays
from odr_analysis.rates.rolling import asked_on, day_numbers, in_window, two_days
from odr_analysis.schema import Column, Columns, table_of, typed
from odr_analysis.texts.case_reasons import CASE_REASONS

FEWEST_WITH_REASON = 3
"""A reason of fewer defective orders is not looked at by itself."""

STANDS_OUT = 0.05
"""A significant group is a cause of its own when, without what others explain, its p_value is at
most this."""

DRIVER_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    **CAUSE_COLUMNS,
    "share_of_excess": Column(
        "float64",
        "`excess` over the defective orders above the target of the whole rate",
        missing="NaN where it is not above it",
    ),
}
"""Columns of :func:`drivers`: one row per marketplace x channel x reason x factor x level."""

LEADING_COLUMNS: Columns = {
    **DRIVER_COLUMNS,
    "order_ids": Column("str", "the defective orders behind it, '; ' between them"),
}
"""Columns of :func:`leading_causes`: one row per cause."""

SHIFT_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "factor": Column("str"),
    "level": Column(
        "str", "'' gathers orders of which the factor is not known, or that have several"
    ),
    "from_n_orders": Column("int64", "its orders in the older window"),
    "from_n_defective": Column("int64"),
    "to_n_orders": Column("int64", "in the newer"),
    "to_n_defective": Column("int64"),
    "mix_effect": Column("float64", "change of ODR because the group's share of orders changed"),
    "rate_effect": Column("float64", "change of ODR because the group's own rate changed"),
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
        One row per marketplace x channel x reason x factor x level that holds some of the orders
        and not all; ``DRIVER_COLUMNS`` of this module. Rows of ``reason`` '' count every
        defective order; others, for each reason of at least ``FEWEST_WITH_REASON`` orders, only
        those that went wrong for it. Within a marketplace and channel by ``p_value``; all groups,
        reasons and series of the account are tested together. A group that is not ``significant``
        may well stand out by chance; one that is, is a suspect and not a culprit: groups overlap,
        and one may only go along with the true cause (:func:`leading_causes` takes those apart as
        far as counts can).

    Raises
    ------
    ParameterError
        `as_of` is no date.

    Notes
    -----
    Orders are compared as they are known: a group of younger orders has had less time for
    defects to be reported and looks better than it is.

    What is controlled is one look at one account: where nothing is the matter in any of its
    series, the probability that any group is significant is at most ``FALSE_CAUSES``. An
    account of one series is tested by that series alone, so that a group may be significant there
    and not beside the series of another marketplace. Every further look, on another day or at
    another account, may err again: of accounts without a cause about 14 % have a significant group
    on some day of a month of daily looks (``tests/golden/test_cause_bounds.py``).

    Examples
    --------
    Ten of the 100 orders of one product have a claim, and none of the 200 of another:

    >>> from odr_analysis import account_from_frames
    >>> orders = pd.DataFrame({"order_id": [f"o{i}" for i in range(300)], "channel": "mfn",
    ...                        "ordered_on": "2026-08-20", "marketplace": "Amazon.de",
    ...                        "sku": ["CUP"] * 100 + ["PLATE"] * 200})
    >>> claims = pd.DataFrame({"order_id": [f"o{i}" for i in range(10)], "component": "claim",
    ...                        "reported_on": "2026-09-01"})
    >>> top = drivers(account_from_frames(orders, claims), "2026-09-30").iloc[0]
    >>> top.factor, top.level, int(top.n_defective), int(top.n_orders), bool(top.significant)
    ('product', 'CUP', 10, 100, True)
    """
    return groups_and_causes(account, as_of, most=0)[0]


def leading_causes(
    account: Account, as_of: date | str | None = None, *, most: int = 5
) -> pd.DataFrame:
    """The few groups that stand out by themselves, each without what the ones before explain.

    Parameters
    ----------
    account : Account
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default ``account.known_to``.
    most : int
        Causes of each marketplace and channel, at most.

    Returns
    -------
    pandas.DataFrame
        One row per cause, within a marketplace and channel in the order they were found;
        ``LEADING_COLUMNS`` of this module. Empty where nothing is significant.

    Raises
    ------
    ParameterError
        `as_of` is no date.

    Notes
    -----
    The least likely significant group of :func:`drivers` is taken; the defects it explains
    (those of its reason in its orders) are then taken for good orders, and the other significant
    groups are compared anew, as long as one still stands out (``p_value`` at most
    ``STANDS_OUT``). A destination that only stood out because a failing carrier serves it does so
    no longer. Counts, ``p_value``, ``needed`` and the ends of how many times as often a later cause
    goes wrong leave out what an earlier one explains; ``p_adjusted`` is that of :func:`drivers`.

    Examples
    --------
    Cups and plates were ordered on one day, cups of which ten of 100 have a claim. Half of the
    cups have another size, and stand out only because they are cups:

    >>> from odr_analysis import account_from_frames
    >>> orders = pd.DataFrame({"order_id": [f"o{i}" for i in range(300)], "channel": "mfn",
    ...                        "ordered_on": "2026-08-20", "marketplace": "Amazon.de",
    ...                        "sku": ["CUP-S", "CUP-L"] * 50 + ["PLATE"] * 200,
    ...                        "asin": ["CUP"] * 100 + ["PLATE"] * 200})
    >>> claims = pd.DataFrame({"order_id": [f"o{i}" for i in range(10)], "component": "claim",
    ...                        "reported_on": "2026-09-01"})
    >>> found = leading_causes(account_from_frames(orders, claims), "2026-09-30")
    >>> list(zip(found.factor, found.level, found.n_defective.tolist()))
    [('ASIN', 'CUP', 10)]
    """
    return groups_and_causes(account, as_of, most=most)[1]


def groups_and_causes(
    account: Account,
    as_of: date | str | None = None,
    *,
    most: int = 5,
    why: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """:func:`drivers` and :func:`leading_causes` of one day, worked out together.

    `why` is ``defect_reasons`` of that day, where it is at hand.
    """
    groups, found = [table_of([], DRIVER_COLUMNS)], [table_of([], LEADING_COLUMNS)]
    sides = list(_sides(account, as_of, why))
    # A report is read as one list of causes, so what chance puts on it is limited for all series
    # together.
    tables = compared([side.counts(side.bad) for side in sides])
    for side, table in zip(sides, tables, strict=True):
        every = side.told(table)
        groups.append(every)
        found += _leading(side, every, most)
    return pd.concat(groups, ignore_index=True), pd.concat(found, ignore_index=True)


def _leading(side: Side, table: pd.DataFrame, most: int) -> list[pd.DataFrame]:
    """Causes of one series, one row each; `table` is its :func:`drivers`."""
    keys = ["reason", "factor", "level"]
    suspects = table[table.significant & (table.excess > 0)].set_index(keys)
    bad = dict(side.bad)
    found: list[pd.DataFrame] = []
    while len(found) < most and len(suspects):
        of = pd.MultiIndex.from_frame(table[keys])
        left = np.flatnonzero(of.isin(suspects.index) & (table.p_value <= STANDS_OUT).to_numpy())
        if not len(left):
            break
        first = of[left[0]]
        reason, factor, level = first
        explained = side.members(factor, level) & bad[reason]
        found.append(
            _still(table.iloc[left[:1]], suspects.loc[[first]].iloc[0]).assign(
                order_ids="; ".join(side.order_ids[explained])
            )
        )
        suspects = suspects.drop([first])
        bad = {name: flags & ~explained for name, flags in bad.items()}
        if len(suspects):
            table = side.told(compared([side.counts(bad)])[0])
    return found


def _still(row: pd.DataFrame, before: pd.Series) -> pd.DataFrame:
    """A cause as it is without what earlier ones explain; `before` is its row among all groups."""
    d, n, rest_d, rest_n = (
        int(row[name].iloc[0])
        for name in ("n_defective", "n_orders", "rest_n_defective", "rest_n_orders")
    )
    # It was picked for its count with the explained ones, and for what is left of it.
    tail = upper_tail(n, d + rest_d, n + rest_n)
    needed = max(int(before.needed) - int(before.n_defective - d), fewest(tail, STANDS_OUT))
    at_least, at_most = times_as_often(d, n, d + rest_d, n + rest_n, needed)
    return row.assign(
        p_adjusted=float(before.p_adjusted),
        significant=True,
        needed=needed,
        at_least=at_least,
        at_most=at_most,
    )


@dataclass(frozen=True, eq=False)
class Side:
    """Orders of one marketplace and channel that count on a day, by position.

    ``bad`` has for each reason, ``ANY`` first, whether an order is defective for it.
    """

    marketplace: str
    channel: str
    order_ids: npt.NDArray[np.object_]
    ordered: Integers
    factors: list[Factor]
    bad: dict[str, Flags]
    target: float

    def counts(self, bad: dict[str, Flags]) -> pd.DataFrame:
        """Counts of its groups, given which orders are defective for which reason."""
        return group_counts(self.factors, bad, self.ordered)

    def told(self, found: pd.DataFrame) -> pd.DataFrame:
        """Rows of ``causes`` as those of this series."""
        above = int(self.bad[ANY].sum()) - self.target * len(self.ordered)
        share = found.excess / above if above > 0 else np.nan
        return typed(
            found.assign(marketplace=self.marketplace, channel=self.channel, share_of_excess=share),
            DRIVER_COLUMNS,
        )

    def members(self, factor: str, level: str) -> Flags:
        """Which orders are in a group."""
        inside = np.zeros(len(self.ordered), dtype=bool)
        inside[next(f for f in self.factors if f.name == factor).members(level)] = True
        return inside


def _sides(account: Account, as_of: date | str | None, why: pd.DataFrame | None) -> Iterator[Side]:
    """Each series with orders in the window of a day."""
    today = asked_on(as_of, account.known_to)
    orders = counted_orders(account)
    orders = orders[in_window(day_numbers(orders.ordered_on), today, account.policy)]
    orders = orders.reset_index(drop=True)
    factors = order_factors(account, orders)
    why = defect_reasons(account, as_of) if why is None else why
    reason = orders.order_id.map(why.set_index("order_id").reason)
    wrong, why_wrong = reason.notna().to_numpy(bool), reason.to_numpy(object)
    ids, ordered = orders.order_id.to_numpy(object), day_numbers(orders.ordered_on)
    for marketplace, channel in account.series:
        mine = ((orders.marketplace == marketplace) & (orders.channel == channel)).to_numpy(bool)
        if not mine.any():
            continue
        bad = {ANY: wrong[mine]}
        for name in CASE_REASONS:
            flags = wrong[mine] & (why_wrong[mine] == name)
            if flags.sum() >= FEWEST_WITH_REASON:
                bad[name] = flags
        yield Side(
            marketplace,
            channel,
            ids[mine],
            ordered[mine],
            [factor.only(mine) for factor in factors],
            bad,
            account.policy.target,
        )


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
        :func:`~odr_analysis.causes.group_tests.mix_and_rate`.

    Raises
    ------
    ParameterError
        One of the days is no date, or `from_day` is after `to_day`.

    Examples
    --------
    One of ten plates breaks, no cup does. The share of plates grows from 10 to 50 of 100 orders,
    so ODR grows from 1 % to 5 %, all of it by the mix:

    >>> from odr_analysis import account_from_frames
    >>> orders = pd.DataFrame({"order_id": [f"o{i}" for i in range(200)], "channel": "mfn",
    ...                        "ordered_on": ["2026-08-01"] * 100 + ["2026-09-01"] * 100,
    ...                        "marketplace": "Amazon.de",
    ...                        "sku": ["CUP"] * 90 + ["PLATE"] * 60 + ["CUP"] * 50})
    >>> claims = pd.DataFrame({"order_id": ["o90", *(f"o{i}" for i in range(100, 105))],
    ...                        "reported_on": ["2026-08-05"] + ["2026-09-05"] * 5,
    ...                        "component": "claim"})
    >>> table = driver_shifts(account_from_frames(orders, claims), "2026-08-31", "2026-10-30")
    >>> mine = table[table.factor == "product"]
    >>> print(round(mine.mix_effect.sum(), 12), round(mine.rate_effect.sum(), 12))
    0.04 0.0
    """
    sides = dict(zip(("from", "to"), two_days(from_day, to_day), strict=True))
    every = counted_orders(account)
    ordered = day_numbers(every.ordered_on)
    asked = every[
        in_window(ordered, sides["from"], account.policy)
        | in_window(ordered, sides["to"], account.policy)
    ].reset_index(drop=True)
    ordered = day_numbers(asked.ordered_on)
    factors = order_factors(account, asked)
    days = DefectDays.of(account)
    at = pd.Index(asked.order_id).get_indexer(pd.Index(account.defective.order_id))
    inside, bad = {}, {}
    for side, day in sides.items():
        inside[side] = in_window(ordered, day, account.policy)
        bad[side] = np.zeros(len(asked), dtype=bool)
        bad[side][at[(at >= 0) & (days.cells_on(day) > 0)]] = True
    found = []
    for marketplace, channel in account.series:
        mine = ((asked.marketplace == marketplace) & (asked.channel == channel)).to_numpy(bool)
        for factor in factors:
            level, names = _one_level_each(factor, len(asked))
            counts = {
                f"{side}_{what}": np.bincount(level[which], minlength=len(names))
                for side in sides
                for what, which in (
                    ("n_orders", mine & inside[side]),
                    ("n_defective", mine & inside[side] & bad[side]),
                )
            }
            table = pd.DataFrame({"level": names, **counts})
            table = table[(table.from_n_orders > 0) | (table.to_n_orders > 0)]
            found.append(
                mix_and_rate(table.reset_index(drop=True)).assign(
                    marketplace=marketplace, channel=channel, factor=factor.name
                )
            )
    table = pd.concat(
        [table_of([], SHIFT_COLUMNS), *(t for t in found if len(t))], ignore_index=True
    )
    return typed(table, SHIFT_COLUMNS)


def _one_level_each(factor: Factor, n: int) -> tuple[Integers, npt.NDArray[np.object_]]:
    """Each order's only level, and '' for those with none or several."""
    times = np.bincount(factor.at, minlength=n)
    level = np.zeros(n, dtype=np.int64)
    single = times[factor.at] == 1
    level[factor.at[single]] = factor.code[single] + 1
    return level, np.concatenate([np.array([""], dtype=object), factor.levels])
