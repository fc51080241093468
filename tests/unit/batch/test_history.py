"""Each run of an account is a whole line, whoever was killed while writing one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from odr_analysis.batch.history import append, last_of
from odr_analysis.batch.index.history_page import HISTORY, read_history
from odr_analysis.batch.outcome import Outcome

PLACE = "accounts/Shoes"


def outcome(day: int, reason: str = "") -> Outcome:
    status = "failed" if reason else "made"
    return Outcome(
        "Shoes", PLACE, date(2026, 9, day), status, reason, 2, 1.5, "2026-09-30T01:00:00"
    )


def test_runs_are_added_and_the_last_is_given_back(tmp_path: Path) -> None:
    assert last_of(tmp_path, PLACE) is None
    append(tmp_path, outcome(1))
    append(tmp_path, outcome(2, "No orders in “a”."))
    assert last_of(tmp_path, PLACE) == outcome(2, "No orders in “a”.")
    assert len(read_history(tmp_path / PLACE / HISTORY)) == 2


def test_a_line_that_was_cut_off_spoils_no_other(tmp_path: Path) -> None:
    append(tmp_path, outcome(1))
    path = tmp_path / PLACE / HISTORY
    whole = path.read_bytes()
    for cut in range(1, len(whole)):
        path.write_bytes(whole + whole[:cut])
        append(tmp_path, outcome(2))
        days = [run["day"] for run in read_history(path)]
        assert days[0] == "2026-09-01"
        assert days[-1] == "2026-09-02"


def test_the_summary_is_that_of_the_last_report(tmp_path: Path) -> None:
    append(tmp_path, outcome(1))
    (tmp_path / PLACE / "summary.json").write_text('{"account": "Shoes"}')
    last = last_of(tmp_path, PLACE)
    assert last
    assert last.summary
    assert dict(last.summary) == {"account": "Shoes"}
