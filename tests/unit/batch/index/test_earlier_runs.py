"""What a run is compared with, in whatever order the days are run."""

from __future__ import annotations

from datetime import timedelta

import pytest

from odr_analysis.batch.index.earlier_runs import (
    FILE,
    KEPT_RUNS,
    before,
    is_late,
    read_runs,
    with_run,
)
from odr_analysis.batch.index.row import rows_of
from odr_analysis.errors import OdrWarning
from tests.unit.batch.made import DAY, a_rate, a_summary, an_outcome

NEXT = DAY + timedelta(days=1)


def _run(out, day, *outcomes):
    runs = read_runs(out)
    rows = rows_of(outcomes, before(runs, day))
    (out / FILE).write_text(with_run(runs, rows, day), "utf-8")
    return rows


def _a(n, day=DAY, **more):
    return an_outcome("A", a_rate(1000, n), day=day, **more)


def test_only_rates_known_whole_are_kept_to_compare_with(tmp_path):
    """Yesterday's lower bound is nothing that today's rate could have risen from."""
    rates = a_rate(900, 3), a_rate(700, 2, channel="afn", missing=["no file of A-to-z claims"])
    _run(tmp_path, DAY, an_outcome("A", *rates))
    known = before(read_runs(tmp_path), NEXT)["A"]
    assert known.odr == {("Amazon.de", "mfn"): pytest.approx(3 / 900)}
    assert known.states == {("Amazon.de", "mfn"): "healthy", ("Amazon.de", "afn"): "unknown"}


def test_a_run_for_an_earlier_day_is_compared_with_the_one_before_it_and_takes_no_place(tmp_path):
    days = [DAY + timedelta(days=n) for n in range(4)]
    _run(tmp_path, days[0], _a(2, days[0]))
    _run(tmp_path, days[2], _a(20, days[2]))
    assert is_late(read_runs(tmp_path), days[1])
    (late,) = _run(tmp_path, days[1], _a(3, days[1]))
    assert late.before.day == days[0]
    assert late.rates[0].change == pytest.approx(0.001)
    (after,) = _run(tmp_path, days[3], _a(20, days[3]))
    assert after.before.day == days[2]
    assert not after.worsened, "that was so on the day before"
    assert not is_late(read_runs(tmp_path), days[3])


def test_an_account_that_comes_back_is_not_new_and_has_no_change(tmp_path):
    later = NEXT + timedelta(days=1)
    other = a_rate(500, 1)
    _run(tmp_path, DAY, _a(2), an_outcome("B", other))
    _run(tmp_path, NEXT, an_outcome("B", other, day=NEXT))
    rows = _run(tmp_path, later, _a(20, later), an_outcome("B", other, day=later))
    back = next(row for row in rows if row.account == "A")
    assert back.before.day == DAY
    assert back.worsened
    assert back.rates[0].change is None, "the page names the day of the run before"


def test_a_report_of_an_earlier_day_is_nothing_to_compare_with(tmp_path):
    old = a_summary(a_rate(1000, 2), as_of=DAY.isoformat())
    for outcome in (
        an_outcome("A", reason="No order.", summary=old, day=NEXT),
        an_outcome("A", status="left out", summary=old, day=NEXT),
    ):
        _run(tmp_path, NEXT, outcome)
        known = before(read_runs(tmp_path), NEXT + timedelta(days=1))["A"]
        assert (known.odr, known.known_state) == ({}, "healthy")


def test_the_newest_runs_are_kept(tmp_path):
    days = [DAY + timedelta(days=n) for n in range(KEPT_RUNS + 2)]
    for day in days:
        _run(tmp_path, day, _a(2, day))
    assert sorted(read_runs(tmp_path)) == days[2:]


def test_without_a_file_nothing_was_known(tmp_path):
    assert before(read_runs(tmp_path), DAY) == {}


@pytest.mark.parametrize("text", ["{", "[]", '{"schema_version": "0.9"}', '{"runs": 1}'])
def test_a_damaged_file_is_named_and_stops_nothing(tmp_path, text):
    (tmp_path / FILE).write_text(text)
    with pytest.warns(OdrWarning, match=r"index-runs\.json: not a record of runs of version"):
        assert read_runs(tmp_path) == {}
