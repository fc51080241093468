"""Groups of orders to compare: by product, carrier, destination and what else is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.arrays import Flags, Integers
from odr_analysis.rates.rolling import day_numbers
from odr_analysis.words import decimal

FACTORS: dict[str, str] = {
    "product": "SKU, or ASIN where no SKU is given",
    "ASIN": "Amazon's own name of the product, where one stands for several SKUs",
    "ship service": "shipping service the buyer chose",
    "carrier": "carrier, where a file names it",
    "destination": "country and state or, without a state, postal area of delivery",
    "weekday": "day of the week the order was placed on, UTC",
    "price": "value of the order, in fifths of all orders of its currency",
    "hours to dispatch": "from the order to its dispatch, where a file tells both",
    "buyer": "first order of a buyer or a later one, where a file tells buyers apart",
}
"""What orders are grouped by, and where it comes from."""

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS = (
    (24, "up to 24 hours"),
    (48, "24 to 48 hours"),
    (96, "2 to 4 days"),
    (np.inf, "over 4 days"),
)
FIFTHS = 5
_APART = "\x1f"
"""Stands between parts of a place while they are one text."""


@dataclass(frozen=True, eq=False)
class Factor:
    """One thing orders are grouped by. One entry of `at` and `code` per order x level.

    Attributes
    ----------
    name : str
        A key of ``FACTORS``.
    levels : array of str
        The groups.
    at : int64 array
        Position of an order among those asked for. An order with two products is in two levels;
        one of which the factor is not known, in none.
    code : int64 array
        Position of its level in `levels`.
    """

    name: str
    levels: npt.NDArray[np.object_]
    at: Integers
    code: Integers

    @classmethod
    def of(cls, name: str, at: npt.ArrayLike, level: Sequence[str] | pd.Series) -> Factor:
        """Orders by position and the level each is in; '' and missing ones are left out."""
        texts = pd.Series(level).astype(object)
        code, levels = pd.factorize(texts.where(texts != ""), sort=True)
        place = np.asarray(at, dtype=np.int64)
        known = (code >= 0) & (place >= 0)
        pairs = np.unique(place[known] * max(len(levels), 1) + code[known])
        size = max(len(levels), 1)
        return cls(name, np.asarray(levels, dtype=object), pairs // size, pairs % size)

    def members(self, level: str) -> Integers:
        """Positions of the orders in one level."""
        return self.at[self.levels[self.code] == level]

    def counts(self, which: Flags | None = None) -> Integers:
        """Orders in each level; with `which`, only those of them."""
        code = self.code if which is None else self.code[which[self.at]]
        return np.bincount(code, minlength=len(self.levels))

    def only(self, which: Flags) -> Factor:
        """The same of some of the orders, whose positions are those among them."""
        inside = which[self.at]
        place = np.cumsum(which) - 1
        return Factor(self.name, self.levels, place[self.at[inside]], self.code[inside])


def order_factors(account: Account, orders: pd.DataFrame) -> list[Factor]:
    """The groups that orders are in, for each factor that is known of any of them.

    Parameters
    ----------
    account : Account
        Gives items and the lists of Account Health.
    orders : pandas.DataFrame
        ``terms.ORDER_COLUMNS``, the orders asked for, each once.

    Returns
    -------
    list of Factor
        In the order of ``FACTORS``; positions are those of the rows of `orders`.
    """
    index = pd.Index(orders.order_id)
    every = account.items
    place = index.get_indexer(pd.Index(every.order_id)).astype(np.int64)
    items, at = every[place >= 0], place[place >= 0]
    currency = _largest(len(index), at, items.currency)
    found = [
        Factor.of("product", at, items.sku.where(items.sku != "", items.asin)),
        _asins(at, items),
        Factor.of(
            "ship service", np.arange(len(index)), _largest(len(index), at, items.ship_service)
        ),
        _carriers(account, index, at, items),
        Factor.of("destination", np.arange(len(index)), _largest(len(index), at, _places(items))),
        Factor.of(
            "weekday",
            np.arange(len(index)),
            pd.Series(np.array(WEEKDAYS, dtype=object)[(day_numbers(orders.ordered_on) + 3) % 7]),
        ),
        _prices(len(index), at, items, currency),
        _hours(orders, at, items),
        _buyers(account, every, index),
    ]
    return [factor for factor in found if len(factor.at)]


def _largest(n: int, at: Integers, texts: pd.Series) -> pd.Series:
    """The last of each order's texts in the order of the alphabet; '' where it has none."""
    code, levels = pd.factorize(texts.astype(object), sort=True)
    best = np.full(n, -1, dtype=np.int64)
    np.maximum.at(best, at, code.astype(np.int64))
    named = np.append(np.asarray(levels, dtype=object), "")
    return pd.Series(named[best], dtype=object)


