"""Cancellation and late shipment counted from exports: bad orders by list, all by the orders.

A list of Account Health says neither its days nor its store, so it has to be found out whether
it tells of a window at all: an order that is not in it went well only then.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

import pandas as pd

from odr_analysis import terms, words
from odr_analysis.account import Account
from odr_analysis.health.rules import Rule, longest_window
from odr_analysis.policy import Window

SILENT_DAYS = 3
"""Order exports that end this many days before a window does are said to end early."""

DATED_BY_ORDER = "Counted by the day of the order; whether Amazon goes by that day is not settled."


class Counted(NamedTuple):
    """Orders of one window; `n_total` is None, and `said` why, where no list tells of it."""

    n_total: int | None
    n_bad: int | None
    said: tuple[str, ...]


class Exports:
    """What the exports of an account tell of orders that ship themselves.

    Attributes
    ----------
    placed : pandas.DataFrame
        One row per ``ordered_on`` x marketplace x channel: ``n_orders`` of any status.
    listed : pandas.DataFrame
        ``account.lapses`` with the order's ``placed_on``, ``marketplace`` and ``channel`` by
        the order exports (NaT and '' where it is in none), and ``day``: the day of the order
        as the list has it, else as the exports have it.
    sellers : tuple of str
        Marketplaces with seller-fulfilled orders.
    """

    def __init__(self, account: Account) -> None:
        self.account = account
        self.placed = _placed(account)
        self.listed = _listed(account)
        mine = self.placed.loc[self.placed["channel"] == "mfn", "marketplace"]
        self.sellers = tuple(sorted(set(mine)))

    def named(self, metric: str, marketplace: str) -> pd.DataFrame:
        """Rows of the lists of one rate that are of one marketplace.

        Where only one store ships itself every list is of it, orders of no export included.
        """
        named = self.listed[self.listed["metric"] == metric]
        return named if len(self.sellers) == 1 else named[named["marketplace"] == marketplace]

    def counted(self, rule: Rule, marketplace: str, as_of: date) -> Counted:
        """Bad and all seller-fulfilled orders placed in a rule's window."""
        window = rule.window(as_of)
        covered, said = self._covered(rule, marketplace, window, as_of)
        if not covered:
            return Counted(None, None, (said,))
        mine = self.placed[self.placed["marketplace"] == marketplace]
        inside = mine[mine["ordered_on"].between(*ends(window))]
        by_channel = inside.groupby("channel")["n_orders"].sum()
        n_bad, left_out = _bad_orders(self.named(rule.metric, marketplace), window)
        notes = [said, DATED_BY_ORDER, *left_out, *self.gaps(window)]
        unknown = int(by_channel.get("unknown", 0))
        if unknown:
            are = words.counted(unknown, "order is", "orders are")
            notes.append(f"{are} of unknown fulfilment and not in it.")
        return Counted(int(by_channel.get("mfn", 0)), n_bad, tuple(notes))

    def no_seller(self, marketplace: str) -> bool:
        """Whether all orders of a marketplace are known to be Amazon-fulfilled."""
        mine = self.placed[self.placed["marketplace"] == marketplace]
        return set(mine["channel"]) == {"afn"}

    def _covered(
        self, rule: Rule, marketplace: str, window: Window, as_of: date
    ) -> tuple[bool, str]:
        """Whether a list tells of a window of a marketplace, and what to say of that."""
        any_store = self.listed[self.listed["metric"] == rule.metric]
        files = self.account.receipt.files
        empty = any(f.kind == rule.list_kind and f.rows_read == 0 for f in files)
        if marketplace not in self.sellers or (any_store.empty and not empty):
            return False, ""
        mine = self.named(rule.metric, marketplace)
        if mine.empty and len(self.sellers) > 1:
            return False, (
                f"The list at hand names no order of {marketplace}, and a list does not say "
                "which store it is of."
            )
        if mine.empty:
            if as_of != self.account.known_to:
                return False, "The list at hand is empty, and an empty list has no day."
            return True, "The list names no order."
        if _may_be_of(mine, longest_window(rule.metric, marketplace), window):
            return True, "The list does not say its days; it is taken to be of these."
        dated = mine["day"].dropna()
        told = "gives no day of an order"
        if len(dated):
            told = f"names orders placed {span(dated.min().date(), dated.max().date())}"
        return False, f"The list at hand {told}, so it is not of {span(window.start, window.end)}."

    def gaps(self, window: Window) -> list[str]:
        """What of a window the order exports do not reach."""
        first = self.placed["ordered_on"].min().date()
        last = min(self.placed["ordered_on"].max().date(), self.account.known_to)
        said = []
        if first > window.start:
            said.append(
                f"The orders begin on {words.day(first)}, the window on "
                f"{words.day(window.start)}: the rate is of a part of it."
            )
        if last + timedelta(days=SILENT_DAYS) < window.end or self.account.known_to < window.end:
            said.append(
                f"The orders end on {words.day(last)}, the window on {words.day(window.end)}: "
                "orders are missing, so the rate may be wrong."
            )
        return said


