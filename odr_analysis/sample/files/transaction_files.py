"""The date-range transactions of a store in its language, and Finances events."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from odr_analysis.sample.model.catalogue import PRODUCTS
from odr_analysis.sample.model.orders import Orders
from odr_analysis.sample.model.stores import Store
from odr_analysis.sample.model.transactions import Transaction

_ENGLISH = (
    *("date/time", "settlement id", "type", "order id", "sku", "description", "quantity"),
    *("marketplace", "fulfillment", "order city", "order state", "order postal"),
    *("tax collection model", "product sales", "product sales tax", "shipping credits"),
    *("shipping credits tax", "gift wrap credits", "giftwrap credits tax"),
    *("promotional rebates", "promotional rebates tax", "marketplace withheld tax"),
    *("selling fees", "fba fees", "other transaction fees", "other", "total"),
)
DATE_RANGE: dict[str, tuple[str, ...]] = {
    "US": _ENGLISH,
    "DE": (
        *("Datum/Uhrzeit", "Abrechnungsnummer", "Typ", "Bestellnummer", "SKU", "Beschreibung"),
        *("Menge", "Marketplace", "Versand", "Ort der Bestellung", "Bundesland", "Postleitzahl"),
        *("Steuererhebungsmodell", "Umsätze", "Produktumsatzsteuer"),
        *("Gutschrift für Versandkosten", "Steuer auf Versandgutschrift"),
        *("Gutschrift für Geschenkverpackung", "Steuer auf Geschenkverpackungsgutschriften"),
        *("Rabatte aus Werbeaktionen", "Steuer auf Aktionsrabatte"),
        *("Einbehaltene Steuer auf Marketplace", "Verkaufsgebühren"),
        *("Gebühren zu Versand durch Amazon", "Andere Transaktionsgebühren", "Andere", "Gesamt"),
    ),
    "JP": (
        *("日付/時間", "決済番号", "トランザクションの種類", "注文番号", "SKU", "説明", "数量"),
        *("Amazon 出品サービス", "フルフィルメント", "市町村", "都道府県", "郵便番号"),
        *("税金徴収型", "商品売上", "商品の売上税", "配送料", "配送料の税金"),
        *("ギフト包装手数料", "ギフト包装クレジットの税金", "プロモーション割引額"),
        *("プロモーション割引の税金", "源泉徴収税を伴うマーケットプレイス", "手数料"),
        *("FBA 手数料", "トランザクションに関するその他の手数料", "その他", "合計"),
    ),
}
"""Country to the columns of its date-range file, always in this order."""
_MARKETPLACE, _SALES, _SHIPPING, _WRAP, _SELLING, _FBA, _FEES, _OTHER = (
    7,
    13,
    15,
    17,
    22,
    23,
    24,
    25,
)
_TYPES = {
    "US": {
        "order": "Order",
        "refund": "Refund",
        "claim": "A-to-z Guarantee Claim",
        "chargeback": "Chargeback Refund",
        "safe-t": "SAFE-T reimbursement",
        "fee": "Service Fee",
    },
    "DE": {
        "order": "Bestellung",
        "refund": "Erstattung",
        "claim": "A-bis-Z-Garantieanträge",
        "chargeback": "Erstattung durch Rückbuchung",
        "safe-t": "SAFE-T-Erstattung",
        "fee": "Servicegebühr",
    },
    "JP": {
        "order": "注文",
        "refund": "返金",
        "claim": "Amazonマーケットプレイス保証申請",
        "chargeback": "チャージバック",
        "safe-t": "SAFE-T補てん",
        "fee": "注文外料金",
    },
}
_PREAMBLE = {
    "US": (
        "Includes orders sent by Amazon and by the seller",
        "All amounts in USD, unless specified",
        "Definitions:",
        "Selling fees: what Amazon keeps of a sale",
        "FBA fees: for orders sent by Amazon",
        "Other transaction fees: shipping and gift wrap",
        "Other: whatever is no order",
    ),
    "DE": (
        "Umfasst Bestellungen, die Amazon oder der Händler versendet",
        "Alle Beträge in Euro sofern nicht anders gekennzeichnet",
        "Begriffe:",
        "Verkaufsgebühren: was Amazon von einem Verkauf einbehält",
        "Andere Transaktionsgebühren: Versand und Geschenkverpackung",
        "Andere: was keine Bestellung ist",
    ),
    "JP": (
        "Amazonまたは出品者が発送した注文を含みます",
        "指定のない場合、単位は円",
        "用語:",
        "手数料: 販売手数料",
        "その他の手数料: 配送とギフト包装",
        "その他: 注文以外",
    ),
}


def date_range_text(money: list[Transaction], orders: Orders, store: Store) -> str:
    """The file: a preamble, a header, and a quoted row for each transaction."""
    items = orders.items_of()
    lines = [f'"{line}"' for line in _PREAMBLE[store.country]]
    lines.append(_quoted(DATE_RANGE[store.country]))
    for transaction in money:
        cells = [""] * len(_ENGLISH)
        cells[0] = store.booked(transaction.moment)
        cells[1] = "77001"
        cells[2] = _TYPES[store.country][transaction.kind]
        cells[3] = transaction.order_id
        if transaction.order is not None and transaction.kind in ("order", "refund"):
            product = PRODUCTS[int(orders.item_product[items[transaction.order][0]])]
            cells[4], cells[5] = product.sku, product.title(store.country)
            cells[6] = str(len(items[transaction.order]))
        if transaction.order_id:
            cells[_MARKETPLACE] = store.name.casefold()
        amounts = dict.fromkeys(range(_SALES, len(cells)), 0)
        for name, amount in transaction.charges:
            place = {"Principal": _SALES, "Shipping": _SHIPPING, "GiftWrap": _WRAP}
            amounts[place.get(name, _OTHER)] += amount
        for name, amount in transaction.fees:
            place = {"Commission": _SELLING, "FBAPerUnitFulfillmentFee": _FBA}
            amounts[place.get(name, _FEES)] += amount
        amounts[len(cells) - 1] = transaction.total
        for at, amount in amounts.items():
            cells[at] = store.money(amount) if amount else "0"
        lines.append(_quoted(cells))
    return "".join(f"{line}\r\n" for line in lines)


def _quoted(cells: Any) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)


_LISTS = {
    "order": "ShipmentEventList",
    "refund": "RefundEventList",
    "claim": "GuaranteeClaimEventList",
    "chargeback": "ChargebackEventList",
    "safe-t": "SAFETReimbursementEventList",
    "fee": "ServiceFeeEventList",
}
PAGE = 100
"""Events on one page."""


def finances_text(money: list[Transaction], store: Store) -> str:
    """What the Finances API answers: one payload, a list of pages, or a page a line."""
    size = len(money) if store.country == "DE" else PAGE
    pages = []
    for start in range(0, len(money), size):
        lists: dict[str, list[Any]] = {name: [] for name in _LISTS.values()}
        for transaction in money[start : start + size]:
            lists[_LISTS[transaction.kind]].append(_event(transaction, store))
        page: dict[str, Any] = {"FinancialEvents": lists}
        if start + size < len(money):
            page["NextToken"] = f"page-{start // size + 2}"
        pages.append({"payload": page})
    if store.country == "JP":
        return "".join(json.dumps(page, ensure_ascii=False) + "\n" for page in pages)
    return json.dumps(pages[0] if store.country == "DE" else pages, indent=1) + "\n"


def _event(transaction: Transaction, store: Store) -> dict[str, Any]:
    def stated(amount: int) -> dict[str, Any]:
        return {"CurrencyCode": store.currency, "CurrencyAmount": store.number(amount)}

    posted = datetime.fromtimestamp(transaction.moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if transaction.kind == "fee":
        fees = [{"FeeType": n, "FeeAmount": stated(v)} for n, v in transaction.fees]
        return {"FeeReason": "Subscription", "FeeList": fees}
    if transaction.kind == "safe-t":
        return {
            "PostedDate": posted,
            "SAFETClaimId": f"7000{transaction.moment % 100_000:05}",
            "ReimbursedAmount": stated(transaction.total),
        }
    adjusts = transaction.kind != "order"
    word = "Adjustment" if adjusts else ""
    item = {
        f"ItemCharge{word}List": [
            {"ChargeType": name or "Principal", "ChargeAmount": stated(amount)}
            for name, amount in transaction.charges
        ],
        f"ItemFee{word}List": [
            {"FeeType": name, "FeeAmount": stated(amount)} for name, amount in transaction.fees
        ],
    }
    return {
        "AmazonOrderId": transaction.order_id,
        "MarketplaceName": store.name,
        "PostedDate": posted,
        f"ShipmentItem{word}List": [item],
    }
