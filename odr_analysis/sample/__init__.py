"""A synthetic seller: exports in Amazon's own formats with the answers they were built to give."""

from __future__ import annotations

from odr_analysis.sample.model.scenarios import SCENARIOS
from odr_analysis.sample.write import write_sample

__all__ = ["SCENARIOS", "write_sample"]
