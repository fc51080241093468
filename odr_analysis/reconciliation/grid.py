"""The counts of every block under every combination of the searched switches.

Orders are sorted once into groups that no combination tells apart: the same place in or near
the window, the same status, the same rules for each kind of defect. What a combination comes
to is then a sum over groups, a few dozen, however many orders there are.

A combination has two numbers: its *variant*, where the window lies (moved by a day or not, in
UTC days or the store's own), and its *assignment*, whose bit ``i`` is the ``i``-th switch.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.arrays import Flags, Integers, Stamps
from odr_analysis.policy import Policy
from odr_analysis.rates.rolling import NEVER, day_number, day_numbers
from odr_analysis.reconciliation.blocks import COUNTS, Block
from odr_analysis.reconciliation.switches import (
    DEFECT_SWITCHES,
    NEVER_COUNTS,
    ORDER_SWITCHES,
    Defects,
    Rule,
    defects_of,
    late,
)
from odr_analysis.schema import typed

MOVES = (0, -1, 1)
"""Days the window may lie off its stated dates."""
AROUND = 3
"""Days around a window that are looked at: for the move, for the time zone, and one to spare."""
STRICT, LEAST, MOST = range(3)
"""Counts as they are; without what the report may not have yet; with what it may still have."""
FIRM, LAST_DAY, NEXT_DAY, TOO_LATE = range(4)


class State(NamedTuple):
    """What is known of one kind of defect of an order on the day of a report."""

    rule: Rule
    known: int
    late: bool


NO_DEFECT = State(NEVER_COUNTS, FIRM, False)


@dataclass(frozen=True, eq=False)
class Orders:
    """The orders in and around the windows, as arrays of one length.

    ``days`` has the order's day by each day boundary, in the order of ``Grid.boundaries``;
    ``status`` is a position in `statuses`, 0 for whatever counts in any case; ``series`` one in
    `names`, pairs of marketplace and channel.
    """

    ids: pd.Index
    purchased: Stamps
    series: Integers
    names: tuple[tuple[str, str], ...]
    days: tuple[Integers, ...]
    status: Integers
    defects: Defects

    statuses = ("", *ORDER_SWITCHES)


@dataclass(frozen=True, eq=False)
class Groups:
    """The orders of one block, in groups: arrays of one length, and the group of each order.

    ``near`` has a bit for each variant in which the window holds the order; ``states`` has one
    column per component, positions in ``Grid.states``.
    """

    rows: Integers
    group: Integers
    n: Integers
    near: Integers
    status: Integers
    states: Integers


@dataclass(frozen=True, eq=False)
class Grid:
    """Every combination, and what it comes to.

    Attributes
    ----------
    boundaries : tuple of str
        Day boundaries that are searched, the account's own first; one only where the exports
        give days and no times.
    variants : tuple of (str, int)
        Day boundary and days the window is moved by.
    switches : tuple of str
        Switches that make a difference in or near some window.
    """

    policy: Policy
    blocks: tuple[Block, ...]
    orders: Orders
    boundaries: tuple[str, ...]
    groups: tuple[Groups, ...]
    states: tuple[State, ...]
    switches: tuple[str, ...]

    @classmethod
    def of(cls, account: Account, blocks: tuple[Block, ...]) -> Grid:
        """Sort the orders of an account into the groups of its blocks."""
        policy = account.policy
        orders, boundaries = _orders(account, blocks)
        numbers: dict[State, int] = {NO_DEFECT: 0}
        groups = tuple(_groups(block, orders, numbers) for block in blocks)
        states = tuple(numbers)
        hangs = {s for state in states for s in state.rule.switches}
        found = {int(s) for g in groups for s in np.unique(g.status[g.near > 0])}
        hangs |= {ORDER_SWITCHES[Orders.statuses[s]] for s in found if s}
        switches = (s for s in (*ORDER_SWITCHES.values(), *DEFECT_SWITCHES) if s in hangs)
        return cls(policy, blocks, orders, boundaries, groups, states, tuple(switches))

    @cached_property
    def variants(self) -> tuple[tuple[str, int], ...]:
        return tuple((boundary, move) for boundary in self.boundaries for move in MOVES)

    @property
    def n_assignments(self) -> int:
        return 1 << len(self.switches)

    def assignment(self, policy: Policy) -> int:
        """The assignment with the switches of a policy."""
        return sum(getattr(policy, s) << i for i, s in enumerate(self.switches))

    def on(self, switch: str) -> Flags:
        """Whether a switch is on, by assignment."""
        bit = 1 << self.switches.index(switch)
        return (np.arange(self.n_assignments) & bit) > 0

    @cached_property
    def placed(self) -> Flags:
        """Whether orders of a status count, [status, assignment]."""
        truth = np.ones((len(Orders.statuses), self.n_assignments), dtype=bool)
        for i, status in enumerate(Orders.statuses):
            if ORDER_SWITCHES.get(status) in self.switches:
                truth[i] = self.on(ORDER_SWITCHES[status])
        return truth

    @cached_property
    def told(self) -> Flags:
        """Whether a defect in a state counts, [STRICT or LEAST or MOST, state, assignment]."""
        truth = np.zeros((3, len(self.states), self.n_assignments), dtype=bool)
        for i, (rule, known, is_late) in enumerate(self.states):
            counts = np.full(self.n_assignments, rule.always)
            for switch in rule.any_of:
                counts |= self.on(switch)
            if rule.all_of:
                counts |= np.all([self.on(s) for s in rule.all_of], axis=0)
            truth[STRICT, i] = counts & (known != NEXT_DAY)
            truth[LEAST, i] = counts & (known == FIRM)
            truth[MOST, i] = counts | is_late
        return truth

    def counts(self, block: int, how: int = STRICT) -> Integers:
        """Counts of one block by [count, variant, assignment]; ``COUNTS`` in their order."""
        g = self.groups[block]
        told = self.told[how]
        sums = np.zeros((len(COUNTS), len(self.variants), self.n_assignments), dtype=np.int64)
        bits = 1 << np.arange(len(self.variants))
        inside = ((g.near[:, None] & bits) > 0) * g.n[:, None]
        kinds = range(len(terms.COMPONENTS))
        for to, columns in enumerate([(), tuple(kinds), *((i,) for i in kinds)]):
            # Few distinct keys: a loop over them is one over a few dozen.
            places: dict[tuple[int, ...], list[int]] = {}
            for at, key in enumerate(
                zip(g.status, *(g.states[:, c] for c in columns), strict=True)
            ):
                places.setdefault(tuple(map(int, key)), []).append(at)
            for (status, *states), rows in places.items():
                if columns and not any(states):
                    continue
                counted = self.placed[status]
                if states:
                    counted = counted & told[states].any(axis=0)
                sums[to] += inside[rows].sum(axis=0)[:, None] * counted
        return sums

    def flags(self, block: int, variant: Integers, assignment: Integers) -> npt.NDArray[np.uint8]:
        """What combinations make of each group, [combination, group].

        0 where the order does not count; else 1, with 2, 4 and 8 for its kinds of defect.
        """
        g = self.groups[block]
        counted = (g.near[None, :] >> variant[:, None]) & 1 == 1
        counted &= self.placed[:, assignment][g.status].T
        flags = counted.astype(np.uint8)
        for i in range(len(terms.COMPONENTS)):
            flags += (self.told[STRICT][:, assignment][g.states[:, i]].T & counted) * np.uint8(
                2 << i
            )
        return flags

    def at(self, block: int, variant: int, assignment: int) -> tuple[int, ...]:
        """The five counts of one block under one combination."""
        flags = self.flags(block, np.array([variant]), np.array([assignment]))[0]
        n = self.groups[block].n
        hits = [flags > 0, flags > 1, *((flags & (2 << i)) > 0 for i in range(3))]
        return tuple(int(n[hit].sum()) for hit in hits)


_NO_ORDERS = pd.DataFrame(columns=list(terms.ORDER_COLUMNS))


def _orders(account: Account, blocks: tuple[Block, ...]) -> tuple[Orders, tuple[str, ...]]:
    """Orders of the blocks' marketplaces around their windows, whatever their status."""
    # Orders are read from disk: not for nothing.
    table = account.orders if blocks else typed(_NO_ORDERS, terms.ORDER_COLUMNS)
    other = {"utc": "marketplace", "marketplace": "utc"}[account.policy.day_boundary]
    boundaries: tuple[str, ...] = (account.policy.day_boundary, other)
    times = table.purchased_at.to_numpy(dtype="datetime64[us]")
    utc = times.astype("datetime64[D]").astype(np.int64)
    if not (times != times.astype("datetime64[D]")).any():
        # Days without times: nobody can say which day they are elsewhere.
        boundaries = boundaries[:1]
    first = min((_first(b) for b in blocks), default=0) - AROUND
    last = max((_last(b) for b in blocks), default=-1) + AROUND
    wanted = (utc >= first) & (utc <= last)
    wanted &= table.marketplace.isin({b.marketplace for b in blocks}).to_numpy()
    wanted &= table.why_not.isin(terms.OPEN_REASONS).to_numpy()
    near = table[wanted]
    status = np.zeros(len(near), dtype=np.int64)
    for i, name in enumerate(Orders.statuses):
        if name:
            status[(near.status == name).to_numpy()] = i
    ids = pd.Index(near.order_id)
    market, of_market = pd.factorize(near.marketplace)
    channel, of_channel = pd.factorize(near.channel)
    n = len(of_channel)
    names, series = np.unique(market * n + channel, return_inverse=True)
    local = _local_days(near)
    by_boundary = {"utc": utc[wanted], "marketplace": local}
    if len(boundaries) == 1:
        by_boundary = dict.fromkeys(by_boundary, day_numbers(near.ordered_on))
    return (
        Orders(
            ids=ids,
            purchased=times[wanted],
            series=series,
            names=tuple(zip(of_market[names // n], of_channel[names % n], strict=True)),
            days=tuple(by_boundary[b] for b in boundaries),
            status=status,
            defects=defects_of(account.defects, ids, account.policy),
        ),
        boundaries,
    )


def _local_days(orders: pd.DataFrame) -> Integers:
    """Day each order was placed on in its store's own time; the UTC day where that is unknown."""
    days = orders.purchased_at.to_numpy(dtype="datetime64[D]").astype(np.int64)
    for name in orders.marketplace.unique():
        if name in terms.MARKETPLACES:
            mine = (orders.marketplace == name).to_numpy()
            times = orders.purchased_at[mine].dt.tz_localize("UTC")
            there = times.dt.tz_convert(terms.MARKETPLACES[name].time_zone).dt.tz_localize(None)
            days[mine] = there.to_numpy(dtype="datetime64[D]").astype(np.int64)
    return days


def _first(block: Block) -> int:
    """First day a block is about: of its window, or of as many days up to its report."""
    return min(day_number(block.from_on), day_number(block.day) - block.window_days + 1)


def _last(block: Block) -> int:
    return max(day_number(block.to_on), day_number(block.day))


def in_series(orders: Orders, block: Block) -> Flags:
    """Which orders are of the marketplace and channel of a block."""
    mine = [
        marketplace == block.marketplace and block.channel in ("", channel)
        for marketplace, channel in orders.names
    ]
    return np.array(mine, dtype=bool)[orders.series]


def _groups(block: Block, orders: Orders, numbers: dict[State, int]) -> Groups:
    """The orders in or near one block's window; new states get the next number."""
    start, end = day_number(block.from_on), day_number(block.to_on)
    mine = in_series(orders, block)
    near = np.zeros(len(mine), dtype=np.int64)
    variant = 0
    for days in orders.days:
        for move in MOVES:
            near |= (mine & (days >= start + move) & (days <= end + move)).astype(
                np.int64
            ) << variant
            variant += 1
    rows = np.flatnonzero(near)
    states = np.zeros((len(mine), len(terms.COMPONENTS)), dtype=np.int64)
    d = orders.defects
    here = np.flatnonzero(near[d.order] > 0)
    # Compared and not subtracted: "always" is the smallest number there is.
    seen, day = d.known[here], day_number(block.day)
    after = [seen < day, seen == day, seen == day + 1]
    known = np.select(after, [FIRM, LAST_DAY, NEXT_DAY], default=TOO_LATE)
    is_late = late(d, here, day_number(block.day))
    for i, at, so_late in zip(here.tolist(), known.tolist(), is_late.tolist(), strict=True):
        rule = d.rules[d.rule[i]]
        if at != TOO_LATE and (so_late or rule != NEVER_COUNTS):
            number = numbers.setdefault(State(rule, at, so_late), len(numbers))
            states[d.order[i], d.component[i]] = number
    keys = np.column_stack([near[rows], orders.status[rows], states[rows]])
    # One number per key: rows of it are compared at once, which is many times quicker.
    packed = np.zeros(len(rows), dtype=np.int64)
    for column in keys.T:
        packed = packed * (int(column.max(initial=0)) + 1) + column
    _, first, group = np.unique(packed, return_index=True, return_inverse=True)
    n = np.bincount(group, minlength=len(first))
    kinds = keys[first]
    return Groups(rows, group, n, kinds[:, 0], kinds[:, 1], kinds[:, 2:])


def known_later(grid: Grid, block: int, assignment: int) -> int:
    """Orders in a block's window with a counting defect that became known after its report."""
    b, orders = grid.blocks[block], grid.orders
    d = orders.defects
    counts = rule_truth(grid, assignment)[d.rule]
    after = counts & (d.known > day_number(b.day)) & (d.known != NEVER)
    g = grid.groups[block]
    inside = g.rows[(g.near[g.group] & 1) > 0]
    already = grid.flags(block, np.array([0]), np.array([assignment]))[0]
    shown = g.rows[already[g.group] > 1]
    return len(np.setdiff1d(np.intersect1d(d.order[after], inside), shown))


def rule_truth(grid: Grid, assignment: int) -> Flags:
    """Whether defects of each rule count under an assignment."""
    on = {s: bool(assignment >> i & 1) for i, s in enumerate(grid.switches)}
    value = {**{s: getattr(grid.policy, s) for s in DEFECT_SWITCHES}, **on}
    return np.array(
        [
            rule.always
            or any(value[s] for s in rule.any_of)
            or (bool(rule.all_of) and all(value[s] for s in rule.all_of))
            for rule in grid.orders.defects.rules
        ],
        dtype=bool,
    )
