"""The fast road against slow, obvious answers, on random exports."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis import load_account, terms
from odr_analysis.account import Account
from odr_analysis.exports.account_tables import Tables, build_tables
from odr_analysis.exports.orders.engine import engine
from odr_analysis.exports.orders.kinds import RAW_COLUMNS
from odr_analysis.exports.orders.ledger import order_ledger, totals_of
from odr_analysis.exports.orders.packing import CHANNEL_CODES, canonical_rows
from odr_analysis.exports.orders.packing import STORES as KNOWN_STORES
from odr_analysis.exports.readers.contract import Sighting, feedback_frame, sightings
from odr_analysis.policy import Policy
from tests.downloads import SHORT, fill, gzipped, oid, order, orders, table, zipped

STATUS = {
    "Pending": "pending",
    "Unshipped": "unshipped",
    "Shipped": "shipped",
    "Shipped - Returned to Seller": "returned",
    "Cancelled": "cancelled",
    "Unfulfillable": "other",
}
CHANNEL = {"Merchant": "mfn", "Amazon": "afn", "AFN": "afn", "": "unknown"}
STORES = ["Amazon.com", "Amazon.de", "Amazon.in", "Amazon.com.au", "Amazon.zz", "Non-Amazon", ""]
IDS = [*map(oid, range(6)), "S01-1234567-1234567", "D01-1234567-1234567"]
# Near the days the clocks change in America, Europe and Australia.
CHANGES = [date(2026, 3, 8), date(2026, 3, 29), date(2026, 4, 5), date(2026, 10, 25)]


@st.composite
def instants(draw: st.DrawFn) -> datetime:
    day = draw(st.sampled_from(CHANGES))
    seconds = draw(st.integers(-2 * 86_400, 2 * 86_400) | st.sampled_from([0, 3600, 7200, -1]))
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=seconds)


@st.composite
def raw_rows(draw: st.DrawFn) -> dict[str, Any]:
    purchased = draw(instants())
    zone = timezone(timedelta(minutes=draw(st.sampled_from([0, 0, 540, -420, 330]))))
    late = draw(st.none() | st.sampled_from([0, 0, 1, 60, 86_400]))
    updated = None if late is None else purchased + timedelta(seconds=late)
    order_id = draw(st.sampled_from(IDS))
    # One order never has two stores that are not known by name.
    stores = [s for s in STORES if s != ("Amazon.zz" if IDS.index(order_id) % 2 else "Non-Amazon")]
    return {
        "rank": draw(st.sampled_from([0, 1, 3])),
        "order_id": order_id,
        "at": purchased,
        "updated_at": updated or purchased,
        "purchased": purchased.astimezone(zone).isoformat(),
        "updated": "" if updated is None else updated.isoformat(),
        "status": draw(st.sampled_from(list(STATUS))),
        "channel": draw(st.sampled_from(list(CHANNEL))),
        "marketplace": draw(st.sampled_from(stores)),
    }


defects = st.tuples(
    st.sampled_from([*IDS, oid(99)]),
    st.sampled_from(terms.COMPONENTS),
    st.none() | st.dates(date(2026, 3, 1), date(2026, 12, 1)),
    st.sampled_from(["", "pending", "denied", "won", "struck"]),
)
policies = st.builds(
    Policy,
    day_boundary=st.sampled_from(["utc", "marketplace"]),
    count_cancelled_orders=st.booleans(),
    count_pending_orders=st.booleans(),
    count_pending_claims=st.booleans(),
    count_won_chargebacks=st.booleans(),
    count_struck_feedback=st.booleans(),
)


def slow_orders(rows: list[dict[str, Any]], policy: Policy) -> dict[str, dict[str, Any]]:
    """Every order by looking at its rows one at a time."""
    found = {}
    for order_id in {r["order_id"] for r in rows}:
        own = [r for r in rows if r["order_id"] == order_id]
        newest = max(
            own,
            key=lambda r: (
                r["updated_at"],
                r["rank"],
                terms.STATUSES.index(STATUS[r["status"]]),
                CHANNEL_CODES.index(CHANNEL[r["channel"]]),
            ),
        )
        as_new = [r for r in own if r["updated_at"] == newest["updated_at"]]
        placed = max(r["at"] for r in as_new)
        naming = [r for r in own if r["marketplace"]]
        known = list(terms.MARKETPLACES)
        store = "unknown"
        if naming:
            store = max(
                naming,
                key=lambda r: (
                    r["updated_at"],
                    known.index(r["marketplace"]) if r["marketplace"] in known else len(known),
                ),
            )["marketplace"]
        place = terms.MARKETPLACES.get(store)
        local = placed
        if policy.day_boundary == "marketplace" and place:
            local = placed.astimezone(ZoneInfo(place.time_zone))
        status = STATUS[newest["status"]]
        why = ""
        if store == "Non-Amazon":
            why = "not an Amazon order"
        elif order_id[0] in "SD":
            why = "multi-channel order" if order_id[0] == "S" else "digital order"
        elif status == "cancelled" and not policy.count_cancelled_orders:
            why = "cancelled"
        elif status == "pending" and not policy.count_pending_orders:
            why = "pending"
        found[order_id] = {
            "day": local.date(),
            "series": (store, CHANNEL[newest["channel"]]),
            "why": why,
        }
    return found


def slow_cells(seen: list[tuple], policy: Policy) -> dict[str, dict[str, date | None]]:
    """Order to component to first day known (None: no day given), of those that count."""
    off = set()
    if not policy.count_pending_claims:
        off.add(("claim", "pending"))
    if not policy.count_won_chargebacks:
        off.add(("chargeback", "won"))
    if not policy.count_struck_feedback:
        off.add(("feedback", "struck"))
    off.add(("claim", "denied"))
    counting: dict[str, dict[str, date | None]] = {}
    for order_id, component in {s[:2] for s in seen}:
        own = [s for s in seen if s[:2] == (order_id, component)]
        settled = [s for s in own if s[3] not in ("", "pending")] or own
        if any((component, s[3]) not in off for s in settled):
            days = [s[2] for s in own if s[2] is not None]
            counting.setdefault(order_id, {})[component] = min(days, default=None)
    return counting


LISTED = (*KNOWN_STORES, "Amazon.zz")


def fast_tables(rows: list[dict[str, Any]], seen: list[tuple], policy: Policy) -> Tables:
    told = sightings(
        [
            Sighting(
                *(order_id, component, "claims", "f", 2),
                reported_on=pd.Timestamp(day) if day else None,
                outcome=outcome,
            )
            for order_id, component, day, outcome in seen
        ]
    )
    with tempfile.TemporaryDirectory() as scratch, engine(Path(scratch)) as con:
        schema = dict.fromkeys(RAW_COLUMNS, "string")
        parts = []
        for rank in sorted({r["rank"] for r in rows}):
            of_rank = pd.DataFrame(
                [{c: r.get(c, "") for c in RAW_COLUMNS} for r in rows if r["rank"] == rank]
            )
            raw = ibis.memtable(of_rank, schema=schema)
            parts.append(canonical_rows(raw, rank, LISTED))
        united = ibis.union(*parts) if len(parts) > 1 else parts[0]
        con.create_table("ledger", order_ledger(united))
        return build_tables(con, LISTED, totals_of(con), feedback_frame([]), told, policy, [])


@settings(max_examples=10, deadline=None)
@given(
    rows=st.lists(raw_rows(), min_size=1, max_size=40),
    seen=st.lists(defects, max_size=15),
    policy=policies,
)
def test_the_expression_equals_looking_at_every_row(rows, seen, policy):
    tables = fast_tables(rows, seen, policy)
    slow = slow_orders(rows, policy)
    cells = {o: c for o, c in slow_cells(seen, policy).items() if o in slow and not slow[o]["why"]}

    daily: dict[tuple, dict[str, int]] = {}
    for order_id, told in slow.items():
        if told["why"]:
            continue
        key = (pd.Timestamp(told["day"]), *told["series"])
        row = daily.setdefault(key, dict.fromkeys(["n_orders", *terms.CELL_COLUMNS], 0))
        row["n_orders"] += 1
        mask = sum(1 << terms.COMPONENTS.index(c) for c in cells.get(order_id, {}))
        if mask:
            row[f"n_{terms.CELLS[mask]}"] += 1
    keys = ["ordered_on", "marketplace", "channel"]
    assert tables.daily.set_index(keys).to_dict("index") == daily
    assert tables.daily[keys].equals(tables.daily[keys].sort_values(keys, ignore_index=True))

    defective = tables.defective.set_index("order_id")
    assert set(defective.index) == set(cells)
    for order_id, days in cells.items():
        for component in terms.COMPONENTS:
            on = defective.loc[order_id, f"{component}_on"]
            want = days.get(component, "none")
            if want == "none":
                assert pd.isna(on)
            else:
                assert on == pd.Timestamp(want or slow[order_id]["day"])

    left_out = [told["why"] for told in slow.values() if told["why"]]
    assert tables.orders_total == {
        "rows": len(rows),
        "distinct": len(slow),
        "counted": len(slow) - len(left_out),
        "not_counted": {why: left_out.count(why) for why in set(left_out)},
    }
    assert tables.defects["counts"].tolist().count(True) == sum(
        1 for s in seen if s[1] in cells.get(s[0], {})
    )


def load(files: dict[str, str | bytes]) -> Account:
    with tempfile.TemporaryDirectory() as folder:
        return load_account(fill(Path(folder), files), cache=None, loss_budget=1)


@st.composite
def versions(draw: st.DrawFn) -> list[dict[str, str]]:
    """Rows of a few orders in several states."""
    rows = []
    for n in range(draw(st.integers(1, 8))):
        for _ in range(draw(st.integers(1, 4))):
            day = draw(st.integers(1, 28))
            rows.append(
                order(
                    n,
                    "2026-05-01T10:00:00+00:00",
                    last__updated__date=f"2026-06-{day:02d}T{draw(st.integers(0, 1)):02d}:00:00Z",
                    order__status=draw(st.sampled_from(list(STATUS))),
                    fulfillment__channel=draw(st.sampled_from(["Merchant", "Amazon"])),
                    sales__channel=draw(st.sampled_from(["Amazon.de", "Amazon.fr", ""])),
                )
            )
    return rows


@settings(max_examples=3, deadline=None)
@given(rows=versions(), data=st.data())
def test_neither_names_nor_order_nor_number_of_files_matter(rows, data):
    one = load({"all.txt": table(rows)})
    mixed = data.draw(st.permutations(rows))
    cut = data.draw(st.integers(0, len(mixed)))
    parts = [table(mixed[:cut], SHORT), table(mixed[cut:], SHORT[::-1])]
    names = data.draw(st.permutations(["z.txt", "a/b.jpg"]))
    packed = [
        data.draw(st.sampled_from([str, gzipped, lambda t: zipped({"x": t})]))(p) for p in parts
    ]
    many = load(dict(zip(names, packed, strict=True)))
    pd.testing.assert_frame_equal(one.orders, many.orders)
    pd.testing.assert_frame_equal(one.daily, many.daily)
    assert many.receipt.rows_read == one.receipt.rows_read == len(rows)
    assert one.known_to == many.known_to


FLAWS = {
    "blank line": lambda line: "",
    "spaces": lambda line: "   ",
    "NUL": lambda line: line.replace("\t\t", "\t\0\t", 1),
    "extra cells": lambda line: line + "\tx\ty",
    "cut off": lambda line: "\t".join(line.split("\t")[:3]),
    "scientific": lambda line: "\t".join(["1.13123E+16", *line.split("\t")[1:]]),
    "no date": lambda line: "\t".join([*line.split("\t")[:2], "?", *line.split("\t")[3:]]),
    "impossible": lambda line: line.replace("2026-05-01T", "2026-02-31T", 1),
    "one quote": lambda line: line.replace("Lamp", '12" Lamp'),
    "open quote": lambda line: line.replace("Lamp", '"Lamp'),
}
LOST = {"cut off", "scientific", "no date", "impossible"}
NO_ROW = {"blank line", "spaces"}


@cache
def sound_orders() -> pd.DataFrame:
    return load({"f.txt": table(orders(120))}).orders


@settings(max_examples=5, deadline=None)
@given(
    flaws=st.lists(
        st.tuples(st.sampled_from(list(FLAWS)), st.integers(0, 120)), min_size=1, max_size=6
    ),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_a_flawed_file_gives_the_same_orders_and_accounts_for_every_line(flaws, newline):
    lines = table(orders(120)).splitlines()
    for k, (flaw, at) in enumerate(flaws):
        bad = table([order(1000 + k, last__updated__date="")]).splitlines()[1]
        lines.insert(at + 1, "#" + flaw + "#" + bad)
    lost, no_row = [], 0
    for i, line in enumerate(lines):
        if line.startswith("#"):
            _, flaw, bad = line.split("#", 2)
            lines[i] = FLAWS[flaw](bad)
            lost += [i + 1] * (flaw in LOST)
            no_row += flaw in NO_ROW
    flawed = load({"f.txt": newline.join(lines) + newline})
    both = flawed.orders[flawed.orders.order_id < oid(1000)].reset_index(drop=True)
    pd.testing.assert_frame_equal(both, sound_orders())
    (told,) = flawed.receipt.files
    assert told.rows_read == 120 + len(flaws) - no_row
    assert told.rows_kept == told.rows_read - len(lost)
    assert sorted(n for found in told.dropped_lines.values() for n in found) == lost
    assert flawed.receipt.orders["distinct"] == told.rows_kept
