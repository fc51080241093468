"""From canonical rows to order ledger and daily table: one Ibis expression.

Nothing here names an engine. DuckDB runs it by default; the same lines compile
for Spark, BigQuery or Snowflake (a test compiles them). Orders stay integers until
few rows are left, and only then become words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from odr_analysis import terms
from odr_analysis.exports.orders.keys import letter_is, order_ids
from odr_analysis.exports.orders.packing import (
    CANONICAL,
    CHANNEL_BITS,
    CHANNEL_CODES,
    ORIGIN,
    RANK_BITS,
    SECOND_BITS,
    STATUS_BITS,
    STORE_BITS,
    STORES,
)
from odr_analysis.exports.orders.queries import asked
from odr_analysis.policy import Policy

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    from ibis.backends.duckdb import Backend

DAY = 86_400
Shifts = tuple[tuple[str, tuple[tuple[datetime, int], ...]], ...]
"""Marketplaces with their UTC offsets, see :func:`zone_offsets`."""


LEDGER: dict[str, str] = {
    "order_key": "int64",
    "purchased": "int32",
    "updated": "int32",
    "state": "int16",
    "store": "int16",
    "n_rows": "int32",
}
"""Columns of :func:`order_ledger`, and its types."""


@dataclass(frozen=True)
class Ledger:
    """:func:`order_ledger`, finished, and the names its store codes stand for."""

    table: ir.Table
    stores: tuple[str, ...] = STORES

    @classmethod
    def kept(cls, stores: tuple[str, ...] = STORES, name: str = "ledger") -> Ledger:
        """The ledger that the engine knows as the table `name`."""
        import ibis

        return cls(ibis.table(LEDGER, name=name), stores)

    @property
    def orders(self) -> ir.Table:
        """The rows that are orders: all but the gathered unusable ones."""
        return self.table.filter(self.table.order_key.notnull())


def order_ledger(rows: ir.Table) -> ir.Table:
    """One row per order key, as its newest row of ``canonical_rows`` has it.

    ``purchased`` and ``updated`` are seconds since `EPOCH`, ``state`` holds status and
    channel, ``store`` is null where no row names one. Rows that could not be used gather
    under the null key, so that ``n_rows`` sums to the rows read.
    """
    newest = rows.group_by("order_key").aggregate(
        version=rows.version.max(),
        placed=rows.placed.max(),
        store=rows.store.max(),
        n_rows=rows.count(),
    )
    told = STATUS_BITS + CHANNEL_BITS
    return newest.select(
        "order_key",
        purchased=_bits(newest.placed, 0, SECOND_BITS).cast("int32"),
        updated=_bits(newest.version, told + RANK_BITS, SECOND_BITS).cast("int32"),
        state=_bits(newest.version, 0, told).cast("int16"),
        store=_bits(newest.store, 0, STORE_BITS).cast("int16"),
        n_rows=newest.n_rows.cast("int32"),
    )


def given_ledger() -> ir.Table:
    """:func:`order_ledger` of the canonical rows that the engine knows as ``order_rows``."""
    import ibis

    return order_ledger(ibis.table(CANONICAL, name="order_rows"))


def store_ledger(rows: ir.Table, marketplace: str | None) -> ir.Table:
    """:func:`order_ledger`, and :func:`in_store` of it."""
    return in_store(order_ledger(rows), marketplace)


def in_store(ledger: ir.Table, marketplace: str | None) -> ir.Table:
    """`ledger` with the orders that no file names a store for in `marketplace`, if one is given."""
    if marketplace is None:
        return ledger
    code = STORES.index(marketplace)
    return ledger.mutate(store=ledger.store.fill_null(code).cast("int16"))


def totals_of(con: Backend, name: str = "ledger") -> dict[str, Any]:
    """``rows`` read, ``unusable`` ones, ``first`` and ``last`` purchase and last ``update``.

    They are those of the ledger that the engine knows as the table `name`. Times are ISO text of
    naive UTC, None where it has no order.
    """
    return told_totals(asked(con, _totals, name).iloc[0])


def told_totals(found: pd.Series) -> dict[str, Any]:
    """The row of :func:`totals` as :func:`totals_of` has it."""
    rows, unusable = int(found["rows"]), int(found["unusable"])
    times = ("first", "last", "update")
    told: dict[str, Any] = dict.fromkeys(times)
    if rows > unusable:
        start = ORIGIN.replace(tzinfo=None)
        told = {n: (start + timedelta(seconds=int(found[n]))).isoformat() for n in times}
    return {"rows": rows, "unusable": unusable, **told}


def _totals(name: str) -> ir.Table:
    return totals(Ledger.kept(name=name).table)


def totals(table: ir.Table) -> ir.Table:
    """Rows and times of a ledger's table: one row, times in seconds since `EPOCH`."""
    known = table.order_key.notnull()
    return table.aggregate(
        rows=table.n_rows.sum().fill_null(0),
        unusable=table.n_rows.sum(where=~known).fill_null(0),
        first=table.purchased.min(where=known),
        last=table.purchased.max(where=known),
        update=table.updated.max(where=known),
    )


