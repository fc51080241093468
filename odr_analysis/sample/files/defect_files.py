"""The synthetic defects as the files a seller would have of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from odr_analysis import terms
from odr_analysis.sample.files.order_files import asin_of
from odr_analysis.sample.model.catalogue import (
    CLAIM_REASONS,
    COMMENTS,
    HOSTILE,
    ID_PREFIXES,
    LANGUAGES,
    MULTI_LINE,
    PLAIN_RETURNS,
    PRODUCTS,
    RESPONSES,
    RETURN_REASONS,
)
from odr_analysis.sample.model.catalogue_ja import FEEDBACK_HEADER
from odr_analysis.sample.model.defects import WINDOW_NEWEST, WINDOW_OLDEST, Claim, Defects, Feedback
from odr_analysis.sample.model.draws import Draws
from odr_analysis.sample.model.orders import DAY, Orders, as_date, country_of
from odr_analysis.sample.model.scenarios import Setting
from odr_analysis.sample.model.stores import MONTHS

FEEDBACK_HEADERS: dict[str, tuple[str, ...]] = {
    "en": ("Date", "Rating", "Comments", "Your Response", "Order ID", "Rater Email"),
    "DE": (
        *("Datum", "Bewertung", "Kommentare"),
        *("Ihre Antwort", "Bestellnummer", "E-Mail des Bewerters"),
    ),
    "FR": (
        *("Date", "Évaluation", "Commentaires"),
        *("Votre réponse", "Numéro de commande", "E-mail de l'évaluateur"),
    ),
    "JP": FEEDBACK_HEADER,
}
"""The localised names are not documented anywhere; readers must go by the six columns' shape."""

RETURN_HEADER: tuple[str, ...] = (
    *("Order ID", "Order date", "Return request date", "Return request status", "Amazon RMA ID"),
    *("Merchant RMA ID", "Label type", "Label cost", "Currency code", "Return carrier"),
    *("Tracking ID", "Label to be paid by", "A-to-Z Claim", "Is prime", "ASIN", "Merchant SKU"),
    *("Item Name", "Return quantity", "Return Reason", "In policy", "Return type", "Resolution"),
    *("Invoice number", "Return delivery date", "Order Amount", "Order quantity"),
    *("SafeT Action reason", "SafeT claim id", "SafeT claim state", "SafeT claim creation time"),
    *("SafeT claim reimbursement amount", "Refunded Amount"),
)
LIST_HEADER: tuple[str, ...] = (
    *("Order Id", "Order Date", "Fulfilled By", "Pre-fulfillment Cancellation", "Late Shipment"),
    *("Negative Feedback", "A-to-z Guarantee claim", "Chargeback claim"),
)
LIST_MARKS: dict[tuple[bool, bool], tuple[str, str]] = {
    (False, True): ("X", ""),
    (False, False): ("Yes", "No"),
    (True, True): ("Has defect", ""),
    (True, False): ("Y", "N"),
}
"""(United States, seller-fulfilled) to what marks a defect and what marks none."""

CLAIMS_HEADER: tuple[str, ...] = (
    *("order id", "claim date", "reason", "status", "amount", "counts in odr"),
)
CHARGEBACKS_HEADER: tuple[str, ...] = (
    *("order id", "chargeback date", "reason", "status", "amount", "counts in odr"),
)


@dataclass(frozen=True)
class Stranger:
    """A defect of an order no export lists: placed before the first file begins."""

    order_id: str
    on: int


def spread_claims(defects: Defects, orders: Orders, last_day: int, draws: Draws) -> None:
    """Settle which files show each counting claim: claims.csv, returns, the list, or several.

    A claim that was not received has no return; one only on the order-defects list
    must belong to an order of the last window, since the list shows no others.
    """
    for claim in defects.claims:
        if not claim.counts or claim.flag == "Y" or claim.status == "pending":
            continue
        u = draws.one()
        mfn = bool(orders.is_mfn[claim.order])
        placed = int(orders.day[claim.order])
        if mfn and claim.reason != "not received" and u < 0.45:
            claim.return_on = max(placed + 2, claim.on - int(draws.one() * 6))
            claim.in_claims_file = u < 0.25
        elif u > 0.8 and _in_window(placed, last_day):
            claim.in_claims_file = False


