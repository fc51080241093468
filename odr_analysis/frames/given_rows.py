"""Rows of a user's DataFrames, checked and packed as the engine takes those of files.

What is wrong goes to a list of problems, so that every failure is named at once.
"""

from __future__ import annotations

import pandas as pd

from odr_analysis import terms
from odr_analysis.policy import Policy

EARLIEST, LATEST = pd.Timestamp("1995-01-01"), pd.Timestamp("2063-01-01")
"""Days outside are mistakes, and more than the packed orders hold."""
MOST = 1e15
"""Prices and quantities beyond are mistakes, and more than a float holds exactly."""
EMPTY_DEFECTS = {
    **dict.fromkeys(("outcome", "funded_by", "currency", "reason", "comment"), ""),
    "source": "defects frame",
}


def plain(frame: pd.DataFrame, what: str, problems: list[str]) -> pd.DataFrame:
    """`frame` with its categories as what they stand for."""
    if not isinstance(frame, pd.DataFrame):
        problems.append(f"{what}: expected a pandas DataFrame, got {type(frame).__name__}.")
        return pd.DataFrame()
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        problems.append(f"{what}: column(s) given twice: {', '.join(map(str, twice))}.")
        return frame
    categories = [c for c in frame if isinstance(frame[c].dtype, pd.CategoricalDtype)]
    return frame.astype(dict.fromkeys(categories, "object"))


def order_rows(
    orders: pd.DataFrame, policy: Policy, stores: tuple[str, ...], problems: list[str]
) -> pd.DataFrame:
    """`orders` packed as ``canonical_rows`` would have them; what is wrong goes to `problems`."""
    from odr_analysis.exports.orders.packing import (
        CHANNEL_BITS,
        CHANNEL_CODES,
        EPOCH,
        RANK_BITS,
        SECOND_BITS,
        STATUS_BITS,
        STORE_BITS,
    )

    when = "purchased_at" if "purchased_at" in orders else "ordered_on"
    missing = [c for c in ("order_id", when, "marketplace", "channel") if c not in orders]
    if missing:
        problems.append(
            f"orders: missing column(s) {', '.join(missing)}"
            + (" (or purchased_at)" if "ordered_on" in missing else "")
            + f"; it has {', '.join(map(str, orders.columns)) or 'none'}."
        )
        # What is there is looked at all the same, so that all failures are told at once.
        orders = orders.assign(**dict.fromkeys(missing, None))
    if orders.empty:
        problems.append("orders: no row, so there is nothing to divide by.")
    if when == "ordered_on" and policy.day_boundary == "marketplace":
        problems.append("orders: day_boundary 'marketplace' needs purchased_at, not only days.")
    told = [c for c in orders if c not in missing]
    purchased = (
        _times(orders[when], f"orders.{when}", problems, day=when == "ordered_on")
        if when in told
        else None
    )
    updated = pd.Series(range(len(orders)), index=orders.index, dtype="int64")
    if "updated_at" in orders:
        updated = _epoch_seconds(_times(orders.updated_at, "orders.updated_at", problems), EPOCH)
    status = orders["status"] if "status" in orders else pd.Series("shipped", index=orders.index)
    for column in ("order_id", "marketplace"):
        if column in told:
            _check_filled(orders[column], f"orders.{column}", problems)
    _check_words(status, terms.STATUSES, "orders.status", problems)
    if "channel" in told:
        _check_words(orders.channel, CHANNEL_CODES, "orders.channel", problems)
    if problems or purchased is None:
        return pd.DataFrame()
    store = orders.marketplace.map({name: i for i, name in enumerate(stores)}).astype("int64")
    version = updated * 2 ** (RANK_BITS + STATUS_BITS) + status.map(terms.STATUSES.index)
    return pd.DataFrame(
        {
            "order_id": orders.order_id.astype("str"),
            "order_key": _order_keys(orders.order_id.astype("str")),
            "version": version * 2**CHANNEL_BITS + orders.channel.map(CHANNEL_CODES.index),
            "placed": updated * 2**SECOND_BITS + _epoch_seconds(purchased, EPOCH),
            "store": updated * 2**STORE_BITS + store,
        }
    ).reset_index(drop=True)


def _order_keys(ids: pd.Series) -> list[int]:
    """Keys as files get them; an id of another form gets one beyond all of those."""
    from odr_analysis.exports.orders.keys import LEAD, LETTERS, key_of

    beyond = (max(LETTERS.values()) + 1) * LEAD
    codes, distinct = pd.factorize(ids)
    own = [key_of(order_id) for order_id in distinct]
    keys = [beyond + i if key is None else key for i, key in enumerate(own)]
    return [keys[code] for code in codes]


