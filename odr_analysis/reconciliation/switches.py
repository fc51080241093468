"""Which switches of the policy decide whether each defect counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd

from odr_analysis import terms
from odr_analysis.arrays import Flags, Integers
from odr_analysis.exports.readers.contract import NOT_COUNTED, SIGHTING_COLUMNS
from odr_analysis.exports.source_rank import MONEY
from odr_analysis.exports.verdicts import OUTCOME_SWITCH, judge
from odr_analysis.policy import Policy
from odr_analysis.rates.rolling import ALWAYS, NEVER, day_numbers

ORDER_SWITCHES: dict[str, str] = {
    "cancelled": "count_cancelled_orders",
    "pending": "count_pending_orders",
}
"""Status of an order to the switch that says whether such orders count."""

DEFECT_SWITCHES: tuple[str, ...] = tuple(
    f.name
    for f in attrs.fields(Policy)
    if f.name.startswith("count_") and f.name not in ORDER_SWITCHES.values()
)

REMOVED: dict[str, tuple[str, ...]] = {
    "feedback": ("struck", "removed"),
    "claim": ("withdrawn", "denied", "appeal won", "amazon funded", "protected", NOT_COUNTED),
    "chargeback": ("won",),
}
"""Outcomes that take a defect out again, which Amazon's numbers show only after a while."""

SHOWN_AFTER: dict[str, int] = {"feedback": 2, "claim": 7, "chargeback": 7}
"""Days until a report shows that a defect was taken out: 48 hours for feedback (guides that
quote Amazon), up to 7 days for a claim won on appeal (help page A-to-z Guarantee), and for want
of a source as long for chargebacks."""


class Rule(NamedTuple):
    """When a defect counts: always, or with any of some switches, or with all of some."""

    always: bool
    any_of: tuple[str, ...] = ()
    all_of: tuple[str, ...] = ()

    @property
    def switches(self) -> tuple[str, ...]:
        return (*self.any_of, *self.all_of)


NEVER_COUNTS = Rule(False)


@dataclass(frozen=True, eq=False)
class Defects:
    """Defects as arrays of one length: one entry per order x component.

    Attributes
    ----------
    order : int64 array
        Position of the order in the index that was given.
    component : int64 array
        Position in ``terms.COMPONENTS``.
    rule : int64 array
        Position in `rules`.
    known : int64 array
        Day number of the first record; ``ALWAYS`` where no record gives a day.
    removed : int64 array
        Day number it was taken out again, ``NEVER`` where that may have been on any day, and
        ``ALWAYS`` where it was not.
    why_not : list of str
        The reason under which it would not count, '' where it always counts.
    rules : tuple of Rule
    """

    order: Integers
    component: Integers
    rule: Integers
    known: Integers
    removed: Integers
    why_not: list[str]
    rules: tuple[Rule, ...]


def defects_of(records: pd.DataFrame, orders: pd.Index, policy: Policy) -> Defects:
    """The defects of `orders`, and what each hangs on.

    The rules are asked with every switch off and every switch on; and about defects in which
    these differ with only one on (records of one rank with different outcomes count with
    any of some switches) and, of money, with only one off (what came back needs all).
    """
    at = orders.get_indexer(pd.Index(records.order_id))
    seen = records.loc[at >= 0, list(SIGHTING_COLUMNS)].reset_index(drop=True)
    place = at[at >= 0].astype(np.int64)
    component = pd.Index(terms.COMPONENTS).get_indexer(pd.Index(seen.component)).astype(np.int64)
    n_kinds = len(terms.COMPONENTS)
    code, first, defect = np.unique(
        place * n_kinds + component, return_index=True, return_inverse=True
    )
    rules, rule, why_not = _rules(seen, defect, first, policy)

    day = day_numbers(seen.reported_on)
    known = np.full(len(code), NEVER)
    np.minimum.at(known, defect, day)
    known[known == NEVER] = ALWAYS
    taken_out = np.zeros(len(seen), dtype=bool)
    for i, name in enumerate(terms.COMPONENTS):
        taken_out |= (component == i) & seen.outcome.isin(REMOVED[name]).to_numpy()
    # Feedback exports tell that it was struck and not when; of a case one can look it up.
    decided = day_numbers(seen.decided_on, missing=ALWAYS)
    undated_feedback = (decided == ALWAYS) & (component == 0)
    decided = np.where(undated_feedback, NEVER, decided)
    removed = np.full(len(code), ALWAYS)
    np.maximum.at(removed, defect[taken_out], decided[taken_out])
    return Defects(code // n_kinds, code % n_kinds, rule, known, removed, why_not, rules)


def _rules(
    seen: pd.DataFrame, defect: Integers, first: Integers, policy: Policy
) -> tuple[tuple[Rule, ...], Integers, list[str]]:
    """Distinct rules, the one of each defect, and why it would not count."""
    everywhere = pd.Series("", index=pd.Index(seen.order_id.unique()), dtype="str")

    def asked(rows: pd.DataFrame, on: set[str]) -> pd.DataFrame:
        switched = policy.with_changes(**{s: s in on for s in DEFECT_SWITCHES})
        return judge(rows, everywhere, switched)

    every = set(DEFECT_SWITCHES)
    none_on = asked(seen, set()).iloc[first]
    always = none_on["counts"].to_numpy(bool)
    can = asked(seen, every)["counts"].to_numpy(bool)[first]
    hangs = can & ~always
    any_of: dict[int, list[str]] = {int(i): [] for i in np.flatnonzero(hangs)}
    all_of: dict[int, list[str]] = {int(i): [] for i in np.flatnonzero(hangs)}
    told = pd.MultiIndex.from_frame(seen[["component", "outcome"]])
    for switch in DEFECT_SWITCHES if any_of else ():
        # Only defects that may hang on a switch are asked about, each with all its records.
        outcomes = [pair for pair, s in OUTCOME_SWITCH.items() if s == switch]
        speaks = told.isin(outcomes) if outcomes else seen.outcome.isin(MONEY).to_numpy()
        asked_for = np.zeros(len(first), dtype=bool)
        asked_for[defect[speaks]] = True
        about = (asked_for & hangs)[defect]
        if not about.any():
            continue
        rows = seen[about].reset_index(drop=True)
        which, at = np.unique(defect[about], return_index=True)
        alone = asked(rows, {switch})["counts"].to_numpy(bool)[at]
        for i in which[alone].tolist():
            any_of[i].append(switch)
        if not outcomes and not alone.all():
            without = asked(rows, every - {switch})["counts"].to_numpy(bool)[at]
            for i in which[~without & ~alone].tolist():
                all_of[i].append(switch)
    found = [Rule(bool(yes)) for yes in always]
    for i, some in any_of.items():
        found[i] = Rule(False, tuple(some), () if some else tuple(all_of[i]))
        assert found[i].switches, "a defect that hangs on no switch and does not always count"
    rules = tuple(dict.fromkeys([NEVER_COUNTS, *found]))
    number = {rule: i for i, rule in enumerate(rules)}
    of_defect = np.array([number[rule] for rule in found], dtype=np.int64)
    return rules, of_defect, none_on.why_not.tolist()


def late(defects: Defects, rows: npt.NDArray[np.intp], day: int) -> Flags:
    """Whether the report of `day` may still count defects that were taken out again."""
    after = np.array([SHOWN_AFTER[c] for c in terms.COMPONENTS])[defects.component[rows]]
    return defects.removed[rows] > day - after
