"""The tables an appeal needs: root causes, the orders behind them, before and after a fix."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from odr_analysis import words
from odr_analysis.account import Account
from odr_analysis.answer.day import account_day
from odr_analysis.answer.parts.causes import cause_sentences, nothing_stands_out
from odr_analysis.causes.before_after import before_after, before_after_sentence, check_since
from odr_analysis.policy import Policy
from odr_analysis.rates import order_weeks, with_products
from odr_analysis.rates.rolling import date_of, day_number, day_numbers, in_window, named_day
from odr_analysis.receipt import Receipt
from odr_analysis.remote.address import no_place_for_files
from odr_analysis.save_tables import markdown_text, to_csv, to_markdown
from odr_analysis.versions import versions
from odr_analysis.writing import in_words, together

PAGE = "evidence.md"
MOST_ROWS = 25
"""Rows of a table on the page; its CSV has all."""
ROOT_FACTORS = ("product", "carrier", "ship service", "destination")


@dataclass(frozen=True, eq=False)
class Evidence:
    """What happened, why, and whether a fix helped.

    Attributes
    ----------
    account : str
    since, as_of : datetime.date
        First day of the fix, and the day all is stated for.
    rates : pandas.DataFrame
        ``component_rates`` of `since` and `as_of`.
    causes : pandas.DataFrame
        ``leading_causes`` of `as_of`, and of the day before the fix.
    groups : pandas.DataFrame
        ``drivers`` by product, carrier, ship service and destination that have defects.
    nothing : str
        What to say where there is no cause: how much was compared, and what would have shown.
    reasons : pandas.DataFrame
        ``reason_rates`` between the two days.
    weeks : pandas.DataFrame
        ``order_weeks`` of `as_of`.
    comparison : pandas.DataFrame
        ``before_after`` of the fix.
    orders : pandas.DataFrame
        One row per defective order of either window: ``defect_reasons``, ``products``,
        ``carrier``, and ``placed`` before or since the fix.
    policy : Policy
    receipt : Receipt
    """

    account: str
    since: date
    as_of: date
    rates: pd.DataFrame
    causes: pd.DataFrame
    groups: pd.DataFrame
    nothing: str
    reasons: pd.DataFrame
    weeks: pd.DataFrame
    comparison: pd.DataFrame
    orders: pd.DataFrame
    policy: Policy
    receipt: Receipt


TABLES: dict[str, str] = {
    "causes": "root-causes.csv",
    "groups": "groups.csv",
    "reasons": "reasons.csv",
    "weeks": "weeks.csv",
    "comparison": "before-after.csv",
    "orders": "orders.csv",
}
"""Attribute of :class:`Evidence` to the file it is written to."""


def evidence(account: Account, since: date | str, as_of: date | str | None = None) -> Evidence:
    """Root causes by product, reason, carrier and week, their orders, and what a fix changed.

    Parameters
    ----------
    account : Account
    since : datetime.date, pandas.Timestamp or ISO text
        First day of the fix.
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default ``account.known_to``.

    Raises
    ------
    ParameterError
        One of the days is no date, or `since` is after `as_of`.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> found = evidence(load_sample(), "2026-08-25")
    >>> len(found.causes), sorted(set(found.orders.placed))
    (1, ['before', 'since'])
    """
    day = account_day(account, as_of)
    today, rates, found = day.as_of, day.rates, day.groups
    first = date_of(named_day(since, "since"))
    check_since(first, today)
    before = account_day(account, first - timedelta(days=1))
    rooted = found[found.factor.isin(ROOT_FACTORS) & (found.n_defective > 0)]
    keys = ["marketplace", "channel", "reason", "factor", "level"]
    causes = pd.concat([day.causes, before.causes])
    comparison = before_after(account, first, today, why=day.reasons, causes=causes)
    return Evidence(
        account=account.name,
        since=first,
        as_of=today,
        rates=rates[rates.as_of.isin([pd.Timestamp(first), pd.Timestamp(today)])],
        causes=causes.drop_duplicates(keys).reset_index(drop=True),
        groups=rooted.reset_index(drop=True),
        nothing=nothing_stands_out(found),
        reasons=day.reason_rates(first),
        weeks=order_weeks(account, today),
        comparison=comparison,
        orders=_orders(account, day.reasons, first, today),
        policy=account.policy,
        receipt=account.receipt,
    )


def _orders(account: Account, why: pd.DataFrame, first: date, today: date) -> pd.DataFrame:
    ordered = day_numbers(why.ordered_on)
    inside = [in_window(ordered, day_number(day), account.policy) for day in (first, today)]
    young = (why.ordered_on >= pd.Timestamp(first)).to_numpy()
    rows = why[inside[0] | inside[1] | young].reset_index(drop=True)
    items = account.items
    mine = items[items.order_id.isin(rows.order_id) & (items.carrier != "")]
    carriers = mine.groupby("order_id").carrier.agg(lambda c: "; ".join(dict.fromkeys(c)))
    carrier = rows.order_id.map(carriers).astype(object).fillna("").astype("str")
    placed = (rows.ordered_on >= pd.Timestamp(first)).map({True: "since", False: "before"})
    return with_products(rows, items).assign(carrier=carrier, placed=placed.astype("str"))


def evidence_page(found: Evidence) -> str:
    """The evidence as a Markdown page; every word from the exports is escaped."""
    year = found.as_of.year
    lines = [
        f"# Order Defect Rate of {markdown_text(found.account)}: root causes and evidence",
        "",
        f"As of {words.day(found.as_of)}; fix since {words.day(found.since)}. "
        f"Rules: {markdown_text(found.policy.name)}. Counts are of whole orders, each once.",
        "",
        "## The rate",
        "",
        *_rate_lines(found),
        "",
        "## Root causes",
        "",
        *[f"- {markdown_text(line)}" for line in cause_sentences(found.causes, year=year)],
    ]
    if found.causes.empty:
        lines.append(f"- {found.nothing}")
    lines += [
        "",
        "A group named here goes wrong more often than chance allows; it is a suspect until what "
        "happened is known. “At least” allows for the group being picked because it looked bad; "
        "the observed ratio does not. The order ids are in `root-causes.csv`.",
        "",
        "## Before and after the fix",
        "",
        "Orders placed since are held against those of the 60 days before **at the same age**: "
        "younger orders have had less time to go wrong. A product, service or place stands here "
        "because it went wrong often; such a group does better afterwards by itself, even where "
        "nothing was mended (regression to the mean). The same holds for all orders and for a "
        "reason where the fix began because the rate had risen; only a fix whose day was set "
        "without a look at the rate is free of it.",
        "",
        *[
            f"- {markdown_text(_series(row, found) + before_after_sentence(row, found.since))}"
            for row in found.comparison.to_dict("records")
        ],
        "",
    ]
    for title, table, columns in (
        ("Reasons", found.reasons, _REASONS),
        ("Groups of orders", found.groups, _GROUPS),
        ("Weeks of order", found.weeks, _WEEKS),
        ("Defective orders", found.orders, _ORDERS),
    ):
        lines += [f"## {title}", ""]
        shown = _in_words(table.head(MOST_ROWS))
        lines.append(to_markdown(shown[list(columns)], columns) if len(table) else "None.")
        if len(table) > len(shown):
            lines += ["", f"{words.number(len(table) - len(shown))} more are in the CSV."]
        lines.append("")
    receipt = found.receipt
    dropped = receipt.rows_read - receipt.rows_kept
    lines += [
        "## What this is built on",
        "",
        f"{words.counted(receipt.rows_read, 'row')} read of "
        f"{words.counted(len(receipt.files), 'file')}, {words.number(dropped)} dropped. "
        + ", ".join(f"{name} {version}" for name, version in versions().items())
        + ".",
        "",
        *[
            f"- {f'`{file.sha256[:16]}` ' if file.sha256 else ''}{markdown_text(file.file)} "
            f"({file.kind})"
            for file in receipt.files
        ],
        "",
    ]
    return "\n".join(lines)


def save_evidence(found: Evidence, folder: str | Path) -> list[Path]:
    """Write the page and a CSV per table into a folder, as one; returns the paths.

    Raises
    ------
    PlaceError
        The folder cannot be written to.
    MachineError
        The disk is full.

    Examples
    --------
    >>> import tempfile
    >>> from odr_analysis import load_sample
    >>> found = evidence(load_sample(), "2026-08-25")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in save_evidence(found, folder)][:3]
    ['evidence.md', 'root-causes.csv', 'groups.csv']
    """
    no_place_for_files(folder, "--out")
    folder = Path(folder)
    with together(folder) as made, in_words(folder, "--out"):
        (made / PAGE).write_text(evidence_page(found), "utf-8")
        for name, file in TABLES.items():
            to_csv(getattr(found, name), made / file)
    return [folder / file for file in (PAGE, *TABLES.values())]


_REASONS = {
    "channel": "channel",
    "reason": "reason",
    "from_n_defective": "orders before",
    "n_defective": "orders now",
    "first_on": "first placed",
    "last_on": "last placed",
}
_GROUPS = {
    "channel": "channel",
    "reason": "reason",
    "factor": "by",
    "level": "group",
    "n_orders": "orders",
    "n_defective": "defective",
    "rest_n_orders": "others",
    "rest_n_defective": "defective others",
    "p_adjusted": "p, of all groups",
}
_WEEKS = {
    "channel": "channel",
    "first_on": "first day",
    "last_on": "last day",
    "n_orders": "orders",
    "n_defective": "defective",
}
_ORDERS = {
    "order_id": "order",
    "channel": "channel",
    "ordered_on": "placed",
    "kinds": "defect",
    "reason": "reason",
    "products": "products",
    "carrier": "carrier",
    "evidence": "words",
}


def _in_words(table: pd.DataFrame) -> pd.DataFrame:
    """Channels as sellers call them, and a word where no reason is named."""
    said = table.assign(channel=table.channel.map(words.channel))
    if "reason" in said:
        untold = "any" if "factor" in said else "reason not known"
        said["reason"] = said.reason.where(said.reason != "", untold)
    return said


def _series(row: dict[Any, Any], found: Evidence) -> str:
    alone = found.comparison.marketplace.nunique() <= 1
    return f"{words.series(row['marketplace'], row['channel'], alone=alone)}. "


def _rate_lines(found: Evidence) -> list[str]:
    alone = found.rates.marketplace.nunique() <= 1
    lines = []
    for row in found.rates.to_dict("records"):
        name = words.series(row["marketplace"], row["channel"], alone=alone)
        d, n = int(row["n_defective"]), int(row["n_orders"])
        lines.append(
            f"- {markdown_text(name)}, {words.day(row['as_of'])}: {words.rate(d, n, found.policy)} "
            f"({words.number(d)} of {words.counted(n, 'order')})"
        )
    return lines or ["- No order counts on either day."]
