"""``odr report`` as a scheduler and a person meet it."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from jsonschema import Draft202012Validator

from odr_analysis.reports.notebook_run import STAGES
from tests.commands import odr

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "odr_analysis" / "summary.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def report(
    us_seller: tuple[Path, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Result]:
    out = tmp_path_factory.mktemp("out")
    return out, odr("report", us_seller[0], "--out", out, "--fail-on", "critical", "--timings")


def test_report_writes_everything_and_gives_the_truth(
    us_seller: tuple[Path, dict[str, Any]], report: tuple[Path, Result]
) -> None:
    out, run = report
    truth = us_seller[1]
    assert run.exception is None or isinstance(run.exception, SystemExit), run.output
    assert sorted(p.name for p in out.iterdir()) == [
        "defective-orders.csv",
        "report.html",
        "report.ipynb",
        "summary.json",
    ]
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    Draft202012Validator(SCHEMA).validate(summary)
    assert summary["as_of"] == truth["as_of"]
    told = {(r["marketplace"], r["channel"]): r for r in summary["rates"]}
    for row in truth["rates"]:
        got = told[row["marketplace"], row["channel"]]
        for name in ("n_orders", "n_defective", "n_feedback", "n_claim", "n_chargeback"):
            assert got[name] == row[name], name
    for f in summary["receipt"]["files"]:
        assert f["rows_read"] == f["rows_kept"] + sum(f["rows_dropped"].values())


def test_exit_code_follows_the_worst_rate(report: tuple[Path, Result]) -> None:
    out, run = report
    states = {r["state"] for r in json.loads((out / "summary.json").read_text())["rates"]}
    assert run.exit_code == (1 if "critical" in states else 0)


def test_report_prints_a_line_per_channel_and_where_the_files_are(
    report: tuple[Path, Result],
) -> None:
    out, run = report
    assert "Amazon.com" in run.output
    assert str(out / "report.html") in run.output
    assert "mfn" in run.output
    assert "afn" in run.output
    assert all(stage in run.output for stage in STAGES)


def test_the_table_has_no_formula(report: tuple[Path, Result]) -> None:
    out, _ = report
    with (out / "defective-orders.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["-p", "windowdays", "30"], "did you mean 'window_days'"),
        (["-p", "window_days", "thirty"], "window_days must be int"),
        (["-p", "window_days", "0"], "window_days must be at least 1"),
        (["-p", "day_boundary", "mars"], "day_boundary must be"),
        (["--marketplace", "Amazon.xx"], "Amazon.xx"),
    ],
)
def test_a_wrong_parameter_stops_before_a_kernel_starts(
    arguments: list[str], told: str, us_seller: tuple[Path, Any], tmp_path: Path, no_kernel: None
) -> None:
    run = odr("report", us_seller[0], "--out", tmp_path / "out", *arguments)
    assert run.exit_code == 2
    assert told in run.stderr
    assert "Traceback" not in run.output + run.stderr
    assert not (tmp_path / "out").exists()


def test_an_empty_or_missing_folder_stops_before_a_kernel_starts(
    tmp_path: Path, no_kernel: None
) -> None:
    (tmp_path / "in").mkdir()
    run = odr("report", tmp_path / "in", "--out", tmp_path / "out", "--no-cache")
    assert run.exit_code == 2
    assert "no file in this folder" in run.stderr
    assert odr("report", tmp_path / "nowhere").exit_code == 2


def test_unusable_input_is_told_plainly_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x.jpg").write_bytes(b"\xff\xd8\xff\xe0photo")
    run = odr("report", tmp_path / "in", "--out", tmp_path / "out", "--no-cache")
    assert run.exit_code == 2
    assert "photo" in run.stderr
    assert "All Orders" in run.stderr
    assert "Traceback" not in run.output + run.stderr
    assert not (tmp_path / "out").exists()


def test_a_day_that_is_none_is_refused(us_seller: tuple[Path, Any]) -> None:
    run = odr("report", us_seller[0], "--as-of", "30.09.2026")
    assert run.exit_code == 2
    assert "2026-09-30" in run.stderr
