"""Sheets of a workbook as text."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest

from odr_analysis import faults
from odr_analysis.exports.flat import workbook
from odr_analysis.exports.flat.table import UnusableError
from tests.workbooks import workbook as made


def saved(tmp_path, content):
    path = tmp_path / "f.xlsx"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (11312345678901234, "11312345678901234"),
        (1e15, "1000000000000000"),
        (19.99, "19.99"),
        (True, "true"),
        (date(2026, 9, 7), "2026-09-07T00:00:00"),
        (datetime(2026, 9, 7, 8, 30), "2026-09-07T08:30:00"),  # noqa: DTZ001
    ],
)
def test_cells_as_an_export_writes_them(cell, text):
    assert workbook.cell_text(cell) == text


def test_each_sheet_with_a_cell_is_a_table(tmp_path):
    path = saved(tmp_path, made({"one": [["a", "b"], [1, 2.5]], "none": [], "two": [["c"]]}))
    assert workbook.is_workbook(path)
    one, two = workbook.tables(path)
    assert (one.label, list(one.rows)) == ("one", [["a", "b"], ["1", "2.5"]])
    assert (two.label, list(two.rows)) == ("two", [["c"]])
    assert one.notes(2) == ["sheet 'one' of a workbook, 2 rows."]


def test_what_cannot_be_opened_says_what_to_do(tmp_path):
    with pytest.raises(UnusableError) as caught:
        workbook.tables(saved(tmp_path, made({"none": []})))
    assert str(caught.value) == faults.WORKBOOK_EMPTY.text()
    damaged = io.BytesIO()
    with zipfile.ZipFile(damaged, "w") as archive:
        archive.writestr("xl/workbook.xml", "no workbook")
    with pytest.raises(UnusableError, match="cannot be opened: Save the sheet"):
        workbook.tables(saved(tmp_path, damaged.getvalue()))


def test_a_workbook_that_unpacks_to_too_much(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "LARGEST", 10)
    with pytest.raises(UnusableError, match="which no export does"):
        workbook.tables(saved(tmp_path, made({"one": [["a"]]})))


def test_other_files_are_not_workbooks(tmp_path):
    assert not workbook.is_workbook(saved(tmp_path, b"a\tb\n"))
    assert not workbook.is_workbook(saved(tmp_path, b"PK\x03\x04 no zip"))
    assert workbook.is_workbook(saved(tmp_path, workbook.OLD))
