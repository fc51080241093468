"""The units, read by systemd where it is there."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess

import pytest

from odr_analysis.batch.schedule.systemd import SERVICE, TIMER, quoted, systemd_recipe
from tests.unit.batch.schedule.made_run import a_run


def _units(recipe):
    for text in recipe.files.values():
        units = configparser.RawConfigParser(strict=True)
        units.optionxform = str  # type: ignore[assignment]
        units.read_string(text)
        yield units


def test_the_units_run_the_batch_at_its_time(tmp_path):
    run = a_run(tmp_path)
    recipe = systemd_recipe(run)
    service, timer = _units(recipe)
    assert timer["Timer"]["OnCalendar"] == "*-*-* 05:30:00 Europe/Berlin"
    assert timer["Timer"]["Persistent"] == "true"
    assert service["Service"]["Type"] == "oneshot"
    first, *words = re.findall(r'"(?:[^"\\]|\\.)*"|\S+', service["Service"]["ExecStart"])
    assert first == "/usr/bin/env"
    # As systemd.service(5) has it: escapes of C, %% for %, and $$ for $.
    plain = [re.sub(r"\\(.)", r"\1", w[1:-1]).replace("%%", "%").replace("$$", "$") for w in words]
    assert plain == [str(run.odr), *run.arguments()]
    assert any("ODR_OPS" in step for step in recipe.steps)


def test_systemd_itself_finds_nothing_wrong(tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze on this machine; the units were parsed above")
    recipe = systemd_recipe(a_run(tmp_path))
    for name, text in recipe.files.items():
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / SERVICE), str(tmp_path / TIMER)],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    times = subprocess.run(
        ["systemd-analyze", "calendar", "*-*-* 05:30:00 Europe/Berlin"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "05:30:00" in times.stdout


def test_a_word_without_odd_characters_is_only_quoted():
    assert quoted("--out") == '"--out"'
