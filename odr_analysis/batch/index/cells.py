"""One account of the index as the page shows it: every cell in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from odr_analysis import words
from odr_analysis.batch.index.index_files import HISTORY_PAGE, REPORT_PAGE
from odr_analysis.batch.index.row import BAD, FAILED, KNOWN, RANK_WORDS, Rate, Row
from odr_analysis.batch.index.sentences import as_sentence, cause_text, counts_text, missing_text
from odr_analysis.batch.outcome import FAILED_PAGE, LOG

MOST_RATES = 4
"""Rates of one account that the page has, the worst; the report has all."""
NOT_RUN = "It was left out of this run and has not been run before."
FAILURE_FILES = (("Where it failed", FAILED_PAGE), ("Log", LOG))
"""What a failed report may leave, as it is called on a page."""


@dataclass(frozen=True)
class RateCells:
    """One rate of an account in words; '' where there is nothing to show.

    ``state`` is there where this is not the worst rate of the account, and needs a look too, with
    what it was where that was better;
    ``change_class`` is ``u`` for up and ``d`` for down.
    """

    series: str
    state: str
    rate: str
    counts: str
    beside: str
    mature: str
    interval: str
    change: str
    change_class: str
    breach: str
    leaves: str
    days_to_leave: int | None
    cause: str


@dataclass(frozen=True)
class RowCells:
    """One account in words.

    ``css`` names the state for the style sheet; ``note`` is why it failed, or what is not known;
    ``failure`` has what the failure left, as text and path.
    """

    place: int
    account: str
    report: str
    history: str
    state: str
    css: str
    state_word: str
    was: str
    note: str
    failure: tuple[tuple[str, str], ...]
    rates: tuple[RateCells, ...]
    more: str


def cells_of(rows: list[Row], out: Path) -> Iterator[RowCells]:
    """The accounts in words, in their order; what a failure left is looked for below `out`."""
    for place, row in enumerate(rows, 1):
        yield _cells(place, row, out)


def failure_links(out: Path, folder: str) -> tuple[tuple[str, str], ...]:
    """What a failed report left in `folder`, a path below `out`: links as text and path."""
    found = ((text, f"{folder}/{name}" if folder else name) for text, name in FAILURE_FILES)
    return tuple((text, path) for text, path in found if (out / path).is_file())


def _cells(place: int, row: Row, out: Path) -> RowCells:
    folder = row.outcome.place
    one_store = len({r.marketplace for r in row.rates}) <= 1
    shown = row.rates[:MOST_RATES]
    more = len(row.rates) - len(shown)
    return RowCells(
        place=place,
        account=row.account,
        report=f"{folder}/{REPORT_PAGE}" if row.as_of else "",
        history=f"{folder}/{HISTORY_PAGE}",
        state=row.state,
        css=row.state.replace(" ", "-"),
        state_word=RANK_WORDS[row.state],
        was=_was(row),
        note=_note(row),
        failure=failure_links(out, folder) if row.state == FAILED else (),
        rates=tuple(_rate(rate, row, one_store=one_store) for rate in shown),
        more=words.counted(more, "more rate") if more > 0 else "",
    )


def _was(row: Row) -> str:
    if row.before is None:
        return "new"
    was = row.before.known_state if row.before.states else row.before.state_of(("", ""))
    return _earlier(was, row) if row.state not in (FAILED, was) else ""


def _earlier(state: str, row: Row) -> str:
    """What a state was, in words."""
    words_of = {"unknown": "not known before", "no data": "no data before", FAILED: "failed before"}
    was = words_of.get(state, f"was {RANK_WORDS[state].lower()}")
    return f"{was} under other rules" if row.other_rules else was


def _note(row: Row) -> str:
    """Why it failed and what was known last; or of which other day it is, and what is not known."""
    if row.state == FAILED:
        last = (
            f" Last report: {words.day(row.as_of)}, {RANK_WORDS[row.known_state].lower()}."
            if row.as_of
            else " There is no earlier report."
        )
        return f"{as_sentence(row.outcome.reason)}{last}"
    if row.as_of is None:
        return NOT_RUN if row.left_out else ""
    older = "" if row.is_of_today else f"As of {words.day(row.as_of)}."
    why = f"{missing_text(row.rates[0])}." if row.state == "unknown" else ""
    ends = ""
    if row.state in KNOWN and row.reported_to is not None and row.reported_to < row.as_of:
        ends = f"Defects known to {words.day(row.reported_to, row.as_of.year)}."
    return " ".join(filter(None, (older, why, ends)))


def _rate(rate: Rate, row: Row, *, one_store: bool) -> RateCells:
    mature, day = rate.mature, row.outcome.day
    state = RANK_WORDS[rate.state].lower() if rate is not row.rates[0] and rate.state in BAD else ""
    if state and rate.worsened and rate.before is not None:
        state += f", {_earlier(rate.before, row)}"
    text, interval = "", ""
    if mature:
        n, policy = mature["n_orders"], rate.policy
        text = words.rate(mature["n_defective"], n, policy)
        low, high = (words.rate(mature[end], n, policy) for end in ("lower", "upper"))
        interval = f"{low.removesuffix(' %')} to {high}"
    leaves, days_to_leave = "", None
    if rate.next_roll_off:
        gone = date.fromisoformat(rate.next_roll_off["day"])
        leaves = f"{words.number(rate.next_roll_off['n'])} on {words.day(gone, day.year)}"
        days_to_leave = (gone - day).days
    series = words.series(rate.marketplace, rate.channel, alone=one_store)
    return RateCells(
        series=f"{series}, {rate.marketplace}" if one_store else series,
        state=state,
        rate=rate.text,
        counts=counts_text(rate) if rate.n_orders else "",
        beside=_beside(rate),
        mature=text,
        interval=interval,
        change="" if rate.change is None else words.points(rate.change).removesuffix(" points"),
        change_class="" if not rate.change else "u" if rate.change > 0 else "d",
        breach="" if rate.p_breach is None else words.probability(rate.p_breach),
        leaves=leaves,
        days_to_leave=days_to_leave,
        cause=_capital(cause_text(rate)),
    )


def _beside(rate: Rate) -> str:
    """What comparing the rate with its target and the others shows."""
    if rate.clearly_over:
        return "clearly over the limit"
    if rate.state == "critical" and rate.z is not None:
        return "may be random"
    return f"clearly {rate.differs} than others" if rate.differs else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
