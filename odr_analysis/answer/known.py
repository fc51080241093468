"""What a rate stands on: which source covers each kind of defect, from which day to which."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from odr_analysis import terms, words
from odr_analysis.account import Account
from odr_analysis.answer.order_days import orders_by_day, silent_spells
from odr_analysis.policy import Policy, Window, higher_rate
from odr_analysis.receipt import ARCHIVE_AGAIN, EVERY_STORE, FULL, NONE_KNOWN, SHORT, Cover
from odr_analysis.schema import of_series

REMARKABLE = 0.05
"""A gap is taken for missing rows when so many rows would leave it empty less often than this."""

ENOUGH_ROWS = 10
"""From this many rows on, their usual distance is known: a file dated by report day stands for
as many days before its first row, and two files for as many between them."""

REPORTED_AFTER: dict[str, int] = {"feedback": 2, "claim": 2, "chargeback": 0}
"""Days after an order before which it hardly ever has such a defect, so that a file dated by report
day may begin so much later than the window does. Feedback may be left from 3 days after the order
on (help page 761), one less for stores whose day is not the UTC day. A claim needs a parcel that is
late by 3 days, or as a rule 48 hours with the seller after it came (help page 201889410); a
chargeback may come on any day."""

MOST_DAYS_SHORT = 14
"""A list dated by order day may begin or end at most this many days inside the window."""

FEWEST_ROWS = 3
"""Rows from which on such a list may do so."""

KNOWN, OFFICIAL, WORD, WAIVED = "known", "official report", "user's word", "waived"
IN_PART, UNKNOWN = "known in part", "not known"
COUNTED: tuple[str, ...] = (KNOWN, WORD)
"""States of a component in which the files hold every defect there is."""

ONLY_KNOWN = "Of known defects and orders only: a rate may seem to fall as files end."
"""What stands before changes of rates that are known only in part."""

SUBJECTS: dict[str, str] = {
    "feedback": "feedback",
    "claim": "A-to-z claims",
    "chargeback": "chargebacks",
}


@dataclass(frozen=True)
class Source:
    """One file and what it covers."""

    file: str
    kind: str
    cover: Cover


@dataclass(frozen=True)
class ComponentKnown:
    """What is known of one kind of defect in one series.

    Attributes
    ----------
    component : str
    state : str
        ``known``, ``official report``, ``user's word``, ``waived``, ``known in part`` (only
        sources that cannot show every such defect) or ``not known``.
    first, last : datetime.date or None
        Days covered, None where no source has a day.
    sources : tuple of Source
        Every file that can show this kind of defect, whether or not it reaches the window.
    why : str
        What is missing, to stand after "Cannot be known:"; '' where nothing is.
    """

    component: str
    state: str
    first: date | None
    last: date | None
    sources: tuple[Source, ...]
    why: str = ""

    @property
    def counted(self) -> bool:
        """Whether the files hold every such defect, so that their count is no lower bound."""
        return self.state in COUNTED


@dataclass(frozen=True)
class SeriesKnown:
    """What the rate of one marketplace and channel stands on.

    Attributes
    ----------
    marketplace, channel : str
    components : tuple of ComponentKnown
        In the order of ``terms.COMPONENTS``.
    orders : str
        What is missing of the window's orders, in words; '' where nothing is.
    official : tuple of int, optional
        Orders with defects and orders as Amazon's own report of the same window states them.
    official_file : str
        The file of that report.
    """

    marketplace: str
    channel: str
    components: tuple[ComponentKnown, ...]
    orders: str = ""
    official: tuple[int, int] | None = None
    official_file: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """What is missing, each to stand after "Cannot be known:"; empty where nothing is."""
        return tuple(filter(None, (self.orders, *(c.why for c in self.components))))

    @property
    def lower_bound(self) -> bool:
        """Whether more orders may be defective than the files hold.

        Of what was reported up to the last day of each source, that is: ``freshness`` has it.
        """
        return not all(c.counted for c in self.components)

    def leading(self, n_defective: int, n_orders: int) -> tuple[int, int] | None:
        """Counts of Amazon's own report of the same window where its rate is the higher one."""
        return higher_rate(self.official, n_defective, n_orders)

    def state(self, policy: Policy, n_defective: int, n_orders: int) -> str:
        """``unknown`` where the counts alone would be healthy and something is missing.

        A limit that the counts reach already is reached whatever else is not known; so is one
        that Amazon's own report of the same window states.
        """
        states = [policy.state(n_defective, n_orders)]
        if self.official is not None:
            states.append(policy.state(*self.official))
        reached = next((s for s in terms.AT_RISK if s in states), None)
        if reached is not None:
            return reached
        if n_orders == 0:
            return "no data"
        return "unknown" if self.missing else "healthy"


