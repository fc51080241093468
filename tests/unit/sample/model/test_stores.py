"""How each store writes days, moments and money."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

from odr_analysis.sample.model import stores
from tests.unit.sample.written import Written, write

FORMS = {
    "witnesses": (r"\d\d\.\d\d\.2026 \d\d:\d\d:\d\d UTC", r"\d\d\.\d\d\.2026 [\d:]{8} GMT\+00:00"),
    "witnesses-us": (
        r"2026-\d\d-\d\d \d\d:\d\d:\d\d UTC",
        r"[A-Z][a-z]{2} \d{1,2}, 2026 \d{1,2}:\d\d:\d\d [AP]M P[SD]T",
    ),
    "witnesses-jp": (r"2026/\d\d/\d\d \d\d:\d\d:\d\d UTC", r"2026/\d\d/\d\d \d\d:\d\d:\d\dJST"),
}
"""How a store writes a moment in the newer settlements and in a date range."""


def test_moments_are_written_as_the_store_does(made: Written) -> None:
    settled, booked = FORMS[made.truth["scenario"]]
    moments = {
        line.split("\t")[17]
        for text in made.texts("settlement")[2:]
        for line in text.split("\r\n")[2:-1]
    }
    assert all(re.fullmatch(settled, m) for m in moments - {""})
    assert ("" in moments) == (made.truth["scenario"] == "witnesses")
    (text,) = made.texts("date-range")
    lines = text.removeprefix("\ufeff").split("\r\n")
    at = 7 if made.truth["scenario"] == "witnesses-us" else 6
    assert len(next(csv.reader([lines[at]]))) == 27
    rows = list(csv.reader(io.StringIO("\n".join(lines[at + 1 : -1]))))
    assert rows
    assert all(re.fullmatch(booked, row[0]) for row in rows)
    swapped = str.maketrans(",.", ".,") if made.truth["scenario"] == "witnesses" else {}
    for row in rows:
        numbers = [Decimal(cell.translate(swapped).replace(",", "")) for cell in row[13:]]
        assert sum(numbers[:-1]) == numbers[-1]


def test_japanese_files_are_in_cp932_and_yen_are_whole(tmp_path: Path) -> None:
    made = write(tmp_path, "witnesses-jp")
    encodings = Counter(entry["encoding"] for entry in made.truth["files"])
    assert encodings["cp932"] >= 7
    assert "windows-1252" not in encodings
    assert all(row["item-price"].isdigit() for row in made.rows("fulfilled-shipments"))
    assert any("プレート" in row["product-name"] for row in made.rows("all-orders"))
    assert not re.search(r'"CurrencyAmount": -?\d+\.\d', made.texts("finances")[0])


MOMENT = 1_790_000_000
"""21 Sep 2026, 14:13:20 UTC."""


def test_each_store_writes_a_day_in_its_own_way() -> None:
    on = MOMENT // 86_400
    written = {s.country: (s.day(on), s.typed_day(on)) for s in stores.STORES.values()}
    assert written == {
        "DE": ("21.09.2026", "2026-09-21"),
        "US": ("Sep 21, 2026", "9/21/2026"),
        "JP": ("2026/09/21", "2026/09/21"),
    }


def test_each_store_writes_a_moment_in_its_own_way() -> None:
    written = {s.country: (s.settled(MOMENT), s.booked(MOMENT)) for s in stores.STORES.values()}
    assert written == {
        "DE": ("21.09.2026 14:13:20 UTC", "21.09.2026 14:13:20 GMT+00:00"),
        "US": ("2026-09-21 14:13:20 UTC", "Sep 21, 2026 7:13:20 AM PDT"),
        "JP": ("2026/09/21 14:13:20 UTC", "2026/09/21 23:13:20JST"),
    }


def test_money_has_the_marks_of_its_store_and_yen_no_cents() -> None:
    german, american, japanese = (
        stores.STORES[name] for name in ("Amazon.de", "Amazon.com", "Amazon.co.jp")
    )
    assert (german.money(123_456), german.money(-5)) == ("1.234,56", "-0,05")
    assert american.money(123_456) == "1,234.56"
    assert japanese.money(123_456) == "123,456"
    assert [s.money(123_456, plain=True) for s in (german, japanese)] == ["1234.56", "123456"]
    assert (german.number(250), japanese.number(250)) == (2.5, 250)
