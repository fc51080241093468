"""The cron line, read as cron reads it and run by sh."""

from __future__ import annotations

import re
import subprocess

from odr_analysis.batch.schedule.cron import FILE, cron_recipe
from tests.unit.batch.schedule.made_run import a_run, called


def test_the_line_is_read_by_cron_and_run_by_sh(tmp_path):
    run = a_run(tmp_path)
    text = cron_recipe(run).files[FILE]
    (line,) = [line for line in text.splitlines() if line and not line.startswith("#")]
    fields = line.split(" ", 5)
    assert fields[:5] == ["30", "5", "*", "*", "*"]
    assert all(re.fullmatch(r"\*|\d+", field) for field in fields[:5])
    # As crontab(5) has it: an unescaped % ends the command, and \% is a %.
    assert not re.search(r"(?<!\\)%", fields[5])
    command = fields[5].replace(r"\%", "%")
    subprocess.run(["/bin/sh", "-c", command], check=True, env={}, cwd="/")
    assert called(tmp_path) == run.arguments()
    assert "Europe/Berlin" in text
    assert "# ODR_OPS=..." in text
