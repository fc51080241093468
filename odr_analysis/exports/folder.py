"""A folder read once: recognise its files, run the expressions, keep tables and receipt."""

from __future__ import annotations

import json
import shutil
from collections.abc import Hashable, Sequence
from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from odr_analysis import terms
from odr_analysis.account import TABLES
from odr_analysis.cache import key_of
from odr_analysis.errors import OdrError
from odr_analysis.exports.background import Scanner
from odr_analysis.exports.kinds.strangers import KnownOrders, set_strangers_aside
from odr_analysis.exports.order_file import Lent, main_marketplace
from odr_analysis.exports.orders.engine import beside_the_engine, lend_parquet, watched
from odr_analysis.exports.orders.kinds import LOADED_COLUMNS
from odr_analysis.exports.orders.ledger import (
    Ledger,
    Shifts,
    account_orders,
    first_order_of,
    order_ledger,
    store_ledger,
    totals_of,
)
from odr_analysis.exports.orders.packing import (
    CANONICAL,
    canonical_rows,
    numbered_stores,
    unlisted_stores,
)
from odr_analysis.exports.orders.queries import Make, asked, write_parquet
from odr_analysis.exports.readers.contract import SMALL_TABLES
from odr_analysis.exports.request import Asked, ForAccount
from odr_analysis.exports.session import (
    Session,
    engine_for,
    open_folder,
    receipts_of,
    united_rows,
)
from odr_analysis.exports.small_files import (
    SmallFile,
    orders_named,
    places_of,
    read_small_files,
)
from odr_analysis.exports.small_tables import no_rows, write_small
from odr_analysis.policy import Policy
from odr_analysis.progress import Step
from odr_analysis.receipt import FileReceipt, Receipt

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    from ibis.backends.duckdb import Backend

    from odr_analysis.exports.account_tables import Elsewhere, Tables


LEDGER_FILE = "COMPRESSION snappy, PARQUET_VERSION v2"
"""How the engine writes a ledger."""
AS_READ = ("snapshots", "lapses", "returns")
"""Tables of an account that no policy changes."""


def _ledger_of(
    lent: tuple[Lent, ...], stores: tuple[str, ...], make: Make, given: tuple[Hashable, ...]
) -> ir.Table:
    return make(united_rows(lent, stores), *given)


def _ledger_aside(make: Make, given: tuple[Hashable, ...]) -> ir.Table:
    import ibis

    return make(ibis.table(CANONICAL, name="rows_aside"), *given)


def read_folder(reading: ForAccount, scanner: Scanner) -> Path:
    """Read every file once; returns the cache entry with what they say, before any policy.

    The entry holds ``ledger.parquet`` (one row per order), the tables of `write_small` and
    ``facts.json`` (receipts of the files, totals of the ledger).
    """
    began = reading.store.now_ns()
    with (
        open_folder(reading, scanner, LOADED_COLUMNS) as session,
        beside_the_engine(session.con) as beside,
    ):

        def write(folder: Path) -> str:
            # The engine needs the interpreter for nothing, so the small files are read meanwhile.
            ledger = beside.submit(
                write_ledger,
                session,
                reading,
                folder / "ledger.parquet",
                store_ledger,
                reading.marketplace,
            )
            hint = reading.marketplace or main_marketplace([f.found for f in session.order_files])
            # While the engine puts the orders together.
            found = [SmallFile.of(f, session.scratch) for f in session.found if f.small]
            small = [file.read_ahead(hint) for file in found]
            named = orders_named(small)
            _get_ready(session, reading.policy)
            totals = watched(ledger, session.con, scanner.progress)
            # How days are written depends on the stores of a file's own orders.
            given = reading.marketplace is not None
            places = places_of(session, named, totals, given=given, today=reading.today)
            scanner.progress(Step("Reading files of defects"))
            settled = read_small_files(small, hint, places)
            reads = {name: one.read for name, one in settled.items()}
            reaches = [one.furthest for one in settled.values()]
            reaches += [file.furthest for file in session.order_files]
            furthest = max((day for day in reaches if day is not None), default=None)
            known = KnownOrders(session.con, first_order_of(totals), met=places.days)
            session.found = set_strangers_aside(session.found, reads, known)
            write_small(list(reads.values()), folder)
            latest = [r.latest.isoformat() for r in reads.values() if r.latest is not None]
            careful = [f.found.scan.file for f in session.order_files if f.cells is not None]
            receipts = receipts_of(session, reads)
            write_facts(folder, totals, session.stores, receipts, latest, careful, furthest)
            return reading.facts_key(session.contents(), furthest)

        home = reading.store.store(write)
        reading.store.remember(reading.folder, session.contents(), began)
    return home


