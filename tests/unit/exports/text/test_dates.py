"""Days in exports: forms of one value, and what a column settles."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from odr_analysis.exports.text import date_forms as day_forms
from odr_analysis.exports.text.dates import hint_of, looks_like_day, read_days


def days_of(values, **how) -> list[date | None]:
    return [None if pd.isna(d) else d.date() for d in read_days(values, **how).days]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-09-30", date(2026, 9, 30)),
        ("2026/9/3", date(2026, 9, 3)),
        ("2026.09.30", date(2026, 9, 30)),
        ("20260930", date(2026, 9, 30)),
        ("2020-02-18T05:05:21+00:00", date(2020, 2, 18)),
        ("2020-09-06T00:00Z", date(2020, 9, 6)),
        ("2020-09-06 23:59:59.123", date(2020, 9, 6)),
        # A time with an offset belongs to its UTC day.
        ("2017-09-23T17:18:23-07:00", date(2017, 9, 24)),
        ("2020/01/05 08:59:59JST", date(2020, 1, 4)),
        ("Jan 5, 2026 11:03:05 PM PST", date(2026, 1, 6)),
        ("Jan 5, 2026 12:03:05 AM", date(2026, 1, 5)),
        ("1 Aug 2017 00:12:34 GMT+00:00", date(2017, 8, 1)),
        ("10-Jul-2025", date(2025, 7, 10)),
        ("10-Jul-25", date(2025, 7, 10)),
        ("2025-Jul-10", date(2025, 7, 10)),
        ("10Oct2025", date(2025, 10, 10)),
        ("3rd of September 2022", date(2022, 9, 3)),
        ("30. März 2022", date(2022, 3, 30)),
        ("1 août 2017 00:12:34 UTC", date(2017, 8, 1)),
        ("1er févr. 2017", date(2017, 2, 1)),
        ("01/ago/2017 00.12.34 GMT", date(2017, 8, 1)),
        ("30 de septiembre de 2022", date(2022, 9, 30)),
        ("5 mei 2024", date(2024, 5, 5)),
        ("5 października 2024", date(2024, 10, 5)),
        ("5 maj 2024", date(2024, 5, 5)),
        ("2026年9月30日", date(2026, 9, 30)),
        ("２０２６年９月３０日", date(2026, 9, 30)),
        ("'2026-09-30", date(2026, 9, 30)),
        ("31.12.2099", date(2099, 12, 31)),
        ("46000", date(2025, 12, 9)),
        ("46000.75", date(2025, 12, 9)),
    ],
)
def test_one_form_one_day(text, day):
    assert days_of([text]) == [day]
    assert looks_like_day(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "N/A", "5", "12345", "99999", "7/3", "10-Jul", "great, thanks", "2022-02-30"),
        *("2022-13-01", "1/2/1994", "1/2/2101", "13/13/13", "7/3/11 was late", "10 Foo 2020"),
        *("2020-01-01 25:00", "2020-01-01 10:00 XYZ", "2020-01-01 13:00 PM", "104-1234567-1234567"),
    ],
)
def test_what_is_no_day(text):
    read = read_days([text])
    assert read.unreadable == (0,)
    assert read.days.isna().all()
    assert not looks_like_day(text)


def test_years_of_two_digits_turn_at_seventy():
    assert days_of(["31.12.69", "31.12.95"]) == [date(2069, 12, 31), date(1995, 12, 31)]
    assert read_days(["31.12.70"]).unreadable == (0,)  # 1970 is before Amazon


def test_one_value_over_twelve_settles_the_column():
    read = read_days(["4/5/22", "4/30/22"], order_hint="dmy")
    assert (read.order, read.settled_by, read.ambiguous) == ("mdy", "column", False)
    assert read.days[0] == pd.Timestamp("2022-04-05")
    assert "month/day/year, though day/month/year was expected" in read.notes[0]
    assert days_of(["5/4/22", "30/4/22"]) == [date(2022, 4, 5), date(2022, 4, 30)]


def test_two_styles_of_a_resaved_file_share_the_order():
    # Known by hand: a spreadsheet turned some MM-DD-YY cells into MM-DD-YYYY and with a time.
    read = read_days(["4/30/2022 5:05", "04-30-22", "05-03-2022"])
    assert [d.date() for d in read.days] == [
        date(2022, 4, 30),
        date(2022, 4, 30),
        date(2022, 5, 3),
    ]
    assert read.notes == ()


def test_two_styles_that_contradict_are_each_read_their_own_way():
    read = read_days(["13/1/20", "1-13-20", "2/3/20", "2-3-20"])
    assert [(d.month, d.day) for d in read.days] == [(1, 13), (1, 13), (3, 2), (2, 3)]
    assert "each read its own" in read.notes[0]


def test_a_stray_value_against_the_rest_is_unreadable_and_noted():
    read = read_days(["1/13/20", "1/14/20", "1/15/20", "16/1/20"])
    assert (read.order, read.unreadable) == ("mdy", (3,))
    assert "1 distinct value(s) contradict" in read.notes[0]


def test_dots_are_day_first_unless_a_value_says_no():
    assert read_days(["01.02.22"], order_hint="mdy").settled_by == "separator"
    assert days_of(["01.02.22"]) == [date(2022, 2, 1)]
    assert days_of(["09.30.22"]) == [date(2022, 9, 30)]


def test_the_marketplace_decides_what_the_column_leaves_open():
    read = read_days(["7/3/11", "6/5/11"], order_hint="dmy")
    assert (read.settled_by, read.notes) == ("marketplace", ())
    assert read.days[0] == pd.Timestamp("2011-03-07")
    japan = read_days(["26/11/10"], order_hint="ymd")
    assert (japan.days[0], japan.pattern) == (pd.Timestamp("2026-11-10"), "y/m/d")


def test_then_the_sorting_decides():
    read = read_days(["7/3/11", "6/9/11", "6/2/11"])
    assert (read.order, read.settled_by, read.ambiguous) == ("mdy", "sorting", False)
    assert "--marketplace" in read.notes[0]
    other = read_days(["3/7/11", "9/6/11", "2/6/11"])
    assert other.order == "dmy"


def test_then_it_is_assumed_and_said():
    read = read_days(["7/3/11", "7/2/11"], file="f.txt", column="Date")
    assert (read.order, read.settled_by, read.ambiguous) == ("mdy", "assumed", True)
    assert read.notes[0].startswith("f.txt: column 'Date': day and month could not be told apart")


def test_no_question_no_note():
    assert read_days(["3/3/22", "4/4/22"]).notes == ()


def test_year_first_with_two_digits_is_seen_from_the_spread():
    read = read_days(["26/11/21", "26/11/20", "26/10/03"])
    assert (read.order, read.settled_by) == ("ymd", "column")
    assert days_of(["22/9/3"]) == [date(2022, 9, 3)]  # no year has one digit
    # Ends of a month are not years, even where the year was expected first.
    assert read_days(["30/09/22", "24/09/22"], order_hint="ymd").order == "dmy"


def test_serial_numbers_are_noted():
    read = read_days(["45000", "45001", "2026-09-30", ""])
    assert read.notes == ("column 'date': 2 spreadsheet day number(s) read as dates.",)
    assert read.unreadable == (3,)


def test_index_type_and_missing_values_are_kept():
    read = read_days(pd.Series(["2026-09-30", None], index=[7, 9]))
    assert read.days.dtype == "datetime64[us]"
    assert read.days.index.tolist() == [7, 9]
    assert read.unreadable == (1,)
    empty = read_days([])
    assert (len(empty.days), empty.days.dtype, empty.order) == (0, "datetime64[us]", "")


def test_pattern_is_the_commonest_form():
    assert read_days(["30.04.22", "29.04.22", "2022-04-28"]).pattern == "d.m.y"
    assert read_days(["10-Jul-2025"]).pattern == "d-mon-y"


def test_hint_of_a_marketplace():
    assert (hint_of("Amazon.com"), hint_of("amazon.CO.JP")) == ("mdy", "ymd")
    assert hint_of("Amazon.xy") is None


def test_no_month_name_means_two_months():
    words = [w for line in day_forms.MONTHS for w in set(line.split())]
    assert len(words) == len(set(words)) > 100
