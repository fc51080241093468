"""A table before it is written as a flat file."""

from __future__ import annotations

from odr_analysis.exports.flat.table import TableOf, numbered, one_line


def test_a_cell_never_breaks_its_row():
    assert one_line(" a\t\tb\r\nc\x0bd\u2028e ") == "a b c d e"
    assert one_line("half a letter \ud83d") == "half a letter \ufffd"


def test_the_note_says_how_lines_are_counted():
    assert numbered("orders")(1) == ["read as a table of 1 row (orders); row n is line n + 1."]
    assert list(TableOf((), []).notes(3)) == []
