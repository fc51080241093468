"""Each component's part in ODR: what it adds alone, and a fair share of the overlaps."""

from __future__ import annotations

import pandas as pd

from odr_analysis import terms
from odr_analysis.schema import Column, Columns

CREDIT_COLUMNS: Columns = {
    "as_of": Column("datetime64[us]", "the day the rate is stated for", unit="midnight"),
    "marketplace": Column("str"),
    "channel": Column("str"),
    "n_orders": Column("int64", "orders in the window"),
    "n_defective": Column("int64", "of them, orders with at least one defect"),
    "odr": Column("float64", "fraction 0-1", missing="NaN without orders"),
    **{
        f"credit_{c}": Column(
            "float64", f"share of ODR that is {c}, orders with several kinds shared out"
        )
        for c in terms.COMPONENTS
    },
    **{
        f"without_{c}": Column("float64", f"what ODR would be had there been no {c}")
        for c in terms.COMPONENTS
    },
}
"""Columns of :func:`component_credit`: one row per as_of day x marketplace x channel."""


def component_credit(rates: pd.DataFrame) -> pd.DataFrame:
    """ODR split over its components so that they add up, and what it would be without each.

    Parameters
    ----------
    rates : pandas.DataFrame
        :func:`~odr_analysis.component_rates`.

    Returns
    -------
    pandas.DataFrame
        One row per row of `rates`; ``CREDIT_COLUMNS`` of this module. NaN without orders.

    Notes
    -----
    An order with two kinds of defect counts once, and is half of either; one with all three a
    third of each. That is the Shapley value: the mean of what a component adds to the count of
    defective orders, over every order the components could come in. So the credits sum to
    ``odr``. ``odr - without_c`` is the marginal effect of a component: only the orders that
    have no other defect, hence at most its credit.

    Examples
    --------
    Of 100 orders one has a claim, one a claim and a negative feedback:

    >>> from odr_analysis import account_from_frames, component_rates
    >>> orders = pd.DataFrame({"order_id": [f"o{i}" for i in range(100)], "channel": "mfn",
    ...                        "ordered_on": "2026-08-20", "marketplace": "Amazon.de"})
    >>> defects = pd.DataFrame({"order_id": ["o1", "o2", "o2"], "reported_on": "2026-09-01",
    ...                         "component": ["claim", "claim", "feedback"]})
    >>> account = account_from_frames(orders, defects)
    >>> row = component_credit(component_rates(account, "2026-09-30")).iloc[-1]
    >>> print(row.odr, row.credit_claim, row.credit_feedback, row.without_claim)
    0.02 0.015 0.005 0.01
    """
    n = rates["n_orders"].where(rates["n_orders"] > 0)
    table = rates[["as_of", *terms.SERIES_KEYS, "n_orders", "n_defective", "odr"]].copy()
    for component in terms.COMPONENTS:
        # In sixths, so that halves and thirds stay whole numbers.
        sixths = sum(
            rates[f"n_{cell}"] * (6 // len(_kinds(cell))) for cell in terms.cells_with(component)
        )
        table[f"credit_{component}"] = sixths / (6 * n)
    for component in terms.COMPONENTS:
        alone = next(c for c in terms.cells_with(component) if len(_kinds(c)) == 1)
        table[f"without_{component}"] = (rates["n_defective"] - rates[f"n_{alone}"]) / n
    return table[list(CREDIT_COLUMNS)]


def _kinds(cell: str) -> list[str]:
    """Components in a cell."""
    return [c for c in terms.COMPONENTS if cell in terms.cells_with(c)]
