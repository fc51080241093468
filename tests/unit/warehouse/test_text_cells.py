"""Cells of any type as the text that files have in their place."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from odr_analysis.warehouse.text_cells import text_columns, text_rows


@pytest.mark.parametrize(
    ("values", "kind", "texts"),
    [
        (["a", None, ""], pa.string(), ["a", "", ""]),
        ([1, None], pa.int64(), ["1", ""]),
        ([5.0, 2.5], pa.float64(), ["5", "2.5"]),
        ([Decimal("12.50")], pa.decimal128(10, 2), ["12.50"]),
        ([True, False, None], pa.bool_(), ["Y", "N", ""]),
        ([date(2026, 5, 1), None], pa.date32(), ["2026-05-01", ""]),
        (
            [datetime(2026, 5, 1, 9, 30, 59, 999_999, tzinfo=UTC), None],
            pa.timestamp("us", "America/New_York"),
            ["2026-05-01T09:30:59+00:00", ""],
        ),
        ([1_777_593_600_000_000_001], pa.timestamp("ns"), ["2026-05-01T00:00:00+00:00"]),
        ([[1, 2], None], pa.list_(pa.int64()), ["[1, 2]", ""]),
        ([None], pa.null(), [""]),
    ],
)
def test_cells_of_any_type(values, kind, texts):
    found = text_columns(pa.table({"x": pa.array(values, kind)}))
    assert found.x.tolist() == texts
    assert found.x.dtype == "str"


def test_rows_do_not_depend_on_the_order_in_which_they_come():
    rows = [{"a": 2, "b": "x"}, {"a": 1, "b": "y"}]
    assert text_rows(pa.Table.from_pylist(rows)) == [["1", "y"], ["2", "x"]]
    assert text_rows(pa.Table.from_pylist(rows[::-1])) == [["1", "y"], ["2", "x"]]
