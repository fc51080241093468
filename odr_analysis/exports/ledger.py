"""From canonical rows to order ledger and daily table: one Ibis expression.

Nothing here names an engine. DuckDB runs it by default; the same lines compile
for Spark, BigQuery or Snowflake (a test compiles them). Orders stay packed in
integers until few rows are left, and only then become words.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from odr_analysis import terms
from odr_analysis.exports.keys import letter_is, order_ids
from odr_analysis.exports.orders import (
    CHANNEL_BITS,
    CHANNEL_CODES,
    EPOCH,
    SECOND_BITS,
    STATUS_BITS,
    STORE_BITS,
    STORES,
)
from odr_analysis.policy import Policy

if TYPE_CHECKING:
    import ibis.expr.types as ir

DAY = 86_400
ORIGIN = datetime.fromisoformat(EPOCH).replace(tzinfo=UTC)
Shifts = dict[str, list[tuple[datetime, int]]]
"""Marketplace to its UTC offsets, see :func:`zone_offsets`."""


def order_ledger(rows: ir.Table) -> ir.Table:
    """One row per order key, its newest state packed as in ``canonical_rows``.

    Rows that could not be used gather under the null key, so that
    ``n_rows`` sums to the rows read.
    """
    return rows.group_by("order_key").aggregate(
        version=rows.version.max(),
        placed=rows.placed.max(),
        store=rows.store.max(),
        other_store=rows.other_store.max(),
        n_rows=rows.count(),
    )


def daily_table(
    ledger: ir.Table, first_known: ir.Table, policy: Policy, shifts: Shifts
) -> ir.Table:
    """Orders per day, marketplace, channel and reason not to count, by the cell they are in.

    One row per ``ordered_on`` x marketplace x channel x ``why_not``; the rows where
    that is '' are ``terms.DAILY_COLUMNS``, the others say what was left out.

    Parameters
    ----------
    ledger
        :func:`order_ledger`.
    first_known
        One row per order with a counting defect: ``order_key`` and ``feedback_on``,
        ``claim_on``, ``chargeback_on`` (null where it has no such defect).
    """
    orders = ledger.filter(ledger.order_key.notnull()).left_join(first_known, "order_key")
    cell = sum(
        orders[f"{component}_on"].notnull().cast("int64") * (1 << bit)
        for bit, component in enumerate(terms.COMPONENTS)
    )
    orders = orders.select(cell=cell, **_packed(orders, policy, shifts))
    keys = ["day", "store_code", "other_store", "state_code", "id_kind"]
    packed = orders.group_by(keys).aggregate(
        n_orders=orders.count(),
        **{
            f"n_{name}": orders.count(where=orders.cell == code)
            for code, name in enumerate(terms.CELLS)
            if code
        },
    )
    told = packed.mutate(**_in_words(packed, policy))
    return told.group_by(["ordered_on", *terms.SERIES_KEYS, "why_not"]).aggregate(
        **{name: told[name].sum() for name in ("n_orders", *terms.CELL_COLUMNS)}
    )


def account_orders(
    ledger: ir.Table, policy: Policy, shifts: Shifts, names: ir.Table | None = None
) -> ir.Table:
    """The ledger in words, with the day each order belongs to and whether it counts.

    One row per order; columns of ``terms.ORDER_COLUMNS``. `shifts` is used when the
    policy's day boundary is the marketplace's own; `names` (``order_key``, ``order_id``)
    where keys are not packed ids.
    """
    known = ledger.filter(ledger.order_key.notnull())
    packed = known.select("order_key", "placed", **_packed(known, policy, shifts))
    if names is None:
        packed = packed.mutate(order_id=order_ids(packed.order_key))
    else:
        packed = packed.inner_join(names, "order_key")
    told = packed.mutate(
        purchased_at=_instant(_bits(packed.placed, 0, SECOND_BITS)), **_in_words(packed, policy)
    )
    return told.mutate(counts=told.why_not == "").select(*terms.ORDER_COLUMNS)


def span(ledger: ir.Table) -> ir.Table:
    """One row: ``first`` and ``last`` purchase and the last ``update``, as UTC timestamps."""
    known = ledger.filter(ledger.order_key.notnull())
    purchased = _bits(known.placed, 0, SECOND_BITS)
    return known.aggregate(
        first=_instant(purchased.min()),
        last=_instant(purchased.max()),
        update=_instant(known.placed.max() >> SECOND_BITS),
    )


def stores(ledger: ir.Table) -> ir.Table:
    """Orders per known store: one row per ``marketplace``, with ``n`` orders."""
    known = ledger.filter(ledger.order_key.notnull())
    coded = known.group_by(code=_bits(known.store, 0, STORE_BITS)).aggregate(n=known.count())
    return coded.mutate(marketplace=_named(coded.code, STORES, None))


def _packed(
    orders: ir.Table, policy: Policy, shifts: Shifts
) -> dict[str, ir.IntegerColumn | ir.StringColumn]:
    """What decides where an order is counted, still as codes."""
    import ibis

    seconds = _bits(orders.placed, 0, SECOND_BITS)
    store = _bits(orders.store, 0, STORE_BITS)
    if policy.day_boundary == "marketplace":
        seconds = seconds + _local_shift(store, seconds, shifts)
    return {
        "day": (seconds / DAY).floor().cast("int64"),
        "store_code": store,
        "other_store": orders.other_store,
        "state_code": _bits(orders.version, 0, CHANNEL_BITS + STATUS_BITS),
        "id_kind": ibis.cases(
            (letter_is(orders.order_key, "S"), 1), (letter_is(orders.order_key, "D"), 2), else_=0
        ),
    }


def _in_words(packed: ir.Table, policy: Policy) -> dict[str, ir.Column]:
    """Columns of `_packed` as ``terms.ORDER_COLUMNS`` has them."""
    import ibis

    marketplace = ibis.coalesce(
        _named(packed.store_code, STORES, None), packed.other_store, "unknown"
    )
    status = _named(_bits(packed.state_code, CHANNEL_BITS, STATUS_BITS), terms.STATUSES)
    foreign = ~marketplace.lower().startswith("amazon") & (marketplace != "unknown")
    reasons = [
        (foreign, "not an Amazon order"),
        (packed.id_kind == 1, "multi-channel order"),
        (packed.id_kind == 2, "digital order"),
    ]
    if not policy.count_cancelled_orders:
        reasons.append((status == "cancelled", "cancelled"))
    if not policy.count_pending_orders:
        reasons.append((status == "pending", "pending"))
    return {
        "ordered_on": _instant(packed.day * DAY),
        "marketplace": marketplace,
        "channel": _named(_bits(packed.state_code, 0, CHANNEL_BITS), CHANNEL_CODES),
        "status": status,
        "why_not": ibis.cases(*reasons, else_=""),
    }


def _bits(number: ir.IntegerColumn, low: int, width: int) -> ir.IntegerColumn:
    return (number >> low) & (2**width - 1)


def _instant(seconds: ir.IntegerColumn) -> ir.TimestampColumn:
    """Seconds since `EPOCH` back to a UTC timestamp."""
    return (seconds + int(ORIGIN.timestamp())).as_timestamp("s").cast("timestamp")


def _named(
    code: ir.IntegerColumn, names: tuple[str, ...], otherwise: str | None = "other"
) -> ir.StringColumn:
    import ibis

    return ibis.cases(*[(code == i, name) for i, name in enumerate(names)], else_=otherwise)


def _local_shift(
    store: ir.IntegerColumn, seconds: ir.IntegerColumn, shifts: Shifts
) -> ir.IntegerColumn | int:
    """Seconds from UTC to the wall time of the order's store; 0 where the store is unknown.

    Offsets are written out as cases rather than left to the engine, because
    engines disagree on time zones and some need a download for them.
    """
    import ibis

    cases = [
        (
            (store == STORES.index(name))
            & (seconds < int((until.replace(tzinfo=UTC) - ORIGIN).total_seconds())),
            offset,
        )
        for name, pieces in shifts.items()
        for until, offset in pieces
    ]
    return ibis.cases(*cases, else_=0) if cases else 0


def local_shifts(marketplaces: list[str], first: datetime, last: datetime) -> Shifts:
    """UTC offsets of the stores among `marketplaces` between two naive UTC instants."""
    around = (first.replace(tzinfo=UTC), last.replace(tzinfo=UTC) + timedelta(days=1))
    return {
        name: zone_offsets(terms.MARKETPLACES[name].time_zone, *around)
        for name in marketplaces
        if name in terms.MARKETPLACES
    }


def zone_offsets(zone: str, first: datetime, last: datetime) -> list[tuple[datetime, int]]:
    """Pieces of constant UTC offset of a time zone between two instants.

    Returns
    -------
    list of (datetime, int)
        Naive UTC instant until which the offset holds, and the offset in seconds.
    """
    place = ZoneInfo(zone)

    def offset(at: datetime) -> int:
        return int((at.astimezone(place).utcoffset() or timedelta()).total_seconds())

    pieces = []
    at = first
    while at < last:
        step = min(at + timedelta(days=7), last)
        if offset(step) == offset(at):
            at = step
            continue
        low, high = at, step
        while high - low > timedelta(minutes=15):
            middle = low + (high - low) / 2
            low, high = (middle, high) if offset(middle) == offset(at) else (low, middle)
        # Every change of offset falls on a quarter hour, and only one lies between low and high.
        change = datetime.fromtimestamp(high.timestamp() // 900 * 900, UTC)
        pieces.append((change.replace(tzinfo=None), offset(at)))
        at = change
    return [*pieces, (last.replace(tzinfo=None), offset(last))]
