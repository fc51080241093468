"""The day up to which every kind of report is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from odr_analysis.account import Account
from odr_analysis.answer.known import KNOWN, UNKNOWN
from odr_analysis.answer.last_reports import last_reports
from odr_analysis.answer.parts.cards import cards
from tests.oracle import make_account

TODAY = date(2026, 9, 30)
DE = "Amazon.de"


def account(n_claims: int, last: date) -> Account:
    """Two orders a day; claims are spread over the half year up to `last`."""
    days = [TODAY - timedelta(days=ago) for ago in range(220)]
    rows = [(f"{day:%m%d}{i}", day, DE, "mfn") for day in days for i in range(2)]
    reports = [last - timedelta(days=int(i * 170 / n_claims)) for i in range(n_claims)]
    defects = [(f"{day - timedelta(days=9):%m%d}0", "claim", day) for day in reports]
    return make_account(rows, defects, known_to=TODAY)


def ends(made: Account, last: date, state: str = KNOWN) -> date:
    ((pair, series),) = made.on(TODAY).known.items()
    parts = [
        replace(part, state=state, last=last) if part.component == "claim" else part
        for part in series.components
    ]
    found = last_reports(made, TODAY, {pair: replace(series, components=tuple(parts))})[pair]
    assert found["feedback"] == found["chargeback"] == TODAY
    return found["claim"]


@pytest.mark.parametrize(
    ("n_claims", "ago", "ended"),
    [
        (60, 12, True),  # four would have come
        (60, 7, False),
        (10, 15, False),  # fewer than one
        (60, 0, False),
    ],
)
def test_a_file_ends_where_more_would_have_come(n_claims: int, ago: int, ended: bool) -> None:
    last = TODAY - timedelta(days=ago)
    assert ends(account(n_claims, last), last) == (last if ended else TODAY)


def test_a_file_that_ends_for_one_series_ends_for_all_it_covers() -> None:
    """Six claims of one channel alone would not show it; those of both together do."""
    last = TODAY - timedelta(days=12)
    days = [TODAY - timedelta(days=ago) for ago in range(220)]
    rows = [(f"{c}{day:%m%d}", day, DE, c) for day in days for c in ("mfn", "afn")]
    reports = [("mfn", last - timedelta(days=3 * i)) for i in range(50)]
    reports += [("afn", last - timedelta(days=25 * i)) for i in range(6)]
    claims = [(f"{c}{day - timedelta(days=9):%m%d}", "claim", day) for c, day in reports]
    made = make_account(rows, claims, known_to=TODAY)
    known = {
        pair: replace(
            series,
            components=tuple(
                replace(part, state=KNOWN, last=last if part.component == "claim" else TODAY)
                for part in series.components
            ),
        )
        for pair, series in made.on(TODAY).known.items()
    }
    found = last_reports(made, TODAY, known)
    assert {pair: ends["claim"] for pair, ends in found.items()} == dict.fromkeys(known, last)
    alone = {pair: series for pair, series in known.items() if pair[1] == "afn"}
    assert last_reports(made, TODAY, alone)[DE, "afn"]["claim"] == TODAY


def test_what_is_not_known_at_all_has_no_end() -> None:
    last = TODAY - timedelta(days=12)
    assert ends(account(60, last), last, state=UNKNOWN) == TODAY


def test_the_forecast_begins_where_reports_end(monkeypatch: pytest.MonkeyPatch) -> None:
    last = TODAY - timedelta(days=12)
    made = account(60, last)
    known = made.on(TODAY).forecast.table.iloc[0]
    early = replace(made).on(TODAY)
    ended = {"feedback": TODAY, "claim": last, "chargeback": TODAY}
    monkeypatch.setattr("odr_analysis.answer.day.last_reports", lambda *_: {(DE, "mfn"): ended})
    assert early.look_ahead().reported_to == last
    first = early.forecast.table.iloc[0]
    assert first.day == known.day
    # What was reported in the twelve days since is estimated, so today is no longer certain.
    assert first.mean_pending > known.mean_pending == 0
    lines = early.findings.ahead.lines
    assert lines[0] == "Not all is known after 18 Sep: what was reported since is estimated."
    assert lines[1].startswith("Seller-fulfilled ODR is at least 16.67 % (20 of 120 orders) and")
    assert early.findings.ahead.maturing == ()
    assert (
        "No file has A-to-z claims after 18 Sep 2026: what was reported since is estimated; orders "
        "and other reports are taken as they are."
    ) in early.findings.ahead.assumptions


def test_the_card_says_which_file_ends_and_only_of_its_series() -> None:
    last = TODAY - timedelta(days=12)
    made = account(60, last)
    day = made.on(TODAY)
    ((pair, series),) = day.known.items()
    parts = tuple(replace(part, state=KNOWN, last=last) for part in series.components)
    (card,) = cards(made, day.today, TODAY, {pair: replace(series, components=parts)})
    # Of the kinds without any report none is missed.
    assert [note for note in card.notes if "No file has" in note] == [
        "No file has A-to-z claims after 18 Sep: what was reported since is not in the count."
    ]
    (card,) = cards(made, day.today, TODAY, day.known)
    assert not any("No file has" in note for note in card.notes)
