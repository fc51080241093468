"""What an effect takes for granted: what is exact, what is assumed and what is left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from odr_analysis import terms, words
from odr_analysis.answer.known import SUBJECTS
from odr_analysis.answer.scenario.done import share_defective, span_phrase, when
from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.whatif.apply import Effect
from odr_analysis.whatif.changes import DefectRate, MoreOrders, Removed, Sales
from odr_analysis.whatif.spans import RECENT_DAYS

FEWEST_A_DAY = 0.05
"""Fewer orders a day than this are not stated as a number."""
SILENT_DAYS = 3
"""From this many days without any order up to as_of on, the export may simply have ended."""


def scenario_assumptions(effect: Effect) -> tuple[str, ...]:
    """What is exact, what is assumed of each series, and what is left out, in plain sentences.

    Parameters
    ----------
    effect : Effect
        From ``apply_scenario``.

    Examples
    --------
    >>> from odr_analysis import Scenario, apply_scenario, load_sample, scenario_assumptions
    >>> for sentence in scenario_assumptions(apply_scenario(load_sample(), Scenario()))[:1]:
    ...     print(sentence.split(";")[0])
    Orders placed and defects reported by 30 Sep 2026 are those in the files
    """
    look, as_of = effect.look, effect.as_of
    exact_to = as_of + timedelta(days=effect.policy.lag_days)
    return (
        f"Orders placed and defects reported by {words.day(as_of)} are those in the files; "
        f"until {words.day(exact_to)} no order placed later counts.",
        *_ordinary_orders(look),
        *_silence(look),
        "Reports still to come are estimated from the orders, reports and delays in the files; "
        f"all probabilities rest on that, and on sales going on as lately{_but(effect)}.",
        *_of_scenario(effect),
    )


def _but(effect: Effect) -> str:
    """What the scenario changes of that."""
    done = [
        span_phrase(span, effect.as_of)
        for span, pairs in effect.spans
        if pairs and not span.is_nothing and isinstance(span, Sales | DefectRate)
    ]
    return f", but for {words.listed(done)}" if done else ""


def _ordinary_orders(look: LookAhead) -> Iterator[str]:
    """One sentence per series: the orders expected to come, and how many of them are bad."""
    for i, pair in enumerate(look.size):
        days = look.forecast.marginals.get(pair)
        bad, counting = int(look.n_defective[0, i]), int(look.n_orders[0, i])
        shown, partly = "no rate is shown today", False
        if counting:
            rate = words.rate(bad, counting, look.policy)
            known = look.day.known[pair]
            partly, least = bool(known.missing), "at least " if known.lower_bound else ""
            shown = f"{least}{rate} is shown today ({bad:,} of {words.counted(counting, 'order')})"
        per_day = days.orders_per_day if days is not None else 0.0
        if not look.calendar.horizon_days:
            yield f"{words.series(*pair)}: {shown}."
            continue
        if days is None or per_day < FEWEST_A_DAY:
            few = "almost no" if per_day else "no"
            yield f"{words.series(*pair)}: {shown}; {few} orders are expected to come."
            continue
        coming = f"{words.decimal(per_day)} ordinary orders a day go on coming, as lately"
        if partly:
            yield f"{words.series(*pair)}: {shown}; {coming}."
            continue
        low, high = np.quantile(np.exp(days.fitted.ahead[:, 0]), [0.05, 0.95])
        yield (
            f"{words.series(*pair)}: {shown}; {coming}; once all reports are in, "
            f"{words.percent(float(low))} to {words.percent(float(high))} of them will be "
            "defective (90 % interval)."
        )


def _silence(look: LookAhead) -> Iterator[str]:
    """One sentence per day on which the orders of a series, or of several, end too early."""
    known_to = look.account.known_to
    after = max((look.as_of - known_to).days, 0)
    if after:
        yield (
            f"Nothing is known after {words.day(known_to)}: what was ordered and reported since is "
            "estimated like the days ahead."
        )
    ends: dict[tuple[str, date], list[str]] = {}
    for pair, last in look.last_reports.items():
        for component, day in last.items():
            if day < min(known_to, look.as_of):
                ends.setdefault((component, day), []).append(words.series(*pair))
    for (component, day), names in ends.items():
        start = "No" if len(names) == len(look.size) else f"{words.listed(names)}: no"
        yield (
            f"{start} file has {SUBJECTS[component]} after {words.day(day)}: what was reported "
            "since is estimated; orders and other reports are taken as they are."
        )
    since: dict[int, list[str]] = {}
    for pair, n in zip(look.size, look.silent_days, strict=True):
        if n is not None and n - after >= SILENT_DAYS:
            since.setdefault(n, []).append(words.series(*pair))
    for n, names in sorted(since.items()):
        latest = look.as_of - timedelta(days=n)
        start = "The" if len(names) == len(look.size) else f"{words.listed(names)}: the"
        yield (
            f"{start} latest order known is of {words.day(latest)}; the {n - after} days since "
            "count as days without orders. If the order export simply ends there, look ahead from "
            f"as_of {latest.isoformat()}."
        )


def _of_scenario(effect: Effect) -> Iterator[str]:
    """What is taken for granted of the scenario itself."""
    as_of = effect.as_of
    for span, pairs in effect.spans:
        if isinstance(span, MoreOrders) and span.per_day and pairs:
            yield (
                f"Extra orders, {words.series(*pairs[0])}: {span.per_day:,} {when(span, as_of)}; "
                f"{share_defective(span)}, reported as late as of other orders."
            )
        if isinstance(span, DefectRate) and (span.reason or span.products):
            yield (
                "The share of defects with a reason or product is that of orders of the last "
                f"{RECENT_DAYS} days; how uncertain it is, is part of the intervals."
            )
    for removed in effect.scenario.of_kind(Removed):
        sure = "" if removed.probability == 1 else ", each with the probability given"
        what = f"Removed {terms.COMPONENT_LABELS[removed.component]}"
        yield (
            f"{what} is gone from {words.day(removed.first_day(as_of))} on{sure}; no new defect "
            "of these orders is expected."
        )
