"""One account in one worker: made, left as it is, or failed with all that is to be seen of it."""

from __future__ import annotations

import html
import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
import pytest

from odr_analysis.batch import worker
from odr_analysis.batch.accounts import BatchAccount
from odr_analysis.batch.outcome import FAILED_NOTEBOOK, FAILED_PAGE, LOG
from odr_analysis.batch.worker import Task, reason_of, run_account
from odr_analysis.errors import (
    FrameError,
    LossBudgetError,
    MachineError,
    NoOrdersError,
    ParameterError,
)
from odr_analysis.receipt import FileReceipt, Receipt, no_orders
from odr_analysis.reports.report_request import notebook_path
from odr_analysis.reports.runner import RUN_ID
from tests.bucket import NAME, Served

REPORT = {"defective-orders.csv", "report.html", "report.ipynb", "summary.json"}
FAILED = {FAILED_NOTEBOOK, FAILED_PAGE, LOG}


@pytest.fixture
def exports(seller: Path, tmp_path: Path) -> Path:
    return shutil.copytree(seller, tmp_path / "exports")


def task(exports: Path, **changes: Any) -> Task:
    account = BatchAccount("Shoes", str(exports))
    day = date(2026, 9, 30)
    return Task(account, exports.parent / "out", day, date(2026, 11, 29), "05-report", **changes)


def files(one: Task) -> set[str]:
    return {path.name for path in one.place.iterdir()}


def test_exports_may_lie_in_a_bucket(bucket: Served, seller: Path, tmp_path: Path) -> None:
    bucket.put_folder(seller, "accounts/shoes")
    account = BatchAccount("Shoes", f"s3://{NAME}/accounts/shoes")
    one = replace(task(tmp_path / "none"), account=account)
    done = run_account(one).outcome
    assert (done.status, done.reason) == ("made", "")
    assert run_account(one).outcome.status == "unchanged"
    none = replace(one, account=BatchAccount("Books", f"s3://{NAME}/accounts/books"))
    failed = run_account(none)
    assert (failed.outcome.status, failed.passing) == ("failed", False)
    assert f"s3://{NAME}/accounts/books" in failed.outcome.reason


def test_a_report_is_made_once_and_a_failure_leaves_it_there(exports: Path) -> None:
    first = task(exports, keep=2)
    done = run_account(first).outcome
    assert (done.status, done.attempts, done.reason) == ("made", 1, ""), done.reason
    assert files(first) == {*REPORT, "2026-09-30"}
    assert done.summary
    assert (done.summary["account"], done.summary["as_of"]) == ("Shoes", "2026-09-30")
    notebook = nbformat.read(first.place / "report.ipynb", as_version=4)
    assert notebook.metadata[RUN_ID] == done.summary["run_id"]
    assert all(c.metadata.papermill.status == "completed" for c in notebook.cells)
    whole = {name: (first.place / name).read_bytes() for name in REPORT}

    again = run_account(first).outcome
    assert (again.status, again.attempts) == ("unchanged", 0)

    texts = {path: path.read_bytes() for path in exports.iterdir()}
    for path in texts:
        path.write_text("nothing of use")
    failed = run_account(first)
    assert (failed.outcome.status, failed.passing) == ("failed", False)
    assert "order" in failed.outcome.reason
    assert "\n" not in failed.outcome.reason
    assert "Traceback" in (first.place / LOG).read_text("utf-8")
    assert files(first) == {*REPORT, *FAILED, "2026-09-30"}
    assert {name: (first.place / name).read_bytes() for name in REPORT} == whole
    assert failed.outcome.summary == done.summary, "that of the last report"
    marked = nbformat.read(first.place / FAILED_NOTEBOOK, as_version=4)
    assert any('id="papermill-error-cell"' in cell.source for cell in marked.cells)
    page = (first.place / FAILED_PAGE).read_text("utf-8")
    assert "load_account" in page
    assert f"<title>ODR report: {first.account.name}</title>" in page

    for path, text in texts.items():
        path.write_bytes(text)
    assert run_account(first).outcome.status == "unchanged"
    assert not files(first) & FAILED, "it has not failed any more"
    made = run_account(replace(first, force=True)).outcome
    assert made.status == "made"
    assert {n: (first.place / n).read_bytes() for n in REPORT - {"report.ipynb"}} == {
        name: whole[name] for name in REPORT - {"report.ipynb"}
    }, "the same files give the same report, byte for byte"
    assert files(first) == {*REPORT, "2026-09-30"}


def with_cell(folder: Path, source: str) -> str:
    told = json.loads(notebook_path("05-report").read_text("utf-8"))
    told["cells"][2]["source"] = source
    (folder / "own.ipynb").write_text(json.dumps(told), "utf-8")
    return str(folder / "own.ipynb")


