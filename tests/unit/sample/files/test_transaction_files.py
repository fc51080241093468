"""Date ranges and Finances as files."""

from __future__ import annotations

import csv
import json
from datetime import date

import pytest

from odr_analysis.sample.files.transaction_files import (
    DATE_RANGE,
    PAGE,
    date_range_text,
    finances_text,
)
from odr_analysis.sample.model.draws import Draws
from odr_analysis.sample.model.orders import day_number, make_orders
from odr_analysis.sample.model.scenarios import SETTINGS
from odr_analysis.sample.model.stores import STORES
from odr_analysis.sample.model.transactions import Transaction
from tests.unit.sample.written import Written


def test_finances_come_in_three_shapes(made: Written) -> None:
    (text,) = made.texts("finances")
    if made.truth["scenario"] == "witnesses-jp":
        pages = [json.loads(line) for line in text.splitlines()]
    else:
        document = json.loads(text)
        assert isinstance(document, dict) == (made.truth["scenario"] == "witnesses")
        pages = [document] if isinstance(document, dict) else document
    assert (len(pages) > 1) == (made.truth["scenario"] != "witnesses")
    lists = [page["payload"]["FinancialEvents"] for page in pages]
    events = sum(len(entries) for page in lists for entries in page.values())
    entry = next(e for e in made.truth["files"] if e["kind"] == "finances")
    assert events == entry["rows"]
    for name, component in (("GuaranteeClaim", "claim"), ("Chargeback", "chargeback")):
        n = sum(len(page[f"{name}EventList"]) for page in lists)
        assert n == sum(entry["seen"].get(f"{component} {o}", 0) for o in ("debited", "recovered"))
    assert "NextToken" not in pages[-1]["payload"]


NOON = day_number(date(2026, 9, 21)) * 86_400 + 43_200
LOST = Transaction(NOON, "claim", 0, "o1", (("Principal", -200_000),), (("Commission", 24_000),))
FEE = Transaction(NOON, "fee", None, "", (), (("Subscription", -3_900),))


@pytest.mark.parametrize(
    ("store", "kind", "total"),
    [
        ("Amazon.de", "A-bis-Z-Garantieanträge", "-1.760,00"),
        ("Amazon.com", "A-to-z Guarantee claim", "-1,760.00"),
        ("Amazon.co.jp", "Amazonマーケットプレイス保証申請", "-176,000"),
    ],
)
def test_a_date_range_is_in_the_words_and_marks_of_its_store(
    store: str, kind: str, total: str
) -> None:
    orders = make_orders(SETTINGS["witnesses"], 20, 273, date(2026, 9, 30), Draws(6))
    text = date_range_text([LOST, FEE], orders, STORES[store])
    rows = list(csv.reader(text.splitlines()))
    country = STORES[store].country
    at = rows.index(list(DATE_RANGE[country]))
    assert at >= 6, "a preamble stands before the header"
    claim, fee = rows[at + 1 :]
    assert claim[3] == "o1"
    assert claim[-1] == total
    assert store.casefold() in claim
    assert fee[3] == ""
    assert store.casefold() not in fee
    if country != "US":
        assert claim[2] == kind


def test_finances_are_one_payload_a_list_of_pages_or_a_page_a_line() -> None:
    money = [LOST] * (PAGE + 1)
    one = json.loads(finances_text(money, STORES["Amazon.de"]))
    events = one["payload"]["FinancialEvents"]["GuaranteeClaimEventList"]
    assert len(events) == PAGE + 1
    pages = json.loads(finances_text(money, STORES["Amazon.com"]))
    assert [page["payload"].get("NextToken") for page in pages] == ["page-2", None]
    lines = finances_text(money, STORES["Amazon.co.jp"]).splitlines()
    assert len(lines) == 2
    amount = json.loads(lines[0])["payload"]["FinancialEvents"]["GuaranteeClaimEventList"][0]
    (charge,) = amount["ShipmentItemAdjustmentList"][0]["ItemChargeAdjustmentList"]
    assert charge["ChargeAmount"] == {"CurrencyCode": "JPY", "CurrencyAmount": -200_000}
    assert amount["PostedDate"] == "2026-09-21T12:00:00Z"
