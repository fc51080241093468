"""What moved the rate lately, in at most three lines."""

from __future__ import annotations

from datetime import date

from odr_analysis import findings
from tests.oracle import make_account
from tests.unit.answer.made import STORE, TODAY, account, orders


def test_moved_counts_what_came_and_went():
    # The order of 10 Sep enters on 25 Sep; the one of 12 Jul left after 24 Sep.
    rows = [("out", date(2026, 7, 12), *STORE), ("in", date(2026, 9, 10), *STORE)]
    rows += orders(200, date(2026, 8, 1), over=20)
    defects = [
        ("out", "feedback", date(2026, 8, 1)),
        ("in", "claim", date(2026, 9, 20)),
        ("a-0", "claim", date(2026, 9, 28)),
    ]
    moved = findings(make_account(rows, defects, known_to=TODAY)).moved
    assert moved.since == date(2026, 9, 23)
    # No order of 13 to 31 Jul is there, where ten a day usually come.
    assert moved.lines == (
        "Of known defects and orders only: a rate may seem to fall as files end.",
        "Seller-fulfilled: 0.50 % became 0.995 %. One defective order came into the window, one "
        "already in it was reported (1 A-to-z claim) and one left; 201 orders count.",
    )


def test_nothing_moved_is_said():
    line = findings(account(100, [])).moved.lines[0]
    assert line == (
        "Seller-fulfilled: still 0 %. No defect came or went; 100 orders count, 7 more than before."
    )
    gone = findings(account(100, []), date(2027, 3, 1)).moved.lines
    assert gone[-1].startswith("Nothing: ")


def test_at_most_three_lines_however_many_series():
    rows = []
    for store in ("Amazon.de", "Amazon.fr", "Amazon.it", "Amazon.es", "Amazon.nl"):
        rows += orders(100, key=store, store=(store, "mfn"))
    lines = findings(make_account(rows, known_to=TODAY)).moved.lines
    assert len(lines) == 3
    assert lines[-1] == "3 other rates: odr why lists them."


def test_what_moved_leads_with_the_rate_over_the_limit_however_little_it_moved():
    # The healthy channel falls from 3 to 1 defects of 1,000, the other stays at 12 of 1,000.
    healthy, over = ("Amazon.de", "afn"), ("Amazon.de", "mfn")
    rows = orders(999, date(2026, 8, 1), over=20, key="h", store=healthy)
    rows += [("late", date(2026, 7, 13), *healthy), ("late2", date(2026, 7, 13), *healthy)]
    rows += orders(999, date(2026, 8, 1), over=20, key="o", store=over)
    defects = [("late", "claim", None), ("late2", "claim", None), ("h-0", "claim", None)]
    defects += [(f"o-{i}", "claim", None) for i in range(12)]
    defects[-1] = ("o-11", "claim", TODAY)
    moved = findings(make_account(rows, defects, known_to=TODAY)).moved
    assert [line.split(":")[0] for line in moved.lines[1:]] == [
        "Seller-fulfilled",
        "Amazon-fulfilled",
    ]
    assert moved.table.channel.tolist() == ["mfn", "afn"]
    assert abs(moved.table.change[1]) > abs(moved.table.change[0]) > 0
    assert moved.bridge.channel.iloc[0] == "mfn"


def test_a_rate_equal_to_the_digits_shown_is_not_told_as_a_change():
    rows = [*orders(40_000, date(2026, 8, 1), over=20), ("gone", date(2026, 7, 12), *STORE)]
    defects = [(f"a-{i}", "claim", None) for i in range(160)]
    _, line = findings(make_account(rows, defects, known_to=TODAY)).moved.lines
    assert line.startswith("Seller-fulfilled: still 0.40 %, under 0.01 points. ")
