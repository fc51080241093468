"""What if: the effect of a scenario on the coming days, and its inverses."""

from odr_analysis.whatif.apply import Effect, apply_scenario, effect_of
from odr_analysis.whatif.needed import (
    OrdersNeeded,
    OrdersNeededPerDay,
    orders_needed,
    orders_needed_per_day,
    orders_needed_today,
)
from odr_analysis.whatif.scenario import Scenario

__all__ = [
    "Effect",
    "OrdersNeeded",
    "OrdersNeededPerDay",
    "Scenario",
    "apply_scenario",
    "effect_of",
    "orders_needed",
    "orders_needed_per_day",
    "orders_needed_today",
]
