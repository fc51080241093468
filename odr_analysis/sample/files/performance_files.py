"""Amazon's own numbers: the seller performance report, counted under known switches."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from odr_analysis import terms
from odr_analysis.policy import Policy
from odr_analysis.sample.files.shipping_files import Lapses
from odr_analysis.sample.model import truth
from odr_analysis.sample.model.case_truth import make_records, seller_fulfilled
from odr_analysis.sample.model.cases import Case
from odr_analysis.sample.model.draws import Draws
from odr_analysis.sample.model.orders import Orders, as_date
from odr_analysis.sample.model.stores import Store

SWITCHES = (
    *("count_cancelled_orders", "count_pending_orders", "count_pending_claims"),
    "count_struck_feedback",
)
"""What the snapshots are made with, beside ``day_boundary``; drawn for each account."""
EARLIER = 7
"""The earlier of two snapshots is this many days older."""
LATE_WINDOWS = (30, 10)

VIOLATIONS = (
    *("listingPolicyViolations", "productAuthenticityCustomerComplaints"),
    *("productConditionCustomerComplaints", "productSafetyCustomerComplaints"),
    *("receivedIntellectualPropertyComplaints", "restrictedProductPolicyViolations"),
    *("suspectedIntellectualPropertyViolations", "foodAndProductSafetyIssues"),
    *("otherPolicyViolations", "documentRequests"),
)


@dataclass(frozen=True)
class Snapshot:
    """One report: its day, its text, how many blocks it has, and what truth.json says of it."""

    text: str
    blocks: int
    told: dict[str, Any]


def draw_switches(draws: Draws) -> dict[str, Any]:
    """A combination of switches, each as likely as its opposite."""
    found: dict[str, Any] = {name: draws.one() < 0.5 for name in SWITCHES}
    return found | {"day_boundary": draws.choice(("utc", "marketplace"))}


def make_snapshots(
    orders: Orders,
    cases: list[Case],
    lapses: Lapses,
    store: Store,
    last_day: int,
    switches: dict[str, Any],
) -> list[Snapshot]:
    """One of a week before and one of the last day, both counted alike.

    The earlier one states a rate of seller-fulfilled orders that is not that of its counts.
    """
    records = make_records(orders, cases, last_day, Policy(**switches))
    return [
        _snapshot(orders, records, lapses, store, as_date(last_day - ago), switches, wrong=ago > 0)
        for ago in (EARLIER, 0)
    ]


def _snapshot(
    orders: Orders,
    records: list[truth.Record],
    lapses: Lapses,
    store: Store,
    day: date,
    switches: dict[str, Any],
    *,
    wrong: bool,
) -> Snapshot:
    policy = Policy(**switches)
    rates = truth.rates_on(records, day, policy)
    window = policy.window(day)
    defects = {}
    for row in rates:
        n, bad = row["n_orders"], row["n_defective"]
        rate = round(bad / n, 4) if n else 0.0
        if wrong and row["channel"] == "mfn":
            rate = round(rate + 0.002, 4)
        defects[row["channel"]] = {
            **_range(window.start, window.end, store),
            "orderCount": n,
            "orderWithDefects": {"count": bad, "status": _status(policy.under_target(bad, n))},
            **{
                name: {"count": row[f"n_{component}"], "status": "NONE"}
                for name, component in (
                    ("claims", "claim"),
                    ("chargebacks", "chargeback"),
                    ("negativeFeedback", "feedback"),
                )
            },
            "fulfillmentType": row["channel"],
            **_judged(rate, 0.01, good=policy.under_target(bad, n)),
        }
    late = []
    for length in LATE_WINDOWS:
        first = day - timedelta(days=length - 1)
        late.append(_other("late_shipment", orders, lapses.late, first, day, 0.04))
    before = day - timedelta(days=1)
    called_off = _other(
        "cancellation", orders, lapses.cancelled, day - timedelta(days=7), before, 0.025
    )
    good = {**_good_rates(orders, day, store), **_no_violations(day, store)}
    metrics = {
        "marketplaceId": terms.MARKETPLACES[store.name].id,
        "orderDefectRate": defects,
        "lateShipmentRate": _block(late[0], "lateShipmentCount", store),
        "lateShipmentRateList": [_block(entry, "lateShipmentCount", store) for entry in late[1:]],
        # Both spellings are in use.
        "prefulfillmentCancelRate"
        if store.country == "US"
        else "preFulfillmentCancellationRate": _block(called_off, "cancellationCount", store),
        **good,
        "warningStates": [],
    }
    report = {
        "accountStatuses": [{"marketplaceId": metrics["marketplaceId"], "status": "NORMAL"}],
        "performanceMetrics": [metrics],
    }
    told = {
        "day": day.isoformat(),
        "switches": switches,
        "rates": rates,
        "wrong_rate": "mfn" if wrong else "",
        "other_rates": [*late, called_off],
    }
    blocks = len(defects) + len(late) + 1 + len(good)
    return Snapshot(json.dumps(report, indent=1) + "\n", blocks, told)


def _good_rates(orders: Orders, day: date, store: Store) -> dict[str, Any]:
    """Rates that no other file tells of, each over its own window, without a flaw."""
    found: dict[str, Any] = {}
    for name, whole, part, length, ends in (
        ("validTrackingRate", "shipmentCount", "validTrackingCount", 30, 10),
        ("onTimeDeliveryRate", "shipmentCountWithValidTracking", "onTimeDeliveryCount", 30, 10),
        ("unitOnTimeDeliveryRate", "totalUnitCount", "unitOnTimeDeliveryCount", 14, 7),
    ):
        first, last = _back(day, ends + length - 1), _back(day, ends)
        n = seller_fulfilled(orders, first, last)
        found[name] = {
            **_range(first, last, store),
            whole: n,
            part: n,
            **_judged(1.0 if n else 0.0, 0.95, good=True, below=False),
        }
    first, last = _back(day, 13), _back(day, 7)
    none = {"count": 0, "status": "NONE"}
    found["invoiceDefectRate"] = {
        **_range(first, last, store),
        "orderCount": seller_fulfilled(orders, first, last),
        "invoiceDefect": {"count": 0, "status": "GOOD"},
        "missingInvoice": none,
        "lateInvoice": none,
        **_judged(0.0, 0.05, good=True),
    }
    return found


def _no_violations(day: date, store: Store) -> dict[str, Any]:
    """Every kind of policy violation, none of which there is, and the rating of the account."""
    window = _range(_back(day, 179), day, store)
    nothing = {"defectsCount": 0, "status": "GOOD", "targetValue": 0, "targetCondition": "EQUALS"}
    found: dict[str, Any] = {name: {**window, **nothing} for name in VIOLATIONS}
    return found | {"accountHealthRating": {**window, "ahrStatus": "GREAT"}}


def _other(
    metric: str, orders: Orders, bad: dict[int, bool], first: date, last: date, target: float
) -> dict[str, Any]:
    """Counts of a rate of seller-fulfilled orders, by the day of the order."""
    n_bad = sum(
        counts and first <= as_date(int(orders.day[i])) <= last for i, counts in bad.items()
    )
    return {
        "metric": metric,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "n_total": seller_fulfilled(orders, first, last),
        "n_bad": n_bad,
        "target": target,
    }


def _block(entry: dict[str, Any], count: str, store: Store) -> dict[str, Any]:
    n, bad = entry["n_total"], entry["n_bad"]
    rate = round(bad / n, 4) if n else 0.0
    first, last = (date.fromisoformat(entry[end]) for end in ("from", "to"))
    return {
        **_range(first, last, store),
        "orderCount": n,
        count: bad,
        **_judged(rate, entry["target"], good=rate < entry["target"]),
    }


def _back(day: date, days: int) -> date:
    return day - timedelta(days=days)


def _range(first: date, last: date, store: Store) -> dict[str, Any]:
    """A window; Amazon writes its times with seconds and without."""
    begins, ends = ("T00:00Z", "T23:59Z") if store.country == "US" else _WITH_SECONDS
    return {
        "reportingDateRange": {
            "reportingDateFrom": f"{first}{begins}",
            "reportingDateTo": f"{last}{ends}",
        }
    }


_WITH_SECONDS = ("T00:00:00Z", "T23:59:59Z")


def _status(good: bool) -> str:
    return "GOOD" if good else "BAD"


def _judged(rate: float, target: float, *, good: bool, below: bool = True) -> dict[str, Any]:
    return {
        "status": _status(good),
        "rate": rate,
        "targetValue": target,
        "targetCondition": "LESS_THAN" if below else "GREATER_THAN",
    }
