"""The coming days of one series, without and with a scenario, and what happens on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from odr_analysis import words
from odr_analysis.whatif.wording import is_whole, rate_of, under_target

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Course:
    """One rate over the coming days."""

    n_orders: Floats
    n_defective: Floats
    target: float

    @cached_property
    def states(self) -> npt.NDArray[np.str_]:
        """``under`` or ``over`` target (at target is over), or ``empty`` without orders."""
        under = under_target(self.n_defective, self.n_orders, self.target)
        return np.where(under, "under", np.where(self.n_orders > 0, "over", "empty"))

    @property
    def now(self) -> str:
        """State on the first day."""
        return str(self.states[0])

    def first(self, state: str, after: int | None = 0) -> int | None:
        """First day in `state` from day `after` on; None when there is none, or no `after`."""
        if after is None:
            return None
        hits = np.flatnonzero(self.states[after:] == state)
        return int(hits[0]) + after if len(hits) else None

    def rate(self, i: int) -> str:
        """``0.86 %``."""
        return rate_of(self.n_defective[i], self.n_orders[i], self.target)

    def said(self, i: int) -> str:
        """``0.86 % (37 of 4,312 orders)``; expected counts are marked and shown whole."""
        n, d = self.n_orders[i], self.n_defective[i]
        about = "" if is_whole(n, d) else "about "
        orders = "order" if n == 1 else "orders"
        return f"{self.rate(i)} ({about}{words.number(d)} of {words.number(n)} {orders})"


@dataclass(frozen=True)
class Path:
    """Baseline and scenario of one marketplace and channel, day by day from `as_of`."""

    pair: tuple[str, str]
    as_of: date
    base: Course
    then: Course

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Path:
        """From the rows of one series out of ``apply_scenario``."""
        target = frame.attrs["target"]

        def course(which: str) -> Course:
            return Course(
                frame[f"{which}_n_orders"].to_numpy(),
                frame[f"{which}_n_defective"].to_numpy(),
                target,
            )

        pair = (str(frame["marketplace"].iloc[0]), str(frame["channel"].iloc[0]))
        return cls(
            pair, date.fromisoformat(frame.attrs["as_of"]), course("baseline"), course("scenario")
        )

    @cached_property
    def changed(self) -> bool:
        return not (
            np.array_equal(self.base.n_orders, self.then.n_orders)
            and np.array_equal(self.base.n_defective, self.then.n_defective)
        )

    @property
    def last(self) -> int:
        return len(self.base.n_orders) - 1

    @property
    def target(self) -> float:
        return self.base.target

    @property
    def first_extra(self) -> int | None:
        """First day on which an extra order counts."""
        hits = np.flatnonzero(self.then.n_orders > self.base.n_orders + 0.5)
        return int(hits[0]) if len(hits) else None

    @cached_property
    def largest_change(self) -> int | None:
        """Day on which the two rates lie furthest apart; None when they never do."""
        both = (self.base.n_orders > 0) & (self.then.n_orders > 0)
        apart = np.zeros(len(both))
        for course, sign in ((self.then, 1), (self.base, -1)):
            apart[both] += sign * course.n_defective[both] / course.n_orders[both]
        most = int(np.abs(apart).argmax())
        return most if apart[most] else None

    def day(self, i: int) -> str:
        return words.day(self.as_of + timedelta(days=i), self.as_of.year)

    def instead(self, i: int) -> str:
        """``0.78 % instead of 1.04 %``."""
        now, was = (c.rate(i) for c in (self.then, self.base))
        return f"{now} instead of {was}"

    @property
    def looked_at(self) -> str:
        """``the 75 days looked at``: the horizon of the table, which is no deadline."""
        return f"the {words.counted(self.last, 'day')} looked at"

    def verdict(self) -> str:
        """What would happen to the rate, to stand after "Seller-fulfilled ODR".

        Conditional throughout: defects not reported yet are left out of both courses, so no day
        named here is a forecast.
        """
        if not self.changed:
            return self._unchanged()
        return {"empty": self._from_nothing, "over": self._from_over, "under": self._from_under}[
            self.base.now
        ]() + f" ({words.IF_NOTHING_MORE})"

    def _unchanged(self) -> str:
        course, line = self.base, words.level(self.target)
        if course.now == "empty":
            return "is not shown today, because no order counts"
        under = course.now == "under"
        other = course.first("over" if under else "under")
        back = None if other is None else course.first("under" if under else "over", other)
        now = f"is {course.said(0)} and would "
        # A report to come only adds a defect: it can spoil good news, and not bad news.
        good = under == (other is None)
        condition = words.IF_NOTHING_MORE if good else f"even {words.IF_NOTHING_MORE}"
        if other is not None:
            now += f"reach {line} on " if under else f"be under {line} on "
            now += self.day(other)
            if back is not None:
                again = " and be under it again on" if under else f", but at {line} or more from"
                now += f"{again} {self.day(back)}"
            return f"{now}, {condition}"
        gone = course.first("empty")
        now += f"stay under {line} " if under else f"stay at {line} or more "
        until = f"for {self.looked_at}"
        if gone is not None:
            until = f"until {self.day(gone)}, from when no order counts"
        return f"{now}{until}, {condition}"

    def _from_nothing(self) -> str:
        shown = int(np.flatnonzero(self.then.n_orders)[0])
        under = self.then.first("under", shown)
        first = f"would be shown from {self.day(shown)}: {self.then.said(shown)}"
        if self.then.states[shown] == "over" and under is not None:
            first += f", and under {words.level(self.target)} on {self.day(under)}"
        return f"{first}; until {self.day(shown - 1)} no order counts" if shown else first

    def _from_over(self) -> str:
        base, then, line = self.base, self.then, words.level(self.target)
        better, was = then.first("under"), base.first("under")
        gone = base.first("empty")
        alone = (
            f"not in {self.looked_at}"
            if gone is None
            else f"not before no order counts on {self.day(gone)}"
        )
        if better is None and was is None:
            if gone is not None and then.first("empty") == gone:
                return f"would be at {line} or more until no order counts on {self.day(gone)}"
            most = self.largest_change or 0
            return (
                f"would be at {line} or more for {self.looked_at} either way: "
                f"{self.instead(most)} on {self.day(most)}"
            )
        if better is None:
            assert was is not None
            return f"would not be under {line} in {self.looked_at}; without it, on {self.day(was)}"
        again, again_was = then.first("over", better), base.first("over", was)
        relapse = ""
        if again is not None:
            relapse = f", but at {line} or more again from {self.day(again)}"
            if again_was is not None:
                same = again == again_was
                relapse += " either way" if same else f" instead of {self.day(again_was)}"
        elif again_was is not None:
            relapse = (
                f" and stay so; without it, it would be at {line} or more again from "
                f"{self.day(again_was)}"
            )
        if better == 0:
            head = f"would be under {line} at once ({self.instead(0)})"
            return head + (f", not only on {self.day(was)}" if was is not None else "") + relapse
        if was is None:
            return f"would be under {line} on {self.day(better)}{relapse}; without it, {alone}"
        if was != better:
            only = "only on" if better > was else "on"
            return (
                f"would be under {line} {only} {self.day(better)} instead of "
                f"{self.day(was)}{relapse}"
            )
        head = f"would be under {line} on {self.day(better)} either way{relapse}"
        most = self.largest_change or 0
        if again != again_was:
            return head
        return f"{head}; {self.instead(most)} on {self.day(most)}"

    def _from_under(self) -> str:
        base, then, line = self.base, self.then, words.level(self.target)
        worse, would = then.first("over"), base.first("over")
        if worse is None and would is None:
            gone = base.first("empty")
            stay = f"would stay under {line} for {self.looked_at}"
            if gone is not None and then.first("empty") is None:
                return f"{stay}; without it, no order counts from {self.day(gone)}"
            most = self.largest_change or 0
            return f"{stay} either way: {self.instead(most)} on {self.day(most)}"
        if worse is None:
            assert would is not None
            return (
                f"would stay under {line} for {self.looked_at}; without it, it would reach {line} "
                f"on {self.day(would)}"
            )
        back, back_was = then.first("under", worse), base.first("under", would)
        again = ""
        if back is not None:
            again = f" and be under it again on {self.day(back)}"
            if back_was is not None and back_was != back:
                again += f" instead of {self.day(back_was)}"
        if would is None:
            return (
                f"would reach {line} on {self.day(worse)}{again}; without it, it would stay under"
            )
        if worse == would:
            return f"would reach {line} on {self.day(worse)} either way{again}"
        return f"would reach {line} on {self.day(worse)} instead of {self.day(would)}{again}"


def focus_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of the one series a picture or a headline is about.

    The series the extra orders go to, if the scenario moves it; else the first one it moves;
    else the series extra orders would go to.

    Parameters
    ----------
    frame : pandas.DataFrame
        Out of ``apply_scenario``; of one series it comes back as it is.

    Examples
    --------
    >>> from odr_analysis import Scenario, apply_scenario, load_sample
    >>> from odr_analysis.whatif import focus_rows
    >>> focus_rows(apply_scenario(load_sample(), Scenario())).channel.unique().tolist()
    ['mfn']
    """
    pairs = list(zip(frame["marketplace"], frame["channel"], strict=True))
    series = list(dict.fromkeys(pairs))
    if len(series) < 2:
        return frame
    first = tuple(frame.attrs["series"] or series[0])
    # A frame filtered to other series has no rows of the one the extra orders go to.
    order = sorted(series, key=lambda pair: pair != first)
    parts = [frame[np.array([pair == p for p in pairs])] for pair in order]
    return next((part for part in parts if Path.of(part).changed), parts[0])


