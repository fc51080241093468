"""A warehouse that Ibis knows: opened by URL or given, and asked in UTC."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from odr_analysis.errors import ParameterError
from odr_analysis.exports.orders.engine import OUTDATED, steps_apart
from odr_analysis.fields import nearest

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    import pyarrow as pa

EXTRA = "pip install 'ibis-framework[{name}]'"
"""What brings the driver of a kind of warehouse."""
NOON = "2026-07-01 12:00:00"
"""A time without an offset: an engine that does not take it as UTC would move days."""


class Warehouse:
    """One connection.

    ``tries`` says whether the engine can try a cast: one that cannot (Postgres) stops at the first
    cell that is no number or no date.
    """

    def __init__(self, connection: Any) -> None:
        import ibis

        if isinstance(connection, str):
            connection = _opened(connection)
        if not isinstance(connection, ibis.BaseBackend):
            raise ParameterError(
                "connection: expected an Ibis connection (ibis.duckdb.connect(...)) or its URL, "
                f"got {type(connection).__name__}."
            )
        self.con = connection
        # For an engine that has none Ibis writes a plain cast, which stops the query.
        words = str(self.con.compile(ibis.literal("x").try_cast("int64")))
        self.tries = any(attempt in words.upper() for attempt in ("TRY_CAST", "SAFE_CAST"))

    @property
    def engine(self) -> str:
        """What Ibis calls the engine: ``duckdb``, ``postgres``."""
        return str(self.con.name)

    def table(self, what: str, table: Any, database: str | None) -> ir.Table:
        """A table by its name; an Ibis table is taken as it is.

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
        if table not in names:
            raise ParameterError(
                f"{what}: {_place(database)} has no table {table!r}{nearest(table, names)}"
            )
        return self.con.table(table, database=database)

    def names(self, database: str | None) -> list[str]:
        """Tables and views of a database (a schema), by default that of the connection."""
        if self.engine != "duckdb":
            with _settled():
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
        self.asked(lent)
        return lent

    def asked(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression."""
        with _settled(), self._in_utc():
            rows: pa.Table = self.con.to_pyarrow(expression)
        return rows

    def kept(self, expression: ir.Table) -> ir.Table:
        """The rows of an expression as a temporary table of the warehouse.

        Raises
        ------
        ParameterError
            The connection may not make one.
        """
        with _settled(), self._in_utc():
            return expression.cache()

    def check_utc(self) -> None:
        """Raise :class:`ParameterError` where a time without offset is not taken as UTC."""
        import ibis

        told = ibis.literal(NOON).cast("timestamp('UTC')").epoch_seconds()
        with _settled(), self._in_utc():
            found = self.con.to_pyarrow(told.cast("int64").name("at")).as_py()
        if found != int(datetime.fromisoformat(NOON).replace(tzinfo=UTC).timestamp()):
            raise ParameterError(
                "connection: its session does not run in UTC, so days of text would be moved. Set "
                "the session's time zone to UTC."
            )

    @contextmanager
    def _in_utc(self) -> Iterator[None]:
        """DuckDB takes the computer's time zone unless it is told; Ibis tells the others."""
        if self.engine != "duckdb":
            yield
            return
        (before,) = self.con.con.execute("SELECT current_setting('TimeZone')").fetchone()
        self.con.con.execute("SET TimeZone = 'UTC'")
        try:
            yield
        finally:
            self.con.con.execute(f"SET TimeZone = '{before}'")


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
        It is no URL that Ibis knows, its driver is not installed, or the warehouse cannot be
        reached; the password is not shown.
    """
    import ibis

    parts = urlsplit(url)
    kind = parts.scheme.partition("+")[0]
    if not kind:
        raise ParameterError(
            f"connection: {url!r} is no URL. Expected such as duckdb:///data/shop.duckdb or "
            "postgres://reader@host:5432/shop."
        )
    # A file that is not there would be made.
    options = {"read_only": True} if kind == "duckdb" and (parts.netloc or parts.path) else {}
    try:
        return ibis.connect(url, **options)
    except ImportError as error:
        raise ParameterError(
            f"connection: {kind} needs a driver that is not installed ({error}). "
            f"{EXTRA.format(name=kind)}"
        ) from error
    except Exception as error:  # noqa: BLE001 - each driver has errors of its own
        why = str(error).strip()
        if parts.password:
            why = why.replace(parts.password, "***")
        raise ParameterError(f"connection: {kind} cannot be opened: {why}") from None


def _place(database: str | None) -> str:
    return "the connection" if database is None else f"the database {database!r}"
