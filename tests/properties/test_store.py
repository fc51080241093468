"""Laws of the archive: merging files is reading them together; days keep what they were."""

from __future__ import annotations

import random
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis.archive.merge import (
    FileLedger,
    file_ledger,
    merged_ledger,
    united_stores,
)
from odr_analysis.archive.store import Store
from odr_analysis.exports.orders.engine import engine
from odr_analysis.exports.orders.ledger import LEDGER, order_ledger
from odr_analysis.exports.orders.packing import (
    CHANNEL_BITS,
    RANK_BITS,
    SECOND_BITS,
    STATUS_BITS,
    STORE_BITS,
    STORES,
)

CANONICAL = pa.schema([(n, pa.int64()) for n in ("order_key", "version", "placed", "store")])
SECONDS = (0, 1, 2, 2**SECOND_BITS - 2, 2**SECOND_BITS - 1)
"""Few, so that rows are often equally new; and the ends of their range."""
Rows = list[dict[str, Any]]


@st.composite
def exports(draw: st.DrawFn) -> tuple[int, tuple[str, ...], Rows]:
    """Rank, stores and rows of one order export: many rows of few orders, so that each of
    the rules that say which is the newest decides for some of them."""
    named = draw(st.sets(st.sampled_from(["Alpha", "Beta", "Gamma"])))
    stores = (*STORES, *sorted(named))
    chance = random.Random(draw(st.integers(0, 2**32)))
    rows = [
        {
            "order_key": chance.randint(1, 80),
            "updated": chance.choice(SECONDS),
            "purchased": chance.choice(SECONDS),
            "state": chance.randrange(2 ** (STATUS_BITS + CHANNEL_BITS)),
            "store": chance.choice([None, None, *stores[:2], *stores[-2:]]),
        }
        for _ in range(draw(st.sampled_from([0, 150, 150])))
    ]
    return draw(st.integers(0, 2**RANK_BITS - 1)), stores, rows


def canonical(rank: int, stores: tuple[str, ...], rows: Rows) -> ibis.Table:
    """What ``canonical_rows`` makes of such rows."""
    told = [
        {
            "order_key": r["order_key"],
            "version": (((r["updated"] << RANK_BITS) + rank) << (STATUS_BITS + CHANNEL_BITS))
            + r["state"],
            "placed": (r["updated"] << SECOND_BITS) + r["purchased"],
            "store": None
            if r["store"] is None
            else (r["updated"] << STORE_BITS) + stores.index(r["store"]),
        }
        for r in rows
    ]
    return ibis.memtable(pa.Table.from_pylist(told, schema=CANONICAL))


def by_key(table: pa.Table) -> pd.DataFrame:
    return table.select(list(LEDGER)).sort_by("order_key").to_pandas()


@settings(max_examples=10, deadline=None)
@given(st.lists(exports(), min_size=1, max_size=3), st.integers(1, 2))
def test_merging_files_is_reading_them_together(files, times) -> None:
    """Also where files name stores unlike each other, and one lies there twice."""
    with tempfile.TemporaryDirectory() as scratch, engine(Path(scratch)) as con:
        stores = united_stores([stores for _, stores, _ in files])
        together = [(rank, rows) for rank, _, rows in files] + [(files[0][0], files[0][2])] * (
            times - 1
        )
        rows = [canonical(rank, stores, rows) for rank, rows in together]
        read = order_ledger(ibis.union(*rows) if len(rows) > 1 else rows[0])
        alone = []
        for n, (rank, own, rows_of_file) in enumerate(files):
            path = str(Path(scratch) / f"{n}.parquet")
            con.to_parquet(file_ledger(canonical(rank, own, rows_of_file)), path)
            alone.append(FileLedger(con.read_parquet(path), rank, own, times if n == 0 else 1))
        merged = merged_ledger(alone, stores)
        pd.testing.assert_frame_equal(by_key(con.to_pyarrow(merged)), by_key(con.to_pyarrow(read)))
        # The order of files does not matter.
        turned = merged_ledger(alone[::-1], stores)
        assert by_key(con.to_pyarrow(turned)).equals(by_key(con.to_pyarrow(merged)))


FIRST = date(2026, 1, 1)
DELIVERIES = st.lists(st.tuples(st.integers(0, 5), st.sampled_from("abc")), max_size=12)


@settings(max_examples=40, deadline=None)
@given(DELIVERIES)
def test_a_day_knows_the_last_that_was_delivered_by_then(steps) -> None:
    """Whatever the order deliveries come in; and none is ever written again."""
    with tempfile.TemporaryDirectory() as base:
        kept: list[tuple[int, int, str]] = []
        bytes_then: dict[Path, bytes] = {}
        for day, content in steps:
            store = Store(Path(base) / "store")
            on = FIRST + timedelta(days=day)
            known = max((k for k in kept if k[0] <= day), default=(0, 0, ""))[2]
            told, made = store.deliver(on, {"files": [content]})
            assert told["files"] == [content]
            assert made == (known != content)
            if made:
                kept.append((day, len(kept) + 1, content))
                assert told["number"] == len(kept)
            assert {p: p.read_bytes() for p in bytes_then} == bytes_then
            bytes_then = {p: p.read_bytes() for p in store.root.glob("deliveries/*/*")}
            assert len(bytes_then) == len(kept)
        store = Store(Path(base) / "store")
        for day in range(-1, 7):
            expected = max((k for k in kept if k[0] <= day), default=None)
            place = store.known_on(FIRST + timedelta(days=day))
            found = None if place is None else store.delivery(place)["files"][0]
            assert found == (None if expected is None else expected[2])
