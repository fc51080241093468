"""One account on the index: its state, its rates, and what changed since the run before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pandas as pd

from odr_analysis import words
from odr_analysis.answer.summary import SCHEMA_VERSION
from odr_analysis.batch.outcome import KeptSummary, Outcome
from odr_analysis.policy import Policy
from odr_analysis.rates.between_accounts import between_accounts
from odr_analysis.reports.summary_file import shown_rate

FAILED = "failed"
RANKS: tuple[str, ...] = (words.PRESSING[0], FAILED, *words.PRESSING[1:])
"""States of an account, the worst first: a failed report may hide any other state."""

RANK_WORDS: dict[str, str] = {**words.STATE_WORDS, FAILED: "Report failed"}

BAD: tuple[str, ...] = ("critical", "unknown", "warning")
"""States that an account can get worse to."""

KNOWN: tuple[str, ...] = ("critical", "warning", "healthy")
"""States that are stated of a rate."""

Pair = tuple[str, str]
"""Marketplace and channel."""


@dataclass(frozen=True)
class Before:
    """What the run before this one knew of an account.

    ``state`` is one of ``RANKS``; ``states`` has the state of each rate of the last report there
    was by marketplace and channel, ``odr`` the rates themselves where that run made the report and
    knew them whole, ``claims`` the orders with a claim, and ``rules`` the rules they were counted
    by, as a hash; '' where there was no report.
    """

    day: date
    state: str
    states: Mapping[Pair, str] = field(default_factory=dict)
    odr: Mapping[Pair, float] = field(default_factory=dict)
    claims: tuple[str, ...] = ()
    rules: str = ""

    @property
    def known_state(self) -> str:
        """The worst state of its rates; ``no data`` where there is none."""
        return min(self.states.values(), key=words.PRESSING.index, default="no data")

    def state_of(self, pair: Pair) -> str:
        """The state of a rate: of one that it did not have ``no data``, and ``failed`` where there
        never was a report."""
        never = self.state == FAILED and not self.states
        return self.states.get(pair, FAILED if never else "no data")


@dataclass(frozen=True)
class Rate:
    """One rate of an account.

    Attributes
    ----------
    marketplace, channel, state : str
    n_orders, n_defective : int
        The counts of the rate shown: those of Amazon's own report where its rate is higher.
    text : str
        The rate in words: ``0.86 %``, ``at least 0.86 %``, ``not known``.
    whole : bool
        Whether all orders and every kind of defect are known.
    missing : tuple of str
        What is not known, each to stand after "Cannot be known:".
    mature, next_roll_off, top_cause : mapping or None
        As in the summary.
    p_breach : float or None
        Probability of a breach within 30 days.
    target : float
        The rate must stay below it.
    change : float or None
        Of the rate since the run before; None where one of the two is not known whole, its
        report is of an earlier day, or it was counted by other rules: that one bound is higher
        than another says nothing of the rates.
    before : str or None
        State in the last report before, ``no data`` where that had no such rate and ``failed``
        where there never was a report; None on the first run that has the account, and where this
        one made no report of the day.
    clearly_over : bool
        Over the target by more than random variation among all accounts explains.
    differs : str
        ``higher`` or ``lower`` than the other rates of its channel by more than that; else ''.
    z : float or None
        How far from the rate of all of its channel, in standard deviations.
    """

    marketplace: str
    channel: str
    state: str
    n_orders: int
    n_defective: int
    text: str
    whole: bool
    missing: tuple[str, ...]
    mature: Mapping[str, Any] | None
    next_roll_off: Mapping[str, Any] | None
    top_cause: Mapping[str, Any] | None
    p_breach: float | None
    target: float
    policy: Policy
    change: float | None = None
    before: str | None = None
    clearly_over: bool = False
    differs: str = ""
    z: float | None = None

    @property
    def pair(self) -> Pair:
        """Marketplace and channel."""
        return self.marketplace, self.channel

    @property
    def odr(self) -> float | None:
        """The rate shown, a fraction 0-1; None without orders."""
        return self.n_defective / self.n_orders if self.n_orders else None

    @property
    def worsened(self) -> bool:
        """Whether it is known to be in a worse state than before; a state that was never known is
        not worse."""
        if self.before is None or self.state not in BAD:
            return False
        return RANKS.index(self.state) < RANKS.index(self.before)

    @property
    def excess(self) -> float:
        """Probability of as many defective orders or more if the rate were just the target."""
        from scipy.special import bdtrc

        if not self.n_defective:
            return 1.0
        return float(bdtrc(self.n_defective - 1, self.n_orders, self.target))


@dataclass(frozen=True)
class Row:
    """One account of the index.

    Attributes
    ----------
    outcome : Outcome
    state : str
        One of ``RANKS``: ``failed``, or the worst state of its rates.
    known_state : str
        The worst state of the rates of the last report; ``no data`` where there is none.
    as_of : datetime.date or None
        Day of that report; None where there never was one.
    rates : tuple of Rate
        The worst first.
    before : Before or None
        None on the first run that has the account.
    claims : tuple of mapping
        As in the summary of that report.
    reported_to : datetime.date or None
        The last day up to which every kind of defect that has a source is known.
    rules : str
        The rules its orders were counted by, as a hash; '' where there is no report.
    """

    outcome: Outcome
    state: str
    known_state: str
    as_of: date | None
    rates: tuple[Rate, ...]
    before: Before | None
    claims: tuple[Mapping[str, Any], ...] = ()
    reported_to: date | None = None
    rules: str = ""

    @property
    def account(self) -> str:
        """Its name."""
        return self.outcome.account

    @property
    def worsened(self) -> bool:
        """Whether one of its rates is in a worse state than before."""
        return any(rate.worsened for rate in self.rates)

    @property
    def improved(self) -> bool:
        """Whether its rates are known to be in a better state than before, where both are known; to
        know less is not better."""
        if self.before is None or self.state not in KNOWN or self.before.known_state not in KNOWN:
            return False
        return RANKS.index(self.state) > RANKS.index(self.before.known_state)

    @property
    def left_out(self) -> bool:
        """Whether nothing was tried on this run, so that all there is is of an earlier one."""
        return self.outcome.status == "left out"

    @property
    def other_rules(self) -> bool:
        """Whether the run before counted by other rules than this one."""
        was = self.before.rules if self.before else ""
        return bool(was and self.rules) and was != self.rules

    @property
    def is_of_today(self) -> bool:
        """Whether its report is of the scheduled day."""
        return self.state != FAILED and self.as_of == self.outcome.day

    @property
    def p_breach(self) -> float | None:
        """The highest probability of a breach among its rates."""
        return max((r.p_breach for r in self.rates if r.p_breach is not None), default=None)


def rows_of(outcomes: Iterable[Outcome], before: Mapping[str, Before]) -> list[Row]:
    """The accounts of a run, worst first.

    Parameters
    ----------
    outcomes : iterable of Outcome
        Of one day, each account once.
    before : mapping
        Account to what the run before knew of it.

    Returns
    -------
    list of Row
        By state, in the order of ``RANKS``. Accounts over the limit come in the order of how
        improbable so many defects would be at the limit itself, which puts 10 of 100 before 1 of 2;
        the others by the probability of a breach within 30 days, then likewise.
    """
    rows = _compared([_row(one, before.get(one.account)) for one in outcomes])
    return sorted(rows, key=_place)


def _row(outcome: Outcome, before: Before | None) -> Row:
    failed, summary = bool(outcome.reason), _readable(outcome.summary)
    if summary is None:
        return Row(outcome, FAILED if failed else "no data", "no data", None, (), before)
    policy, as_of = Policy(**summary["policy"]), date.fromisoformat(summary["as_of"])
    # A report of an earlier day has not changed since.
    compared = before if as_of == outcome.day and not failed else None
    rules = rules_of(policy)
    if compared and compared.rules != rules:
        compared = replace(compared, odr={})
    rates = sorted((_rate(r, policy, compared) for r in summary["rates"]), key=_rate_place)
    known = rates[0].state if rates else "no data"
    return Row(
        outcome=outcome,
        state=FAILED if failed else known,
        known_state=known,
        as_of=as_of,
        rates=tuple(rates),
        before=before,
        claims=tuple(summary["claims"]),
        reported_to=date.fromisoformat(summary["reported_to"]),
        rules=rules,
    )


def rules_of(policy: Policy) -> str:
    """A hash of the rules of a policy, whatever it is called."""
    rules = {name: value for name, value in policy.to_dict().items() if name != "name"}
    return hashlib.sha256(json.dumps(rules, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _readable(summary: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """A summary as this version writes it; an account that fails may have an older one, or none."""
    try:
        whole = summary.read() if isinstance(summary, KeptSummary) else summary
        return whole if whole and whole["schema_version"] == SCHEMA_VERSION else None
    except (OSError, ValueError, KeyError):  # its file is gone, or damaged
        return None


def _rate(r: Mapping[str, Any], policy: Policy, before: Before | None) -> Rate:
    text, bad, of = shown_rate(r, policy)
    pair = r["marketplace"], r["channel"]
    earlier = before.odr.get(pair) if before else None
    whole = not (r["missing"] or r["lower_bound"])
    return Rate(
        marketplace=pair[0],
        channel=pair[1],
        state=r["state"],
        n_orders=of,
        n_defective=bad,
        text=text if of else "no orders",
        whole=whole,
        missing=tuple(r["missing"]) if of else (),
        mature=r["mature"],
        next_roll_off=r["next_roll_off"],
        top_cause=r["top_cause"],
        p_breach=r["p_breach_30"],
        target=policy.target,
        policy=policy,
        change=None if earlier is None or not (of and whole) else bad / of - earlier,
        before=before.state_of(pair) if before else None,
    )


def is_compared(row: Row, rate: Rate) -> bool:
    """Whether a rate is held beside those of other accounts: of the day, and known whole."""
    return row.is_of_today and rate.whole and rate.state in KNOWN


def _compared(rows: list[Row]) -> list[Row]:
    """The rows with what comparing their rates shows, channel by channel."""
    found: dict[tuple[int, int], Rate] = {}
    places = [
        (i, k) for i, row in enumerate(rows) for k, r in enumerate(row.rates) if is_compared(row, r)
    ]
    for channel in sorted({rows[i].rates[k].channel for i, k in places}):
        mine = [(i, k) for i, k in places if rows[i].rates[k].channel == channel]
        rates = [rows[i].rates[k] for i, k in mine]
        table = between_accounts(
            [r.n_orders for r in rates], [r.n_defective for r in rates], [r.target for r in rates]
        )
        results = zip(
            table.over_target.tolist(), table.differs.tolist(), table.z.tolist(), strict=True
        )
        for place, rate, (over, differs, z) in zip(mine, rates, results, strict=True):
            found[place] = replace(rate, clearly_over=over, differs=differs, z=z)
    return [
        replace(row, rates=tuple(found.get((i, k), r) for k, r in enumerate(row.rates)))
        for i, row in enumerate(rows)
    ]


def rates_frame(rows: Iterable[Row]) -> pd.DataFrame:
    """The rates that are compared: one row per account x marketplace x channel.

    ``account, marketplace, channel, n_orders, n_defective, target, differs, over_target, z``.
    """
    columns = ["account", "marketplace", "channel", "n_orders", "n_defective", "target"]
    found = [
        (
            *(row.account, r.marketplace, r.channel, r.n_orders, r.n_defective, r.target),
            *(r.differs, r.clearly_over, r.z),
        )
        for row in rows
        for r in row.rates
        if is_compared(row, r)
    ]
    return pd.DataFrame(found, columns=[*columns, "differs", "over_target", "z"])


def _rate_place(r: Rate) -> tuple[float, ...]:
    p = -1.0 if r.p_breach is None or r.state == "critical" else r.p_breach
    return words.PRESSING.index(r.state), -p, r.excess


def _place(row: Row) -> tuple[Any, ...]:
    worst = _rate_place(row.rates[0]) if row.rates else (len(RANKS), 0.0, 1.0)
    return (RANKS.index(row.state), *worst, row.account)
