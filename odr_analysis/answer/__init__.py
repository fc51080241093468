"""The answer as data: what a report says, without drawing any of it."""

from odr_analysis.answer.build import Findings
from odr_analysis.answer.day import AccountDay
from odr_analysis.answer.parts.ahead import Ahead, WeekAhead
from odr_analysis.answer.questions import findings
from odr_analysis.answer.sections import (
    Answer,
    BuiltOn,
    Card,
    ComponentCount,
    Defects,
    Head,
    Moved,
    Trend,
)

__all__ = [
    "AccountDay",
    "Ahead",
    "Answer",
    "BuiltOn",
    "Card",
    "ComponentCount",
    "Defects",
    "Findings",
    "Head",
    "Moved",
    "Trend",
    "WeekAhead",
    "findings",
]