def _get_ready(session: Session, policy: Policy) -> None:
    """Import, and put into words, what is needed once the orders are together."""
    import_module("pyarrow.parquet")
    from odr_analysis.exports.account_tables import put_into_words

    no_rows()  # kept once made
    put_into_words(session.stores, policy)


def write_facts(
    folder: Path,
    totals: dict[str, Any],
    stores: tuple[str, ...],
    files: list[FileReceipt],
    latest: list[str],
    careful: Sequence[str] = (),
    furthest: date | None = None,
) -> None:
    """Write ``facts.json`` of an entry: what :func:`apply_policy` must know beside its tables.

    `careful` names the order exports that took the careful road, so that it need not be found out
    again which road each must take. `furthest` is the latest day that any way of reading the
    files gives: they are read the same on every day from then on.
    """
    facts = {
        "totals": totals,
        "stores": stores,
        "files": [f.to_dict() for f in files],
        "latest": latest,
        "careful": list(careful),
        "furthest": furthest and furthest.isoformat(),
    }
    (folder / "facts.json").write_text(json.dumps(facts, ensure_ascii=False), "utf-8")


def settled_tables(
    con: Backend,
    stores: tuple[str, ...],
    totals: dict[str, Any],
    small: dict[str, pd.DataFrame],
    policy: Policy,
    latest: list[date],
    files: Sequence[FileReceipt],
    elsewhere: Elsewhere | None = None,
) -> tuple[Tables, Receipt]:
    """The tables of an account and its receipt.

    Parameters are those of :func:`~odr_analysis.exports.account_tables.build_tables`, with `small`
    by the names of ``SMALL_TABLES`` and `files` whose covers no order has proven yet.
    """
    from odr_analysis.exports.account_tables import build_tables
    from odr_analysis.exports.counted import hold_against
    from odr_analysis.exports.covered import proven_covers

    tables = build_tables(
        con,
        stores,
        totals,
        small["feedback"],
        small["sightings"],
        policy,
        latest,
        returns=small["returns"],
        damaged=[f.file for f in files if f.rows_dropped],
        dated=small["dated"],
        elsewhere=elsewhere,
    )
    receipt = Receipt(
        hold_against(
            [replace(f, covers=proven_covers(f.covers, tables.dated.get(f.file))) for f in files],
            small["snapshots"],
            small["feedback"],
            tables.defects,
            tables.store_of,
            sorted(tables.daily.marketplace.unique()),
        ),
        tables.orders_total,
        tables.defects_total,
        tuple(tables.notes()),
    )
    return tables, receipt


def apply_policy(reading: ForAccount, facts: Path) -> Path:
    """Turn what the files say into the tables of an account; returns their cache entry."""
    import pandas as pd

    reading.progress(Step("Working out what counts"))
    told = json.loads((facts / "facts.json").read_text("utf-8"))
    with engine_for(reading) as con:
        lend_parquet(con, "ledger", facts / "ledger.parquet")
        tables, receipt = settled_tables(
            con,
            tuple(told["stores"]),
            told["totals"],
            {name: pd.read_parquet(facts / f"{name}.parquet") for name in SMALL_TABLES},
            reading.policy,
            [date.fromisoformat(day) for day in told["latest"]],
            [FileReceipt.from_dict(f) for f in told["files"]],
        )
    known_to = tables.known_to.isoformat() if tables.known_to else None

    def write(folder: Path) -> str:
        for name in TABLES:
            if name in AS_READ:
                shutil.copyfile(facts / f"{name}.parquet", folder / f"{name}.parquet")
            else:
                getattr(tables, name).to_parquet(folder / f"{name}.parquet", index=False)
        made = {
            "known_to": known_to,
            "first_order": told["totals"]["first"],
            "receipt": receipt.to_dict(),
        }
        (folder / "account.json").write_text(json.dumps(made, ensure_ascii=False), "utf-8")
        return key_of([facts.name, reading.policy.to_dict()])

    return reading.store.store(write)


