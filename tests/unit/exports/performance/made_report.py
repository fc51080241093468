"""Performance reports, made by hand."""

from __future__ import annotations

import json
from typing import Any

from odr_analysis import terms
from odr_analysis.exports.performance.json_report import (
    read_document,
)

US, DE = "ATVPDKIKX0DER", "A1PA6795UKMFR9"


def window(first: str, last: str) -> dict[str, str]:
    return {"reportingDateFrom": f"{first}T00:00:00Z", "reportingDateTo": f"{last}T23:59:59Z"}


def odr(**changed: Any) -> dict[str, Any]:
    """Half a per cent: 10 of 2,000; the kinds add up; the report's day is 30 Sep 2026."""
    return {
        "reportingDateRange": window("2026-07-18", "2026-09-15"),
        "orderCount": 2000,
        "orderWithDefects": {"count": 10, "status": "GOOD"},
        "claims": {"count": 4, "status": "NONE"},
        "chargebacks": {"count": 1, "status": "NONE"},
        "negativeFeedback": {"count": 5, "status": "NONE"},
        "fulfillmentType": "mfn",
        "status": "GOOD",
        "rate": 0.005,
        "targetValue": 0.01,
        "targetCondition": "LESS_THAN",
    } | changed


def late(first: str = "2026-09-01", last: str = "2026-09-30", **changed: Any) -> dict[str, Any]:
    return {
        "reportingDateRange": window(first, last),
        "orderCount": 200,
        "lateShipmentCount": 3,
        "status": "GOOD",
        "rate": 0.015,
        "targetValue": 0.04,
        "targetCondition": "LESS_THAN",
    } | changed


def report(*elements: dict[str, Any], status: str = "NORMAL") -> dict[str, Any]:
    ids = dict.fromkeys(e.get("marketplaceId", DE) for e in elements)
    return {
        "accountStatuses": [{"marketplaceId": i, "status": status} for i in ids],
        "performanceMetrics": list(elements),
    }


def de(**metrics: Any) -> dict[str, Any]:
    return {"marketplaceId": DE, **metrics}


def read(document: Any, marketplace: str | None = None):
    text = document if isinstance(document, str) else json.dumps(document)
    done = read_document(text, file="f.json", marketplace=marketplace)
    assert done.rows_read == done.rows_kept + sum(done.rows_dropped.values())
    assert list(done.snapshots) == list(terms.SNAPSHOT_COLUMNS)
    return done


def only(notes: list[str], *words: str) -> str:
    """The one note with these words."""
    found = [n for n in notes if all(w in n for w in words)]
    assert len(found) == 1, (words, notes)
    return found[0]