def first_order_of(totals: dict[str, Any]) -> date | None:
    """The UTC day of the first order, out of :func:`totals_of`; None without orders."""
    return datetime.fromisoformat(totals["first"]).date() if totals["first"] else None


def daily_table(ledger: Ledger, first_known: ir.Table, policy: Policy, shifts: Shifts) -> ir.Table:
    """Orders per day, marketplace, channel and reason not to count, by the cell they are in.

    One row per ``ordered_on`` x marketplace x channel x ``why_not``; the rows where
    that is '' are ``terms.DAILY_COLUMNS``, the others say what was left out.

    Parameters
    ----------
    first_known
        One row per order with a counting defect: ``order_key`` and ``feedback_on``,
        ``claim_on``, ``chargeback_on`` (null where it has no such defect).
    """
    packed = packed_days(ledger, cells_of(first_known), policy, shifts)
    return days_in_words(packed, ledger.stores, policy)


def cells_of(first_known: ir.Table) -> ir.Table:
    """The ``cell`` of each ``order_key``, as a number: a bit for each kind of defect."""
    cell = sum(
        first_known[f"{component}_on"].notnull().cast("int64") * (1 << bit)
        for bit, component in enumerate(terms.COMPONENTS)
    )
    return first_known.select("order_key", cell=cell)


PACKED_DAYS: dict[str, str] = {
    "day": "int64",
    **dict.fromkeys(("store", "state", "id_kind"), "int16"),
    **dict.fromkeys(("n_orders", *terms.CELL_COLUMNS), "int64"),
}
"""Columns of :func:`packed_days`, and their types."""


def packed_days(ledger: Ledger, cells: ir.Table, policy: Policy, shifts: Shifts) -> ir.Table:
    """:func:`daily_table` still as codes: ``PACKED_DAYS``, one row per day x store x state x kind.

    `cells` is :func:`cells_of` the orders with a counting defect.
    """
    orders = ledger.orders.left_join(cells, "order_key")
    packed = orders.select(
        cell=orders.cell.fill_null(0), **_packed(orders, ledger.stores, policy, shifts)
    )
    counts = packed.group_by(["day", "store", "state", "id_kind"]).aggregate(
        n_orders=packed.count(),
        **{
            f"n_{name}": packed.count(where=packed.cell == code)
            for code, name in enumerate(terms.CELLS)
            if code
        },
    )
    return counts.select(**{name: counts[name].cast(kind) for name, kind in PACKED_DAYS.items()})


def days_in_words(packed: ir.Table, stores: tuple[str, ...], policy: Policy) -> ir.Table:
    """:func:`packed_days` as :func:`daily_table` has them."""
    told = _in_words(packed, stores, policy)
    return told.group_by(["ordered_on", *terms.SERIES_KEYS, "why_not"]).aggregate(
        **{name: told[name].sum() for name in ("n_orders", *terms.CELL_COLUMNS)}
    )


def account_orders(
    ledger: Ledger, policy: Policy, shifts: Shifts, names: ir.Table | None = None
) -> ir.Table:
    """The ledger in words, with the day each order belongs to and whether it counts.

    One row per order; columns of ``terms.ORDER_COLUMNS``. `shifts` is used when the
    policy's day boundary is the marketplace's own. `names` (``order_key``, ``order_id``)
    are the only orders wanted; all, where it is None and keys are packed ids.
    """
    known = ledger.orders
    if names is None:
        named = known.mutate(order_id=order_ids(known.order_key))
    else:
        named = known.inner_join(names, "order_key")
    packed = named.select("order_id", "purchased", **_packed(named, ledger.stores, policy, shifts))
    told = _in_words(packed, ledger.stores, policy)
    return told.mutate(purchased_at=_instant(told.purchased), counts=told.why_not == "").select(
        *terms.ORDER_COLUMNS
    )