def test_a_notebook_in_which_no_cell_failed_states_why_there_is_no_report(
    exports: Path, tmp_path: Path
) -> None:
    own = nbformat.v4.new_notebook(metadata=nbformat.read(notebook_path("05-report"), 4).metadata)
    parameters = nbformat.v4.new_code_cell('folder: str = ""\nas_of: str = ""')
    parameters.metadata["tags"] = ["parameters"]
    own.cells = [parameters, nbformat.v4.new_code_cell("print('all is well')")]
    nbformat.write(own, tmp_path / "own.ipynb")
    for path in exports.iterdir():
        path.write_text("<b>nothing</b> of use")
    one = replace(task(exports), notebook=str(tmp_path / "own.ipynb"))
    reason = run_account(one).outcome.reason
    assert "no order in any file" in reason
    assert files(one) == FAILED
    left = nbformat.read(one.place / FAILED_NOTEBOOK, as_version=4)
    assert "no cell of this notebook failed" in left.cells[0].source
    assert f"<p>{html.escape(reason)}</p>" in left.cells[0].source
    page = (one.place / FAILED_PAGE).read_text("utf-8")
    assert "no cell of this notebook failed" in page
    assert "all is well" in page
    assert "<b>nothing</b>" not in page


def test_a_report_that_takes_more_than_it_may_is_ended(exports: Path, tmp_path: Path) -> None:
    slow = with_cell(tmp_path, "import time; time.sleep(600)")
    one = replace(task(exports), notebook=slow, timeout=10.0)
    attempt = run_account(one)
    assert "longer than the 10 s" in attempt.outcome.reason
    assert not attempt.passing
    assert "time.sleep" in (one.place / FAILED_PAGE).read_text("utf-8")
    greedy = with_cell(tmp_path, "x = bytearray(2_000_000_000); import time; time.sleep(600)")
    attempt = run_account(replace(one, notebook=greedy, timeout=120.0, memory=2_000_000_000))
    assert "more than the 2,000 MB it may (--memory)" in attempt.outcome.reason
    assert not attempt.passing
    assert files(one) == FAILED


@pytest.mark.parametrize(
    ("account", "says"),
    [
        ({"folder": "/no/such"}, "/no/such: no such folder"),
        ({"policy": "/no/such.toml"}, "/no/such.toml"),
        ({"parameters": {"lag_day": 3}}, "did you mean 'lag_days'"),
        ({"marketplace": "Amazon.xx"}, "Amazon.xx"),
    ],
)
def test_what_is_wrong_with_an_account_is_its_reason(
    exports: Path, account: dict[str, Any], says: str
) -> None:
    one = task(exports)
    asked = {"name": "Shoes", "folder": str(exports), **account}
    one = replace(one, account=BatchAccount(**asked))
    attempt = run_account(one)
    assert attempt.outcome.status == "failed"
    assert says in attempt.outcome.reason
    assert not attempt.passing
    assert attempt.outcome.summary is None


def test_reasons_are_one_line_and_not_without_end() -> None:
    assert reason_of(FileNotFoundError(2, "No such file", "a.txt")) == "a.txt: No such file."
    assert reason_of(KeyError("x")) == "KeyError: 'x'"
    fits = "Parameters of a do not fit:\n  unknown b\nValid parameters:\n  c"
    assert reason_of(ParameterError(fits)) == "Parameters of a do not fit: unknown b"
    assert reason_of(FrameError(["orders: no row.", "days: no day."])) == (
        "orders: no row. days: no day."
    )
    for text in ("word " * 1_000, "x" * 1_000, "x" * 500 + " y", "y " + "x" * 500):
        long = reason_of(MachineError(text))
        assert "…" in long
        assert len(long) <= worker.LONGEST_REASON


def test_a_long_reason_keeps_what_failed_and_what_to_do() -> None:
    files = [FileReceipt(f"a-rather-long-name-{n}.csv", "claims") for n in range(20)]
    reason = reason_of(NoOrdersError(no_orders("/exports/shoes", Receipt(tuple(files)))))
    assert reason.startswith("/exports/shoes: no order in any file, so there is nothing to divide")
    assert reason.endswith("GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL).")
    assert "Add an All Orders report" in reason
    lossy = [replace(one, rows_read=50, rows_dropped={"no date": 50}) for one in files]
    with pytest.raises(LossBudgetError) as caught:
        Receipt(tuple(lossy)).check_loss(0.01)
    reason = reason_of(caught.value)
    assert reason.startswith("More rows would be lost than the loss budget of 1 % allows")
    assert "Correct these lines, or accept the loss with a larger" in reason
    assert reason[-1] == "."


def test_of_many_problems_the_first_are_whole_and_the_others_counted() -> None:
    problems = [f"orders: column {n} is text. Expected a number, as in 12.50." for n in range(20)]
    reason = reason_of(FrameError(problems))
    assert reason.startswith(" ".join(problems[:5]))
    assert reason.endswith("as in 12.50. And 14 more problems: see the log.")
    assert len(reason) <= worker.LONGEST_REASON
    one = f"orders: {'far too many words ' * 50}. Take fewer."
    assert reason_of(FrameError([one, *problems])).endswith(
        "Take fewer. And 20 more problems: see the log."
    )
    assert reason_of(FrameError([one])).endswith("Take fewer.")
