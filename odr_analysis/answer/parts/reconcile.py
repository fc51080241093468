"""Amazon's own number beside ours, in a seller's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from odr_analysis import words
from odr_analysis.answer.parts.reconciled_rules import (
    LATE,
    MOST_NEAR,
    ORDERS_TOLD,
    if_own_rules,
    own_is_near,
    rules,
    search_lines,
)
from odr_analysis.policy import Policy
from odr_analysis.reconciliation.reconcile import COUNTS, PARTS, Reconciliation, Search
from odr_analysis.schema import Column, Columns, table_of

COUNT_LABELS: dict[str, str] = dict(
    zip(
        COUNTS,
        ("orders", "with defects", "negative feedback", "A-to-z claims", "chargebacks"),
        strict=True,
    )
)
_SINGULAR = {"orders": "order", "A-to-z claims": "A-to-z claim", "chargebacks": "chargeback"}

FIT_COLUMNS: Columns = {
    "number": Column("int64"),
    "rules": Column("str", "what differs from the account's rules, in words"),
    "exact": Column("bool", "reproduces every stated count"),
    "distance": Column("int64", "0 where it is exact"),
    "alike": Column("int64", "fits with the same number here have equal counts"),
}
"""Columns of :func:`fits_table`: one row per fit."""

OFFICIAL_COLUMNS: Columns = {
    "report": Column("str", "day of the report"),
    "series": Column("str", "channel and marketplace"),
    "window": Column("str", "order days"),
    "amazon": Column("str", "Amazon's counts and their rate"),
    "files": Column("str", "ours for the same order days"),
    "difference": Column("str", "what we count more or less, 'none' where all counts are the same"),
}
"""Columns of :func:`official_table`: one row per report and series, newest first."""


def reconciled_line(found: Reconciliation) -> str:
    """The newest report and ours in one sentence: the same, or what makes them differ.

    The example of several series is the one with most orders.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> from odr_analysis.exports.readers.contract import snapshots
    >>> from odr_analysis.reconciliation.reconcile import reconcile
    >>> reconciled_line(reconcile(load_sample(), snapshots([]))).partition(",")[0]
    'No performance report is among the files'
    """
    if found.counts.empty:
        return found.notes[0]
    newest = found.counts[found.counts.day == found.counts.day.max()]
    usable = newest[newest.why_not_searched == ""]
    rows = (newest if usable.empty else usable).assign(
        n=lambda t: t.n_orders_amazon.fillna(0).astype("int64")
    )
    row = rows.sort_values("n", ascending=False, kind="stable").iloc[0].to_dict()
    head = _both(row)
    if usable.empty:
        return f"{head}; they cannot be compared: {row['why_not_searched']}."
    search = found.days[-1]
    changes = search.fits[0].changes
    if search.exact and not changes:
        more = search.n_exact - 1
        day = words.day(row["day"])
        also = f", and {words.counted(more, 'other set')} of rules would do" if more else ""
        return f"Amazon's report of {day} and these files have the same counts{also}."
    own = if_own_rules(search)
    if search.exact and changes.items() <= search.agreed.items():
        return (
            f"{head}. The counts are equal if {rules(changes)}; a few missing records do not "
            "explain the difference."
        )
    if search.exact:
        under = f"if {rules(changes)}"
        if search.n_exact > 1:
            sets = words.spelled(search.n_exact)
            under = f"under {sets} sets of rules (for example if {rules(changes)})"
        # A few missing records are more usual than other rules.
        first, second = (f"if {own}", under) if own_is_near(search) else (under, f"if {own}")
        return f"{head}. The counts are equal {first}, or {second}."
    if not changes and not search.unexplained:
        return f"{head}. The counts are equal if {LATE}."
    closest = f" The closest set: {rules(changes)}." if 0 < len(changes) <= MOST_NEAR else ""
    if not search.unexplained and closest:
        return f"{head}. The counts are equal if {rules(changes)} and {LATE}, or if {own}."
    return (
        f"{head}. No set of rules gives Amazon's counts. If the account's own rules apply, "
        f"{own}.{closest}"
    )


def _both(row: Mapping[Any, Any]) -> str:
    """``Amazon counts 43 orders and 1 with defects, these files 45 and 2 (...)``."""
    amazon = [row["n_orders_amazon"], row["n_defective_amazon"]]
    stated = ["an unstated number of" if pd.isna(n) else words.number(n) for n in amazon]
    ours = [words.number(row[f"{c}_ours"]) for c in COUNTS[:2]]
    name = _name(row)
    return (
        f"Amazon counts {stated[0]} orders and {stated[1]} with defects, these files {ours[0]} "
        f"and {ours[1]} ({name}, report of {words.day(row['day'])})"
    )


def _name(row: Mapping[Any, Any]) -> str:
    if row["channel"] == "":
        return f"{row['marketplace']}, both channels"
    return words.series(row["marketplace"], row["channel"])


def reconciled_lines(found: Reconciliation) -> list[str]:
    """Everything that was found, as ``odr reconcile`` prints it."""
    if found.counts.empty:
        return list(found.notes)
    lines: list[str] = []
    for i, row in enumerate(found.counts.to_dict("records")):
        parts = found.parts.iloc[len(PARTS) * i : len(PARTS) * (i + 1)].set_index("part")
        lines += [*_block_lines(row, parts), ""]
    for search, head in _searches(found):
        lines += [*search_lines(search, head), ""]
    lines += _list_lines(found.one_sided)
    lines += found.notes
    return lines[:-1] if lines[-1] == "" else lines


def fit_lines(found: Reconciliation) -> list[str]:
    """The rules that fit, one sentence each: per report, and all reports together."""
    lines = []
    for search, head in _searches(found):
        first, *fits = (line.strip() for line in search_lines(search, head))
        lines.append(" ".join([first, *(fit if fit[-1] in ".:" else f"{fit}." for fit in fits)]))
    return lines


def _searches(found: Reconciliation) -> list[tuple[Search, str]]:
    if len(found.days) == 1 or found.together is None:
        return [(found.together, "")] if found.together else []
    each = [(s, f"Report of {words.day(s.blocks[0].day)}: ") for s in found.days]
    return [*each, (found.together, "All reports together: ")]


def _block_lines(row: Mapping[Any, Any], parts: pd.DataFrame) -> list[str]:
    """Counts side by side, and why they are not those of the last 60 days."""
    span = words.span(row["from_on"].date(), row["to_on"].date())
    lines = [
        f"{_name(row)}, Amazon's report of {words.day(row['day'])} (orders placed {span})",
        f"  {'':<18}{'Amazon':>10}{'these files':>14}{'difference':>13}",
    ]
    for count, label in COUNT_LABELS.items():
        amazon, ours, off = (row[f"{count}_{w}"] for w in ("amazon", "ours", "difference"))
        stated = "not stated" if pd.isna(amazon) else words.number(amazon)
        said = "" if pd.isna(off) else "none" if off == 0 else f"{off:+,}"
        lines.append(f"  {label:<18}{stated:>10}{words.number(ours):>14}{said:>13}")
    lines += [f"  {sentence}" for sentence in difference_sentences(row, parts)]
    return lines


def difference_sentences(row: Mapping[Any, Any], parts: pd.DataFrame) -> list[str]:
    """What lies between Amazon's counts and what a seller sees, one sentence each.

    Parameters
    ----------
    row : mapping
        A row of ``Reconciliation.counts``.
    parts : pandas.DataFrame
        Its rows of ``Reconciliation.parts``, by ``part``.
    """
    n, bad = parts["n_orders"], parts["n_defective"]
    day, to_on = row["day"].date(), row["to_on"].date()
    length = (to_on - row["from_on"].date()).days + 1
    said = []
    if n["too new"] or n["older"]:
        stated = row["n_orders_amazon"]
        amazon = "" if pd.isna(stated) else f"Amazon counts {words.counted(stated, 'order')}, "
        said.append(
            f"{amazon}these files have {words.number(n['last days'])} in the {length} days to "
            f"{words.day(day)}: Amazon's window ends {words.counted((day - to_on).days, 'day')} "
            f"before its report, so {words.number(-n['too new'])} placed after "
            f"{words.day(to_on, day.year)} are not in it yet and {words.number(n['older'])} placed "
            "earlier still are."
        )
    if row["n_known_later"]:
        later = words.counted(row["n_known_later"], "order")
        said.append(f"{later} became known as defective only after that day.")
    if not pd.isna(row["missing_from"]):
        lacking = words.span(row["missing_from"].date(), row["missing_to"].date())
        said.append(f"These files do not reach {lacking}; orders of those days are missing.")
    if row["why_not_searched"]:
        said.append(f"No rules were tried: {row['why_not_searched']}.")
    elif n["unexplained"] or bad["unexplained"]:
        said.append(f"Not explained by rules: {_rest(n['unexplained'], bad['unexplained'])}.")
    return said


def _rest(n_orders: int, n_defective: int) -> str:
    """What remains, and what looks like that."""
    said = []
    if n_orders:
        more = "more" if n_orders > 0 else "fewer"
        said.append(
            f"Amazon counts {words.counted(abs(n_orders), f'order {more}', f'orders {more}')}"
            + (" (is an export missing?)" if n_orders > 0 else "")
        )
    if n_defective > 0:
        said.append(
            f"Amazon counts {words.number(n_defective)} more with defects, as it would if feedback "
            "was removed since, or a case is in no file"
        )
    if n_defective < 0:
        said.append(
            f"Amazon counts {words.number(-n_defective)} fewer with defects, as it would if it "
            "took some out, or did not know them yet"
        )
    return "; ".join(said)


def _list_lines(one_sided: pd.DataFrame) -> list[str]:
    if one_sided.empty:
        return []
    lines = []
    for side, title in (("list", "On Amazon's list only"), ("files", "In these files only")):
        mine = one_sided[one_sided.side == side]
        if len(mine):
            lines.append(f"{title} ({words.counted(len(mine), 'defect')}):")
            for row in mine.head(ORDERS_TOLD).to_dict("records"):
                lines.append(f"  {row['order_id']}  {row['component']}: {row['why']}")
            if len(mine) > ORDERS_TOLD:
                lines.append(f"  and {words.number(len(mine) - ORDERS_TOLD)} more")
    return [*lines, ""]


def official_table(found: Reconciliation) -> pd.DataFrame:
    """Every report beside ours, newest first: the history of Amazon's own number.

    Returns
    -------
    pandas.DataFrame
        **One row per report and series**; columns ``OFFICIAL_COLUMNS``.
    """
    rows = []
    for row in found.counts.to_dict("records"):
        said = []
        for count, label in COUNT_LABELS.items():
            off = row[f"{count}_difference"]
            if not pd.isna(off) and off:
                said.append(f"{off:+,} {_SINGULAR.get(label, label) if abs(off) == 1 else label}")
        amazon = (row["n_defective_amazon"], row["n_orders_amazon"])
        rows.append(
            (
                words.day(row["day"]),
                _name(row),
                words.span(row["from_on"].date(), row["to_on"].date()),
                "not stated" if any(map(pd.isna, amazon)) else _rate(*amazon, found.policy),
                _rate(row["n_defective_ours"], row["n_orders_ours"], found.policy),
                ", ".join(said) or "none",
            )
        )
    table = pd.DataFrame(rows, columns=list(OFFICIAL_COLUMNS), dtype="str")
    by_day = sorted(range(len(rows)), key=lambda i: (-found.counts.day.iloc[i].toordinal(), i))
    return table.iloc[by_day].reset_index(drop=True)


def _rate(n_defective: int, n_orders: int, policy: Policy) -> str:
    of = f"{words.number(n_defective)} of {words.number(n_orders)}"
    return f"{of}, {words.rate(n_defective, n_orders, policy)}"


def fits_table(search: Search | None) -> pd.DataFrame:
    """The fits of a search in words; ``FIT_COLUMNS``, no row where nothing was searched."""
    rows = [
        (fit.number, rules(fit.changes), fit.distance == 0, fit.distance, i)
        for i, group in enumerate(search.groups if search else (), 1)
        for fit in group.fits
    ]
    return table_of(rows, FIT_COLUMNS)
