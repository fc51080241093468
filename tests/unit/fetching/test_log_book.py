"""What is noted of reports, and what is asked for again because of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from odr_analysis.errors import OdrError
from odr_analysis.fetching.log_book import (
    ASKED,
    DONE,
    FAILED,
    NAME,
    NO_DATA,
    Entry,
    LogBook,
)
from odr_analysis.fetching.report_types import REPORT_TYPES, SETTLED_DAYS, Wanted

FIRST, LAST = date(2026, 9, 11), date(2026, 10, 10)
TODAY = date(2026, 10, 12)
ORDERS = Wanted(REPORT_TYPES["orders"], ("Amazon.de",), FIRST, LAST, "orders-x", "orders-x.txt")
ENTRY = Entry("7", FIRST, LAST, TODAY, DONE, "orders-x.txt")


@pytest.fixture
def book(tmp_path: Path) -> LogBook:
    (tmp_path / "orders-x.txt").write_text("x", "utf-8")
    return LogBook(tmp_path)


def test_what_is_kept_is_there_for_the_next(book: LogBook) -> None:
    assert book.entries == {}
    book.keep("orders-x", ENTRY)
    book.keep("orders-y", replace(ENTRY, state=ASKED, file=""))
    assert LogBook(book.folder).entries == book.entries
    assert book.path.name == NAME
    assert NAME.startswith("."), "so that no loader takes it for an export"


@pytest.mark.parametrize(
    ("entry", "again"),
    [
        (ENTRY, False),
        (replace(ENTRY, state=NO_DATA, file=""), False),
        (replace(ENTRY, state=ASKED, file="", asked_on=FIRST), False),
        (replace(ENTRY, state=FAILED, file=""), True),
        (replace(ENTRY, asked_on=TODAY - timedelta(days=1)), True),
        (replace(ENTRY, file="gone.txt"), True),
    ],
    ids=["today", "no data today", "on its way", "failed", "of yesterday", "file lost"],
)
def test_what_is_asked_for_again(book: LogBook, entry: Entry, again: bool) -> None:
    book.keep(ORDERS.key, entry)
    assert book.to_ask(ORDERS, TODAY) == (ORDERS if again else None)


def test_what_cannot_change_any_more_is_not_asked_for_again(book: LogBook) -> None:
    settled = LAST + timedelta(days=SETTLED_DAYS + 1)
    for asked_on, again in ((settled, False), (settled - timedelta(days=1), True)):
        book.keep(ORDERS.key, replace(ENTRY, asked_on=asked_on))
        asked = book.to_ask(ORDERS, settled + timedelta(days=30))
        assert (asked is not None) == again


def test_days_of_the_file_that_is_replaced_are_asked_for_too(book: LogBook) -> None:
    book.keep(ORDERS.key, replace(ENTRY, last=date(2026, 10, 1)))
    later = replace(ORDERS, first=date(2026, 9, 20))
    asked = book.to_ask(later, TODAY)
    assert asked is not None
    assert (asked.first, asked.last) == (FIRST, LAST)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"format": 1}',
        '{"format": 1, "reports": {"a": {}}}',
        json.dumps(
            {
                "format": 1,
                "reports": {
                    "a": {
                        "report_id": "1",
                        "first": "2026-09-01",
                        "last": "2026-09-01",
                        "asked_on": "2026-09-01",
                        "state": "downloaded",
                        "file": "../x",
                    }
                },
            }
        ),
    ],
)
def test_a_damaged_one_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text, "utf-8")
    with pytest.raises(OdrError, match=r"damaged.*Remove this file"):
        LogBook(tmp_path)


def test_one_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text('{"format": 2, "reports": []}', "utf-8")
    with pytest.raises(OdrError, match="newer version"):
        LogBook(tmp_path)
