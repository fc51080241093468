"""The index as files: of one day, as one, and compared with the run before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from odr_analysis.batch.index.earlier_runs import FILE, before, read_runs
from odr_analysis.batch.index.index_days import DAYS
from odr_analysis.batch.index.index_files import CSV, JSON, PAGE
from odr_analysis.batch.index.write_index import write_index
from odr_analysis.errors import ParameterError
from tests.unit.batch.made import DAY, a_rate, an_outcome, many


def test_a_run_is_compared_with_that_of_the_day_before(tmp_path):
    monday, tuesday = DAY - timedelta(days=1), DAY
    write_index(tmp_path, [an_outcome("a", a_rate(1000, 5), day=monday)], {})
    runs = read_runs(tmp_path)
    known = before(runs, tuesday)["a"]
    assert known.day == monday
    assert known.odr == {("Amazon.de", "mfn"): 0.005}
    (row,) = write_index(tmp_path, [an_outcome("a", a_rate(1000, 12), day=tuesday)], runs)
    assert row.worsened
    assert row.rates[0].change == pytest.approx(0.007)
    # A second run of the day compares with the day before too, not with the first.
    assert before(read_runs(tmp_path), tuesday) == {"a": known}
    # The next day compares with this one, and an older day with none.
    assert before(read_runs(tmp_path), tuesday + timedelta(days=1))["a"].state == "critical"
    assert before(read_runs(tmp_path), monday) == {}


def test_an_index_is_of_one_day(tmp_path):
    with pytest.raises(ParameterError, match="one scheduled day, got outcomes of 0: none"):
        write_index(tmp_path, [], {})
    two = [an_outcome("a", day=DAY), an_outcome("b", day=DAY - timedelta(days=1))]
    with pytest.raises(ParameterError, match="of 2: 2026-09-29, 2026-09-30"):
        write_index(tmp_path, two, {})
    assert list(tmp_path.iterdir()) == []


def test_all_files_of_the_index_are_of_one_run(tmp_path):
    write_index(tmp_path, many(12), {})
    assert {p.name for p in tmp_path.iterdir() if not p.name.startswith(".")} == {
        PAGE, JSON, CSV, DAYS, FILE,
    }  # fmt: skip
