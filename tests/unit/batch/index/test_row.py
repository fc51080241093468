"""The order of the index, what changed since, and what sizes explain."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from scipy import stats

from odr_analysis.batch.index.row import RANKS, rates_frame, rows_of
from tests.unit.batch.made import DAY, a_rate, a_summary, an_outcome, day_before, many


def _names(outcomes, before=None):
    return [row.account for row in rows_of(outcomes, before or {})]


def test_states_are_ranked_with_failed_and_unknown_between_critical_and_warning():
    outcomes = [
        an_outcome("none", a_rate(0, 0)),
        an_outcome("fine", a_rate(1000, 2)),
        an_outcome("near", a_rate(1000, 8)),
        an_outcome("not known", a_rate(1000, 1, missing=["no file of A-to-z claims"])),
        an_outcome("broken", reason="The folder is empty."),
        an_outcome("over", a_rate(1000, 11)),
    ]
    rows = rows_of(outcomes, {})
    assert [row.state for row in rows] == list(RANKS)
    assert [row.account for row in rows] == [o.account for o in reversed(outcomes)]


def test_over_the_limit_evidence_comes_before_a_high_rate_of_few_orders():
    small, large, huge = (
        an_outcome(name, a_rate(n, d))
        for name, n, d in (("1 of 2", 2, 1), ("10 of 100", 100, 10), ("210 of 20,000", 20_000, 210))
    )
    assert _names([small, large, huge]) == ["10 of 100", "1 of 2", "210 of 20,000"]
    p = [stats.binom.sf(d - 1, n, 0.01) for n, d in ((100, 10), (2, 1), (20_000, 210))]
    assert p == sorted(p)
    found = [row.rates[0].excess for row in rows_of([small, large, huge], {})]
    assert found == pytest.approx(p)


def test_below_the_limit_the_probability_of_a_breach_decides():
    calm = an_outcome("calm", a_rate(1000, 6, p_breach=0.05))
    risky = an_outcome("risky", a_rate(1000, 2, p_breach=0.6))
    assert _names([calm, risky]) == ["risky", "calm"]


def test_an_account_is_as_bad_as_its_worst_rate_and_rates_are_never_pooled():
    both = an_outcome("both", a_rate(5000, 5, channel="afn"), a_rate(100, 3))
    (row,) = rows_of([both], {})
    assert row.state == "critical"
    assert [r.channel for r in row.rates] == ["mfn", "afn"]


def test_amazons_own_higher_counts_lead():
    rate = a_rate(1000, 2, official={"n_defective": 12, "n_orders": 1000, "file": "r.json"})
    (row,) = rows_of([an_outcome("stated", {**rate, "state": "critical"})], {})
    assert (row.rates[0].n_defective, row.rates[0].text) == (12, "1.20 %")


def test_a_failed_account_keeps_what_was_known_last():
    old = a_summary(a_rate(1000, 20), as_of="2026-09-27")
    outcomes = [
        an_outcome("never", reason="No order in any file."),
        an_outcome("was bad", reason="Out of time.", summary=old),
    ]
    first, second = rows_of(outcomes, {})
    assert (first.account, first.state, first.known_state) == ("was bad", "failed", "critical")
    assert first.as_of == date(2026, 9, 27)
    assert (second.rates, second.known_state, second.as_of) == ((), "no data", None)
    assert rates_frame([first, second]).empty, "a rate of another day is not compared"


@pytest.mark.parametrize("damaged", [{"schema_version": "2.0"}, {}])
def test_a_summary_of_an_older_version_is_as_good_as_none(damaged):
    """Of a failed account the last report may be of last year."""
    (row,) = rows_of([an_outcome("A", reason="Out of time.", summary=damaged)], {})
    assert (row.state, row.known_state, row.rates, row.as_of) == ("failed", "no data", (), None)


@pytest.mark.parametrize(
    ("earlier", "now", "worse", "better"),
    [
        ("healthy", a_rate(1000, 8), True, False),
        ("healthy", a_rate(1000, 8, missing=["x"]), True, False),
        ("healthy", a_rate(1000, 2, missing=["x"]), True, False),
        ("critical", a_rate(1000, 2), False, True),
        ("critical", a_rate(1000, 2, missing=["x"]), False, False),
        ("unknown", a_rate(1000, 8), False, False),
        ("no data", a_rate(1000, 2), False, False),
        ("no data", a_rate(1000, 20), True, False),
        ("warning", a_rate(1000, 8), False, False),
    ],
)
def test_worse_and_better_than_before(earlier, now, worse, better):
    before = day_before(earlier)
    (row,) = rows_of([an_outcome("a", now)], {"a": before})
    assert (row.worsened, row.improved) == (worse, better)
    change = None if now["missing"] else pytest.approx(now["odr"] - 0.001)
    assert row.rates[0].change == change, "a lower bound that rises is no rate that rises"


def test_a_report_of_an_earlier_day_shows_no_change():
    before = day_before("healthy")
    old = a_summary(a_rate(1000, 1), as_of="2026-09-29")
    for why in {"reason": "Out of time."}, {"reason": ""}:  # failed, or left out of this run
        (row,) = rows_of([an_outcome("a", **why, summary=old)], {"a": before})
        assert row.rates[0].change is None, "nothing is known of the day of this run"
        assert not row.worsened


def test_a_failure_between_two_days_hides_no_change():
    """Healthy, then failed, then over the limit: it got worse, whatever happened in between."""
    before = day_before("healthy", state="failed")
    (row,) = rows_of([an_outcome("a", a_rate(1000, 20))], {"a": before})
    assert row.worsened
    (failed,) = rows_of([an_outcome("a", reason="Out of time.")], {"a": before})
    assert not failed.worsened


def test_five_hundred_accounts_are_in_order_and_only_bad_ones_clearly_over():
    outcomes = many(500)
    rows = rows_of(outcomes, {})
    ranks = [RANKS.index(row.state) for row in rows]
    assert all(a <= b for a, b in pairwise(ranks))
    assert {row.account for row in rows} == {o.account for o in outcomes}
    clear = {row.account for row in rows for r in row.rates if r.clearly_over}
    over = {row.account for row in rows if row.state == "critical"}
    # Five of them have 2.5 %; forty others are over 1 % on the day.
    assert 1 <= len(clear) <= 5
    assert clear < over
    assert len(over) > 20
    assert rows[0].account in clear
    assert rows[0].outcome.day == DAY
