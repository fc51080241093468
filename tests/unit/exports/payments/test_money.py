"""Amounts and days of files of money, and how rows become sightings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis.exports.payments.dispute_words import (
    Meaning,
)
from odr_analysis.exports.payments.money import Posting, sightings_of
from odr_analysis.exports.payments.posted import carried, posted_days
from odr_analysis.exports.text.amounts import date_order, main_store, notation, read_amount

ONE, TWO = (f"113-000000{n}-0000001" for n in (1, 2))
CLAIM = Meaning("claim", "A-to-z Guarantee Refund")
DAY, NEXT = pd.Timestamp("2026-09-14"), pd.Timestamp("2026-09-15")


@pytest.mark.parametrize(
    ("text", "decimal", "amount"),
    [
        ("12.34", ".", "12.34"),
        ("-12.34", ",", "-12.34"),
        ("95,00", ".", "95.00"),
        ("1,234.56", ",", "1234.56"),
        ("1.234,56", ".", "1234.56"),
        ("1.234", ",", "1234"),
        ("1.234", ".", "1.234"),
        ("1,234", ".", "1234"),
        ("1,234", ",", "1.234"),
        ("1.234.567", ",", "1234567"),
        ("1.234.567", ".", "1234567"),
        ("1,23,456.78", ".", "123456.78"),
        ("0.125", ",", "0.125"),
        ("1234.567", ",", "1234.567"),
        ("1\xa0234,56", ",", "1234.56"),
        ("1\u202f234,56 €", ",", "1234.56"),
        ("1'234.50", ".", "1234.50"),
        ("1’234.50", ".", "1234.50"),
        ("−7,50", ",", "-7.50"),
        ("–7,50\xa0€", ",", "-7.50"),
        ("7,50-", ",", "-7.50"),
        ("12.34-", ".", "-12.34"),
        ("(3.20)", ".", "-3.20"),
        ("($3.20)", ".", "-3.20"),
        ("-$3.20", ".", "-3.20"),
        ("$-3.20", ".", "-3.20"),
        ("£3.20", ".", "3.20"),
        ("EUR 3,20", ",", "3.20"),
        ("-3,20 EUR", ",", "-3.20"),
        ("100,00 zł", ",", "100.00"),
        ("￥１，２３４", ".", "1234"),
        ("+5", ".", "5"),
        (".50", ".", "0.50"),
        ("-,50", ",", "-0.50"),
        ("0", ",", "0"),
        ("-0,00", ",", "0"),
        ("'-4.00", ".", "-4.00"),
    ],
)
def test_amounts(text, decimal, amount):
    assert read_amount(text, decimal) == Decimal(amount)


NO_AMOUNTS = """n/a|-|--5|(5|5)|-(5)|1e5|nan|inf|12 34|1.2.3|1,2,3|12.34.56|5 apples
113-1234567-7654321|01.08.2026|1,234,56.7"""


@pytest.mark.parametrize("text", ["", " ", *NO_AMOUNTS.replace("\n", "|").split("|")])
@pytest.mark.parametrize("decimal", [".", ","])
def test_what_is_no_amount(text, decimal):
    assert read_amount(text, decimal) is None


def test_the_column_says_how_its_amounts_are_written():
    assert notation(["1.234", "2.345", "7,50"], ".") == (",", False)
    assert notation(["1,234", "2.50"], ",") == (".", False)
    assert notation(["1,234", "", "5", "n/a"], ",") == (",", False)
    assert notation([], ".") == (".", False)
    assert notation(["1,50", "1,60", "1.70"], ".") == (",", True)
    assert notation(["-1.234,50 €"], ".") == (",", False)


STYLES = {
    "US": (",", ".", "-", ""),
    "DE": (".", ",", "-", " €"),
    "FR": ("\u202f", ",", "\u2212", "\xa0€"),
    "CH": ("’", ".", "-", ""),
    "plain": ("", ".", "-", ""),
}


@settings(max_examples=200, deadline=None)
@given(
    cents=st.integers(-(10**9), 10**9),
    style=st.sampled_from(sorted(STYLES)),
    trailing=st.booleans(),
)
def test_an_amount_with_cents_is_read_whatever_mark_is_expected(cents, style, trailing):
    thousands, decimal, minus, unit = STYLES[style]
    whole, rest = divmod(abs(cents), 100)
    text = f"{whole:,}".replace(",", thousands) + f"{decimal}{rest:02}"
    if cents < 0:
        text = text + minus if trailing else minus + text
    for expected in ".,":
        assert read_amount(text + unit, expected) == Decimal(cents) / 100
    assert notation([text + unit]).decimal == decimal


def days_of(*texts: str, hint: str | None = None):
    return posted_days(texts, order_hint=hint, file="f.csv", column="date")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Jan 5, 2026 11:03:05 AM PST", "2026-01-05"),
        ("Jan 5, 2026 4:30:05 PM PST", "2026-01-06"),
        ("Jul 5, 2026 4:30:05\u202fPM PDT", "2026-07-05"),
        ("1 Aug 2017 00:12:34 GMT+00:00", "2017-08-01"),
        ("01.08.2017 00:12:34 GMT+00:00", "2017-08-01"),
        ("01.08.2017 23:59:59 UTC", "2017-08-01"),
        ("13/08/2017 00:12:34 GMT+00:00", "2017-08-13"),
        ("01/ago/2017 00.12.34 GMT", "2017-08-01"),
        ("1 août 2017 00:12:34 UTC+00:00", "2017-08-01"),
        ("3 févr. 2017 00:12:34 UTC", "2017-02-03"),
        ("3 déc. 2017 23:59:59 UTC", "2017-12-03"),
        ("2020/01/05 12:34:56JST", "2020-01-05"),
        ("2020/01/05 08:59:59JST", "2020-01-04"),
        ("2020/01/05 09:00:00JST", "2020-01-05"),
        ("5 ene. 2026 11:03:05 p. m. PST", "2026-01-06"),
        ("5 Jan 2026 00:29:59 GMT+05:30", "2026-01-04"),
        ("5 Jan 2026 05:29:59 GMT+05:30", "2026-01-04"),
        ("5 Jan 2026 05:30:00 GMT+05:30", "2026-01-05"),
        ("2025-10-16T12:22:13+00:00", "2025-10-16"),
        ("2025-10-16T20:22:13-07:00", "2025-10-17"),
        ("16.10.2025 12:22:13 UTC", "2025-10-16"),
        ("2025/10/16 12:22:13 UTC", "2025-10-16"),
        ("16.10.25", "2025-10-16"),
    ],
)
def test_days_as_files_of_money_write_them(text, day):
    read = days_of(text)
    assert read.day_of == {text: pd.Timestamp(day)}
    assert read.latest == date.fromisoformat(day)


def test_many_times_of_a_day_and_those_that_cannot_be_read():
    texts = [f"01.08.2017 {h:02}:{m:02}:07 UTC" for h in range(24) for m in range(60)]
    read = days_of(*texts, "", "no day")
    assert len(read.day_of) == 24 * 60 + 1
    assert {d for t, d in read.day_of.items() if t != "no day"} == {pd.Timestamp("2017-08-01")}
    assert read.day_of["no day"] is None
    assert (read.pattern, read.latest) == ("d.m.y", date(2017, 8, 1))
    assert days_of().latest is None


def test_a_zone_nobody_knows_leaves_the_day_as_written():
    read = days_of("5 Jan 2026 23:03:05 XYT", "6 Jan 2026 10:00:00 UTC")
    assert read.day_of["5 Jan 2026 23:03:05 XYT"] == pd.Timestamp("2026-01-05")
    (note,) = read.notes
    assert "'5 Jan 2026 23:00:00 XYT' is not known" in note


def test_one_day_settles_the_order_of_a_column():
    read = days_of("4/5/2026 10:00:00 GMT", "30/5/2026 10:00:00 GMT")
    assert read.day_of["4/5/2026 10:00:00 GMT"] == pd.Timestamp("2026-05-04")
    assert days_of("4/5/2026", hint="mdy").latest == date(2026, 4, 5)


@settings(max_examples=100, deadline=None)
@given(
    st.datetimes(pd.Timestamp("1996-01-01"), pd.Timestamp("2099-12-31")),
    st.sampled_from(
        [
            ("%Y-%m-%dT%H:%M:%S+00:00", 0),
            ("%d.%m.%Y %H:%M:%S UTC", 0),
            ("%Y/%m/%d %H:%M:%SJST", 9),
            ("%Y-%m-%d %H:%M:%S PST", -8),
            ("%Y-%m-%d %H:%M:%S+05:30", 5.5),
        ]
    ),
)
def test_leaving_out_minutes_moves_no_day(moment, written):
    form, ahead = written
    text = moment.strftime(form)
    utc = moment - pd.Timedelta(hours=ahead)
    assert days_of(text).day_of[text] == pd.Timestamp(utc).normalize()


def a_row(line=2, order=ONE, said=CLAIM, day=DAY, amount="-10", currency="EUR"):
    return Posting(line, order, said, day, None if amount is None else Decimal(amount), currency)


def found(*rows):
    return [
        (
            s.order_id,
            s.component,
            s.outcome,
            s.funded_by,
            s.amount,
            s.currency,
            s.line,
            s.reported_on,
        )
        for s in sightings_of(rows, "settlement", "f.txt")
    ]


def test_rows_of_one_transaction_are_one_sighting():
    rows = [a_row(2, amount="-20.10"), a_row(3, amount="-3.35"), a_row(4, amount="2.45")]
    assert found(*rows) == [(ONE, "claim", "debited", "seller", 21.0, "EUR", 2, DAY)]


def test_the_sum_decides_not_a_row():
    assert found(a_row(2, amount="-3"), a_row(3, amount="10")) == [
        (ONE, "claim", "recovered", "", -7.0, "EUR", 2, DAY)
    ]


def test_out_and_back_on_different_days_are_two_sightings():
    rows = [a_row(2), a_row(3, day=NEXT, amount="4")]
    assert found(*rows) == [
        (ONE, "claim", "debited", "seller", 10.0, "EUR", 2, DAY),
        (ONE, "claim", "recovered", "", -4.0, "EUR", 3, NEXT),
    ]


def test_debits_of_several_days_are_one_sighting_on_the_first():
    rows = [a_row(2, day=NEXT, amount="-1"), a_row(7, amount="-2")]
    assert found(*rows) == [(ONE, "claim", "debited", "seller", 3.0, "EUR", 2, DAY)]


def test_nothing_moved_is_neither_direction():
    rows = [a_row(2, amount="-0.3"), a_row(3, amount="0.1"), a_row(4, amount="0.2")]
    assert found(*rows) == [(ONE, "claim", "", "", 0.0, "EUR", 2, DAY)]


def test_words_decide_where_no_amount_can_be_read():
    back = Meaning("claim", "A2ZGuaranteeRecovery")
    assert found(a_row(amount=None))[0][2:5] == ("debited", "seller", None)
    assert found(a_row(said=back, amount=None))[0][2:5] == ("recovered", "", None)


def test_a_fee_is_added_up_but_is_no_sighting_alone():
    fee = CLAIM._replace(other="fees named chargeback")
    assert found(a_row(2, said=fee, amount="1")) == []
    assert found(a_row(2), a_row(3, said=fee, amount="1"))[0][4] == 9.0


def test_orders_components_and_currencies_are_kept_apart():
    back = Meaning("chargeback", "Chargeback Refund")
    rows = [a_row(2), a_row(3, order=TWO), a_row(4, said=back), a_row(5, currency="GBP")]
    assert [(f[0], f[1], f[4], f[5]) for f in found(*rows)] == [
        (ONE, "claim", 10.0, "EUR"),
        (TWO, "claim", 10.0, "EUR"),
        (ONE, "chargeback", 10.0, "EUR"),
        (ONE, "claim", 10.0, "GBP"),
    ]


POSTINGS = st.lists(
    st.builds(
        Posting,
        st.just(0),
        st.sampled_from([ONE, TWO]),
        st.sampled_from([CLAIM, Meaning("chargeback", "Chargeback Refund")]),
        st.sampled_from([DAY, NEXT, None]),
        st.integers(-500, 500).map(lambda cents: Decimal(cents) / 100),
        st.sampled_from(["EUR", "GBP"]),
    ),
    max_size=12,
).map(lambda rows: [row._replace(line=i) for i, row in enumerate(rows, 2)])


@settings(max_examples=100, deadline=None)
@given(POSTINGS, st.randoms(use_true_random=False))
def test_no_cent_is_lost_and_the_order_of_rows_does_not_matter(rows, random):
    seen = sightings_of(rows, "settlement", "f.txt")
    for currency in ("EUR", "GBP"):
        moved = sum(row.amount for row in rows if row.currency == currency)
        told = sum(s.amount for s in seen if s.currency == currency)
        assert told == pytest.approx(float(-moved), abs=1e-9)
    keys = [(s.order_id, s.component, s.outcome, s.currency) for s in seen]
    assert len(set(keys)) == len(keys)
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert sightings_of(shuffled, "settlement", "f.txt") == seen


def test_carrying_stops_where_a_settlement_ends():
    assert carried(["", "a", "", "", "b"], ["1", "1", "1", "2", "2"]) == ["", "a", "a", "", "b"]


def test_the_store_of_a_file_and_what_it_decides():
    store = main_store(["", "Amazon.co.jp", "amazon.de", "AMAZON.DE ", "SI Prod"])
    assert store is not None
    assert store.name == "Amazon.de"
    assert date_order(store, "USD", None) == "dmy"
    assert date_order(None, "USD", None) == "mdy"
    assert date_order(None, "JPY", None) == "ymd"
