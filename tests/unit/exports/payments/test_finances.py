"""Financial events of the Finances API."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis.errors import ExportError
from odr_analysis.exports.payments.finances import KIND, looks_like_document, read_document
from tests.unit.exports.payments.made_finances import ONE, TWO, read


def money(amount: Any, currency: str = "USD") -> dict[str, Any]:
    return {"CurrencyCode": currency, "CurrencyAmount": amount}


def event(
    order: Any = ONE,
    posted: Any = "2026-09-14T08:00:00Z",
    charges: tuple[Any, ...] = (-20, -1.5),
    fees: tuple[Any, ...] = (3.0,),
    currency: str = "USD",
) -> dict[str, Any]:
    """A claim or chargeback: by default 21.50 paid back to the buyer, 3.00 of fees returned."""
    return {
        "AmazonOrderId": order,
        "PostedDate": posted,
        "MarketplaceName": "Amazon.com",
        "ShipmentItemAdjustmentList": [
            {
                "SellerSKU": "S",
                "QuantityShipped": 1,
                "ItemChargeAdjustmentList": [
                    {"ChargeType": "Principal", "ChargeAmount": money(c, currency)} for c in charges
                ],
                "ItemFeeAdjustmentList": [
                    {"FeeType": "Commission", "FeeAmount": money(f, currency)} for f in fees
                ],
            }
        ],
    }


def page(token: str = "", **lists: list[Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {"FinancialEvents": lists}
    return {"payload": answer | ({"NextToken": token} if token else {})}


def claims(*events: Any) -> dict[str, Any]:
    return page(GuaranteeClaimEventList=list(events))


def test_a_claim_and_a_chargeback():
    text = json.dumps(
        page(
            ShipmentEventList=[event(TWO)],
            GuaranteeClaimEventList=[event()],
            ChargebackEventList=[event(TWO, "2026-09-20T23:59:59Z", (-7.25,), ())],
            RefundEventList=[event(TWO), event(ONE)],
        ),
        indent=1,
    )
    done = read(text)
    claim, back = done.defects.to_dict("records")
    assert claim["order_id"] == ONE
    assert (claim["component"], claim["source"], claim["file"]) == ("claim", KIND, "f.json")
    before = text[: text.index('"GuaranteeClaimEventList"')]
    assert claim["line"] == before.count("\n") + 2
    assert (claim["reported_on"], claim["outcome"]) == (pd.Timestamp("2026-09-14"), "debited")
    assert (claim["funded_by"], claim["amount"], claim["currency"]) == ("seller", 18.5, "USD")
    assert pd.isna(claim["decided_on"])
    assert (back["component"], back["amount"]) == ("chargeback", 7.25)
    assert done.details == {
        "sightings": {"chargeback debited": 1, "claim debited": 1},
        "events": {"Chargeback": 1, "GuaranteeClaim": 1, "Refund": 2, "Shipment": 1},
    }
    assert (done.rows_read, done.rows_kept, done.latest) == (5, 5, date(2026, 9, 20))
    assert done.notes == []


@pytest.mark.parametrize(
    ("charges", "fees", "outcome", "funded_by", "amount"),
    [
        ((-20,), (), "debited", "seller", 20),
        ((20, 0.5), (-3,), "recovered", "", -17.5),
        ((-0.1, -0.2, 0.3), (), "", "", 0),
        ((), (-15,), "debited", "seller", 15),
        ((-5,), (6,), "debited", "seller", -1),  # the charges say which way
        (("-1,234.50",), (), "debited", "seller", 1234.5),
    ],
)
def test_which_way_the_money_went(charges, fees, outcome, funded_by, amount):
    done = read(claims(event(charges=charges, fees=fees)))
    (row,) = done.defects.itertuples()
    assert (row.outcome, row.funded_by, row.amount) == (outcome, funded_by, amount)


def test_fees_that_are_called_chargeback_are_fees():
    shipped = event()
    shipped["ShipmentItemAdjustmentList"][0]["ItemFeeAdjustmentList"] = [
        {"FeeType": name, "FeeAmount": money(-4)}
        for name in ("ShippingChargeback", "GiftwrapChargeback")
    ]
    done = read(page(ShipmentEventList=[shipped], ServiceFeeEventList=[shipped]))
    assert done.defects.empty
    assert done.details["events"] == {"ServiceFee": 1, "Shipment": 1}


def test_orders_charges_and_promotions_count_too():
    whole = {
        "AmazonOrderId": ONE,
        "PostedDate": "2026-09-14T08:00:00Z",
        "OrderChargeAdjustmentList": [{"ChargeType": "X", "ChargeAmount": money(-10)}],
        "OrderFeeList": [{"FeeType": "Y", "FeeAmount": money(-2)}],
        "DirectPaymentList": [{"DirectPaymentType": "Z", "DirectPaymentAmount": money(1)}],
        "ShipmentItemAdjustmentList": [
            {"PromotionAdjustmentList": [{"PromotionId": "P", "PromotionAmount": money(3)}]}
        ],
    }
    assert read(claims(whole)).defects.amount.tolist() == [8]


@pytest.mark.parametrize(
    ("posted", "day"),
    [
        ("2012-07-20T00:00:00Z", "2012-07-20"),
        ("2026-09-14T23:30:00-07:00", "2026-09-15"),
        ("2026-09-14T03:00:00.123+09:00", "2026-09-13"),
        ("2026-09-14T03:00:00", "2026-09-14"),
        ("2026-09-14", "2026-09-14"),
    ],
)
def test_the_utc_day_it_was_posted(posted, day):
    done = read(claims(event(posted=posted)))
    assert done.defects.reported_on.tolist() == [pd.Timestamp(day)]
    assert done.latest == date.fromisoformat(day)


@pytest.mark.parametrize("posted", [None, ""])
def test_without_a_day(posted):
    done = read(claims(event(posted=posted)))
    assert done.defects.reported_on.isna().tolist() == [True]
    assert "1 event without a date (line 1) are taken as known" in done.notes[0]
    assert done.latest is None


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"order": None}, "order id missing"),
        ({"order": ""}, "order id missing"),
        ({"order": "1.13E+16"}, "order id in scientific notation"),
        ({"order": "113"}, "order id malformed"),
        ({"posted": "soon"}, "unreadable date"),
        ({"posted": 20260914}, "unreadable date"),
        ({"posted": "9999-12-31T23:00:00-07:00"}, "unreadable date"),
    ],
)
def test_disputes_that_cannot_be_placed_are_dropped(changed, reason):
    done = read(claims(event(), event(**changed)))
    assert (len(done.defects), done.rows_dropped) == (1, {reason: 1})
    # Of other events neither id nor day matter.
    assert read(page(RefundEventList=[event(**changed)])).rows_dropped == {}


@pytest.mark.parametrize(
    ("charges", "says"),
    [
        ((), "no amount is stated"),
        (("n/a",), "an amount is no number"),
        ((float("nan"),), "an amount is no number"),
        ((True,), "an amount is no number"),
        ((1e300,), "an amount is no number"),
    ],
)
def test_amounts_that_cannot_be_read_are_left_empty(charges, says):
    done = read(claims(event(charges=charges, fees=())))
    (row,) = done.defects.to_dict("records")
    assert (row["outcome"], row["currency"]) == ("", "")
    assert pd.isna(row["amount"])
    assert done.notes == [f"1 event (line 1): {says}; the amount is left empty."]
    assert done.details["sightings"] == {"claim without money": 1}


def test_currencies():
    mixed = event()
    mixed["OrderChargeList"] = [{"ChargeAmount": money(-5, "EUR")}]
    none = event(currency="EUR")
    none["OrderChargeList"] = [{"ChargeAmount": money(0, "USD")}]
    done = read(claims(mixed, none))
    assert done.defects.currency.tolist() == ["", "EUR"]
    assert "it mixes EUR and USD" in done.notes[0]


def test_pages_as_a_list_and_one_a_line():
    pages = [page("t1", GuaranteeClaimEventList=[event()]), claims(event(TWO)), page()]
    as_list, as_lines = read(pages), read("\n".join(map(json.dumps, pages)))
    assert as_list.defects.order_id.tolist() == as_lines.defects.order_id.tolist() == [ONE, TWO]
    assert as_lines.defects.line.tolist() == [1, 2]
    assert as_list.notes == as_lines.notes == []


def test_a_page_that_says_more_follow():
    done = read([claims(event()), page("t2", ChargebackEventList=[])])
    assert done.notes == [
        "The last page says that more follow (NextToken) and they are not in this file; "
        "fetch all pages."
    ]


@pytest.mark.parametrize(
    "document",
    [
        {"GuaranteeClaimEventList": [event()], "ShipmentEventList": []},  # a warehouse's page
        {"FinancialEvents": {"GuaranteeClaimEventList": {"ShipmentEvent": [event()]}}},
        {"FinancialEvents": {"GuaranteeClaimEventList": {"ShipmentEvent": event()}}},
        {"data": {"payload": {"FinancialEvents": {"GuaranteeClaimEventList": [event()]}}}},
        {"financial_events": {"guarantee_claim_event_list": [event()]}},
    ],
)
def test_wrapped_in_other_ways(document):
    done = read(document)
    assert done.defects[["order_id", "component"]].values.tolist() == [[ONE, "claim"]]


def xml(tag: str, value: Any) -> str:
    """The older service's way to write the same: entries of a list are elements."""
    if isinstance(value, dict):
        return f"<{tag}>{''.join(xml(k, v) for k, v in value.items())}</{tag}>"
    if isinstance(value, list):
        return f"<{tag}>{''.join(xml('Entry', v) for v in value)}</{tag}>"
    return f"<{tag}>{'' if value is None else value}</{tag}>"


