"""Settlement reports of both layouts."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis.errors import ExportError
from odr_analysis.exports.payments import settlement
from odr_analysis.exports.readers import order_defects
from odr_analysis.exports.readers.contract import SIGHTING_COLUMNS
from odr_analysis.exports.text.delimited import split_rows

LONG_HEADER = (
    "settlement-id settlement-start-date settlement-end-date deposit-date total-amount currency "
    "transaction-type order-id merchant-order-id adjustment-id shipment-id marketplace-name "
    "amount-type amount-description amount fulfillment-id posted-date posted-date-time "
    "order-item-code merchant-order-item-id merchant-adjustment-item-id sku quantity-purchased "
    "promotion-id"
)
WIDE_HEADER = (
    "settlement-id settlement-start-date settlement-end-date deposit-date total-amount currency "
    "transaction-type order-id merchant-order-id adjustment-id shipment-id marketplace-name "
    "shipment-fee-type shipment-fee-amount order-fee-type order-fee-amount fulfillment-id "
    "posted-date order-item-code merchant-order-item-id merchant-adjustment-item-id sku "
    "quantity-purchased price-type price-amount item-related-fee-type item-related-fee-amount "
    "misc-fee-amount other-fee-amount other-fee-reason-description promotion-id promotion-type "
    "promotion-amount direct-payment-type direct-payment-amount other-amount"
)
LONG, WIDE = LONG_HEADER.split(), WIDE_HEADER.split()
NO_PROMOTION = [c for c in WIDE if not c.startswith("promotion-")]
ONE, TWO, THREE = (f"302-000000{n}-0000001" for n in (1, 2, 3))
CLAIM, BACK, OTHER = "A-to-z Guarantee Refund", "Chargeback Refund", "other-transaction"


def a_row(columns=LONG, **values: str) -> str:
    cells = dict.fromkeys(columns, "") | {"settlement-id": "77"}
    return "\t".join((cells | {k.replace("_", "-"): v for k, v in values.items()}).values()) + "\n"


def summary(currency="EUR", columns=LONG, **values: str) -> str:
    start = "2026-09-01T00:00:00+00:00"
    return a_row(
        columns, settlement_start_date=start, total_amount="5", currency=currency, **values
    )


def amount(kind, order, text, said="Principal", day="14.09.2026", **values: str) -> str:
    group = values.pop("amount_type", "ItemPrice")
    return a_row(
        transaction_type=kind,
        order_id=order,
        amount=text,
        amount_type=group,
        amount_description=said,
        posted_date=day,
        **values,
    )


def read(*rows: str, columns=LONG, marketplace: str | None = None):
    text = "\t".join(columns) + "\n" + "".join(rows)
    table = split_rows(text, file="f.txt", delimiter="\t", quoted=False)
    assert settlement.looks_like(table.header, [])
    return settlement.read(table, marketplace=marketplace)


def seen(done):
    names = ["order_id", "component", "outcome", "amount", "currency", "line"]
    return done.defects[names].values.tolist()


def test_one_sighting_per_transaction_of_many_rows():
    done = read(
        summary(),
        amount("Order", TWO, "25.90"),
        amount(CLAIM, ONE, "-25.90"),
        amount(CLAIM, ONE, "-4.92", "Tax", day=""),
        amount(CLAIM, ONE, "3.89", "Commission", day="", amount_type="ItemFees"),
        amount("Refund", THREE, "-7.00"),
    )
    assert list(done.defects.columns) == list(SIGHTING_COLUMNS)
    (claim,) = done.defects.itertuples(index=False)
    assert (claim.order_id, claim.component, claim.outcome) == (ONE, "claim", "debited")
    assert (claim.reported_on, claim.line) == (pd.Timestamp("2026-09-14"), 4)
    assert (claim.funded_by, claim.amount, claim.currency) == ("seller", 26.93, "EUR")
    assert (claim.source, claim.file, claim.reason) == ("settlement", "f.txt", CLAIM)
    assert pd.isna(claim.decided_on)
    assert (done.rows_read, done.rows_kept, done.rows_dropped) == (6, 6, {})
    assert done.details == {
        "sightings": {"claim debited": 1},
        "types": {CLAIM: 3, "(none)": 1, "Order": 1, "Refund": 1},
        "other": {"summary rows": 1},
    }
    assert (done.locale, done.latest, done.notes) == ("d.m.y", date(2026, 9, 14), [])


def test_recoveries_come_back():
    done = read(
        summary("USD"),
        amount(OTHER, ONE, "25.90", "A2ZGuaranteeRecovery", "2026-09-14", amount_type=OTHER),
        amount(OTHER, TWO, "9.00", "ChargeBackRecovery", "2026-09-15", amount_type=OTHER),
        amount(OTHER, TWO, "-2.00", "Shipping label purchase", "2026-09-15", amount_type=OTHER),
        amount(CLAIM, THREE, "5.00", day="2026-09-16"),
    )
    assert seen(done) == [
        [ONE, "claim", "recovered", -25.9, "USD", 3],
        [TWO, "chargeback", "recovered", -9.0, "USD", 4],
        [THREE, "claim", "recovered", -5.0, "USD", 6],
    ]
    assert set(done.defects.funded_by) == {""}
    assert done.defects.reason.tolist() == ["A2ZGuaranteeRecovery", "ChargeBackRecovery", CLAIM]


def test_a_recovery_that_took_money_is_a_debit_and_noted():
    done = read(summary(), amount(OTHER, ONE, "-5", "A2ZGuaranteeRecovery", amount_type=OTHER))
    assert seen(done) == [[ONE, "claim", "debited", 5.0, "EUR", 3]]
    assert done.notes == [
        "1 dispute(s) are called a recovery but took money from the seller (line 3); they are "
        "taken as debits."
    ]


def test_fees_and_reimbursements_are_no_sightings():
    fees = ["ShippingChargeback", "GiftwrapChargeback", "DeliveryChargeback"]
    fees += ["Shipping Chargeback CGST", "Shipping Chargeback SGST"]
    done = read(
        summary(),
        *(amount("Order", ONE, "-1", fee, amount_type="ItemFees") for fee in fees),
        amount("Refund", ONE, "1", "ShippingChargeback", amount_type="ItemFees"),
        amount("SAFE-T Reimbursement", ONE, "20", "SAFE-T Reimbursement"),
        amount("Other", ONE, "20", "SAFE-T Reimbursement"),
        amount(BACK, TWO, "1", "ShippingChargeback", amount_type="ItemFees"),
    )
    assert seen(done) == []
    assert done.details["other"] == {"summary rows": 1, "fees named chargeback": 7, "SAFE-T": 2}
    assert (done.rows_read, done.rows_kept, done.notes) == (10, 10, [])


def test_a_fee_within_a_chargeback_is_part_of_what_it_cost():
    done = read(
        summary(),
        amount(BACK, ONE, "1.00", "ShippingChargeback", amount_type="ItemFees"),
        amount(BACK, ONE, "-9.00"),
    )
    assert seen(done) == [[ONE, "chargeback", "debited", 8.0, "EUR", 3]]


def test_what_is_dropped_says_why_and_where():
    done = read(
        summary(),
        amount(CLAIM, "", "-1"),
        amount(CLAIM, "3.02E+16", "-1"),
        amount(BACK, "302", "-1"),
        amount(CLAIM, ONE, "-1", day="someday"),
        amount("Order", "302", "1"),
        amount("Order", ONE, "1", day="someday"),
        amount(CLAIM, TWO, "-1"),
    )
    assert done.dropped_lines == {
        "order id missing": [3],
        "order id in scientific notation": [4],
        "order id malformed": [5],
        "unreadable date": [6],
    }
    assert (done.rows_read, done.rows_kept) == (8, 4)
    assert seen(done) == [[TWO, "claim", "debited", 1.0, "EUR", 9]]


def test_days_are_carried_within_a_settlement_only():
    done = read(
        summary(),
        amount("Order", TWO, "1", day="13.09.2026"),
        amount(CLAIM, ONE, "-1", day=""),
        amount(CLAIM, TWO, "-1", day="", posted_date_time="15.09.2026 23:59:59 UTC"),
        summary("GBP", settlement_id="78"),
        amount(CLAIM, THREE, "-1", day="", settlement_id="78"),
    )
    days = done.defects.set_index("order_id").reported_on
    assert days[ONE] == pd.Timestamp("2026-09-13")
    assert days[TWO] == pd.Timestamp("2026-09-15")
    assert pd.isna(days[THREE])
    assert done.notes == [
        "amounts are in EUR, GBP; they are kept apart and never added up.",
        "1 dispute(s) without a date (line 7) are taken as known from the day of the order.",
    ]
    assert done.defects.currency.tolist() == ["EUR", "EUR", "GBP"]


@pytest.mark.parametrize(
    ("currency", "day"),
    [
        ("USD", "2026-09-14 23:59:59 UTC"),
        ("EUR", "14.09.2026 23:59:59 UTC"),
        ("JPY", "2026/09/14 23:59:59 UTC"),
        ("CAD", "2026-09-14T23:59:59+00:00"),
    ],
)
def test_dates_by_currency(currency, day):
    done = read(summary(currency), amount(CLAIM, ONE, "-1", day=day))
    assert done.defects.reported_on.tolist() == [pd.Timestamp("2026-09-14")]


def test_a_resaved_date_is_read_as_the_store_or_the_currency_writes_it():
    def month(marketplace=None, currency="", store=""):
        row = amount(CLAIM, ONE, "-1", day="4/5/2026", marketplace_name=store)
        return read(summary(currency), row, marketplace=marketplace).defects.reported_on[0].month

    assert month(store="Amazon.de", currency="USD", marketplace="Amazon.com") == 5
    assert month(currency="GBP", marketplace="Amazon.com") == 5
    assert month(currency="USD", marketplace="Amazon.de") == 4
    assert month(marketplace="Amazon.de") == 5


def test_amounts_with_decimal_commas_and_other_marks():
    done = read(
        summary(),
        amount("Order", TWO, "95,00"),
        amount(CLAIM, ONE, "-1.234"),
        amount(CLAIM, ONE, "−0,50"),
        amount(BACK, TWO, "1\xa0025,90- €"),
    )
    assert [row[3] for row in seen(done)] == [1234.5, 1025.9]
    mixed = read(summary(), amount(CLAIM, ONE, "-1,50"), amount(CLAIM, ONE, "-1.25"))
    assert seen(mixed)[0][3] == 2.75
    assert "each is read by its own" in mixed.notes[0]


def test_an_amount_that_cannot_be_read_does_not_hide_the_dispute():
    done = read(summary(), amount(CLAIM, ONE, "#REF!"), amount(CLAIM, TWO, ""))
    assert done.defects.outcome.tolist() == ["debited", "debited"]
    assert done.defects.amount.isna().all()
    assert "2 row(s) of a dispute have an amount that is missing" in done.notes[0]


def test_currency_from_the_row_the_settlement_the_store():
    sorted_away = amount(CLAIM, ONE, "-1") + summary("SEK")
    assert read(sorted_away).defects.currency.tolist() == ["SEK"]
    row = amount(CLAIM, ONE, "-1", marketplace_name="Amazon.co.uk")
    assert read(row, marketplace="Amazon.de").defects.currency.tolist() == ["GBP"]
    assert read(amount(CLAIM, ONE, "-1"), marketplace="Amazon.de").defects.currency[0] == "EUR"
    assert read(amount(CLAIM, ONE, "-1")).defects.currency[0] == ""
    both = amount(CLAIM, ONE, "-1", currency="EUR") + amount(CLAIM, ONE, "-2", currency="GBP")
    done = read(both)
    assert [(row[3], row[4]) for row in seen(done)] == [(1.0, "EUR"), (2.0, "GBP")]
    assert done.notes == ["amounts are in EUR, GBP; they are kept apart and never added up."]


def test_words_nobody_knows_are_named():
    done = read(
        summary(),
        amount("Payment dispute", ONE, "-3"),
        amount("Hyvitys", TWO, "-3"),
        amount("Hyvitys", TWO, "1"),
        amount("Lisämaksu", TWO, "3"),
        amount("Varastointi", "", "-3"),
        amount(OTHER, ONE, "-3", "BankDisputeLoss", amount_type=OTHER),
    )
    assert seen(done) == []
    assert done.notes == [
        "not taken as disputes, since the words are not known: 'Hyvitys' (lines 4, 5); "
        "'Payment dispute' (line 3); 'other-transaction: BankDisputeLoss' (line 8). Where they "
        "are A-to-z claims or chargebacks, list the orders in a claims or chargebacks file."
    ]


def test_the_wide_layout():
    day = "2025-10-16T12:22:13+00:00"
    claim = {"transaction_type": CLAIM, "order_id": ONE, "posted_date": day}
    done = read(
        summary("CAD", columns=WIDE),
        a_row(
            WIDE,
            transaction_type="Order",
            order_id=TWO,
            posted_date=day,
            item_related_fee_type="ShippingChargeback",
            item_related_fee_amount="-1.5",
        ),
        a_row(WIDE, price_type="Principal", price_amount="-20.00", **claim),
        a_row(
            WIDE,
            item_related_fee_type="Commission",
            item_related_fee_amount="3.00",
            promotion_type="Principal",
            promotion_amount="0.50",
            misc_fee_amount="-0.25",
            **claim,
        ),
        a_row(
            WIDE,
            transaction_type=OTHER,
            order_id=THREE,
            posted_date=day,
            other_fee_reason_description="ChargeBackRecovery",
            other_amount="12.00",
        ),
        columns=WIDE,
    )
    assert seen(done) == [
        [ONE, "claim", "debited", 16.75, "CAD", 4],
        [THREE, "chargeback", "recovered", -12.0, "CAD", 6],
    ]
    assert done.details["other"] == {"summary rows": 1, "fees named chargeback": 1}
    assert (done.rows_read, done.locale, done.latest) == (5, "y-m-d", date(2025, 10, 16))


def test_the_wide_layout_without_promotions_has_33_columns():
    row = a_row(
        NO_PROMOTION,
        transaction_type=BACK,
        order_id=ONE,
        posted_date="2020-02-01T00:00:00+00:00",
        price_amount="-5",
    )
    assert (len(LONG), len(WIDE), len(NO_PROMOTION)) == (24, 36, 33)
    done = read(summary("AUD", columns=NO_PROMOTION), row, columns=NO_PROMOTION)
    assert seen(done) == [[ONE, "chargeback", "debited", 5.0, "AUD", 3]]


def test_recognised_by_the_header_and_by_nothing_else():
    assert settlement.looks_like([c.replace("-", "_").upper() for c in LONG], [])
    assert not order_defects.looks_like(LONG, [])
    assert settlement.missing(["settlement-id", "order-id", "posted-date", "amount"]) == [
        "transaction-type",
        "amount-description",
    ]
    assert settlement.missing([c for c in WIDE if c != "order-id"]) == ["order-id"]
    assert settlement.missing(["sku"]) == list(settlement.NEEDED)


def test_a_column_that_is_missing_or_there_twice_is_an_error():
    with pytest.raises(ExportError, match="'currency' 2 times"):
        read(summary(), columns=[*LONG, "currency"])
    table = split_rows("settlement-id\torder-id\n1\t2\n", file="f", delimiter="\t", quoted=False)
    with pytest.raises(ExportError, match="no column 'transaction-type'"):
        settlement.read(table, marketplace=None)


def test_an_empty_settlement():
    done = read()
    assert (done.rows_read, done.rows_kept, len(done.defects)) == (0, 0, 0)
    assert done.latest is None


KINDS = [CLAIM, BACK, "Order", "Refund", OTHER, "SAFE-T Reimbursement", "Mystery", ""]
TEXTS = ["ShippingChargeback", "A2ZGuaranteeRecovery", "Principal", "", "Tax"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(KINDS),
            st.sampled_from([ONE, TWO, "", "302", "1E+16"]),
            st.sampled_from(["-1.50", "2", "", "x", "1,5", "-0"]),
            st.sampled_from(TEXTS),
            st.sampled_from(["14.09.2026", "", "someday", "2026-09-14T10:00:00+00:00"]),
        ),
        max_size=12,
    )
)
def test_every_row_is_accounted_for(rows):
    done = read(summary(), *(amount(*row) for row in rows))
    assert done.rows_read == len(rows) + 1 == sum(done.details["types"].values())
    assert set(done.defects.order_id) <= {ONE, TWO}
    assert done.defects.duplicated(["order_id", "component", "outcome", "currency"]).sum() == 0
    paid = done.defects[done.defects.outcome == "debited"]
    assert (paid.funded_by == "seller").all()
    assert (paid.amount.dropna() > 0).all()
    assert (done.defects[done.defects.outcome == "recovered"].amount.dropna() <= 0).all()
