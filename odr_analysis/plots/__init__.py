"""Pictures: one figure per file, each drawing numbers that are there already.

Names are loaded when first used: matplotlib is not imported before something is drawn, and
seaborn, which takes two seconds, only by the figures that notebooks show and the report does not.
"""

from __future__ import annotations

from typing import Any

from odr_analysis import lazy

_HOME = {
    "plot_bridge": "bridge",
    "plot_calendar": "days_ahead.calendar",
    "plot_calibration": "days_ahead.calibration",
    "plot_cohorts": "cohorts",
    "plot_delays": "delays",
    "plot_drivers": "drivers",
    "plot_forecast": "days_ahead.fan",
    "plot_funnel": "funnel",
    "plot_hindsight": "hindsight",
    "plot_odr": "odr",
    "plot_order_weeks": "order_week_rates",
    "plot_placed": "orders_per_day",
    "plot_roll_off": "days_ahead.roll_off",
    "plot_scenario": "days_ahead.scenario",
    "plot_shift": "shift_path",
    "plot_small_multiples": "small_multiples",
    "plot_triangle": "triangle",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    return lazy.load(__name__, _HOME, name)
