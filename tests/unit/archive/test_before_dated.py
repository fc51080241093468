"""Files kept by an earlier version: which days they cover, worked out by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd

from odr_analysis.archive.before_dated import with_dated
from odr_analysis.exports.covered import dated
from odr_analysis.exports.readers.contract import Read, Sighting, feedback_frame, sightings
from odr_analysis.receipt import ARCHIVE_AGAIN, EVERY_STORE, Cover
from tests.downloads import oid

FIRST, MIDDLE, LAST = date(2026, 5, 1), date(2026, 5, 20), date(2026, 5, 31)


def claims(*days: date) -> pd.DataFrame:
    """One claim a day, of orders 1, 2, ..."""
    return sightings(
        [Sighting(oid(n), "claim", "list", "c.csv", n, day) for n, day in enumerate(days, 1)]
    )


def rows_of(read: Read) -> list[tuple[str, date]]:
    assert read.dated is not None
    days = [on.date() for on in read.dated["on"]]
    return list(zip(read.dated["order_id"], days, strict=True))


def test_rows_that_were_kept_stay() -> None:
    read = Read(1, 1, {}, {}, dated=dated([oid(1)], [FIRST], [1], file="a.txt"))
    assert with_dated(read, "a.txt", asked=False) is read


def test_a_file_that_was_never_asked_covers_no_day() -> None:
    (cover,) = with_dated(Read(1, 1, {}, {}, defects=claims(FIRST)), "c.csv", asked=False).covers
    assert (cover.component, cover.first, cover.last) == ("claim", None, None)
    assert (cover.n, cover.why) == (0, ARCHIVE_AGAIN)


def test_all_feedback_was_kept() -> None:
    feedback = feedback_frame(
        [(oid(n), day, 5, "", "", "", "f.txt", n) for n, day in enumerate((FIRST, LAST), 1)]
    )
    cover = Cover("feedback", FIRST, LAST, n=2)
    read = with_dated(Read(2, 2, {}, {}, feedback=feedback, covers=(cover,)), "f.txt")
    assert rows_of(read) == [(oid(1), FIRST), (oid(2), LAST)]
    assert read.covers == (cover,)


def test_a_list_kept_by_hand_ends_with_the_line_none() -> None:
    """Two lines, one of them a claim: the other is the line that says none, of the last day."""
    cover = Cover("claim", FIRST, LAST, n=2, store=EVERY_STORE)
    read = with_dated(Read(2, 2, {}, {}, defects=claims(FIRST), covers=(cover,)), "c.csv")
    assert rows_of(read) == [(oid(1), FIRST), ("", LAST)]
    stated = Cover("claim", None, LAST, store=EVERY_STORE, stated=True)
    assert read.covers == (cover, stated)


def test_of_other_files_the_defects_show_the_account_and_the_cover_its_days() -> None:
    cover = Cover("claim", FIRST, LAST, n=9, store="Amazon.de")
    read = with_dated(Read(9, 9, {}, {}, defects=claims(MIDDLE), covers=(cover,)), "c.csv")
    assert rows_of(read) == [(oid(1), LAST), ("", FIRST), ("", LAST)]


def test_too_little_was_kept_of_a_file_without_defects() -> None:
    cover = Cover("claim", FIRST, LAST, n=9, store="Amazon.de")
    (after,) = with_dated(Read(9, 9, {}, {}, defects=claims(), covers=(cover,)), "c.csv").covers
    assert after == Cover("claim", None, None, why=ARCHIVE_AGAIN, store="Amazon.de")
