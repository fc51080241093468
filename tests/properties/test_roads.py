"""The fast road and the careful one make the same of every cell, or the fast one refuses it."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import ibis
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from odr_analysis import load_account
from odr_analysis.exports.orders.careful import careful_rows
from odr_analysis.exports.orders.engine import engine
from odr_analysis.exports.orders.kinds import LEDGER_COLUMNS, ORDER_EXPORTS
from odr_analysis.exports.orders.packing import EPOCH, STORES, canonical_rows, in_reach, seconds
from odr_analysis.exports.text.delimited import split_rows
from odr_analysis.exports.text.instants import BLANK_EDGE, BLANKS, read_instant, trimmed
from tests.downloads import fill, oid, order, orders, table

TIME = "2026-05-01T23:30:00+00:00"
TIMES = [
    TIME,
    "2026-05-01T23:30:00Z",
    "2026-05-01 23:30:00 UTC",
    "2026-05-01T23:30:00UTC",
    "2026-05-01T23:30:00 GMT",
    "2026-05-01T23:30:00 PST",
    "2026-05-01T23:30:00PDT",
    "2026-05-01T23:30:00 JST",
    "2026-05-01T23:30:00 IST",
    "2026-05-01T23:30:00-08",
    "2026-05-01T23:30:00 -08",
    "2026-05-01T23:30:00-0800",
    "2026-05-01T23:30:00-08:00",
    "2026-05-01T23:30:00 +00:00",
    "2026-05-01T23:30:00+16:00",
    "2026-05-01T23:30:00+24:00",
    "2026-05-01T23:30:00+01:75",
    "2026-05-01T23:30:00 Europe/Berlin",
    "2026-05-01T23:30:00 America/Los_Angeles",
    "2026-05-01T24:00:00Z",
    "2026-05-01T24:00:00+00:00",
    "2026-05-01T23:30:60+00:00",
    "2026-05-01T23:30:59.999999999Z",
    "2026-05-01T23:30:00.5+00:00",
    "2026-05-01T23:30:0.+00:00",
    "2026-05-01T23:30",
    "2026-05-01 23:30",
    "2026/05/01 23:30",
    "2026/05/01 23:30:00 PST",
    "2026.05.01 23:30",
    "2026-5-1 3:30",
    "2026-05-01T 3:30:00+00:00",
    "2026-05-01T\v3:30:00+00:00",
    "2026-05-01T23: 0:00+00:00",
    "2026-05-01T23:3 :00+00:00",
    "2026-02-30T23:30:00+00:00",
    "2026-05-01",
    "20260501T233000Z",
    "May 1, 2026 11:30:00 PM PDT",
    "1994-05-01T23:30:00+00:00",
    "2063-05-01T23:30:00+00:00",
    "1995-01-01T00:00:00+05:00",
    " 2026-05-01T23:30:00+00:00",
    "2026-05-01T23:30:00+00:00\u3000",
    "\u0662026-05-01T23:30:00+00:00",
    "12:00",
    "46143",
    "infinity",
    "epoch",
    "",
]
WORDS = {
    "status": ["Shipped", "shipped", "Cancelled", "Pending", "Shipped - Returned to Seller", ""],
    "channel": ["Merchant", "Amazon", "MFN", "afn", ""],
    "marketplace": ["Amazon.de", "Amazon.com", "Non-Amazon UK", "amazon.zz", ""],
}
DAYS = ["%Y-%m-%d", "%Y-%m-%d", "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y.%m.%d", "%Y-%j"]
CLOCKS = [
    "{:02}:{:02}:{:02}",
    "{:02}:{:02}:{:02}",
    "{:02}:{:02}",
    "{}:{}:{}",
    "{:02}:{:02}:{:02}.25",
]
ZONES = (
    *("", "Z", "+00:00", "+00:00", " UTC", "UTC", "+09:00", "-0730", "-08", " PST", "CEST"),
    *("+15:59", "-23:59", " Asia/Tokyo", "z", "GMT-7", "+5:30", "−08:00", " +01:00"),
)
SLIPS = ["", " ", "\v", "\f", "0", ":", "-", ".", "٣"]
SPACES = [blank for blank in (*BLANKS, "\0") if blank not in "\t\n\r"]
EXPORT = ORDER_EXPORTS[0]
HEADER = "\t".join(EXPORT.columns[name][0] for name in LEDGER_COLUMNS)


@st.composite
def times(draw: st.DrawFn) -> str:
    """A time in any way a machine or a spreadsheet might write it."""
    day = draw(st.dates(date(1994, 6, 1), date(2064, 6, 1)))
    hour, minute, second = (draw(st.integers(0, top)) for top in (25, 61, 61))
    text = day.strftime(draw(st.sampled_from(DAYS))) + draw(
        st.sampled_from(["T", "T", " ", "t", ""])
    )
    text += draw(st.sampled_from(CLOCKS)).format(hour, minute, second)
    text += draw(st.sampled_from(ZONES))
    if draw(st.integers(0, 5)) == 0:
        at = draw(st.integers(0, len(text) - 1))
        text = text[:at] + draw(st.sampled_from(SLIPS)) + text[at + 1 :]
    return text


def blank_around(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    rarely = st.one_of(st.just(""), st.just(""), st.just(""), st.sampled_from(SPACES))
    return st.builds(lambda a, b, c: a + b + c, rarely, values, rarely)


cells = st.fixed_dictionaries(
    {
        "order_id": st.sampled_from([oid(1), oid(2), "S01-1234567-1234567", " " + oid(3), "x"]),
        "purchased": blank_around(times() | st.sampled_from(TIMES)),
        "updated": blank_around(times() | st.sampled_from(TIMES)),
        **{name: blank_around(st.sampled_from(words)) for name, words in WORDS.items()},
    }
)


@cache
def connected() -> tuple[Any, Any, str]:
    """One engine for all examples, which lives as long as the run, and the query they share."""
    opened = engine(Path(tempfile.gettempdir()))
    con = opened.__enter__()
    con.create_table("cells", schema=ibis.schema(dict.fromkeys(LEDGER_COLUMNS, "string")))
    return opened, con, str(con.compile(canonical_rows(con.table("cells"), 3, STORES)))


def in_numbers(*rows: dict[str, str]) -> list[tuple[Any, ...]]:
    """The canonical rows of raw cells: key, version, placed, store; no key where one is refused.

    One query is as quick for many rows as for one. They come in the order of their keys.
    """
    _, con, query = connected()
    con.con.execute("DELETE FROM cells")
    con.con.executemany(
        "INSERT INTO cells VALUES (?, ?, ?, ?, ?, ?)",
        [[row[name] for name in LEDGER_COLUMNS] for row in rows],
    )
    try:
        return [tuple(found) for found in con.con.execute(f"{query} ORDER BY 1").fetchall()]
    except duckdb.Error:  # which sends the whole file down the careful road
        return [(None,)] if len(rows) == 1 else [found for row in rows for found in in_numbers(row)]


def careful(*rows: dict[str, str]) -> list[dict[str, str]]:
    """The rows as the careful road leaves them, without those it drops."""
    lines = ["\t".join(row[name] for name in LEDGER_COLUMNS) for row in rows]
    text = "\n".join([HEADER, *lines])
    found = split_rows(text, file="f.txt", delimiter="\t", quoted=False)
    cells = careful_rows(found, EXPORT, None, LEDGER_COLUMNS)[0]
    return cells.to_dict("records")


def check(row: dict[str, str]) -> bool:
    """Whether the fast road takes a row; if so, the careful one must make the same of it."""
    (fast,) = in_numbers(row)
    if fast[0] is None:
        return False
    slow = careful(row)
    assert slow, f"the careful road drops what the fast one takes: {row}"
    assert slow == [row] or in_numbers(*slow) == [fast], row
    return True


GOOD = {
    "order_id": oid(1),
    "purchased": TIME,
    "updated": TIME,
    "status": "Shipped",
    "channel": "Merchant",
    "marketplace": "Amazon.de",
}


@settings(max_examples=300, deadline=None)
@given(cells)
@example(GOOD)
def test_a_cell_means_the_same_on_both_roads(row: dict[str, str]) -> None:
    check(row)


@pytest.mark.parametrize("name", ["purchased", "updated"])
def test_every_form_of_a_time_means_the_same_on_both_roads(name: str) -> None:
    taken = [text for text in TIMES if check({**GOOD, name: text})]
    assert TIME in taken
    assert len(taken) >= 8


@pytest.mark.parametrize("at", [0, 2, 5, 8, 11, 14, 17, 20, 23])
def test_the_plain_form_of_a_time_takes_no_other_characters(at: int) -> None:
    """Every pair of characters in every place of two digits, as the engine's `seconds` reads it."""
    # A TAB or a line break ends the cell.
    letters = [*map(chr, (*range(1, 9), 11, 12, *range(14, 127))), *SPACES, "\u0660", "\uff11", "é"]
    texts = [TIME[:at] + a + b + TIME[at + 2 :] for a in letters for b in letters]
    con = connected()[1]
    table = ibis.memtable({"text": texts})
    reach = seconds(table.text)
    taken = con.to_pandas(table.mutate(s=reach).filter(in_reach(reach)))
    epoch = datetime.fromisoformat(EPOCH)
    for text, s in zip(taken.text, taken.s, strict=True):
        assert read_instant(text) == (epoch + timedelta(seconds=int(s))).isoformat(), text
    assert TIME in set(taken.text)


