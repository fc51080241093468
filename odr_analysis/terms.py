"""The words used everywhere: components, cells, channels, marketplaces, columns.

Meanings are in GLOSSARY.md. Nothing here computes.
"""

from __future__ import annotations

from dataclasses import dataclass

COMPONENTS: tuple[str, ...] = ("feedback", "claim", "chargeback")
"""Kinds of defect. Bit ``i`` of a cell stands for ``COMPONENTS[i]``."""

COMPONENT_LABELS: dict[str, str] = {
    "feedback": "negative feedback",
    "claim": "A-to-z claim",
    "chargeback": "chargeback",
}

CELLS: tuple[str, ...] = (
    "clean",
    "feedback_only",
    "claim_only",
    "feedback_claim",
    "chargeback_only",
    "feedback_chargeback",
    "claim_chargeback",
    "all_three",
)
"""The eight exclusive cells; the index is the bit mask (1 feedback, 2 claim, 4 chargeback)."""

DEFECT_CELLS: tuple[str, ...] = CELLS[1:]

CELL_LABELS: dict[str, str] = {
    "feedback_only": "negative feedback",
    "claim_only": "A-to-z claim",
    "chargeback_only": "chargeback",
    "feedback_claim": "feedback and claim",
    "feedback_chargeback": "feedback and chargeback",
    "claim_chargeback": "claim and chargeback",
    "all_three": "all three",
}

CHANNELS: tuple[str, ...] = ("mfn", "afn")
CHANNEL_LABELS: dict[str, str] = {
    "mfn": "Seller-fulfilled",
    "afn": "Amazon-fulfilled",
    "unknown": "Fulfilment unknown",
}

STATUSES: tuple[str, ...] = ("pending", "unshipped", "shipped", "returned", "cancelled", "other")
"""What an order's status is read as, whatever the export calls it."""

STATES: tuple[str, ...] = ("healthy", "warning", "critical", "unknown", "no data")
"""States of a rate; ``unknown`` where the counts look healthy and something is missing."""

AT_RISK: tuple[str, ...] = ("critical", "warning")
"""States of a rate that is over the limit or past the early warning, the most pressing first."""

CELL_COLUMNS: tuple[str, ...] = tuple(f"n_{cell}" for cell in DEFECT_CELLS)
COMPONENT_COLUMNS: tuple[str, ...] = tuple(f"n_{c}" for c in COMPONENTS)
SERIES_KEYS: tuple[str, ...] = ("marketplace", "channel")
"""What tells one official rate from another; they are never pooled."""


def cells_with(component: str) -> tuple[str, ...]:
    """Cells in which `component` takes part, ``clean`` never among them."""
    bit = 1 << COMPONENTS.index(component)
    return tuple(cell for mask, cell in enumerate(CELLS) if mask & bit)


@dataclass(frozen=True)
class Marketplace:
    """One Amazon store.

    ``name`` is the sales channel as exports write it, ``date_order`` the order
    of day, month and year in its seller-feedback report.
    """

    name: str
    id: str
    country: str
    time_zone: str
    currency: str
    date_order: str


