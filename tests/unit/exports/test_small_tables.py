"""The small tables of a folder, put together from what its files hold."""

from __future__ import annotations

import pandas as pd

from odr_analysis.exports.readers.contract import SMALL_TABLES, Read, Sighting, returns, sightings
from odr_analysis.exports.small_tables import newest_returns, no_rows, write_small


def returned(file, *days):
    return returns(
        [
            {"order_id": "a", "requested_on": pd.Timestamp(day), "sku": "S", "reason": "r"}
            | {
                "asin": "",
                "status": file,
                "resolution": "",
                "claim": False,
                "source": "mfn-returns",
            }
            | {"file": file, "line": 2}
            for day in days
        ]
    )


def test_a_return_is_as_in_the_newest_file_that_has_it():
    old = returned("old.txt", "2026-05-01", "2026-05-02")
    new = returned("new.txt", "2026-05-01", "2026-06-01")
    for frames in ([old, new], [new, old]):
        found = newest_returns(pd.concat(frames, ignore_index=True))
        by_day = dict(zip(found.requested_on.dt.strftime("%m-%d"), found.file, strict=True))
        assert by_day == {"05-01": "new.txt", "05-02": "old.txt", "06-01": "new.txt"}


def test_rows_of_one_file_are_never_taken_for_one_another():
    twice = returned("a.txt", "2026-05-01", "2026-05-01")
    assert len(newest_returns(twice)) == 2


def test_every_table_is_written_also_without_a_row(tmp_path):
    found = sightings([Sighting("a", "claim", "claims", "f", 2)])
    write_small([Read(1, 1, {}, {}, defects=found)], tmp_path)
    written = {name: pd.read_parquet(tmp_path / f"{name}.parquet") for name in SMALL_TABLES}
    assert written["sightings"].order_id.tolist() == ["a"]
    for name, empty in no_rows().items():
        assert written[name].dtypes.equals(empty.dtypes), name


def test_whoever_asks_for_no_rows_has_tables_of_their_own():
    feedback = no_rows()["feedback"]
    feedback["mine"] = 1
    assert "mine" not in no_rows()["feedback"]
