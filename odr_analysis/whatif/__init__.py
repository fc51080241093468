"""What if: the effect of a scenario on the coming days, and its inverses."""

from odr_analysis.whatif.apply import Effect, apply_scenario, effect_of
from odr_analysis.whatif.by_a_day import (
    OrdersNeededBy,
    RemovalsNeeded,
    orders_needed_by,
    removals_needed,
)
from odr_analysis.whatif.changes import (
    DefectRate,
    MoreOrders,
    NewDefect,
    Removed,
    Sales,
    quality_of,
)
from odr_analysis.whatif.needed import (
    OrdersNeeded,
    orders_needed,
    orders_needed_today,
)
from odr_analysis.whatif.scenario import Scenario
from odr_analysis.whatif.scenario_file import (
    load_scenario,
    scenario_dict,
    scenario_of,
    scenario_toml,
)
from odr_analysis.whatif.under_from import date_under_target

__all__ = [
    "DefectRate",
    "Effect",
    "MoreOrders",
    "NewDefect",
    "OrdersNeeded",
    "OrdersNeededBy",
    "RemovalsNeeded",
    "Removed",
    "Sales",
    "Scenario",
    "apply_scenario",
    "date_under_target",
    "effect_of",
    "load_scenario",
    "orders_needed",
    "orders_needed_by",
    "orders_needed_today",
    "quality_of",
    "removals_needed",
    "scenario_dict",
    "scenario_of",
    "scenario_toml",
]
