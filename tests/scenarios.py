"""Scenarios of tests: extra orders of one series, clean by default, and feedback removed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from odr_analysis.whatif import MoreOrders, Removed, Scenario


def scenario_of(
    per_day: int = 0, days: int = 0, removed: Iterable[str] = (), **more: Any
) -> Scenario:
    """Extra orders and removals, as most tests need them."""
    orders = MoreOrders(per_day, days=days, **{"defect_rate": 0.0, **more})
    return Scenario(orders, Removed(frozenset(removed)))