@pytest.mark.parametrize("name", list(WORDS))
@pytest.mark.parametrize("side", ["before", "after"])
def test_no_blank_changes_a_word(name: str, side: str) -> None:
    """A blank keeps a row from the fast road, and the careful one takes it off."""
    blanks = [blank for blank in BLANKS if blank not in "\t\n\r"]  # these end a cell or a line
    cells = [blank + GOOD[name] if side == "before" else GOOD[name] + blank for blank in blanks]
    rows = [{**GOOD, name: cell} for cell in cells]
    assert [key for key, *_ in in_numbers(*rows)] == [None] * len(rows)
    assert in_numbers(*careful(*rows)) == in_numbers(GOOD) * len(rows)


def test_blanks_are_those_of_python_and_what_shows_nothing() -> None:
    _, con, _ = connected()
    letters = [chr(i) for i in range(1, 0x110000) if not 0xD800 <= i < 0xE000]
    text = ibis.memtable({"letter": letters})
    found = con.to_pandas(text.filter(text.letter.re_search(BLANK_EDGE))).letter
    assert set(found) == set(BLANKS)
    assert set(BLANKS) == {c for c in letters if c.isspace()} | set("\u200b\u200e\u200f\ufeff")
    assert trimmed(f"{BLANKS}a b{BLANKS}") == "a b"