def scenario_headline(frame: pd.DataFrame) -> str:
    """The finding of one series in one line, for the head of a figure.

    Parameters
    ----------
    frame : pandas.DataFrame
        Out of ``apply_scenario``, the rows of one marketplace and channel or all of them; of
        several the one the scenario moves, see :func:`focus_rows`.

    Examples
    --------
    >>> from odr_analysis import Scenario, apply_scenario, load_sample
    >>> from odr_analysis.whatif import scenario_headline
    >>> frame = apply_scenario(load_sample(), Scenario())
    >>> scenario_headline(frame).split(" is ")[0]
    'Seller-fulfilled ODR'
    """
    path = Path.of(focus_rows(frame))
    return f"{words.channel(path.pair[1])} ODR {path.verdict()}"


def key_days(frame: pd.DataFrame) -> pd.DataFrame:
    """The few days of one series that matter: today, first effect, crossings, largest change.

    One row per such day, in order of time; none where no order of the account counts.

    Parameters
    ----------
    frame : pandas.DataFrame
        As for :func:`scenario_headline`.

    Returns
    -------
    pandas.DataFrame
        ``day`` (datetime64[us]), ``what`` (str, why the day is in the list), then the baseline
        and scenario counts, rates and ``delta`` of `frame`, unrounded.

    Examples
    --------
    >>> from odr_analysis import Scenario, apply_scenario, load_sample
    >>> from odr_analysis.whatif import key_days
    >>> frame = apply_scenario(load_sample(), Scenario())
    >>> key_days(frame).what.iloc[0]
    'today'
    """
    frame = focus_rows(frame)
    picks: dict[int, list[str]] = {}

    def pick(i: int | None, what: str) -> None:
        if i is not None:
            picks.setdefault(i, []).append(what)

    if len(frame):
        path = Path.of(frame)
        pick(0, "today")
        pick(path.first_extra, "first extra order counts")
        _pick_crossings(path, pick)
        pick(path.largest_change, "largest difference")
        pick(path.last, "last day looked at")
    chosen = sorted(picks)
    columns = [
        f"{which}_{what}"
        for which in ("baseline", "scenario")
        for what in ("n_orders", "n_defective", "odr")
    ]
    table = frame.reset_index(drop=True).loc[chosen, ["day", *columns, "delta"]]
    what = pd.Series([", ".join(picks[i]) for i in chosen], index=table.index, dtype="str")
    table.insert(1, "what", what)
    return table.reset_index(drop=True)


def _pick_crossings(path: Path, pick: Callable[[int | None, str], None]) -> None:
    line = words.level(path.target)
    crossings: dict[int, dict[str, str]] = {}
    for which, course in (("without", path.base), ("with", path.then)):
        if course.now == "empty":
            continue
        under = course.now == "under"
        day = course.first("over" if under else "under")
        if day is not None:
            crossings.setdefault(day, {})[which] = f"reaches {line}" if under else f"under {line}"
    for day, by in crossings.items():
        if not path.changed or (len(set(by.values())) == 1 and len(by) == 2):
            pick(day, next(iter(by.values())))
            continue
        for which, what in by.items():
            pick(day, f"{what} {which} it")
