"""What if: the effect of a scenario on the coming days, and its inverses."""

from odr_analysis.whatif.effect import ASSUMED_FROM_DAYS, LookAhead, apply_scenario
from odr_analysis.whatif.needed import (
    OrdersNeeded,
    OrdersNeededPerDay,
    orders_needed,
    orders_needed_per_day,
    orders_needed_today,
)
from odr_analysis.whatif.paths import focus_rows, key_days, scenario_headline
from odr_analysis.whatif.removals import removal_effects
from odr_analysis.whatif.scenario import Scenario
from odr_analysis.whatif.sentence import scenario_sentence

__all__ = [
    "ASSUMED_FROM_DAYS",
    "LookAhead",
    "OrdersNeeded",
    "OrdersNeededPerDay",
    "Scenario",
    "apply_scenario",
    "focus_rows",
    "key_days",
    "orders_needed",
    "orders_needed_per_day",
    "orders_needed_today",
    "removal_effects",
    "scenario_headline",
    "scenario_sentence",
]
