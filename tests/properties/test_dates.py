"""Days written in any form come back as they were."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis.exports.text.dates import hint_of, read_days

DAYS = st.dates(date(1995, 1, 1), date(2099, 12, 31))
# Columns of up to three years, as exports are, in years that two digits can say.
COLUMNS = st.builds(
    lambda first, steps: [first + timedelta(days=n) for n in steps],
    st.dates(date(2000, 1, 1), date(2066, 12, 31)),
    st.lists(st.integers(0, 1000), min_size=1, max_size=30),
)
TELLING = COLUMNS.filter(lambda days: any(d.day > 12 for d in days))

MONTHS = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "it": "gen feb mar apr mag giu lug ago set ott nov dic",
    "es": "ene feb mar abr may jun jul ago sept oct nov dic",
    "nl": "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "pl": "sty lut mar kwi maj cze lip sie wrz paź lis gru",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
}


def written(day: date, order: str, separator: str, long_year: bool, padded: bool) -> str:
    width = 2 if padded else 1
    part = {
        "d": f"{day.day:0{width}}",
        "m": f"{day.month:0{width}}",
        "y": str(day.year) if long_year else f"{day.year % 100:02}",
    }
    return separator.join(part[c] for c in order)


def as_dates(read) -> list[date]:
    return [d.date() for d in read.days]


@settings(deadline=None)
@given(
    TELLING,
    st.sampled_from(["mdy", "dmy"]),
    st.sampled_from("-/."),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, "mdy", "dmy", "ymd"]),
)
def test_a_day_over_twelve_settles_the_column_whatever_the_hint(
    days, order, separator, long_year, padded, hint
):
    # With two digits the year may still be first, so the hint has to say it is not.
    if not long_year and hint in (None, "ymd"):
        hint = "mdy"
    texts = [written(d, order, separator, long_year, padded) for d in days]
    read = read_days(texts, order_hint=hint)
    assert (as_dates(read), read.order) == (days, order)
    assert read.settled_by == "column"


@settings(deadline=None)
@given(COLUMNS, st.sampled_from(["mdy", "dmy", "ymd"]), st.sampled_from("-/"), st.booleans())
def test_two_digit_years_round_trip_with_the_marketplace(days, order, separator, padded):
    texts = [written(d, order, separator, False, padded) for d in days]
    read = read_days(texts, order_hint=order)
    assert (as_dates(read), read.order, read.ambiguous) == (days, order, False)


@settings(deadline=None)
@given(st.lists(DAYS, min_size=1, max_size=30), st.sampled_from("-/."), st.booleans())
def test_year_first_round_trips_whatever_the_hint(days, separator, padded):
    texts = [written(d, "ymd", separator, True, padded) for d in days]
    for hint in (None, "mdy", "dmy", "ymd"):
        read = read_days(texts, order_hint=hint)
        assert (as_dates(read), read.settled_by, read.notes) == (days, "separator", ())


@settings(deadline=None)
@given(st.lists(DAYS, min_size=1, max_size=30), st.sampled_from(sorted(MONTHS)), st.booleans())
def test_month_names_round_trip(days, language, dashed):
    names = MONTHS[language].split()
    gap = "-" if dashed else " "
    texts = [f"{d.day}{gap}{names[d.month - 1]}{gap}{d.year}" for d in days]
    assert as_dates(read_days(texts)) == days


@settings(deadline=None)
@given(st.lists(DAYS, min_size=1, max_size=30))
def test_serial_numbers_and_kanji_round_trip(days):
    serial = [str((d - date(1899, 12, 30)).days) for d in days]
    assert as_dates(read_days(serial)) == days
    assert as_dates(read_days([f"{d.year}年{d.month}月{d.day}日" for d in days])) == days


@settings(deadline=None)
@given(
    st.datetimes(pd.Timestamp(1996, 1, 1), pd.Timestamp(2099, 1, 1)).map(
        lambda t: t.replace(microsecond=0)
    ),
    st.integers(-12 * 60, 14 * 60),
)
def test_a_time_with_offset_counts_for_its_utc_day(local, minutes):
    sign = "-" if minutes < 0 else "+"
    offset = f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    utc = local - timedelta(minutes=minutes)
    assert as_dates(read_days([local.isoformat() + offset])) == [utc.date()]
    assert as_dates(read_days([local.isoformat()])) == [local.date()]


@settings(deadline=None)
@given(COLUMNS, st.randoms(use_true_random=False))
def test_row_order_and_duplicates_do_not_matter_to_a_settled_column(days, random):
    texts = [written(d, "mdy", "/", False, False) for d in days]
    read = read_days(texts, order_hint="mdy")
    shuffled = texts + texts
    random.shuffle(shuffled)
    again = read_days(shuffled, order_hint="mdy")
    assert (again.order, again.settled_by) == (read.order, read.settled_by)
    where = [texts.index(t) for t in shuffled]
    assert np.array_equal(again.days.to_numpy(), read.days.to_numpy()[where])


@settings(deadline=None)
@given(st.lists(st.text(max_size=25) | st.from_regex(r"\A[0-9:/.T +-]{0,20}\Z"), max_size=12))
def test_any_text_gives_one_day_or_a_position(values):
    for hint in (None, hint_of("Amazon.de")):
        read = read_days(values, order_hint=hint)
        assert len(read.days) == len(values)
        assert read.unreadable == tuple(np.flatnonzero(read.days.isna()))
        known = read.days.dropna()
        assert (known == known.dt.normalize()).all()
        assert known.dt.year.between(1995, 2100).all()
