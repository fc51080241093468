"""Settlements as files: totals and moments."""

from __future__ import annotations

from decimal import Decimal

import pytest

from odr_analysis.sample.files.settlement_files import LONG, WIDE, between, settlement_rows
from odr_analysis.sample.model.stores import STORES
from odr_analysis.sample.model.transactions import Transaction
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


NOON = 20_000 * 86_400 + 43_200
"""4 Oct 2024, 12:00 UTC."""
SOLD = Transaction(NOON, "order", 0, "o1", (("Principal", 2_000),), (("Commission", -300),))
LOST = Transaction(NOON, "claim", 0, "o1", (("Principal", -2_000),), (("Commission", 240),))
BACK = Transaction(NOON, "claim", 0, "o1", (("", 1_760),))
MONEY = [SOLD, LOST, BACK]


def rows(store: str, *, wide: bool) -> list[dict[str, str]]:
    made = settlement_rows(MONEY, 1, NOON - 5, NOON + 5, STORES[store], wide=wide)
    return [dict(zip(WIDE if wide else LONG, cells, strict=True)) for cells in made]


@pytest.mark.parametrize("wide", [True, False], ids=["wide", "long"])
def test_the_first_row_sums_up_the_others(wide: bool) -> None:
    first, *others = rows("Amazon.com", wide=wide)
    assert first["total-amount"] == "17.00"
    assert first["currency"] == "USD"
    columns = ["price-amount", "item-related-fee-amount", "other-amount"] if wide else ["amount"]
    amounts = [float(row[c]) for row in others for c in columns if row[c]]
    assert amounts == [20.0, -3.0, -20.0, 2.4, 17.6]
    assert len({row["settlement-id"] for row in [first, *others]}) == 1


def test_money_that_comes_back_is_named_as_a_recovery() -> None:
    last = rows("Amazon.com", wide=False)[-1]
    assert (last["amount-type"], last["amount-description"]) == (
        "other-transaction",
        "A2ZGuaranteeRecovery",
    )
    assert rows("Amazon.com", wide=True)[-1]["transaction-type"] == "A2ZGuaranteeRecovery"


def test_a_german_file_has_decimal_commas_and_states_a_moment_once() -> None:
    _, price, fee, *_ = rows("Amazon.de", wide=False)
    assert (price["amount"], fee["amount"]) == ("20,00", "-3,00")
    assert price["posted-date-time"] == "04.10.2024 12:00:00 UTC"
    assert price["posted-date"] == "04.10.2024"
    assert fee["posted-date"] == fee["posted-date-time"] == ""


def test_a_settlement_has_its_first_moment_and_not_its_last() -> None:
    assert between(MONEY, NOON, NOON + 1) == MONEY
    assert between(MONEY, NOON - 1, NOON) == []
