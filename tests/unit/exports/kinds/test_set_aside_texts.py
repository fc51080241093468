"""Texts that are known and not counted."""

from __future__ import annotations

import pytest

from odr_analysis.exports.kinds.set_aside_texts import TEXTS, known_text

STARTS = {
    "<!DOCTYPE html><html><title>Amazon Sign-In</title>": "Amazon's sign-in page (HTML)",
    "<html><body>Report</body>": "a web page (HTML)",
    "<?xml version='1.0'?><ErrorResponse/>": "an error of Amazon's download or interface (XML)",
    "<GetReportListResponse>": "an answer about a report, not the report (XML)",
    "{'accountStatuses': []}": "a performance report or other JSON written as Python text "
    "(single quotes)",
    '{"errors": []}': "an error of Amazon's interface (JSON)",
    '{"reportId": "1", "processingStatus": "FATAL"}': "the state of a report request, not the "
    "report (JSON)",
    "[1, 2]": "a JSON document of a kind that is not read",
    "<Invoice>": "an XML document of a kind that is not read",
    "Feed Processing Summary:": "the processing summary of an upload",
}


@pytest.mark.parametrize("start", STARTS)
def test_the_first_entry_that_opens_so(start):
    found = known_text("\ufeff \n" + start)
    assert found is not None
    assert found.kind == STARTS[start]
    assert found.sentence.startswith(f"{found.kind}, set aside. ")


def test_every_entry_is_met_and_tables_are_none():
    assert set(STARTS.values()) == {text.kind for text in TEXTS}
    assert known_text("amazon-order-id\tpurchase-date") is None
    assert known_text('[[account]]\nname = "A"') is None, "TOML is no JSON"
    assert known_text('[[ [1, "a"]]]') is not None
