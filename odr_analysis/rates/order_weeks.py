"""Where the defects are: by product, by week of order, and how much came to light since."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.rates.components import component_rates
from odr_analysis.rates.defect_days import HAS_COMPONENT, DefectDays
from odr_analysis.rates.rolling import asked_on, day_numbers, in_window, to_stamps
from odr_analysis.schema import Column, Columns

PRODUCT_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "sku": Column("str", "the seller's own id of the product, its name where there is none"),
    "product_name": Column("str", "as the newest of its orders names it"),
    "n_orders": Column("int64", "orders in the window with the product in them"),
    "n_defective": Column("int64", "of them, defective orders"),
    "odr": Column("float64", "n_defective / n_orders, fraction 0-1"),
    "n_expected": Column("float64", "n_orders times the rate of the marketplace and channel"),
    "excess": Column("float64", "n_defective - n_expected"),
}
"""Columns of ``product_defects``: one row per marketplace x channel x product."""

WEEK_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "first_on": Column("datetime64[us]", "first order day of the week"),
    "last_on": Column("datetime64[us]", "last order day of the week"),
    "n_orders": Column("int64", "orders placed in the week that count"),
    "n_defective": Column("int64", "of them, defective by what is known on as_of"),
    "odr": Column("float64", "n_defective / n_orders, fraction 0-1", missing="NaN without orders"),
    "n_feedback": Column("int64"),
    "n_claim": Column("int64"),
    "n_chargeback": Column("int64"),
    "leaves_on": Column("datetime64[us]", "last day an order of the week's last day counts"),
}
"""Columns of ``order_weeks``: one row per marketplace x channel x week of order."""

HINDSIGHT_COLUMNS: Columns = {
    "as_of": Column("datetime64[us]", unit="midnight"),
    "marketplace": Column("str"),
    "channel": Column("str"),
    "n_orders": Column("int64", "orders in the window of the day"),
    "n_shown": Column("int64", "of them, known to be defective on the day"),
    "n_known_now": Column("int64", "of them, known to be defective now"),
    "n_since": Column("int64", "n_known_now - n_shown, reported after the day"),
    "shown_odr": Column(
        "float64", "n_shown / n_orders, what Amazon showed", missing="NaN without orders"
    ),
    "known_now_odr": Column("float64", "n_known_now / n_orders", missing="NaN without orders"),
    "window_complete": Column("bool", "the exports cover the day's whole window"),
}
"""Columns of ``hindsight``: one row per as_of day x marketplace x channel."""


def product_defects(
    account: Account, as_of: date | str | None = None, *, items: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Which products the defective orders of the window have.

    Parameters
    ----------
    account : Account
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default ``account.known_to``.
    items : pandas.DataFrame, optional
        ``account.items``, where that has been read already: reading it takes a while.

    Returns
    -------
    pandas.DataFrame
        **One row per marketplace x channel x product** with an order in the window; columns are
        ``PRODUCT_COLUMNS`` of this module. Sorted by ``excess``, so that the product with most
        defects beyond its share comes first. An account whose exports name no product gives
        no rows.

    Raises
    ------
    ParameterError
        `as_of` is no date.

    Notes
    -----
    An order with two products is a row's order twice, once with each, so the column adds up to
    more than the orders of the channel. That a defect came with a product does not say the
    product caused it: look at what buyers wrote.

    Examples
    --------
    >>> from odr_analysis import account_from_frames
    >>> orders = pd.DataFrame({"order_id": ["a", "b", "c"], "ordered_on": "2026-09-01",
    ...                        "marketplace": "Amazon.de", "channel": "mfn",
    ...                        "sku": ["CUP", "CUP", "PLATE"]})
    >>> defects = pd.DataFrame({"order_id": ["c"], "component": "claim",
    ...                         "reported_on": "2026-09-10"})
    >>> table = product_defects(account_from_frames(orders, defects), "2026-09-20")
    >>> print(table[["sku", "n_orders", "n_defective", "excess"]].round(2))
         sku  n_orders  n_defective  excess
    0  PLATE         1            1    0.67
    1    CUP         2            0   -0.67
    """
    today = asked_on(as_of, account.known_to)
    items = _once_each(account.items if items is None else items)
    orders = account.orders
    orders = orders[
        orders["counts"].astype(bool)
        & in_window(day_numbers(orders["ordered_on"]), today, account.policy)
    ]
    bad = _defective_ids(account, today)
    orders = orders[["order_id", "ordered_on", *terms.SERIES_KEYS]].assign(
        n_defective=orders["order_id"].isin(bad).astype("int64")
    )
    keys = list(terms.SERIES_KEYS)
    rate = orders.groupby(keys)["n_defective"].mean().rename("rate")
    rows = orders.merge(items, on="order_id")
    newest = rows.sort_values(["ordered_on", "order_id"]).drop_duplicates("sku", keep="last")
    counts = rows.groupby([*keys, "sku"])["n_defective"].agg(["size", "sum"]).reset_index()
    table = counts.rename(columns={"size": "n_orders", "sum": "n_defective"})
    table["product_name"] = table["sku"].map(newest.set_index("sku")["product_name"])
    table["odr"] = table["n_defective"] / table["n_orders"]
    table["n_expected"] = table["n_orders"] * table.join(rate, on=keys)["rate"]
    table["excess"] = table["n_defective"] - table["n_expected"]
    table = table.sort_values(
        ["excess", *keys, "sku"], ascending=[False, True, True, True], ignore_index=True
    )
    return table.astype({"n_orders": "int64", "n_defective": "int64"})[list(PRODUCT_COLUMNS)]