@given(
    st.datetimes(datetime(1996, 1, 1), datetime(2062, 1, 1)),  # noqa: DTZ001
    st.integers(-23 * 60, 23 * 60),
    st.sampled_from(["-", "/", "."]),
)
def test_an_instant_is_that_of_the_clock_and_its_offset(at, minutes, mark) -> None:
    at = at.replace(microsecond=0)
    zone = timezone(timedelta(minutes=minutes))
    text = at.replace(tzinfo=zone).isoformat()
    written = text[:10].replace("-", mark) + text[10:]
    expected = at.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None).isoformat()
    assert read_instant(written) == expected


def test_named_zones() -> None:
    local = datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    expected = local.astimezone(UTC).replace(tzinfo=None).isoformat()
    assert read_instant("2026-07-01 12:00 Europe/Berlin") == expected
    assert read_instant("2026-07-01 12:00:00 CEST") == expected
    for zone in ("Europe/Nowhere", "../x", "XYZ"):
        assert read_instant(f"2026-07-01 12:00 {zone}") == ""


ODD = [
    {"purchase__date": "2026-05-01T23:30:00 PST"},
    {"purchase__date": "2026-05-01T23:30:00-08"},
    {"purchase__date": "2026-05-01T24:00:00Z"},
    {"purchase__date": "2026/05/01 23:30"},
    {"last__updated__date": "2026-05-02T23:30:00 Europe/Berlin", "purchase__date": TIME},
    {"sales__channel": "Amazon.de\xa0"},
    {"sales__channel": "\u3000Amazon.de"},
    {"fulfillment__channel": "Merchant\v"},
    {"order__status": "Cancelled\u200b"},
]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(next(iter(odd.values()))))
def test_a_bad_line_elsewhere_changes_no_good_one(tmp_path: Path, odd: dict[str, str]) -> None:
    rows = [*orders(5), order(50, **odd)]
    alone = load_account(fill(tmp_path / "a", {"o.txt": table(rows)}), cache=None)
    bad = table([*rows, order(60, "never")])
    beside = load_account(fill(tmp_path / "b", {"o.txt": bad}), cache=None, loss_budget=1)
    assert beside.receipt.rows_dropped == 1
    pd.testing.assert_frame_equal(alone.orders, beside.orders)
    pd.testing.assert_frame_equal(alone.daily, beside.daily)
    assert len(alone.orders) == 6