def read_orders(reading: ForAccount) -> pd.DataFrame:
    """One row per order; ``terms.ORDER_COLUMNS``."""
    told = json.loads((reading.facts_home / "facts.json").read_text("utf-8"))
    with engine_for(reading) as con:
        lend_parquet(con, "ledger", reading.facts_home / "ledger.parquet")
        return every_order(con, tuple(told["stores"]), told["totals"], reading.policy)


def every_order(
    con: Backend, stores: tuple[str, ...], totals: dict[str, Any], policy: Policy
) -> pd.DataFrame:
    """The orders of the ``ledger`` that the engine knows; ``terms.ORDER_COLUMNS``."""
    from odr_analysis.exports.account_tables import shifts_of

    frame = asked(con, _sorted_orders, stores, policy, shifts_of(con, stores, totals, policy))
    times = {"purchased_at": "datetime64[us]", "ordered_on": "datetime64[us]"}
    return frame[list(terms.ORDER_COLUMNS)].astype(times)


def write_ledger(
    session: Session,
    reading: Asked,
    target: Path,
    make: Make = order_ledger,
    *given: Hashable,
) -> dict[str, Any]:
    """Make the ledger of all order exports, and prove that no row of them went missing.

    `make` turns canonical rows, and what is `given` beside them, into the ledger.

    Returns its totals, as ``facts.json`` keeps them.
    """
    import duckdb

    con = session.con
    for attempt in ("as found", "after a closer look"):
        try:
            rows = session.lent(), session.stores
            if reading.memory_limit:
                # Rows stream through to a file first, so that reading and grouping never need
                # their memory at the same time.
                aside = session.scratch / "rows.parquet"
                write_parquet(con, aside, "COMPRESSION uncompressed", united_rows, *rows)
                lend_parquet(con, "rows_aside", aside)
                write_parquet(con, target, LEDGER_FILE, _ledger_aside, make, given)
            else:
                write_parquet(con, target, LEDGER_FILE, _ledger_of, *rows, make, given)
        except duckdb.OutOfMemoryException as error:
            raise OdrError(
                f"The engine needs more memory than it may use ({error}). Allow it more with "
                "--memory-limit, or free disk space for what it lays aside."
            ) from error
        except duckdb.Error:
            if attempt != "as found":
                raise
            settle_roads(session, reading)
            continue
        lend_parquet(con, "ledger", target)
        totals = totals_of(con)
        # No reader yields more rows than a file has lines, so equal totals mean equal files.
        expected = sum(f.rows_usable for f in session.order_files)
        if totals["unusable"] == 0 and totals["rows"] == expected:
            return totals
        settle_roads(session, reading)
    raise AssertionError("rows went missing between the files and the ledger")


def settle_roads(session: Session, reading: Asked) -> None:
    """Look at each file by itself: list stores never heard of, and send every flawed file
    down the careful road."""
    import duckdb

    for f in session.order_files:
        if f.cells is None:
            raw = f.raw(session.con)
            try:
                new = session.con.to_pandas(unlisted_stores(raw, session.stores)).marketplace
                stores = numbered_stores([*session.stores, *new])
                rows = canonical_rows(raw, f.rank, stores)
                totals = rows.aggregate(
                    n=rows.count(), bad=rows.order_key.isnull().sum().fill_null(0)
                )
                seen = session.con.to_pandas(totals).iloc[0].to_dict()
            except duckdb.Error:
                seen = {"n": -1, "bad": None}
            if seen["n"] == f.rows_usable and not seen["bad"]:
                session.stores = stores
                continue
            f.read_carefully(reading.marketplace, reading.today)
        raw = f.raw(session.con)
        new = session.con.to_pandas(unlisted_stores(raw, session.stores)).marketplace
        session.stores = numbered_stores([*session.stores, *new])


def _sorted_orders(stores: tuple[str, ...], policy: Policy, shifts: Shifts) -> ir.Table:
    orders = account_orders(Ledger.kept(stores), policy, shifts)
    return orders.order_by(["purchased_at", "order_id"])