def _in_window(placed: int, last_day: int) -> bool:
    return WINDOW_NEWEST <= last_day - placed <= WINDOW_OLDEST


def make_strangers(setting: Setting, first_day: int, draws: Draws) -> list[Stranger]:
    """Three reports about orders of the time before the exports."""
    prefix = ID_PREFIXES[country_of(setting.marketplaces[0][0])][0]
    made = []
    for k in range(3):
        digits = f"{int(draws.one() * 10**14):014d}"
        made.append(Stranger(f"{prefix}-{digits[:7]}-{digits[7:]}", first_day + 4 + 5 * k))
    return made


def write_comments(
    defects: Defects, orders: Orders, setting: Setting, last_day: int, draws: Draws
) -> None:
    """Give every feedback its words; the first ones of the last window get the hard cases."""
    for entry in defects.feedback:
        country = country_of(setting.marketplaces[int(orders.market[entry.order])][0])
        by_language = COMMENTS[entry.reason]
        entry.comment = draws.choice(by_language[draws.weighted(LANGUAGES[country])])
    negative = [f for f in defects.feedback if f.negative]
    negative.sort(
        key=lambda f: (
            not _in_window(int(orders.day[f.order]), last_day),
            not orders.is_mfn[f.order],
            f.reason != "damaged",
            f.order,
        )
    )
    for entry, text in zip(negative, (*HOSTILE, *MULTI_LINE), strict=False):
        entry.comment = text


def feedback_date(day: int, country: str) -> str:
    """The day as the store's feedback report writes it: two-digit year, the store's own order."""
    on = as_date(day)
    if country == "JP":
        return f"{on.year % 100:02}/{on.month:02}/{on.day:02}"
    if country == "US":
        return f"{on.month}/{on.day}/{on.year % 100:02}"
    mark = "." if country == "DE" else "/"
    return mark.join(f"{part:02}" for part in (on.day, on.month, on.year % 100))


def feedback_rows(
    entries: Iterable[Feedback],
    strangers: Iterable[Stranger],
    orders: Orders,
    country: str,
    draws: Draws,
) -> list[tuple[int, list[str]]]:
    """Day and cells of each row, newest first."""
    domain = {"DE": "de", "US": "com", "FR": "fr", "JP": "co.jp"}[country]

    def rater() -> str:
        letters = "abcdefghijkmnpqrstvwxyz23456789"
        name = "".join(letters[int(u * len(letters))] for u in draws.uniform(14).tolist())
        return f"{name}@marketplace.amazon.{domain}"

    rows = []
    for f in entries:
        response = draws.choice(RESPONSES) if draws.one() < 0.15 else ""
        cells = [feedback_date(f.on, country), str(f.stars), f.comment, response]
        rows.append((f.on, [*cells, orders.ids[f.order], rater()]))
    for s in strangers:
        cells = [feedback_date(s.on, country), "1", "Too late for this year.", ""]
        rows.append((s.on, [*cells, s.order_id, rater()]))
    return sorted(rows, key=lambda row: (-row[0], row[1][4]))


def tab_text(header: Iterable[str], rows: Iterable[Iterable[str]], newline: str) -> str:
    """TAB separated, no quoting: what Amazon's own reports are."""
    return "".join("\t".join(cells) + newline for cells in [header, *rows])


