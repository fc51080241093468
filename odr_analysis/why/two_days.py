"""Two days of an account side by side: what was counted then, what is now, and what differs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.arrays import Flags, Integers
from odr_analysis.errors import ParameterError
from odr_analysis.rates.defect_days import HAS_COMPONENT, DefectDays, series_positions
from odr_analysis.rates.rolling import NEVER, day_numbers, in_window, two_days


class Move(NamedTuple):
    """Defective orders behind a part: place among the orders, series, and 1 or -1."""

    at: Integers
    series: Integers
    step: Integers


@dataclass(frozen=True, eq=False)
class Story:
    """Two days side by side: every order that was defective by either account, as arrays.

    ``series_from`` and ``series_to`` are positions in ``series``, -1 where an account does not
    have the order among its defective ones; ``cells_from`` is what `before` knew on the older
    day, ``cells_to`` what `account` knew on the newer, ``cells_then`` what `account` says was
    known on the older.
    """

    first: int
    last: int
    series: list[tuple[str, str]]
    n_from: Integers
    orders: dict[str, Integers]
    order_ids: npt.NDArray[np.object_]
    ordered: Integers
    series_from: Integers
    series_to: Integers
    in_first: Flags
    in_last: Flags
    cells_from: Integers
    cells_then: Integers
    cells_to: Integers
    decided_before: Flags
    seen_after: Flags

    @classmethod
    def of(
        cls, account: Account, before: Account | None, from_day: date | str, to_day: date | str
    ) -> Story:
        first, last = two_days(from_day, to_day)
        policy = account.policy
        old = account if before is None else before
        if (old.policy.lag_days, old.policy.window_days) != (policy.lag_days, policy.window_days):
            raise ParameterError(
                "before: the two accounts were loaded with windows of other days. Load both with "
                "the same policy."
            )
        series = list(dict.fromkeys([*account.series, *old.series]))
        n_from, orders = _denominators(account, old, series, first, last)

        now = DefectDays.of(account)
        was = now if old is account else DefectDays.of(old)
        ids_now = pd.Index(account.defective.order_id)
        ids_was = pd.Index(old.defective.order_id)
        ids = ids_now if old is account else ids_now.union(ids_was)
        at_now, at_was = ids_now.get_indexer(ids), ids_was.get_indexer(ids)

        def at(values: Integers, places: npt.NDArray[np.intp], missing: int) -> Integers:
            if not len(values):
                return np.full(len(places), missing, dtype=np.int64)
            return np.where(places >= 0, values[places], missing)

        in_series = {pair: i for i, pair in enumerate(series)}
        of_now = np.array([in_series[p] for p in account.series], dtype=np.int64)
        of_was = np.array([in_series[p] for p in old.series], dtype=np.int64)
        day_now, day_was = at(now.ordered, at_now, NEVER), at(was.ordered, at_was, NEVER)
        told_now, told_was = (
            np.where(day_now == NEVER, day_was, day_now),
            np.where(day_was == NEVER, day_now, day_was),
        )
        return cls(
            first=first,
            last=last,
            series=series,
            n_from=n_from,
            orders=orders,
            order_ids=ids.to_numpy(dtype=object),
            ordered=told_now,
            series_from=at(of_was[was.series], at_was, -1),
            series_to=at(of_now[now.series], at_now, -1),
            in_first=in_window(told_was, first, policy),
            in_last=in_window(told_now, last, policy),
            cells_from=at(was.cells_on(first), at_was, 0),
            cells_then=at(now.cells_on(first), at_now, 0),
            cells_to=at(now.cells_on(last), at_now, 0),
            decided_before=_recorded(None if old is account else old, ids, counting=False),
            seen_after=_recorded(None if old is account else account, ids, counting=None),
        )

    def moves(self, measure: str) -> tuple[Flags, Flags, dict[str, Move]]:
        """Defective before, defective now, and the orders behind each part."""
        has = (
            np.arange(len(HAS_COMPONENT)) > 0
            if measure == "odr"
            else HAS_COMPONENT[:, terms.COMPONENTS.index(measure)]
        )
        kinds = np.ones(len(terms.COMPONENTS), dtype=bool)
        if measure != "odr":
            kinds = np.array(terms.COMPONENTS) == measure
        # Kind by kind: what became of a claim says nothing of the feedback on the same order.
        decided = (HAS_COMPONENT[self.cells_then] & self.decided_before)[:, kinds].any(axis=1)
        still_seen = (HAS_COMPONENT[self.cells_from] & self.seen_after)[:, kinds].any(axis=1)
        was = self.in_first & has[self.cells_from] & (self.series_from >= 0)
        now = self.in_last & has[self.cells_to] & (self.series_to >= 0)
        same = self.series_from == self.series_to
        came, went = now & ~(was & same), was & ~(now & same)
        young, past = came & ~self.in_first, went & ~self.in_last
        stayed_in, stayed_out = came & self.in_first, went & self.in_last
        # Known then by what the files say today, and not counted then: a decision changed.
        known_then = decided | (has[self.cells_then] & was)
        redecided_in = stayed_in & known_then
        redecided_out = stayed_out & (still_seen | now)

        def move(which: Flags, series: Integers, step: int) -> Move:
            at = np.flatnonzero(which)
            return Move(at, series[at], np.full(len(at), step, dtype=np.int64))

        into = move(redecided_in, self.series_to, 1)
        out_of = move(redecided_out, self.series_from, -1)
        return (
            was,
            now,
            {
                "defects_entered": move(young, self.series_to, 1),
                "defects_left": move(past, self.series_from, -1),
                "reported_late": move(stayed_in & ~known_then, self.series_to, 1),
                "removed": move(stayed_out & ~redecided_out, self.series_from, -1),
                # An order that changed its store is behind this part twice.
                "redecided": Move(
                    *(np.concatenate(pair) for pair in zip(into, out_of, strict=True))
                ),
            },
        )


def _denominators(
    account: Account, old: Account, series: list[tuple[str, str]], first: int, last: int
) -> tuple[Integers, dict[str, Integers]]:
    """Orders in the older window and what changed their number, by series."""
    new = _Placed.of(account, series, first, last)
    was = new if old is account else _Placed.of(old, series, first, last)
    return (
        was.per_series(was.in_first),
        {
            "orders_entered": new.per_series(new.in_last & ~new.in_first),
            "orders_left": -was.per_series(was.in_first & ~was.in_last),
            "orders_recounted": new.per_series(new.in_last & new.in_first)
            - was.per_series(was.in_first & was.in_last),
        },
    )


class _Placed(NamedTuple):
    """``Account.daily`` as arrays, and which of its rows are in either window."""

    n_series: int
    series: Integers
    n_orders: Integers
    in_first: Flags
    in_last: Flags

    @classmethod
    def of(cls, account: Account, series: list[tuple[str, str]], first: int, last: int) -> _Placed:
        places = np.array([series.index(pair) for pair in account.series], dtype=np.int64)
        days = day_numbers(account.daily["ordered_on"])
        return cls(
            len(series),
            places[series_positions(account, account.daily)],
            account.daily["n_orders"].to_numpy(np.int64),
            in_window(days, first, account.policy),
            in_window(days, last, account.policy),
        )

    def per_series(self, which: Flags) -> Integers:
        sums = np.zeros(self.n_series, dtype=np.int64)
        np.add.at(sums, self.series[which], self.n_orders[which])
        return sums


def _recorded(account: Account | None, ids: pd.Index, *, counting: bool | None) -> Flags:
    """Whether a record of each order and component is there, [order, component].

    `counting` asks for those that count or do not; None for any that was not removed. Without an
    account there is none: what one state of the files says is never re-decided.
    """
    table = np.zeros((len(ids), len(terms.COMPONENTS)), dtype=bool)
    if account is None:
        return table
    seen = account.defects
    if counting is None:
        seen = seen[seen["counts"] | (seen["outcome"] != "removed")]
    else:
        seen = seen[seen["counts"].to_numpy(bool) == counting]
    at = ids.get_indexer(pd.Index(seen.order_id))
    kind = pd.Index(terms.COMPONENTS).get_indexer(pd.Index(seen.component))
    table[at[at >= 0], kind[at >= 0]] = True
    return table