def item_rows(orders: pd.DataFrame, problems: list[str]) -> pd.DataFrame:
    """`orders` as ``exports.items.item_rows`` would have them; what is wrong goes to `problems`."""
    from odr_analysis.exports.orders.items import AREA_LETTERS, DATES, ROW_TYPES
    from odr_analysis.exports.orders.packing import EPOCH
    from odr_analysis.exports.text.buyers import buyer_hash

    rows = pd.DataFrame(index=orders.index)
    for name, kind in ROW_TYPES.items():
        given = orders[name] if name in orders else pd.Series(None, orders.index, dtype="object")
        if kind == "string":
            told = given.where(given.notna(), "").astype("str")
            rows[name] = told if name == "order_id" else told.str.strip()
        elif name in DATES:
            times = _times(given, f"orders.{name}", problems, empty_is_fine=True)
            past = (times - pd.Timestamp(EPOCH)).dt.total_seconds()
            rows[name] = (past // 1).astype("Int64")
        elif name in terms.ITEM_COLUMNS:
            rows[name] = _numbers(given, f"orders.{name}", problems, whole=kind == "int64")
    rows["ship_area"] = rows["ship_area"].str[:AREA_LETTERS].str.upper()
    is_address = rows["buyer"].str.contains("@")
    rows.loc[is_address, "buyer"] = rows.loc[is_address, "buyer"].map(buyer_hash)
    # What is wrong with the column has been told by the rows of orders.
    rows["updated"] = range(len(rows))
    if "updated_at" in orders:
        rows["updated"] = _epoch_seconds(_times(orders["updated_at"], "", []), EPOCH)
    return rows.assign(rank=0, n=1)[list(ROW_TYPES)].reset_index(drop=True)


def _numbers(
    values: pd.Series, what: str, problems: list[str], *, whole: bool = False
) -> pd.Series:
    """Float64 numbers, Int64 where they must be `whole`."""
    numbers = pd.to_numeric(values, errors="coerce").astype("Float64")
    wrong = numbers.isna() & values.notna() | numbers.abs().gt(MOST).fillna(False)
    if whole:
        wrong |= (numbers % 1).ne(0).fillna(False)
    if wrong.any():
        problems.append(f"{what}: no {'whole ' if whole else ''}number in row(s) {_labels(wrong)}.")
        return numbers
    return numbers.astype("Int64") if whole else numbers


def defect_rows(defects: pd.DataFrame, problems: list[str]) -> pd.DataFrame:
    """`defects` as readers of files would have them; what is wrong goes to `problems`."""
    from odr_analysis.exports.readers.contract import sightings

    missing = [c for c in ("order_id", "component") if c not in defects]
    if missing:
        problems.append(
            f"defects: missing column(s) {', '.join(missing)}; "
            f"it has {', '.join(map(str, defects.columns)) or 'none'}."
        )
    if "order_id" not in missing:
        _check_filled(defects.order_id, "defects.order_id", problems)
    if "component" not in missing:
        _check_words(defects.component, terms.COMPONENTS, "defects.component", problems)
    given = defects.get("reported_on", pd.Series(pd.NaT, index=defects.index))
    reported = _times(given, "defects.reported_on", problems, day=True, empty_is_fine=True)
    stars = defects.get("rating", pd.Series(pd.NA, index=defects.index))
    rating = pd.to_numeric(stars, errors="coerce").astype("Float64")
    odd = stars.notna() & ~rating.isin([1, 2, 3, 4, 5])
    if odd.any():
        problems.append(f"defects.rating: not 1 to 5 in row(s) {_labels(odd)}.")
    if problems or missing:
        return pd.DataFrame()
    seen = pd.DataFrame(
        {
            "order_id": defects.order_id.astype("str"),
            "component": defects.component.astype("str"),
            "reported_on": reported.dt.normalize(),
            "decided_on": pd.Series(pd.NaT, index=defects.index, dtype="datetime64[us]"),
            "amount": pd.Series(pd.NA, index=defects.index, dtype="Float64"),
            "rating": rating.astype("Int64"),
            "file": pd.Series("defects frame", index=defects.index, dtype="str"),
            "line": pd.Series(range(1, len(defects) + 1), index=defects.index, dtype="int64"),
        }
    )
    for column, default in EMPTY_DEFECTS.items():
        given = defects.get(column, pd.Series(default, index=defects.index))
        seen[column] = given.fillna(default).astype("str")
    seen["outcome"] = seen.outcome.str.strip().str.lower()
    return sightings(seen)


def _times(
    values: pd.Series,
    what: str,
    problems: list[str],
    *,
    day: bool = False,
    empty_is_fine: bool = False,
) -> pd.Series:
    """Naive UTC times; a day is the day of its own time zone."""
    if day and isinstance(values.dtype, pd.DatetimeTZDtype):
        values = values.dt.tz_localize(None)
    times = pd.to_datetime(values, utc=True, errors="coerce", format="ISO8601")
    bad = times.isna() & (values.notna() if empty_is_fine else True)
    if bad.any():
        problems.append(f"{what}: no ISO date or timestamp in row(s) {_labels(bad)}.")
    naive = times.dt.tz_localize(None)
    far = (naive < EARLIEST) | (naive >= LATEST)
    if far.any():
        problems.append(f"{what}: before 1995 or after 2062 in row(s) {_labels(far)}.")
    return naive.astype("datetime64[us]")


def _epoch_seconds(times: pd.Series, epoch: str) -> pd.Series:
    return (times - pd.Timestamp(epoch)).dt.total_seconds().fillna(0).astype("int64")


def _check_filled(values: pd.Series, what: str, problems: list[str]) -> None:
    empty = values.isna() | (values.astype("str").str.strip() == "")
    if empty.any():
        problems.append(f"{what}: empty in row(s) {_labels(empty)}.")


def _check_words(values: pd.Series, known: tuple[str, ...], what: str, problems: list[str]) -> None:
    odd = ~values.isin(known)
    if odd.any():
        found = ", ".join(repr(v) for v in values[odd].drop_duplicates().head(5))
        problems.append(
            f"{what}: {found} in row(s) {_labels(odd)}; expected one of {', '.join(known)}."
        )


def _labels(bad: pd.Series) -> str:
    labels = [str(label) for label in bad.index[bad][:5]]
    more = int(bad.sum()) - len(labels)
    return ", ".join(labels) + (f" and {more:,} more" if more > 0 else "")
