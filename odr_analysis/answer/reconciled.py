"""Amazon's own number beside ours, in a seller's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from odr_analysis import words
from odr_analysis.exports.rows import typed
from odr_analysis.policy import Policy
from odr_analysis.rates.reconcile import COUNTS, PARTS, Fit, Reconciliation, Search

COUNT_LABELS: dict[str, str] = dict(
    zip(
        COUNTS,
        ("orders", "with defects", "negative feedback", "A-to-z claims", "chargebacks"),
        strict=True,
    )
)
_SINGULAR = {"orders": "order", "A-to-z claims": "A-to-z claim", "chargebacks": "chargeback"}

SWITCH_WORDS: dict[str, str] = {
    "count_cancelled_orders": "cancelled orders",
    "count_pending_orders": "pending orders",
    "count_pending_claims": "claims under review",
    "count_withdrawn_claims": "withdrawn claims",
    "count_denied_claims": "denied claims",
    "count_refunded_claims": "claims refunded after they were filed",
    "count_cancelled_claims": "claims that ended with the order cancelled",
    "count_amazon_funded_claims": "claims granted at Amazon's cost",
    "count_protected_claims": "claims under Buy Shipping protection",
    "count_appealed_claims": "claims won on appeal",
    "count_open_chargebacks": "open chargebacks",
    "count_won_chargebacks": "chargebacks won",
    "count_struck_feedback": "feedbacks struck through",
    "count_removed_feedback": "removed feedbacks",
    "count_inferred_defects": "defects known from money alone",
    "count_recovered_defects": "defects whose money came back",
}
"""Switch of the policy to what it counts or does not."""

FITS_TOLD = 5
"""Fits told one by one; ``--json`` has up to ``MOST_FITS``."""
ORDERS_TOLD = 10
MOST_NEAR = 2
"""Rules that the nearest set may change to be worth a sentence where none fits."""
RECORD = "record (an order, a defect or a decision)"
RECORDS = "records (orders, defects or decisions)"

FIT_COLUMNS: dict[str, str] = {
    "number": "int64",
    "rules": "str; what differs from the account's rules, in words",
    "exact": "bool; reproduces every stated count",
    "distance": "int64; 0 where it is exact",
    "alike": "int64; fits with the same number here have equal counts",
}
"""Columns of :func:`fits_table`: one row per fit."""

OFFICIAL_COLUMNS: dict[str, str] = {
    "report": "str; day of the report",
    "series": "str; channel and marketplace",
    "window": "str; order days",
    "amazon": "str; Amazon's counts and their rate",
    "files": "str; ours for the same order days",
    "difference": "str; what we count more or less, 'none' where all counts are the same",
}
"""Columns of :func:`official_table`: one row per report and series, newest first."""


def rule(name: str, value: Any) -> str:
    """One changed rule in words.

    >>> rule("count_cancelled_orders", False), rule("window_moved", 1)
    ('cancelled orders do not count', 'the window lies one day later than stated')
    """
    if name == "day_boundary":
        return "days are UTC days" if value == "utc" else "days are those of the store"
    if name == "window_moved":
        return f"the window lies one day {'later' if value > 0 else 'earlier'} than stated"
    noun = SWITCH_WORDS.get(name, name.removeprefix("count_").replace("_", " "))
    return f"{noun} {'count' if value else 'do not count'}"


def rules(changes: Mapping[str, Any]) -> str:
    """What a fit changes of the account's rules, in words.

    >>> rules({}), rules({"count_pending_orders": False, "window_moved": -1})
    ("the account's own rules", 'pending orders do not count and the window lies one day \
earlier than stated')
    """
    return words.listed([rule(*change) for change in changes.items()]) or "the account's own rules"


def reconciled_line(found: Reconciliation) -> str:
    """The newest report and ours in one sentence: the same, or what makes them differ.

    The example of several series is the one with most orders.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> from odr_analysis.exports.rows import snapshots
    >>> from odr_analysis.rates.reconcile import reconcile
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
    first = search.fits[0]
    more = search.n_exact - 1
    if search.exact and not first.changes:
        also = f", and {words.counted(more, 'other set')} of rules would do" if more else ""
        day = words.day(row["day"])
        return f"Amazon's report of {day} and these files have the same counts{also}."
    if search.n_exact > 1:
        return (
            f"{head}: {words.spelled(search.n_exact)} sets of rules make them equal, for instance "
            f"that {rules(first.changes)}, or if {_not_in_files(search)}."
        )
    if search.exact:
        return f"{head}: they are equal if {rules(first.changes)}, or if {_not_in_files(search)}."
    if not search.unexplained:
        lag = "what a report may lag behind by explains the rest"
        return f"{head}: {lag}{_nearest(first)}."
    return (
        f"{head}: no set of rules explains it all, and under the account's own rules "
        f"{_not_in_files(search)}{_nearest(first)}."
    )


