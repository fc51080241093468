"""Index files: counts, what the next run compares with, and CSV that no spreadsheet runs."""

from __future__ import annotations

import csv
import json
from collections import Counter

import pytest

from odr_analysis.batch.index.index_files import CSV, INDEX_COLUMNS, JSON, read_before
from odr_analysis.batch.index.write_index import write_index
from odr_analysis.errors import OdrWarning
from tests.unit.batch.made import DAY, a_rate, an_outcome, many

HOSTILE = '=HYPERLINK("http://evil.example")<script>alert(1)</script>'


def _index(out):
    return json.loads((out / JSON).read_text("utf-8"))


def test_the_counts_add_up(tmp_path):
    outcomes = many(30)
    rows = write_index(tmp_path, outcomes, {})
    index = _index(tmp_path)
    counts = index["counts"]
    assert index["day"] == "2026-09-30"
    assert counts["accounts"] == len(index["accounts"]) == 30
    status = Counter(o.status for o in outcomes)
    assert {s: counts[s] for s in ("made", "unchanged", "failed")} == {
        s: status[s] for s in ("made", "unchanged", "failed")
    }
    assert counts["failed"] == counts["states"]["failed"] == 1
    assert sum(counts["states"].values()) == 30
    assert [one["account"] for one in index["accounts"]] == [row.account for row in rows]
    by_name = {o.account: o for o in outcomes}
    for one in index["accounts"]:
        assert one["folder"] == by_name[one["account"]].place
        for rate in one["rates"]:
            assert rate["odr"] == pytest.approx(rate["n_defective"] / rate["n_orders"])


def test_the_table_has_a_row_per_rate_and_none_starts_a_formula(tmp_path):
    outcomes = [
        an_outcome(HOSTILE, a_rate(1000, 20), a_rate(500, 1, channel="afn"), place="accounts/a"),
        an_outcome("@broken", reason="=1+1 is not a file.", place="accounts/b"),
    ]
    write_index(tmp_path, outcomes, {})
    with (tmp_path / CSV).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(INDEX_COLUMNS)
    assert [(r["place"], r["channel"], r["state"]) for r in rows] == [
        ("1", "mfn", "critical"),
        ("1", "afn", "critical"),
        ("2", "", "failed"),
    ]
    assert rows[0]["account"] == f"'{HOSTILE}"
    assert (rows[2]["account"], rows[2]["reason"]) == ("'@broken", "'=1+1 is not a file.")
    assert float(rows[0]["odr"]) == 0.02
    assert not any(cell[:1] in "=+-@" for row in rows for cell in row.values() if cell)


def test_without_an_index_nothing_was_known(tmp_path):
    assert read_before(tmp_path, DAY) == {}


@pytest.mark.parametrize("text", ["{", "[]", '{"schema_version": "0.9"}', '{"day": 1}'])
def test_a_damaged_index_is_named_and_stops_nothing(tmp_path, text):
    (tmp_path / JSON).write_text(text)
    with pytest.warns(OdrWarning, match=r"index\.json: not an index of version"):
        assert read_before(tmp_path, DAY) == {}
