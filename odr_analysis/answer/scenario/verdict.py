"""What will happen to the rate of one series on the coming days, in words."""

from __future__ import annotations

import numpy as np

from odr_analysis import words
from odr_analysis.answer.scenario.expected import counts_on, rate_on
from odr_analysis.forecasting.coming_days.outlook import LIKELY
from odr_analysis.whatif.paths import Course, Path

UNLIKELY = 1 - LIKELY


def verdict(path: Path, *, lower_bound: bool = False, partly: bool = False) -> str:
    """What will happen to the rate, to stand after "Seller-fulfilled ODR".

    With a `lower_bound`, of which only some kinds of defect are known, no good news is given of
    the rate as it is, and what a scenario does is that by the known kinds alone; `partly` likewise
    where orders are missing, or too few are known for a forecast.

    A day on which the rate crosses the target is the first on which it is more likely on the
    other side than not; how sure that is stands beside it.

    Examples
    --------
    >>> from odr_analysis import Scenario, apply_scenario, load_sample
    >>> verdict(apply_scenario(load_sample(), Scenario()).focus).split(" and will ")[0]
    'is 1.07 % (17 of 1,593 orders)'
    """
    if not path.changed:
        if path.base.now == "empty":
            return "is not shown today, because no order counts"
        counts = counts_on(path.known, 0)
        if lower_bound:
            return f"is at least {counts}{_at_worst(path)}"
        if partly:
            return f"is {counts} by the orders known; what it will be cannot be known"
        # Of a forecast that begins before today even today is an estimate.
        base, known = (course.n_defective[0] for course in (path.base, path.known))
        least = "at least " if base > known and not np.isclose(base, known) else ""
        return f"is {least}{counts} and {coming(path)}"
    if lower_bound:
        return _by_what_is_known(path, "by the known kinds of defect alone")
    if partly:
        return _by_what_is_known(path, "by the orders known alone")
    said = {"empty": _from_nothing, "over": _from_over, "under": _from_under}[path.base.now](path)
    return f"{said} ({_certainty(path, path.then)[1]})" if path.then.rated else said


def coming(path: Path) -> str:
    """What will happen if nothing is changed, of a rate that is shown today."""
    course, line = path.base, words.level(path.target)
    gone = course.first("empty")
    until, within = (f"{word} {_looked_at(path)}" for word in ("for", "within"))
    if gone is not None:
        until = within = f"until {_day(path, gone)}, from when no order counts"
    under = course.now == "under"
    other = course.first("over" if under else "under")
    ahead = [day for day in course.rated if day]
    if not path.last:
        return "no day ahead is looked at"
    if not ahead:
        return f"will not be shown from {_day(path, gone or 0)}, when no order counts"
    if other is None and under:
        least = min(course.p_under(day) for day in ahead)
        sure = words.probability(least) + (" or more" if least <= 0.99 else "")
        will = "will" if least >= LIKELY else "will probably"
        return f"{will} stay under {line} {until}, on each day with a probability of {sure}"
    if other is None:
        best = max(ahead, key=course.p_under)
        p = course.p_under(best)
        most = f"at most {words.probability(p)}, on {_day(path, best)}"
        if p < 0.01:
            most = f"{words.probability(p)} on every day"
        probably = "" if p < UNLIKELY else "probably "
        return (
            f"will {probably}not recover by itself {within}: the probability of a rate under "
            f"{line} is {most}"
        )
    is_sure, sure = _certainty(path, course)
    # A day or two on the other side are no crossing, where it stays afterwards.
    if under:
        back = course.for_good("under", other)
    else:
        settled = course.for_good("under")
        other, back = (other, course.first("over", other)) if settled is None else (settled, None)
    will = "will" if is_sure else "will probably"
    if under:
        again = f" and be under it again from {_day(path, back)}" if back is not None else ""
        return f"{will} reach {line} on {_day(path, other)}{again} ({sure})"
    again = f", but at {line} or more again from {_day(path, back)}" if back is not None else ""
    return f"{will} be under {line} from {_day(path, other)}{again} ({sure})"


def _at_worst(path: Path) -> str:
    """What may be said of a rate of which only some kinds of defect are known: no good news."""
    line = words.level(path.target)
    if path.base.now == "over":
        return f"; when it will be under {line} cannot be known"
    worse = path.base.first("over")
    if worse is None:
        return f"; whether it stays under {line} cannot be known"
    return (
        f" and by the known kinds of defect alone will probably reach {line} on "
        f"{_day(path, worse)}, or before"
    )


def _by_what_is_known(path: Path, how: str) -> str:
    """What a scenario does to a rate of which too little is known for a promise."""
    most, shown = path.largest_change, path.then.rated
    if most is not None:
        moved = f"would be {_moved(path, most)}"
    elif shown and not path.base.rated:
        moved = f"would be shown from {_day(path, shown[0])}: {counts_on(path.then, shown[0])}"
    else:
        moved = "would be the same"
    return f"{moved} {how}; whether it is under {words.level(path.target)} cannot be known"


