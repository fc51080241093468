"""What the metrics of a performance report say against each other, in plain words.

A row here is a dict with the fields of ``terms.SNAPSHOT_COLUMNS``, before it becomes one of a
frame; days are dates, numbers that are not stated None. Nothing is corrected: a value stays as
it is stated, and the sentence says what contradicts it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from odr_analysis import terms
from odr_analysis.words import counted, day, listed, number, significant

OLD_KIND = "seller-performance-v1"
"""Kind of the old report, ``performance_xml.KIND``."""

STATUSES = ("GOOD", "BAD", "NONE")
RATING_STATUSES = ("GREAT", "WARNED")
ACCOUNT_STATUSES = ("NORMAL", "AT_RISK", "DEACTIVATED")
CONDITIONS = ("LESS_THAN", "GREATER_THAN", "EQUALS")

LEAST_DIGITS = 4
"""A rate is compared with its counts to the digits it is stated with, and at least to these."""


class Usual(NamedTuple):
    """What is usual for a metric.

    ``whole`` and ``part`` name what is counted, in the singular and the plural. ``ends`` has
    the usual lengths of the window in days, and for each how many days before the day the
    report speaks of the window ends; None where the sources contradict each other.
    """

    whole: tuple[str, str]
    part: tuple[str, str]
    ends: dict[int, int | None]


_ORDER, _SHIPMENT, _UNIT = ("order", "orders"), ("shipment", "shipments"), ("unit", "units")
_DEFECT = ("defect", "defects")

USUAL: dict[str, Usual] = {
    "order_defects": Usual(_ORDER, ("order with defects", "orders with defects"), {60: 15}),
    "late_shipment": Usual(_ORDER, ("late shipment", "late shipments"), {10: 0, 30: 0}),
    "cancellation": Usual(_ORDER, ("cancelled order", "cancelled orders"), {7: 1, 30: 1}),
    "valid_tracking": Usual(
        _SHIPMENT,
        ("shipment with valid tracking", "shipments with valid tracking"),
        {7: 10, 30: 10},
    ),
    "on_time_delivery": Usual(
        ("tracked shipment", "tracked shipments"), ("on time", "on time"), {30: 10}
    ),
    "unit_on_time_delivery": Usual(_UNIT, ("unit on time", "units on time"), {14: 7, 30: 10}),
    "invoice_defects": Usual(
        _ORDER, ("order with an invoice defect", "orders with an invoice defect"), {7: None}
    ),
    "account_health": Usual(_ORDER, _DEFECT, {180: 0, 181: 0}),
}
"""Metrics to what is usual for them: the windows of Amazon's help pages and of its own example,
and for on-time delivery by unit the 14 days announced in 2024. Invoice defects end 7 days before
by the help page and 23 by the example."""

_POLICY_WINDOW = (180,)
POLICY_METRICS = frozenset(
    {
        "listingPolicyViolations",
        "productAuthenticityCustomerComplaints",
        "productConditionCustomerComplaints",
        "productSafetyCustomerComplaints",
        "receivedIntellectualPropertyComplaints",
        "restrictedProductPolicyViolations",
        "suspectedIntellectualPropertyViolations",
        "foodAndProductSafetyIssues",
        "otherPolicyViolations",
    }
)
"""Counts of policy violations, over 180 days."""


def name_of(row: dict[str, Any]) -> str:
    """What a row is about, to open a sentence with.

    >>> name_of({"metric": "order_defects", "marketplace": "Amazon.de", "channel": "afn"})
    'Order defect rate of Amazon.de, Amazon-fulfilled'
    """
    channel = row["channel"]
    said = terms.CHANNEL_LABELS.get(channel, channel)
    said = said[:1].lower() + said[1:] if said.startswith("Seller") else said
    label = terms.METRICS.get(row["metric"], row["metric"])
    return f"{label} of {row['marketplace']}" + (f", {said}" if said else "")


def contradictions(row: dict[str, Any], *, described: bool = True) -> list[str]:
    """What in one metric cannot be true together, one sentence each.

    Parameters
    ----------
    row : dict
        A row of snapshots.
    described : bool, default True
        Whether the report is the one Amazon describes, where windows have usual lengths and
        statuses come from a list. Of the old report there is no description.

    Examples
    --------
    >>> row = dict.fromkeys(terms.SNAPSHOT_COLUMNS) | {
    ...     "metric": "late_shipment", "marketplace": "Amazon.de", "channel": "",
    ...     "n_total": 200, "n_bad": 3, "rate": 0.03,
    ... }
    >>> contradictions(row)
    ['Late shipment rate of Amazon.de: the rate is stated as 0.03, but 3 late shipments of \
200 orders are 0.015; the counts are used.']
    """
    told = [*_window(row, described), *_rate(row), *_kinds(row)]
    told += _words(row) if described else []
    return [f"{name_of(row)}: {sentence}" for sentence in told]


def days_told(rows: Iterable[dict[str, Any]]) -> dict[str, dict[date, list[str]]]:
    """Marketplace to the days its windows tell for the report, and the metrics that tell each.

    Only windows of a usual length, of a metric whose distance from the report's day is known,
    tell anything; in the old report (``OLD_KIND``) none is known.
    """
    told: dict[str, dict[date, list[str]]] = {}
    for row in rows:
        days = told.setdefault(row["marketplace"], {})
        first, last = row["from_on"], row["to_on"]
        usual = USUAL.get(row["metric"])
        if usual is None or first is None or last is None or row.get("source") == OLD_KIND:
            continue
        ends = usual.ends.get((last - first).days + 1)
        if ends is not None and ends <= (date.max - last).days:
            metrics = days.setdefault(last + timedelta(days=ends), [])
            if row["metric"] not in metrics:
                metrics.append(row["metric"])
    return told


def disagreements(rows: Iterable[dict[str, Any]]) -> list[str]:
    """A sentence for each marketplace whose windows tell different days for the report."""
    notes = []
    for marketplace, days in days_told(rows).items():
        if len(days) > 1:
            by_day = [
                f"{day(when)} by {listed([terms.METRICS[m].lower() for m in metrics])}"
                for when, metrics in sorted(days.items())
            ]
            notes.append(
                f"The windows of {marketplace} tell different days for the report, so its day is "
                f"not known: {'; '.join(by_day)}."
            )
    return notes


def stated_twice(rows: list[dict[str, Any]]) -> list[str]:
    """Sentences about metrics a file states more than once with different values."""
    notes: list[str] = []
    apart: dict[str, list[tuple[str, list[date]]]] = {}
    by_metric: dict[tuple[str, str, str, int | None], list[dict[str, Any]]] = {}
    for row in rows:
        # The late shipment rate is stated over 10 and over 30 days, which is no contradiction.
        key = (row["marketplace"], row["metric"], row["channel"], _length(row))
        by_metric.setdefault(key, []).append(row)
    for (marketplace, *_), same in by_metric.items():
        if len(same) < 2:
            continue
        ends = sorted({r["to_on"] for r in same if r["to_on"] is not None})
        if len(ends) > 1:
            apart.setdefault(marketplace, []).append((name_of(same[0]), ends))
        else:
            values = listed([f"{_values(r)} (line {r['line']:,})" for r in same])
            notes.append(
                f"{name_of(same[0])} is stated {len(same)} times for the same window, with "
                f"different values: {values}. All are kept."
            )
    for marketplace, found in apart.items():
        first, ends = found[0]
        notes.append(
            f"{marketplace} is reported for more than one day in this file, for instance "
            f"{first} with windows that end on {listed([day(d) for d in ends])} "
            f"({counted(len(found), 'metric')} in all). The windows are kept apart."
        )
    return notes


_COMPARED = (
    *("n_bad", "n_total", "n_feedback", "n_claim", "n_chargeback"),
    *("rate", "target", "status", "account_status"),
)


def _length(row: dict[str, Any]) -> int | None:
    if row["from_on"] is None or row["to_on"] is None:
        return None
    return (row["to_on"] - row["from_on"]).days + 1


def _values(row: dict[str, Any]) -> str:
    stated = {c: row[c] for c in _COMPARED if row[c] not in (None, "")}
    return ", ".join(f"{name} {value}" for name, value in stated.items()) or "nothing"


def _window(row: dict[str, Any], described: bool) -> Iterator[str]:
    length = _length(row)
    if length is None:
        return
    window = f"{day(row['from_on'])} to {day(row['to_on'])}"
    if length < 1:
        yield f"the window {window} ends before it begins."
        return
    usual: tuple[int, ...] = ()
    if row["metric"] in USUAL:
        usual = tuple(USUAL[row["metric"]].ends)
    elif row["metric"] in POLICY_METRICS:
        usual = _POLICY_WINDOW
    if described and usual and length not in usual:
        yield (
            f"the window {window} has {counted(length, 'day')}; usual are "
            f"{' or '.join(map(str, usual))}."
        )


def _rate(row: dict[str, Any]) -> Iterator[str]:
    """Numerator against denominator, and the rate against both."""
    total, bad, rate = row["n_total"], row["n_bad"], row["rate"]
    usual = USUAL.get(row["metric"], Usual(("counted", "counted"), _DEFECT, {}))
    if total is not None and bad is not None and bad > total:
        yield (
            f"{_n(bad, usual.part)} of {_n(total, usual.whole)} cannot be: "
            "the part is larger than the whole."
        )
    if rate is None or total is None:
        return
    if rate < 0 or rate > 1:
        yield f"the rate is stated as {significant(rate, 6)}, which is no fraction from 0 to 1."
    if total == 0:
        if rate != 0:
            stated = significant(rate, 6)
            yield f"the rate is stated as {stated}, but there are no {usual.whole[1]}."
    elif bad is not None and not agrees(rate, bad, total):
        trusted = "the counts are used" if bad <= total else "neither can be relied on"
        yield (
            f"the rate is stated as {significant(rate, 6)}, but {_n(bad, usual.part)} of "
            f"{_n(total, usual.whole)} are {significant(bad / total, 6)}; {trusted}."
        )


def agrees(rate: float, part: int, whole: int) -> bool:
    """Whether a rate is that of two counts, rounded or cut off to the digits it is stated with.

    >>> agrees(0.03203973037, 27896, 870669), agrees(0.8848, 146, 165), agrees(0.009, 2, 1000)
    (True, True, False)
    """
    exponent = Decimal(repr(float(rate))).as_tuple().exponent
    digits = max(LEAST_DIGITS, -exponent if isinstance(exponent, int) else 0)
    # The last digit of an unrounded binary fraction is not to be relied on.
    return abs(rate - part / whole) <= 10.0**-digits + 1e-12


def _kinds(row: dict[str, Any]) -> Iterator[str]:
    """The three kinds of defect against the orders with defects."""
    bad = row["n_bad"]
    kinds = {c: row[f"n_{c}"] for c in terms.COMPONENTS}
    known = {c: n for c, n in kinds.items() if n is not None}
    if bad is None or not known:
        return
    larger = {c: n for c, n in known.items() if n > bad}
    for component, n in larger.items():
        yield (
            f"{number(n)} orders with a {terms.COMPONENT_LABELS[component]} are more than the "
            f"{number(bad)} with any defect, which cannot be."
        )
    if larger or len(known) < len(kinds):
        return
    total = sum(known.values())
    sums = f"{' + '.join(number(n) for n in known.values())} = {number(total)}"
    kinds_said = listed([terms.COMPONENT_LABELS[c] for c in known])
    if total < bad:
        yield (
            f"the kinds of defect ({kinds_said}) add up to {sums}, fewer than the "
            f"{number(bad)} orders with defects, which cannot be: "
            f"{counted(bad - total, 'order')} would have a defect of no kind."
        )
    elif total > bad:
        over = total - bad
        # An order with all three kinds takes up two of what is over, one with two takes up one.
        least = over - min(over // 2, *known.values())
        least_said = f"at least {counted(least, 'order has', 'orders have')} more than one kind"
        if least < over <= bad:
            least_said += f" ({number(over)} if none has all three)"
        yield (
            f"the kinds of defect ({kinds_said}) add up to {sums}, {number(over)} more than the "
            f"{number(bad)} orders with defects, so {least_said}. An order counts once."
        )


def _words(row: dict[str, Any]) -> Iterator[str]:
    """Words outside those Amazon's description of the report allows."""
    allowed = RATING_STATUSES if row["metric"] == "account_health" else STATUSES
    for what, value, known in (
        ("status", row["status"], allowed),
        ("condition", row["condition"], CONDITIONS),
    ):
        if value and value not in known:
            yield f"the {what} {value!r} is none of {listed(list(known))}; it is kept as stated."


def _n(n: int, words: tuple[str, str]) -> str:
    return counted(n, *words)
