"""Slow, obvious answers to hold the fast paths against: plain pandas and Python loops."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.exports.small_tables import no_rows
from odr_analysis.frames import Frames
from odr_analysis.policy import Policy
from odr_analysis.receipt import EVERY_STORE, Cover, FileReceipt, Receipt
from odr_analysis.schema import table_of


def make_account(
    orders: pd.DataFrame | list[tuple],
    defects: pd.DataFrame | list[tuple] = (),
    policy: Policy | None = None,
    known_to: date | None = None,
) -> Account:
    """An account from rows, built without the engine.

    ``orders``: (order_id, ordered_on, marketplace, channel). ``defects``: (order_id, component,
    reported_on or None); every one counts. Optional further columns when given as frames:
    rating, reason, comment.
    """
    policy = policy or Policy()
    if not isinstance(orders, pd.DataFrame):
        orders = pd.DataFrame(orders, columns=["order_id", "ordered_on", "marketplace", "channel"])
    if not isinstance(defects, pd.DataFrame):
        defects = pd.DataFrame(defects, columns=["order_id", "component", "reported_on"])
    orders = orders.assign(ordered_on=pd.to_datetime(orders.ordered_on).astype("datetime64[us]"))
    for name in ("order_id", "marketplace", "channel"):
        orders[name] = orders[name].astype("str")
    orders["purchased_at"] = orders.ordered_on
    orders["status"], orders["counts"], orders["why_not"] = "shipped", True, ""
    defects = defects.copy()
    defects["reported_on"] = pd.to_datetime(defects.reported_on).astype("datetime64[us]")
    words = ("outcome", "funded_by", "currency", "reason", "comment")
    defaults = {**dict.fromkeys(words, ""), "source": "test", "file": "test"}
    for name, value in defaults.items():
        if name not in defects:
            defects[name] = pd.Series(value, index=defects.index, dtype="str")
    if "rating" not in defects:
        defects["rating"] = pd.array([pd.NA] * len(defects), dtype="Int64")
    for name, dtype in (("decided_on", "datetime64[us]"), ("amount", "Float64")):
        if name not in defects:
            defects[name] = pd.Series(None, index=defects.index, dtype=dtype)
    defects["line"] = range(2, len(defects) + 2)
    known = defects.order_id.isin(orders.order_id)
    defects["counts"], defects["why_not"] = known, known.map({True: "", False: "order unknown"})
    defects["inferred"] = False
    defects = defects[list(terms.DEFECT_COLUMNS)]

    placed = orders.set_index("order_id").ordered_on
    counted = defects[defects["counts"]].assign(
        on=lambda d: d.reported_on.fillna(d.order_id.map(placed))
    )
    first = counted.groupby(["order_id", "component"]).on.min().unstack()
    defective = orders.set_index("order_id")[["ordered_on", "marketplace", "channel"]]
    defective = defective.loc[defective.index.isin(first.index)].copy()
    for component in terms.COMPONENTS:
        on = first[component] if component in first else pd.Series(dtype="datetime64[us]")
        defective[f"{component}_on"] = on.reindex(defective.index).astype("datetime64[us]")
    defective = defective.reset_index()[list(terms.DEFECTIVE_COLUMNS)]

    known_on = defective[[f"{c}_on" for c in terms.COMPONENTS]].notna().to_numpy()
    cell = pd.Series(known_on @ [1 << i for i in range(3)], index=defective.order_id)
    # One count of orders by day, series and cell; cell 0 are the orders without a defect.
    cells = orders.order_id.map(cell).fillna(0).astype("int64")
    keys = ["ordered_on", "marketplace", "channel"]
    counts = orders.groupby([*keys, cells.rename("cell")]).size().unstack(fill_value=0)
    counts = counts.reindex(columns=range(len(terms.CELLS)), fill_value=0)
    columns = {f"n_{name}": counts[mask] for mask, name in enumerate(terms.CELLS) if mask}
    daily = pd.DataFrame({"n_orders": counts.sum(axis=1), **columns})
    daily = daily.reset_index()[list(terms.DAILY_COLUMNS)]
    latest = [orders.ordered_on.max(), defects.reported_on.max()]
    empty = no_rows()
    return Account(
        name="test",
        policy=policy,
        known_to=known_to or max(d for d in latest if pd.notna(d)).date(),
        receipt=Receipt(files=(every_defect(),)),
        daily=daily,
        defective=defective,
        defects=defects,
        **{name: empty[name] for name in ("feedback", "snapshots", "lapses", "returns")},
        source=Frames(
            lambda: orders[list(terms.ORDER_COLUMNS)], lambda: table_of([], terms.ITEM_COLUMNS)
        ),
    )


def every_defect() -> FileReceipt:
    """The receipt of a made-up file that shows every defect of every store on every day."""
    covers = (
        Cover(c, date(1995, 1, 1), date(2062, 12, 31), store=EVERY_STORE) for c in terms.COMPONENTS
    )
    return FileReceipt("test", "test", covers=tuple(covers))


def rate_on(account: Account, as_of: date, marketplace: str, channel: str) -> dict[str, int]:
    """Counts of one as_of day by looking at every order, one at a time."""
    window = account.policy.window(as_of)
    orders = account.orders
    counts = dict.fromkeys(
        ["n_orders", "n_defective", *terms.COMPONENT_COLUMNS, *terms.CELL_COLUMNS], 0
    )
    known = {row.order_id: row for row in account.defective.itertuples()}
    for order in orders[orders["counts"]].itertuples():
        day = order.ordered_on.date()
        if (order.marketplace, order.channel) != (marketplace, channel):
            continue
        if not window.start <= day <= window.end:
            continue
        counts["n_orders"] += 1
        row = known.get(order.order_id)
        mask = 0
        for bit, component in enumerate(terms.COMPONENTS):
            on = getattr(row, f"{component}_on") if row is not None else pd.NaT
            if pd.notna(on) and on.date() <= as_of:
                counts[f"n_{component}"] += 1
                mask |= 1 << bit
        if mask:
            counts["n_defective"] += 1
            counts[f"n_{terms.CELLS[mask]}"] += 1
    return counts


def days(first: date, n: int) -> list[date]:
    """`n` days from `first` on."""
    return [first + timedelta(days=i) for i in range(n)]
