"""Files that are known and not counted: what each is, whether it matters, what to download instead.

One catalogue for Amazon's own exports without use here and files of other marketplaces and tools,
known by their columns. A file in the catalogue is never counted, so each entry asks for columns
that no export of defects has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from odr_analysis.exports.text.delimited import plain

FEEDBACK = "Feedback: Seller Central > Performance > Feedback > Download."
DEFECTS = "Orders with defects: Seller Central > Performance > Account Health > Download report."
ORDERS = "Orders: Seller Central > Orders > Order Reports > All Orders (text)."
RETURNS = "Returns and their claims: Seller Central > Orders > Manage Returns > Reports (text)."
MONEY = "Money of claims: Seller Central > Payments > Reports Repository > Date Range (CSV)."
NO_DEFECT = "It does not matter here: it lists no defect and no order, and it changes no number."


@dataclass(frozen=True)
class KnownTable:
    """A kind of table that is named and not counted.

    Attributes
    ----------
    kind : str
        What it is.
    columns : tuple of str
        Patterns, each of which the whole of one title must match, as
        :func:`~odr_analysis.exports.text.delimited.plain` gives titles.
    matters : str
        Whether it matters for the rates.
    instead : str
        What to download instead, and where.
    """

    kind: str
    columns: tuple[str, ...]
    matters: str = NO_DEFECT
    instead: str = DEFECTS

    def fits(self, titles: Iterable[str]) -> bool:
        """Whether plain `titles` hold every column of the signature."""
        titles = list(titles)
        return all(any(re.fullmatch(p, title) for title in titles) for p in self.columns)

    @property
    def sentence(self) -> str:
        """What the receipt shows."""
        return f"{self.kind}, set aside. {self.matters} {self.instead}"


_FEES = "It does not matter here: claims of this kind are the seller's own, not a buyer's."
_OTHER = "It does not matter here: orders of other marketplaces are not in Amazon's rates."

TABLES: tuple[KnownTable, ...] = (
    KnownTable(
        "Amazon's SAFE-T claims (the seller's claims against Amazon)",
        (r"safe ?t claim.*",),
        _FEES,
        f"For A-to-z claims: {DEFECTS}",
    ),
    KnownTable(
        "Amazon's FBA reimbursements (what Amazon pays the seller)",
        ("reimbursement id", ".*(reason|case id|fnsku|amount.*)"),
        _FEES,
        f"For A-to-z claims: {DEFECTS}",
    ),
    KnownTable(
        "a list of FBA reimbursement claims (the seller's claims against Amazon)",
        ("fnsku", ".*(claim|case|reimburs).*"),
        _FEES,
        f"For A-to-z claims: {DEFECTS}",
    ),
    KnownTable(
        "Amazon's FBA returns",
        ("return date", "order id", "(detailed )?disposition|license plate number"),
        "It does not matter here: a return to Amazon is not a defect, and no claim is in it.",
        RETURNS,
    ),
    KnownTable(
        "Amazon's FBA replacements",
        ("(replacement|original) amazon order id",),
        "It does not matter here: a replacement is not a defect.",
        DEFECTS,
    ),
    KnownTable(
        "Amazon's removal orders (stock sent back or disposed of)",
        (
            "order id",
            "(disposed|removal|removed|requested|shipped) quantity|removal order (id|type)",
            "fnsku|order type|removal order (id|type)",
        ),
        "It does not matter here: a removal is not a buyer's order.",
        ORDERS,
    ),
    KnownTable(
        "Amazon's FBA shipments without store and channel",
        ("amazon order id", "shipment date", "fulfillment center id", "fnsku"),
        "It cannot be used: it lacks the day of the order.",
        ORDERS,
    ),
    KnownTable(
        "Amazon's FBA inventory",
        (
            "fnsku|fulfillment channel sku|fulfilment channel sku",
            ".*(quantity|disposition|afn|supply).*",
        ),
    ),
    KnownTable("Amazon's FBA fee preview", ("estimated fee total|estimated referral fee.*",)),
    KnownTable(
        "Amazon's merchant tax report (MTR, GST)",
        (r"seller gstin|.*\bhsn ?/? ?sac\b.*",),
        "It does not matter here: it lists invoices and refunds, not claims or feedback.",
        f"{ORDERS} {DEFECTS}",
    ),
    KnownTable(
        "Amazon's VAT report",
        (
            r"unique account identifier|activity period|vat calculation imputation country"
            r"|total activity value amt vat incl|seller tax registration.*"
            r"|tax calculation reason code|vat inv(oice)? n.*|invoice level currency code"
            r"|our price tax (exclusive|inclusive) selling price",
        ),
        "It does not matter here: it lists taxes of orders, not claims or feedback.",
        f"{ORDERS} {DEFECTS}",
    ),
    KnownTable(
        "Amazon's sales tax report",
        ("jurisdiction (level|name)", ".*tax.*"),
        "It does not matter here: it lists taxes of orders, not claims or feedback.",
        f"{ORDERS} {DEFECTS}",
    ),
    KnownTable(
        "Amazon's Business Report of seller performance",
        (
            r".*a to z claims granted.*|(received )?negative feedback.*",
            "date",
            "(units|feedback|orders) .*",
        ),
        "It counts claims and feedback per day without naming orders, so no rate follows from it.",
        f"{FEEDBACK} {DEFECTS}",
    ),
    KnownTable(
        "Amazon's Business Report of products or traffic",
        (
            r"(ordered product sales|units ordered|total order items|sessions|page views)\b.*",
            r"(date|\(?(parent|child)\)? asin|title|sessions|page views|buy box percentage)\b.*"
            r"|featured offer.*",
        ),
        "It does not matter here: it counts sales and visits, not single orders or defects.",
        f"{ORDERS} {DEFECTS}",
    ),
    KnownTable(
        "Amazon's advertising report",
        (
            "campaign( name)?|search term|customer search term|targeting|ad group( name)?",
            "impressions|clicks",
            "clicks|spend|cost.*|total cost.*",
        ),
    ),
    KnownTable(
        "Amazon's Brand Analytics report",
        ("search frequency rank( .*)?|search query score",),
    ),
    KnownTable(
        "Amazon's Voice of the Customer report",
        ("ncx (rate|orders)|cx health|ncx.*",),
        "It does not matter here: it counts complaints about products, not defects of orders.",
        DEFECTS,
    ),
    KnownTable(
        "Amazon's statement summary of payments",
        ("beginning balance|opening balance", ".*(balance|sales|expenses|transfer|deposit).*"),
        "It sums money and names no order, so no claim can be seen in it.",
        MONEY,
    ),
    KnownTable(
        "an order history that Amazon gives to its buyers",
        (
            "website|order date|ordered on",
            "order id",
            r"payment instrument type|total owed|gift sender name|carrier name & tracking number"
            r"|unspsc code|ordering customer email|account group|asin/isbn",
        ),
        "It does not matter here: these are purchases, not orders of this seller.",
        ORDERS,
    ),
    KnownTable(
        "product reviews",
        (
            r"review(er)? (id|title|text|body|headline|date|link|url|name|stars)|helpful votes"
            r"|star rating",
            r".*\b(rating|stars?|review|helpful)\b.*",
        ),
        "It does not matter here: a review of a product is not feedback on the seller.",
        FEEDBACK,
    ),
    KnownTable(
        "a vendor's export (Vendor Central)",
        (
            "vendor( code| name)?|po( number| id)?|purchase order( number| id)?",
            "(po|asn|vendor|financial charge|chargeback|dispute) .*",
            "(chargeback|financial charge|dispute|shortage|asn).*",
        ),
        "It does not matter here: a vendor's chargebacks are Amazon's, not a buyer's.",
        DEFECTS,
    ),
    KnownTable(
        "a shipping confirmation for upload",
        ("order id", "order item id", "carrier code", "tracking number"),
        "It does not matter here: it is written by the seller and lists no defect.",
        ORDERS,
    ),
    KnownTable(
        "an order list of Amazon",
        ("order id", "order item id", "purchase date"),
        "It cannot be used: it lacks the columns that name store and channel of an order.",
        ORDERS,
    ),
    KnownTable(
        "an eBay export",
        (
            r"sales record number|ebay.*|.*\bebay\b.*|(buyer )?user ?(id|name)|feedback left",
            r"(item|transaction) (id|number|title)|sales record number|custom label.*|.*\bebay\b.*",
        ),
        _OTHER,
        ORDERS,
    ),
    KnownTable(
        "an Etsy export",
        (
            r"etsy.*|.*\betsy\b.*|sale date|date paid",
            r"etsy.*|.*\betsy\b.*|listing id|buyer( user id)?|number of items|sku",
            r"etsy.*|.*\betsy\b.*|order (id|type)|transaction id",
        ),
        _OTHER,
        ORDERS,
    ),
    KnownTable("a Shopify export", ("financial status", "fulfillment status"), _OTHER, ORDERS),
    KnownTable(
        "a Walmart export",
        (
            r"po ?#|purchase order ?#|.*\bwalmart\b.*",
            r"order ?#|customer order ?(id|#)|ship node|flids|.*\bwalmart\b.*",
        ),
        _OTHER,
        ORDERS,
    ),
    KnownTable(
        "a Mercado Libre export",
        (r"(#|n\.?[ºo°]?\.?) ?(de )?(la )?(venta|venda)|.*mercado ?(libre|livre|pago).*",),
        _OTHER,
        ORDERS,
    ),
    KnownTable(
        "an Allegro export",
        (r"(buyer|seller) ?login|.*\ballegro\b.*|login kupującego",),
        _OTHER,
        ORDERS,
    ),
    KnownTable(
        "a payment provider's export",
        (r".*\b(paypal|stripe|klarna|adyen|payment intent|charge id|dispute id)\b.*",),
        "It does not matter here: chargebacks of Amazon's orders are handled by Amazon.",
        DEFECTS,
    ),
    KnownTable(
        "an insurer's list of claims",
        (
            r".*\b(polic(y|ies)|insur\w*|premium|underwriter"
            r"|guarantee (number|id|certificate|type|provider))\b.*",
            r".*\b(claim|order|loss|damage|premium|parcel|shipment)\w*\b.*",
        ),
        "It does not matter here: claims against an insurer are not a buyer's claims.",
        f"For A-to-z claims: {DEFECTS}",
    ),
    KnownTable(
        "a list of warranty claims",
        (r".*\bwarranty\b.*",),
        "It does not matter here: Amazon does not count warranty claims.",
        f"For A-to-z claims: {DEFECTS}",
    ),
    KnownTable(
        "an export of a review or feedback tool",
        (
            r".*\b((review|feedback) (request|solicit|email|message|campaign|sent|status)\w*"
            r"|(request|email|message|campaign)s? (sent|status|opened|eligible)|opt(ed)? out)\b.*",
            r".*\border\b.*",
        ),
        "It does not matter here: it shows which buyers were asked, not what they answered.",
        FEEDBACK,
    ),
    KnownTable(
        "a repricer's export",
        (
            r"(min|max|minimum|maximum|floor|ceiling) price|.*\brepric\w*\b.*"
            r"|buy box (price|winner).*",
        ),
        "It does not matter here: prices are not in the rates.",
    ),
    KnownTable(
        "Amazon's listings report",
        (
            "(seller )?sku",
            "listing id|asin1?|open date",
            "price",
            ".*quantity.*|asin1|listing id|open date",
        ),
    ),
)
"""Checked in this order; the first that fits names the file."""


def known_table(header: Iterable[str]) -> KnownTable | None:
    """The entry of ``TABLES`` that a header fits.

    Examples
    --------
    >>> known_table(["SAFE-T Claim ID", "Order ID", "Claim Date"]).kind
    "Amazon's SAFE-T claims (the seller's claims against Amazon)"
    >>> known_table(["order id", "claim date", "status"]) is None
    True
    """
    titles = [plain(title) for title in header]
    return next((known for known in TABLES if known.fits(titles)), None)
