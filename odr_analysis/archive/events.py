"""What changed from one delivery of an archive to the next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from odr_analysis import terms
from odr_analysis.archive.merge import merged_ledger, united_rows
from odr_analysis.archive.source import all_stores, file_ledgers
from odr_analysis.archive.states import State, stars, states, stores_of
from odr_analysis.archive.store import Store
from odr_analysis.exports.orders.packing import CHANNEL_BITS, STORE_BITS
from odr_analysis.exports.request import How
from odr_analysis.policy import Policy
from odr_analysis.schema import Column, Columns

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    from ibis.backends.duckdb import Backend

EVENT_COLUMNS: Columns = {
    "day": Column("datetime64[us]", "the day the change was first known", unit="midnight"),
    "what": Column("str", "one of EVENTS"),
    "order_id": Column("str"),
    "component": Column(
        "str", "feedback, claim or chargeback", missing="'' where the order itself changed"
    ),
    "before": Column(
        "str", "status, outcome, stars or comment before", missing="'' where there was none"
    ),
    "after": Column("str", "the same afterwards"),
    "file": Column(
        "str",
        "file of the newer delivery that shows the change; where feedback "
        "vanished, the one that would name it",
    ),
}
"""Columns of :func:`archive_events`: one row per change."""

EVENTS: tuple[str, ...] = (
    "order appeared late",
    "order status changed",
    "defect appeared",
    "claim re-decided",
    "feedback changed",
    "feedback vanished",
)
"""What can change between two deliveries; of one order, in this order."""

LISTS_ALL = 3
"""Rank of the order exports that list every order of their days."""


def archive_events(
    store: str | Path, *, policy: Policy | None = None, memory_limit: str | None = None
) -> pd.DataFrame:
    """What changed in an archive, from each day that was archived to the next.

    Parameters
    ----------
    store : str or pathlib.Path
        An archive (:func:`~odr_analysis.archive_folder`). Of deliveries of one day the last
        counts.
    policy : Policy, optional
        Says how few stars make feedback a defect; Amazon's current rules by default.
    memory_limit : str, optional
        As for :func:`~odr_analysis.load_account`.

    Returns
    -------
    pandas.DataFrame
        One row per change; ``archive.events.EVENT_COLUMNS``, by day, kind of change and order.

        - *order appeared late*: not in the delivery before, though an order list there covers its
          store and the moment it was placed.
        - *order status changed*: what the newest row of the order says.
        - *defect appeared*: no file of the delivery before told of it.
        - *claim re-decided*: the best witness of a claim or chargeback says something else.
        - *feedback changed*: its stars or its comment did, or whether it is struck through.
        - *feedback vanished*: gone, although a feedback file that was not there before covers
          its day and the store of its order. Where none does, it is merely out of view.

        A file that is read anew by another version, and is itself the same, changes nothing.

    Raises
    ------
    OdrError
        `store` is no archive, or that of a newer version.

    Warns
    -----
    OdrWarning
        A damaged delivery is left out: what changed on its day shows on the next.

    Examples
    --------
    >>> import tempfile
    >>> from odr_analysis import archive_events, archive_folder, write_sample
    >>> with tempfile.TemporaryDirectory() as here:
    ...     _ = write_sample(f"{here}/exports", scenario="tiny")
    ...     _ = archive_folder(f"{here}/exports", f"{here}/store", "2026-10-01")
    ...     list(archive_events(f"{here}/store").columns)
    ['day', 'what', 'order_id', 'component', 'before', 'after', 'file']
    """
    import pandas as pd

    from odr_analysis.exports.session import engine_for
    from odr_analysis.schema import typed

    found = [pd.DataFrame(columns=list(EVENT_COLUMNS))]
    older: State | None = None
    with engine_for(How(None, memory_limit)) as con:
        for newer in states(con, Store.open(Path(store)), policy or Policy()):
            if older is not None and older.sha256 != newer.sha256:
                for events in _changes(con, older, newer):
                    found.append(events.assign(day=pd.Timestamp(newer.place.on)))
            older = newer
    told = typed(pd.concat([f for f in found if len(f)] or found), EVENT_COLUMNS)
    place = told.what.map(EVENTS.index)
    keys = ["day", "place", "order_id", "component"]
    return told.assign(place=place).sort_values(keys, ignore_index=True).drop(columns="place")


def _changes(con: Backend, older: State, newer: State) -> Iterator[pd.DataFrame]:
    """Every change between two deliveries: ``EVENT_COLUMNS`` without the day."""
    yield from _orders(con, older, newer)
    yield from _defects(older, newer)
    yield from _feedback(older, newer)


def _defects(older: State, newer: State) -> Iterator[pd.DataFrame]:
    before, after = older.defects, newer.defects
    fresh = after[~after.index.isin(before.index)].reset_index()
    yield _events("defect appeared", fresh, before="", after=fresh.word)
    both = _met(after, before[["outcome"]])
    told = both[both.outcome != both.outcome_before]
    of_feedback = told.component == "feedback"
    for what, rows in (
        ("claim re-decided", told[~of_feedback]),
        ("feedback changed", told[of_feedback]),
    ):
        yield _events(what, rows, before=rows.outcome_before, after=rows.outcome)


def _feedback(older: State, newer: State) -> Iterator[pd.DataFrame]:
    both = _met(newer.feedback, older.feedback)
    both["component"] = "feedback"
    for column, words in (("rating", stars), ("comment", str)):
        rows = both[both[column] != both[f"{column}_before"]]
        if column == "comment":  # more stars with other words are one change
            rows = rows[rows.rating == rows.rating_before]
        was, now = rows[f"{column}_before"].map(words), rows[column].map(words)
        yield _events("feedback changed", rows, before=was, after=now)

    gone = older.feedback[~older.feedback.index.isin(newer.feedback.index)].reset_index()
    told = newer.every_feedback
    fresh = told[~told.object.isin([str(folder) for folder in older.folders])]
    if gone.empty or fresh.empty:
        return
    named = stores_of(newer.con, [*older.files, *newer.files], {*gone.order_id, *fresh.order_id})

    def stores(ids: pd.Series) -> list[str]:
        return [named.get(order_id, "") for order_id in ids]

    covered = (
        fresh.assign(store=stores(fresh.order_id))
        .groupby(["object", "store"], sort=False)
        .agg(first=("received_on", "min"), last=("received_on", "max"), file=("file", "first"))
        .reset_index()
    )
    # The days are those of the whole file, whichever store their orders are of.
    days = covered.groupby("object")
    covered["first"], covered["last"] = (
        days["first"].transform("min"),
        days["last"].transform("max"),
    )
    gone = gone.drop(columns=["file", "object"]).assign(store=stores(gone.order_id))
    met = gone.merge(covered, on="store")
    met = met[met.received_on.between(met["first"], met["last"])].drop_duplicates("order_id")
    met["component"] = "feedback"
    yield _events("feedback vanished", met, before=met.rating.map(stars), after="")


def _orders(con: Backend, older: State, newer: State) -> Iterator[pd.DataFrame]:
    """Orders that appeared late or changed status: one expression over both ledgers."""
    import ibis
    import pandas as pd

    from odr_analysis.exports.orders.keys import order_ids

    differ = [
        f for f in (*older.files, *newer.files) if f.folder not in older.folders & newer.folders
    ]
    if not any(f.has_orders for f in differ):
        return
    stores = all_stores([*older.files, *newer.files])
    # No other order can have changed: the files that both have say the same of it.
    maybe = united_rows(file_ledgers(con, differ), stores).select("order_key").distinct()
    was = merged_ledger(file_ledgers(con, older.files), stores, maybe)
    now = merged_ledger(file_ledgers(con, newer.files), stores, maybe)
    names = ibis.literal(list(terms.STATUSES), type="array<string>")
    status = (now.state.cast("int64") >> CHANNEL_BITS).name("status")
    now = now.mutate(status=status)
    was = was.mutate(status=(was.state.cast("int64") >> CHANNEL_BITS).name("status"))
    changed = now.inner_join(was, "order_key").filter(lambda t: t.status != t.status_right)
    changed = changed.select(
        "order_key",
        what=ibis.literal("order status changed"),
        before=names[changed.status_right],
        after=names[changed.status],
    )
    covered = _covered(con, older, stores)
    late = now.anti_join(was, "order_key")
    late = late.mutate(store=late.store.fill_null(-1).cast("int64"))
    late = late.semi_join(
        covered,
        [
            late.store == covered.store,
            late.purchased >= covered.first,
            late.purchased <= covered.last,
        ],
    )
    late = late.select(
        "order_key",
        what=ibis.literal("order appeared late"),
        before=ibis.literal(""),
        after=names[late.status],
    )
    told = changed.union(late)
    told = told.mutate(order_id=order_ids(told.order_key))
    found = con.to_pandas(told)
    if found.empty:
        return
    keys = ibis.memtable(found[["order_key"]])
    tell = united_rows(file_ledgers(con, newer.files), stores, "filename")
    tell = con.to_pandas(
        tell.semi_join(keys, "order_key").select("order_key", "version", "filename")
    )
    known_as = {str(f.folder / "ledger.parquet"): f.name for f in reversed(newer.files)}
    tell["file"] = tell.filename.map(known_as)
    tell = tell.sort_values(["version", "file"], ascending=[False, True])
    found = found.merge(tell.drop_duplicates("order_key")[["order_key", "file"]], on="order_key")
    for what, rows in found.assign(component="").groupby("what"):
        yield _events(str(what), pd.DataFrame(rows), before=rows.before, after=rows.after)


def _covered(con: Backend, state: State, stores: tuple[str, ...]) -> ir.Table:
    """First and last purchase of each order list and store; store -1 is the unknown one."""
    lists = [f for f in state.files if f.has_orders and f.told["rank"] == LISTS_ALL]
    rows = united_rows(file_ledgers(con, lists), stores, "filename", "purchased")
    code = (rows.store & (2**STORE_BITS - 1)).fill_null(-1)
    rows = rows.mutate(code=code)
    return (
        rows.group_by(["filename", "code"])
        .aggregate(first=rows.purchased.min(), last=rows.purchased.max())
        .rename(store="code")
    )


def _events(
    what: str, rows: pd.DataFrame, *, before: pd.Series | str, after: pd.Series | str
) -> pd.DataFrame:
    told = rows[["order_id", "component", "file"]]
    return told.assign(what=what, before=before, after=after)


def _met(after: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """What both have, by their index; columns of `before` end in ``_before``."""
    both = after.merge(
        before, left_index=True, right_index=True, suffixes=("", "_before"), validate="1:1"
    )
    return both.reset_index()
