"""Rates as tables: what counts on which day, which orders are behind it."""

from __future__ import annotations

from odr_analysis.rates.components import component_rates
from odr_analysis.rates.defects import defective_orders
from odr_analysis.rates.order_weeks import hindsight, order_weeks, product_defects, with_products
from odr_analysis.rates.rolling import rolling_sum

__all__ = [
    "component_rates",
    "defective_orders",
    "hindsight",
    "order_weeks",
    "product_defects",
    "rolling_sum",
    "with_products",
]
