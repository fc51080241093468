"""The words used everywhere: components, cells, channels, marketplaces, columns.

Meanings are in GLOSSARY.md. Nothing here computes.
"""

from __future__ import annotations

from dataclasses import dataclass

from odr_analysis.schema import Column, Columns

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

ORDER_COLUMNS: Columns = {
    "order_id": Column("str", "Amazon's order id, 3-7-7 digits"),
    "purchased_at": Column("datetime64[us]", "when the buyer placed the order", unit="UTC"),
    "ordered_on": Column(
        "datetime64[us]", "the day the order belongs to under the policy", unit="midnight"
    ),
    "marketplace": Column(
        "str", "sales channel as the export names it", missing="'unknown' when no file says"
    ),
    "channel": Column("str", "'mfn', 'afn', or 'unknown'"),
    "status": Column("str", "one of pending, unshipped, shipped, returned, cancelled, other"),
    "counts": Column("bool", "in the denominator under the policy"),
    "why_not": Column("str", "the reason when it does not count, else ''"),
}
"""Columns of ``Account.orders``: one row per order id."""

ITEM_COLUMNS: Columns = {
    "order_id": Column("str", "Amazon's order id, 3-7-7 digits"),
    "sku": Column("str", "the seller's own name for what was ordered", missing="'' if not given"),
    "asin": Column("str", "Amazon's name for it", missing="'' if not given"),
    "product_name": Column("str", missing="'' if not given"),
    "quantity": Column("Int64", "units, 0 for a cancelled item", missing="<NA> where not given"),
    "item_status": Column("str", "as written", missing="'' if not given"),
    "price": Column(
        "float64",
        "of the whole line without shipping, in `currency`",
        missing="NaN where not given",
    ),
    "currency": Column("str", "ISO 4217 code as written", missing="'' if not given"),
    "ship_service": Column(
        "str", "shipping service the buyer chose, as written", missing="'' if not given"
    ),
    "carrier": Column("str", "as written", missing="'' if not given"),
    "ship_country": Column(
        "str", "country of delivery as written, upper case", missing="'' if not given"
    ),
    "ship_region": Column(
        "str", "state or province of delivery as written", missing="'' if not given"
    ),
    "ship_area": Column(
        "str", "first two characters of the postal code, upper case", missing="'' if not given"
    ),
    "promised_at": Column(
        "datetime64[us]",
        "by when dispatch was promised; a promise of a day without time is kept by "
        "the last second of that day",
        unit="UTC",
        missing="NaT where not given",
    ),
    "dispatched_at": Column(
        "datetime64[us]",
        "when it was dispatched; a day without time stands for its first second",
        unit="UTC",
        missing="NaT where not given",
    ),
    "buyer": Column("str", "hash of the buyer's e-mail alias", missing="'' if not given"),
}
"""Columns of ``Account.items``: one row per order id x SKU.

Each column has the newest value that any export gives. Quantity and price add up over the lines
of one SKU in an order: those one file lists, or all different shipments, whichever is more. Equal
rows of two files are one line; so are, without an id of the line, equal rows of a file that a
warehouse or connector wrote. Names, streets, telephone numbers, whole
postal codes and e-mail addresses are never kept."""

DAILY_COLUMNS: Columns = {
    "ordered_on": Column("datetime64[us]", "day the orders were placed", unit="midnight"),
    "marketplace": Column("str"),
    "channel": Column("str"),
    "n_orders": Column("int64", "orders placed that day that count"),
    **{
        f"n_{cell}": Column("int64", f"of them, orders known by the last day to be {cell}")
        for cell in CELLS[1:]
    },
}
"""Columns of ``Account.daily``: one row per order day x marketplace x channel with orders."""

