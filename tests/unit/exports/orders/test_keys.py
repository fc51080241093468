"""Order ids as integers, there and back, in Python and in the engine."""

from __future__ import annotations

import ibis
import pandas as pd

from odr_analysis.exports.orders.engine import engine
from odr_analysis.exports.orders.keys import LEAD, key_of, keys, letter_is, order_ids

GOOD = {
    "000-0000000-0000001": 1,
    "113-1234567-7654321": 11312345677654321,
    "D01-0000000-0000001": 10 * LEAD + 10**14 + 1,
    "S99-9999999-9999999": 11 * LEAD + 99 * 10**14 + 99999999999999,
}
BAD = ("", "113-1234567", "113-1234567-765432x", "1e3-1234567-7654321", "X01-0000000-0000001")


def test_every_good_id_has_a_key_of_its_own():
    assert {order_id: key_of(order_id) for order_id in GOOD} == GOOD
    assert [key_of(order_id) for order_id in BAD] == [None] * len(BAD)


def test_the_engine_agrees_and_finds_the_id_again(tmp_path):
    ids = [*GOOD, *BAD]
    with engine(tmp_path) as con:
        table = ibis.memtable(pd.DataFrame({"order_id": ids}))
        key = keys(table.order_id)
        rows = con.to_pandas(
            table.select("order_id", key=key, back=order_ids(key), digital=letter_is(key, "D"))
        ).set_index("order_id")
    for order_id, key in GOOD.items():
        row = rows.loc[order_id]
        assert (row["key"], row["back"]) == (key, order_id)
        assert bool(row["digital"]) is order_id.startswith("D")
    assert rows["key"].loc[list(BAD)].isna().all()