MARKETPLACES: dict[str, Marketplace] = {
    m.name: m
    for m in (
        Marketplace("Amazon.com", "ATVPDKIKX0DER", "US", "America/Los_Angeles", "USD", "mdy"),
        Marketplace("Amazon.ca", "A2EUQ1WTGCTBG2", "CA", "America/Los_Angeles", "CAD", "dmy"),
        Marketplace("Amazon.com.mx", "A1AM78C64UM0Y8", "MX", "America/Los_Angeles", "MXN", "dmy"),
        Marketplace("Amazon.com.br", "A2Q3Y263D00KWC", "BR", "America/Sao_Paulo", "BRL", "dmy"),
        Marketplace("Amazon.co.uk", "A1F83G8C2ARO7P", "GB", "Europe/London", "GBP", "dmy"),
        Marketplace("Amazon.ie", "A28R8C7NBKEWEA", "IE", "Europe/Dublin", "EUR", "dmy"),
        Marketplace("Amazon.de", "A1PA6795UKMFR9", "DE", "Europe/Berlin", "EUR", "dmy"),
        Marketplace("Amazon.fr", "A13V1IB3VIYZZH", "FR", "Europe/Paris", "EUR", "dmy"),
        Marketplace("Amazon.it", "APJ6JRA9NG5V4", "IT", "Europe/Rome", "EUR", "dmy"),
        Marketplace("Amazon.es", "A1RKKUPIHCS9HS", "ES", "Europe/Madrid", "EUR", "dmy"),
        Marketplace("Amazon.nl", "A1805IZSGTT6HS", "NL", "Europe/Amsterdam", "EUR", "dmy"),
        Marketplace("Amazon.com.be", "AMEN7PMS3EDWL", "BE", "Europe/Brussels", "EUR", "dmy"),
        Marketplace("Amazon.se", "A2NODRKZP88ZB9", "SE", "Europe/Stockholm", "SEK", "ymd"),
        Marketplace("Amazon.pl", "A1C3SOZRARQ6R3", "PL", "Europe/Warsaw", "PLN", "dmy"),
        Marketplace("Amazon.com.tr", "A33AVAJ2PDY3EV", "TR", "Europe/Istanbul", "TRY", "dmy"),
        Marketplace("Amazon.ae", "A2VIGQ35RCS4UG", "AE", "Asia/Dubai", "AED", "dmy"),
        Marketplace("Amazon.sa", "A17E79C6D8DWNP", "SA", "Asia/Riyadh", "SAR", "dmy"),
        Marketplace("Amazon.eg", "ARBP9OOSHTCHU", "EG", "Africa/Cairo", "EGP", "dmy"),
        Marketplace("Amazon.in", "A21TJRUUN4KGV", "IN", "Asia/Kolkata", "INR", "dmy"),
        Marketplace("Amazon.co.jp", "A1VC38T7YXB528", "JP", "Asia/Tokyo", "JPY", "ymd"),
        Marketplace("Amazon.com.au", "A39IBJ37TRP1C6", "AU", "Australia/Sydney", "AUD", "dmy"),
        Marketplace("Amazon.sg", "A19VAU5U5O7RUS", "SG", "Asia/Singapore", "SGD", "dmy"),
    )
}
"""Stores by sales channel. An unknown one is kept and named; its days are UTC days."""

STORE_IDS = {store.id: name for name, store in MARKETPLACES.items()}
"""Marketplace id to the sales channel exports call it."""

ORDER_COLUMNS: dict[str, str] = {
    "order_id": "str; Amazon's order id, 3-7-7 digits",
    "purchased_at": "datetime64[us], UTC; when the buyer placed the order",
    "ordered_on": "datetime64[us], midnight; the day the order belongs to under the policy",
    "marketplace": "str; sales channel as the export names it, 'unknown' when no file says",
    "channel": "str; 'mfn', 'afn', or 'unknown'",
    "status": "str; one of pending, unshipped, shipped, returned, cancelled, other",
    "counts": "bool; in the denominator under the policy",
    "why_not": "str; the reason when it does not count, else ''",
}
"""Columns of ``Account.orders``: one row per order id."""

ITEM_COLUMNS: dict[str, str] = {
    "order_id": "str; Amazon's order id, 3-7-7 digits",
    "sku": "str; the seller's own name for what was ordered, '' if not given",
    "asin": "str; Amazon's name for it, '' if not given",
    "product_name": "str; '' if not given",
    "quantity": "Int64; units, 0 for a cancelled item, <NA> where not given",
    "item_status": "str; as written, '' if not given",
    "price": "float64; of the whole line without shipping, in `currency`, NaN where not given",
    "currency": "str; ISO 4217 code as written, '' if not given",
    "ship_service": "str; shipping service the buyer chose, as written, '' if not given",
    "carrier": "str; as written, '' if not given",
    "ship_country": "str; country of delivery as written, upper case, '' if not given",
    "ship_region": "str; state or province of delivery as written, '' if not given",
    "ship_area": "str; first two characters of the postal code, upper case, '' if not given",
    "promised_at": "datetime64[us], UTC; by when dispatch was promised, NaT where not given; a "
    "promise of a day without time is kept by the last second of that day",
    "dispatched_at": "datetime64[us], UTC; when it was dispatched, NaT where not given; a day "
    "without time stands for its first second",
    "buyer": "str; hash of the buyer's e-mail alias, '' if not given",
}
"""Columns of ``Account.items``: one row per order id x SKU.

Each column has the newest value that any export gives. Quantity and price add up over the lines
of one SKU in an order: those one file lists, or all different shipments, whichever is more. Equal
rows of two files are one line; so are, without an id of the line, equal rows of a file that a
warehouse or connector wrote. Names, streets, telephone numbers, whole
postal codes and e-mail addresses are never kept."""

