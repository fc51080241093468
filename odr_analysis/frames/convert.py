"""An account from DataFrames, for those who already hold their orders and defects."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import cache

import pandas as pd

from odr_analysis import terms, words
from odr_analysis.account import Account
from odr_analysis.errors import FrameError
from odr_analysis.frames.given_rows import defect_rows, item_rows, order_rows, plain
from odr_analysis.policy import Policy
from odr_analysis.receipt import EVERY_STORE, NONE_KNOWN, Cover, FileReceipt, Receipt
from odr_analysis.scratch import Held


def account_from_frames(
    orders: pd.DataFrame,
    defects: pd.DataFrame | None = None,
    *,
    policy: Policy | None = None,
    name: str = "account",
) -> Account:
    """An account like :func:`load_account` gives, from frames instead of files.

    Parameters
    ----------
    orders : pandas.DataFrame
        One row per order or order item. Needed: ``order_id``; ``purchased_at``
        (timestamp, UTC where it has no zone) or ``ordered_on`` (day); ``marketplace``
        (``Amazon.de``); ``channel`` (``mfn``, ``afn`` or ``unknown``). Optional:
        ``status`` (one of ``terms.STATUSES``), ``updated_at``: of two rows of an order
        the one updated later wins, without it the later row; and for ``Account.items`` the
        other columns of ``terms.ITEM_COLUMNS``: a ``buyer`` that is an e-mail address is kept
        as its hash, a ``ship_area`` as its first two characters.
    defects : pandas.DataFrame, optional
        One row per defect, of every kind and up to the latest day of either frame; where it is
        left out, defects are not known and no rate is called healthy. ``coverage_needed`` of the
        policy waives kinds the frame does not hold. Needed: ``order_id``; ``component``
        (``feedback``, ``claim``, ``chargeback``). Optional: ``reported_on`` (day it became known;
        missing means the day of the order), ``outcome`` (``pending``, ``denied``, ...; see
        :class:`~odr_analysis.policy.Policy`), ``rating`` (1 to 5), ``reason``, ``comment``.
        Feedback of more stars than ``Policy.negative_stars`` is not a defect, nor is what an order
        was given before it; the receipt has such rows in ``details``.
    policy : Policy, optional
        Rules of the rate; Amazon's current ones by default.
    name : str
        What reports call the account.

    Returns
    -------
    Account

    Raises
    ------
    FrameError
        Lists every failure at once: missing columns, columns given twice, dates that are
        unreadable or outside 1995 to 2062 with their row labels, unknown channels or
        components, empty ids and marketplaces.

    Examples
    --------
    >>> import pandas as pd
    >>> orders = pd.DataFrame({"order_id": [f"o{i}" for i in range(100)],
    ...                        "ordered_on": "2026-08-01", "marketplace": "Amazon.de",
    ...                        "channel": "mfn"})
    >>> defects = pd.DataFrame({"order_id": ["o7", "o7"], "component": ["claim", "feedback"],
    ...                         "reported_on": "2026-08-20"})
    >>> account = account_from_frames(orders, defects)
    >>> account.known_to, len(account.defective), int(account.daily.n_feedback_claim.sum())
    (datetime.date(2026, 8, 20), 1, 1)
    """

    from odr_analysis.exports.account_tables import build_tables, named_orders, shifts_of
    from odr_analysis.exports.orders.engine import engine, lend
    from odr_analysis.exports.orders.ledger import first_order_of, given_ledger, totals_of
    from odr_analysis.exports.orders.packing import CANONICAL, STORES
    from odr_analysis.exports.orders.queries import asked, keep
    from odr_analysis.exports.readers.contract import feedback_frame, lapses, returns, snapshots

    policy = policy or Policy()
    given = defects is not None
    defects = pd.DataFrame(columns=["order_id", "component"]) if defects is None else defects
    problems: list[str] = []
    orders = plain(orders, "orders", problems)
    defects = plain(defects, "defects", problems)
    if problems:
        raise FrameError(problems)
    stores = STORES
    if "marketplace" in orders:
        stores += tuple(sorted({*map(str, orders.marketplace.dropna())} - {*STORES}))
    rows = order_rows(orders, policy, stores, problems)
    items = item_rows(orders, problems)
    given_rows = defect_rows(defects, problems)
    if problems:
        raise FrameError(problems)

    seen, stars = _negative(given_rows, policy)
    latest = given_rows.reported_on.max()
    with Held() as scratch, engine(scratch) as con:
        lend(con, "order_rows", rows[[*CANONICAL]])
        keep(con, "ledger", given_ledger)
        totals = totals_of(con)
        names = rows[["order_key", "order_id"]].drop_duplicates(ignore_index=True)
        tables = build_tables(
            con,
            stores,
            totals,
            feedback_frame([]),
            seen,
            policy,
            [latest.date()] if pd.notna(latest) else [],
            names,
        )
        assert tables.known_to is not None
        shifts = shifts_of(con, stores, totals, policy)
        long = asked(con, named_orders, stores, policy, shifts)
    times = {"purchased_at": "datetime64[us]", "ordered_on": "datetime64[us]"}
    long = long.sort_values(["purchased_at", "order_id"], ignore_index=True).astype(times)
    covers = _covers(given_rows, long.order_id, tables.known_to) if given else ()
    files = (
        FileReceipt("orders frame", "orders frame", rows_read=len(orders), rows_kept=len(orders)),
        FileReceipt(
            "defects frame",
            "defects frame",
            rows_read=len(defects),
            rows_kept=len(defects),
            details={"no defects": stars} if stars else {},
            covers=covers,
        ),
    )
    return Account(
        name=name,
        policy=policy,
        known_to=tables.known_to,
        receipt=Receipt(files, tables.orders_total, tables.defects_total, tuple(tables.notes())),
        daily=tables.daily,
        defective=tables.defective,
        defects=tables.defects,
        feedback=tables.feedback,
        snapshots=snapshots([]),
        lapses=lapses(),
        returns=returns(),
        source=Frames(lambda: long, cache(lambda: _settled(items))),
        first_order=first_order_of(totals),
    )


def _covers(given: pd.DataFrame, order_ids: pd.Series, known_to: date) -> tuple[Cover, ...]:
    """The defects frame as a source: the user's own list, of all kinds, up to the last day.

    A frame of which no order is known is of other orders, and covers none of these.
    """
    strange = len(given) > 0 and not given["order_id"].isin(order_ids).any()
    return tuple(
        Cover(
            component,
            None,
            None if strange else known_to,
            n=int((given["component"] == component).sum()),
            why=NONE_KNOWN if strange else "",
            store=EVERY_STORE,
            stated=not strange,
        )
        for component in terms.COMPONENTS
    )


def _negative(rows: pd.DataFrame, policy: Policy) -> tuple[pd.DataFrame, dict[str, int]]:
    """The rows that are defects by their stars, and how many are not and why.

    Feedback without stars is taken as negative. Good feedback replaces what its order was given
    on an earlier day, as it does among files.
    """
    good = (rows.component == "feedback") & (rows.rating > policy.negative_stars).fillna(False)
    raised_on = rows[good].groupby("order_id").reported_on.max().to_dict()
    replaced = (rows.component == "feedback") & ~good & rows.rating.notna()
    replaced &= rows.reported_on < pd.to_datetime(rows.order_id.map(raised_on))
    counts = {
        f"feedback of more than {words.counted(policy.negative_stars, 'star')}": int(good.sum()),
        "feedback replaced by better": int(replaced.sum()),
    }
    left = rows[~good & ~replaced].reset_index(drop=True)
    return left, {name: n for name, n in counts.items() if n}


class Frames:
    """The source of an account that has no files; its long tables are made when asked for."""

    def __init__(
        self, make_orders: Callable[[], pd.DataFrame], make_items: Callable[[], pd.DataFrame]
    ) -> None:
        self._make_orders, self._make_items = make_orders, make_items
        self._kept: dict[str, pd.DataFrame] = {}

    def orders(self) -> pd.DataFrame:
        """``Account.orders``."""
        return self._make_orders().copy()

    def items(self) -> pd.DataFrame:
        """``Account.items``."""
        return self._make_items().copy()

    def earlier_snapshots(self) -> Iterable[pd.DataFrame]:
        """None: nothing is known beyond what was given."""
        return ()

    def keep(self, name: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """``Account.keep``, in memory."""
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name].copy()


def _settled(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per order and SKU; ``terms.ITEM_COLUMNS``."""
    import ibis

    from odr_analysis.exports.orders.engine import engine
    from odr_analysis.exports.orders.items import ROW_TYPES, settled_items
    from odr_analysis.schema import typed

    with Held() as scratch, engine(scratch) as con:
        found = con.to_pandas(settled_items(ibis.memtable(rows, schema=ROW_TYPES)))
    return typed(found, terms.ITEM_COLUMNS)
