"""The benchmark of the index measures what it states."""

from __future__ import annotations

from benchmarks.index_page import measured, printed


def test_it_measures_size_and_opening_at_both_widths():
    found = dict(measured(accounts=12, rounds=1))
    assert list(found) == [
        "seconds to write", "MB", "seconds to open, 1280 px", "seconds to open, 380 px",
    ]  # fmt: skip
    assert all(value > 0 for value in found.values())
    assert "!" not in printed(iter([("MB", 0.1)]))
    assert printed(iter([("MB", 9.0)])).endswith("!")
