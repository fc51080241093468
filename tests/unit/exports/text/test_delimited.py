"""Splitting small exports into rows."""

from __future__ import annotations

import pytest

from odr_analysis.errors import ExportError
from odr_analysis.exports.text.delimited import find_column, plain, split_rows


def tab(text: str, **how):
    return split_rows(text, file="f.txt", delimiter="\t", quoted=False, **how)


def comma(text: str, **how):
    return split_rows(text, file="f.csv", delimiter=",", quoted=True, **how)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end(end):
    table = tab(end.join(["a\tb", "1\t2", "3\t4"]) + end)
    assert table.rows == [(2, ["1", "2"]), (3, ["3", "4"])]
    assert table.notes == []


def test_only_line_ends_end_lines():
    # Characters str.splitlines would break at are part of the cell.
    table = tab("a\tb\n1\x0b\x0c\x85\u2028\t2\n")
    assert table.rows == [(2, ["1\x0b\x0c\x85\u2028", "2"])]


def test_blank_lines_are_no_rows_wherever_they_are():
    table = tab("\n \t \na\tb\n\n1\t2\n   \n\t\n3\t4\n\n\n")
    assert table.header == ["a", "b"]
    assert table.rows == [(5, ["1", "2"]), (8, ["3", "4"])]
    assert table.notes == ["7 blank lines skipped (lines 1, 2, 4, 6, 7 and 2 more)."]


def test_byte_order_mark_nul_and_spaces():
    table = tab("\ufeff a \t b\n\0\t2\n\0\t\0\n")
    assert table.header == ["a", "b"]
    assert table.rows == [(2, ["", "2"])]


def test_ragged_rows():
    table = tab("a\tb\tc\n1\n1\t2\t3\t\t\n1\t2\t3\tx\n")
    assert [cells for _, cells in table.rows] == [
        ["1", "", ""],
        ["1", "2", "3"],
        ["1", "2", "3", "x"],
    ]
    assert (table.widths, table.extra) == ([1, 3, 4], [4])
    assert "1 row(s) have more cells than the header's 3 columns (line 4)" in table.extra_note()[0]


def test_a_bare_quote_in_a_tab_file_is_a_character():
    table = tab('a\tb\n"12\tx\n18" print\ty\n')
    assert [cells for _, cells in table.rows] == [['"12', "x"], ['18" print', "y"]]


def test_a_tab_file_with_a_quoted_header_was_saved_with_quotes():
    table = tab('"a"\t"b"\n"1"\t"x\ty ""z"""\n')
    assert (table.header, table.rows) == (["a", "b"], [(2, ["1", 'x\ty "z"'])])


def test_quoted_cells_hold_delimiters_quotes_and_line_breaks():
    table = comma('a,b\n"1, ""2""","x\r\ny"\n3,4\n')
    assert table.rows == [(2, ['1, "2"', "x\ny"]), (4, ["3", "4"])]


def test_an_inch_mark_inside_a_quoted_cell_is_text():
    table = comma('a,b\n"Print 12" x 18" gold",4\n')
    assert table.rows == [(2, ['Print 12" x 18" gold', "4"])]


def test_a_quote_that_never_closes_swallows_nothing():
    table = comma('a,b\n"1,2\n3,4\n5,6\n')
    assert [line for line, _ in table.rows] == [2, 3, 4]
    assert table.rows[0][1] == ['"1', "2"]
    assert "1 quotation mark(s)" in table.notes[0]


def test_two_stray_quotes_do_not_swallow_the_rows_between():
    rows = ['{},"late,5', "{},x,5", "{},x,5", '{},x,18"', "{},x,5"]
    ids = [f"113-1234567-000000{n}" for n in range(5)]
    table = comma("a,b,c\n" + "\n".join(map(str.format, rows, ids)))
    assert [(line, cells[0]) for line, cells in table.rows] == list(enumerate(ids, 2))
    assert table.rows[0][1][1:] == ['"late', "5"]
    assert "(line 2)" in table.notes[0]


def test_prose_in_a_quoted_cell_is_no_swallowed_row():
    table = comma('a,b,c\n1,"late, bad, rude\nslow, old, dear\nnever, ever, again",3\n')
    assert table.rows == [(2, ["1", "late, bad, rude\nslow, old, dear\nnever, ever, again", "3"])]


@pytest.mark.parametrize("row", ['1,"2,3\n', '113-1234567-1234567,"2,3\n'])
def test_many_stray_quotes_lose_no_line(row):
    table = comma("a,b,c\n" + row * 1000)
    assert len(table.rows) == 1000
    assert len(table.widths) == 1000


def test_duplicate_columns():
    table = tab("a\tB b\tb_B\n1\t2\t3\n")
    assert table.need("a") == 0
    with pytest.raises(ExportError, match=r"f\.txt, line 1: the header has the column 'B b' 2 tim"):
        table.column("b-b")
    with pytest.raises(ExportError, match="'b b'"):
        tab("a\tB b\tb_B\n", needed=["a", "b b"])
    assert tab("a\tB b\tb_B\n", needed=["a"]).rows == []


def test_missing_column_is_named_with_what_there_is():
    with pytest.raises(ExportError, match=r"no column 'order id'\. Its columns are: a, b"):
        tab("a\tb\n").need("order id")


@pytest.mark.parametrize("text", ["", "\n\n", " \t \r\n", "\ufeff", "\0"])
def test_no_header_is_an_error(text):
    with pytest.raises(ExportError, match="is empty"):
        tab(text)


def test_names_are_compared_plainly():
    assert plain("A-to-Z_claim") == plain(" a to z  CLAIM")
    assert find_column(["Order-ID", "x"], "nothing", "order_id") == 0
    assert find_column(["x"], "y") is None
