"""Cases of workbooks: dates as cells, several sheets, titles, and what cannot be opened."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest

from tests.downloads import oid
from tests.real.cases_loaded import (
    FEEDBACK_ROWS,
    FLAT,
    counted,
    flat,
    flat_cells,
    loaded,
    order,
)
from tests.workbooks import save


def test_feedback_as_a_sheet_with_date_cells(tmp_path: Path) -> None:
    flat(tmp_path, [order(n, n, 0, 2, 0, 0) for n in (1, 2)])
    save(tmp_path / "f.xlsx", FEEDBACK_ROWS)
    account = loaded(tmp_path)
    assert account.feedback.received_on.tolist() == [
        pd.Timestamp("2026-07-04"),
        pd.Timestamp("2026-08-03"),
    ]
    assert account.feedback.comment.tolist() == ["late and broken", 'a 12" pan']
    assert counted(account) == {"feedback": 2}


def test_several_sheets_are_files_of_their_own_and_the_rest_is_named(tmp_path: Path) -> None:
    rows = [flat_cells(order(n, n, 0, 2, 0, 0)) for n in range(1, 9)]
    save(
        tmp_path / "all.xlsx",
        [FLAT, *rows[:4]],
        more=[FLAT, *rows[4:]],
        feedback=FEEDBACK_ROWS,
        notes=[["call the carrier"]],
        empty=[],
    )
    account = loaded(tmp_path)
    kinds = {f.file: f.kind for f in account.receipt.files}
    assert kinds == {
        "all.xlsx/Sheet1": "archived-orders",
        "all.xlsx/more": "archived-orders",
        "all.xlsx/feedback": "seller-feedback",
        "all.xlsx/notes": "unknown",
    }
    assert (len(account.orders), counted(account)) == (8, {"feedback": 2})


def test_claims_as_a_sheet_with_ids_that_are_numbers(tmp_path: Path) -> None:
    flat(tmp_path, [order(1, 1, 0, 2, 0, 0)])
    save(
        tmp_path / "c.xlsx",
        [
            ["order id", "claim date", "status"],
            [oid(1), datetime(2026, 8, 5, 14, 30, tzinfo=UTC), "granted"],
            [11312345671234567, date(2026, 8, 6), "granted"],
        ],
    )
    account = loaded(tmp_path, loss_budget=0.5)
    assert counted(account) == {"claim": 1}
    file = next(f for f in account.receipt.files if f.kind == "claims")
    assert (file.rows_dropped, file.dropped_lines) == (
        {"order id malformed": 1},
        {"order id malformed": [3]},
    )


@pytest.mark.parametrize(
    "titles", [[["All orders of August"]], [["Shop"], [], ["", "made by hand"]]]
)
def test_a_sheet_with_title_rows(tmp_path: Path, titles: list[list[str]]) -> None:
    orders = [order(n, n, 0, 2, 0, 0) for n in range(1, 9)]
    save(tmp_path / "o.xlsx", [*titles, FLAT, *map(flat_cells, orders)])
    save(tmp_path / "f.xlsx", [*titles, *FEEDBACK_ROWS])
    account = loaded(tmp_path)
    assert (len(account.orders), counted(account)) == (8, {"feedback": 2})
    for file in account.receipt.files:
        assert any("taken as a title" in note for note in file.notes)
        assert file.rows_read == file.rows_kept
    assert account.feedback.line.tolist() == [len(titles) + 2, len(titles) + 3]


def test_a_text_file_pasted_into_one_column(tmp_path: Path) -> None:
    flat(tmp_path, [order(n, n, 0, 2, 0, 0) for n in (1, 2)])
    lines = (tmp_path / "o.txt").read_text("utf-8").splitlines()
    (tmp_path / "o.txt").unlink()
    save(tmp_path / "o.xlsx", [[line] for line in lines])
    assert len(loaded(tmp_path).orders) == 2


def test_a_workbook_that_cannot_be_opened_is_set_aside(tmp_path: Path) -> None:
    flat(tmp_path, [order(1, 1, 0, 2, 0, 0)])
    whole = save(tmp_path / "b.xlsx", FEEDBACK_ROWS).read_bytes()
    (tmp_path / "b.xlsx").write_bytes(
        whole.replace(b"xl/worksheets/s1.xml", b"xl/worksheets/s9.xml")
    )
    (tmp_path / "c.xls").write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 900)
    notes = {f.file: f.notes for f in loaded(tmp_path).receipt.files if f.kind == "unknown"}
    assert set(notes) == {"b.xlsx", "c.xls"}
    assert all("Save the sheet as tab-delimited text" in note for (note,) in notes.values())
