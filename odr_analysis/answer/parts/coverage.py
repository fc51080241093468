"""What the exports cover: is a day, a file or a kind of defect missing, and what does it cost?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from odr_analysis import terms, words
from odr_analysis.account import Account
from odr_analysis.answer.known import SUBJECTS, KnownBySeries, sources_of, what_is_known
from odr_analysis.answer.order_days import silent_spells
from odr_analysis.answer.parts.provenance import COSTS
from odr_analysis.policy import Window
from odr_analysis.rates.rolling import asked_on, date_of
from odr_analysis.receipt import DELIMITER_NAMES, EVERY_STORE, Receipt
from odr_analysis.schema import Column, Columns, of_series

FILE_COLUMNS: Columns = {
    "file": Column("str"),
    "kind": Column("str", "kind of export", missing="'unknown' where no reader knows it"),
    "rows_read": Column("int64"),
    "rows_kept": Column("int64"),
    "rows_dropped": Column("int64", "rows_read - rows_kept"),
    "why_dropped": Column("str", "count, reason and first lines", missing="'' if none was dropped"),
    "encoding": Column("str"),
    "delimiter": Column("str", "tab, comma or semicolon"),
    "dates": Column("str", "how dates in it are written"),
    "notes": Column("str", "what a reader should know of it", missing="'' if nothing"),
    "sha256": Column("str", "hash of the content"),
}
"""Columns of ``Coverage.files``: one row per file."""

SERIES_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "n_orders": Column("int64", "orders that count"),
    "first_on": Column("datetime64[us]", "day of the first order"),
    "last_on": Column("datetime64[us]", "day of the last order"),
    "n_days": Column("int64", "days from the first to the last, both included"),
    "n_silent_days": Column("int64", "of them, days without an order"),
    "orders_per_day": Column("float64", "n_orders / n_days"),
}
"""Columns of ``Coverage.series``: one row per marketplace x channel."""

SOURCE_COLUMNS: Columns = {
    "component": Column("str"),
    "source": Column("str", "kind of export, 'none' where no file shows the component"),
    "n_sightings": Column("int64", "times a defect is named in such a file"),
    "n_counted": Column("int64", "of them, sightings that count"),
    "n_not_counted": Column("int64", "n_sightings - n_counted"),
    "n_undated": Column("int64", "sightings without a day"),
    "first_on": Column(
        "datetime64[us]", "first day its files cover", missing="NaT where they have none"
    ),
    "last_on": Column(
        "datetime64[us]", "last day its files cover", missing="NaT where they have none"
    ),
    "grade": Column(
        "str",
        "full, or partial where it cannot show every such defect",
        missing="'' without a source",
    ),
    "stores": Column(
        "str", "sales channels its files are limited to", missing="'' where they name none"
    ),
    "costs": Column(
        "str",
        "what it cannot show, or what it means that there is no source",
        missing="'' if nothing",
    ),
}
"""Columns of ``Coverage.sources``: one row per component x kind of export that can show it."""


@dataclass(frozen=True, eq=False)
class Coverage:
    """What the exports cover.

    Attributes
    ----------
    as_of : datetime.date
    window : Window
        Order days that count on `as_of`.
    headline : str
        Whether anything stands in the way of the number.
    lines : tuple of str
        What was found, one sentence each.
    files, series, spells, sources : pandas.DataFrame
        ``FILE_COLUMNS``, ``SERIES_COLUMNS``, ``SPELL_COLUMNS``, ``SOURCE_COLUMNS``.
    placed : pandas.DataFrame
        One row per calendar day x channel, from the first order day to the last day the
        exports know of: ``ordered_on``, ``channel``, ``n_orders`` (that count, all marketplaces).
    """

    as_of: date
    window: Window
    headline: str
    lines: tuple[str, ...]
    files: pd.DataFrame
    series: pd.DataFrame
    spells: pd.DataFrame
    sources: pd.DataFrame
    placed: pd.DataFrame


def coverage(
    account: Account, as_of: date | str | None = None, *, known: KnownBySeries | None = None
) -> Coverage:
    """What the exports of `account` cover, and what is missing for the rate of `as_of`.

    Parameters
    ----------
    account : Account
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default (None or '') the latest day the exports know of.
    known : mapping, optional
        ``what_is_known`` of that day, where it is at hand.

    Raises
    ------
    ParameterError
        `as_of` is no date.

    Examples
    --------
    >>> from odr_analysis import account_from_frames
    >>> days = pd.date_range("2026-07-01", "2026-08-31").delete(range(9, 29))
    >>> orders = pd.DataFrame({"order_id": [f"o{i}" for i in range(len(days))],
    ...                        "ordered_on": days, "marketplace": "Amazon.de", "channel": "mfn"})
    >>> found = coverage(account_from_frames(orders))
    >>> print(found.spells[["first_on", "last_on", "n_days", "n_usual", "missing"]])
        first_on    last_on  n_days  n_usual  missing
    0 2026-07-10 2026-07-29      20     20.0     True
    """
    day = date_of(asked_on(as_of or None, account.known_to))
    placed = _placed(account)
    spells = silent_spells(placed, account.policy)
    sources = _sources(account)
    window = account.policy.window(day)
    known = what_is_known(account, day) if known is None else known
    problems, fine = _said(account, spells, window, day, known)
    return Coverage(
        as_of=day,
        window=window,
        headline=_headline(len(problems), day),
        lines=(*problems, *fine),
        files=_files(account.receipt),
        series=_series(account, placed),
        spells=spells,
        sources=sources,
        placed=placed,
    )


def _placed(account: Account) -> pd.DataFrame:
    daily = account.daily[account.daily["n_orders"] > 0]
    channels = list(dict.fromkeys(channel for _, channel in account.series))
    if daily.empty:
        none = {"ordered_on": "datetime64[us]", "channel": "str", "n_orders": "int64"}
        return pd.DataFrame(columns=list(none)).astype(none)
    last = max(pd.Timestamp(account.known_to), daily["ordered_on"].max())
    days = pd.date_range(daily["ordered_on"].min(), last, freq="D", unit="us")
    counts = daily.groupby(["ordered_on", "channel"])["n_orders"].sum().unstack(fill_value=0)
    dense = counts.reindex(index=days, columns=channels, fill_value=0).astype("int64")
    long = dense.rename_axis("ordered_on").reset_index()
    long = long.melt("ordered_on", var_name="channel", value_name="n_orders")
    return long.sort_values("ordered_on", kind="stable", ignore_index=True)


def _series(account: Account, placed: pd.DataFrame) -> pd.DataFrame:
    daily = account.daily[account.daily["n_orders"] > 0]
    rows = []
    for marketplace, channel in account.series:
        mine = of_series(daily, marketplace, channel)
        if mine.empty:
            continue
        first, last = mine["ordered_on"].min(), mine["ordered_on"].max()
        n, n_days = int(mine["n_orders"].sum()), (last - first).days + 1
        rows.append((marketplace, channel, n, first, last, n_days, n_days - len(mine), n / n_days))
    return pd.DataFrame(rows, columns=list(SERIES_COLUMNS))


def _sources(account: Account) -> pd.DataFrame:
    defects = account.defects
    rows: list[tuple[Any, ...]] = []
    for component in terms.COMPONENTS:
        mine = defects[defects["component"] == component]
        covering = sources_of(account, component)
        told = dict.fromkeys([*(s.kind for s in covering), *mine["source"]])
        for source in told or ("none",):
            seen = mine[mine["source"] == source]
            n, counted = len(seen), int(seen["counts"].sum())
            on = seen["reported_on"]
            covers = [s.cover for s in covering if s.kind == source]
            first = min((c.first for c in covers if c.first), default=pd.NaT)
            last = max((c.last for c in covers if c.last), default=pd.NaT)
            grade = min((c.grade for c in covers), default="")
            stores = words.listed(sorted({c.store for c in covers} - {"", EVERY_STORE}))
            why = next((c.why for c in covers if c.why), "")
            costs = why if told else COSTS[component]
            counts = (n, counted, n - counted, int(on.isna().sum()))
            rows.append((component, source, *counts, first, last, grade, stores, costs))
    dated = {"first_on": "datetime64[us]", "last_on": "datetime64[us]"}
    return pd.DataFrame(rows, columns=list(SOURCE_COLUMNS)).astype(dated)


def _files(receipt: Receipt) -> pd.DataFrame:
    rows = []
    for f in receipt.files:
        why = []
        for reason, n in f.rows_dropped.items():
            lines = ", ".join(map(str, f.dropped_lines.get(reason, [])[:5]))
            why.append(f"{words.number(n)} x {reason} (line {lines}{', …' if n > 5 else ''})")
        near = [f"nearest kind: {f.nearest}, lacks {words.listed(f.missing)}"] if f.nearest else []
        delimiter = DELIMITER_NAMES.get(f.delimiter, f.delimiter) if f.kind != "unknown" else ""
        counts = (f.rows_read, f.rows_kept, f.rows_read - f.rows_kept)
        how = (f.encoding, delimiter, f.locale)
        notes = "; ".join([*f.notes, *near])
        rows.append((f.file, f.kind, *counts, "; ".join(why), *how, notes, f.sha256))
    return pd.DataFrame(rows, columns=list(FILE_COLUMNS))


def _said(
    account: Account, spells: pd.DataFrame, window: Window, as_of: date, known: KnownBySeries
) -> tuple[list[str], list[str]]:
    """Sentences on what stands in the way, and on what is in order."""
    problems, fine = [], []
    for row in spells[spells["missing"]].to_dict(orient="records"):
        first, last = row["first_on"].date(), row["last_on"].date()
        affected = words.span(row["affects_from"].date(), row["affects_to"].date())
        hits = first <= window.end and last >= window.start
        usual, days = words.number(row["n_usual"]), words.counted(row["n_days"], "day")
        problems.append(
            f"No order from {words.span(first, last)} ({days} in which about {usual} usually "
            f"come): an order export is probably missing. Rates from {affected} are made of too "
            f"few orders, that of {words.day(as_of)} {'' if hits else 'not '}among them."
        )
    if not spells["missing"].any():
        fine.append("No stretch of days without orders looks like a missing export.")
    missing: dict[str, str] = {}
    for series in known.values():
        missing |= {part.why: COSTS[part.component] for part in series.components if part.why}
    problems += [f"Cannot be known: {why}. {costs}" for why, costs in missing.items()]
    otherwise = {
        f"{SUBJECTS[part.component]} ({part.state})": None
        for series in known.values()
        for part in series.components
        if not part.counted and not part.why
    }
    if otherwise:
        fine.append(f"Without a file for these days: {words.listed(list(otherwise))}.")
    elif not missing:
        fine.append(
            "Negative feedback, A-to-z claims and chargebacks are each known for the orders "
            "that count."
        )
    placed = account.daily.loc[account.daily["n_orders"] > 0, "ordered_on"]
    said = f"Counted are orders of {words.span(window.start, window.end)}"
    if placed.empty:
        problems.append("No order in the exports counts.")
    elif placed.min().date() > window.start or account.known_to < window.end:
        reach = words.span(placed.min().date(), account.known_to)
        problems.append(f"{said}; the exports reach from {reach}, so the counts are too low.")
    else:
        fine.append(f"{said}; the exports cover all {words.counted(window.days, 'day')}.")
    receipt = account.receipt
    if receipt.rows_dropped:
        share = receipt.rows_dropped / receipt.rows_read
        problems.append(
            f"{words.counted(receipt.rows_dropped, 'row')} of {words.number(receipt.rows_read)} "
            f"could not be used ({words.percent(share)}); the table of files says which lines and "
            "why."
        )
    else:
        fine.append(f"All {words.counted(receipt.rows_read, 'row')} read could be used.")
    return problems, fine


def _headline(n_problems: int, as_of: date) -> str:
    if not n_problems:
        return f"Nothing is missing for the rate of {words.day(as_of)}."
    things = words.counted(n_problems, "thing")
    return f"{things} to know before trusting the rate of {words.day(as_of)}."