def what_is_known(account: Account, as_of: date) -> dict[tuple[str, str], SeriesKnown]:
    """What the rates of `as_of` stand on, by marketplace and channel.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> account = load_sample()
    >>> found = what_is_known(account, account.known_to)[("Amazon.de", "mfn")]
    >>> [(c.component, c.state) for c in found.components]
    [('feedback', 'known'), ('claim', 'known'), ('chargeback', 'known')]
    """
    policy = account.policy
    window = policy.window(as_of)
    one_store = len({m for m, _ in account.series}) == 1
    found = {}
    for marketplace, channel in account.series:
        official = _official(account, marketplace, channel, window)
        parts = tuple(
            _component(account, component, (marketplace, channel), window, one_store, official)
            for component in terms.COMPONENTS
        )
        found[marketplace, channel] = SeriesKnown(
            marketplace,
            channel,
            parts,
            _orders(account, marketplace, channel, window),
            None if official is None else (official[0], official[1]),
            "" if official is None else official[2],
        )
    return found


KnownBySeries = Mapping[tuple[str, str], SeriesKnown]
"""Marketplace and channel to what its rate stands on, out of :func:`what_is_known`."""


def sources_of(account: Account, component: str, *, short: bool = False) -> tuple[Source, ...]:
    """Every file that can show a kind of defect; `short`: those that show what others lack."""
    return tuple(
        Source(f.file, f.kind, cover)
        for f in account.receipt.files
        for cover in f.covers
        if cover.component == component and (cover.grade == SHORT) is short
    )


def _component(
    account: Account,
    component: str,
    series: tuple[str, str],
    window: Window,
    one_store: bool,
    official: tuple[int, int, str] | None,
) -> ComponentKnown:
    policy, subject = account.policy, SUBJECTS[component]
    mine = tuple(
        s for s in sources_of(account, component) if _is_of(s.cover, *series, one_store=one_store)
    )
    dated = [s for s in mine if s.cover.last is not None]
    full = [s for s in dated if s.cover.grade == FULL or policy.accept_partial_sources]
    reach = [s.cover.last for s in full if s.cover.last is not None]
    # A list that is complete from its beginning has no first day.
    open_start = any(s.cover.stated and s.cover.first is None for s in full)
    starts = [s.cover.first for s in full if s.cover.first is not None and not open_start]
    first, last = min(starts, default=None), max(reach, default=None)
    word = policy.word(component)

    def known(state: str, why: str = "") -> ComponentKnown:
        return ComponentKnown(component, state, first, last, mine, why)

    if word is not None and word >= window.end:
        last = max(word, last or word)
        return known(WORD)
    # Reported after the window’s last order day or before as_of, a defect may be of its orders.
    as_of = window.end + timedelta(days=policy.lag_days)
    lacking = [
        s.cover.why
        for s in sources_of(account, component, short=True)
        if _is_of(s.cover, *series, one_store=one_store)
        and s.cover.first is not None
        and s.cover.last is not None
        and s.cover.first <= as_of
        and s.cover.last >= window.start
    ]
    gaps = [_gap([s.cover for s in full if s.cover.by == by], window) for by in ("report", "order")]
    if None in gaps and full and not lacking:
        return known(KNOWN)
    if official is not None:
        return known(OFFICIAL)
    if component not in policy.needed:
        return known(WAIVED)
    if lacking:
        return known(IN_PART, lacking[0])
    if full:
        return known(UNKNOWN, f"no file of {subject} {next(g for g in gaps if g)}")
    partial = [s for s in dated if s.cover.grade != FULL]
    if partial and _gap([s.cover for s in partial], window) is None:
        return known(IN_PART, f"{subject} only in part ({partial[0].cover.why})")
    if mine and not dated:
        file, why = mine[0].file, mine[0].cover.why
        if why in (NONE_KNOWN, ARCHIVE_AGAIN):
            return known(UNKNOWN, f"no file of {subject} for these orders ({file} {why})")
        return known(UNKNOWN, f"no file of {subject} with a day ({file} is empty and has no date)")
    if not partial:
        return known(UNKNOWN, f"no file of {subject}")
    newest = max(s.cover.last for s in partial if s.cover.last is not None)
    if newest < window.start:
        return known(UNKNOWN, f"no file of {subject} after {words.day(newest)}")
    return known(UNKNOWN, f"no file of {subject} ({partial[0].cover.why})")


def _is_of(cover: Cover, marketplace: str, channel: str, *, one_store: bool) -> bool:
    """Whether a file speaks of a series."""
    if cover.channel and cover.channel != channel:
        return False
    # A file that names no store, and no order that does, can be of the only one there is.
    return cover.store in (marketplace, EVERY_STORE) or (not cover.store and one_store)


