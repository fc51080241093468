"""Removals of negative feedback: the effect of each by itself."""

from __future__ import annotations

import numpy as np
import pandas as pd

from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.rates.defect_days import series_positions
from odr_analysis.rates.defects import defective_orders
from odr_analysis.schema import Column, Columns, typed

REMOVAL_COLUMNS: Columns = {
    "order_id": Column("str"),
    "marketplace": Column("str"),
    "channel": Column("str"),
    "ordered_on": Column("datetime64[us]", "day the order was placed", unit="midnight"),
    "rating": Column("Int64", "stars", missing="<NA> when no file says"),
    "comment": Column("str", "the buyer's words, untrusted text", missing="'' if none"),
    "enters_on": Column("datetime64[us]", "first day the order counts"),
    "leaves_on": Column("datetime64[us]", "last day the order counts"),
    "days_left": Column("int64", "days on which it still counts, from as_of on, as_of included"),
    "measured_on": Column(
        "datetime64[us]", "as_of, or enters_on when the order does not count yet"
    ),
    "odr_now": Column("float64", "known ODR of the series on measured_on, fraction 0-1"),
    "odr_without": Column("float64", "the same without this feedback"),
    "delta": Column("float64", "odr_without - odr_now, at most 0"),
    "claim": Column("bool", "the order also has an A-to-z claim"),
    "chargeback": Column("bool", "the order also has a chargeback"),
}
"""Columns of :func:`removal_deltas`: one row per order with negative feedback."""


def removal_deltas(look: LookAhead, orders: pd.DataFrame | None = None) -> pd.DataFrame:
    """What taking away each negative feedback would do to the rate, in numbers.

    One row per order with negative feedback known by ``look.as_of`` that counts now or will. An
    order still to enter the window is measured on the day it enters, when today's known orders
    are still all that count; nothing here is assumed.

    Parameters
    ----------
    look : LookAhead
        At least ``lag_days`` ahead, when the youngest order enters.
    orders : pandas.DataFrame, optional
        ``defective_orders`` of that day, where it is at hand.

    Returns
    -------
    pandas.DataFrame
        ``REMOVAL_COLUMNS`` of this module; the largest effect first, equals by how long it
        lasts, those without effect last. Empty when there is no such feedback.

    Notes
    -----
    An order with an A-to-z claim or a chargeback stays defective without its feedback, so
    ``delta`` is 0. Effects of several removals in one series add up exactly where they are
    measured on the same day, because the orders in the denominator stay.
    """
    rows = defective_orders(look.account, look.as_of) if orders is None else orders
    rows = rows[rows["feedback"]].reset_index(drop=True)
    today = pd.Timestamp(look.as_of)
    rows["measured_on"] = rows["enters_on"].where(rows["enters_on"] > today, today)
    ahead = (rows["measured_on"] - today).dt.days.to_numpy()
    column = series_positions(look.account, rows)
    n_orders, n_defective = look.n_orders[ahead, column], look.n_defective[ahead, column]
    clears = ~(rows["claim"] | rows["chargeback"]).to_numpy()
    # The order itself counts on that day, so the denominator is never 0.
    rows["odr_now"] = n_defective / n_orders
    rows["odr_without"] = (n_defective - clears) / n_orders
    # Not the difference of the two rates: equal counts must give equal effects.
    rows["delta"] = np.where(clears, -1.0, 0.0) / n_orders
    rows = rows.sort_values(
        ["delta", "days_left", "order_id"], ascending=[True, False, True], ignore_index=True
    )
    return typed(rows, REMOVAL_COLUMNS)
