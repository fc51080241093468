"""A daily run whose paths have every character that some scheduler trips over."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from odr_analysis.batch.schedule.daily_run import DailyRun

ODD = 'it\'s 50% of $HOME "x" & \\back;'
"""A folder's name."""
ACCOUNTS = """
[recipients.ops]
url = "$ODR_OPS"
[recipients.anna]
url = "mailto://anna@example.com"
"""


def a_run(folder: Path, timezone: str = "Europe/Berlin") -> DailyRun:
    """A run in a folder of odd characters; its ``odr`` writes its arguments to ``called.json``."""
    place = folder / ODD
    (place / "bin").mkdir(parents=True)
    odr = place / "bin" / "odr"
    called = json.dumps(str(folder / "called.json"))
    odr.write_text(
        f"#!{sys.executable}\nimport json, sys\n"
        f"json.dump(sys.argv[1:], open({called}, 'w'))\nprint('3 reports made')\n"
    )
    odr.chmod(0o755)
    (place / "accounts.toml").write_text(ACCOUNTS, "utf-8")
    return DailyRun(odr, place / "accounts.toml", place / "out", 5, 30, timezone)


def called(folder: Path) -> list[str]:
    """What ``odr`` was called with."""
    arguments: list[str] = json.loads((folder / "called.json").read_text("utf-8"))
    return arguments