def test_the_same_as_xml():
    lists = {
        "ShipmentEventList": [event(TWO)],
        "GuaranteeClaimEventList": [event(), event(TWO, charges=(9,), fees=())],
        "ChargebackEventList": [],
    }
    text = (
        '<?xml version="1.0"?>\n'
        '<ListFinancialEventsResponse xmlns="http://mws.amazonservices.com/Finances/2015-05-01">'
        "<ListFinancialEventsResult>\n"
        + xml("FinancialEvents", lists)
        + "</ListFinancialEventsResult></ListFinancialEventsResponse>"
    )
    done = read(text)
    expected = read(page(**lists)).defects
    assert done.defects.drop(columns="line").equals(expected.drop(columns="line"))
    assert done.defects.line.tolist() == [3, 3]
    assert done.details["events"] == {"GuaranteeClaim": 2, "Shipment": 1}
    with pytest.raises(ExportError, match="DOCTYPE"):
        read(text.replace("\n", '\n<!DOCTYPE L [<!ENTITY a "b">]>', 1))


@pytest.mark.parametrize("document", [page(), {"payload": {"transactions": []}}])
def test_no_events_are_no_error(document):
    text = json.dumps(document)
    done = read_document(text, file="f.json", marketplace=None)
    assert (done.rows_read, done.latest) == (0, None)


