"""What is known of each order that could be why it went wrong, as groups to compare."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.rates.windows import day_numbers

FACTORS: dict[str, str] = {
    "product": "SKU, or ASIN where no SKU is given",
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

LEVEL_COLUMNS: dict[str, str] = {
    "order_id": "str",
    "factor": "str; a key of FACTORS",
    "level": "str; the group the order is in",
}
"""Columns of :func:`order_levels`: one row per order x factor x level."""


def order_levels(account: Account, orders: pd.DataFrame) -> pd.DataFrame:
    """The groups that orders are in, for each factor that is known of them.

    Parameters
    ----------
    account : Account
        Gives items and the lists of Account Health.
    orders : pandas.DataFrame
        ``terms.ORDER_COLUMNS``, the orders asked for.

    Returns
    -------
    pandas.DataFrame
        One row per order x factor x level; ``LEVEL_COLUMNS`` of this module. An order with two
        products is in two groups of that factor; one of which a factor is not known, in none.
    """
    items = account.items
    items = items[items.order_id.isin(orders.order_id)]
    one = items.groupby("order_id")
    first = one[["ship_service", "ship_country", "ship_region", "ship_area", "currency"]].max()
    told = [
        _levels(items.order_id, "product", items.sku.where(items.sku != "", items.asin)),
        _levels(first.index, "ship service", first.ship_service),
        _carriers(account, items, orders),
        _levels(first.index, "destination", _destination(first)),
        _levels(
            orders.order_id,
            "weekday",
            pd.Series(np.array(WEEKDAYS)[(day_numbers(orders.ordered_on) + 3) % 7]),
        ),
        _prices(one.price.sum(min_count=1), first.currency),
        _hours(orders, one.dispatched_at.min()),
        _buyers(account, orders),
    ]
    table = pd.concat(told, ignore_index=True)
    return table[table.level != ""].drop_duplicates().reset_index(drop=True)


def _levels(ids: pd.Index | pd.Series, factor: str, level: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "order_id": pd.array(np.asarray(ids, dtype=object), dtype="str"),
            "factor": pd.array([factor] * len(level), dtype="str"),
            "level": pd.array(level.fillna("").astype(object).to_numpy(), dtype="str"),
        }
    )


def _carriers(account: Account, items: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    listed = account.lapses[account.lapses.order_id.isin(orders.order_id)]
    both = pd.concat([items[["order_id", "carrier"]], listed[["order_id", "carrier"]]])
    return _levels(both.order_id, "carrier", both.carrier.astype("object"))


def _destination(first: pd.DataFrame) -> pd.Series:
    place = first.ship_region.where(first.ship_region != "", first.ship_area)
    # The same state is written in many ways.
    place = place.str.strip().str.casefold().str.title()
    return (first.ship_country + " " + place).str.strip()


def _prices(price: pd.Series, currency: pd.Series) -> pd.DataFrame:
    bands = []
    for name, values in price.dropna().groupby(currency.reindex(price.dropna().index)):
        edges = np.unique(np.quantile(values, np.linspace(0, 1, FIFTHS + 1)))
        if len(edges) < 3:
            continue
        at = np.clip(np.searchsorted(edges, values, side="left") - 1, 0, len(edges) - 2)
        words = [f"{low:,.2f} to {high:,.2f} {name}".strip() for low, high in pairwise(edges)]
        bands.append(_levels(values.index, "price", pd.Series(np.array(words, dtype=object)[at])))
    empty = _levels(pd.Index([]), "price", pd.Series([], dtype="object"))
    return pd.concat([empty, *bands], ignore_index=True)


def _hours(orders: pd.DataFrame, dispatched: pd.Series) -> pd.DataFrame:
    sent = dispatched.reindex(orders.order_id).to_numpy(dtype="datetime64[us]")
    hours = (sent - orders.purchased_at.to_numpy(dtype="datetime64[us]")) / np.timedelta64(1, "h")
    known = ~np.isnan(hours) & (hours >= 0)
    edges = np.array([edge for edge, _ in HOURS[:-1]], dtype=np.float64)
    names = np.array([name for _, name in HOURS], dtype=object)
    level = names[np.searchsorted(edges, hours[known], side="left")]
    return _levels(orders.order_id[known], "hours to dispatch", pd.Series(level, dtype="object"))


def _buyers(account: Account, orders: pd.DataFrame) -> pd.DataFrame:
    """First orders and later ones; a buyer's earlier orders may lie before the orders asked for."""
    told = account.items.loc[account.items.buyer != "", ["order_id", "buyer"]].drop_duplicates()
    if told.empty:
        return _levels(pd.Index([]), "buyer", pd.Series([], dtype="object"))
    every = told.merge(account.orders[["order_id", "purchased_at"]], on="order_id")
    every = every.sort_values(["buyer", "purchased_at", "order_id"])
    again = every.duplicated("buyer")
    level = again.map({True: "came again", False: "first order known"})
    inside = every.order_id.isin(orders.order_id)
    return _levels(every.order_id[inside], "buyer", level[inside].astype("object"))


def counted_orders(account: Account) -> pd.DataFrame:
    """Orders in the denominator under the policy; ``terms.ORDER_COLUMNS``."""
    orders = account.orders
    return orders.loc[orders["counts"].to_numpy(bool), list(terms.ORDER_COLUMNS)]