DEFECTIVE_COLUMNS: Columns = {
    "order_id": Column("str"),
    "ordered_on": Column("datetime64[us]", "day the order was placed", unit="midnight"),
    "marketplace": Column("str"),
    "channel": Column("str"),
    "feedback_on": Column(
        "datetime64[us]", "first day counting negative feedback was known", missing="NaT if none"
    ),
    "claim_on": Column(
        "datetime64[us]", "first day a counting A-to-z claim was known", missing="NaT if none"
    ),
    "chargeback_on": Column(
        "datetime64[us]", "first day a counting chargeback was known", missing="NaT if none"
    ),
}
"""Columns of ``Account.defective``: one row per order in the denominator with a counting defect.
A defect whose source gives no day is taken as known from ``ordered_on``."""

DEFECT_COLUMNS: Columns = {
    "order_id": Column("str"),
    "component": Column("str", "feedback, claim or chargeback"),
    "reported_on": Column(
        "datetime64[us]", "day the defect became known", missing="NaT where the source has none"
    ),
    "decided_on": Column(
        "datetime64[us]",
        "day the case was decided or paid",
        missing="NaT where the source has none",
    ),
    "outcome": Column(
        "str", "e.g. pending, denied, withdrawn, won", missing="'' where the source states no more"
    ),
    "funded_by": Column(
        "str", "who paid: seller or amazon", missing="'' where the source does not state it"
    ),
    "amount": Column(
        "Float64",
        "money that moved, positive when it left the seller",
        missing="<NA> where unknown",
    ),
    "currency": Column("str", "ISO 4217 code of the amount", missing="'' where unknown"),
    "rating": Column("Int64", "stars of a feedback", missing="<NA> otherwise"),
    "reason": Column("str", "the source's own words for why", missing="'' if none"),
    "comment": Column("str", "the buyer's words, untrusted text", missing="'' if none"),
    "source": Column("str", "kind of the export this was seen in"),
    "file": Column("str", "file it was seen in"),
    "line": Column("int64", "1-based line in that file"),
    "counts": Column("bool", "counts in ODR under the policy (whatever the order)"),
    "why_not": Column("str", "the reason when it does not count, e.g. 'order unknown', else ''"),
    "inferred": Column(
        "bool", "counts on money alone: no file lists the defect or gives a verdict"
    ),
}
"""Columns of ``Account.defects``: one row per sighting of a defect in a file."""

FEEDBACK_COLUMNS: Columns = {
    "order_id": Column("str"),
    "received_on": Column("datetime64[us]", "day of the feedback"),
    "rating": Column("int64", "1 to 5 stars"),
    "comment": Column("str", "the buyer's words, untrusted text"),
    "response": Column("str", "the seller's reply, untrusted text"),
    "rater": Column("str", "hash of the buyer's e-mail alias", missing="'' if none"),
    "file": Column("str"),
    "line": Column("int64", "1-based line in that file"),
}
"""Columns of ``Account.feedback``: one row per feedback of any rating."""

OPEN_REASONS: tuple[str, ...] = ("", "cancelled", "pending")
"""Values of ``why_not`` of an order that is in a rate, or is not as a matter of policy."""

SNAPSHOT_COLUMNS: Columns = {
    "marketplace": Column(
        "str", "sales channel (Amazon.de), or the marketplace id of an unknown one"
    ),
    "metric": Column("str", "a key of METRICS, or the report's own name of one that is not"),
    "channel": Column(
        "str", "mfn or afn for order_defects", missing="'' for metrics that have no channel"
    ),
    "from_on": Column(
        "datetime64[us]", "first day of the window as the report states it", unit="midnight"
    ),
    "to_on": Column("datetime64[us]", "last day of the window", unit="midnight"),
    "n_total": Column(
        "Int64",
        "what the rate is of (orders, shipments, units, feedback)",
        missing="<NA> where not stated",
    ),
    "n_bad": Column(
        "Int64",
        "orders with defects, late or cancelled orders; for tracking and delivery "
        "rates the good ones, as the report counts them",
    ),
    "n_feedback": Column(
        "Int64", "orders with negative feedback, of order_defects and counts_per_day only"
    ),
    "n_claim": Column(
        "Int64", "orders with A-to-z claims, order_defects only; of counts_per_day those granted"
    ),
    "n_chargeback": Column("Int64", "orders with chargebacks, order_defects only"),
    "rate": Column("Float64", "as stated, a fraction, unrounded; may contradict the counts"),
    "target": Column("Float64", "as stated"),
    "condition": Column(
        "str", "how the rate must compare to the target: LESS_THAN, GREATER_THAN, EQUALS"
    ),
    "status": Column("str", "GOOD, BAD, NONE, or what else the report says"),
    "account_status": Column(
        "str", "NORMAL, AT_RISK, DEACTIVATED or what else the report says", missing="'' if none"
    ),
    "source": Column("str", "kind of the report"),
    "file": Column("str"),
    "line": Column("int64", "1-based line the metric starts on, 1 where it cannot be told"),
}
"""Columns of ``Account.snapshots``: one row per metric x channel of a performance report."""

