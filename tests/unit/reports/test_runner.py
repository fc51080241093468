"""Running the report: what stops it before it begins, its four files, and where the time went."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from odr_analysis.errors import OdrError, ParameterError
from odr_analysis.reports.notebook_run import STAGES
from odr_analysis.reports.runner import NOTEBOOK, RUN_ID, ReportFiles, run_report
from tests.bucket import NAME, Served


@pytest.fixture(scope="module")
def made(seller: Path, tmp_path_factory: pytest.TempPathFactory) -> ReportFiles:
    return run_report(seller, tmp_path_factory.mktemp("run") / "out", cache=None)


def test_the_files_belong_together(made: ReportFiles) -> None:
    assert json.loads(made.summary_file.read_text("utf-8")) == made.summary
    for name, digest in made.summary["made"].items():
        content = (made.page.parent / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest
    notebook = nbformat.read(made.notebook, as_version=4)
    assert notebook.metadata[RUN_ID] == made.summary["run_id"]
    assert made.summary["run_id"] in made.page.read_text("utf-8")
    assert {p.name for p in made.page.parent.iterdir()} == {NOTEBOOK, *made.summary["made"]} | {
        made.summary_file.name
    }


def test_a_report_of_a_url_is_that_of_the_folder(
    bucket: Served, seller: Path, made: ReportFiles, tmp_path: Path
) -> None:
    bucket.put_folder(seller, f"accounts/{seller.name}")
    done = run_report(f"s3://{NAME}/accounts/{seller.name}", tmp_path / "out", cache=tmp_path / "c")
    own = {"run_id", "made"}
    for key in done.summary.keys() - own:
        assert done.summary[key] == made.summary[key], key
    with pytest.raises(ParameterError, match="nothing is written to object storage"):
        run_report(seller, f"s3://{NAME}/out", cache=None)


def test_every_second_is_accounted_for(made: ReportFiles) -> None:
    assert set(made.seconds) == {*STAGES, "total"}
    # Within the moments that lie between reading one clock and the next.
    parts = sum(made.seconds[stage] for stage in STAGES)
    assert parts == pytest.approx(made.seconds["total"], abs=0.1)
    assert min(made.seconds.values()) >= 0


def test_who_asks_for_a_report_imports_nothing_that_works_it_out(
    seller: Path, tmp_path: Path
) -> None:
    """What takes a second to import is imported by the two processes that need it alone."""
    command = ["report", str(seller), "--no-cache", "--out", str(tmp_path / "out")]
    code = (
        "import sys; from odr_analysis.cli import main\n"
        f"main({command!r}, standalone_mode=False)\n"
        "print(sorted({'pandas', 'scipy', 'matplotlib', 'ibis', 'duckdb'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Page:" in done.stdout
    assert done.stdout.endswith("\n[]\n")


def test_each_code_cell_ran_once_and_in_order(made: ReportFiles) -> None:
    cells = [cell for cell in nbformat.read(made.notebook, 4).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert all(cell.metadata.papermill.status == "completed" for cell in cells)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"lag_day": 3}, "lag_days"),
        ({"moved_days": "many"}, "moved_days"),
        ({"as_of": "2999-01-01"}, "is after today"),
        ({"rules": "lag_days"}, "rules"),
    ],
)
def test_a_wrong_parameter_is_refused_before_anything_is_written(
    seller: Path, tmp_path: Path, given: dict[str, object], message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        run_report(seller, tmp_path / "out", parameters=given, cache=None)
    assert not (tmp_path / "out").exists()


def test_a_folder_without_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(OdrError, match="in"):
        run_report(tmp_path / "in", tmp_path / "out", cache=None)
    assert not (tmp_path / "out").exists()
