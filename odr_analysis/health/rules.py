"""Windows and targets of the other rates of account health, as data.

`RULES` says it of each rate, with who says so; :func:`finished` makes a row of
``HEALTH_COLUMNS`` from counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pandas as pd

from odr_analysis.exports.readers.health_lists import CANCELLATIONS, LATE_SHIPMENTS
from odr_analysis.policy import Policy, Window
from odr_analysis.schema import Column, Columns

HEALTH_COLUMNS: Columns = {
    "metric": Column("str", "a key of terms.METRICS, not order_defects"),
    "marketplace": Column("str"),
    "window_days": Column(
        "Int64", "days the rate is of", missing="<NA> where a report does not state its days"
    ),
    "from_on": Column(
        "datetime64[us]", "first of them", unit="midnight", missing="NaT where not stated"
    ),
    "to_on": Column("datetime64[us]", "last of them", unit="midnight"),
    "n_total": Column(
        "Int64", "what the rate is of: orders, parcels or units", missing="<NA> where not known"
    ),
    "n_bad": Column("Int64", "of them, those that went wrong, whatever way round the rate is"),
    "rate": Column(
        "float64",
        "fraction 0-1 as Amazon states it: of the bad ones for rates that must stay "
        "below a target, of the good ones for the others",
        missing="NaN where not known or n_total is 0",
    ),
    "target": Column(
        "float64", "fraction, as the performance report states it, else as RULES has it"
    ),
    "target_kind": Column("str", "below, above or at least"),
    "binding": Column(
        "bool",
        "False where Amazon recommends the target and does not enforce it, not yet, "
        "or not for so few",
    ),
    "met": Column(
        "boolean", "whether the rate meets the target", missing="<NA> where there is no rate"
    ),
    "state": Column("str", "one of terms.STATES"),
    "source": Column("str", "exports (counted here), snapshot (a performance report) or unknown"),
    "days_old": Column(
        "Int64",
        "days from the day a rate is of to as_of, 0 where it was counted; a report as"
        " old as its window is long shares no day with today's window",
        missing="<NA> where not known",
    ),
    "missing": Column("str", "the file that would tell", missing="'' where the rate is known"),
    "note": Column("str", "what a reader should know of this rate", missing="'' if nothing"),
}
"""Columns of :func:`other_rates`: one row per metric x marketplace x window."""

REPORT = "the seller performance report"
"""GET_V2_SELLER_PERFORMANCE_REPORT."""

EARLY = Fraction(7, 10)
"""A met target of which this share of the room is used up gives ``warning``: the same early
warning as 0.7 % of 1 % for ODR, this toolkit's own."""


@dataclass(frozen=True)
class Rule:
    """How one rate is counted, and what it is held against.

    Attributes
    ----------
    metric : str
    window_days : int
    lag_days : int
        The window ends this many days before the day the rate is stated for.
    target : float
    kind : str
        ``below``, ``above`` (both strict) or ``at least``.
    source : str
        Who says so.
    stores : tuple of str
        Marketplaces that have the rate; empty for all.
    binding : bool
    list_kind : str
        Kind of the export that names the bad orders; '' where none does.
    note : str
        Stands with every such rate.
    enforced_from : datetime.date, optional
        Windows that end before it are held against the target without being binding.
    fewest : int
        With fewer in ``n_total`` Amazon does not judge the rate, so it is not binding.
    switch : str
        Field of the policy without which the rule does not hold; '' where it always does.
    """

    metric: str
    window_days: int
    lag_days: int
    target: float
    kind: str
    source: str
    stores: tuple[str, ...] = ()
    binding: bool = True
    list_kind: str = ""
    note: str = ""
    enforced_from: date | None = None
    fewest: int = 0
    switch: str = ""

    def holds_in(self, marketplace: str) -> bool:
        """Whether a marketplace has this rate."""
        return not self.stores or marketplace in self.stores

    def is_on(self, policy: Policy) -> bool:
        """Whether the policy has this rule."""
        return not self.switch or bool(getattr(policy, self.switch))

    def is_binding(self, to_on: Any, n_total: int | None) -> bool:
        """Whether Amazon acts on a window that ends on a day and has so many in it.

        A day or a number that is not known is taken to be one it acts on.
        """
        too_early = self.enforced_from is not None and pd.Timestamp(to_on) < pd.Timestamp(
            self.enforced_from
        )
        return self.binding and not too_early and not self.is_too_few(n_total)

    def is_too_few(self, n_total: int | None) -> bool:
        """Whether there are too few for Amazon to judge the rate."""
        return n_total is not None and 0 < n_total < self.fewest

    def window(self, as_of: date) -> Window:
        """Days the rate is of on `as_of`."""
        end = as_of - timedelta(days=self.lag_days)
        return Window(end - timedelta(days=self.window_days - 1), end)


