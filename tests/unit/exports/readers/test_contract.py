"""What readers give: rows add up, and tables have their types also when empty."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from odr_analysis import terms
from odr_analysis.exports.readers.contract import (
    SMALL_TABLES,
    Read,
    Sighting,
    Tally,
    feedback_frame,
    lapses,
    last_day,
    returns,
    sightings,
    snapshots,
)
from odr_analysis.faults import CELLS_MISSING


def test_tally_and_read_add_up():
    tally = Tally()
    tally.kept = 2
    for line in range(100):
        tally.drop(CELLS_MISSING, line)
    accounts = tally.accounts()
    assert accounts["rows_read"] == 102
    assert accounts["rows_dropped"] == {"too few cells": 100}
    assert len(accounts["dropped_lines"]["too few cells"]) == 50
    with pytest.raises(AssertionError, match="do not add up"):
        Read(3, 2, {}, {})


def test_empty_frames_have_the_types_of_full_ones():
    one = Sighting("id", "claim", "claims", "f", 2)
    assert sightings([]).dtypes.equals(sightings([one]).dtypes)
    assert sightings([one]).rating.dtype == "Int64"
    stars = ("id", pd.Timestamp("2026-09-30"), 5, "", "", "", "f", 2)
    assert feedback_frame([]).dtypes.equals(feedback_frame([stars]).dtypes)
    assert last_day(feedback_frame([]).received_on) is None


def test_a_feedback_is_a_tuple_or_a_mapping():
    stars = ("id", pd.Timestamp("2026-09-30"), 5, "good", "", "", "f", 2)
    named = dict(zip(terms.FEEDBACK_COLUMNS, stars, strict=True))
    pd.testing.assert_frame_equal(feedback_frame([stars]), feedback_frame([named]))


def test_what_is_left_out_is_missing():
    row = {"metric": "late_shipment", "n_total": 10, "line": 1}
    snapshot = snapshots([row]).iloc[0]
    assert (snapshot.marketplace, snapshot.n_total) == ("", 10)
    assert pd.isna(snapshot.n_bad)
    order = pd.DataFrame({"order_id": ["a"], "metric": "m", "source": "s", "file": "f", "line": 2})
    lapse = lapses(order).iloc[0]
    assert (bool(lapse["counts"]), lapse.reason) == (True, "")
    assert pd.isna(lapse.due_on)
    assert list(returns().columns) == list(terms.RETURN_COLUMNS)


def test_a_file_gives_only_the_tables_it_has():
    found = sightings([Sighting("a", "claim", "claims", "f", 2)])
    read = Read(1, 1, {}, {}, defects=found)
    assert list(read.tables()) == ["sightings"]
    assert set(read.tables()) <= set(SMALL_TABLES)


def test_the_latest_day_of_a_column():
    days = pd.Series(pd.to_datetime(["2026-09-02", None, "2026-09-30"]))
    assert last_day(days) == date(2026, 9, 30)
