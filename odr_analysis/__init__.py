"""What is my Amazon Order Defect Rate, why did it move, what happens next, what do I do?

Public names are loaded when first used, so that ``import odr_analysis`` stays light.
"""

from __future__ import annotations

from datetime import date
from importlib import import_module
from typing import Any

from odr_analysis import lazy
from odr_analysis.account import Account, open_days_with
from odr_analysis.versions import __version__ as __version__

_HOME = {
    "Policy": "policy",
    "load_policy": "presets",
    "to_toml": "presets",
    "Window": "policy",
    "Account": "account",
    "AccountDay": "answer",
    "Receipt": "receipt",
    "FileReceipt": "receipt",
    "load_account": "load",
    "load_receipt": "load",
    "load_tables": "warehouse",
    "account_from_frames": "frames",
    "archive_folder": "archive.deliver",
    "archive_events": "archive.events",
    "load_sample": "load",
    "component_rates": "rates",
    "defective_orders": "rates",
    "what_moved": "why.moved",
    "moved_orders": "why.moved",
    "rolling_sum": "rates",
    "backtest": "forecasting.track_record.backtest",
    "bridge": "why.bridge",
    "bridge_orders": "why.bridge",
    "bridge_sentences": "answer.parts.bridge",
    "component_credit": "why.credit",
    "roll_off": "forecasting.roll_off",
    "DelayTable": "forecasting.delay_table",
    "delay_table": "forecasting.delay_table",
    "forecast": "forecasting.forecast",
    "nowcast": "forecasting.nowcast",
    "shift": "forecasting.shifts.shift",
    "cohorts": "forecasting.cohorts",
    "open_orders": "forecasting.open_orders",
    "Prior": "forecasting.delay_model.prior",
    "prior_of": "forecasting.priors",
    "report_delays": "forecasting.delay",
    "to_ics": "answer.calendar_file",
    "reconcile": "reconciliation.reconcile",
    "other_rates": "health.other_rates",
    "public_score": "health.public_score",
    "contradictions": "exports.verdicts",
    "DefectRate": "whatif",
    "Effect": "whatif",
    "MoreOrders": "whatif",
    "NewDefect": "whatif",
    "Removed": "whatif",
    "Sales": "whatif",
    "Scenario": "whatif",
    "apply_scenario": "whatif",
    "date_under_target": "whatif",
    "load_scenario": "whatif",
    "orders_needed_by": "whatif",
    "removals_needed": "whatif",
    "quality_of": "whatif",
    "scenario_dict": "whatif",
    "scenario_of": "whatif",
    "scenario_toml": "whatif",
    "orders_needed": "whatif",
    "removal_effects": "answer.scenario.removal_effects",
    "findings": "answer",
    "plot_odr": "plots",
    "plot_bridge": "plots",
    "before_after": "causes.before_after",
    "cause_sentences": "answer.parts.causes",
    "defect_reasons": "causes.reasons",
    "drivers": "causes.drivers",
    "evidence": "answer.appeal",
    "leading_causes": "causes.drivers",
    "reason_rates": "actions.strategies",
    "save_evidence": "answer.appeal",
    "stands_out": "answer.questions",
    "strategies": "actions.strategies",
    "what_to_do": "answer.questions",
    "worklist": "actions.worklist",
    "Costs": "actions.costs",
    "Fix": "actions.costs",
    "Refund": "actions.costs",
    "load_costs": "actions.costs",
    "cheapest_plan": "actions.planner",
    "plan_notes": "answer.plan",
    "plan_sentence": "answer.plan",
    "read_reasons": "texts",
    "removal_candidates": "texts",
    "driver_shifts": "causes.drivers",
    "plot_scenario": "plots",
    "plot_roll_off": "plots",
    "show": "html",
    "what_if_panel": "controls",
    "to_csv": "save_tables",
    "to_summary": "answer.summary",
    "run_report": "reports",
    "write_sample": "sample",
    "coverage": "answer.parts.coverage",
    "hindsight": "rates",
    "order_weeks": "rates",
    "product_defects": "rates",
    "with_products": "rates",
    "plot_hindsight": "plots",
    "plot_order_weeks": "plots",
    "plot_placed": "plots",
    "plot_calendar": "plots",
    "plot_calibration": "plots",
    "plot_cohorts": "plots",
    "plot_delays": "plots",
    "plot_drivers": "plots",
    "plot_forecast": "plots",
    "plot_funnel": "plots",
    "plot_shift": "plots",
    "plot_small_multiples": "plots",
    "plot_triangle": "plots",
    "show_each": "html",
    "show_figure": "html",
    "show_lines": "html",
    "show_table": "html",
    "key_days": "answer.scenario.key_days",
    "orders_needed_today": "whatif",
    "scenario_assumptions": "answer.scenario.assumptions",
    "scenario_notes": "answer.scenario.removal_effects",
    "scenario_sentence": "answer.scenario.sentence",
    "today": "clock",
}
"""Public name to the module it lives in."""

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    return lazy.load(__name__, _HOME, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})


def _on_day(account: Account, day: date | str | None) -> Any:
    return import_module("odr_analysis.answer.day").account_day(account, day)


# `Account` is on a floor below what it answers with; the face of the package knows every floor.
open_days_with(_on_day)