def with_products(orders: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """`orders` with a column ``products``: what was in each order.

    Parameters
    ----------
    orders : pandas.DataFrame
        Any table with a column ``order_id``, e.g. from :func:`moved_orders`.
    items : pandas.DataFrame
        ``account.items``.

    Returns
    -------
    pandas.DataFrame
        The same rows; ``products`` is str, names joined by semicolons (the sku where a product
        has no name), '' where the exports name none.

    Examples
    --------
    >>> orders = pd.DataFrame({"order_id": ["a", "b"]})
    >>> items = pd.DataFrame({"order_id": ["a", "a"], "sku": ["CUP", "PLATE"],
    ...                       "product_name": ["Cup", ""]})
    >>> with_products(orders, items)["products"].tolist()
    ['Cup; PLATE', '']
    """
    items = _once_each(items[items["order_id"].isin(orders["order_id"])] if len(items) else items)
    name = items["product_name"].where(items["product_name"] != "", items["sku"])
    joined = name.groupby(items["order_id"]).agg("; ".join)
    products = orders["order_id"].map(joined).astype(object).fillna("").astype("str")
    return orders.assign(products=products)


def order_weeks(account: Account, as_of: date | str | None = None) -> pd.DataFrame:
    """The window of `as_of` by week of order: when were the orders placed that went wrong?

    Parameters
    ----------
    account : Account
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default ``account.known_to``.

    Returns
    -------
    pandas.DataFrame
        **One row per marketplace x channel x week**, oldest first within a series; columns are
        ``WEEK_COLUMNS`` of this module. Weeks are counted back from the last day of the window,
        so the oldest may be shorter. Per series ``n_orders`` and ``n_defective`` add up to
        those of :func:`component_rates` on `as_of`.

    Raises
    ------
    ParameterError
        `as_of` is no date.

    Notes
    -----
    Late weeks look better than they are: their buyers have had less time to complain.

    Examples
    --------
    The window of 30 September ends on 15 September, and so does its last week:

    >>> from odr_analysis import account_from_frames
    >>> orders = pd.DataFrame({"order_id": ["a", "b", "c"], "marketplace": "Amazon.de",
    ...                        "ordered_on": ["2026-09-01", "2026-09-09", "2026-09-15"],
    ...                        "channel": "mfn"})
    >>> claims = pd.DataFrame({"order_id": ["b"], "component": ["claim"],
    ...                        "reported_on": "2026-09-20"})
    >>> table = order_weeks(account_from_frames(orders, claims), "2026-09-30").tail(2)
    >>> [(f"{row.first_on:%d %b}", row.n_orders, row.n_defective) for row in table.itertuples()]
    [('02 Sep', 0, 0), ('09 Sep', 2, 1)]
    """
    policy = account.policy
    today = asked_on(as_of, account.known_to)
    end = today - policy.lag_days
    n_weeks = -(-policy.window_days // 7)

    def weeks(ordered: pd.Series) -> pd.Series:
        return pd.Series(n_weeks - 1 - (end - day_numbers(ordered)) // 7, index=ordered.index)

    keys = [*terms.SERIES_KEYS, "week"]
    daily = account.daily[
        in_window(day_numbers(account.daily["ordered_on"]), today, account.policy)
    ]
    n_orders = daily.assign(week=weeks(daily["ordered_on"])).groupby(keys)["n_orders"].sum()
    cell = DefectDays.of(account).cells_on(today)
    bad = account.defective.assign(
        n_defective=(cell > 0).astype(np.int64),
        **{
            f"n_{c}": HAS_COMPONENT[cell, i].astype(np.int64)
            for i, c in enumerate(terms.COMPONENTS)
        },
    )
    bad = bad[in_window(day_numbers(bad["ordered_on"]), today, account.policy)]
    counted = ["n_defective", *terms.COMPONENT_COLUMNS]
    sums = bad.assign(week=weeks(bad["ordered_on"])).groupby(keys)[counted].sum()

    index = pd.MultiIndex.from_tuples(
        [(m, c, week) for m, c in account.series for week in range(n_weeks)], names=keys
    )
    table = sums.reindex(index, fill_value=0).astype("int64")
    table["n_orders"] = n_orders.reindex(index, fill_value=0).astype("int64")
    table = table.reset_index()
    last = end - 7 * (n_weeks - 1 - table["week"].to_numpy(np.int64))
    first = np.maximum(last - 6, end - policy.window_days + 1)
    leaves = last + policy.lag_days + policy.window_days - 1
    for name, days in (("first_on", first), ("last_on", last), ("leaves_on", leaves)):
        table[name] = to_stamps(days)
    table["odr"] = table["n_defective"] / table["n_orders"].where(table["n_orders"] > 0)
    return table[list(WEEK_COLUMNS)]


def hindsight(account: Account, as_of: date | str | None = None) -> pd.DataFrame:
    """What Amazon showed on each day beside what is known of the same orders now.

    Parameters
    ----------
    account : Account
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        "Now", and the last day of the table; by default ``account.known_to``.

    Returns
    -------
    pandas.DataFrame
        **One row per as_of day x marketplace x channel**; columns are ``HINDSIGHT_COLUMNS`` of
        this module. ``n_since`` is never negative, and 0 on the last day.

    Raises
    ------
    ParameterError
        `as_of` is no date.

    Examples
    --------
    >>> from odr_analysis import account_from_frames
    >>> orders = pd.DataFrame({"order_id": ["a", "b"], "ordered_on": "2026-09-01",
    ...                        "marketplace": "Amazon.de", "channel": "mfn"})
    >>> defects = pd.DataFrame({"order_id": ["a"], "component": "claim",
    ...                         "reported_on": "2026-09-18"})
    >>> table = hindsight(account_from_frames(orders, defects), "2026-09-18")
    >>> print(table[["as_of", "n_orders", "n_shown", "n_known_now"]])
           as_of  n_orders  n_shown  n_known_now
    0 2026-09-16         2        0            1
    1 2026-09-17         2        0            1
    2 2026-09-18         2        1            1
    """
    then, now = (component_rates(account, as_of, known=known) for known in ("then", "now"))
    table = then.rename(columns={"n_defective": "n_shown", "odr": "shown_odr"})
    table["n_known_now"], table["known_now_odr"] = now["n_defective"], now["odr"]
    table["n_since"] = table["n_known_now"] - table["n_shown"]
    return table[list(HINDSIGHT_COLUMNS)]


def _once_each(items: pd.DataFrame) -> pd.DataFrame:
    """Products of orders, each once per order."""
    if items.empty:
        return pd.DataFrame(columns=["order_id", "sku", "product_name"], dtype="str")
    items = items[["order_id", "sku", "product_name"]].astype("str").fillna("")
    items["sku"] = items["sku"].where(items["sku"] != "", items["product_name"])
    items = items[items["sku"] != ""]
    return items.drop_duplicates(["order_id", "sku"])


def _defective_ids(account: Account, today: int) -> pd.Series:
    return account.defective.loc[DefectDays.of(account).cells_on(today) > 0, "order_id"]
