"""What speaks against a file being a list of defects."""

from __future__ import annotations

import pytest

from odr_analysis.exports.text.signatures import (
    FOREIGN,
    TRACKING,
    foreign_columns,
    foreign_note,
    no_known_order_note,
    other_ids,
    other_ids_note,
    stranger_note,
)


@pytest.mark.parametrize(
    "title", ["SAFE-T claim ID", "Policy", "Buyer Username", "eBay item", "PO"]
)
def test_titles_of_other_files(title):
    assert foreign_columns(["Order ID", title], FOREIGN) == [title]


def test_a_tracking_number_is_foreign_to_lists_of_defects_only():
    header = ["Order ID", "Tracking ID"]
    assert foreign_columns(header, FOREIGN) == []
    assert foreign_columns(header, FOREIGN, TRACKING) == ["Tracking ID"]


def test_ids_of_another_marketplace():
    header = ["Order ID", "Note"]
    assert other_ids(header, [["12-00001-00001", "x"], ["", ""]]) == "12-00001-00001"
    assert other_ids(header, [["12-00001-00001", "x"], ["113-1234567-7654321", ""]]) == ""
    assert other_ids(header, []) == ""
    assert other_ids(["Note"], [["12-00001-00001"]]) == "", "no column of order ids"
    assert other_ids(header, [["11312345677654321", ""]]) == "", "a spreadsheet took the dashes"


def test_each_note_names_what_it_goes_by_and_that_nothing_is_counted():
    notes = [
        foreign_note("claims", ["Policy"]),
        stranger_note("claims", ["Depot"], ("order id", "claim date")),
        other_ids_note("claims", "12-00001-00001"),
        no_known_order_note("claims"),
        no_known_order_note("claims", loose=False),
    ]
    for note, named in zip(
        notes, ("'Policy'", "'Depot'", "12-00001", "loosely", "columns"), strict=True
    ):
        assert named in note
        assert "nothing in it is counted" in note