def comma_text(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Comma separated with quotes where needed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def claim_rows(
    defects: Defects, orders: Orders, strangers: Iterable[Stranger], draws: Draws
) -> list[list[str]]:
    """Rows of claims.csv, oldest first."""
    rows = []
    for c in defects.claims:
        if c.in_claims_file:
            amount = f"{10 + 80 * draws.one():.2f}"
            reason = CLAIM_REASONS[c.reason]
            rows.append((c.on, [orders.ids[c.order], reason, c.status, amount, c.flag]))
    for s in strangers:
        rows.append((s.on, [s.order_id, CLAIM_REASONS["late"], "granted", "25.00", ""]))
    rows.sort(key=lambda row: (row[0], row[1][0]))
    return [[cells[0], as_date(on).isoformat(), *cells[1:]] for on, cells in rows]


def chargeback_rows(defects: Defects, orders: Orders, draws: Draws) -> list[list[str]]:
    """Rows of chargebacks.csv, oldest first."""
    rows = []
    for c in sorted(defects.chargebacks, key=lambda c: (c.on, c.order)):
        amount = f"{10 + 80 * draws.one():.2f}"
        day = as_date(c.on).isoformat()
        rows.append([orders.ids[c.order], day, c.reason, c.status, amount, c.flag])
    return rows


def return_rows(
    defects: Defects, orders: Orders, setting: Setting, last_day: int, draws: Draws
) -> list[list[str]]:
    """Rows of the MFN returns report: ordinary returns, and the claims tied to one."""
    items = orders.items_of()
    claimed = {c.order: c for c in defects.claims}
    shipped = orders.shipped_by((last_day + 1) * DAY - 1) & orders.is_mfn
    shipped[list(orders.not_counted)] = False
    plain = shipped & draws.hits(0.03, orders.n)
    listed: list[tuple[int, int, Claim | None]] = []
    for i in np.flatnonzero(plain).tolist():
        on = int(orders.day[i]) + max(4, round(draws.lognormal(11, 0.4)))
        if i not in claimed and on <= last_day:
            listed.append((on, i, None))
    for c in defects.claims:
        if c.return_on is not None:
            listed.append((c.return_on, c.order, c))
    rows = []
    for on, i, claim in sorted(listed, key=lambda entry: entry[:2]):
        product = PRODUCTS[int(orders.item_product[items[i][0]])]
        store = terms.MARKETPLACES[str(orders.sales_channel[i])]
        price = product.price_in(store.country)
        amount = f"{price}" if store.country == "JP" else f"{price:.2f}"
        cells = dict.fromkeys(RETURN_HEADER, "")
        cells |= {
            "Order ID": orders.ids[i],
            "Order date": _long_date(int(orders.day[i])),
            "Return request date": _long_date(on),
            "Return request status": "Approved",
            "Amazon RMA ID": f"D{int(draws.one() * 1e8):08d}RRMA",
            "Label type": "AmazonUnPaidLabel",
            "Currency code": store.currency,
            "Label to be paid by": "Seller" if claim else "Customer",
            "A-to-Z Claim": "Y" if claim else "N",
            "Is prime": "N",
            "ASIN": asin_of(product),
            "Merchant SKU": product.sku,
            "Item Name": product.title(store.country),
            "Return quantity": "1",
            "Return Reason": RETURN_REASONS[claim.reason] if claim else draws.choice(PLAIN_RETURNS),
            "In policy": "Y",
            "Return type": "C-Returns",
            "Resolution": "StandardRefund",
            "Order Amount": amount,
            "Order quantity": "1",
            "Refunded Amount": amount if claim else "",
        }
        rows.append(list(cells.values()))
    return rows


def list_rows(
    defects: Defects, orders: Orders, last_day: int, mfn: bool, country: str, draws: Draws
) -> list[list[str]]:
    """Rows of the order-defects list of one channel for the window ending 15 days back.

    Late shipments and cancellations are on it too; they are no order defects.
    """
    yes, no = LIST_MARKS[country == "US", mfn]
    kinds: dict[int, set[str]] = {}
    for f in defects.feedback:
        if f.negative:
            kinds.setdefault(f.order, set()).add("feedback")
    for entry, kind in ((defects.claims, "claim"), (defects.chargebacks, "chargeback")):
        for d in entry:
            if d.counts:
                kinds.setdefault(d.order, set()).add(kind)
    if mfn:
        late = draws.hits(0.012, orders.n)
        for i in np.flatnonzero(late & ~orders.cancelled).tolist():
            kinds.setdefault(i, set()).add("late")
        for i in np.flatnonzero(orders.cancelled & draws.hits(0.3, orders.n)).tolist():
            kinds.setdefault(i, set()).add("cancelled")
    rows = []
    for i in sorted(kinds):
        day = int(orders.day[i])
        if bool(orders.is_mfn[i]) != mfn or i in orders.not_counted:
            continue
        if not _in_window(day, last_day):
            continue
        marks = [
            yes if kind in kinds[i] else no
            for kind in ("cancelled", "late", "feedback", "claim", "chargeback")
        ]
        by = "Merchant" if mfn else "Amazon"
        rows.append([orders.ids[i], as_date(day).isoformat(), by, *marks])
    return rows


def _long_date(day: int) -> str:
    on = as_date(day)
    return f"{on.day:02}-{MONTHS[on.month - 1]}-{on.year}"
