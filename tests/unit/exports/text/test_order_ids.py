"""Order ids: good ones, and what a spreadsheet made of the others."""

from __future__ import annotations

import pytest

from odr_analysis.exports.text.order_ids import (
    ID_DROPS,
    ID_WITHIN,
    classify_order_id,
    is_order_id,
)


@pytest.mark.parametrize(
    ("cell", "verdict", "trimmed"),
    [
        ("113-1234567-7654321", "ok", "113-1234567-7654321"),
        ('="113-1234567-7654321"', "ok", "113-1234567-7654321"),
        ("\xa0113–1234567–7654321 ", "ok", "113-1234567-7654321"),
        ("d01-1234567-7654321", "ok", "D01-1234567-7654321"),
        ("S02-1234567-7654321", "ok", "S02-1234567-7654321"),
        ("1.13123E+16", "scientific notation", "1.13123E+16"),
        ("1,13E+16", "scientific notation", "1,13E+16"),
        ("", "missing", ""),
        (" \t", "missing", ""),
        ("113-123-765", "malformed", "113-123-765"),
        ("11312345677654321", "malformed", "11312345677654321"),
        ("١١٣-1234567-7654321", "malformed", "١١٣-1234567-7654321"),
    ],
)
def test_order_ids(cell, verdict, trimmed):
    assert classify_order_id(cell) == (verdict, trimmed)


def test_every_bad_verdict_has_a_fault():
    verdicts = {classify_order_id(cell)[0] for cell in ("", "1.13E+16", "113")}
    assert verdicts == set(ID_DROPS)


def test_ids_within_a_text_stand_alone():
    text = "see 113-1234567-7654321, not 9113-1234567-7654321 or 113-1234567-76543210"
    assert ID_WITHIN.findall(text) == ["113-1234567-7654321"]
    assert is_order_id("S01-1234567-7654321")
    assert not is_order_id(text)
