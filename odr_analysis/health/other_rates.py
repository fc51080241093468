"""The other rates of account health: cancellation, late shipment, tracking, delivery, invoices.

Each has a window, a distance from today, and a target of its own, which stand in
``health_rules.RULES`` with who says so. Two can be counted from exports, since Account Health
names their bad orders in a list: cancellation and late shipment; the latter also where every order
has a promised and an actual time of dispatch. The others need parcels and delivery scans that no
export holds, so they come from a performance report or are not known.
What is not known is not 0.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from odr_analysis import words
from odr_analysis.account import Account
from odr_analysis.exports.performance.checks import USUAL, agrees
from odr_analysis.exports.readers.health_lists import LATE_SHIPMENTS, VALID_TRACKING
from odr_analysis.health.from_dispatch import Dispatches
from odr_analysis.health.from_lists import Exports
from odr_analysis.health.rules import (
    HEALTH_COLUMNS,
    LISTS,
    REPORT,
    RULES,
    UNITS,
    Rule,
    finished,
    health_state,
    longest_window,
    meets,
)
from odr_analysis.policy import Policy, Window
from odr_analysis.rates.rolling import asked_on, date_of
from odr_analysis.schema import table_of

__all__ = ["HEALTH_COLUMNS", "RULES", "Rule", "health_state", "meets", "other_rates"]

GOOD_COUNTED = ("valid_tracking", "on_time_delivery", "unit_on_time_delivery")
"""Metrics of which a performance report counts the good ones."""


def other_rates(account: Account, as_of: date | str | None = None) -> pd.DataFrame:
    """Every rate of account health beside ODR, as far as the files tell it.

    Parameters
    ----------
    account : Account
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        Day the rates are stated for; by default ``account.known_to``.

    Returns
    -------
    pandas.DataFrame
        **One row per metric x marketplace x window**, in the order of ``RULES`` within each
        marketplace; columns are ``HEALTH_COLUMNS``. Each rule that holds in a marketplace has
        its row, known or not; windows that only a performance report has come after.

        ``source`` is ``exports`` where the rate can be counted: the numerator are the orders
        a list of Account Health names as having an impact, the denominator the
        seller-fulfilled orders of any status placed in the window. A list is taken to be of
        the window where all of that could be in it, given the days of the orders it names,
        and of the stores whose orders it names. An empty list is taken to be of
        ``account.known_to``, if only one store ships itself.
        Else ``source`` is ``snapshot``: the newest performance report up to `as_of`, with its
        own days and counts. Its stated rate is used only where it lacks one of two counts;
        counts that contradict it are used and the note says so; counts that cannot be give
        no rate.
        Without both, late shipment is still counted from ``exports`` where every
        seller-fulfilled order of the window gives the promised and the actual time of dispatch.
        Else ``unknown``, with NaN, <NA> and the file that is ``missing``. Where all orders of
        a marketplace are Amazon-fulfilled, ``n_total`` is 0 and there is no rate.

        ``state`` is ``critical`` where a binding target is missed, ``warning`` where a
        recommended one is, or where seven tenths of the room up to the target are used up.

    Raises
    ------
    ParameterError
        `as_of` is no date.

    Notes
    -----
    ``rate`` is ``n_bad / n_total`` for ``below`` and ``1 - n_bad / n_total`` for the others.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> rates = other_rates(load_sample())
    >>> rates[["metric", "window_days", "source"]].head(2).to_numpy().tolist()
    [['cancellation', 7, 'unknown'], ['late_shipment', 10, 'unknown']]
    >>> rates.missing[0]
    'the cancellation list of Account Health or the seller performance report'
    """
    day = date_of(asked_on(as_of, account.known_to))
    exports, told = Exports(account), _newest(account.snapshots, day)
    dispatches = Dispatches(account)
    stores = [marketplace for marketplace, _ in account.series]
    rows: list[dict[str, Any]] = []
    for marketplace in dict.fromkeys([*stores, *sorted(s["marketplace"] for s in told)]):
        mine = [s for s in told if s["marketplace"] == marketplace]
        used = []
        for rule in RULES:
            if not rule.holds_in(marketplace) or not rule.is_on(account.policy):
                continue
            snapshot = _of(rule, marketplace, mine)
            used.append(id(snapshot))
            rows.append(_row(rule, marketplace, exports, dispatches, snapshot, day))
        for snapshot in mine:
            if id(snapshot) not in used:
                rule = _rule_for(snapshot["metric"], marketplace, account.policy)
                rows.append(_from_snapshot(rule, marketplace, snapshot, day))
    return table_of(rows, HEALTH_COLUMNS)


def _rule_for(metric: str, marketplace: str, policy: Policy) -> Rule:
    """What a reported rate is held against where no rule has its window.

    A rule the policy has switched off gives its target, and the rate is not binding.
    """
    of_metric = [r for r in RULES if r.metric == metric]
    here = [r for r in of_metric if r.holds_in(marketplace)] or of_metric
    best = min(here, key=lambda r: not r.is_on(policy))
    return best if best.is_on(policy) else replace(best, binding=False)


def _row(
    rule: Rule,
    marketplace: str,
    exports: Exports,
    dispatches: Dispatches,
    snapshot: dict[str, Any] | None,
    as_of: date,
) -> dict[str, Any]:
    """One rate, from where it can be known."""
    window = rule.window(as_of)
    notes: list[str] = []
    days: dict[str, Any] = {
        "days": window.days,
        "from_on": window.start,
        "to_on": window.end,
    }
    is_late = rule.metric == LATE_SHIPMENTS.metric
    waiting = dispatches.waiting(marketplace, window, as_of) if is_late else []
    if rule.list_kind:
        counted = exports.counted(rule, marketplace, as_of)
        notes = [*filter(None, counted.said), *waiting]
        # Where the order exports do not reach the window, a report knows more.
        if counted.n_total or (counted.n_total == 0 and snapshot is None):
            return finished(
                rule,
                marketplace,
                **days,
                n_total=counted.n_total,
                n_bad=counted.n_bad,
                source="exports",
                days_old=0,
                notes=[*notes, *_beside(rule, snapshot, window)],
            )
    if snapshot is not None:
        return _from_snapshot(rule, marketplace, snapshot, as_of, notes)
    if exports.no_seller(marketplace):
        notes = ["No order here is seller-fulfilled, and the rate is only of those."]
        return finished(
            rule, marketplace, **days, n_total=0, source="exports", days_old=0, notes=notes
        )
    if is_late:
        counted = dispatches.counted(marketplace, window)
        notes += counted.said
        if counted.n_total is not None:
            return finished(
                rule,
                marketplace,
                **days,
                n_total=counted.n_total,
                n_bad=counted.n_bad,
                source="exports",
                days_old=0,
                notes=[*notes, *exports.gaps(window)],
            )
    wanted = [LISTS[rule.list_kind]] if rule.list_kind else []
    if rule.metric == VALID_TRACKING.metric:
        notes += _untracked(exports, marketplace)
    missing = " or ".join([*wanted, REPORT])
    return finished(rule, marketplace, **days, source="unknown", missing=missing, notes=notes)


def _beside(rule: Rule, snapshot: dict[str, Any] | None, window: Window) -> list[str]:
    """What a performance report says of the days a rate was counted for."""
    if snapshot is None or snapshot["to_on"] != pd.Timestamp(window.end):
        return []
    total, bad, _, _ = _stated(rule, snapshot)
    if total is None or bad is None:
        return []
    return [f"The performance report has {words.number(bad)} of {words.number(total)} for them."]


def _untracked(exports: Exports, marketplace: str) -> list[str]:
    """What a list of untracked parcels tells, though it makes no rate."""
    named = exports.named(VALID_TRACKING.metric, marketplace)
    n = int(named["counts"].sum())
    if not n:
        return []
    return [
        f"The tracking list names {words.counted(n, 'parcel')} without valid tracking, but how "
        "many were sent in all is in no export."
    ]


def _newest(snapshots: pd.DataFrame, as_of: date) -> list[dict[str, Any]]:
    """The newest statement of each marketplace, metric and length of window by `as_of`.

    ``days`` is the length, None where it is not stated; ``differ`` whether another report
    states something else for the same days.
    """
    metrics = {rule.metric for rule in RULES}
    newest: dict[tuple[str, str, int | None], dict[str, Any]] = {}
    found = snapshots[snapshots["metric"].isin(metrics)]
    for row in found.sort_values(["to_on", "file", "line"], na_position="first").to_dict("records"):
        told = {str(name): value for name, value in row.items()}
        days = _length(told)
        if days is not None and _spoken_of(told, days) > as_of:
            continue
        key = (told["marketplace"], told["metric"], days)
        before = newest.get(key)
        same_days = before is not None and (days is None or before["to_on"] == told["to_on"])
        differ = (
            same_days
            and before is not None
            and (before["differ"] or _values(before) != _values(told))
        )
        newest[key] = told | {"days": days, "differ": differ}
    return list(newest.values())


def _length(told: dict[str, Any]) -> int | None:
    if pd.isna(told["from_on"]) or pd.isna(told["to_on"]):
        return None
    return int((told["to_on"] - told["from_on"]).days) + 1


def _spoken_of(told: dict[str, Any], days: int) -> date:
    """The day a statement is of: its window ends as long before as is usual for its length."""
    lags = {r.window_days: r.lag_days for r in RULES if r.metric == told["metric"]}
    lag = lags.get(days, USUAL[told["metric"]].ends.get(days))
    end: date = told["to_on"].date()
    return end + timedelta(days=lag or 0)


def _values(told: dict[str, Any]) -> list[Any]:
    return [None if pd.isna(told[c]) else told[c] for c in ("n_total", "n_bad", "rate")]


def _of(rule: Rule, marketplace: str, told: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The statement of a rule's window; one without days is of the longest window of all."""
    same = [s for s in told if s["metric"] == rule.metric and s["days"] == rule.window_days]
    if not same and rule.window_days == longest_window(rule.metric, marketplace):
        same = [s for s in told if s["metric"] == rule.metric and s["days"] is None]
    return same[0] if same else None


