"""The loop that readers of lists share."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odr_analysis.exports.readers.row_by_row import DAY, ORDER_ID, Row, row_by_row
from odr_analysis.exports.text.delimited import split_rows
from odr_analysis.faults import DATE_UNREADABLE, MARKER_UNREADABLE, Fault

ID = "113-0000000-000000{}"
AT = {ORDER_ID: 0, DAY: 1, "mark": 2, "nothing": None}


def table_of(*rows):
    text = "\n".join(["id,day,mark", *map(",".join, rows)]) + "\n"
    return split_rows(text, file="f.csv", delimiter=",", quoted=True)


def judge(row: Row) -> str | Fault:
    if row.day_unread:
        return DATE_UNREADABLE
    return row.text("mark") or MARKER_UNREADABLE


ROWS = [
    (ID.format(1), "2026-09-14", "a"),
    ("", "2026-09-15", "b"),
    (ID.format(2), "soon", "c"),
    (ID.format(3), "", "d"),
    (ID.format(4), "2026-09-16", ""),
]


def test_each_row_is_kept_or_dropped_for_a_reason():
    rows = row_by_row(table_of(*ROWS), AT, judge, marketplace=None)
    assert (rows.order_ids, rows.lines, rows.found) == (
        [ID.format(1), ID.format(3)],
        [2, 5],
        ["a", "d"],
    )
    assert rows.tally.dropped == {
        "order id missing": [3],
        "unreadable date": [4],
        "unreadable defect marker": [6],
    }
    assert rows.days[DAY].dt.date.tolist()[0] == date(2026, 9, 14)
    assert rows.days[DAY].isna().tolist() == [False, True]
    read = rows.read(notes=["last"])
    assert (read.rows_read, read.rows_kept, read.locale) == (5, 2, "y-m-d")
    assert read.notes[-1] == "last"
    assert read.dated is not None
    assert read.dated.order_id.tolist() == [ID.format(1)], "a row without a day proves nothing"
    assert rows.read(proving=False).dated is None


def test_a_row_has_its_cells_by_name():
    found = []
    row_by_row(table_of((f" {ID.format(1)} ", "1", " x ")), AT, found.append, marketplace=None)
    (row,) = found
    assert (row.order_id, row.text("mark"), row.text("nothing")) == (ID.format(1), "x", "")


def test_days_of_dropped_rows_settle_the_order_only_where_they_are_judged_by_it():
    rows = [(ID.format(1), "4/5/26", "x"), ("Total", "4/30/26", "x")]
    first = row_by_row(table_of(*rows), AT, judge, marketplace="Amazon.de")
    later = row_by_row(
        table_of(*rows), AT, lambda row: 0, marketplace="Amazon.de", days_of_kept=True
    )
    assert first.days[DAY].dt.date.tolist() == [date(2026, 4, 5)], "the 30th settles the column"
    assert later.days[DAY].dt.date.tolist() == [date(2026, 5, 4)]


def test_what_settles_one_column_of_days_settles_the_others():
    text = f"id,day,due\n{ID.format(1)},4/5/26,5/6/26\n{ID.format(2)},4/6/26,4/30/26\n"
    table = split_rows(text, file="f.csv", delimiter=",", quoted=True)
    at = {ORDER_ID: 0, DAY: 1, "due": 2}
    rows = row_by_row(table, at, lambda row: 0, marketplace="Amazon.de", days=(DAY, "due", "no"))
    assert list(rows.days) == [DAY, "due"]
    assert rows.days["due"].dt.month.tolist() == [5, 4]
    assert rows.days[DAY].dt.month.tolist() == [4, 4]


def test_a_row_without_an_order_may_be_asked_for():
    rows = row_by_row(
        table_of(*ROWS[:2]), AT, judge, marketplace=None, nameless=lambda row: row.day is not None
    )
    assert rows.order_ids == [ID.format(1), ""]


def test_a_file_without_a_day_or_without_rows():
    without = row_by_row(table_of(ROWS[0]), AT | {DAY: None}, judge, marketplace=None)
    assert (without.days, without.read().locale) == ({}, "")
    assert len(without.read(channels=["mfn"]).dated) == 0
    empty = row_by_row(table_of(), AT, judge, marketplace=None)
    assert (empty.kept, empty.tally.dropped, len(empty.days[DAY])) == ([], {}, 0)


CELLS = st.tuples(
    st.sampled_from([ID.format(1), ID.format(2), "", "Total", "1.13E+16"]),
    st.sampled_from(["2026-09-14", "", "soon", "14/9/26"]),
    st.sampled_from(["x", ""]),
)


@given(st.lists(CELLS, max_size=8), st.booleans())
def test_every_row_is_accounted_for_once(cells, days_of_kept):
    table = table_of(*cells)
    rows = row_by_row(table, AT, judge, marketplace=None, days_of_kept=days_of_kept)
    dropped = [line for lines in rows.tally.dropped.values() for line in lines]
    assert sorted([*rows.lines, *dropped]) == [line for line, _ in table.rows]
    assert all(len(days) == len(rows.kept) for days in rows.days.values())


@pytest.mark.parametrize("width", [0, 1])
def test_a_row_cut_off_before_its_order_id(width):
    table = table_of(ROWS[0])
    table.rows[0] = (2, ["x"][:width])
    rows = row_by_row(table, AT | {ORDER_ID: 1, DAY: None}, judge, marketplace=None)
    assert rows.tally.dropped == {"too few cells": [2]}
