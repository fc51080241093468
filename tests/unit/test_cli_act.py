"""``odr worklist`` and ``odr evidence``: what they print and write, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from odr_analysis import load_sample, worklist, write_sample
from odr_analysis.answer.appeal import PAGE, TABLES
from odr_analysis.cli import main

SAMPLE = str(Path(__file__).parents[2] / "data" / "sample")


def run(*args: str, code: int = 0) -> str:
    done = CliRunner().invoke(main, [str(a) for a in args])
    assert done.exit_code == code, done.output
    assert not done.exception or isinstance(done.exception, SystemExit)
    return done.output


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


def test_evidence_writes_a_page_and_a_table_each(tmp_path: Path) -> None:
    told = run("evidence", SAMPLE, "--since", "2026-08-25", "--out", tmp_path / "pack")
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
    assert said in run("evidence", SAMPLE, *args, code=2)


def test_places_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    told = run("evidence", SAMPLE, "--since", "2026-08-25", "--out", file / "pack", code=2)
    assert "Choose another place with --out" in told
    told = run("worklist", SAMPLE, "--csv", file / "todo.csv", code=2)
    assert "Choose another place" in told


def test_an_account_without_a_defect_has_nothing_to_do(tmp_path: Path) -> None:
    write_sample(tmp_path / "clean", orders=800, seed=3, scenario="clean")
    assert "No defect is known, so there is none to work on." in run(
        "worklist", tmp_path / "clean", "--no-cache"
    )
    told = run("why", tmp_path / "clean", "--no-cache")
    assert "No order in the window is known to be defective" in told
    told = run("evidence", tmp_path / "clean", "--since", "2026-09-01", "--out", tmp_path / "pack")
    assert "Nothing stands out" in told or "No group" in told


def test_days_in_the_wrong_order_are_told_apart() -> None:
    told = run("why", SAMPLE, "--from", "2026-09-30", "--to", "2026-09-01", code=2)
    assert "Swap them" in told
