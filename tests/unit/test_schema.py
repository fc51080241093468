"""Columns as data: a table has exactly those, of their types."""

from __future__ import annotations

import pandas as pd
import pytest

from odr_analysis.schema import Column, Columns, table_of, typed

COLUMNS: Columns = {
    "order_id": Column("str"),
    "n": Column("Int64", "units", missing="<NA> if not given"),
    "on": Column("datetime64[us]", unit="midnight"),
}


def test_a_table_of_rows_has_the_columns_in_their_order_and_types() -> None:
    rows = [("o1", 2, pd.Timestamp("2026-05-01")), ("o2", None, None)]
    found = table_of(rows, COLUMNS)
    assert found.dtypes.astype(str).to_dict() == {name: c.dtype for name, c in COLUMNS.items()}
    assert found.n.isna().tolist() == [False, True]
    mappings = [dict(zip(COLUMNS, row, strict=True)) | {"more": 1} for row in rows]
    pd.testing.assert_frame_equal(table_of(mappings, COLUMNS), found)


def test_a_table_without_rows_has_its_columns_all_the_same() -> None:
    found = table_of([], COLUMNS)
    assert len(found) == 0
    assert list(found) == list(COLUMNS)
    assert str(found.dtypes["n"]) == "Int64"


def test_what_is_no_column_is_left_out_and_a_missing_one_refused() -> None:
    frame = pd.DataFrame({"more": [1], "on": ["2026-05-01"], "n": [3], "order_id": ["o1"]})
    assert list(typed(frame, COLUMNS)) == ["order_id", "n", "on"]
    with pytest.raises(KeyError, match="n"):
        typed(frame.drop(columns="n"), COLUMNS)
