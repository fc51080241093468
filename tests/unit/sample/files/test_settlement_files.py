"""Settlements as files: totals and moments."""

from __future__ import annotations

from decimal import Decimal

from tests.unit.sample.written import Written


def test_settlements_add_up(made: Written) -> None:
    """The first row of a settlement states the sum of all others; both layouts are there."""
    texts = made.texts("settlement")
    assert len(texts) == 5
    assert texts[-1] == texts[-2]
    widths = []
    for text in texts:
        header, *lines = text.removesuffix("\r\n").split("\r\n")
        names = header.split("\t")
        rows = [dict(zip(names, line.split("\t"), strict=True)) for line in lines]
        widths.append(len(names))
        amounts = [n for n in names if n.endswith("amount") and n != "total-amount"]
        first, *rest = rows

        def number(text: str) -> Decimal:
            return Decimal(text.replace(",", ".") or 0)

        assert first["currency"]
        assert not first["transaction-type"]
        total = sum((number(row[name]) for row in rest for name in amounts), Decimal(0))
        assert number(first["total-amount"]) == total
        assert not any(row["total-amount"] or row["currency"] for row in rest)
    assert widths == [36, 36, 24, 24, 24]
    assert any("\tShippingChargeback\t" in text for text in texts[:2])
    assert any("\tA2ZGuaranteeRecovery\t" in text for text in texts[:2])
    assert any("\tGiftwrapChargeback\t" in text for text in texts[2:])
