"""Amounts of money: every notation, exactly, and nothing that only looks like money."""

from __future__ import annotations

from decimal import Decimal

import pytest

from odr_analysis import terms
from odr_analysis.exports.text.amounts import (
    as_money,
    currency_code,
    currency_note,
    date_order,
    main_store,
    notation,
    read_amount,
    store_of,
)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("25.90", "25.90"),
        ("-0,5", "-0.5"),
        ("1'234.50", "1234.50"),
        ("12,34,567.00", "1234567.00"),
        ("EUR 7,50-", "-7.50"),
        ("(3.20)", "-3.20"),
        ("¥1,000", "1000"),
        (".75", "0.75"),
    ],
)
def test_amounts_are_read_to_the_cent(text, amount):
    assert read_amount(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "n/a", "1.2.3", "1-2", "(3.20", "--4", "1" * 14, "9" * 50])
def test_what_is_not_an_amount_is_not_read(text):
    assert read_amount(text) is None


def test_only_what_a_cell_leaves_open_follows_the_column():
    assert (read_amount("1.234", ","), read_amount("1.234", ".")) == (1234, Decimal("1.234"))
    assert read_amount("0.234", ",") == Decimal("0.234"), "thousands do not begin with 0"
    assert read_amount("1,234.5", ",") == Decimal("1234.5")


def test_the_column_settles_its_mark():
    assert notation(["1.234", "95,00"]) == (",", False)
    assert notation(["1,50", "1.50"], ",") == (",", True), "one vote each: as expected"


def test_sums_beyond_money_are_none():
    assert as_money(Decimal("1e13")) is None
    assert as_money(Decimal("NaN")) is None
    assert as_money(Decimal("0e99")) == 0


def test_currencies():
    assert [currency_code(c) for c in (" eur", "EURO", "12A", "€")] == ["EUR", "", "", ""]
    assert currency_note(["EUR", "", "EUR"]) == []
    assert currency_note(["GBP", "EUR"])[0].startswith("amounts are in EUR, GBP;")


def test_stores_by_the_names_of_files():
    assert store_of("WWW.Amazon.JP") is terms.MARKETPLACES["Amazon.co.jp"]
    found = main_store(["Amazon.de", "amazon.fr", "Amazon.fr", "x"])
    assert found is not None
    assert found.name == "Amazon.fr"
    assert main_store(["x", ""]) is None


def test_the_order_of_day_and_month_by_store_then_currency_then_seller():
    us, uk = terms.MARKETPLACES["Amazon.com"], terms.MARKETPLACES["Amazon.co.uk"]
    assert date_order(us, "GBP", uk) == "mdy"
    assert date_order(None, "GBP", us) == "dmy"
    assert date_order(None, "", us) == "mdy"
    assert date_order(None, "", None) is None
