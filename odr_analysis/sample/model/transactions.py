"""The seller's money: every transaction, which the files of money then show in their ways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from odr_analysis.sample.model.cases import Case
from odr_analysis.sample.model.catalogue import PRODUCTS
from odr_analysis.sample.model.draws import Draws
from odr_analysis.sample.model.orders import DAY, Orders


@dataclass(frozen=True)
class Transaction:
    """One movement of money, in the least unit of the currency; below 0 when the seller pays.

    ``kind`` is order, refund, claim, chargeback, safe-t or fee.

    ``charges`` are (name, amount) of the buyer's money, ``fees`` of Amazon's. A dispute that
    ends with money coming back has one charge, named ``""``.
    """

    moment: int
    kind: str
    order: int | None
    order_id: str
    charges: tuple[tuple[str, int], ...]
    fees: tuple[tuple[str, int], ...] = ()

    @property
    def total(self) -> int:
        return sum(amount for _, amount in (*self.charges, *self.fees))

    @property
    def disputed(self) -> bool:
        """Whether it moved money for a claim or chargeback."""
        return self.kind in ("claim", "chargeback")

    @property
    def came_back(self) -> bool:
        """Whether it is the end of a dispute that paid the seller back."""
        return self.disputed and self.total > 0

    @property
    def outcome(self) -> str:
        """Which way the money of a dispute went."""
        return "recovered" if self.came_back else "debited"


def disputes_in(money: Iterable[Transaction]) -> dict[str, int]:
    """Component and way of the money, to how many transactions of disputes there are."""
    return Counter(f"{t.kind} {t.outcome}" for t in money if t.disputed)


def make_transactions(
    orders: Orders,
    cases: list[Case],
    country: str,
    stranger: tuple[str, int] | None,
    first_day: int,
    last_day: int,
    draws: Draws,
) -> list[Transaction]:
    """Every transaction of the history, by moment.

    `stranger` is the id of an order no file lists, and the day of a claim's debit for it.
    """
    items = orders.items_of()
    end = (last_day + 1) * DAY
    made = []
    paid: dict[int, int] = {}
    shipped = orders.shipped_by(end - 1)
    trap, refunded = draws.hits(0.1, orders.n), draws.hits(0.02, orders.n)
    late = draws.uniform(orders.n)
    with_refund = {c.order for c in cases if "refund" in c.recipe.money}
    for i in np.flatnonzero(shipped).tolist():
        if i in orders.not_counted:
            continue
        price = paid[i] = price_of(orders, items[i], country)
        fees = [("Commission", -(price * 15 // 100))]
        charges = [("Principal", price)]
        if not orders.is_mfn[i]:
            fees.append(("FBAPerUnitFulfillmentFee", -(price // 9)))
            if trap[i]:
                # Fees that are named after a chargeback and are none.
                charges.append(("Shipping", price // 10))
                fees.append(("ShippingChargeback", -(price // 10)))
                charges.append(("GiftWrap", price // 20))
                fees.append(("GiftwrapChargeback", -(price // 20)))
        done = int(orders.done_at[i])
        made.append(Transaction(done, "order", i, orders.ids[i], tuple(charges), tuple(fees)))
        back_at = done + (2 * DAY + int(late[i] * 8 * DAY))
        if (refunded[i] or i in with_refund) and back_at < end:
            made.append(_refund(back_at, "refund", i, orders.ids[i], price))
    for case in cases:
        price = paid.get(case.order, 0)
        for moment, halves in case.moves:
            kind, order_id = case.recipe.component, orders.ids[case.order]
            left = _refund(moment, kind, case.order, order_id, price)
            if halves < 0:
                made.append(left)
            else:
                back = -left.total if halves == 2 else -left.total // 2
                made.append(Transaction(moment, kind, case.order, order_id, (("", back),)))
    if stranger is not None:
        order_id, day = stranger
        made.append(_refund(day * DAY + 8 * 3600, "claim", None, order_id, 2_500))
    for k, day in enumerate(range(first_day + 9, last_day, 30)):
        made.append(
            Transaction(day * DAY + 3600 * k, "fee", None, "", (), (("Subscription", -3_900),))
        )
        made.append(Transaction(day * DAY + 7200, "safe-t", None, "", (("", 1_990),)))
    return sorted(made, key=lambda t: (t.moment, t.order_id, t.kind, t.total))


def price_of(orders: Orders, items: list[int], country: str) -> int:
    """What the buyer paid, in the least unit of the store's money."""
    unit = 1 if country == "JP" else 100
    return sum(
        round(PRODUCTS[int(orders.item_product[i])].price_in(country) * unit)
        * int(orders.item_quantity[i])
        for i in items
    )


def _refund(moment: int, kind: str, order: int | None, order_id: str, price: int) -> Transaction:
    """The buyer's money given back, and part of Amazon's commission with it."""
    fee = price * 12 // 100
    return Transaction(
        moment, kind, order, order_id, (("Principal", -price),), (("Commission", fee),)
    )