def _certainty(path: Path, course: Course) -> tuple[bool, str]:
    """Whether the days named are likely throughout, and how likely they are in words.

    The likelihood of a day is that of the side of the target it is called to be on.
    """
    rated = course.rated
    side = course.states[rated]
    sure = np.array([max(course.p_under(day), 1 - course.p_under(day)) for day in rated])
    turned = np.flatnonzero(side[1:] != side[:-1])
    last_turn = int(turned[-1]) + 1 if len(turned) else 0
    for least in (LIKELY, 0.8, 0.7, 0.6):
        unsure = np.flatnonzero(sure < least)
        likely = int(unsure[-1]) + 1 if len(unsure) else 0
        level = f"{words.about(least)} or more"
        if likely <= last_turn:
            return least == LIKELY, f"probability {level}"
        if likely < len(rated):
            return False, f"more likely than not; {level} from {_day(path, rated[likely])}"
    end = words.probability(float(sure[-1]))
    return False, f"more likely than not; {end} on {_day(path, rated[-1])}"


def _from_nothing(path: Path) -> str:
    if not path.then.rated:
        return "would not be shown either, because no order counts"
    shown = path.then.rated[0]
    under = path.then.first("under", shown)
    first = f"would be shown from {_day(path, shown)}: {counts_on(path.then, shown)}"
    if path.then.states[shown] == "over" and under is not None:
        first += f", and under {words.level(path.target)} from {_day(path, under)}"
    return f"{first}; until {_day(path, shown - 1)} no order counts" if shown else first


def _recovery(course: Course) -> tuple[int | None, int | None]:
    """From which day on a rate over target is under it, and from which it is over again for good.

    Where it ends under target, the day after the last on which it is over, and none; else the
    first day under it, which does not last.
    """
    settled = course.for_good("under")
    if settled is not None:
        return settled, None
    first = course.first("under")
    return first, course.for_good("over", first) if first is not None else None


def _from_over(path: Path) -> str:
    base, then, line = path.base, path.then, words.level(path.target)
    (better, again), (was, again_was) = _recovery(then), _recovery(base)
    gone = base.first("empty")
    alone = (
        f"not in {_looked_at(path)}"
        if gone is None
        else f"not before no order counts on {_day(path, gone)}"
    )
    if better is None and was is None:
        if gone is not None and then.first("empty") == gone:
            return f"would be at {line} or more until no order counts on {_day(path, gone)}"
        return f"would be at {line} or more for {_looked_at(path)} either way{_largest(path)}"
    if better is None:
        assert was is not None
        return (
            f"would not be under {line} in {_looked_at(path)}; without it, from {_day(path, was)}"
        )
    relapse = ""
    if again is not None:
        relapse = f", but at {line} or more again from {_day(path, again)}"
        if again_was is not None:
            same = again == again_was
            relapse += " either way" if same else f" instead of {_day(path, again_was)}"
        elif was is not None:
            relapse += "; without it, it would stay under"
    elif again_was is not None:
        relapse = (
            f" and stay so; without it, it would be at {line} or more again from "
            f"{_day(path, again_was)}"
        )
    if better == 0:
        head = f"would be under {line} at once ({_instead(path, 0)})"
        return head + (f", not only from {_day(path, was)}" if was is not None else "") + relapse
    if was is None:
        return f"would be under {line} from {_day(path, better)}{relapse}; without it, {alone}"
    if was != better:
        only = "only from" if better > was else "from"
        return (
            f"would be under {line} {only} {_day(path, better)} instead of "
            f"{_day(path, was)}{relapse}"
        )
    head = f"would be under {line} from {_day(path, better)} either way{relapse}"
    return head if again != again_was else f"{head}{_largest(path)}"


def _from_under(path: Path) -> str:
    base, then, line = path.base, path.then, words.level(path.target)
    worse, would = then.first("over"), base.first("over")
    if worse is None and would is None:
        gone = base.first("empty")
        stay = f"would stay under {line} for {_looked_at(path)}"
        if gone is not None and then.first("empty") is None:
            return f"{stay}; without it, no order counts from {_day(path, gone)}"
        return f"{stay} either way{_largest(path)}"
    if worse is None:
        assert would is not None
        return (
            f"would stay under {line} for {_looked_at(path)}; without it, it would reach {line} "
            f"on {_day(path, would)}"
        )
    back = then.for_good("under", worse)
    back_was = None if would is None else base.for_good("under", would)
    again = ""
    if back is not None:
        again = f" and be under it again from {_day(path, back)}"
        if back_was is not None and back_was != back:
            again += f" instead of {_day(path, back_was)}"
        elif back_was is None and would is not None:
            again += ", which without it it would not"
    elif back_was is not None:
        again = f" and not be under it again; without it, from {_day(path, back_was)}"
    if would is None:
        return f"would reach {line} on {_day(path, worse)}{again}; without it, it would stay under"
    if worse == would:
        return f"would reach {line} on {_day(path, worse)} either way{again}"
    return f"would reach {line} on {_day(path, worse)} instead of {_day(path, would)}{again}"


def _day(path: Path, i: int) -> str:
    return words.day(path.on(i), path.as_of.year)


def _largest(path: Path) -> str:
    """The largest difference, with its day, to stand after "either way"."""
    most = path.largest_change
    if most is None:
        return ", and the rate hardly differs"
    return f"; {_moved(path, most)}"


def _moved(path: Path, i: int) -> str:
    return f"{_instead(path, i)} on {_day(path, i)}"


def _instead(path: Path, i: int) -> str:
    """``0.78 % instead of 1.04 %``."""
    return f"{rate_on(path.then, i)} instead of {rate_on(path.base, i)}"


def _looked_at(path: Path) -> str:
    """``the 75 days looked at``: the horizon of the table, which is not a deadline."""
    return f"the {words.counted(path.last, 'day')} looked at"
