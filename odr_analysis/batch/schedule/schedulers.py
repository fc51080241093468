"""Every recipe by the name of its scheduler."""

from __future__ import annotations

from collections.abc import Callable

from odr_analysis.batch.schedule.airflow import airflow_recipe
from odr_analysis.batch.schedule.cron import cron_recipe
from odr_analysis.batch.schedule.daily_run import DailyRun, Recipe
from odr_analysis.batch.schedule.github import github_recipe
from odr_analysis.batch.schedule.jupyter import jupyter_recipe
from odr_analysis.batch.schedule.systemd import systemd_recipe

RECIPES: dict[str, Callable[[DailyRun], Recipe]] = {
    "cron": cron_recipe,
    "systemd": systemd_recipe,
    "github": github_recipe,
    "jupyter": jupyter_recipe,
    "airflow": airflow_recipe,
}
"""Scheduler to the function that fills its recipe in."""