def _asins(at: Integers, items: pd.DataFrame) -> Factor:
    """Only where it is another grouping than products are: an ASIN of several SKUs."""
    both = items.loc[(items.asin != "") & (items.sku != ""), ["sku", "asin"]].drop_duplicates()
    if not both.duplicated("asin").any():
        return Factor.of("ASIN", [], [])
    return Factor.of("ASIN", at, items.asin)


def _carriers(account: Account, index: pd.Index, at: Integers, items: pd.DataFrame) -> Factor:
    listed = index.get_indexer(pd.Index(account.lapses.order_id)).astype(np.int64)
    names = pd.concat([items.carrier, account.lapses.carrier], ignore_index=True)
    return Factor.of("carrier", np.concatenate([at, listed]), names)


def _places(items: pd.DataFrame) -> pd.Series:
    joined = items.ship_country + _APART + items.ship_region + _APART + items.ship_area
    code, written = pd.factorize(joined)
    # The same state is written in many ways, so spellings are brought together, each once.
    named = [_place(*str(text).split(_APART)) for text in written]
    return pd.Series(np.array([*named, ""], dtype=object)[code])


def _place(country: str, region: str, area: str) -> str:
    return f"{country} {(region or area).strip().casefold().title()}".strip()


def _prices(n: int, at: Integers, items: pd.DataFrame, currency: pd.Series) -> Factor:
    price = items.price.to_numpy(np.float64)
    told = ~np.isnan(price)
    value = np.bincount(at[told], weights=price[told], minlength=n)
    known = np.bincount(at[told], minlength=n) > 0
    level = np.full(n, "", dtype=object)
    for name in currency[known].unique():
        mine = np.flatnonzero(known & (currency == name).to_numpy())
        edges = np.unique(np.quantile(value[mine], np.linspace(0, 1, FIFTHS + 1)))
        if len(edges) < 3:
            continue
        band = np.clip(np.searchsorted(edges, value[mine], side="left") - 1, 0, len(edges) - 2)
        ends = [decimal(edge, 2) for edge in edges]
        bands = [f"{low} to {high} {name}".strip() for low, high in pairwise(ends)]
        level[mine] = np.array(bands, dtype=object)[band]
    return Factor.of("price", np.arange(n), pd.Series(level))


def _hours(orders: pd.DataFrame, at: Integers, items: pd.DataFrame) -> Factor:
    never = np.iinfo(np.int64).max
    first = np.full(len(orders), never, dtype=np.int64)
    sent = items.dispatched_at.notna().to_numpy()
    stamps = items.dispatched_at[sent].to_numpy("datetime64[us]").astype(np.int64)
    np.minimum.at(first, at[sent], stamps)
    bought = orders.purchased_at.to_numpy("datetime64[us]")
    known = np.flatnonzero((first != never) & ~np.isnat(bought))
    hours = (first[known] - bought[known].astype(np.int64)) / 3_600_000_000
    known, hours = known[hours >= 0], hours[hours >= 0]
    edges = np.array([edge for edge, _ in HOURS[:-1]], dtype=np.float64)
    names = np.array([name for _, name in HOURS], dtype=object)
    level = names[np.searchsorted(edges, hours, side="left")]
    return Factor.of("hours to dispatch", known, pd.Series(level, dtype=object))


def _buyers(account: Account, items: pd.DataFrame, index: pd.Index) -> Factor:
    """First orders and later ones; a buyer's earlier orders may lie before the orders asked for."""
    told = items.loc[items.buyer != "", ["order_id", "buyer"]].drop_duplicates()
    if told.empty:
        return Factor.of("buyer", [], [])
    every = told.merge(account.orders[["order_id", "purchased_at"]], on="order_id")
    every = every.sort_values(["buyer", "purchased_at", "order_id"])
    again = every.duplicated("buyer").to_numpy()
    level = np.where(again, "came again", "first order known").astype(object)
    return Factor.of("buyer", index.get_indexer(pd.Index(every.order_id)), pd.Series(level))


def counted_orders(account: Account) -> pd.DataFrame:
    """Orders in the denominator under the policy; ``terms.ORDER_COLUMNS``."""
    orders = account.orders
    return orders.loc[orders["counts"].to_numpy(bool), list(terms.ORDER_COLUMNS)]
