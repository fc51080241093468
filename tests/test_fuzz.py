"""2,000 damaged exports of every kind, the same each time; ``python -m tests.fuzz`` reads more."""

from __future__ import annotations

from tests.fuzz import run

KINDS = {
    *("all-orders", "fulfilled-shipments", "unshipped-orders", "seller-feedback", "claims"),
    *("chargebacks", "mfn-returns", "order-defects", "late-shipment-list", "cancellation-list"),
    *("settlement", "date-range", "finances", "seller-performance", "orders-api", "new-orders"),
    *("payments-transaction-view", "unknown"),
}


def test_damaged_files_end_in_an_error_of_ours_or_an_account_of_every_row() -> None:
    told = run(0, 2000)
    assert not told.failures, "\n".join(told.lines())
    assert told.ends.total() == 2000
    assert told.ends["read"] > 1000
    assert set(told.kinds) >= KINDS, KINDS - set(told.kinds)
