"""How the days of a file are to be read: by the stores of its own orders."""

from __future__ import annotations

from datetime import date

from odr_analysis.exports.days.places import Places, look_at, together
from odr_analysis.exports.readers import claims
from odr_analysis.exports.text.delimited import split_rows

US, UK, NOBODY = (f"113-0000000-000000{n}" for n in (1, 2, 3))
PLACES = Places(stores={US: "Amazon.com", UK: "Amazon.co.uk"}, today=date(2026, 9, 30))


def table_of(*ids):
    rows = "".join(f"{order_id},5/9/2026,granted\n" for order_id in ids)
    text = f"order id,claim date,status\n{rows}"
    return split_rows(text, file="claims.csv", delimiter=",", quoted=True)


def looks(*ids, whole=False, hint=None, places=PLACES):
    return look_at(claims.CLAIMS, table_of(*ids), hint, places, whole=whole)


def days(look):
    return look.read.defects.reported_on.dt.date.tolist()


def test_the_store_of_the_orders_decides():
    (british,) = looks(UK, NOBODY)
    assert (british.store, british.by) == ("Amazon.co.uk", "orders")
    assert days(british) == [date(2026, 9, 5)] * 2
    (american,) = looks(US)
    assert days(american) == [date(2026, 5, 9)]


def test_rows_of_stores_that_write_days_differently_are_read_apart():
    parts = looks(US, UK)
    assert [days(part) for part in parts] == [[date(2026, 5, 9)], [date(2026, 9, 5)]]
    one = together([part.read for part in parts])
    assert (one.rows_read, one.defects.line.tolist()) == (2, [2, 3])
    assert one.details == {"outcomes": {"granted": 2}}
    assert one.locale == "m/d/y; d/m/y"
    assert "each in its own way" in one.notes[-1]


def test_payments_are_read_as_a_whole():
    (only,) = looks(US, UK, UK, whole=True)
    assert (only.store, len(days(only))) == ("Amazon.co.uk", 3)


def test_without_a_known_order_the_hint_decides():
    (look,) = looks(NOBODY, hint="Amazon.de")
    assert (look.store, look.by) == ("Amazon.de", "")
    (look,) = looks(NOBODY, hint="Amazon.de", places=Places(given=True))
    assert look.by == "user"


def test_no_file_knows_of_a_day_after_the_one_of_reading():
    assert PLACES.limit == date(2026, 10, 1), "a day more, for stores ahead of UTC"
    assert Places().limit is None
    placed = Places(days={US: date(2026, 5, 1)}).placed
    assert placed[US].date() == date(2026, 5, 1)