LAPSE_COLUMNS: Columns = {
    "order_id": Column("str"),
    "metric": Column(
        "str", "late_shipment, cancellation or valid_tracking: the rate the list explains"
    ),
    "ordered_on": Column(
        "datetime64[us]",
        "day of the order as the list gives it",
        unit="midnight",
        missing="NaT if none",
    ),
    "due_on": Column(
        "datetime64[us]",
        "day it should have been dispatched or delivered",
        missing="NaT if not given",
    ),
    "done_on": Column("datetime64[us]", "day it was confirmed", missing="NaT if not given"),
    "counts": Column("bool", "whether the list says that it has an impact on account health"),
    "carrier": Column("str", missing="'' if not given"),
    "reason": Column("str", "the list's own words", missing="'' if none"),
    "source": Column("str", "kind of the list"),
    "file": Column("str"),
    "line": Column("int64", "1-based line in that file"),
}
"""Columns of ``Account.lapses``: one row per order that an Account Health list names for a rate
other than ODR."""

RETURN_COLUMNS: Columns = {
    "order_id": Column("str"),
    "requested_on": Column(
        "datetime64[us]", "day the buyer asked for it", unit="midnight", missing="NaT if not given"
    ),
    "sku": Column("str", "the seller's own name for what comes back", missing="'' if not given"),
    "asin": Column("str", "Amazon's name for it", missing="'' if not given"),
    "quantity": Column("Int64", "units", missing="<NA> where not given or no whole number"),
    "reason": Column(
        "str",
        "the buyer's reason, the report's own words or code (CR-DEFECTIVE)",
        missing="'' if none",
    ),
    "status": Column("str", "of the request, as written", missing="'' if not given"),
    "resolution": Column("str", "as written", missing="'' if not given"),
    "claim": Column("bool", "the report says that an A-to-z claim came with it"),
    "refunded": Column(
        "Float64",
        "money paid back, in the store's currency",
        missing="<NA> if not given or no amount",
    ),
    "source": Column("str", "kind of the report"),
    "file": Column("str"),
    "line": Column("int64", "1-based line in that file"),
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

RATE_COLUMNS: Columns = {
    "as_of": Column("datetime64[us]", "the day the rate is stated for", unit="midnight"),
    "marketplace": Column("str"),
    "channel": Column("str"),
    "n_orders": Column("int64", "orders in the window"),
    "n_defective": Column("int64", "of them, orders with at least one defect known by as_of"),
    "odr": Column("float64", "n_defective / n_orders, fraction 0-1", missing="NaN without orders"),
    "n_feedback": Column("int64", "orders with negative feedback"),
    "n_claim": Column("int64", "orders with an A-to-z claim"),
    "n_chargeback": Column("int64", "orders with a chargeback"),
    **{f"n_{cell}": Column("int64", f"exclusive cell {cell}") for cell in DEFECT_CELLS},
    "lower": Column(
        "float64", "lower Jeffreys bound of the underlying rate", missing="NaN without orders"
    ),
    "upper": Column("float64", "upper Jeffreys bound"),
    "level": Column("float64", "level of the interval, e.g. 0.95"),
    "window_complete": Column(
        "bool", "the exports reach back to the window's first day and on to its last"
    ),
}
"""Columns of ``component_rates``: one row per as_of day x marketplace x channel."""
