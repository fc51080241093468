"""The public names, pinned; and the weight of importing them."""

from __future__ import annotations

import inspect
import subprocess
import sys

import odr_analysis

PUBLIC = [
    "Account",
    "FileReceipt",
    "Policy",
    "Receipt",
    "Scenario",
    "Window",
    "account_from_frames",
    "apply_scenario",
    "component_rates",
    "defective_orders",
    "findings",
    "load_account",
    "load_receipt",
    "load_sample",
    "moved_orders",
    "orders_needed",
    "plot_odr",
    "plot_roll_off",
    "plot_scenario",
    "removal_effects",
    "rolling_sum",
    "run_report",
    "show",
    "to_csv",
    "to_summary",
    "what_if_panel",
    "what_moved",
    "write_sample",
]
HEAVY = ("pandas", "numpy", "duckdb", "ibis", "matplotlib", "scipy", "papermill", "ipywidgets")


def test_public_names_are_pinned() -> None:
    assert odr_analysis.__all__ == PUBLIC


def test_every_public_name_is_there_and_explained() -> None:
    for name in PUBLIC:
        thing = getattr(odr_analysis, name)
        assert inspect.getdoc(thing), f"{name} has no docstring"
    assert set(PUBLIC) <= set(dir(odr_analysis))


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = f"import sys, odr_analysis; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