def stores_named(ledger: Ledger) -> ir.Table:
    """Stores the orders belong to: one row per ``marketplace``."""
    codes = ledger.orders.select("store").distinct()
    return codes.select(marketplace=_named(codes.store, ledger.stores))


def _packed(
    orders: ir.Table, stores: tuple[str, ...], policy: Policy, shifts: Shifts
) -> dict[str, ir.IntegerColumn]:
    """What decides where an order is counted, still as codes."""
    import ibis

    seconds = orders.purchased.cast("int64")
    if policy.day_boundary == "marketplace":
        seconds = seconds + _local_shift(orders.store, seconds, stores, shifts)
    return {
        "day": (seconds / DAY).floor().cast("int64"),
        "store": orders.store,
        "state": orders.state,
        "id_kind": ibis.cases(
            (letter_is(orders.order_key, "S"), 1), (letter_is(orders.order_key, "D"), 2), else_=0
        ),
    }


def _in_words(packed: ir.Table, stores: tuple[str, ...], policy: Policy) -> ir.Table:
    """`packed` with its codes as ``terms.ORDER_COLUMNS`` has them."""
    import ibis

    told = packed.mutate(
        ordered_on=_instant(packed.day * DAY),
        marketplace=_named(packed.store, stores).fill_null("unknown"),
        channel=_named(_bits(packed.state, 0, CHANNEL_BITS), CHANNEL_CODES),
        status=_named(_bits(packed.state, CHANNEL_BITS, STATUS_BITS), terms.STATUSES),
    )
    foreign = ~told.marketplace.lower().startswith("amazon") & (told.marketplace != "unknown")
    reasons = [
        (foreign, "not an Amazon order"),
        (told.id_kind == 1, "multi-channel order"),
        (told.id_kind == 2, "digital order"),
    ]
    if not policy.count_cancelled_orders:
        reasons.append((told.status == "cancelled", "cancelled"))
    if not policy.count_pending_orders:
        reasons.append((told.status == "pending", "pending"))
    return told.mutate(why_not=ibis.cases(*reasons, else_=""))


def _bits(number: ir.IntegerColumn, low: int, width: int) -> ir.IntegerColumn:
    return (number >> low) & (2**width - 1)


def _instant(seconds: ir.IntegerColumn) -> ir.TimestampColumn:
    """Seconds since `EPOCH` back to a UTC timestamp."""
    return (seconds.cast("int64") + int(ORIGIN.timestamp())).as_timestamp("s").cast("timestamp")


def _named(code: ir.IntegerColumn, names: tuple[str, ...]) -> ir.StringColumn:
    """The name a code stands for; null where the code is null."""
    import ibis

    # The null at the end makes the elements nullable. Without it Spark takes for granted that a
    # lookup gives a name, and gives one where the code is null.
    return ibis.literal([*names, None], type="array<string>")[code]


def _local_shift(
    store: ir.IntegerColumn, seconds: ir.IntegerColumn, stores: tuple[str, ...], shifts: Shifts
) -> ir.IntegerColumn | int:
    """Seconds from UTC to the wall time of the order's store; 0 where the store is unknown.

    Offsets are written out as cases rather than left to the engine, because
    engines disagree on time zones and some need a download for them.
    """
    import ibis

    cases = [
        (
            (store == stores.index(name))
            & (seconds < int((until.replace(tzinfo=UTC) - ORIGIN).total_seconds())),
            offset,
        )
        for name, pieces in shifts
        for until, offset in pieces
    ]
    return ibis.cases(*cases, else_=0) if cases else 0


def local_shifts(marketplaces: list[str], first: datetime, last: datetime) -> Shifts:
    """UTC offsets of the stores among `marketplaces` between two naive UTC instants."""
    around = (first.replace(tzinfo=UTC), last.replace(tzinfo=UTC) + timedelta(days=1))
    return tuple(
        (name, tuple(zone_offsets(terms.MARKETPLACES[name].time_zone, *around)))
        for name in marketplaces
        if name in terms.MARKETPLACES
    )


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