_CANCELLATION = "Help page Cancellation Rate; 7 days ending the day before in Amazon's own example."
_LATE = "Help page Late Shipment Rate: both windows; 30 days ending today in Amazon's own example."
_UNITS = "Counted in units, without the days by which a promise was extended."

RULES: tuple[Rule, ...] = (
    Rule("cancellation", 7, 1, 0.025, "below", _CANCELLATION, list_kind=CANCELLATIONS.KIND),
    Rule(
        *("cancellation", 30, 1, 0.025, "below"),
        source="Help page of Amazon.in, which names 7 and 30 days.",
        stores=("Amazon.in",),
        list_kind=CANCELLATIONS.KIND,
    ),
    Rule("late_shipment", 10, 0, 0.04, "below", _LATE, list_kind=LATE_SHIPMENTS.KIND),
    Rule("late_shipment", 30, 0, 0.04, "below", _LATE, list_kind=LATE_SHIPMENTS.KIND),
    Rule(
        *("valid_tracking", 30, 10, 0.95, "above"),
        source="Help page Valid Tracking Rate; the 10 days are seen in Amazon's own example and "
        "in a live report of 2026.",
        note="Amazon also judges it category by category, which no file here tells.",
    ),
    Rule(
        *("on_time_delivery", 30, 10, 0.97, "at least"),
        source="Help page On-Time Delivery Rate; the 10 days are seen as for tracking.",
        binding=False,
        note="Amazon recommends this target for parcels and does not enforce it; what it enforces, "
        "where it does, is 90 % of units.",
    ),
    Rule(
        *("unit_on_time_delivery", 14, 7, 0.9, "at least"),
        source="Announcement for the United States, from 25 September 2024; judged from 20 units "
        "on (Amazon in its European seller forum).",
        stores=("Amazon.com",),
        note=_UNITS,
        fewest=20,
    ),
    Rule(
        *("unit_on_time_delivery", 14, 7, 0.9, "at least"),
        source="Amazon in its European seller forum: expected on Amazon.co.uk from 16 September "
        "2025, enforced from 2 February 2026, judged from 20 units on.",
        stores=("Amazon.co.uk",),
        note=_UNITS,
        enforced_from=date(2026, 2, 2),
        fewest=20,
    ),
    Rule(
        *("unit_on_time_delivery", 14, 7, 0.9, "at least"),
        source="One secondary source: Amazon.de by 1 September 2026.",
        stores=("Amazon.de",),
        note=_UNITS,
        enforced_from=date(2026, 9, 1),
        fewest=20,
        switch="enforce_unit_delivery_de",
    ),
    Rule(
        *("invoice_defects", 7, 7, 0.05, "below"),
        source="Help page Invoice Defect Rate. Its window ends 7 days before, that of Amazon's "
        "own example 23.",
        stores=("Amazon.co.uk", "Amazon.de", "Amazon.fr", "Amazon.it", "Amazon.es"),
        note="Only orders of business customers are in it.",
    ),
)
"""The rules as they are known; the shortest window of a metric first."""

STORE_NOTES: dict[tuple[str, str], str] = {
    ("cancellation", "Amazon.in"): "Amazon.in recommends to stay below 2 %.",
}
"""(metric, marketplace) to what its help page adds."""