def test_what_is_no_event_is_dropped():
    done = read(claims("text", 7, None, event()))
    assert (done.rows_dropped, len(done.defects)) == ({"not an event": 3}, 1)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"orders": []}', "holds no financial events"),
        ("[1, 2]", "holds no financial events"),
        ("<a><b>1</b></a>", "holds no financial events"),
        ('{"FinancialEvents": {', "ends before it is complete"),
        ("", "is empty"),
    ],
)
def test_what_holds_none_is_refused(text, says):
    with pytest.raises(ExportError, match=says):
        read_document(text, file="f.json", marketplace=None)


@pytest.mark.parametrize(
    ("head", "is_one"),
    [
        ('\ufeff[{"payload":{"NextToken":"x","FinancialEvents":{', True),
        ('{"transactions":[{"transactionType":"Shipment","relatedIdentifiers":[', True),
        ("<ListFinancialEventsResponse xmlns='u'>", True),
        ("<x:FinancialEvents>", True),
        ('{"transactions": [{"id": 1}]}', False),
        ('{"performanceMetrics": []}', False),
        ("<sellerPerformanceReports>", False),
        ("settlement-id\tFinancialEvents", False),
    ],
)
def test_recognised_by_its_fields(head, is_one):
    assert looks_like_document(head) is is_one


CENTS = st.integers(-5_000, 5_000)


@settings(max_examples=60)
@given(st.lists(st.tuples(CENTS, CENTS), min_size=1, max_size=5))
def test_amounts_add_up_to_the_cent(parts):
    charges = tuple(c / 100 for c, _ in parts)
    fees = tuple(f / 100 for _, f in parts)
    done = read(claims(event(charges=charges, fees=fees)))
    (row,) = done.defects.itertuples()
    cents = -sum(c + f for c, f in parts)
    assert row.amount == cents / 100
    decisive = sum(c for c, _ in parts) or -cents
    assert row.outcome == ("debited" if decisive < 0 else "recovered" if decisive else "")


ODD = st.recursive(
    st.sampled_from([None, True, -1, 2.5, float("inf"), "", "x", ONE, "2026-09-14T00:00:00Z"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("AmazonOrderId", "PostedDate", "OrderChargeList", "ChargeAmount"),
                    *("CurrencyCode", "CurrencyAmount", "GuaranteeClaimEventList", "NextToken"),
                    *("transactions", "transactionType", "relatedIdentifiers", "totalAmount"),
                    *("relatedIdentifierName", "relatedIdentifierValue", "description"),
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@settings(max_examples=80)
@given(ODD)
def test_no_events_however_odd_end_in_a_traceback(value):
    done = read({"FinancialEvents": {"ChargebackEventList": value}, "transactions": value})
    assert len(done.defects) <= done.rows_kept
