"""The public names, pinned; and the weight of importing them."""

from __future__ import annotations

import doctest
import inspect
import subprocess
import sys

import odr_analysis

PUBLIC = [
    "Account",
    "AccountDay",
    "Costs",
    "DefectRate",
    "DelayTable",
    "Effect",
    "FileReceipt",
    "Fix",
    "MoreOrders",
    "NewDefect",
    "Policy",
    "Prior",
    "Receipt",
    "Refund",
    "Removed",
    "Sales",
    "Scenario",
    "Window",
    "account_from_frames",
    "apply_scenario",
    "archive_events",
    "archive_folder",
    "backtest",
    "before_after",
    "bridge",
    "bridge_orders",
    "bridge_sentences",
    "cause_sentences",
    "cheapest_plan",
    "cohorts",
    "component_credit",
    "component_rates",
    "contradictions",
    "coverage",
    "date_under_target",
    "defect_reasons",
    "defective_orders",
    "delay_table",
    "driver_shifts",
    "drivers",
    "evidence",
    "findings",
    "forecast",
    "hindsight",
    "key_days",
    "leading_causes",
    "load_account",
    "load_costs",
    "load_policy",
    "load_receipt",
    "load_sample",
    "load_scenario",
    "load_tables",
    "moved_orders",
    "nowcast",
    "open_orders",
    "order_weeks",
    "orders_needed",
    "orders_needed_by",
    "orders_needed_today",
    "other_rates",
    "plan_notes",
    "plan_sentence",
    "plot_bridge",
    "plot_calendar",
    "plot_calibration",
    "plot_cohorts",
    "plot_delays",
    "plot_drivers",
    "plot_forecast",
    "plot_funnel",
    "plot_hindsight",
    "plot_odr",
    "plot_order_weeks",
    "plot_placed",
    "plot_roll_off",
    "plot_scenario",
    "plot_shift",
    "plot_small_multiples",
    "plot_triangle",
    "prior_of",
    "product_defects",
    "public_score",
    "quality_of",
    "read_reasons",
    "reason_rates",
    "reconcile",
    "removal_candidates",
    "removal_effects",
    "removals_needed",
    "report_delays",
    "roll_off",
    "rolling_sum",
    "run_report",
    "save_evidence",
    "scenario_assumptions",
    "scenario_dict",
    "scenario_notes",
    "scenario_of",
    "scenario_sentence",
    "scenario_toml",
    "shift",
    "show",
    "show_each",
    "show_figure",
    "show_lines",
    "show_table",
    "stands_out",
    "strategies",
    "to_csv",
    "to_ics",
    "to_summary",
    "to_toml",
    "today",
    "what_if_panel",
    "what_moved",
    "what_to_do",
    "with_products",
    "worklist",
    "write_sample",
]
HEAVY = (
    "pandas",
    "numpy",
    "duckdb",
    "ibis",
    "matplotlib",
    "seaborn",
    "scipy",
    "papermill",
    "ipywidgets",
)


def test_public_names_are_pinned() -> None:
    assert odr_analysis.__all__ == PUBLIC


def test_every_public_name_is_there_and_explained() -> None:
    for name in PUBLIC:
        thing = getattr(odr_analysis, name)
        assert inspect.getdoc(thing), f"{name} has no docstring"
    assert set(PUBLIC) <= set(dir(odr_analysis))


def test_every_public_name_has_an_example_that_runs() -> None:
    """pytest runs every example of the package; here one is there, and none of it is left out."""
    without = set()
    for name in PUBLIC:
        examples = doctest.DocTestParser().get_examples(inspect.getdoc(getattr(odr_analysis, name)))
        if not any(example.want for example in examples):
            without.add(name)
        assert not any(doctest.SKIP in example.options for example in examples), name
    assert not without


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = f"import sys, odr_analysis; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
