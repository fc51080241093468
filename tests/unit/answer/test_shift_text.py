"""Shift or noise in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest

from odr_analysis.answer.day import AccountDay
from odr_analysis.answer.shift_text import changed_line, no_shift_line, shift_line
from odr_analysis.forecasting.shifts.shift import BETTER, NO_SHIFT, NOT_ENOUGH, WORSE, Shift
from tests.oracle import make_account
from tests.unit.answer.parts.test_ahead import CARD, DE, TODAY

DAYS = 300


def account(rate_before: int, rate_after: int, changed: int = 60, since: int = DAYS):
    """Twenty orders a day; of every so many one gets a claim 12 days later, after `since`."""
    rows, defects = [], []
    for ago in range(DAYS):
        day = TODAY - timedelta(days=ago)
        every = rate_after if ago < changed else rate_before
        for i in range(20):
            rows.append((f"{ago}-{i}", day, DE, "mfn"))
            if (ago * 20 + i) % every == 0 and ago >= 12 and ago - 12 < since:
                defects.append((rows[-1][0], "claim", day + timedelta(days=12)))
    return make_account(rows, defects, known_to=TODAY)


@pytest.fixture(scope="module")
def worse() -> AccountDay:
    return account(150, 40).on(TODAY)


def test_an_alarm_has_its_lower_bound_and_its_rate_of_false_ones(worse) -> None:
    line = shift_line(worse.account, worse.shift, CARD, TODAY)
    assert line is not None
    times = float(line.split("at least ")[1].split(" times")[0])
    assert 1 < times < 150 / 40
    assert line.startswith("Seller-fulfilled: defects are reported at least ")
    assert line.endswith("(by chance alone there is one such alarm in 365 days).")
    assert no_shift_line(worse.shift, CARD) is None


def test_after_an_alarm_a_second_path_assumes_the_change(worse) -> None:
    fan = worse.findings.ahead.fans[0]
    assert {"changed_odr", "changed_p_breach"} <= set(fan)
    assert any(line.startswith("If that change is real, ") for line in worse.findings.ahead.lines)
    calm = account(150, 150).on(TODAY).findings.ahead
    assert "changed_odr" not in calm.fans[0]
    assert any("no shift was found" in line for line in calm.assumptions)


def test_the_band_is_wider_after_an_alarm(worse) -> None:
    """The change itself is not certain, so the same number of defects says less."""
    calm = account(40, 40).on(TODAY)
    widths = []
    for day in (worse, calm):
        row = day.ahead.iloc[45]
        widths.append((row.upper_90 - row.lower_90) / row.odr)
    assert widths[0] > 1.1 * widths[1]


def test_a_file_that_begins_later_is_no_shift() -> None:
    late = account(60, 60, since=70).on(TODAY)
    line = shift_line(late.account, _made(WORSE, 2.0), CARD, TODAY)
    assert line is not None
    assert " But no A-to-z claim is dated before " in line
    assert line.endswith(": if the files begin there, this is not a shift.")


def _made(finding: str, bound: float = 1.0, reason: str = "") -> Shift:
    row = {
        "marketplace": DE,
        "channel": "mfn",
        "finding": finding,
        "reason": reason,
        "since": pd.Timestamp("2026-09-01"),
        "ratio_bound": bound,
        "false_alarm_days": 365,
        "p_doubling_30": 0.62,
    }
    none = pd.DataFrame()
    return Shift(pd.DataFrame([row]), none, none, none)


def test_words_of_each_finding(worse) -> None:
    def said(found: Shift) -> str | None:
        return shift_line(worse.account, found, CARD, TODAY)

    assert said(_made(WORSE)) == (
        "Seller-fulfilled: defects are reported more often than before, since about 1 Sep (by "
        "chance alone there is one such alarm in 365 days)."
    )
    assert said(_made(BETTER, 0.6)) == (
        "Seller-fulfilled: defects are reported at most 0.6 times as often as before, since about "
        "1 Sep (by chance alone there is one such alarm in 365 days)."
    )
    assert said(_made(NO_SHIFT)) is None
    assert no_shift_line(_made(NO_SHIFT), CARD) == (
        "Seller-fulfilled: no shift was found; a doubling of the rate is found within 30 days with "
        "a probability of 62 %."
    )
    assert no_shift_line(_made(NOT_ENOUGH, reason="no reports"), CARD) == (
        "Seller-fulfilled: not enough data to find a shift (no reports)."
    )
    other = replace(CARD, channel="afn")
    assert no_shift_line(_made(NO_SHIFT), other) is None


def test_without_a_rate_there_is_no_second_path(worse) -> None:
    rows = worse.ahead.assign(n_orders=0.0, p_breach=float("nan"), odr=float("nan"))
    assert changed_line(rows, CARD, 0.01) is None