LISTS: dict[str, str] = {
    CANCELLATIONS.KIND: "the cancellation list of Account Health",
    LATE_SHIPMENTS.KIND: "the late-shipment list of Account Health",
}
"""Kind of list to what a seller calls it."""

UNITS: dict[str, tuple[str, str]] = {
    "cancellation": ("seller-fulfilled order", "seller-fulfilled orders"),
    "late_shipment": ("seller-fulfilled order", "seller-fulfilled orders"),
    "valid_tracking": ("parcel", "parcels"),
    "on_time_delivery": ("tracked parcel", "tracked parcels"),
    "unit_on_time_delivery": ("tracked unit", "tracked units"),
    "invoice_defects": ("business order", "business orders"),
}
"""Metric to what its ``n_total`` counts, one and many."""


def longest_window(metric: str, marketplace: str) -> int:
    """Days of the longest window a rate has in a marketplace.

    >>> [longest_window("cancellation", store) for store in ("Amazon.de", "Amazon.in")]
    [7, 30]
    """
    mine = [r for r in RULES if r.metric == metric]
    return max(r.window_days for r in [r for r in mine if r.holds_in(marketplace)] or mine)


def meets(kind: str, share: Fraction, target: Fraction) -> bool:
    """Whether a rate meets its target.

    >>> one = Fraction(1, 40)
    >>> [meets(kind, one, Fraction("0.025")) for kind in ("below", "above", "at least")]
    [False, False, True]
    """
    if kind == "below":
        return share < target
    return share > target if kind == "above" else share >= target


def health_state(kind: str, share: Fraction | None, target: Fraction, binding: bool) -> str:
    """One of ``terms.STATES`` for a rate.

    >>> [health_state("below", Fraction(n, 1000), Fraction("0.04"), True) for n in (27, 28, 40)]
    ['healthy', 'warning', 'critical']
    >>> health_state("at least", Fraction(1, 2), Fraction("0.97"), False)
    'warning'
    """
    if share is None:
        return "no data"
    if not meets(kind, share, target):
        return "critical" if binding else "warning"
    used, room = (share, target) if kind == "below" else (1 - share, 1 - target)
    return "warning" if used >= EARLY * room and used else "healthy"


def finished(
    rule: Rule,
    marketplace: str,
    *,
    days: int | None,
    from_on: Any,
    to_on: Any,
    source: str,
    n_total: int | None = None,
    n_bad: int | None = None,
    rate: float | None = None,
    target: float | None = None,
    days_old: int | None = None,
    missing: str = "",
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    """A row of ``HEALTH_COLUMNS``: the rate, whether it meets its target, its state.

    Two counts make the rate; `rate` is used only where one of them is not known.
    """
    share = None if rate is None else Fraction(str(rate))
    if n_total and n_bad is not None:
        bad = Fraction(n_bad, n_total)
        share = bad if rule.kind == "below" else 1 - bad
    target = rule.target if target is None else target
    limit = Fraction(str(target))
    binding = rule.is_binding(to_on, n_total)
    few = ""
    if rule.is_too_few(n_total):
        few = f"Amazon judges this rate from {rule.fewest} {UNITS[rule.metric][1]} on."
    also = [few, rule.note, STORE_NOTES.get((rule.metric, marketplace), "")]
    return {
        "metric": rule.metric,
        "marketplace": marketplace,
        "window_days": days,
        "from_on": pd.Timestamp(from_on),
        "to_on": pd.Timestamp(to_on),
        "n_total": n_total,
        "n_bad": n_bad if n_total is None or n_total else 0,
        "rate": float("nan") if share is None else float(share),
        "target": target,
        "target_kind": rule.kind,
        "binding": binding,
        "met": None if share is None else meets(rule.kind, share, limit),
        "state": health_state(rule.kind, share, limit, binding),
        "source": source,
        "days_old": days_old,
        "missing": missing,
        "note": " ".join(filter(None, [*notes, *also])),
    }