def span(first: date, last: date) -> str:
    """Days in words; one day where both are the same.

    >>> span(date(2026, 9, 1), date(2026, 9, 30)), span(date(2026, 9, 1), date(2026, 9, 1))
    ('1 Sep to 30 Sep 2026', 'on 1 Sep 2026')
    """
    return words.span(first, last) if first != last else f"on {words.day(first)}"


def ends(window: Window) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day of a window, both included."""
    return pd.Timestamp(window.start), pd.Timestamp(window.end)


def _placed(account: Account) -> pd.DataFrame:
    # The policy may leave cancelled and pending orders out of ODR; these rates are of all.
    keys = ["ordered_on", *terms.SERIES_KEYS]
    policy = account.policy
    if policy.count_cancelled_orders and policy.count_pending_orders:
        return account.daily[[*keys, "n_orders"]]
    orders = account.orders
    orders = orders[orders["why_not"].isin(terms.OPEN_REASONS)]
    return orders.groupby(keys).size().rename("n_orders").reset_index()


def _listed(account: Account) -> pd.DataFrame:
    named = account.lapses
    columns = ["ordered_on", *terms.SERIES_KEYS]
    if named.empty:
        # So that accounts without lists need not read all their orders.
        found = pd.DataFrame(columns=columns).astype({"ordered_on": "datetime64[us]"})
    else:
        orders = account.orders
        orders = orders[orders["order_id"].isin(named["order_id"])].set_index("order_id")
        found = orders.loc[orders["why_not"].isin(terms.OPEN_REASONS), columns]
    where = found.reindex(named["order_id"].to_numpy()).reset_index(drop=True)
    named = named.reset_index(drop=True).assign(
        placed_on=where["ordered_on"],
        **{key: where[key].fillna("").astype("str") for key in terms.SERIES_KEYS},
    )
    return named.assign(day=named["ordered_on"].fillna(named["placed_on"]))


def _may_be_of(named: pd.DataFrame, longest: int, window: Window) -> bool:
    """Whether every day of a window can be among those of one of the files.

    A file is of some window of `longest` days that holds the days of the orders it names.
    """
    reach = pd.Timedelta(days=longest - 1)
    days = named.groupby("file")["day"].agg(["min", "max"]).dropna()
    low = days["min"].where(days["min"] < days["max"] - reach, days["max"] - reach)
    high = days["max"].where(days["max"] > days["min"] + reach, days["min"] + reach)
    return all(
        bool(((low <= day) & (day <= high)).any())
        for day in pd.date_range(window.start, window.end, unit="us")
    )


def _bad_orders(named: pd.DataFrame, window: Window) -> tuple[int, list[str]]:
    """Listed orders that count in a window, and sentences about those that do not."""
    impact = named.groupby("order_id")["counts"].agg(["any", "all"])
    where = named.groupby("order_id")[["placed_on", "channel"]].first()
    counts, inside = impact["any"], where["placed_on"].between(*ends(window))
    known, ours = where["placed_on"].notna(), where["channel"] == "mfn"

    def said(which: Any, one: str, many: str) -> list[str]:
        n = int(which.sum())
        return [f"{words.counted(n, one, many)}."] if n else []

    return int((counts & inside & ours).sum()), [
        *said(
            inside & ours & ~counts,
            "listed order has no impact on account health and is left out",
            "listed orders have no impact on account health and are left out",
        ),
        *said(
            counts & ~impact["all"],
            "order is listed both with and without impact and counts",
            "orders are listed both with and without impact and count",
        ),
        *said(
            counts & ~known,
            "listed order is in no order export and not in the rate",
            "listed orders are in no order export and not in the rate",
        ),
        *said(
            counts & known & ~ours,
            "listed order is not seller-fulfilled by the order export and left out",
            "listed orders are not seller-fulfilled by the order export and left out",
        ),
        *said(
            counts & known & ours & ~inside,
            "listed order was placed on another day",
            "listed orders were placed on other days",
        ),
    ]
