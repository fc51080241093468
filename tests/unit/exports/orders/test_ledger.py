"""The one expression from rows to ledger and daily table, on rows small enough to check by head."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import ibis
import pandas as pd
import pytest
import sqlglot

from odr_analysis import terms
from odr_analysis.exports.account_tables import shifts_of
from odr_analysis.exports.orders.engine import engine as opened
from odr_analysis.exports.orders.keys import key_of, keys, letter_is, order_ids
from odr_analysis.exports.orders.kinds import RAW_COLUMNS
from odr_analysis.exports.orders.ledger import (
    Ledger,
    account_orders,
    daily_table,
    local_shifts,
    order_ledger,
    stores_named,
    totals_of,
    zone_offsets,
)
from odr_analysis.exports.orders.packing import STORES, canonical_rows, unlisted_stores
from odr_analysis.policy import Policy
from tests.downloads import oid

NUMBERS = count()
SCHEMA = dict.fromkeys(RAW_COLUMNS, "string")
FIRST_KNOWN = {
    "order_key": "int64",
    **dict.fromkeys([f"{c}_on" for c in terms.COMPONENTS], "timestamp"),
}


@pytest.fixture(scope="module")
def con(tmp_path_factory) -> Iterator[ibis.BaseBackend]:
    with opened(tmp_path_factory.mktemp("spill")) as con:
        yield con


def raw(order: int | str = 1, purchased="2026-05-01T10:00:00Z", updated=None, **cells) -> dict:
    return {
        **dict.fromkeys(RAW_COLUMNS, ""),
        "order_id": order if isinstance(order, str) else oid(order),
        "purchased": purchased,
        "updated": purchased if updated is None else updated,
        "status": "Shipped",
        "channel": "Merchant",
        "marketplace": "Amazon.de",
        **cells,
    }


LISTED = (*STORES, "Amazon.zz")


def raw_table(rows: list[dict]):
    return ibis.memtable(pd.DataFrame(rows, columns=list(RAW_COLUMNS)), schema=SCHEMA)


def rows_of(*ranked: tuple[int, list[dict]]):
    """Canonical rows of (rank, raw rows) pairs."""
    tables = [canonical_rows(raw_table(rows), r, LISTED) for r, rows in ranked]
    return ibis.union(*tables) if len(tables) > 1 else tables[0]


def kept(con, rows):
    """The ledger of some rows, finished, as the expressions that follow want it; and its name."""
    name = f"ledger_{next(NUMBERS)}"
    return name, Ledger(con.create_table(name, order_ledger(rows)), LISTED)


def told(con, *ranked, policy: Policy | None = None) -> pd.DataFrame:
    policy = policy or Policy()
    name, ledger = kept(con, rows_of(*ranked))
    shifts = shifts_of(con, LISTED, totals_of(con, name), policy, name)
    orders = account_orders(ledger, policy, shifts)
    return con.to_pandas(orders).set_index("order_id").sort_index()


def test_the_newer_row_wins_whichever_comes_first(con):
    older = raw(updated="2026-05-02T10:00:00Z", status="Pending", channel="Amazon")
    newer = raw(updated="2026-05-02T10:00:01Z", status="Cancelled")
    for rows in ([older, newer], [newer, older]):
        for ranked in ([(3, rows)], [(3, rows[:1]), (3, rows[1:])]):
            order = told(con, *ranked).loc[oid(1)]
            assert (order.status, order.channel) == ("cancelled", "mfn")


def test_of_rows_equally_new_the_better_kind_wins_then_the_later_status(con):
    unshipped, shipped = raw(status="Unshipped"), raw(status="Shipped")
    order = told(con, (1, [shipped]), (3, [unshipped])).loc[oid(1)]
    assert order.status == "unshipped"
    assert told(con, (3, [shipped, unshipped])).loc[oid(1)].status == "shipped"


def test_a_newer_row_wins_over_a_better_kind(con):
    order = told(
        con,
        (3, [raw(updated="2026-05-02T10:00:00Z", status="Shipped")]),
        (1, [raw(updated="2026-05-03T10:00:00Z", status="Unshipped", marketplace="")]),
    ).loc[oid(1)]
    assert (order.status, order.marketplace) == ("unshipped", "Amazon.de")


def test_a_row_without_update_is_as_new_as_its_purchase(con):
    order = told(
        con, (3, [raw(updated="", status="Pending"), raw(updated="2026-05-01T09:59:59Z")])
    ).loc[oid(1)]
    assert order.status == "pending"


def test_the_newest_row_that_names_a_store_says_which(con):
    order = told(
        con,
        (
            3,
            [
                raw(updated="2026-05-03T10:00:00Z", marketplace=""),
                raw(updated="2026-05-02T10:00:00Z", marketplace="Amazon.fr"),
                raw(updated="2026-05-01T10:00:00Z", marketplace="Amazon.de"),
            ],
        ),
    ).loc[oid(1)]
    assert order.marketplace == "Amazon.fr"


def test_stores_known_new_and_unnamed(con):
    names = {1: "Amazon.de", 2: "Amazon.zz", 3: "", 4: "Non-Amazon", 5: "Non-Amazon CA"}
    orders = told(con, (3, [raw(n, marketplace=name) for n, name in names.items()]))
    assert orders.marketplace.tolist() == [
        *("Amazon.de", "Amazon.zz", "unknown", "Non-Amazon", "Non-Amazon CA")
    ]
    assert orders.why_not.tolist() == ["", "", "", *["not an Amazon order"] * 2]
    assert orders["counts"].tolist() == [True, True, True, False, False]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Pending", "pending"),
        ("PendingAvailability", "pending"),
        ("Pending - Waiting for Pick Up", "pending"),
        ("Unshipped", "unshipped"),
        ("PartiallyShipped", "unshipped"),
        ("InvoiceUnconfirmed", "unshipped"),
        ("Shipped", "shipped"),
        ("SHIPPED", "shipped"),
        ("Shipping", "shipped"),
        ("Shipped - Delivered to Buyer", "shipped"),
        ("Shipped - Out for Delivery", "shipped"),
        ("Shipped - Lost in Transit", "shipped"),
        ("Shipped - Damaged", "shipped"),
        ("Shipped - Returned to Seller", "returned"),
        ("Shipped - Returning to Seller", "returned"),
        ("Shipped - Rejected by Buyer", "returned"),
        ("Cancelled", "cancelled"),
        ("Canceled", "cancelled"),
        ("Unfulfillable", "other"),
        ("", "other"),
    ],
)
def test_statuses(con, text, status):
    assert told(con, (3, [raw(status=text)])).status.tolist() == [status]


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        *[(t, "mfn") for t in ("Merchant", "MFN", "merchant")],
        *[(t, "afn") for t in ("Amazon", "AFN")],
        *[(t, "unknown") for t in ("", "Elsewhere")],
    ],
)
def test_channels(con, text, channel):
    assert told(con, (3, [raw(channel=text)])).channel.tolist() == [channel]


def test_ids_outside_the_denominator(con):
    ids = ["S01-1234567-1234567", "S02-1234567-1234567", "D01-1234567-1234567", oid(1)]
    orders = told(con, (3, [raw(i) for i in ids]))
    assert orders.why_not.to_dict() == dict(
        zip(ids, ["multi-channel order"] * 2 + ["digital order", ""], strict=True)
    )


@pytest.mark.parametrize(
    "cells",
    [
        {"order_id": ""},
        {"order_id": "12-34"},
        {"order_id": oid(1) + "x"},
        {"purchased": ""},
        {"purchased": "2026-02-31T10:00:00Z"},
        {"purchased": "1994-12-31T10:00:00Z"},
        {"purchased": "2026-05-01"},
        {"updated": "yesterday"},
        {"status": "Shipped "},
        {"channel": " Merchant"},
        {"marketplace": "Amazon.de "},
    ],
)
def test_rows_that_need_a_closer_look_gather_under_no_id(con, cells):
    ledger = con.to_pandas(order_ledger(rows_of((3, [{**raw(), **cells}, raw(2)]))))
    known = ledger[ledger.order_key.notna()]
    assert known.order_key.tolist() == [key_of(oid(2))]
    assert ledger.n_rows.sum() == 2


IDS = [
    "302-1234567-7654321",
    "002-6952095-0825845",
    "000-0000000-0000000",
    "999-9999999-9999999",
    "D01-1234567-1234567",
    "S99-9999999-9999999",
]
NO_IDS = [
    "",
    "302-1234567-765432",
    "302-1234567-76543210",
    "302-12345678-654321",
    "3e2-1234567-7654321",
    "+02-1234567-7654321",
    "302-1234567-765432 ",
    "X01-1234567-1234567",
    "302_1234567_7654321",
    "1e0-0000000-0000016",
    "100-0000000-00000e3",
    "100-0000000-0000E03",
    "30-21234567-7654321",
    "+02-1234567-7654321",
    "302-1234567-765432.",
]


def test_ids_become_keys_and_ids_again(con):
    table = ibis.memtable({"order_id": IDS})
    packed = table.mutate(key=keys(table.order_id))
    told = con.to_pandas(
        packed.mutate(
            back=order_ids(packed.key), s=letter_is(packed.key, "S"), d=letter_is(packed.key, "D")
        )
    )
    assert told.order_id.tolist() == IDS
    assert told.key.tolist() == [key_of(i) for i in IDS]
    assert told.key.is_unique
    assert told.back.tolist() == IDS
    assert told.s.tolist() == [i[0] == "S" for i in IDS]
    assert told.d.tolist() == [i[0] == "D" for i in IDS]


def test_what_is_no_id_has_no_key(con):
    table = ibis.memtable({"order_id": NO_IDS})
    assert con.to_pandas(keys(table.order_id)).isna().all()
    assert [key_of(i) for i in NO_IDS] == [None] * len(NO_IDS)


NEW_YEAR = [
    # UTC instant, store, day there, UTC day
    ("2026-03-08T07:59:59Z", "Amazon.com", "2026-03-07", "2026-03-08"),
    ("2026-03-08T08:00:00Z", "Amazon.com", "2026-03-08", "2026-03-08"),
    ("2026-03-09T06:59:59Z", "Amazon.com", "2026-03-08", "2026-03-09"),
    ("2026-03-09T07:00:00Z", "Amazon.com", "2026-03-09", "2026-03-09"),
    ("2026-11-02T07:59:59Z", "Amazon.com", "2026-11-01", "2026-11-02"),
    ("2026-03-28T22:59:59Z", "Amazon.de", "2026-03-28", "2026-03-28"),
    ("2026-03-28T23:00:00Z", "Amazon.de", "2026-03-29", "2026-03-28"),
    ("2026-03-29T22:00:00Z", "Amazon.de", "2026-03-30", "2026-03-29"),
    ("2026-10-25T22:59:59Z", "Amazon.de", "2026-10-25", "2026-10-25"),
    ("2026-06-30T18:29:59Z", "Amazon.in", "2026-06-30", "2026-06-30"),
    ("2026-06-30T18:30:00Z", "Amazon.in", "2026-07-01", "2026-06-30"),
    ("2026-12-31T15:00:00Z", "Amazon.co.jp", "2027-01-01", "2026-12-31"),
    ("2026-06-30T23:59:59Z", "Amazon.zz", "2026-06-30", "2026-06-30"),
    ("2026-06-30T23:59:59Z", "", "2026-06-30", "2026-06-30"),
]


def test_days_are_utc_days_or_the_days_of_the_store(con):
    rows = [raw(i, at, marketplace=store) for i, (at, store, *_) in enumerate(NEW_YEAR)]
    for place, boundary in ((2, "marketplace"), (3, "utc")):
        orders = told(con, (3, rows), policy=Policy(day_boundary=boundary))
        assert orders.ordered_on.dt.strftime("%Y-%m-%d").tolist() == [n[place] for n in NEW_YEAR]
        assert orders.purchased_at.dt.strftime("%Y-%m-%dT%H:%M:%SZ").tolist() == [
            n[0] for n in NEW_YEAR
        ]


@pytest.mark.parametrize("zone", sorted({m.time_zone for m in terms.MARKETPLACES.values()}))
def test_offsets_of_a_zone_hold_at_every_hour(zone):
    first, last = datetime(2025, 1, 1, 7, 13, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    pieces = zone_offsets(zone, first, last)
    assert [until for until, _ in pieces] == sorted(until for until, _ in pieces)
    assert pieces[-1][0] == last.replace(tzinfo=None)
    assert 1 <= len(pieces) <= 7
    place, at, piece = ZoneInfo(zone), first, 0
    while at < last:
        while at.replace(tzinfo=None) >= pieces[piece][0]:
            piece += 1
        assert at.astimezone(place).utcoffset() == timedelta(seconds=pieces[piece][1])
        at += timedelta(hours=1)


def test_shifts_are_made_for_known_stores_only():
    day = datetime(2026, 5, 1)  # noqa: DTZ001 (the ledger's instants are naive UTC)
    assert [name for name, _ in local_shifts(["Amazon.de", "Amazon.zz"], day, day)] == ["Amazon.de"]


def test_span_and_stores(con):
    rows = [
        raw(1, "2026-05-01T10:00:00Z", "2026-06-09T01:02:03Z"),
        raw(2, "2026-05-03T10:00:00Z", marketplace="Amazon.fr"),
        raw(3, "2026-04-03T10:00:00Z", marketplace="Amazon.zz"),
        raw("nonsense", "2020-05-03T10:00:00Z"),
    ]
    name, ledger = kept(con, rows_of((3, rows)))
    assert totals_of(con, name) == {
        "rows": 4,
        "unusable": 1,
        "first": "2026-04-03T10:00:00",
        "last": "2026-05-03T10:00:00",
        "update": "2026-06-09T01:02:03",
    }
    named = con.to_pandas(stores_named(ledger)).marketplace
    assert sorted(named) == ["Amazon.de", "Amazon.fr", "Amazon.zz"]


def test_totals_of_a_ledger_without_orders(con):
    name, _ = kept(con, rows_of((3, [raw("nonsense")])))
    assert totals_of(con, name) == {
        "rows": 1,
        "unusable": 1,
        **dict.fromkeys(("first", "last", "update")),
    }


def test_a_row_of_a_store_never_heard_of_waits_for_its_name(con):
    rows = [raw(1, marketplace="Amazon.new"), raw(2), raw(3, marketplace=" Amazon.de")]
    assert con.to_pandas(unlisted_stores(raw_table(rows), STORES)).marketplace.tolist() == [
        "Amazon.new"
    ]
    unusable = canonical_rows(raw_table(rows), 3).order_key.isnull().sum()
    assert con.to_pandas(unusable) == 2
    listed = canonical_rows(raw_table(rows), 3, (*STORES, "Amazon.new")).order_key.isnull().sum()
    assert con.to_pandas(listed) == 1


@pytest.fixture(scope="module")
def daily_expression():
    """The whole expression, from raw text to daily table, on tables that exist nowhere."""
    raw_rows = ibis.table(SCHEMA, name="order_rows")
    known = ibis.table(FIRST_KNOWN, name="first_known")
    shifts = local_shifts(
        ["Amazon.com", "Amazon.de"],
        datetime(2026, 1, 1),  # noqa: DTZ001
        datetime(2026, 12, 1),  # noqa: DTZ001
    )
    policy = Policy(day_boundary="marketplace", count_cancelled_orders=False)
    ledger = Ledger(order_ledger(canonical_rows(raw_rows, 3)))
    return daily_table(ledger, known, policy, shifts)


@pytest.mark.parametrize("engine", ["duckdb", "pyspark", "bigquery", "snowflake"])
def test_the_same_lines_compile_for_other_engines(daily_expression, engine):
    sql = str(ibis.to_sql(daily_expression, dialect=engine)).upper()
    assert sql.count("GROUP BY") == 3  # orders, codes, words
    assert "LEFT OUTER JOIN" in sql or "LEFT JOIN" in sql
    assert "ORDER_ROWS" in sql
    assert "FIRST_KNOWN" in sql
    for name in ("n_orders", *terms.CELL_COLUMNS, "why_not"):
        assert name.upper() in sql
    assert "MULTI-CHANNEL ORDER" in sql
    # Local days need no time-zone function of the engine.
    assert "LOS_ANGELES" not in sql


def test_names_are_looked_up_in_arrays_that_hold_a_null(daily_expression):
    """Spark takes an array without a null for one whose every lookup gives a name, and gives an
    order without a store the name of one."""
    found = [
        array.expressions
        for array in sqlglot.parse_one(
            str(ibis.to_sql(daily_expression, dialect="pyspark")), read="spark"
        ).find_all(sqlglot.exp.Array)
    ]
    assert len(found) == 3  # stores, channels, statuses
    for names in found:
        assert isinstance(names[-1].unnest().this, sqlglot.exp.Null)
        assert len(names) > 3
