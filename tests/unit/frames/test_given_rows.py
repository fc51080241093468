"""Rows of a user's frames, packed as the engine takes those of files, and every fault named."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from odr_analysis.exports.orders.packing import (
    CHANNEL_BITS,
    CHANNEL_CODES,
    EPOCH,
    RANK_BITS,
    SECOND_BITS,
    STATUS_BITS,
    STORE_BITS,
    STORES,
)
from odr_analysis.frames.given_rows import defect_rows, item_rows, order_rows, plain
from odr_analysis.policy import Policy
from odr_analysis.terms import STATUSES


def orders(**columns: object) -> pd.DataFrame:
    given = {
        "order_id": ["a", "112-1234567-1234567"],
        "ordered_on": ["2026-08-01", "2026-08-02"],
        "marketplace": "Amazon.de",
        "channel": ["mfn", "afn"],
    }
    return pd.DataFrame({**given, **columns})


def test_an_order_is_packed_with_its_row_as_the_update() -> None:
    problems: list[str] = []
    rows = order_rows(orders(status=["pending", "shipped"]), Policy(), STORES, problems)
    assert problems == []
    second = rows.iloc[1]
    assert int(second.store) & (2**STORE_BITS - 1) == STORES.index("Amazon.de")
    assert int(second.store) >> STORE_BITS == 1, "the later row is the newer"
    days = (date(2026, 8, 2) - date.fromisoformat(EPOCH[:10])).days
    assert int(second.placed) & (2**SECOND_BITS - 1) == days * 86_400
    version = int(second.version)
    assert version & (2**CHANNEL_BITS - 1) == CHANNEL_CODES.index("afn")
    assert version >> CHANNEL_BITS & (2**STATUS_BITS - 1) == STATUSES.index("shipped")
    assert version >> (CHANNEL_BITS + STATUS_BITS + RANK_BITS) == 1


def test_ids_of_other_systems_have_keys_of_their_own() -> None:
    rows = order_rows(orders(order_id=["x", "y"]), Policy(), STORES, [])
    again = order_rows(orders(order_id=["x", "x"]), Policy(), STORES, [])
    amazon = order_rows(orders(), Policy(), STORES, []).order_key[1]
    assert rows.order_key.nunique() == 2
    assert again.order_key.nunique() == 1
    assert all(rows.order_key > amazon)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"order_id": ["a", " "]}, "orders.order_id: empty in row(s) 1."),
        ({"ordered_on": "soon"}, "orders.ordered_on: no ISO date or timestamp in row(s) 0, 1."),
        ({"ordered_on": "1994-12-31"}, "orders.ordered_on: before 1995 or after 2062 in row(s) 0"),
        ({"channel": "post"}, "orders.channel: 'post' in row(s) 0, 1; expected one of"),
        ({"status": "lost"}, "orders.status: 'lost' in row(s) 0, 1; expected one of"),
        ({"updated_at": [None, "2026-08-03"]}, "orders.updated_at: no ISO date or timestamp in"),
    ],
)
def test_a_fault_of_an_order_names_column_and_rows(change: dict[str, object], problem: str) -> None:
    problems: list[str] = []
    rows = order_rows(orders(**change), Policy(), STORES, problems)
    assert len(rows) == 0
    (found,) = problems
    assert found.startswith(problem)


def test_many_rows_at_fault_are_counted() -> None:
    problems: list[str] = []
    many = pd.concat([orders(channel="post")] * 4, ignore_index=True)
    order_rows(many, Policy(), STORES, problems)
    assert "in row(s) 0, 1, 2, 3, 4 and 3 more; expected" in problems[0]


def test_days_alone_do_for_utc_only() -> None:
    problems: list[str] = []
    order_rows(orders(), Policy(day_boundary="marketplace"), STORES, problems)
    assert problems == ["orders: day_boundary 'marketplace' needs purchased_at, not only days."]


def test_an_item_keeps_a_hash_of_the_buyer_and_the_start_of_the_area() -> None:
    problems: list[str] = []
    rows = item_rows(
        orders(buyer=["a@b.c", "b7"], ship_area=["ab1 2cd", None], quantity=[2, None]), problems
    )
    assert problems == []
    assert rows.ship_area.tolist() == ["AB", ""]
    assert rows.buyer[1] == "b7"
    assert "@" not in rows.buyer[0]
    assert rows.quantity.isna().tolist() == [False, True]
    assert (rows["n"].tolist(), rows["rank"].tolist()) == ([1, 1], [0, 0])


@pytest.mark.parametrize("quantity", [1.5, "many", 1e16])
def test_a_number_that_is_none_is_named(quantity: object) -> None:
    problems: list[str] = []
    item_rows(orders(quantity=quantity), problems)
    assert problems == ["orders.quantity: no whole number in row(s) 0, 1."]


def test_defects_become_records_with_a_line_and_words_in_small_letters() -> None:
    given = pd.DataFrame(
        {
            "order_id": ["a", "b"],
            "component": ["claim", "feedback"],
            "reported_on": [pd.Timestamp("2026-08-09 23:00", tz="Asia/Tokyo"), None],
            "rating": [None, 2],
            "outcome": [" Denied ", None],
        }
    )
    problems: list[str] = []
    rows = defect_rows(given, problems)
    assert problems == []
    assert rows.reported_on[0] == pd.Timestamp("2026-08-09"), "the day of its own zone"
    assert rows.outcome.tolist() == ["denied", ""]
    assert rows.line.tolist() == [1, 2]
    assert rows.source.unique().tolist() == ["defects frame"]


def test_every_fault_of_the_defects_is_named() -> None:
    problems: list[str] = []
    defect_rows(pd.DataFrame({"component": ["return"], "rating": [6]}), problems)
    assert problems == [
        "defects: missing column(s) order_id; it has component, rating.",
        "defects.component: 'return' in row(s) 0; expected one of feedback, claim, chargeback.",
        "defects.rating: not 1 to 5 in row(s) 0.",
    ]


def test_a_frame_is_plain_where_it_holds_categories() -> None:
    problems: list[str] = []
    given = orders().astype({"channel": "category"})
    assert plain(given, "orders", problems).channel.tolist() == ["mfn", "afn"]
    assert isinstance(given.channel.dtype, pd.CategoricalDtype), "the user's own is as it was"
    plain(pd.concat([given, given[["channel"]]], axis=1), "orders", problems)
    plain([1], "defects", problems)  # type: ignore[arg-type]
    assert problems == [
        "orders: column(s) given twice: channel.",
        "defects: expected a pandas DataFrame, got list.",
    ]