def _stated(
    rule: Rule, told: dict[str, Any]
) -> tuple[int | None, int | None, float | None, list[str]]:
    """Counts and rate of a statement as far as they can be relied on, and what was wrong."""
    total, part, rate = _values(told)
    one, many = UNITS[rule.metric]
    if total == 0:
        return 0, 0, None, [f"The report counts no {one}."]
    if rate is not None and not 0 <= rate <= 1:
        stated = words.significant(rate, 6)
        notes = [f"The report states a rate of {stated}, which is no fraction from 0 to 1."]
        rate = None
    else:
        notes = []
    if total is None or part is None:
        bad = None if rule.metric in GOOD_COUNTED or part is None else int(part)
        return total, bad, rate, notes
    if part > total:
        both = f"{words.number(part)} of {words.counted(total, one, many)}"
        notes.append(f"The report has {both}, which cannot be, so there is no rate.")
        return total, None, None, notes
    if rate is not None and not agrees(rate, part, total):
        notes.append(
            f"The report states a rate of {words.level(rate)}, which is not that of its counts; "
            "the counts are used."
        )
    return int(total), int(total - part if rule.metric in GOOD_COUNTED else part), None, notes


def _from_snapshot(
    rule: Rule,
    marketplace: str,
    told: dict[str, Any],
    as_of: date,
    before: list[str] | None = None,
) -> dict[str, Any]:
    """A rate as the newest performance report has it."""
    total, bad, rate, wrong = _stated(rule, told)
    notes = [*(before or []), *wrong]
    old = None
    if told["days"] is None:
        notes.append("The report does not state its days.")
    else:
        day = _spoken_of(told, told["days"])
        old = (as_of - day).days
        if old:
            ago = words.counted(old, "day")
            notes.append(f"The newest report is of {words.day(day)}, {ago} earlier.")
    if told["differ"]:
        notes.append("Reports differ for these days; the last one by file name is shown.")
    target = None if pd.isna(told["target"]) else float(told["target"])
    if target is not None and not 0 < target < 1:
        stated = words.significant(target, 6)
        notes.append(f"The report states a target of {stated}, which is none.")
        target = None
    if target is not None and target != rule.target:
        usual = words.level(rule.target)
        notes.append(f"The report states a target of {words.level(target)}; usual is {usual}.")
    return finished(
        rule,
        marketplace,
        days=told["days"],
        from_on=told["from_on"],
        to_on=told["to_on"],
        n_total=total,
        n_bad=bad,
        rate=rate,
        target=target,
        source="snapshot",
        days_old=old,
        notes=notes,
    )
