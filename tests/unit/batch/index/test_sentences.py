"""The index in a few sentences."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from odr_analysis.batch.index.earlier_runs import before as known_before
from odr_analysis.batch.index.earlier_runs import read_runs
from odr_analysis.batch.index.row import rows_of
from odr_analysis.batch.index.sentences import beside_each_other, changes, headline, spread, steady
from odr_analysis.batch.index.write_index import write_index
from tests.unit.batch.made import DAY, a_rate, a_summary, an_outcome, day_before


def _rows(*outcomes):
    return rows_of(outcomes, {})


def test_headlines():
    fine = an_outcome("Fine", a_rate(1000, 2))
    near = an_outcome("Near", a_rate(1000, 8, p_breach=0.5))
    broken = an_outcome("Broken", reason="No order.")
    dark = an_outcome("Dark", a_rate(1000, 2, missing=["no file of A-to-z claims"]))
    assert headline([]) == "No account was asked for."
    assert headline(_rows(fine)) == "No account is known to be over the limit."
    assert headline(_rows(fine, broken, dark)) == (
        "No account is known to be over the limit. 1 is under it. 1 report failed."
    )
    assert headline(_rows(near, fine)) == (
        "No account is known to be over the limit. Nearest to it: Near, seller-fulfilled on "
        "Amazon.de, 0.80 % (8 of 1,000 orders)."
    )
    assert headline(_rows(broken)) == "The report failed, so nothing is known of today."
    assert headline(_rows(dark)) == "No rate of 1 account is known."


def test_a_headline_passes_over_no_report_that_is_not_of_the_day():
    bad = a_summary(a_rate(1000, 20), as_of="2026-09-29")
    was_over = [an_outcome(name, reason="No order.", summary=bad) for name in "AB"]
    older = an_outcome("Old", summary=a_summary(a_rate(1000, 2), as_of="2026-09-29"))
    fine, broken = an_outcome("Fine", a_rate(1000, 2)), an_outcome("Broken", reason="No order.")
    none = "No account is known to be over the limit."
    assert headline(_rows(fine, *was_over, broken, older)) == (
        f"{none} 2 are under it. 3 reports failed (2 of them over the limit before). 1 report is "
        "of an earlier day."
    )
    assert headline(_rows(fine, was_over[0])) == (
        f"{none} 1 is under it. 1 report failed (over the limit before)."
    )


def test_what_sizes_explain_is_stated():
    small = an_outcome("Small", a_rate(90, 1))
    large = an_outcome("Large", a_rate(9000, 200))
    usual = [an_outcome(f"u{i}", a_rate(2000, 8)) for i in range(20)]
    assert beside_each_other(_rows(small)).startswith("Fewer than two rates")
    assert beside_each_other(_rows(*usual)) == (
        "None of 20 rates known whole is over the limit. None is clearly higher than the others."
    )
    assert beside_each_other(_rows(small, *usual)) == (
        "Of 21 rates known whole, 1 is over the limit, none by more than random variation among "
        "so many explains. None is clearly higher than the others."
    )
    assert beside_each_other(_rows(small, large, *usual)) == (
        "Clearly over the limit: Large; 1 more account may be over it by random variation. "
        "Clearly higher than the others: Large."
    )


def test_changes_name_three_accounts_and_count_the_rest(tmp_path):
    earlier = [an_outcome(f"a{i}", a_rate(1000, 2)) for i in range(5)]
    now = [an_outcome(f"a{i}", a_rate(1000, 20)) for i in range(5)]
    write_index(tmp_path, [*earlier, an_outcome("b", a_rate(1000, 1))], {})
    before = known_before(read_runs(tmp_path), DAY + timedelta(days=1))
    rows = rows_of([*now, an_outcome("b", reason="No order.")], before)
    assert changes(rows) == [
        "Worse: a0 (healthy, now over the limit), a1 (healthy, now over the limit), "
        "a2 (healthy, now over the limit) and 2 more.",
        "Failed now, and not before: b.",
    ]


@pytest.mark.parametrize(
    ("was", "now", "line"),
    [
        ("unknown", a_rate(1000, 1), "Also changed: a (cannot be known, now healthy)."),
        ("healthy", a_rate(0, 0), "Also changed: a (healthy, now no data)."),
        ("failed", a_rate(1000, 1), "Also changed: a (report failed, now healthy)."),
        ("never", a_rate(1000, 8), "Also changed: a (report failed, now close to the limit)."),
        ("never", a_rate(1000, 20), "Worse: a (report failed, now over the limit)."),
        ("healthy", a_rate(1000, 1), None),
    ],
)
def test_no_change_of_state_is_passed_over(was, now, line):
    """Neither better nor worse is not the same."""
    known = {"failed": "healthy", "never": "no data"}.get(was, was)
    before = day_before(known, state="failed" if was in ("failed", "never") else was)
    if was == "never":
        before = replace(before, states={}, odr={})
    rows = rows_of([an_outcome("a", now)], {"a": before})
    assert changes(rows) == ([line] if line else [])


def test_other_rules_are_named_with_what_they_changed():
    before = day_before("healthy", rules="others")
    (row,) = rows = rows_of([an_outcome("a", a_rate(1000, 20))], {"a": before})
    assert changes(rows) == [
        "Worse: a (healthy under other rules, now over the limit).",
        "Counted by other rules than before: a.",
    ]
    assert row.rates[0].change is None, "it is the rules that changed"


def test_an_account_that_is_gone_is_named():
    rows = rows_of([an_outcome("a", a_rate(1000, 1))], {"a": day_before("healthy")})
    assert changes(rows, {"b": "critical"}) == ["No longer among the accounts: b (over the limit)."]


def test_nothing_is_steady_of_an_account_left_out():
    left = an_outcome("b", status="left out", summary=a_summary(a_rate(9, 0), as_of="2026-09-29"))
    fine = an_outcome("a", a_rate(1000, 1))
    assert steady(_rows(fine), "29 Sep") == "No account is in another state than on 29 Sep."
    assert steady(_rows(fine, left), "29 Sep") == (
        "Of 1 account of this run, none is in another state than on 29 Sep; 1 is left out."
    )


def test_a_rate_that_gets_worse_beside_a_worse_one_is_named():
    rates = a_rate(1000, 20), a_rate(500, 9, marketplace="Amazon.fr")
    rows = rows_of(
        [an_outcome("a", *rates), an_outcome("b", a_rate(900, 1))], {"a": day_before("critical")}
    )
    assert changes(rows) == [
        "Worse: a, seller-fulfilled on Amazon.fr (no data, now over the limit).",
        "New: b.",
    ]


def test_channels_keep_the_name_of_amazon():
    rows = _rows(an_outcome("A", a_rate(1000, 20, channel="afn")))
    assert "Worst: A, Amazon-fulfilled on Amazon.de, 2.00 %" in headline(rows)


def test_whether_accounts_differ_in_truth():
    alike = _rows(*[an_outcome(f"u{i}", a_rate(2000, 8)) for i in range(20)])
    assert spread(alike) == "Together the rates vary no more than their sizes explain."
    apart = _rows(*[an_outcome(f"u{i}", a_rate(2000, 2 + 3 * (i % 6))) for i in range(20)])
    assert spread(apart).startswith("Together the rates vary more than their sizes explain")
    assert spread(_rows(an_outcome("a", a_rate(100, 1)))) == ""
