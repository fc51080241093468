"""A warehouse that Ibis knows: opened by URL or given, and asked in UTC."""

from __future__ import annotations

import re
import warnings
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

from odr_analysis.errors import MachineError, OdrError, ParameterError
from odr_analysis.exports.orders.engine import OUTDATED, steps_apart
from odr_analysis.exports.orders.packing import ORIGIN, seconds
from odr_analysis.fields import nearest
from odr_analysis.warehouse.refusals import may_pass, said

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    import pyarrow as pa
    from ibis import BaseBackend

URL = re.compile(r"(?P<kind>\w+)(\+\w+)?://(?P<place>[^?]*)(\?.*)?")
MOST_LISTED = 12
"""Tables that a message names."""
DRIVERS = {"duckdb": "", "postgresql": "ibis-framework[postgres]", "pyspark": "pyspark"}
"""Kind of warehouse to the package with its driver, where it is not the extra of that name."""
NOON = "2026-07-01 14:00:00+02:00"
"""A time with an offset, which an engine gives in the time zone of its session."""


class Warehouse:
    """One connection.

    ``tries`` says whether the engine can try a cast: one that cannot (Postgres) stops at the first
    cell that is no number. ``reads_times`` says the same of text that may be a time; for Snowflake
    Ibis writes a plain cast of it.
    """

    def __init__(self, connection: Any) -> None:
        import ibis

        self.url = connection if isinstance(connection, str) else ""
        if isinstance(connection, str):
            connection = _opened(connection)
            weakref.finalize(self, _close, connection)
        if not isinstance(connection, ibis.BaseBackend):
            raise ParameterError(
                "connection: expected an Ibis connection (ibis.duckdb.connect(...)) or its URL, "
                f"got {type(connection).__name__}."
            )
        self.con = connection
        column = ibis.table({"x": "string"}, name="t").x
        self.tries = self._tried(column.replace("-", "").try_cast("int64"))
        self.reads_times = self.tries and self._tried(column.try_cast("timestamp"))

    def _tried(self, cast: ir.Column) -> bool:
        """Whether a cast gives up where a cell cannot be read.

        Where Ibis or the engine knows none that does, a plain one is written in its place.
        """
        words = str(self.con.compile(cast.name("tried").as_table())).upper()
        return "TRY_CAST" in words or "SAFE_CAST" in words

    @property
    def engine(self) -> str:
        """What Ibis calls the engine: ``duckdb``, ``postgres``."""
        return str(self.con.name)

    def table(self, what: str, table: Any, database: str | None) -> ir.Table:
        """A table by its name, or ``database.name``; an Ibis table is taken as it is.

        Raises
        ------
        ParameterError
            There is none of that name; the nearest is named.
        """
        import ibis.expr.types as ir

        if isinstance(table, ir.Table):
            return table
        if not isinstance(table, str):
            raise ParameterError(
                f"{what}: expected the name of a table, or an Ibis table; "
                f"got {type(table).__name__}."
            )
        names = self.names(database)
        if table not in names and "." in table:
            database, _, table = table.rpartition(".")
            names = self.names(database)
        if table not in names:
            raise ParameterError(
                f"{what}: {_place(database)} has no table {table!r}{nearest(table, names)} "
                f"{listed(names)}"
            )
        with self._asking():
            found: ir.Table = self.con.table(table, database=database)
        return found

    def names(self, database: str | None) -> list[str]:
        """Tables and views of a database (a schema), by default that of the connection."""
        if self.engine != "duckdb":
            with self._asking():
                return list(self.con.list_tables(database=database))
        # Ibis 12 lists tables with a method that DuckDB 2 no longer has.
        rows = self.con.con.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_catalog = "
            "current_database() AND table_schema = coalesce(?, current_schema()) ORDER BY ALL",
            [database],
        ).fetchall()
        return [name for (name,) in rows]

    def lent(self, rows: pd.DataFrame, columns: Mapping[str, str]) -> ir.Table:
        """Rows of ours as a table that the engine knows."""
        import ibis
        import pyarrow as pa

        schema = ibis.schema(columns)
        table = pa.Table.from_pandas(rows[[*columns]], schema.to_pyarrow(), preserve_index=False)
        lent = ibis.memtable(table)
        # Ibis makes it known with the first query, but not with one whose rows are kept.
        self.asked(lent.limit(0))
        return lent

    def asked(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression.

        Raises
        ------
        OdrError
            The warehouse does not answer, with what it says instead; a ``MachineError`` where that
            may pass by itself.
        """
        with self._asking():
            rows: pa.Table = self.con.to_pyarrow(expression)
        return rows

    def kept(self, expression: ir.Table, owner: object) -> ir.Table:
        """The rows of an expression as a temporary table, for as long as its owner lives.

        Raises
        ------
        OdrError
            The warehouse makes none, with what it says instead.
        """
        import ibis

        # Ibis keeps equal expressions once, and would give what it found when first asked.
        once = expression.mutate(kept=ibis.literal(uuid4().hex))
        with self._asking():
            kept = once.cache()
        weakref.finalize(owner, _release, kept)
        return kept.drop("kept")

    def check_utc(self) -> None:
        """Raise :class:`ParameterError` where a time is not given in UTC."""
        import pandas as pd

        rows = self.lent(pd.DataFrame({"at": [NOON]}), {"at": "string"})
        (found,) = self.asked(rows.select(at=seconds(rows["at"]))).column("at").to_pylist()
        if found != int((datetime.fromisoformat(NOON) - ORIGIN).total_seconds()):
            raise ParameterError(
                "connection: its session does not run in UTC, so times of text would be moved. Set "
                "the session's time zone to UTC."
            )

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Within, times are in UTC, and what an engine says against a query is one sentence."""
        try:
            with _settled(), self._in_utc():
                yield
        except Exception as error:  # noqa: BLE001 - each driver has errors of its own
            why = f"{self.engine} does not answer a query: {said(error, self.url)}."
            # Without what the driver raised, whose words may hold the password.
            if may_pass(error):
                raise MachineError(f"{why} Run this again later.", passing=True) from None
            raise OdrError(why) from None

    @contextmanager
    def _in_utc(self) -> Iterator[None]:
        """DuckDB takes the computer's time zone unless one is set; Ibis sets that of the others."""
        if self.engine != "duckdb":
            yield
            return
        (before,) = self.con.con.execute("SELECT current_setting('TimeZone')").fetchone()
        self.con.con.execute("SET TimeZone = 'UTC'")
        try:
            yield
        finally:
            self.con.con.execute(f"SET TimeZone = '{before}'")


def _release(kept: ir.CachedTable) -> None:
    # A connection that was closed has dropped it already; each driver has errors of its own.
    with suppress(Exception):
        kept.release()


def _close(connection: BaseBackend) -> None:
    with suppress(Exception):  # one that was lost is closed
        connection.disconnect()


@contextmanager
def _settled() -> Iterator[None]:
    with warnings.catch_warnings(), steps_apart():
        for outdated in OUTDATED:
            warnings.filterwarnings("ignore", outdated, DeprecationWarning)
        # Spark warns of what Ibis asks of pandas.
        warnings.filterwarnings("ignore", module="pyspark")
        yield


def _opened(url: str) -> Any:
    """The connection a URL stands for.

    Raises
    ------
    ParameterError
        It is no URL that Ibis knows, its driver is not installed, or the warehouse refuses; the
        password is not shown.
    MachineError
        The warehouse cannot be reached now.
    """
    import ibis

    parts = URL.fullmatch(url)
    if parts is None:
        raise ParameterError(
            "connection: this text is no URL. Expected such as duckdb:///data/shop.duckdb or "
            "postgres://reader@host:5432/shop."
        )
    kind = parts["kind"]
    try:
        # A slash in a password ends the host, and the driver would name what stands before it.
        _ = urlsplit(url).port
    except ValueError:
        raise ParameterError(
            f"connection: the port of this {kind} URL is no number. In a password write / as %2F, "
            "@ as %40, : as %3A and ? as %3F."
        ) from None
    # A file that is not there would be made.
    options = {"read_only": True} if kind == "duckdb" and parts["place"] else {}
    try:
        return ibis.connect(url, **options)
    except ImportError as error:
        raise ParameterError(
            f"connection: {kind} needs a driver that is not installed ({said(error, url)}). "
            f"pip install '{driver_of(kind)}'"
        ) from None
    except Exception as error:  # noqa: BLE001 - each driver has errors of its own
        why = said(error, url)
        if may_pass(error):
            raise MachineError(
                f"connection: {kind} cannot be reached: {why}. See that it runs and that its host "
                "and port are right.",
                passing=True,
            ) from None
        raise ParameterError(f"connection: {kind} cannot be opened: {why}.") from None


def driver_of(kind: str) -> str:
    """The package with the driver of a kind of warehouse; '' where this one brings it.

    >>> driver_of("postgres"), driver_of("duckdb")
    ('ibis-framework[postgres]', '')
    """
    return DRIVERS.get(kind, f"ibis-framework[{kind}]")


def _place(database: str | None) -> str:
    return "the connection" if database is None else f"the database {database!r}"


def listed(names: Sequence[str]) -> str:
    """The tables of a database in a sentence, not more than a reader looks at."""
    if not names:
        return "It has no table."
    more = f" and {len(names) - MOST_LISTED:,} more" if len(names) > MOST_LISTED else ""
    return f"Its tables: {', '.join(names[:MOST_LISTED])}{more}."
