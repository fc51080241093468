"""The Business Report "Sales and Traffic by Date": Amazon's counts per day, without orders.

Of its columns three say what Amazon knows of defects: feedback received, negative feedback (one
or two stars) received, and A-to-z claims granted. No order is named, so none of them is a defect
here: they are held against what the other files have (:mod:`~odr_analysis.exports.counted`).

==========  ===========================================================================
form        where the counts stand
==========  ===========================================================================
CSV         Seller Central > Reports > Business Reports; the titles are known in English
            and Korean, as exports met in public have them; other languages are set aside
JSON        ``GET_SALES_AND_TRAFFIC_REPORT`` of the Selling Partner API:
            ``salesAndTrafficByDate`` with ``claimsGranted`` of ``salesByDate`` and
            ``negativeFeedbackReceived`` of ``trafficByDate``; it names its marketplace
==========  ===========================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from odr_analysis import faults, terms
from odr_analysis.exports.readers.contract import Read, Tally, snapshots
from odr_analysis.exports.text.dates import hint_of, read_days
from odr_analysis.exports.text.delimited import Table, find_column, plain
from odr_analysis.exports.text.json_xml import field, line_of, parse_json, several

KIND = "business-report"
METRIC = "counts_per_day"
"""``metric`` of its rows: ``n_total`` is feedback received, ``n_feedback`` negative feedback,
``n_claim`` claims granted."""

TITLES: dict[str, tuple[str, ...]] = {
    "date": ("date", "날짜"),
    "n_total": ("feedback received", "피드백 수신"),
    "n_feedback": ("negative feedback received", "부정적인 피드백 수신"),
    "n_claim": (
        "a to z claims granted",
        "a to z guarantee claims granted",
        "보증된 A-to-Z 보증 클레임",
    ),
}
NEEDED = ("date", "negative feedback received or A-to-z claims granted")
"""Columns the reader cannot do without; of the two counts one is enough."""

_SALES = ("ordered product sales", "주문한 상품 판매량")
_SIGNS: dict[str, str] = {
    **dict.fromkeys(("US$", "USD"), "USD"),
    **dict.fromkeys(("CA$", "CDN$", "CAD"), "CAD"),
    **dict.fromkeys(("MX$", "MXN"), "MXN"),
    **dict.fromkeys(("A$", "AU$", "AUD"), "AUD"),
    **dict.fromkeys(("S$", "SGD"), "SGD"),
    **dict.fromkeys(("R$", "BRL"), "BRL"),
    **dict.fromkeys(("€", "EUR"), "EUR"),
    **dict.fromkeys(("£", "GBP"), "GBP"),
    **dict.fromkeys(("₹", "INR"), "INR"),
    **dict.fromkeys(("￥", "¥", "JP¥", "JPY"), "JPY"),
    **dict.fromkeys(("zł", "PLN"), "PLN"),
    **dict.fromkeys(("₺", "TRY", "TL"), "TRY"),
    **dict.fromkeys(("SEK",), "SEK"),
}
"""Sign of an amount to its currency; a bare $ or kr is that of several."""
_SIGN = re.compile(r"[^\d\s.,'’()+−-]+")
_COUNT = re.compile(r"(\d{1,3}(?:[.,'\u00a0\u202f ]\d{3})+|\d+)(?:[.,]0+)?")

_DOCUMENT = '"salesAndTrafficByDate"'
_DAYS_OF = {"DAY": 1, "WEEK": 7, "MONTH": 31}


def looks_like(header: list[str], sample_rows: list[list[str]]) -> bool:
    """Whether a header has the day and a count of defects, and no order.

    >>> looks_like(["Date", "Units Ordered", "A-to-z Claims Granted"], [])
    True
    """
    return not missing(header) and find_column(header, "order id", "amazon order id") is None


def missing(header: list[str]) -> list[str]:
    """Needed columns a header lacks."""
    has = (
        find_column(header, *TITLES["date"]) is not None,
        any(find_column(header, *TITLES[c]) is not None for c in ("n_feedback", "n_claim")),
    )
    return [name for name, there in zip(NEEDED, has, strict=True) if not there]


def read(table: Table, *, marketplace: str | None) -> Read:
    """Amazon's counts of each row, a day, week or month.

    Parameters
    ----------
    table : Table
        The file.
    marketplace : str or None
        How its store writes days, where the file leaves that open.

    Returns
    -------
    Read
        ``snapshots`` has one row per row with a day; see ``terms.SNAPSHOT_COLUMNS``, and
        ``METRIC``. ``marketplace`` is the only store with the currency of its sales, else the
        currency, '' where the file has neither. A row without a day, as the totals are, is
        dropped. ``latest`` is None: days with sales move no report.

    Examples
    --------
    >>> from odr_analysis.exports.text.delimited import split_rows
    >>> text = "Date,Negative Feedback Received\\n9/13/26,1\\n9/14/26,0\\n"
    >>> table = split_rows(text, file="f.csv", delimiter=",", quoted=True)
    >>> counts = read(table, marketplace=None).snapshots
    >>> counts[["to_on", "n_feedback"]].astype("str").values.tolist()
    [['2026-09-13', '1'], ['2026-09-14', '0']]
    """
    places = {name: table.column(*names) for name, names in TITLES.items()}
    at = table.need(*TITLES["date"])
    days = read_days(
        [cells[at] for _, cells in table.rows],
        order_hint=hint_of(marketplace),
        file=table.file,
        column=table.header[at],
    )
    known = [day.date() for day in days.days.dropna()]
    period = _days_of_a_row(known)
    store = _store_of(cells[i] for i in _columns(table, _SALES) for _, cells in table.rows)
    tally, rows = Tally(), []
    for (line, cells), day in zip(table.rows, days.days, strict=True):
        counts = {
            name: _count(cells[place])
            for name, place in places.items()
            if name != "date" and place is not None
        }
        if day != day:  # NaT
            tally.drop(faults.DAY_MISSING, line)
        elif all(n is None for n in counts.values()):
            tally.drop(faults.COUNT_MISSING, line)
        else:
            tally.kept += 1
            rows.append(_row(store, day.date(), period, counts, table.file, line))
    return Read(
        **tally.accounts(),
        snapshots=snapshots(rows),
        locale=days.pattern,
        notes=[*table.notes, *days.notes],
    )


def looks_like_document(head: str) -> bool:
    """Whether a text opens like the JSON report."""
    return head.lstrip("\ufeff \t\r\n")[:1] == "{" and _DOCUMENT in head


def read_document(text: str, *, file: str, marketplace: str | None) -> Read:
    """The same of the JSON report, whose store is the one it names.

    Raises
    ------
    ExportError
        When the text is no JSON, or has no days.

    Examples
    --------
    >>> done = read_document('''{"reportSpecification": {"marketplaceIds": ["A1PA6795UKMFR9"]},
    ...   "salesAndTrafficByDate": [{"date": "2026-09-13", "salesByDate": {"claimsGranted": 1},
    ...     "trafficByDate": {"negativeFeedbackReceived": 2}}]}''', file="f", marketplace=None)
    >>> done.snapshots[["marketplace", "n_feedback", "n_claim"]].values.tolist()
    [['Amazon.de', 2, 1]]
    """
    tally, rows = Tally(), []
    for report in parse_json(text, file=file):
        specified = field(report, "reportSpecification")
        ids = several(field(specified, "marketplaceIds")) if specified else []
        stores = [terms.STORE_IDS.get(str(i), str(i)) for i in ids]
        options = field(specified, "reportOptions") if specified else None
        unit = str(field(options, "dateGranularity") or "DAY") if options else "DAY"
        period = _DAYS_OF.get(unit.upper(), 31)
        for block in several(field(report, "salesAndTrafficByDate")):
            day = _iso(field(block, "date"))
            sales, traffic = field(block, "salesByDate"), field(block, "trafficByDate")
            counts = {
                "n_total": _whole(field(traffic, "feedbackReceived")),
                "n_feedback": _whole(field(traffic, "negativeFeedbackReceived")),
                "n_claim": _whole(field(sales, "claimsGranted")),
            }
            if day is None:
                tally.drop(faults.DAY_MISSING, line_of(block))
                continue
            tally.kept += 1
            store = stores[0] if len(stores) == 1 else ""
            rows.append(_row(store, day, period, counts, file, line_of(block)))
    if not rows and not tally.dropped:
        raise faults.NO_DAYS.error(file)
    return Read(
        **tally.accounts(),
        snapshots=snapshots(rows),
        locale="y-m-d",
    )


def _row(
    store: str, day: date, period: int, counts: dict[str, int | None], file: str, line: int
) -> dict[str, Any]:
    import pandas as pd

    return {
        "marketplace": store,
        "metric": METRIC,
        "from_on": pd.Timestamp(day),
        "to_on": pd.Timestamp(day + timedelta(days=period - 1)),
        **counts,
        "source": KIND,
        "file": file,
        "line": line,
    }


def _days_of_a_row(days: list[date]) -> int:
    """How many days a row is of, by the least step between rows: a day, a week or a month.

    A single row may be of any, so it is taken for a month: a wider row contradicts less.
    """
    ordered = sorted(set(days))
    steps = [(b - a).days for a, b in pairwise(ordered)]
    least = min(steps, default=31)
    return 1 if least < 7 else 7 if least < 28 else 31


def _store_of(amounts: Iterable[str]) -> str:
    """The only store with the currency of some amounts, the currency where several have it."""
    signs = {sign[0].strip() for text in amounts if (sign := _SIGN.search(text))}
    found = {_SIGNS[sign] for sign in signs if sign in _SIGNS}
    if len(found) != 1:
        return ""
    (currency,) = found
    named = [name for name, store in terms.MARKETPLACES.items() if store.currency == currency]
    return named[0] if len(named) == 1 else currency


def _columns(table: Table, names: tuple[str, ...]) -> list[int]:
    return [i for i, title in enumerate(table.header) if plain(title) in names]


def _count(cell: str) -> int | None:
    """A whole number, None for an empty cell and anything else.

    >>> _count("1,204"), _count("2"), _count("0.00"), _count("1.5"), _count("5 %"), _count("")
    (1204, 2, 0, None, None, None)
    """
    found = _COUNT.fullmatch(cell.strip())
    return int(re.sub(r"\D", "", found[1])) if found else None


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _iso(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
