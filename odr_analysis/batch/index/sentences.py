"""The index in a few sentences: the worst account, what changed, and what sizes explain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from odr_analysis import words
from odr_analysis.answer.parts.causes import group_name
from odr_analysis.batch.index.row import FAILED, RANK_WORDS, RANKS, Rate, Row, is_compared
from odr_analysis.rates.between_accounts import vary_more

MOST_NAMED = 3
"""Accounts that a sentence names; how many more there are follows."""


def state_counts(rows: Sequence[Row]) -> dict[str, int]:
    """How many accounts are in each state, in the order of ``RANKS``."""
    found = Counter(row.state for row in rows)
    return {state: found[state] for state in RANKS}


def headline(rows: Sequence[Row]) -> str:
    """How many accounts are over the limit, and which is worst, by how much and why."""
    if not rows:
        return "No account was asked for."
    counts, accounts = state_counts(rows), words.counted(len(rows), "account")
    failed = counts[FAILED]
    also = _not_of_today(rows)
    if counts["critical"]:
        over = f"{words.number(counts['critical'])} of {accounts} {_is(counts['critical'])}"
        return f"{over} over the limit. Worst: {described(rows[0])}.{also}"
    if failed == len(rows):
        which = "The report" if failed == 1 else f"All {_reports(failed)}"
        return f"{which} failed, so nothing is known of today."
    known = len(rows) - failed - counts["unknown"] - counts["no data"]
    if not known:
        return f"No rate of {accounts} is known.{also}"
    near = counts["warning"]
    close = next(row for row in rows if row.state in ("warning", "healthy"))
    nearest = f" Nearest to it: {described(close)}." if near else ""
    rest = f" {words.number(known)} {_is(known)} under it." if known < len(rows) else ""
    return f"No account is known to be over the limit.{rest}{nearest}{also}"


def _not_of_today(rows: Sequence[Row]) -> str:
    """How many reports failed, or are of an earlier day, as sentences after another."""
    failed = [row for row in rows if row.state == FAILED]
    over = sum(row.known_state == "critical" for row in failed)
    earlier = sum(
        row.state != FAILED and row.as_of is not None and not row.is_of_today for row in rows
    )
    found = ""
    if failed:
        which = f"{words.number(over)} of them " if len(failed) > 1 else ""
        before = f" ({which}over the limit before)" if over else ""
        found = f" {_reports(len(failed))} failed{before}."
    return found + (f" {_reports(earlier)} {_is(earlier)} of an earlier day." if earlier else "")


def described(row: Row, rate: Rate | None = None) -> str:
    """An account with one of its rates, by default the worst, and what stands out in it."""
    rate = rate or row.rates[0]
    cause = cause_text(rate)
    why = f"; {cause} stand out" if cause else ""
    return f"{row.account}, {series_text(rate)}, {rate_text(rate)}{why}"


def series_text(rate: Rate) -> str:
    """Channel and store within a sentence: ``seller-fulfilled on Amazon.de``."""
    named = words.series(rate.marketplace, rate.channel)
    return named if named.startswith("Amazon") else named[:1].lower() + named[1:]


def rate_text(rate: Rate) -> str:
    """A rate with its counts: ``1.07 % (17 of 1,593 orders)``."""
    return f"{rate.text} ({counts_text(rate)} order{'' if rate.n_orders == 1 else 's'})"


def counts_text(rate: Rate) -> str:
    """The counts of a rate: ``17 of 1,593``."""
    return f"{words.number(rate.n_defective)} of {words.number(rate.n_orders)}"


def cause_text(rate: Rate) -> str:
    """The group of orders that stands out most, with its counts; '' where none does."""
    cause = rate.top_cause
    if cause is None:
        return ""
    reason = f", {cause['reason']}" if cause["reason"] else ""
    bad, of = words.number(cause["n_defective"]), words.number(cause["n_orders"])
    return f"{group_name(cause['factor'], cause['level'])}{reason} ({bad} of {of})"


def changes(rows: Sequence[Row], gone: Mapping[str, str] | None = None) -> list[str]:
    """What changed since the run before, one sentence each; empty where nothing did.

    `gone` has the accounts that only the run before had, with their state then.
    """
    earlier = [(row, row.before) for row in rows if row.before is not None]
    if not earlier:
        return []
    better = [(row, was) for row, was in earlier if row.improved]
    failed = [row for row, was in earlier if row.state == FAILED != was.state]
    also = [
        (row, was)
        for row, was in earlier
        if row.state not in (FAILED, was.state) and not (row.worsened or row.improved)
    ]
    left = [f"{name} ({RANK_WORDS[state].lower()})" for name, state in (gone or {}).items()]
    return [
        *_named("Worse", [_worse(row) for row in rows if row.worsened]),
        *_named("Better", [_moved(row.account, row, was.known_state) for row, was in better]),
        *_named("Failed now, and not before", [row.account for row in failed]),
        *_named("Also changed", [_moved(row.account, row, was.state) for row, was in also]),
        *_named("Counted by other rules than before", [r.account for r in rows if r.other_rules]),
        *_named("New", [row.account for row in rows if row.before is None]),
        *_named("No longer among the accounts", left),
    ]


def _named(what: str, names: list[str]) -> list[str]:
    return [f"{what}: {words.first_of(names, MOST_NAMED)}."] if names else []


def _worse(row: Row) -> str:
    """An account with the worst of the rates that are worse than before."""
    rate = next(rate for rate in row.rates if rate.worsened)
    which = f", {series_text(rate)}" if len(row.rates) > 1 else ""
    return f"{row.account}{which} ({moved(row, rate.before or '', rate.state)})"


def _moved(what: str, row: Row, was: str) -> str:
    return f"{what} ({moved(row, was, row.state)})"


def moved(row: Row, was: str, now: str) -> str:
    """A state before and now: ``healthy, now over the limit``."""
    rules = " under other rules" if row.other_rules else ""
    return f"{RANK_WORDS[was].lower()}{rules}, now {RANK_WORDS[now].lower()}"


def steady(rows: Sequence[Row], since: str) -> str:
    """That nothing changed since a day, of the accounts that this run had anything to do with."""
    tried = sum(not row.left_out for row in rows)
    if tried == len(rows):
        return f"No account is in another state than on {since}."
    return (
        f"Of {words.counted(tried, 'account')} of this run, none is in another state than on "
        f"{since}; {words.number(len(rows) - tried)} {_is(len(rows) - tried)} left out."
    )


def beside_each_other(rows: Sequence[Row]) -> str:
    """Which accounts are over the limit, or unlike the others, by more than size explains."""
    compared = [(row, rate) for row in rows for rate in row.rates if is_compared(row, rate)]
    if len(compared) < 2:
        return "Fewer than two rates are known whole, so there is nothing to compare."
    over = list(dict.fromkeys(row.account for row, rate in compared if rate.state == "critical"))
    clear = list(dict.fromkeys(row.account for row, rate in compared if rate.clearly_over))
    n = f"{words.counted(len(compared), 'rate')} known whole"
    if not over:
        first = f"None of {n} is over the limit"
    elif not clear:
        high = sum(rate.state == "critical" for _, rate in compared)
        first = (
            f"Of {n}, {words.number(high)} {_is(high)} over the limit, none by more than random "
            "variation among so many explains"
        )
    else:
        rest = len(over) - len(clear)
        first = f"Clearly over the limit: {words.first_of(clear, MOST_NAMED)}"
        if rest > 0:
            first += f"; {words.counted(rest, 'more account')} may be over it by random variation"
    higher = list(dict.fromkeys(row.account for row, rate in compared if rate.differs == "higher"))
    second = (
        f" Clearly higher than the others: {words.first_of(higher, MOST_NAMED)}."
        if higher
        else " None is clearly higher than the others."
    )
    return f"{first}.{second}"


def spread(rows: Sequence[Row]) -> str:
    """Whether accounts differ by more than their sizes explain."""
    z = [r.z for row in rows for r in row.rates if r.z is not None]
    if len(z) < 2:
        return ""
    if vary_more(z):
        return (
            "Together the rates vary more than their sizes explain: accounts differ in truth, "
            "also where none can be named."
        )
    return "Together the rates vary no more than their sizes explain."


def missing_text(rate: Rate) -> str:
    """What is not known of a rate, the first thing in words and how many more."""
    more = len(rate.missing) - 1
    also = f", and {words.spelled(more)} more" if more > 0 else ""
    return f"{rate.missing[0]}{also}" if rate.missing else ""


def as_sentence(text: str) -> str:
    """A text that ends as a sentence does.

    >>> as_sentence("No orders"), as_sentence("A file?"), as_sentence("Cut off…")
    ('No orders.', 'A file?', 'Cut off…')
    """
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."


def _is(n: int) -> str:
    return "is" if n == 1 else "are"


def _reports(n: int) -> str:
    return words.counted(n, "report")
