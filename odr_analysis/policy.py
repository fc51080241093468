"""The rules of the metric as data: frozen, printable, swappable.

What Amazon documents is the default; what its documents leave open is a switch
whose default and reason stand in ``SWITCHES``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from odr_analysis.errors import ParameterError

SWITCHES: dict[str, str] = {
    "day_boundary": "Amazon's report schema labels its dates UTC; whether they are the store's "
    "local days is not settled. 'utc' or 'marketplace'.",
    "count_cancelled_orders": "Whether orders cancelled before shipping are in the denominator is "
    "not settled; an older help page says orders 'of any status', so they are.",
    "count_pending_orders": "Same question for pending orders, same default.",
    "count_pending_claims": "A claim under review is 'not denied', so it counts by default.",
    "count_won_chargebacks": "Guides disagree; by default a chargeback won by the seller does not "
    "count.",
    "count_struck_feedback": "Amazon takes struck-through feedback out of ODR; so does the "
    "default.",
}
"""The open questions of the metric: field of :class:`Policy` to why its default is what it is."""


@dataclass(frozen=True)
class Window:
    """Order days a rate is made of, both ends included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


@dataclass(frozen=True)
class Policy:
    """How an Order Defect Rate is computed.

    The default window is Amazon's: 60 days of order dates ending 15 days before
    ``as_of``, that is ``[as_of - 74, as_of - 15]``.

    Examples
    --------
    >>> from datetime import date
    >>> policy = Policy()
    >>> policy.window(date(2026, 9, 30))
    Window(start=datetime.date(2026, 7, 18), end=datetime.date(2026, 9, 15))
    >>> policy.enters_on(date(2026, 9, 1)), policy.leaves_on(date(2026, 9, 1))
    (datetime.date(2026, 9, 16), datetime.date(2026, 11, 14))
    >>> policy.under_target(1, 100), policy.under_target(1, 101)
    (False, True)
    """

    name: str = "amazon-current"
    window_days: int = 60
    lag_days: int = 15
    target: float = 0.01
    warning_from: float = 0.007
    negative_stars: int = 2
    day_boundary: str = "utc"
    count_cancelled_orders: bool = True
    count_pending_orders: bool = True
    count_pending_claims: bool = True
    count_won_chargebacks: bool = False
    count_struck_feedback: bool = False
    level: float = 0.95

    def __post_init__(self) -> None:
        def check(ok: bool, what: str) -> None:
            if not ok:
                raise ParameterError(f"policy: {what}")

        check(self.window_days >= 1, f"window_days must be at least 1, got {self.window_days}.")
        check(self.lag_days >= 0, f"lag_days must be 0 or more, got {self.lag_days}.")
        check(0 < self.target < 1, f"target must be a fraction between 0 and 1, got {self.target}.")
        check(
            0 <= self.warning_from <= self.target,
            f"warning_from must lie between 0 and target ({self.target}), got {self.warning_from}.",
        )
        check(
            1 <= self.negative_stars <= 4,
            f"negative_stars must be 1 to 4, got {self.negative_stars}.",
        )
        check(
            self.day_boundary in ("utc", "marketplace"),
            f"day_boundary must be 'utc' or 'marketplace', got {self.day_boundary!r}.",
        )
        check(0 < self.level < 1, f"level must be a fraction between 0 and 1, got {self.level}.")

    def window(self, as_of: date) -> Window:
        """Order days that count on `as_of`."""
        end = as_of - timedelta(days=self.lag_days)
        return Window(end - timedelta(days=self.window_days - 1), end)

    def enters_on(self, ordered_on: date) -> date:
        """First day an order placed on `ordered_on` counts."""
        return ordered_on + timedelta(days=self.lag_days)

    def leaves_on(self, ordered_on: date) -> date:
        """Last day an order placed on `ordered_on` counts."""
        return ordered_on + timedelta(days=self.lag_days + self.window_days - 1)

    @property
    def target_fraction(self) -> Fraction:
        """`target` exactly as written, so that 1 of 100 is 1 % and not a float near it."""
        return Fraction(str(self.target))

    def under_target(self, n_defective: int, n_orders: int) -> bool:
        """Whether the rate is strictly below target; False without orders."""
        return n_orders > 0 and int(n_defective) < self.target_fraction * int(n_orders)

    def state(self, n_defective: int, n_orders: int) -> str:
        """``healthy``, ``warning``, ``critical``, or ``no data`` without orders."""
        if n_orders == 0:
            return "no data"
        if not self.under_target(n_defective, n_orders):
            return "critical"
        early = Fraction(str(self.warning_from)) * int(n_orders)
        return "warning" if int(n_defective) >= early else "healthy"

    def defect_budget(self, n_defective: int, n_orders: int) -> int:
        """How many more defective orders fit under the target; negative when over it."""
        most = -(-(self.target_fraction * int(n_orders)) // 1) - 1
        return int(most) - int(n_defective)

    def with_changes(self, **changes: Any) -> Policy:
        """A new policy with some fields replaced; an unknown name or a wrong type raises."""
        known = {f.name: f for f in fields(self)}
        for name, value in changes.items():
            if name not in known:
                raise ParameterError(
                    f"policy: unknown field {name!r}. Known fields: {', '.join(sorted(known))}."
                )
            current = getattr(self, name)
            fits = isinstance(value, type(current)) and not (
                isinstance(value, bool) and not isinstance(current, bool)
            )
            if not fits and not (isinstance(current, float) and type(value) is int):
                raise ParameterError(
                    f"policy: {name} must be {type(current).__name__}, got {value!r}."
                )
        changed = replace(self, **changes)
        if changed != self and "name" not in changes:
            changed = replace(changed, name=f"{self.name} (changed)")
        return changed

    def to_dict(self) -> dict[str, Any]:
        """Every field, as JSON can carry it."""
        return asdict(self)