DAILY_COLUMNS: dict[str, str] = {
    "ordered_on": "datetime64[us], midnight; day the orders were placed",
    "marketplace": "str",
    "channel": "str",
    "n_orders": "int64; orders placed that day that count",
    **{
        f"n_{cell}": f"int64; of them, orders known by the last day to be {cell}"
        for cell in CELLS[1:]
    },
}
"""Columns of ``Account.daily``: one row per order day x marketplace x channel with orders."""

DEFECTIVE_COLUMNS: dict[str, str] = {
    "order_id": "str",
    "ordered_on": "datetime64[us], midnight; day the order was placed",
    "marketplace": "str",
    "channel": "str",
    "feedback_on": "datetime64[us]; first day counting negative feedback was known, NaT if none",
    "claim_on": "datetime64[us]; first day a counting A-to-z claim was known, NaT if none",
    "chargeback_on": "datetime64[us]; first day a counting chargeback was known, NaT if none",
}
"""Columns of ``Account.defective``: one row per order in the denominator with a counting defect.
A defect whose source gives no day is taken as known from ``ordered_on``."""

DEFECT_COLUMNS: dict[str, str] = {
    "order_id": "str",
    "component": "str; feedback, claim or chargeback",
    "reported_on": "datetime64[us]; day the defect became known, NaT where the source has none",
    "decided_on": "datetime64[us]; day the case was decided or paid, NaT where the source has none",
    "outcome": "str; '' when the source says no more, else e.g. pending, denied, withdrawn, won",
    "funded_by": "str; who paid: seller, amazon, or '' where the source does not say",
    "amount": "Float64; money that moved, positive when it left the seller, <NA> where unknown",
    "currency": "str; ISO 4217 code of the amount, '' where unknown",
    "rating": "Int64; stars of a feedback, <NA> otherwise",
    "reason": "str; the source's own words for why, '' if none",
    "comment": "str; the buyer's words, untrusted text, '' if none",
    "source": "str; kind of the export this was seen in",
    "file": "str; file it was seen in",
    "line": "int64; 1-based line in that file",
    "counts": "bool; counts in ODR under the policy (whatever the order)",
    "why_not": "str; the reason when it does not count, e.g. 'order unknown', else ''",
    "inferred": "bool; counts on money alone: no file lists the defect or gives a verdict",
}
"""Columns of ``Account.defects``: one row per sighting of a defect in a file."""

FEEDBACK_COLUMNS: dict[str, str] = {
    "order_id": "str",
    "received_on": "datetime64[us]; day of the feedback",
    "rating": "int64; 1 to 5 stars",
    "comment": "str; the buyer's words, untrusted text",
    "response": "str; the seller's reply, untrusted text",
    "rater": "str; hash of the buyer's e-mail alias, '' if none",
    "file": "str",
    "line": "int64; 1-based line in that file",
}
"""Columns of ``Account.feedback``: one row per feedback of any rating."""

OPEN_REASONS: tuple[str, ...] = ("", "cancelled", "pending")
"""Values of ``why_not`` of an order that is in a rate, or is not as a matter of policy."""

