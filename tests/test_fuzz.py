"""Damaged exports of every kind, the same each time; ``python -m tests.fuzz`` reads more."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.fuzz import Told, one, run
from tests.long import usually

KINDS = {
    *("all-orders", "fulfilled-shipments", "unshipped-orders", "seller-feedback", "claims"),
    *("chargebacks", "mfn-returns", "order-defects", "late-shipment-list", "cancellation-list"),
    *("settlement", "date-range", "finances", "seller-performance", "orders-api", "new-orders"),
    *("payments-transaction-view", "unknown"),
}


def test_damaged_files_end_in_an_error_of_ours_or_an_account_of_every_row() -> None:
    n = usually(2000, long=20_000)
    told = run(0, n)
    assert not told.failures, "\n".join(told.lines())
    assert told.ends.total() == n
    assert told.ends["read"] > n / 2
    assert set(told.kinds) >= KINDS, KINDS - set(told.kinds)


def test_what_twenty_thousand_found_stays_mended() -> None:
    for content in (
        b'_airbyte_ab_id,_airbyte_emitted_at,"_airbyte_data x\n1,2,"{""a"": 1}"\n',
        b'_airbyte_ab_id,_airbyte_data\n1,"{""amazon-order-id\\ud800"": ""1""}"\n',
    ):
        told = Told()
        with tempfile.TemporaryDirectory() as held:
            path = Path(held) / "file.txt"
            path.write_bytes(content)
            one(told, "kept", path, Path(held) / "scratch")
        assert not told.failures, told.failures
