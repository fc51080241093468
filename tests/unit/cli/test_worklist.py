"""``odr worklist``: as text, as JSON and as CSV."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from odr_analysis import load_sample, worklist
from tests.commands import SAMPLE, run


def test_the_worklist_in_words_names_steps_deadlines_and_what_is_forbidden() -> None:
    told = run("worklist", SAMPLE)
    table = worklist(load_sample())
    n_open = int((table.step != "").sum())
    assert f"{n_open} of {len(table)} defects" in told
    assert f"  1. {table.order_id[0]}" in told
    assert "Never offer a refund" in told
    assert f"{n_open - 10} more" in told
    assert all(order in run("worklist", SAMPLE, "--all") for order in table.order_id[:n_open])


def test_the_worklist_as_json_is_the_table() -> None:
    told = json.loads(run("worklist", SAMPLE, "--json", "--as-of", "2026-09-20"))
    table = worklist(load_sample(), "2026-09-20")
    assert told["as_of"] == "2026-09-20"
    assert [row["order_id"] for row in told["worklist"]] == table.order_id.tolist()
    assert set(told["worklist"][0]) == set(table.columns)
    for row, deadline in zip(told["worklist"], table.deadline, strict=True):
        assert row["deadline"] == (None if pd.isna(deadline) else str(deadline.date()))


def test_the_worklist_as_csv_is_safe_to_open(tmp_path: Path) -> None:
    path = tmp_path / "todo.csv"
    assert f"Worklist: {path}" in run("worklist", SAMPLE, "--csv", path)
    table = pd.read_csv(path, encoding="utf-8-sig")
    assert table.order_id.tolist() == worklist(load_sample()).order_id.tolist()
    hostile = table.evidence[table.evidence.str.contains("HYPERLINK", na=False)]
    assert len(hostile) == 1
    assert hostile.iloc[0].startswith("'=")
