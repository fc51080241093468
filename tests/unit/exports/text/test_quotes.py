"""Quotation marks: which open a cell, and which are inches."""

from __future__ import annotations

from odr_analysis.exports.text.quotes import LONGEST_RECORD, all_quoted, filled, record

ID = "113-1234567-7654321"


def test_a_quoted_cell_may_hold_delimiters_marks_and_line_ends():
    lines = ['a,"b, ""c""', 'd",e', "next,row,x"]
    assert record(lines, 0, ",", True, 3) == (["a", 'b, "c"\nd', "e"], 2, False)


def test_a_mark_inside_a_cell_is_part_of_it():
    assert record(['"12" x 18" print",2'], 0, ",", True, 2) == (['12" x 18" print', "2"], 1, False)
    assert record(['5" screen,2'], 0, ",", True, 2) == (['5" screen', "2"], 1, False)


def test_a_mark_that_never_closes_is_a_character():
    cells, after, stray = record(['"open,1', *["more,2"] * LONGEST_RECORD], 0, ",", True, 2)
    assert (cells, after, stray) == (['"open', "1"], 1, True)


def test_a_mark_that_would_swallow_rows_is_a_character():
    lines = ['"6,1', f"{ID},1", f"{ID},2", '"x",3']
    assert record(lines, 0, ",", True, 2) == (['"6', "1"], 1, True)


def test_where_nothing_is_quoted_a_mark_means_nothing():
    assert record(['"a,b"'], 0, ",", False, 2) == (['"a', 'b"'], 1, False)


def test_rows_with_nothing_in_them():
    assert not filled([" ", '""', "\xa0", "\ufeff"])
    assert filled(["", "0"])
    assert all_quoted(['"a"', ' "b" '])
    assert not all_quoted(['"a"', '"'])