def _gap(covers: Sequence[Cover], window: Window) -> str | None:
    """Which days of the window are not covered, in words; None where all are.

    Rows prove the days from the first to the last of them, and few rows no other: a download
    begins where the user chose. A source dated by report day must reach the window's last order
    day; see ``ENOUGH_ROWS`` for its other end. Days that a file states are taken at its word.
    """
    spans = sorted((c.first or date.min, c.last) for c in covers if c.last)
    if not spans:
        return ""
    first, end = spans[0][0], max(last for _, last in spans)
    if end < window.start:
        return f"after {words.day(end)}"
    may_be_empty = _by_order(covers, window) if covers[0].by == "order" else _by_report(covers)
    short = (window.end - end).days
    if short > 0 and not (covers[0].by == "order" and may_be_empty(short)):
        return f"after {words.day(end)}"
    late = (first - window.start).days
    late -= REPORTED_AFTER[covers[0].component] if covers[0].by == "report" else 0
    if late > 0 and not may_be_empty(late):
        return f"before {words.day(first)}"
    reached = spans[0][1]
    for first, last in spans[1:]:
        between = (first - reached).days - 1
        if between > 0:
            inside = reached + timedelta(days=1), first - timedelta(days=1)
            needed = inside[1] >= window.start and inside[0] <= window.end
            if needed and not may_be_empty(between):
                return f"from {words.span(*inside)}"
        reached = max(reached, last)
    return None


def _by_report(covers: Sequence[Cover]) -> Callable[[int], bool]:
    """Whether files stand for so many days beyond their rows: as many as usually lie between."""
    rows = [c for c in covers if not c.stated and c.first and c.last]
    n = sum(c.n for c in rows)
    days = sum((c.last - c.first).days for c in rows if c.first and c.last)
    return lambda gap: n >= ENOUGH_ROWS and gap * (n - len(rows)) <= days


def _by_order(covers: Sequence[Cover], window: Window) -> Callable[[int], bool]:
    """Whether a list of defective orders may lack so many days by chance."""
    n = sum(c.n for c in covers)
    days = [d for c in covers for d in (c.first, c.last) if d]
    span = (max(*days, window.end) - min(*days, window.start)).days + 1
    return lambda gap: (
        n >= FEWEST_ROWS and gap <= MOST_DAYS_SHORT and _likely_empty(gap, span, n - 1)
    )


def _likely_empty(gap: int, days: int, others: int) -> bool:
    """Whether `others` rows, each on any of `days` days, leave `gap` given days empty often."""
    return bool(((days - gap) / days) ** max(others, 0) >= REMARKABLE)


def _official(
    account: Account, marketplace: str, channel: str, window: Window
) -> tuple[int, int, str] | None:
    """Defective orders and orders of Amazon's own report of the same window, and its file."""
    table = account.snapshots
    same = table[
        (table["metric"] == "order_defects")
        & (table["marketplace"] == marketplace)
        & (table["channel"] == channel)
        & (table["from_on"] == pd.Timestamp(window.start))
        & (table["to_on"] == pd.Timestamp(window.end))
        & table["n_total"].notna()
        & table["n_bad"].notna()
    ]
    if same.empty:
        return None
    row: dict[Any, Any] = same.iloc[-1].to_dict()
    return int(row["n_bad"]), int(row["n_total"]), str(row["file"])


def _orders(account: Account, marketplace: str, channel: str, window: Window) -> str:
    """What is missing of the window's orders, to stand after "Cannot be known:"."""
    daily = account.daily[account.daily["n_orders"] > 0]
    if daily.empty:
        return ""
    first = daily["ordered_on"].min().date()
    if account.first_order is not None:
        first = min(first, account.first_order)
    if first > window.start and _remarkable_start(daily, first, window, account.policy):
        return f"no orders before {words.day(first)}"
    if account.known_to < window.end:
        return f"no orders after {words.day(account.known_to)}"
    mine = of_series(daily, marketplace, channel)
    placed = orders_by_day(mine, max(account.known_to, window.end))
    spells = silent_spells(placed, account.policy)
    inside = spells[
        spells["missing"]
        & (spells["first_on"] <= pd.Timestamp(window.end))
        & (spells["last_on"] >= pd.Timestamp(window.start))
    ]
    if inside.empty:
        return ""
    row = inside.iloc[0]
    return f"no orders from {words.span(row['first_on'].date(), row['last_on'].date())}"


def _remarkable_start(daily: pd.DataFrame, first: date, window: Window, policy: Policy) -> bool:
    """Whether so many days without an order at the window's start are more than chance."""
    silent = pd.date_range(window.start, first - timedelta(days=1), freq="D", unit="us")
    placed = orders_by_day(daily, first)
    placed = pd.concat([pd.DataFrame({"ordered_on": silent, "n_orders": 0}), placed])
    spells = silent_spells(placed, policy)
    usual = spells.loc[spells["first_on"] == silent[0], "n_usual"]
    return bool(math.exp(-usual.max()) < REMARKABLE)


def freshness(known: Iterable[SeriesKnown], as_of: date) -> tuple[str, ...]:
    """The last day of each kind of source that is older than `as_of`, one sentence each."""
    said = []
    series = list(known)
    for i, component in enumerate(terms.COMPONENTS):
        parts = [s.components[i] for s in series]
        days = [p.last for p in parts if p.state == KNOWN and p.last is not None]
        subject = SUBJECTS[component]
        if days and min(days) < as_of:
            said.append(f"{subject} known to {words.day(min(days), as_of.year)}")
        for part in parts:
            if part.state == WORD and part.last is not None:
                said.append(
                    f"{subject} known to {words.day(part.last, as_of.year)} by the user’s word"
                )
                break
    return tuple(f"{s[0].upper()}{s[1:]}" for s in said)
