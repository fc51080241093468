"""What the files of each delivery say together, of two days of a small archive."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest

from odr_analysis import Policy, archive_folder
from odr_analysis.archive.states import stars, states, stores_of
from odr_analysis.archive.store import Store
from odr_analysis.errors import OdrWarning
from odr_analysis.exports.orders.engine import engine
from tests.downloads import feedback, oid, order, orders, table
from tests.unit.archive.made import DAY, STARS, object_of


def test_one_star_or_several() -> None:
    assert [stars(n) for n in (1, 2, 5)] == ["1 star", "2 stars", "5 stars"]


def test_of_each_day_the_last_delivery(small, store, tmp_path) -> None:
    archive_folder(small, store, DAY)
    (small / "f.txt").write_text(feedback([STARS, ("2026-05-21", "5", "fine", oid(4))]))
    archive_folder(small, store, DAY)
    (small / "more.txt").write_text(table([order(90, sales__channel="Amazon.fr")]))
    archive_folder(small, store, DAY + timedelta(days=1))
    with engine(tmp_path) as con:
        one, two = states(con, Store.open(store), Policy())
        assert [s.place.number for s in (one, two)] == [2, 3]
        assert [f.name for f in two.files] == ["f.txt", "more.txt", "orders.txt"]
        assert one.folders < two.folders
        assert one.feedback["rating"].to_dict() == {oid(3): 1, oid(4): 5}
        assert one.defects["word"].to_dict() == {(oid(3), "feedback"): "1 star"}
        told = stores_of(con, two.files, {oid(3), oid(90), oid(555)})
    assert told == {oid(3): "Amazon.de", oid(90): "Amazon.fr"}


def test_a_damaged_day_is_left_out(small, store, tmp_path) -> None:
    archive_folder(small, store, DAY)
    (small / "orders.txt").write_text(table(orders(31)))
    archive_folder(small, store, DAY + timedelta(days=1))
    os.truncate(object_of(store, "orders.txt", 1) / "ledger.parquet", 10)
    with engine(tmp_path) as con, pytest.warns(OdrWarning, match="told with the next day"):
        (left,) = states(con, Store.open(store), Policy())
    assert left.place.on == DAY + timedelta(days=1)
