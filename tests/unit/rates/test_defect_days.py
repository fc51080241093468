"""Defective orders as integers: days, cells and series by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from odr_analysis import terms
from odr_analysis.errors import FrameError
from odr_analysis.rates.defect_days import HAS_COMPONENT, KINDS, DefectDays, series_positions
from odr_analysis.rates.rolling import NEVER, day_number
from tests.oracle import make_account

ACCOUNT = make_account(
    [
        ("a", "2026-08-01", "Amazon.de", "mfn"),
        ("b", "2026-08-02", "Amazon.de", "afn"),
        ("c", "2026-08-03", "Amazon.de", "mfn"),
    ],
    [
        ("a", "feedback", "2026-08-10"),
        ("a", "chargeback", "2026-08-20"),
        ("b", "claim", None),
    ],
)


def test_cells_are_sums_of_their_components() -> None:
    assert terms.COMPONENTS == ("feedback", "claim", "chargeback")
    assert HAS_COMPONENT[5].tolist() == [True, False, True]
    assert len(KINDS) == len(terms.CELLS) == 8
    assert KINDS[0] == ""
    assert KINDS[3] == "negative feedback, A-to-z claim"


def test_a_row_for_each_defective_order_and_a_column_for_each_kind() -> None:
    days = DefectDays.of(ACCOUNT)
    assert days.ordered.tolist() == [day_number("2026-08-01"), day_number("2026-08-02")]
    a, b = days.known.tolist()
    assert a == [day_number("2026-08-10"), NEVER, day_number("2026-08-20")]
    assert b == [NEVER, day_number("2026-08-02"), NEVER], "without a day, from the order's own"
    assert [ACCOUNT.series[i] for i in days.series] == [("Amazon.de", "mfn"), ("Amazon.de", "afn")]


def test_a_cell_grows_as_defects_become_known() -> None:
    days = DefectDays.of(ACCOUNT)
    cells = [days.cells_on(day_number(f"2026-08-{d:02}")).tolist() for d in (1, 2, 9, 10, 19, 20)]
    assert cells == [[0, 0], [0, 2], [0, 2], [1, 2], [1, 2], [5, 2]]


def test_an_account_without_defects_has_arrays_of_no_length() -> None:
    days = DefectDays.of(make_account([("a", "2026-08-01", "Amazon.de", "mfn")]))
    assert days.ordered.shape == days.series.shape == (0,)
    assert days.known.shape == (0, 3)
    assert days.cells_on(0).tolist() == []


def test_rows_of_a_series_without_orders_are_named() -> None:
    table = ACCOUNT.defective.assign(marketplace="Amazon.fr")
    with pytest.raises(FrameError, match=r"defective orders of Amazon\.fr, afn"):
        series_positions(replace(ACCOUNT, defective=table), table)
    assert np.array_equal(series_positions(ACCOUNT, ACCOUNT.defective.iloc[:0]), [])
