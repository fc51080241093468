"""Settlement reports of the newer, long layout and of the older, wide one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from odr_analysis.sample.model.stores import Store
from odr_analysis.sample.model.transactions import Transaction

_HEAD = (
    *("settlement-id", "settlement-start-date", "settlement-end-date", "deposit-date"),
    *("total-amount", "currency", "transaction-type", "order-id", "merchant-order-id"),
    *("adjustment-id", "shipment-id", "marketplace-name"),
)
LONG: tuple[str, ...] = (
    *(*_HEAD, "amount-type", "amount-description", "amount", "fulfillment-id", "posted-date"),
    *("posted-date-time", "order-item-code", "merchant-order-item-id"),
    *("merchant-adjustment-item-id", "sku", "quantity-purchased", "promotion-id"),
)
WIDE: tuple[str, ...] = (
    *(*_HEAD, "shipment-fee-type", "shipment-fee-amount", "order-fee-type", "order-fee-amount"),
    *("fulfillment-id", "posted-date", "order-item-code", "merchant-order-item-id"),
    *("merchant-adjustment-item-id", "sku", "quantity-purchased", "price-type", "price-amount"),
    *("item-related-fee-type", "item-related-fee-amount", "misc-fee-amount", "other-fee-amount"),
    *("other-fee-reason-description", "promotion-id", "promotion-type", "promotion-amount"),
    *("direct-payment-type", "direct-payment-amount", "other-amount"),
)
_TYPES = {
    "order": "Order",
    "refund": "Refund",
    "claim": "A-to-z Guarantee Refund",
    "chargeback": "Chargeback Refund",
    "safe-t": "SAFE-T Reimbursement",
    "fee": "ServiceFee",
}
_BACK = {"claim": "A2ZGuaranteeRecovery", "chargeback": "ChargeBackRecovery"}


def settlement_rows(
    money: list[Transaction], number: int, start: int, end: int, store: Store, *, wide: bool
) -> list[list[str]]:
    """One settlement: a row that sums it up, and one for each charge and fee."""
    form = _iso if wide else store.settled
    settlement = f"{14_000_000_000 + number}"
    comma = not wide and store.country == "DE"
    first = {
        "settlement-id": settlement,
        "settlement-start-date": form(start),
        "settlement-end-date": form(end),
        "deposit-date": form(end + 2 * 86_400),
        "total-amount": _amount(sum(t.total for t in money), store, comma=comma),
        "currency": store.currency,
    }
    header = WIDE if wide else LONG
    rows = [[first.get(name, "") for name in header]]
    for transaction in money:
        parts = _wide(transaction, store) if wide else _long(transaction, store)
        for k, part in enumerate(parts):
            moment = form(transaction.moment)
            cells = {
                "settlement-id": settlement,
                "order-id": transaction.order_id,
                "marketplace-name": store.name if transaction.order_id else "",
                "posted-date": moment if wide else moment.split()[0],
                **({} if wide else {"posted-date-time": moment}),
                **part,
            }
            if comma and k:
                # Some files say the day once for all that was booked together.
                cells |= {"posted-date": "", "posted-date-time": ""}
            rows.append([cells.get(name, "") for name in header])
    return rows


def _long(transaction: Transaction, store: Store) -> Iterator[dict[str, str]]:
    for kind, name, value in _parts(transaction):
        yield {
            "transaction-type": _TYPES[transaction.kind],
            "amount-type": kind,
            "amount-description": name,
            "amount": _amount(value, store, comma=store.country == "DE"),
        } | _recovery(transaction)


def _recovery(transaction: Transaction) -> dict[str, str]:
    if not transaction.came_back:
        return {}
    other = "other-transaction"
    said = _BACK[transaction.kind]
    return {"transaction-type": other, "amount-type": other, "amount-description": said}


def _wide(transaction: Transaction, store: Store) -> Iterator[dict[str, str]]:
    for kind, name, value in _parts(transaction):
        amount = _amount(value, store, comma=False)
        if transaction.came_back or kind not in ("ItemPrice", "ItemFees"):
            yield {
                "transaction-type": _BACK.get(transaction.kind, _TYPES[transaction.kind]),
                "other-amount": amount,
            }
        elif kind == "ItemPrice":
            said = {"price-type": name, "price-amount": amount}
            yield {"transaction-type": _TYPES[transaction.kind], **said}
        else:
            said = {"item-related-fee-type": name, "item-related-fee-amount": amount}
            yield {"transaction-type": _TYPES[transaction.kind], **said}


def _parts(transaction: Transaction) -> Iterator[tuple[str, str, int]]:
    own = transaction.kind in ("fee", "safe-t")
    for name, value in transaction.charges:
        yield ("other-transaction" if own else "ItemPrice"), name or _TYPES[transaction.kind], value
    for name, value in transaction.fees:
        yield ("other-transaction" if own else "ItemFees"), name, value


def _amount(value: int, store: Store, *, comma: bool) -> str:
    """An amount without marks between thousands; some European files have a decimal comma."""
    text = store.money(value, plain=True)
    return text.replace(".", ",") if comma else text


def _iso(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()


def between(money: Iterable[Transaction], start: int, end: int) -> list[Transaction]:
    """The transactions from moment `start` up to, not including, `end`."""
    return [t for t in money if start <= t.moment < end]