def _nearest(fit: Fit) -> str:
    """The nearest set of rules, unsaid where it changes so many that it explains anything."""
    if 0 < len(fit.changes) <= MOST_NEAR:
        return f". The nearest is that {rules(fit.changes)}"
    return ""


def _not_in_files(search: Search) -> str:
    """How many records would be missing from the files if the account's own rules hold."""
    n = search.one_missing.n_own
    if n == 1:
        return f"one {RECORD} is not in these files"
    return f"at least {words.number(n)} {RECORDS} are not in these files"


def _missing_lines(search: Search) -> list[str]:
    """What records that are not in the files explain as well."""
    own, n, changes = search.one_missing
    lines = []
    if own:
        lines.append(f"  Or the account's own rules apply, and {_not_in_files(search)}.")
    if n and changes:
        sets = "one other set" if n == 1 else f"{words.number(n)} other sets"
        verb = "reproduces" if n == 1 else "reproduce"
        lines.append(
            f"  With one more {RECORD}, {sets} of rules {verb} every count, for instance that "
            f"{rules(changes)}."
        )
    return lines


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
        lines += [*_search_lines(search, head), ""]
    lines += _list_lines(found.one_sided)
    lines += found.notes
    return lines[:-1] if lines[-1] == "" else lines


def fit_lines(found: Reconciliation) -> list[str]:
    """The rules that fit, one sentence each: per report, and all reports together."""
    lines = []
    for search, head in _searches(found):
        first, *fits = (line.strip() for line in _search_lines(search, head))
        lines.append(" ".join([first, *(f"{fit}." if fit[-1] != "." else fit for fit in fits)]))
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
        said.append(
            f"Left over by the nearest rules: {_rest(n['unexplained'], bad['unexplained'])}."
        )
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


def _search_lines(search: Search, head: str) -> list[str]:
    lines = []
    if search.n_exact == 1:
        lines.append(f"{head}One set of rules reproduces every count:")
    elif search.exact:
        n = words.spelled(search.n_exact).capitalize()
        lines.append(
            f"{head}{n} sets of rules reproduce every count; the report cannot tell them apart:"
        )
    elif len(search.fits[0].changes) > MOST_NEAR:
        lines.append(f"{head}No set of rules that is near the account's own reproduces the counts.")
    else:
        lines.append(
            f"{head}No set of rules reproduces every count. "
            + (
                "Nearest, with what a report may lag behind by:"
                if search.unexplained == 0
                else f"Nearest (distance {search.fits[0].distance}):"
            )
        )
    if not search.exact and len(search.fits[0].changes) > MOST_NEAR:
        return [*lines, *_missing_lines(search)]
    told = search.fits[: search.n_exact or None]
    for fit in told[:FITS_TOLD]:
        lines.append(f"  {fit.number}. {rules(fit.changes)}{_effect(fit)}")
        if fit.same:
            others = "; or ".join(map(rules, fit.same))
            lines.append(f"     or, with the same orders: {others}")
    rest = (search.n_exact or search.n_fits) - len(told[:FITS_TOLD])
    if rest:
        lines.append(f"  and {words.counted(rest, 'other')}")
    lines += _missing_lines(search)
    lines += _apart_lines(search)
    lagging = search.n_fits - search.n_exact
    if search.exact and lagging:
        sets = "set of rules does" if lagging == 1 else "sets of rules do"
        lines.append(
            f"  {words.spelled(lagging).capitalize()} more {sets} if the report lacks defects of "
            "its last day, or still has some that were taken out lately."
        )
    if search.no_difference:
        nouns = words.listed([f"no {SWITCH_WORDS[s]}" for s in search.no_difference])
        lines.append(f"  There are {nouns} in or near these windows, so they do not matter.")
    return lines


def _effect(fit: Fit) -> str:
    """`` (-2 orders, -1 with defects)`` of the changes of a fit."""
    n, bad = (sum(getattr(s, c) for s in fit.steps) for c in ("n_orders", "n_defective"))
    if not fit.steps:
        return ""
    orders = "order" if abs(n) == 1 else "orders"
    return f" ({n:+,} {orders}, {bad:+,} with defects)"


def _apart_lines(search: Search) -> list[str]:
    group = search.groups[0]
    if len(group.fits) < 2:
        return []
    n = words.counted(group.n_apart, "order")
    lines = [f"  {n} would tell them apart (Account Health lists those with defects):"]
    for row in group.orders.head(ORDERS_TOLD).to_dict("records"):
        by = row["counted_by"] or "none"
        defective = f", with a defect by {row['defective_by']}" if row["defective_by"] else ""
        lines.append(f"    {row['order_id']}  {row['peculiar']}: counted by {by}{defective}")
    if group.n_apart > min(len(group.orders), ORDERS_TOLD):
        lines.append(f"    and {words.number(group.n_apart - ORDERS_TOLD)} more")
    return lines


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
    return typed(pd.DataFrame(rows, columns=list(FIT_COLUMNS)), FIT_COLUMNS)
