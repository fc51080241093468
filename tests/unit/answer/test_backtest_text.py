"""The backtest in words: what stands on top, what stands in columns, and what is not known."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from odr_analysis import account_from_frames, load_sample, words
from odr_analysis.answer.backtest_text import (
    LEGEND,
    TABLE_HEAD,
    WARNING_HEAD,
    backtest_json,
    backtest_lines,
    missing_of,
)
from odr_analysis.forecasting.recalibration import Correction, Recalibration
from odr_analysis.forecasting.track_record.backtest import Backtest, backtest
from tests.unit.forecasting.simulated import TODAY, simulated


@pytest.fixture(scope="module")
def found() -> Backtest:
    return backtest(simulated(100, rate=0.011, days=300), horizons=(7, 60), every=35, n_draws=100)


def rows_of(lines: list[str], head: tuple[str, ...]) -> list[list[str]]:
    """Cells of the lines below a head, to the next empty one."""
    start = lines.index(head[-1]) + 1
    return [line.split() for line in lines[start : lines.index("", start)]]


def counted(found: Backtest, **counts: list[int]) -> Backtest:
    return replace(found, warnings=found.warnings.assign(**counts))


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        (
            {"hits": [2, 1, 1, 0], "misses": [0, 1, 0, 1], "false_alarms": [1, 0, 0, 0]},
            "3 of 12 forecasts came out over the limit. Warned at 50 % or more: 3 of these, "
            "1 false alarm. At 80 % or more: 1 of these, no false alarm.",
        ),
        (
            {"hits": [0] * 4, "misses": [0] * 4, "false_alarms": [0, 0, 2, 0]},
            "none of 12 forecasts came out over the limit. Warned at 50 % or more: "
            "2 false alarms. At 80 % or more: no false alarm.",
        ),
    ],
)
def test_how_often_the_warning_was_right_stands_on_top(
    found: Backtest, counts: dict, sentence: str
) -> None:
    counts |= {"n_origins": [7, 7, 5, 5]}
    lines = backtest_lines(counted(found, **counts))
    assert lines[0].startswith("How often the warning was right, had it been given on 6 earlier")
    top = " ".join(line.strip() for line in lines[: lines.index(WARNING_HEAD[0])])
    assert f"Seller-fulfilled: {sentence}" in top


def test_rows_are_those_of_the_tables(found: Backtest) -> None:
    lines = backtest_lines(found)
    warned = rows_of(lines, WARNING_HEAD)
    assert [row[:6] for row in warned] == [
        [str(n) for n in (r.horizon, round(100 * r.level))]
        + ["%", str(r.hits), str(r.false_alarms), str(r.misses)]
        for r in found.warnings.itertuples()
    ]
    rows = rows_of(lines, TABLE_HEAD)
    assert [row[:3] for row in rows[:2]] == [["in", "7", "days"], ["in", "60", "days"]]
    first = found.table.iloc[0]
    assert rows[0][3:5] == [str(first.n_origins), f"{first.n_windows:.1f}"]
    assert rows[0][-3:-1] == [f"{first.wis_to_reported:.2f}", f"{first.wis_to_persistence:.2f}"]
    assert rows[3][4].endswith("*")
    assert max(map(len, lines)) <= words.WIDTH


@pytest.mark.parametrize(
    ("correction", "change"),
    [
        (Correction(0.0, 1.08), "have bands 8 % wider."),
        (
            Correction(-0.2, 0.95),
            "have bands 5 % narrower and 58 % of its draws below the median it has now.",
        ),
        (Correction(0.2, 1.0), "have 58 % of its draws above the median it has now."),
        (Correction(0.001, 1.001), "be the same."),
    ],
)
def test_what_would_be_corrected_is_stated(
    found: Backtest, monkeypatch: pytest.MonkeyPatch, correction: Correction, change: str
) -> None:
    learned = Recalibration(ahead={("Amazon.de", "mfn"): correction})
    monkeypatch.setitem(vars(found), "recalibration", learned)
    text = " ".join(line.strip() for line in backtest_lines(found))
    assert f"Recalibrated by these errors, a forecast of the days ahead would {change}" in text
    (row,) = json.loads(backtest_json(found))["recalibration"]
    assert (row["of"], row["shift"], row["spread"]) == (
        "days ahead",
        correction.shift,
        correction.spread,
    )


def test_a_legend_and_every_note_are_below(found: Backtest) -> None:
    text = " ".join(line.strip() for line in backtest_lines(found, ["No file of claims."]))
    for note in (*LEGEND, *found.notes, "No file of claims."):
        assert note in text


def test_not_enough_history_is_a_result() -> None:
    lines = backtest_lines(backtest(simulated(40, days=110), n_draws=100))
    text = " ".join(line.strip() for line in lines)
    assert "not enough history. 1 earlier day can be compared with what happened" in text
    assert "worth 1.0 independent windows; scores need 2." in text
    assert LEGEND[0] not in text
    assert "Recalibrated" not in text
    none = backtest(simulated(40, days=60))
    assert backtest_lines(none)[0] == "How often the warning was right: not enough history."
    assert "A forecast needs 90 days of orders" in " ".join(backtest_lines(none))


def test_a_row_without_enough_history_has_no_score(found: Backtest) -> None:
    short = found.origins[found.origins.horizon != 60]
    part = backtest(simulated(60, days=190), horizons=(7, 60), every=20, n_draws=100)
    assert len(short)
    (row,) = (line for line in backtest_lines(part) if line.startswith("  in 60 days"))
    assert row.endswith("not enough history")


def test_json_has_every_row_and_no_day_as_a_time(found: Backtest) -> None:
    told = json.loads(backtest_json(found))
    assert [len(told[k]) for k in ("warnings", "table", "origins")] == [
        len(found.warnings),
        len(found.table),
        len(found.origins),
    ]
    assert told["notes"] == list(found.notes)
    assert {row["origin"] for row in told["origins"]} == {
        str(day.date()) for day in found.origins.origin
    }
    of_nowcast = [row for row in told["origins"] if row["quantity"] == "mature"]
    assert of_nowcast[0]["p_breach"] is None


def test_what_the_files_lack_of_the_first_day_is_stated(found: Backtest) -> None:
    account = load_sample()
    first = pd.Timestamp("2026-04-08")
    lacking = replace(found, origins=found.origins.assign(origin=first))
    (sentence,) = missing_of(account, lacking)
    assert "8 Apr 2026: no file of chargebacks before" in sentence
    last = replace(found, origins=found.origins.assign(origin=pd.Timestamp(TODAY)))
    assert missing_of(account, last) == []
    days = pd.date_range("2026-05-01", TODAY).astype(str)
    orders = pd.DataFrame({"order_id": days, "ordered_on": days, "channel": "mfn"})
    (sentence,) = missing_of(account_from_frames(orders.assign(marketplace="Amazon.de")), last)
    assert sentence.startswith("Not everything is known: no file of feedback; no file of A-to-z")
    lines = backtest_lines(found, [sentence])
    assert [i < 6 for i, line in enumerate(lines) if line.startswith("Not everything")] == [True]
    assert missing_of(account, replace(found, origins=found.origins.iloc[:0])) == []
    assert date(2026, 9, 30) == account.known_to
