"""What the processes of a report import that their server has not imported."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from odr_analysis.policy import Policy


def modules_of_report() -> None:
    """Read the exports in the folder that standard input names, show what the report's notebook
    does, and print what came in for it."""
    from odr_analysis.reports.reader_process import answer_to

    before, place = set(sys.modules), tempfile.mkdtemp()
    asked = {"folder": sys.stdin.readline().strip(), "cache": place, "today": "2026-11-29"}
    question = {"values": asked, "policy": Policy().to_dict(), "made": place}
    assert "summary" in answer_to(question, lambda step: None, goes_on=True)
    assert Path(place, "summary.json").is_file()
    from odr_analysis import findings, load_account, show

    for section in findings(load_account(**asked)).sections:
        show(section)._repr_mimebundle_()
    print(json.dumps(sorted(set(sys.modules) - before)))


def threads_of_server() -> None:
    """Print how many threads the server has, and whether the model of languages is loaded."""
    import os

    from odr_analysis.texts.language import _model

    print(len(os.listdir(f"/proc/{os.getppid()}/task")), _model.cache_info().currsize)
