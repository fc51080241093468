"""``load_tables``: an account from tables that already lie in a warehouse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from odr_analysis.account import TABLES, Account
from odr_analysis.days import day_of, report_day
from odr_analysis.errors import NoOrdersError, ParameterError
from odr_analysis.exports.folder import AS_READ, every_order, settled_tables
from odr_analysis.exports.kinds.strangers import KnownOrders, set_strangers_aside
from odr_analysis.exports.orders.engine import engine, lend
from odr_analysis.exports.orders.keys import key_of
from odr_analysis.exports.orders.ledger import first_order_of
from odr_analysis.exports.readers.contract import Read
from odr_analysis.exports.session import accounts_of
from odr_analysis.exports.small_files import (
    SmallFile,
    orders_named,
    places_in,
    read_small_files,
)
from odr_analysis.exports.small_tables import small_tables
from odr_analysis.fields import nearest
from odr_analysis.frames import Frames
from odr_analysis.policy import Policy
from odr_analysis.progress import Progress, Step, silent
from odr_analysis.receipt import FileReceipt
from odr_analysis.scratch import Held
from odr_analysis.source import checked_marketplace
from odr_analysis.warehouse.connection import Warehouse, listed
from odr_analysis.warehouse.connectors import CONNECTORS, columns_of, current_rows, landed
from odr_analysis.warehouse.event_pages import EVENT_PAGES, pages_there
from odr_analysis.warehouse.lists import list_there
from odr_analysis.warehouse.order_columns import orders_there
from odr_analysis.warehouse.order_items import ORDER_ITEMS, items_there
from odr_analysis.warehouse.remote_ledger import RemoteLedger

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    from ibis import BaseBackend
    from ibis.backends.duckdb import Backend

ColumnNames = Mapping[str, Mapping[str, str]]
MEND = "Correct these rows in the warehouse, or give a view without them"
"""What to do about rows that cannot be used."""


def load_tables(
    connection: str | BaseBackend,
    *,
    orders: str | ir.Table | None = None,
    order_items: str | ir.Table | None = None,
    feedback: str | ir.Table | None = None,
    claims: str | ir.Table | None = None,
    chargebacks: str | ir.Table | None = None,
    order_defects: str | ir.Table | None = None,
    returns: str | ir.Table | None = None,
    settlements: str | ir.Table | None = None,
    financial_events: str | ir.Table | None = None,
    connector: str | None = None,
    columns: ColumnNames | None = None,
    database: str | None = None,
    policy: Policy | None = None,
    name: str = "account",
    loss_budget: float = 0.01,
    marketplace: str | None = None,
    today: date | str | None = None,
    progress: Progress = silent,
) -> Account:
    """An account like :func:`load_account` gives, from tables in a warehouse.

    Orders are put together and counted where they are, by the same expression as those of files.
    What comes back are counts per day, the lists of defects and the orders they name. The
    warehouse keeps one row per order as a temporary table for as long as the account lives.
    ``Account.orders`` and ``Account.items`` (which causes and products need) are brought when
    first asked for.

    Parameters
    ----------
    connection : Ibis connection or str
        Such as ``ibis.duckdb.connect("shop.duckdb")``, or the URL that ``ibis.connect`` takes:
        ``duckdb:///data/shop.duckdb``, ``postgres://reader@host/shop``. It must be allowed to
        make temporary tables; a DuckDB file is opened for reading.
    orders : str or Ibis table
        One row per order, order item, or state of one: the columns of an All Orders report or of
        the Orders API. An Ibis table may be a selection, such as the orders of one seller. Needed,
        unless `connector` says where it is. A name may be ``database.table``.
    order_items : str or Ibis table, optional
        One row per item of an order (SKU, ASIN, quantity, price), where `orders` has none, as the
        Orders API gives them. They say what was ordered in place of `orders`; no rate needs them.
    feedback, claims, chargebacks, order_defects, returns, settlements : str or Ibis table, optional
        Seller feedback, lists of cases, the order-defects list of Account Health, returns of
        seller-fulfilled orders and settlement reports, with the columns of the files. A kind of
        defect without any source is unknown, not zero.
    financial_events : str or Ibis table, optional
        One row per page that listFinancialEvents of the Finances API answers, with a JSON array in
        ``GuaranteeClaimEventList``, ``ChargebackEventList`` and the other lists of events. They are
        read as a file of such pages is: defects known from amounts alone are marked as such.
    connector : str, optional
        ``airbyte`` or ``fivetran``: tables and columns are those it makes. Tables given by name
        come first.
    columns : mapping, optional
        Parameter to columns that are called otherwise: ``{"orders": {"order_id": "id"}}``. For
        orders the keys are ``order_id``, ``purchased``, ``updated``, ``status``, ``channel``,
        ``marketplace`` and those of items; for lists the titles of the files.
    database : str, optional
        Where the tables are (a schema), by default that of the connection.
    policy : Policy, optional
        Rules of the rate; Amazon's current ones by default.
    name : str
        What reports call the account.
    loss_budget : float
        Largest share of a table's rows that may be unusable before loading stops.
    marketplace : str, optional
        Sales channel (``Amazon.de``) of orders that name none.
    today : datetime.date or ISO text, optional
        The day of loading, in UTC; see :func:`load_account`.
    progress : callable
        Takes each :class:`~odr_analysis.progress.Step` of the work as it begins.

    Returns
    -------
    Account

    Raises
    ------
    ParameterError
        The connection cannot be opened, a table or parameter is not there; the nearest is named.
    FrameError
        Lists every failure at once: missing columns, with the nearest, and types that cannot be
        read. Postgres and Snowflake must be given times as timestamps or dates, not as text.
    LossBudgetError
        A table would lose more rows than `loss_budget`.
    NoOrdersError
        No row of `orders` is an order.
    OdrError
        Too many rows are written in a way that the engine cannot read, rows changed meanwhile, or
        the warehouse does not answer; the sentence says why.
    MachineError
        The warehouse cannot be reached, or the connection was lost.

    Examples
    --------
    >>> import ibis
    >>> con = ibis.duckdb.connect()
    >>> _ = con.raw_sql('''
    ...     CREATE TABLE orders AS SELECT
    ...         '302-0000000-000000' || n AS amazon_order_id, 'Shipped' AS order_status,
    ...         TIMESTAMP '2026-08-10 09:00:00' AS purchase_date, 'Amazon.de' AS sales_channel,
    ...         'Merchant' AS fulfillment_channel
    ...     FROM range(10) t(n);
    ...     CREATE TABLE cases AS SELECT
    ...         '302-0000000-0000007' AS order_id, DATE '2026-09-01' AS opened, 'granted' AS status
    ... ''')
    >>> account = load_tables(con, orders="orders", claims="cases",
    ...                       columns={"claims": {"claim date": "opened"}})
    >>> account.daily[["marketplace", "n_orders", "n_claim_only"]].values.tolist()
    [['Amazon.de', 10, 1]]
    """
    policy = policy or Policy()
    marketplace = checked_marketplace(marketplace)
    day = None if today is None else day_of(today, "today")
    there = Warehouse(connection)
    given = {
        "orders": orders,
        ORDER_ITEMS: order_items,
        "feedback": feedback,
        "claims": claims,
        "chargebacks": chargebacks,
        "order_defects": order_defects,
        "returns": returns,
        "settlements": settlements,
        EVENT_PAGES: financial_events,
    }
    tables = _found(there, given, connector, columns or {}, database)
    progress(Step("Putting orders together"))
    table, title, named = tables.pop("orders")
    rows = orders_there(
        table,
        title,
        named,
        engine=there.engine,
        reads_times=there.reads_times,
        marketplace=marketplace,
    )
    beside = tables.pop(ORDER_ITEMS, None)
    if order_items is None and "sku" in rows.export.columns:
        beside = None  # the orders that a connector landed have their items
    items = None if beside is None else items_there(there, *beside, rows.raw)
    ledger = RemoteLedger(there, rows, marketplace, day)
    totals = ledger.totals
    if not totals["rows"]:
        raise NoOrdersError(f"{title}: no row is an order, so there is nothing to divide by.")
    progress(Step("Reading lists of defects"))
    small = [
        pages_there(there, table, title, named)
        if what == EVENT_PAGES
        else list_there(there, table, what, title, named)
        for what, (table, title, named) in tables.items()
    ]
    with Held() as scratch, engine(scratch) as con:
        files, reads = _read_lists(con, ledger, small, marketplace, day)
        progress(Step("Working out what counts"))
        files = [ledger.receipt, *([] if items is None else [items.receipt]), *files]
        latest = [read.latest for read in reads.values() if read.latest is not None]
        made = small_tables(list(reads.values()))
        tables_made, receipt = settled_tables(
            con, ledger.stores, totals, made, policy, latest, files, ledger
        )
    receipt.check_loss(loss_budget, MEND)
    assert tables_made.known_to is not None
    known_to, note = report_day(tables_made.known_to, totals["first"], day)
    notes = (*receipt.notes, *filter(None, [note]))
    return Account(
        name=name,
        policy=policy,
        known_to=known_to,
        receipt=replace(receipt, notes=notes),
        **{
            table: made[table] if table in AS_READ else getattr(tables_made, table)
            for table in TABLES
        },
        source=Frames(cache(lambda: _orders(ledger, policy)), cache(lambda: ledger.items(items))),
        first_order=first_order_of(totals),
    )


def _found(
    there: Warehouse,
    given: Mapping[str, Any],
    connector: str | None,
    columns: ColumnNames,
    database: str | None,
) -> dict[str, tuple[ir.Table, str, Mapping[str, str]]]:
    """Parameter to table, what to call it, and its columns that are called otherwise."""
    for key in columns:
        if key not in given:
            raise ParameterError(
                f"columns: {key!r} is no table that is read{nearest(key, given)} "
                f"Read are {', '.join(given)}."
            )
    if connector is not None and connector not in CONNECTORS:
        raise ParameterError(
            f"connector: {connector!r} is unknown{nearest(connector, CONNECTORS)} "
            f"Known are {', '.join(CONNECTORS)}."
        )
    names = [] if connector is None else there.names(database)
    found: dict[str, tuple[ir.Table, str, Mapping[str, str]]] = {}
    for what, table in given.items():
        if table is None and connector is not None:
            table = landed(connector, what, names)
        if table is None:
            continue
        at = current_rows(there.table(what, table, database))
        title = table if isinstance(table, str) else what
        known = (
            {}
            if connector is None
            else columns_of(connector, what, title.rpartition(".")[2], at.columns)
        )
        found[what] = at, title, {**known, **columns.get(what, {})}
    if "orders" not in found:
        what = "orders=..." if connector is None else f"orders=... ({connector} has made no such)"
        raise ParameterError(
            f"Orders are needed: name their table with {what}. {listed(there.names(database))}"
        )
    return found


def _read_lists(
    con: Backend,
    ledger: RemoteLedger,
    small: list[SmallFile],
    marketplace: str | None,
    today: date | None,
) -> tuple[list[FileReceipt], dict[str, Read]]:
    """What the lists hold, days in the order of the stores of their own orders.

    From then on the local engine knows the orders that they name as its ``ledger``.
    """
    hint = marketplace or ledger.main_store
    small = [file.read_ahead(hint) for file in small]
    named = orders_named(small)
    lend(con, "ledger", ledger.orders_of({*named, *_keys_in(small)}))
    totals = ledger.totals
    places = places_in(
        con, ledger.stores, named, totals, given=marketplace is not None, today=today
    )
    settled = read_small_files(small, hint, places)
    reads = {name: one.read for name, one in settled.items()}
    known = KnownOrders(con, first_order_of(totals), met=places.days)
    files = []
    for found in set_strangers_aside([file.found for file in small], reads, known):
        name = found.scan.file
        if name in reads:
            counts = accounts_of(reads[name])
            counts["notes"] = (*found.scan.notes, *counts["notes"])
            files.append(FileReceipt(name, found.kind, **counts))
        else:
            files.append(FileReceipt(name, found.kind, nearest=found.nearest, notes=(found.note,)))
    return files, reads


def _keys_in(small: list[SmallFile]) -> Iterator[int]:
    """Keys of the orders with a row in a list, also of those whose ids begin with a letter."""
    for file in small:
        for table in () if file.ahead is None else file.ahead.tables().values():
            if "order_id" in table:
                yield from filter(None, map(key_of, table["order_id"]))


def _orders(ledger: RemoteLedger, policy: Policy) -> pd.DataFrame:
    """``Account.orders``: all orders of the warehouse, brought here as numbers."""
    with Held() as scratch, engine(scratch) as con:
        lend(con, "ledger", ledger.every_order())
        return every_order(con, ledger.stores, ledger.totals, policy)
