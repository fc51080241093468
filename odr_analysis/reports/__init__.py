"""Notebooks run as programs: strict at the door, standalone pages at the end."""

from odr_analysis.reports.runner import ReportFiles, run_report

__all__ = ["ReportFiles", "run_report"]
