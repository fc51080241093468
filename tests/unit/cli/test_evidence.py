"""``odr evidence``: the page, its tables, and the days it refuses."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from odr_analysis.answer.appeal import PAGE, TABLES
from odr_analysis.cli.evidence import evidence
from tests.commands import SAMPLE, run


def test_evidence_writes_a_page_and_a_table_each(tmp_path: Path) -> None:
    told = run(evidence, SAMPLE, "--since", "2026-08-25", "--out", tmp_path / "pack")
    assert "ship service Expedited" in told
    assert sorted(p.name for p in (tmp_path / "pack").iterdir()) == sorted([PAGE, *TABLES.values()])
    page = (tmp_path / "pack" / PAGE).read_text("utf-8")
    assert "<script" not in page
    orders = pd.read_csv(tmp_path / "pack" / TABLES["orders"], encoding="utf-8-sig")
    causes = pd.read_csv(tmp_path / "pack" / TABLES["causes"], encoding="utf-8-sig")
    behind = {i for ids in causes.order_ids for i in ids.split("; ")}
    assert len(behind) == causes.n_defective.sum()
    assert behind <= set(orders.order_id)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--since", "2026-11-01"], "no order has been placed since"),
        (["--since", "yesterday"], "is no date"),
        ([], "Missing option '--since'"),
    ],
)
def test_evidence_refuses_a_day_that_makes_no_sense(args: list[str], said: str) -> None:
    assert said in run(evidence, SAMPLE, *args, code=2)
