"""What would happen to the rate of one series on the coming days, in words."""

from __future__ import annotations

import numpy as np

from odr_analysis import words
from odr_analysis.answer.scenario.expected import counts_on, rate_on
from odr_analysis.whatif.paths import Path


def verdict(path: Path) -> str:
    """What would happen to the rate, to stand after "Seller-fulfilled ODR".

    Conditional throughout: defects not reported yet are left out of both courses, so no day
    named here is a forecast.

    Examples
    --------
    >>> from odr_analysis import Scenario, apply_scenario, load_sample
    >>> verdict(apply_scenario(load_sample(), Scenario()).focus).split(" and would ")[0]
    'is 1.07 % (17 of 1,593 orders)'
    """
    if not path.changed:
        return _unchanged(path)
    said = {"empty": _from_nothing, "over": _from_over, "under": _from_under}[path.base.now](path)
    return f"{said} ({words.IF_NOTHING_MORE})"


def _unchanged(path: Path) -> str:
    course, line = path.base, words.level(path.target)
    if course.now == "empty":
        return "is not shown today, because no order counts"
    under = course.now == "under"
    other = course.first("over" if under else "under")
    back = None if other is None else course.first("under" if under else "over", other)
    now = f"is {counts_on(course, 0)} and would "
    # A report to come only adds a defect: it can spoil good news, and not bad news.
    good = under == (other is None)
    condition = words.IF_NOTHING_MORE if good else f"even {words.IF_NOTHING_MORE}"
    if other is not None:
        now += f"reach {line} on " if under else f"be under {line} on "
        now += _day(path, other)
        if back is not None:
            again = " and be under it again on" if under else f", but at {line} or more from"
            now += f"{again} {_day(path, back)}"
        return f"{now}, {condition}"
    gone = course.first("empty")
    now += f"stay under {line} " if under else f"stay at {line} or more "
    until = f"for {_looked_at(path)}"
    if gone is not None:
        until = f"until {_day(path, gone)}, from when no order counts"
    return f"{now}{until}, {condition}"


def _from_nothing(path: Path) -> str:
    shown = int(np.flatnonzero(path.then.n_orders)[0])
    under = path.then.first("under", shown)
    first = f"would be shown from {_day(path, shown)}: {counts_on(path.then, shown)}"
    if path.then.states[shown] == "over" and under is not None:
        first += f", and under {words.level(path.target)} on {_day(path, under)}"
    return f"{first}; until {_day(path, shown - 1)} no order counts" if shown else first


def _from_over(path: Path) -> str:
    base, then, line = path.base, path.then, words.level(path.target)
    better, was = then.first("under"), base.first("under")
    gone = base.first("empty")
    alone = (
        f"not in {_looked_at(path)}"
        if gone is None
        else f"not before no order counts on {_day(path, gone)}"
    )
    if better is None and was is None:
        if gone is not None and then.first("empty") == gone:
            return f"would be at {line} or more until no order counts on {_day(path, gone)}"
        most = path.largest_change or 0
        return (
            f"would be at {line} or more for {_looked_at(path)} either way: "
            f"{_instead(path, most)} on {_day(path, most)}"
        )
    if better is None:
        assert was is not None
        return f"would not be under {line} in {_looked_at(path)}; without it, on {_day(path, was)}"
    again, again_was = then.first("over", better), base.first("over", was)
    relapse = ""
    if again is not None:
        relapse = f", but at {line} or more again from {_day(path, again)}"
        if again_was is not None:
            same = again == again_was
            relapse += " either way" if same else f" instead of {_day(path, again_was)}"
    elif again_was is not None:
        relapse = (
            f" and stay so; without it, it would be at {line} or more again from "
            f"{_day(path, again_was)}"
        )
    if better == 0:
        head = f"would be under {line} at once ({_instead(path, 0)})"
        return head + (f", not only on {_day(path, was)}" if was is not None else "") + relapse
    if was is None:
        return f"would be under {line} on {_day(path, better)}{relapse}; without it, {alone}"
    if was != better:
        only = "only on" if better > was else "on"
        return (
            f"would be under {line} {only} {_day(path, better)} instead of "
            f"{_day(path, was)}{relapse}"
        )
    head = f"would be under {line} on {_day(path, better)} either way{relapse}"
    most = path.largest_change or 0
    if again != again_was:
        return head
    return f"{head}; {_instead(path, most)} on {_day(path, most)}"


def _from_under(path: Path) -> str:
    base, then, line = path.base, path.then, words.level(path.target)
    worse, would = then.first("over"), base.first("over")
    if worse is None and would is None:
        gone = base.first("empty")
        stay = f"would stay under {line} for {_looked_at(path)}"
        if gone is not None and then.first("empty") is None:
            return f"{stay}; without it, no order counts from {_day(path, gone)}"
        most = path.largest_change or 0
        return f"{stay} either way: {_instead(path, most)} on {_day(path, most)}"
    if worse is None:
        assert would is not None
        return (
            f"would stay under {line} for {_looked_at(path)}; without it, it would reach {line} "
            f"on {_day(path, would)}"
        )
    back, back_was = then.first("under", worse), base.first("under", would)
    again = ""
    if back is not None:
        again = f" and be under it again on {_day(path, back)}"
        if back_was is not None and back_was != back:
            again += f" instead of {_day(path, back_was)}"
    if would is None:
        return f"would reach {line} on {_day(path, worse)}{again}; without it, it would stay under"
    if worse == would:
        return f"would reach {line} on {_day(path, worse)} either way{again}"
    return f"would reach {line} on {_day(path, worse)} instead of {_day(path, would)}{again}"


def _day(path: Path, i: int) -> str:
    return words.day(path.on(i), path.as_of.year)


def _instead(path: Path, i: int) -> str:
    """``0.78 % instead of 1.04 %``."""
    return f"{rate_on(path.then, i)} instead of {rate_on(path.base, i)}"


def _looked_at(path: Path) -> str:
    """``the 75 days looked at``: the horizon of the table, which is not a deadline."""
    return f"the {words.counted(path.last, 'day')} looked at"
