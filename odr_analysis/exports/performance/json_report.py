"""The seller performance report (``GET_V2_SELLER_PERFORMANCE_REPORT``), a JSON document.

Amazon's own numbers for one day: per marketplace the metrics of account health, each over a
window of its own. Its fields are spelt in more than one way, its one official example
contradicts its own description and arithmetic, and a rate in it may not be that of its counts:
everything is stored as stated, and the notes say what does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from odr_analysis import faults, terms
from odr_analysis.exports.performance.checks import ACCOUNT_STATUSES, days_told, name_of
from odr_analysis.exports.performance.rows import Rows
from odr_analysis.exports.text.json_xml import field, fold, line_of, parse_json, several, word
from odr_analysis.words import listed

if TYPE_CHECKING:
    import pandas as pd

    from odr_analysis.exports.readers.contract import Read

KIND = "seller-performance"


class Layout(NamedTuple):
    """Where a metric's counts stand, and how its name is spelt, the description's way first."""

    spellings: tuple[str, ...]
    n_total: str = ""
    n_bad: str = ""


LAYOUTS: dict[str, Layout] = {
    "order_defects": Layout(("orderDefectRate",), "orderCount", "orderWithDefects"),
    "late_shipment": Layout(
        ("lateShipmentRate", "lateShipmentRateList"), "orderCount", "lateShipmentCount"
    ),
    "cancellation": Layout(
        (
            "preFulfillmentCancellationRate",
            "prefulfillmentCancelRate",
            "preFulfillmentCancelRate",
            "cancellationRate",
        ),
        "orderCount",
        "cancellationCount",
    ),
    "valid_tracking": Layout(("validTrackingRate",), "shipmentCount", "validTrackingCount"),
    "on_time_delivery": Layout(
        ("onTimeDeliveryRate",), "shipmentCountWithValidTracking", "onTimeDeliveryCount"
    ),
    "unit_on_time_delivery": Layout(
        ("unitOnTimeDeliveryRate",), "totalUnitCount", "unitOnTimeDeliveryCount"
    ),
    "invoice_defects": Layout(("invoiceDefectRate",), "orderCount", "invoiceDefect"),
    "account_health": Layout(("accountHealthRating",)),
    "documentRequests": Layout(("documentRequests", "documentRequest")),
    "warningStates": Layout(("warningStates", "warningState")),
}
"""Metrics to their place in the report. Those that are not here have a count of defects."""

_SPELT = {fold(s): (m, s) for m, layout in LAYOUTS.items() for s in layout.spellings}
# Written beside the metric they belong to, not instead of it.
_NO_MISSPELLING = {"lateShipmentRateList"}
_COMPONENTS = {"n_feedback": "negativeFeedback", "n_claim": "claims", "n_chargeback": "chargebacks"}
_COUNTS = ("defectsCount", "defectCount", "warningsCount", "count")
_WRAPPERS = ("payload", "report", "data", "body")
_FIELDS = {"performancemetrics", "accountstatuses"}
_SIGNS = re.compile(
    r'"(?:performanceMetrics|performance_metrics|accountStatuses|orderDefectRate|'
    r'preFulfillmentCancellationRate|validTrackingRate|unitOnTimeDeliveryRate)"\s*:'
)


def looks_like_document(head: str) -> bool:
    """Whether a text opens like the report: a JSON object or list with its fields.

    >>> looks_like_document('{"accountStatuses": [], "performanceMetrics": []}')
    True
    >>> looks_like_document('{"reportSpecification": {"reportType": "GET_VENDOR_SALES_REPORT"}}')
    False
    """
    start = head.lstrip("\ufeff \t\r\n")
    # A JSON schema names the same fields, describes reports and is none.
    described = '"$schema"' in start
    return start[:1] in ("{", "[") and not described and _SIGNS.search(start) is not None


def read_document(text: str, *, file: str, marketplace: str | None) -> Read:
    """The metrics of a performance report.

    A row is one metric x channel block: the order defect rate has one for ``mfn`` and one for
    ``afn``, any other metric one, a late-shipment list and a list of warnings one per entry.

    Parameters
    ----------
    text : str
        The decoded file: one report, a list of reports, or several one after the other; also
        the metrics of one marketplace alone.
    file : str
        Name for errors and notes.
    marketplace : str or None
        Sales channel of metrics that name none.

    Returns
    -------
    Read
        ``snapshots`` has one row per block; see ``terms.SNAPSHOT_COLUMNS``. Metrics not in
        ``terms.METRICS`` keep their own name, warnings that of their type, marketplaces
        unknown to us their id. The name of the block says the channel, whatever its
        ``fulfillmentType``. ``rate`` is as stated; contradictions are ``notes``.
        All rows are kept; of blocks that are equal in every value the first is in the frame
        and the others are counted in ``details["repeated"]``; ``details["empty"]`` counts
        metrics without a block (null). A row is dropped as ``not a metric`` where a metric
        is no object. ``details["account_health_score"]`` has marketplace to score.
        ``latest`` is the latest day :func:`snapshot_day` finds, or where it finds none the
        last day of a window.

    Raises
    ------
    ExportError
        When the text is no JSON, cut short, or another report.

    Examples
    --------
    >>> done = read_document('''{"accountStatuses": [], "performanceMetrics": [{
    ...   "marketplaceId": "A1PA6795UKMFR9", "lateShipmentRate": {
    ...     "reportingDateRange": {
    ...       "reportingDateFrom": "2026-08-30T00:00:00Z", "reportingDateTo": "2026-09-28T23:59:59Z"
    ...     }, "orderCount": 200, "lateShipmentCount": 3, "rate": 0.015, "status": "GOOD"}}]}''',
    ...   file="f.json", marketplace=None)
    >>> done.snapshots[["marketplace", "metric", "n_bad", "n_total"]].values.tolist()
    [['Amazon.de', 'late_shipment', 3, 200]]
    >>> done.snapshots.line.tolist(), done.notes, done.latest
    ([2], [], datetime.date(2026, 9, 28))
    """
    reading = _Reading(file, KIND, marketplace)
    for report in _reports(parse_json(text, file=file), file):
        reading.report(report)
    return reading.done(locale="y-m-d")


def snapshot_day(snapshots: pd.DataFrame) -> dict[str, date | None]:
    """The day a report speaks of, per marketplace.

    A report does not say its own day, but its windows end a known number of days before it:
    order defects 15, cancellation 1, late shipment 0, tracking and delivery 10 (by unit over
    14 days: 7), the account health rating 0. (Deduced from Amazon's description of the
    report and from two live ones; see ``performance_checks.USUAL``.) Only windows of a usual
    length are used, and no invoice defects, about which the sources disagree, nor those of
    the old XML report, about which they are silent.

    Parameters
    ----------
    snapshots : pandas.DataFrame
        Rows of one report; columns ``terms.SNAPSHOT_COLUMNS``.

    Returns
    -------
    dict
        Marketplace to day; None where no window tells it or two tell different ones (the
        notes of the file then say which tell what).

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"marketplace": "Amazon.de", "metric": "order_defects", "source": KIND,
    ...        "from_on": pd.Timestamp("2026-07-18"), "to_on": pd.Timestamp("2026-09-15")}
    >>> snapshot_day(pd.DataFrame([row]))
    {'Amazon.de': datetime.date(2026, 9, 30)}
    """
    keys = ["marketplace", "metric", "from_on", "to_on", "source"]
    rows = snapshots[keys].astype({"from_on": object, "to_on": object})
    plain = [
        {
            str(k): (None if v != v else v.date() if isinstance(v, datetime) else v)
            for k, v in row.items()
        }
        for row in rows.to_dict("records")
    ]
    return {m: next(iter(d)) if len(d) == 1 else None for m, d in days_told(plain).items()}


class _Reading(Rows):
    """The rows of one V2 report while it is read."""

    def report(self, report: dict[str, Any]) -> None:
        """Take in one V2 report."""
        self.doubled(report)
        statuses: dict[str, str] = {}
        for entry in several(field(report, "accountStatuses")):
            status = word(field(entry, "status"))
            if not word(field(entry, "marketplaceId")):
                self.note(f"An account status ({status or 'empty'}) names no marketplace.")
                continue
            marketplace = self.sales_channel(field(entry, "marketplaceId"))
            statuses[marketplace] = status
            if status and status not in ACCOUNT_STATUSES:
                self.note(
                    f"The account status {status!r} of {marketplace} is none of "
                    f"{listed(list(ACCOUNT_STATUSES))}; it is kept as stated."
                )
        elements = several(field(report, "performanceMetrics"))
        told = set()
        for element in elements:
            if not isinstance(element, dict):
                self.tally.drop(faults.NOT_A_METRIC, line_of(report))
                continue
            self.doubled(element)
            marketplace = self.sales_channel(field(element, "marketplaceId"))
            told.add(marketplace)
            for key, value in element.items():
                if fold(key) != "marketplaceid":
                    self.metric(key, value, marketplace, statuses.get(marketplace, ""))
        for marketplace, status in statuses.items():
            if marketplace not in told:
                self.note(
                    f"{marketplace} has an account status ({status or 'empty'}) and no metrics."
                )
        if not elements:
            self.note("The report has no metrics.")

    def metric(self, key: str, value: Any, marketplace: str, account_status: str) -> None:
        """Take in one field of a marketplace: a metric's block, or several."""
        metric, spelling = _SPELT.get(fold(key), (key, key))
        shared = {"marketplace": marketplace, "account_status": account_status}
        layout = LAYOUTS.get(metric, Layout((key,)))
        if spelling != layout.spellings[0] and spelling not in _NO_MISSPELLING:
            self.spellings[key] = layout.spellings[0]
        if value is None or value in ({}, []):
            self.empty += value is None or value == {}
        elif metric == "order_defects":
            for channels in several(value):
                self.channels(channels, shared)
        elif metric == "warningStates":
            for warning in several(value):
                self.warning(warning, shared)
        elif isinstance(value, (dict, list)):
            for block in several(value):
                self.block(metric, block, shared)
        elif metric in LAYOUTS:
            self.tally.drop(faults.NOT_A_METRIC, 1)
        else:
            self.ignored.add(key)

    def channels(self, channels: Any, shared: dict[str, Any]) -> None:
        """Take in the order defect rate: a block for each channel."""
        if not isinstance(channels, dict):
            self.tally.drop(faults.NOT_A_METRIC, 1)
            return
        self.doubled(channels)
        if field(channels, "orderCount", "orderWithDefects", "rate") is not None:
            self.note(
                f"The order defect rate of {shared['marketplace']} is not split into seller- and "
                "Amazon-fulfilled; its channel is left empty."
            )
            self.block("order_defects", channels, shared)
            return
        for channel, block in channels.items():
            self.block("order_defects", block, shared | {"channel": channel.casefold()})

    def warning(self, warning: Any, shared: dict[str, Any]) -> None:
        """Take in one warning: its type is the metric's name."""
        if isinstance(warning, str):
            self.add({"metric": warning.strip(), **shared}, 1)
        elif name := word(field(warning, "warningType")):
            status = word(field(warning, "status"))
            self.add({"metric": name, "status": status, **shared}, line_of(warning))
        else:
            self.tally.drop(faults.NOT_A_METRIC, line_of(warning))

    def block(self, metric: str, block: Any, shared: dict[str, Any]) -> None:
        """Take in one block of a metric."""
        if block is None or block == {}:
            self.empty += 1
            return
        if not isinstance(block, dict):
            self.tally.drop(faults.NOT_A_METRIC, 1)
            return
        self.doubled(block)
        row: dict[str, Any] = {"metric": metric, "channel": "", **shared}
        layout = LAYOUTS.get(metric, Layout((metric,)))
        name = name_of(row)
        window = field(block, "reportingDateRange")
        stated = field(window, "reportingDateFrom"), field(window, "reportingDateTo")
        row |= self.days(stated, name)
        total = field(block, layout.n_total) if layout.n_total else field(block, "orderCount")
        bad = field(block, layout.n_bad) if layout.n_bad else field(block, *_COUNTS)
        row["n_total"] = self.count(total, name)
        row["n_bad"] = self.count(bad, name)
        if metric == "order_defects":
            row |= {c: self.count(field(block, n), name) for c, n in _COMPONENTS.items()}
            self.fulfilment(block, row, name)
        row["rate"] = self.number(field(block, "rate"), name)
        row["target"] = self.number(field(block, "targetValue"), name)
        row["condition"] = word(field(block, "targetCondition"))
        row["status"] = word(field(block, "status"))
        if metric == "account_health":
            row["status"] = self.rating(block, row, name)
        self.add(row, line_of(block))

    def fulfilment(self, block: dict[str, Any], row: dict[str, Any], name: str) -> None:
        """Note what a block of the order defect rate says of its own channel."""
        said = word(field(block, "fulfillmentType"))
        if row["channel"] and said and said.casefold() != row["channel"]:
            self.note(
                f"{name}: the block {row['channel']!r} says fulfillmentType {said!r}; "
                "the name of the block decides."
            )
        if row["channel"] and row["channel"] not in terms.CHANNELS:
            self.note(f"{name}: the channel {row['channel']!r} is not known; it is kept.")

    def rating(self, block: dict[str, Any], row: dict[str, Any], name: str) -> str:
        """Status of the account health rating; its score goes to the details."""
        spelt = ("ahrStatus", "accountHealthRatingStatus", "status")
        said = list(dict.fromkeys(filter(None, (word(field(block, s)) for s in spelt))))
        if len(said) > 1:
            self.note(f"{name}: the rating's status is {listed(said)}; {said[0]} is used.")
        score = self.count(field(block, "ahrScore", "accountHealthRatingScore"), name)
        if score is not None:
            self.scores[row["marketplace"]] = score
        return said[0] if said else ""


def _reports(documents: list[Any], file: str) -> Iterator[dict[str, Any]]:
    """The reports of a document, out of lists and wrappers."""
    found = 0
    for document in documents:
        for report in several(document):
            for _ in _WRAPPERS:
                inner = field(report, *_WRAPPERS)
                report = inner if isinstance(inner, dict) else report
            keys = set(map(fold, report)) if isinstance(report, dict) else set()
            if keys & _SPELT.keys():
                # One marketplace's metrics alone, as some programs store them.
                report = {"performanceMetrics": [report]}
            elif not keys & _FIELDS:
                raise faults.NOT_A_PERFORMANCE_REPORT.error(
                    file, line_of(report), why=_instead(report)
                )
            found += 1
            yield report
    if not found:
        raise faults.NO_PERFORMANCE_REPORT.error(file, 1)


def _instead(report: Any) -> str:
    """What a document is when it is no performance report."""
    if not isinstance(report, dict):
        return f"it holds {type(report).__name__} values where a report should be"
    specification = field(report, "reportSpecification")
    kind = field(specification, "reportType") or field(report, "reportType")
    keys = ", ".join(map(repr, list(report)[:6])) or "none"
    return f"its fields are {keys}" + (f", its report type {kind!r}" if kind else "")