SNAPSHOT_COLUMNS: dict[str, str] = {
    "marketplace": "str; sales channel (Amazon.de), or the marketplace id of an unknown one",
    "metric": "str; a key of METRICS, or the report's own name of one that is not",
    "channel": "str; mfn or afn for order_defects, '' for metrics that have no channel",
    "from_on": "datetime64[us], midnight; first day of the window as the report states it",
    "to_on": "datetime64[us], midnight; last day of the window",
    "n_total": "Int64; what the rate is of (orders, shipments, units, feedback), <NA> where not "
    "stated",
    "n_bad": "Int64; orders with defects, late or cancelled orders; for tracking and delivery "
    "rates the good ones, as the report counts them",
    "n_feedback": "Int64; orders with negative feedback, of order_defects and counts_per_day only",
    "n_claim": "Int64; orders with A-to-z claims, order_defects only; of counts_per_day those "
    "granted",
    "n_chargeback": "Int64; orders with chargebacks, order_defects only",
    "rate": "Float64; as stated, a fraction, unrounded; may contradict the counts",
    "target": "Float64; as stated",
    "condition": "str; how the rate must compare to the target: LESS_THAN, GREATER_THAN, EQUALS",
    "status": "str; GOOD, BAD, NONE, or what else the report says",
    "account_status": "str; NORMAL, AT_RISK, DEACTIVATED or what else the report says, '' if none",
    "source": "str; kind of the report",
    "file": "str",
    "line": "int64; 1-based line the metric starts on, 1 where it cannot be told",
}
"""Columns of ``Account.snapshots``: one row per metric x channel of a performance report."""

LAPSE_COLUMNS: dict[str, str] = {
    "order_id": "str",
    "metric": "str; late_shipment, cancellation or valid_tracking: the rate the list explains",
    "ordered_on": "datetime64[us], midnight; day of the order as the list gives it, NaT if none",
    "due_on": "datetime64[us]; day it should have been dispatched or delivered, NaT if not given",
    "done_on": "datetime64[us]; day it was confirmed, NaT if not given",
    "counts": "bool; whether the list says that it has an impact on account health",
    "carrier": "str; '' if not given",
    "reason": "str; the list's own words, '' if none",
    "source": "str; kind of the list",
    "file": "str",
    "line": "int64; 1-based line in that file",
}
"""Columns of ``Account.lapses``: one row per order that an Account Health list names for a rate
other than ODR."""

RETURN_COLUMNS: dict[str, str] = {
    "order_id": "str",
    "requested_on": "datetime64[us], midnight; day the buyer asked for it, NaT if not given",
    "sku": "str; the seller's own name for what comes back, '' if not given",
    "asin": "str; Amazon's name for it, '' if not given",
    "quantity": "Int64; units, <NA> where not given or no whole number",
    "reason": "str; the buyer's reason, the report's own words or code (CR-DEFECTIVE), '' if none",
    "status": "str; of the request, as written, '' if not given",
    "resolution": "str; as written, '' if not given",
    "claim": "bool; the report says that an A-to-z claim came with it",
    "refunded": "Float64; money paid back, in the store's currency, <NA> if not given or no amount",
    "source": "str; kind of the report",
    "file": "str",
    "line": "int64; 1-based line in that file",
}
"""Columns of ``Account.returns``: one row per return request of a seller-fulfilled order, with or
without an A-to-z claim. A request that several files tell of is there once, as the newest of them
has it."""

METRICS: dict[str, str] = {
    "order_defects": "Order defect rate",
    "late_shipment": "Late shipment rate",
    "cancellation": "Cancellation rate",
    "valid_tracking": "Valid tracking rate",
    "on_time_delivery": "On-time delivery rate",
    "unit_on_time_delivery": "On-time delivery rate by unit",
    "invoice_defects": "Invoice defect rate",
    "account_health": "Account health rating",
}
"""Metrics of a performance report by what this toolkit calls them, and their labels."""

RATE_COLUMNS: dict[str, str] = {
    "as_of": "datetime64[us], midnight; the day the rate is stated for",
    "marketplace": "str",
    "channel": "str",
    "n_orders": "int64; orders in the window",
    "n_defective": "int64; of them, orders with at least one defect known by as_of",
    "odr": "float64; n_defective / n_orders, fraction 0-1, NaN without orders",
    "n_feedback": "int64; orders with negative feedback",
    "n_claim": "int64; orders with an A-to-z claim",
    "n_chargeback": "int64; orders with a chargeback",
    **{f"n_{cell}": f"int64; exclusive cell {cell}" for cell in DEFECT_CELLS},
    "lower": "float64; lower Jeffreys bound of the underlying rate, NaN without orders",
    "upper": "float64; upper Jeffreys bound",
    "level": "float64; level of the interval, e.g. 0.95",
    "window_complete": "bool; the exports reach back to the window's first day and on to its last",
}
"""Columns of ``component_rates``: one row per as_of day x marketplace x channel."""
