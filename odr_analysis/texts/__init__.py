"""Feedback text: its language, the reason behind it, and what Amazon's rules would take away.

`read_reasons` says of every feedback why its buyer is unhappy; `removal_candidates` lists
feedback that one of Amazon's own rules seems to apply to, with the words it rests on. The rules
are phrases in ``odr_analysis/texts/phrases``, one TOML file per language, written to be read and
mended by anyone who speaks it. ``docs/feedback-texts.md`` says how often they are right.
"""

from __future__ import annotations

from odr_analysis.texts.phrase_rules import REASONS
from odr_analysis.texts.reasons import REASON_COLUMNS, read_reasons
from odr_analysis.texts.removal_rules import CANDIDATE_COLUMNS, RULES, removal_candidates

__all__ = [
    "CANDIDATE_COLUMNS",
    "REASONS",
    "REASON_COLUMNS",
    "RULES",
    "read_reasons",
    "removal_candidates",
]
