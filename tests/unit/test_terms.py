"""The words used everywhere agree with one another."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from odr_analysis import schema, terms


def test_the_index_of_a_cell_is_its_bit_mask() -> None:
    for mask, cell in enumerate(terms.CELLS):
        inside = [c for i, c in enumerate(terms.COMPONENTS) if mask >> i & 1]
        expected = {0: "clean", 1: "_only", 2: "_", 3: "all_three"}[len(inside)]
        assert cell == expected or (len(inside) in (1, 2) and expected in cell)
        assert all(c in cell for c in inside) or len(inside) == 3
    assert terms.cells_with("claim") == (
        "claim_only", "feedback_claim", "claim_chargeback", "all_three",
    )  # fmt: skip


def test_every_component_and_cell_has_a_label() -> None:
    assert set(terms.COMPONENT_LABELS) == set(terms.COMPONENTS)
    assert set(terms.CELL_LABELS) == set(terms.DEFECT_CELLS)
    assert {*terms.CHANNELS, "unknown"} == set(terms.CHANNEL_LABELS)
    assert set(terms.AT_RISK) < set(terms.STATES)


@pytest.mark.parametrize("store", terms.MARKETPLACES.values(), ids=lambda m: m.name)
def test_a_store_has_a_time_zone_a_currency_and_an_order_of_dates(
    store: terms.Marketplace,
) -> None:
    assert ZoneInfo(store.time_zone).key == store.time_zone
    assert store.date_order in ("mdy", "dmy", "ymd")
    assert (len(store.country), len(store.currency)) == (2, 3)
    assert terms.MARKETPLACES[store.name] is store


def test_stores_have_ids_of_their_own() -> None:
    ids = [m.id for m in terms.MARKETPLACES.values()]
    assert len({*ids}) == len(ids) > 20


def test_every_column_has_a_type_that_pandas_knows() -> None:
    tables = {n: t for n, t in vars(terms).items() if n.endswith("_COLUMNS") and type(t) is dict}
    assert len(tables) > 5
    for columns in tables.values():
        found = schema.table_of([], columns)
        assert [str(t) for t in found.dtypes] == [c.dtype for c in columns.values()]
        assert isinstance(found, pd.DataFrame)
