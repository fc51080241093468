"""What recipes are filled in with."""

from __future__ import annotations

from pathlib import Path

import pytest

from odr_analysis.batch.schedule.daily_run import DailyRun, check_zone, time_of
from odr_analysis.errors import ParameterError
from tests.unit.batch.schedule.made_run import a_run


def test_time_and_variables(tmp_path):
    run = a_run(tmp_path)
    assert (run.time, run.cron) == ("05:30", "30 5 * * *")
    assert run.variables() == ("ODR_OPS",)
    with run.accounts.open("a", encoding="utf-8") as file:
        file.write('[defaults]\nconnection = "$ODR_ALL"\n[[account]]\nconnection = "$ODR_ONE"\n')
    assert run.variables() == ("ODR_OPS", "ODR_ALL", "ODR_ONE")


@pytest.mark.parametrize("text", ["", "5", "24:00", "05:60", "5:3", "05-30", "-1:00", "٥:٣٠"])
def test_what_is_not_a_time_is_refused(text):
    with pytest.raises(ParameterError, match="not a time of day; write it like 05:30"):
        time_of(text)


@pytest.mark.parametrize("name", ["Berlin", "../etc/passwd", "", "Europe/"])
def test_what_is_not_a_time_zone_is_refused(name):
    with pytest.raises(ParameterError, match="not a time zone"):
        check_zone(name)


def test_a_path_with_a_line_break_is_refused():
    path = Path("/a\nb")
    with pytest.raises(ParameterError, match="line break"):
        DailyRun(path, path, path, 5, 30, "UTC")


def test_a_file_of_accounts_that_cannot_be_read_is_named(tmp_path):
    run = a_run(tmp_path)
    run.accounts.write_text("[")
    with pytest.raises(ParameterError, match=r"accounts\.toml: cannot be read"):
        run.variables()
