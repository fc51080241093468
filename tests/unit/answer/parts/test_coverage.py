"""What the exports cover, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from odr_analysis.answer.order_days import SPELL_COLUMNS
from odr_analysis.answer.parts.coverage import (
    FILE_COLUMNS,
    SERIES_COLUMNS,
    SOURCE_COLUMNS,
    coverage,
)
from odr_analysis.errors import ParameterError
from odr_analysis.receipt import FileReceipt, Receipt
from tests.oracle import days, every_defect, make_account

DE = "Amazon.de"
FIRST = date(2026, 7, 1)


def account_on(placed: list[date], defects=(), files=None, channel="mfn", known_to=None):
    rows = [(f"o{i}", day, DE, channel) for i, day in enumerate(placed)]
    account = make_account(rows, defects, known_to=known_to)
    return account if files is None else replace(account, receipt=Receipt(files=tuple(files)))


def every_day(n_days: int, a_day: int = 1, without: range = range(0)) -> list[date]:
    return [d for i, d in enumerate(days(FIRST, n_days)) if i not in without for _ in range(a_day)]


def test_a_hole_in_a_busy_shop_is_called_missing_with_the_days_it_spoils() -> None:
    found = coverage(account_on(every_day(90, a_day=2, without=range(30, 36))))
    (spell,) = found.spells.to_dict(orient="records")
    assert spell["first_on"] == pd.Timestamp("2026-07-31")
    assert spell["last_on"] == pd.Timestamp("2026-08-05")
    assert (spell["n_days"], spell["n_usual"], spell["missing"]) == (6, 12.0, True)
    # Orders of 31 Jul enter on 15 Aug; orders of 5 Aug leave after 18 Oct.
    assert spell["affects_from"] == pd.Timestamp("2026-08-15")
    assert spell["affects_to"] == pd.Timestamp("2026-10-18")
    assert "No order from 31 Jul to 5 Aug 2026 (6 days in which about 12 usually" in found.lines[0]


def test_a_quiet_spell_of_a_small_seller_is_not_called_missing() -> None:
    placed = [FIRST + timedelta(days=5 * i) for i in range(15)]
    found = coverage(account_on(placed))
    assert len(found.spells) == 14
    assert not found.spells["missing"].any()
    assert "No stretch of days without orders looks like a missing export." in found.lines


def test_orders_that_end_long_before_the_exports_do_are_a_spell_too() -> None:
    found = coverage(account_on(every_day(80), known_to=FIRST + timedelta(days=99)))
    (spell,) = found.spells.to_dict(orient="records")
    assert spell["last_on"] == pd.Timestamp(FIRST + timedelta(days=99))
    assert (spell["n_days"], spell["missing"]) == (20, True)


@pytest.mark.parametrize(("as_of", "among"), [("2026-09-20", ""), ("2026-10-30", "not ")])
def test_the_sentence_says_whether_the_day_asked_for_is_spoilt(as_of: str, among: str) -> None:
    account = account_on(every_day(121, a_day=2, without=range(30, 36)))
    found = coverage(account, as_of)
    year = pd.Timestamp(as_of)
    assert f"that of {year.day} {year:%b} 2026 {among}among them." in found.lines[0]


def test_a_component_no_file_tells_of_is_unknown_and_says_what_that_costs() -> None:
    feedback = replace(every_defect(), covers=every_defect().covers[:1])
    defects = [("o3", "feedback", "2026-07-20")]
    found = coverage(account_on(every_day(90), defects=defects, files=[feedback]))
    sources = found.sources.set_index("component")
    assert sources.loc["feedback", "source"] == "test"
    assert sources.loc["claim", "source"] == sources.loc["chargeback", "source"] == "none"
    assert sources.loc["feedback", "costs"] == ""
    assert "higher than shown" in sources.loc["claim", "costs"]
    assert [line.split(".")[0] for line in found.lines[:2]] == [
        "Cannot be known: no file of A-to-z claims",
        "Cannot be known: no file of chargebacks",
    ]
    assert found.headline == "2 things to know before trusting the rate of 28 Sep 2026."


def test_a_file_without_a_defect_is_a_source_all_the_same() -> None:
    kinds = ("seller-feedback", "claims", "chargebacks")
    covers = every_defect().covers
    files = [FileReceipt(f"{k}.csv", k, covers=(c,)) for k, c in zip(kinds, covers, strict=True)]
    found = coverage(account_on(every_day(90), files=files))
    assert found.sources["n_sightings"].tolist() == [0, 0, 0]
    assert found.sources["source"].tolist() == ["seller-feedback", "claims", "chargebacks"]
    assert found.headline == "Nothing is missing for the rate of 28 Sep 2026."


def test_sightings_are_counted_dated_and_told_apart() -> None:
    defects = [
        ("o1", "claim", "2026-07-20"),
        ("o2", "claim", None),
        ("stranger", "claim", "2026-08-02"),
    ]
    row = coverage(account_on(every_day(90), defects)).sources.set_index("component").loc["claim"]
    assert (row.n_sightings, row.n_counted, row.n_not_counted, row.n_undated) == (3, 2, 1, 1)
    assert (row.first_on, row.last_on) == (pd.Timestamp("1995-01-01"), pd.Timestamp("2062-12-31"))
    assert row.grade == "full"


def test_a_window_beyond_the_exports_is_said() -> None:
    found = coverage(account_on(every_day(30)), "2026-08-20")
    assert any("the exports reach from 1 Jul to 30 Jul 2026" in line for line in found.lines)


def test_files_say_what_was_dropped_where_and_why() -> None:
    file = FileReceipt(
        "a.txt",
        "all-orders",
        "utf-8",
        "\t",
        rows_read=20,
        rows_kept=13,
        rows_dropped={"unreadable date": 7},
        dropped_lines={"unreadable date": [3, 4, 5, 6, 7, 8, 9]},
    )
    unknown = FileReceipt("b.csv", "unknown", nearest="claims", missing=("order id", "date"))
    found = coverage(account_on(every_day(90), files=[file, unknown]))
    first, second = found.files.to_dict(orient="records")
    assert first["why_dropped"] == "7 x unreadable date (line 3, 4, 5, 6, 7, …)"
    assert (first["rows_dropped"], first["delimiter"]) == (7, "tab")
    assert second["notes"] == "nearest kind: claims, lacks order id and date"
    assert any("7 rows of 20 could not be used (35.00 %)" in line for line in found.lines)


def test_orders_per_day_are_dense_and_add_up() -> None:
    rows = [("a", FIRST, DE, "mfn"), ("b", FIRST, DE, "afn"), ("c", date(2026, 7, 4), DE, "mfn")]
    found = coverage(make_account(rows))
    assert found.placed["n_orders"].tolist() == [1, 1, 0, 0, 0, 0, 1, 0]
    assert found.placed["channel"].tolist() == ["mfn", "afn"] * 4
    series = found.series.set_index("channel")
    assert series.loc["mfn", ["n_orders", "n_days", "n_silent_days"]].tolist() == [2, 4, 2]
    assert series.loc["mfn", "orders_per_day"] == 0.5


def test_columns_are_those_written_down() -> None:
    found = coverage(account_on(every_day(90, a_day=2, without=range(30, 36))))
    assert list(found.files) == list(FILE_COLUMNS)
    assert list(found.series) == list(SERIES_COLUMNS)
    assert list(found.spells) == list(SPELL_COLUMNS)
    assert list(found.sources) == list(SOURCE_COLUMNS)
    for table, kinds in ((found.spells, SPELL_COLUMNS), (found.sources, SOURCE_COLUMNS)):
        for name, column in kinds.items():
            assert str(table[name].dtype) == column.dtype, name


def test_an_account_without_orders_has_nothing_to_cover() -> None:
    account = account_on(every_day(3))
    found = coverage(replace(account, daily=account.daily.head(0)))
    assert found.placed.empty
    assert found.spells.empty
    assert "No order in the exports counts." in found.lines


def test_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(ParameterError, match="not a date"):
        coverage(account_on(every_day(10)), "yesterday")
