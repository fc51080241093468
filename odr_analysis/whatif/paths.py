"""The coming days of one series, without and with a scenario: crossings and days that matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from odr_analysis.arrays import Flags, Floats, Integers
from odr_analysis.forecasting.coming_days.outlook import ENOUGH_ORDERS
from odr_analysis.forecasting.look_ahead import ratio

KeyKind = Literal["today", "first extra", "over", "under", "largest", "last"]


@dataclass(frozen=True, eq=False)
class Course:
    """One rate over the coming days.

    Attributes
    ----------
    n_orders, n_defective : array [day]
        Counts, or what is expected of them.
    target : float
    p_breach : float array [day], optional
        Probability that the rate shown is not below target, where counts are expected; NaN
        without orders.
    lower, upper : float array [day], optional
        90 % interval of the rate shown, likewise.

    Examples
    --------
    >>> course = Course(np.array([100, 101, 0]), np.array([1, 1, 0]), target=0.01)
    >>> course.states.tolist(), course.first("under"), course.first("over", after=1)
    (['over', 'under', 'empty'], 1, None)
    """

    n_orders: Floats | Integers
    n_defective: Floats | Integers
    target: float
    p_breach: Floats | None = None
    lower: Floats | None = None
    upper: Floats | None = None

    @cached_property
    def odr(self) -> Floats:
        """The rate of each day, a fraction 0-1; NaN without orders."""
        return ratio(self.n_defective, self.n_orders)

    @cached_property
    def states(self) -> npt.NDArray[np.str_]:
        """``under`` or ``over`` target (at target is over), or ``empty`` without orders.

        A forecast is under where it is more likely under than not.
        """
        if self.p_breach is None:
            under = under_target(self.n_defective, self.n_orders, self.target)
        else:
            under = self.p_breach < 0.5  # NaN, without orders, is not
        return np.where(under, "under", np.where(self.n_orders > 0, "over", "empty"))

    @property
    def probabilities(self) -> Floats:
        """``p_breach``; NaN where counts are not expected but known."""
        return np.full(len(self.states), np.nan) if self.p_breach is None else self.p_breach

    @property
    def rated(self) -> list[int]:
        """Days on which orders count."""
        found: list[int] = np.flatnonzero(np.asarray(self.n_orders) > 0).tolist()
        return found

    @property
    def now(self) -> str:
        """State on the first day."""
        return str(self.states[0])

    def p_under(self, day: int) -> float:
        """Probability that the rate is below target on a day with orders."""
        if self.p_breach is None:
            return float(self.states[day] == "under")
        return 1 - float(self.p_breach[day])

    def first(self, state: str, after: int | None = 0) -> int | None:
        """First day in `state` from day `after` on; None when there is none, or no `after`."""
        if after is None:
            return None
        hits = np.flatnonzero(self.states[after:] == state)
        return int(hits[0]) + after if len(hits) else None

    def for_good(self, state: str, after: int = 0) -> int | None:
        """First day from `after` on from which on no day is in the other state; None without one.

        >>> course = Course(np.full(4, 100), np.array([1, 0, 1, 0]), target=0.01)
        >>> course.first("under"), course.for_good("under"), course.for_good("over")
        (1, 3, None)
        """
        other = "over" if state == "under" else "under"
        fails = np.flatnonzero(self.states == other)
        return self.first(state, max(int(fails[-1]) + 1 if len(fails) else 0, after))


@dataclass(frozen=True)
class KeyDay:
    """A day of a path that matters.

    Attributes
    ----------
    day : int
        Days after ``as_of``.
    what : str
        ``today``, ``first extra`` (order counts), ``over`` and ``under`` (the rate crosses the
        target), ``largest`` (difference) or ``last`` (day looked at).
    of : str
        Which of the two courses crosses: ``with`` or ``without`` the scenario; '' for both.
    """

    day: int
    what: KeyKind
    of: Literal["with", "without", ""] = ""


@dataclass(frozen=True, eq=False)
class Path:
    """Baseline and scenario of one marketplace and channel, day by day from `as_of`.

    Attributes
    ----------
    pair : (str, str)
        Marketplace and channel.
    as_of : datetime.date
        The first day.
    known : Course
        Orders placed and defects known by `as_of` alone, whole numbers.
    base, then : Course
        The forecast: without and with the scenario.
    """

    pair: tuple[str, str]
    as_of: date
    known: Course
    base: Course
    then: Course

    @classmethod
    def of_days(cls, rows: pd.DataFrame, target: float) -> Path:
        """The forecast of one series with nothing changed, from its rows of ``roll_off``."""
        n_orders = rows["n_orders"].to_numpy(np.float64)
        known = Course(n_orders, rows["n_defective"].to_numpy(np.int64), target)
        expected = np.nan_to_num(rows["odr"].to_numpy(np.float64)) * n_orders
        base = Course(n_orders, expected, target, rows["p_breach"].to_numpy(np.float64))
        marketplace, channel = rows[["marketplace", "channel"]].iloc[0]
        return cls((marketplace, channel), rows["day"].iloc[0].date(), known, base, base)

    @cached_property
    def changed(self) -> bool:
        """Whether the scenario changes any day."""
        # Medians may be alike where probabilities are not.
        return self.then is not self.base and not all(
            np.array_equal(one, other, equal_nan=True)
            for one, other in (
                (self.base.n_orders, self.then.n_orders),
                (self.base.n_defective, self.then.n_defective),
                (self.base.probabilities, self.then.probabilities),
            )
        )

    @property
    def last(self) -> int:
        """The last day looked at, in days after `as_of`."""
        return len(self.base.n_orders) - 1

    @property
    def target(self) -> float:
        """The rate must stay below it."""
        return self.base.target

    @property
    def first_extra(self) -> int | None:
        """First day on which an extra order counts."""
        hits = np.flatnonzero(self.then.n_orders > self.base.n_orders + 0.5)
        return int(hits[0]) if len(hits) else None

    @cached_property
    def largest_change(self) -> int | None:
        """Day on which the two rates lie furthest apart; None when they never do.

        Days on which so few orders count that one defect decides are none, unless all are such.
        """
        fewer = np.minimum(self.base.n_orders, self.then.n_orders)
        enough = ENOUGH_ORDERS if (fewer >= ENOUGH_ORDERS).any() else 1
        apart = np.where(fewer >= enough, self.then.odr - self.base.odr, 0.0)
        most = int(np.abs(apart).argmax())
        return most if apart[most] else None

    def on(self, day: int) -> date:
        """The date so many days after `as_of`."""
        return self.as_of + timedelta(days=day)

    def key_days(self) -> Iterator[KeyDay]:
        """The few days that matter: today, first effect, crossings, largest change, the last."""
        yield KeyDay(0, "today")
        if self.first_extra is not None:
            yield KeyDay(self.first_extra, "first extra")
        yield from self._crossings()
        if self.largest_change is not None:
            yield KeyDay(self.largest_change, "largest")
        yield KeyDay(self.last, "last")

    def _crossings(self) -> Iterator[KeyDay]:
        """The first day each course is on the other side of the target than today."""
        turns: dict[int, dict[Literal["with", "without"], KeyKind]] = {}
        courses: tuple[tuple[Literal["with", "without"], Course], ...] = (
            ("without", self.base),
            ("with", self.then),
        )
        for which, course in courses:
            other: KeyKind = "over" if course.now == "under" else "under"
            day = None if course.now == "empty" else course.first(other)
            if day is not None:
                turns.setdefault(day, {})[which] = other
        for day, by in turns.items():
            if not self.changed or (len(by) == 2 and len(set(by.values())) == 1):
                yield KeyDay(day, next(iter(by.values())))
            else:
                yield from (KeyDay(day, what, which) for which, what in by.items())


def under_target(n_defective: npt.ArrayLike, n_orders: npt.ArrayLike, target: float) -> Flags:
    """Whether each rate is strictly below target; False without orders.

    Compares whole numbers, so that 1 of 100 is not below 1 %. Expected counts carry rounding
    errors in their last digits; a tie within them counts as a tie.

    >>> under_target([1, 1, 0], [100, 101, 0], 0.01).tolist()
    [False, True, False]
    """
    share = Fraction(str(target))
    bad = np.asarray(n_defective, dtype=float) * share.denominator
    allowed = np.asarray(n_orders, dtype=float) * share.numerator
    below: Flags = bad < allowed - 1e-9 * np.maximum(allowed, 1.0)
    return below & (np.asarray(n_orders) > 0)
