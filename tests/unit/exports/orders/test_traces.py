"""The store of an order that no column names."""

from __future__ import annotations

import ibis
import pandas as pd
import pytest

from odr_analysis.exports.orders.engine import engine
from odr_analysis.exports.orders.traces import CURRENCIES, alias_store, traced_store, traced_stores

CASES = {
    ("a@marketplace.amazon.fr", "GBP"): "Amazon.fr",
    ("a@MARKETPLACE.amazon.co.uk", ""): "Amazon.co.uk",
    ("a@example.com", " gbp"): "Amazon.co.uk",
    ("", "EUR"): "",
    ("a@marketplace.amazon.fr.example", ""): "",
}


def test_a_currency_of_several_stores_names_none():
    assert "EUR" not in CURRENCIES
    assert CURRENCIES["GBP"] == "Amazon.co.uk"
    assert alias_store("@marketplace.amazon.de") == "Amazon.de"


@pytest.mark.parametrize("case", CASES)
def test_alias_first_then_currency(case):
    mail, money = (pd.Series([text]) for text in case)
    assert traced_stores(mail, money).tolist() == [CASES[case]]


def test_the_engine_traces_alike(tmp_path):
    frame = pd.DataFrame(list(CASES), columns=["mail", "money"])
    with engine(tmp_path) as con:
        table = ibis.memtable(frame)
        rows = con.to_pandas(
            table.select("mail", "money", store=traced_store(table.mail, table.money))
        )
    assert {(r.mail, r.money): r.store for r in rows.itertuples()} == CASES
