"""Documents and workbooks written as flat files."""

from __future__ import annotations

from odr_analysis.exports.files.scan import scan
from odr_analysis.exports.flat.as_table import NOTHING, as_tables
from tests.workbooks import workbook


def test_a_plain_file_stays_as_it_is(tmp_path):
    path = tmp_path / "f.txt"
    path.write_text("a\tb\n1\t2\n")
    found = scan("f.txt", path)
    assert as_tables(found, tmp_path / "scratch") == [found]
    assert not (tmp_path / "scratch").exists()


def test_a_record_without_anything_is_still_a_row(tmp_path):
    path = tmp_path / "f.xml"
    path.write_text(
        "<AmazonEnvelope><Order/><Order><AmazonOrderID>x</AmazonOrderID></Order></AmazonEnvelope>"
    )
    (table,) = as_tables(scan("f.xml", path), tmp_path / "scratch")
    lines = table.path.read_text("utf-8").splitlines()
    assert [line.split("\t")[0] for line in lines] == ["amazon-order-id", NOTHING, "x"]
    assert (table.file, table.original, table.lines) == ("f.xml", path, 3)


def test_sheets_are_named_and_an_unusable_workbook_has_a_problem(tmp_path):
    path = tmp_path / "f.xlsx"
    path.write_bytes(workbook({"May": [["a"]], "June": [["b"]]}))
    tables = as_tables(scan("f.xlsx", path), tmp_path / "scratch")
    assert [t.file for t in tables] == ["f.xlsx/May", "f.xlsx/June"]
    path.write_bytes(workbook({"May": []}))
    (left,) = as_tables(scan("f.xlsx", path), tmp_path / "more")
    assert left.problem.startswith("a workbook without a filled cell: ")
