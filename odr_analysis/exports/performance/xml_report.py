"""The old seller performance report (``GET_V1_SELLER_PERFORMANCE_REPORT``), an XML document.

It states every metric over several time frames and does not tell seller-fulfilled from
Amazon-fulfilled orders. No real file of it is public; the layout is what several programs that
read it agree on, and whatever else has a time frame and a rate or a count is taken as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from odr_analysis import faults
from odr_analysis.exports.performance.checks import OLD_KIND, agrees, name_of
from odr_analysis.exports.performance.rows import Rows
from odr_analysis.exports.text.json_xml import field, fold, line_of, parse_xml, several, word
from odr_analysis.words import listed

if TYPE_CHECKING:
    from odr_analysis.exports.readers.contract import Read

KIND = OLD_KIND

METRICS: dict[str, str] = {
    "orderWithDefects": "order_defects",
    "lateShipment": "late_shipment",
    "preFulfillmentCancellation": "cancellation",
    "validTracking": "valid_tracking",
    "onTimeDelivery": "on_time_delivery",
}
"""Element of the report to the metric it is; others keep their own name."""

CHECKLIST: dict[str, str] = {
    "orderDefectRate": "order_defects",
    "lateShipmentRate": "late_shipment",
    "orderCancellationRate": "cancellation",
    "validTrackingRate": "valid_tracking",
    "onTimeDelivery": "on_time_delivery",
    "onTimeDeliveryRate": "on_time_delivery",
    "returnDissatisfactionRate": "returnDissatisfaction",
}
"""Element of the checklist to the metric whose status it states."""

_STATUSES = ("Good", "Fair", "Poor")
_ORDER_DEFECTS = "orderWithDefects"
_COMPONENTS = {
    "n_feedback": "negativeFeedbacks",
    "n_claim": "a_z_claims",
    "n_chargeback": "chargebacks",
}
_PARTS = {fold(name) for name in _COMPONENTS.values()}
_ROOT = re.compile(r"<(?:[\w.-]+:)?sellerPerformanceReports?[\s>/]", re.IGNORECASE)
_IDENTITY = {"marketplaceid", "marketplace", "xmlns"}
_SPELT = {fold(name): metric for name, metric in METRICS.items()}
_LISTED = {fold(name): metric for name, metric in CHECKLIST.items()}


class _Block(NamedTuple):
    """A time frame of the report, and the metrics stated over it."""

    name: str
    content: dict[str, Any]


def looks_like_document(head: str) -> bool:
    """Whether a text opens like the report.

    >>> looks_like_document('<?xml version="1.0"?>\\n<sellerPerformanceReports>')
    True
    >>> looks_like_document("<AmazonEnvelope>")
    False
    """
    return head.lstrip("\ufeff \t\r\n").startswith("<") and _ROOT.search(head) is not None


def read_document(text: str, *, file: str, marketplace: str | None) -> Read:
    """The metrics of the old performance report.

    A row is one metric over one time frame, and one each for the checklist's statuses of
    metrics that are nowhere else in the report.

    Parameters
    ----------
    text : str
        The decoded file.
    file : str
        Name for errors and notes.
    marketplace : str or None
        Sales channel of the report where it names none.

    Returns
    -------
    Read
        ``snapshots`` has one row per metric and time frame; see ``terms.SNAPSHOT_COLUMNS``.
        ``channel`` is '', also for order defects. ``status`` is that of the checklist.
        Rates written with ``%``, or that fit their counts only as per cent, are turned into
        fractions, all of the file alike. Numbers that are neither rate nor count (hours to
        answer) are told in the notes and are no rows. ``latest`` is the last day of a window.

    Raises
    ------
    ExportError
        When the text is no XML, cut short, declares a DOCTYPE, or is another document.

    Examples
    --------
    >>> done = read_document('''<sellerPerformanceReports><sellerPerformanceReport>
    ... <orderDefects><orderDefectMetrics>
    ...   <timeFrame><start>2015-01-01T00:00:00Z</start><end>2015-03-01T23:59:59Z</end></timeFrame>
    ...   <orderCount>400</orderCount>
    ...   <orderWithDefects><rate>0.005</rate><count>2</count></orderWithDefects>
    ...   <a_z_claims><rate>0.005</rate><count>2</count></a_z_claims>
    ... </orderDefectMetrics></orderDefects>
    ... </sellerPerformanceReport></sellerPerformanceReports>''',
    ...   file="f.xml", marketplace="Amazon.de")
    >>> done.snapshots[["marketplace", "metric", "n_bad", "n_claim"]].values.tolist()
    [['Amazon.de', 'order_defects', 2, 2]]
    """
    name, root = parse_xml(text, file=file)
    reports = [root] if fold(name) == "sellerperformancereport" else []
    if fold(name) == "sellerperformancereports":
        reports = several(field(root, "sellerPerformanceReport")) or [{}]
    elif not reports:
        raise faults.NOT_AN_OLD_PERFORMANCE_REPORT.error(file, line_of(root), name=name)
    reading = _Reading(file, KIND, marketplace)
    for report in reports:
        reading.report(report)
    reading.settle_unit()
    return reading.done(locale="y-m-d", described=False)


class _Reading(Rows):
    """The rows of one V1 report while it is read."""

    def __init__(self, file: str, kind: str, marketplace: str | None) -> None:
        super().__init__(file, kind, marketplace)
        self.per_cent = False

    def report(self, report: Any) -> None:
        """Take in one report: one marketplace."""
        identity = field(report, "marketplaceId", "marketplace")
        shared = {"marketplace": self.sales_channel(identity), "channel": ""}
        statuses = self.checklist(field(report, "performanceChecklist"), shared["marketplace"])
        told = set()
        for block in _blocks(report, self.ignored):
            told |= self.block(block, shared, statuses)
        for metric, status in statuses.items():
            if metric not in told:
                self.add({"metric": metric, "status": status, **shared}, line_of(report))
        if not told and not statuses:
            self.note("The report has no metrics.")

    def checklist(self, listing: Any, marketplace: str) -> dict[str, str]:
        """Metric to its status."""
        statuses: dict[str, str] = {}
        entries: dict[str, Any] = listing if isinstance(listing, dict) else {}
        for name, entry in entries.items():
            status = word(field(entry, "status") or entry)
            if not status:
                continue
            statuses[_LISTED.get(fold(name), name)] = status
            if status.capitalize() not in _STATUSES:
                self.note(
                    f"The checklist's status {status!r} of {name} ({marketplace}) is none of "
                    f"{listed(list(_STATUSES))}; it is kept as stated."
                )
        return statuses

    def block(self, block: _Block, shared: dict[str, Any], statuses: dict[str, str]) -> set[str]:
        """Take in one time frame, and tell which metrics it has."""
        frame = field(block.content, "timeFrame")
        place = f"{block.name} of {shared['marketplace']}"
        days = self.days((field(frame, "start"), field(frame, "end")), place)
        orders = self.count(field(block.content, "orderCount"), place)
        of_orders = field(block.content, _ORDER_DEFECTS) is not None
        told = set()
        for name, value in block.content.items():
            folded = fold(name)
            if folded in ("timeframe", "ordercount") or (of_orders and folded in _PARTS):
                continue
            if not isinstance(value, dict):
                self.note(f"{place}: {name} is {value!r}, which is no rate; it is not kept.")
                continue
            metric = _SPELT.get(folded, name)
            told.add(metric)
            row: dict[str, Any] = {"metric": metric, **shared, **days, "n_total": orders}
            label = name_of(row)
            row["n_bad"] = self.count(field(value, "count"), label)
            row["rate"] = self.rate(field(value, "rate"), label)
            row["status"] = statuses.get(metric, "")
            if metric == "order_defects":
                row |= {
                    column: self.count(field(block.content, part), label)
                    for column, part in _COMPONENTS.items()
                }
            self.add(row, line_of(value))
        return told

    def rate(self, value: Any, name: str) -> float | None:
        """A rate as it is written, without its per-cent sign."""
        if isinstance(value, str) and value.strip().endswith("%"):
            self.per_cent = True
            value = value.strip().removesuffix("%").strip()
        return self.number(value, name)

    def count(self, value: Any, name: str) -> int | None:
        """A count; in XML every number is text, which is worth no note."""
        found = super().count(value, name)
        self.as_text = 0
        return found

    def settle_unit(self) -> None:
        """Turn rates in per cent into fractions, where the file shows that they are."""
        self.as_text = 0
        stated = [row for row in self.rows if row["rate"]]
        with_counts = [
            row
            for row in stated
            if row["n_total"] and row["n_bad"] is not None and row["n_bad"] > 0
        ]
        fraction = any(agrees(r["rate"], r["n_bad"], r["n_total"]) for r in with_counts)
        hundredth = any(agrees(r["rate"] / 100, r["n_bad"], r["n_total"]) for r in with_counts)
        above_one = any(row["rate"] > 1 for row in stated)
        if self.per_cent or (not fraction and (hundredth or above_one)):
            for row in stated:
                row["rate"] = float(Decimal(repr(row["rate"])) / 100)
            self.note("The rates are written in per cent; they are kept as fractions.")
        elif stated and not fraction:
            self.note(
                "Nothing in the file tells whether its rates are fractions or per cent; they are "
                "kept as they are written."
            )


def _blocks(report: Any, ignored: set[str]) -> Iterator[_Block]:
    """Every element with a time frame, and every metric outside one, in document order.

    Names of elements that are neither go to `ignored`.
    """
    waiting: list[tuple[str, Any]] = [("report", report)]
    while waiting:
        name, content = waiting.pop()
        if not isinstance(content, dict):
            if fold(name) not in _IDENTITY:
                ignored.add(name)
        elif field(content, "timeFrame") is not None:
            yield _Block(name, content)
        elif field(content, "rate", "count") is not None:
            yield _Block(name, {name: content})
        else:
            inside = [
                (child, value)
                for child, values in content.items()
                if fold(child) != "performancechecklist"
                for value in several(values)
            ]
            waiting += reversed(inside)
