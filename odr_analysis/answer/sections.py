"""The parts of an answer: frozen, with sentences beside the numbers they were made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from odr_analysis import words
from odr_analysis.policy import Policy, Window
from odr_analysis.receipt import Receipt
from odr_analysis.reconciliation.reconcile import Reconciliation


@dataclass(frozen=True)
class Head:
    """Whose rate, for which day, made of what.

    Attributes
    ----------
    account : str
    marketplaces : tuple of str
        Sales channels as the exports name them.
    as_of : datetime.date
    as_of_from : str
        Where `as_of` came from: ``given``, or ``latest day the exports know of``.
    window : Window
        Order days that count on `as_of`.
    window_sentence : str
    policy : Policy
    freshness : tuple of str
        Last day of each kind of source that is older than `as_of`.
    """

    account: str
    marketplaces: tuple[str, ...]
    as_of: date
    as_of_from: str
    window: Window
    window_sentence: str
    policy: Policy
    freshness: tuple[str, ...] = ()


@dataclass(frozen=True)
class ComponentCount:
    """Orders with one kind of defect; kinds overlap. Where it is not `known`, `n` is the least."""

    component: str
    label: str
    n: int
    known: bool = True

    @property
    def text(self) -> str:
        """``12``, ``at least 12`` or ``not known``."""
        return words.at_least(words.number(self.n), self.n, lower_bound=not self.known)


@dataclass(frozen=True)
class Card:
    """The rate of one marketplace and channel on ``as_of``.

    Attributes
    ----------
    marketplace, channel, title : str
    state : str
        One of ``terms.STATES``.
    state_word : str
        The state as a reader sees it.
    sentence : str
        The whole card in one sentence.
    n_orders, n_defective : int
    odr : float
        Fraction 0-1, NaN without orders.
    rate_text, counts_text : str
        Rate and counts rounded for eyes.
    counts_lead : bool
        Too few orders for one defect to fit under the target: the counts say more than the rate.
    components : tuple of ComponentCount
        All three, in the order of ``terms.COMPONENTS``.
    overlap : str
        Orders with more than one kind, in words; '' if none.
    budget : str
        How far it is to the target.
    notes : tuple of str
        Why there is no number, or what makes it less certain.
    missing : tuple of str
        What is missing for the rate to be known, each to stand after "Cannot be known:".
    lower_bound : bool
        More orders may be defective than the files hold.
    """

    marketplace: str
    channel: str
    title: str
    state: str
    state_word: str
    sentence: str
    n_orders: int
    n_defective: int
    odr: float
    rate_text: str
    counts_text: str
    counts_lead: bool
    components: tuple[ComponentCount, ...]
    overlap: str
    budget: str
    notes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    lower_bound: bool = False

    @property
    def pair(self) -> tuple[str, str]:
        """Marketplace and channel."""
        return self.marketplace, self.channel

    @property
    def whole(self) -> bool:
        """Whether all orders and every kind of defect are known, so that it can be forecast."""
        return not (self.missing or self.lower_bound)


@dataclass(frozen=True, eq=False)
class Trend:
    """What the figure of one series shows.

    Attributes
    ----------
    marketplace, channel : str
    finding : str
        The title: what happened, not what is drawn.
    alt : str
        The figure for those who cannot see it.
    history : pandas.DataFrame
        One row per as_of day up to today; columns are ``terms.RATE_COLUMNS``.
    path : pandas.DataFrame
        One row per day from today on: the forecast, ``ROLL_OFF_COLUMNS``. Empty when no order
        is known.
    at_least : bool
        Not every kind of defect is known, so that there is no forecast of the rate.
    daily : pandas.DataFrame
        One row per calendar day: ``ordered_on``, ``n_orders`` placed that day.
    as_of : datetime.date
    window : Window
    policy : Policy
    """

    marketplace: str
    channel: str
    finding: str
    alt: str
    history: pd.DataFrame
    path: pd.DataFrame
    at_least: bool
    daily: pd.DataFrame
    as_of: date
    window: Window
    policy: Policy


@dataclass(frozen=True, eq=False)
class Answer:
    """The first screen: one line for the account, a card and a figure per series.

    ``cards`` and ``trends`` are in the same order, the most pressing series first; a series of
    which no order counts has a card and no trend.
    """

    headline: str
    state: str
    cards: tuple[Card, ...]
    trends: tuple[Trend, ...]


@dataclass(frozen=True, eq=False)
class Moved:
    """What moved the rate lately: at most three lines.

    ``table`` is the ``what_moved`` of the two days, ``bridge`` their ``bridge`` for ODR.
    """

    since: date
    until: date
    lines: tuple[str, ...]
    table: pd.DataFrame
    bridge: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Defects:
    """The orders behind the numerator; ``table`` is ``defective_orders``."""

    sentence: str
    table: pd.DataFrame
    as_of: date
    many_series: bool


@dataclass(frozen=True, eq=False)
class BuiltOn:
    """Data limits and provenance.

    Attributes
    ----------
    limits : tuple of (str, str)
        What is missing or uncertain, and what that costs.
    totals : str
        Rows read, kept and dropped in one sentence.
    receipt : Receipt
    policy : Policy
    switches : dict of str to str
        Field of `policy` to why its default is what it is.
    versions : dict of str to str
    contradictions : pandas.DataFrame
        One row per defect whose witnesses disagree; see ``contradictions``.
    """

    limits: tuple[tuple[str, str], ...]
    totals: str
    receipt: Receipt
    policy: Policy
    switches: dict[str, str]
    versions: dict[str, str] = field(default_factory=dict)
    contradictions: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass(frozen=True, eq=False)
class Official:
    """What Amazon's performance reports say, and how these files compare.

    Attributes
    ----------
    sentence : str
        The newest report and ours in one sentence.
    lines : tuple of str
        What differences are made of, and the rules that fit.
    table : pandas.DataFrame
        One row per report and series, newest first; ``official_table``. Of an archive also
        the reports of earlier deliveries.
    found : Reconciliation
        The reports among the files, and where there is none, the newest of an archive.
    """

    sentence: str
    lines: tuple[str, ...]
    table: pd.DataFrame
    found: Reconciliation


@dataclass(frozen=True)
class HealthLine:
    """One rate as a reader sees it.

    Attributes
    ----------
    metric, label, marketplace : str
        ``label`` names the rate and the days it is of: ``Late shipment rate, 10 days``.
    state : str
        One of ``terms.STATES``; the page draws its symbol.
    shape : str
        The symbol in words, out of ``SHAPES``.
    state_word : str
        The state as a reader sees it; never left out beside the symbol.
    days_text, rate_text, counts_text, target_text : str
        '' where not known.
    sentence : str
        The whole line in one sentence.
    source : str
        ``exports``, ``snapshot`` or ``unknown``.
    past : bool
        Whether the rate is of a report so old that it says nothing of today's window.
    missing, note : str
        As in ``other_rates``.
    """

    metric: str
    label: str
    marketplace: str
    state: str
    shape: str
    state_word: str
    days_text: str
    rate_text: str
    counts_text: str
    target_text: str
    sentence: str
    source: str
    past: bool
    missing: str
    note: str


@dataclass(frozen=True, eq=False)
class Health:
    """Account health beside ODR, in reading order.

    Attributes
    ----------
    headline : str
    state : str
        The most pressing state of the rates known for today's windows, ``no data`` without any.
    lines : tuple of HealthLine
        The most pressing first; rates that cannot be known last.
    missing : str
        What to add so that more is known; '' if nothing is missing.
    offer : tuple of str
        Sentences of :func:`featured_offer`.
    feedback : tuple of str
        Sentences of :func:`feedback_two_ways`.
    rates, score : pandas.DataFrame
        ``other_rates`` and ``public_score``, unrounded.
    """

    headline: str
    state: str
    lines: tuple[HealthLine, ...]
    missing: str
    offer: tuple[str, ...]
    feedback: tuple[str, ...]
    rates: pd.DataFrame
    score: pd.DataFrame


@dataclass(frozen=True, eq=False)
class StandsOut:
    """Causes, reasons and strategies of one day.

    Attributes
    ----------
    lines : tuple of str
        One sentence per cause, or one that says why there is none.
    causes, groups, reasons, strategies : pandas.DataFrame
        ``leading_causes``, ``drivers``, ``reason_rates`` since `since`, ``strategies``.
    funnel : pandas.DataFrame
        Rows of `groups` to see the first cause among its like, for each series.
    strategy_line : str
        Which strategy would lower a rate most.
    looks : str
        What looking again and again means for these causes; '' where there is none.
    limits : tuple of float
        Target and early warning of the policy: a rate below one of them never reads as at it.
    as_of, since : datetime.date
    """

    lines: tuple[str, ...]
    causes: pd.DataFrame
    groups: pd.DataFrame
    reasons: pd.DataFrame
    strategies: pd.DataFrame
    funnel: pd.DataFrame
    strategy_line: str
    looks: str
    limits: tuple[float, ...]
    as_of: date
    since: date

    @property
    def sized(self) -> bool:
        """Whether of any cause it is known how much more often it goes wrong, at least."""
        return bool((self.causes.at_least >= words.LEAST_TIMES).any())

    @property
    def text(self) -> str:
        """All of it in lines: causes, the strategy, and a word on looking again."""
        return "\n".join(filter(None, [*self.lines, self.strategy_line, self.looks]))


@dataclass(frozen=True, eq=False)
class ToDo:
    """What to do first; ``table`` is ``worklist``, ``lines`` what stands above it."""

    lines: tuple[str, ...]
    table: pd.DataFrame
    as_of: date
    many_series: bool

    @property
    def open(self) -> pd.DataFrame:
        """Rows on which something can be done."""
        return self.table[self.table.step != ""]
