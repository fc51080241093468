"""A summary as a file and as lines, whose rate is that of the page."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest

from odr_analysis.answer.summary import to_summary
from odr_analysis.receipt import Receipt
from odr_analysis.reports.summary_file import save_summary, summary_lines
from tests.unit.answer.test_known import TODAY, account, report


def test_a_summary_survives_json(tmp_path: Path) -> None:
    summary = to_summary(account(), TODAY)
    path = save_summary(summary, tmp_path / "summary.json")
    assert json.loads(path.read_text("utf-8")) == summary


def test_a_number_json_cannot_carry_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        save_summary({"odr": math.nan}, tmp_path / "summary.json")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("stated", [None, 0, 3])
@pytest.mark.parametrize("policy", [{}, {"coverage_needed": ""}])
@pytest.mark.parametrize("files", [True, False])
@pytest.mark.parametrize("bad", [0, 1])
def test_the_lines_of_a_summary_have_the_rate_of_the_page(
    bad: int, files: bool, policy: dict[str, str], stated: int | None
) -> None:
    found = account(bad=bad, **policy)
    found = found if files else replace(found, receipt=Receipt(()))
    found = found if stated is None else replace(found, snapshots=report(stated))
    (card,) = found.on(TODAY).cards
    line = summary_lines(to_summary(found, TODAY))[1]
    assert re.search(rf" {re.escape(card.rate_text)}  .* {card.state}$", line), line
