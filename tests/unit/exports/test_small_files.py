"""The small files of a folder read together."""

from __future__ import annotations

from datetime import date

from odr_analysis.exports.days.places import Places
from odr_analysis.exports.files.scan import scan
from odr_analysis.exports.kinds.registry import recognise
from odr_analysis.exports.orders.keys import key_of
from odr_analysis.exports.small_files import (
    SmallFile,
    orders_named,
    read_small,
    read_small_files,
)
from tests.downloads import claims, feedback, fill, oid

FILES = {
    "claims.csv": claims([(oid(1), "5/9/2026", "granted"), ("Total", "", "")]),
    "feedback.txt": feedback([("30/9/2026", "1", "late", oid(2))]),
}


def small(tmp_path):
    fill(tmp_path, FILES)
    return [SmallFile.of(recognise(scan(name, tmp_path / name)), tmp_path) for name in FILES]


def test_the_orders_that_files_name(tmp_path):
    assert orders_named(small(tmp_path)) == {key_of(oid(n)): oid(n) for n in (1, 2)}


def test_a_day_that_one_file_proves_settles_the_other(tmp_path):
    """5/9 is 9 May for Amazon.com, and 5 September where that is not after every other file."""
    files = small(tmp_path)
    read = read_small_files(files, "Amazon.co.uk", Places(today=date(2026, 10, 1)))
    assert read["claims.csv"].read.defects.reported_on.dt.date.tolist() == [date(2026, 9, 5)]
    assert read["claims.csv"].read.rows_dropped == {"order id malformed": 1}
    assert read["feedback.txt"].read.latest == date(2026, 9, 30)
    assert read["feedback.txt"].furthest == date(2026, 9, 30)


def test_a_file_read_ahead_is_read_the_same(tmp_path):
    files = small(tmp_path)
    ahead = [file.read_ahead("Amazon.com") for file in files]
    one = read_small_files(files, "Amazon.com", Places())
    two = read_small_files(ahead, "Amazon.com", Places())
    assert [one[f].how for f in FILES] == [two[f].how for f in FILES]
    assert two["claims.csv"].read.defects.equals(one["claims.csv"].read.defects)


def test_one_file_alone(tmp_path):
    fill(tmp_path, FILES)
    found = recognise(scan("claims.csv", tmp_path / "claims.csv"))
    assert len(read_small(found, tmp_path, "Amazon.com").defects) == 1
