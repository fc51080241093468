"""What a rate stands on, with spans of files worked out by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from odr_analysis import account_from_frames, terms
from odr_analysis.account import Account
from odr_analysis.answer import findings
from odr_analysis.answer.known import freshness, what_is_known
from odr_analysis.answer.summary import to_summary
from odr_analysis.exports.readers.contract import snapshots
from odr_analysis.policy import Policy
from odr_analysis.receipt import EVERY_STORE, PARTIAL, Cover, FileReceipt, Receipt
from odr_analysis.reports.summary_file import summary_lines
from tests.oracle import make_account

TODAY = date(2026, 9, 30)
START, END = date(2026, 7, 18), date(2026, 9, 15)
DE = ("Amazon.de", "mfn")
FULL_SPAN = {"first": date(2026, 6, 1), "last": TODAY, "n": 40}


def file(component: str, first: date | None, last: date | None, n: int = 40, **more) -> FileReceipt:
    cover = Cover(component, first, last, n=n, **{"store": EVERY_STORE, **more})
    return FileReceipt(f"{component}.csv", component, covers=(cover,))


def account(*files: FileReceipt, n: int = 300, bad: int = 0, **policy) -> Account:
    """Orders on every day from 1 Jul to 30 Sep, and files of all kinds but those given."""
    days = [date(2026, 7, 1) + timedelta(days=i % 92) for i in range(n * 92 // 60)]
    rows = [(f"o{i}", day, *DE) for i, day in enumerate(days)]
    inside = [o for o, day, *_ in rows if START <= day <= END][:bad]
    defects = [(o, "claim", date(2026, 9, 10)) for o in inside]
    made = make_account(rows, defects, Policy(**policy), known_to=TODAY)
    given = {c.component for f in files for c in f.covers}
    rest = [file(c, **FULL_SPAN) for c in terms.COMPONENTS if c not in given]
    return replace(made, receipt=Receipt((*files, *rest)))


def part(account: Account, component: str = "feedback"):
    known = what_is_known(account, TODAY)[DE]
    return next(c for c in known.components if c.component == component)


def state(account: Account) -> str:
    (rate,) = to_summary(account, TODAY)["rates"]
    return rate["state"]


def test_all_three_known_is_healthy() -> None:
    found = account()
    assert state(found) == "healthy"
    assert what_is_known(found, TODAY)[DE].missing == ()


@pytest.mark.parametrize(
    ("first", "last", "n", "why"),
    [
        (None, None, 0, "no file of feedback with a day (feedback.csv is empty and has no date)"),
        (date(2026, 1, 1), date(2026, 3, 20), 9, "no file of feedback after 20 Mar 2026"),
        # Up to the day before the last order day that counts, and up to that day.
        (date(2026, 1, 1), END - timedelta(days=1), 99, "no file of feedback after 14 Sep 2026"),
        (date(2026, 1, 1), END, 99, ""),
        # Forty rows since 1 Sep and none in the 45 days before: a download of the last month.
        (date(2026, 9, 1), TODAY, 40, "no file of feedback before 1 Sep 2026"),
        # Two rows prove nothing of days before them, however rare feedback is.
        (date(2026, 8, 20), TODAY, 2, "no file of feedback before 20 Aug 2026"),
        (date(2026, 9, 30), TODAY, 1, "no file of feedback before 30 Sep 2026"),
        (START, TODAY, 2, ""),
        # No parcel of the first order day has arrived before.
        (START + timedelta(days=2), TODAY, 2, ""),
        (START + timedelta(days=3), TODAY, 2, "no file of feedback before 21 Jul 2026"),
        # Ten rows have a usual distance (7 days), and the file may begin so much earlier.
        (START + timedelta(days=9), TODAY, 10, ""),
        (START + timedelta(days=10), TODAY, 10, "no file of feedback before 28 Jul 2026"),
        (START + timedelta(days=9), TODAY, 9, "no file of feedback before 27 Jul 2026"),
    ],
)
def test_feedback_must_reach_the_last_order_day_that_counts(first, last, n, why) -> None:
    found = account(file("feedback", first, last, n))
    assert part(found).why == why
    assert state(found) == ("unknown" if why else "healthy")


def test_a_hole_between_two_downloads_is_named_and_touching_ones_are_one() -> None:
    def two(until: date, since: date) -> Account:
        covers = (
            Cover("feedback", date(2026, 6, 1), until, n=60, store=EVERY_STORE),
            Cover("feedback", since, TODAY, n=60, store=EVERY_STORE),
        )
        return account(FileReceipt("f", "seller-feedback", covers=covers))

    assert part(two(date(2026, 7, 31), date(2026, 8, 1))).why == ""
    assert part(two(date(2026, 7, 31), date(2026, 8, 2))).why == ""
    assert part(two(date(2026, 7, 31), date(2026, 9, 1))).why == (
        "no file of feedback from 1 Aug to 31 Aug 2026"
    )


def test_a_list_by_order_day_may_end_a_little_earlier() -> None:
    def ending(days_before: int, n: int) -> str:
        last = END - timedelta(days=days_before)
        return part(account(file("feedback", START, last, n, by="order"))).why

    assert ending(5, 12) == ""
    # A hundred rows, and none in the last five days.
    assert ending(5, 100) == "no file of feedback after 10 Sep 2026"
    assert ending(15, 1) == "no file of feedback after 31 Aug 2026"


def test_partial_sources_are_named_for_what_they_cannot_show_and_may_be_accepted() -> None:
    returns = file("claim", **FULL_SPAN, grade=PARTIAL, why="only claims tied to a return")
    assert part(account(returns), "claim").why == (
        "A-to-z claims only in part (only claims tied to a return)"
    )
    assert state(account(returns)) == "unknown"
    assert state(account(returns, accept_partial_sources=True)) == "healthy"


def test_a_file_of_another_store_or_channel_covers_nothing_here() -> None:
    assert part(account(file("feedback", **FULL_SPAN, store="Amazon.fr"))).why == (
        "no file of feedback"
    )
    assert part(account(file("feedback", **FULL_SPAN, channel="afn"))).why == "no file of feedback"
    assert part(account(file("feedback", **FULL_SPAN, store=""))).why == ""


def test_what_reaches_a_limit_is_that_whatever_else_is_missing() -> None:
    missing = file("chargeback", None, None, 0)
    assert state(account(missing, bad=2)) == "unknown"
    assert state(account(missing, bad=3)) == "critical"
    card = findings(account(missing, bad=3), TODAY).answer.cards[0]
    assert card.rate_text.startswith("at least 1.0")
    assert card.counts_text.startswith("at least 3 of ")
    assert [c.text for c in card.components] == ["0", "3", "not known"]


def test_the_users_word_fills_a_gap_and_is_printed_as_such() -> None:
    missing = file("chargeback", None, None, 0)
    found = account(missing, no_chargebacks_known_to="2026-09-30")
    assert state(found) == "healthy"
    assert "No other chargebacks up to 30 Sep 2026: the user’s word." in (
        findings(found, TODAY).answer.cards[0].notes
    )
    early = account(missing, no_chargebacks_known_to="2026-09-14")
    assert state(early) == "unknown"


def test_a_waived_kind_needs_no_source_and_says_so() -> None:
    missing = file("chargeback", None, None, 0)
    found = account(missing, coverage_needed="feedback, claim")
    assert state(found) == "healthy"
    limits = dict(findings(found, TODAY).built_on.limits)
    assert "Waived: chargebacks have no source" in limits


def report(n_bad: int, to_on: date = END) -> pd.DataFrame:
    row = {"marketplace": DE[0], "metric": "order_defects", "channel": "mfn", "file": "v2.json"}
    row |= {"from_on": pd.Timestamp(START), "to_on": pd.Timestamp(to_on), "n_total": 300}
    return snapshots([{**row, "n_bad": n_bad, "line": 1}])


def test_amazons_own_report_of_the_same_window_fills_the_gap_and_decides() -> None:
    bare = replace(account(), receipt=Receipt(()))
    assert state(bare) == "unknown"
    assert state(replace(bare, snapshots=report(1))) == "healthy"
    assert state(replace(bare, snapshots=report(3))) == "critical"
    assert state(replace(bare, snapshots=report(1, END - timedelta(days=1)))) == "unknown"
    limits = dict(findings(replace(bare, snapshots=report(1)), TODAY).built_on.limits)
    assert limits["Feedback known by Amazon’s own report"].startswith("v2.json states")


def test_a_higher_rate_of_amazons_own_report_leads() -> None:
    bare = replace(account(), receipt=Receipt(()), snapshots=report(3))
    card = findings(bare, TODAY).answer.cards[0]
    assert (card.state, card.rate_text) == ("critical", "1.00 %")
    assert card.counts_text == "3 of 300 orders by Amazon’s own report"
    assert (
        card.budget
        == "By what is known: to be under 1 % it needs 1 more good order, or 1 defect fewer."
    )
    (rate,) = to_summary(bare, TODAY)["rates"]
    assert rate["official"] == {"n_defective": 3, "n_orders": 300, "file": "v2.json"}
    assert rate["lower_bound"]
    line, source = summary_lines(to_summary(bare, TODAY))[1:3]
    assert re.search(r" 1\.00 %  3 of 300 orders  critical$", line)
    assert source == (
        "      by Amazon's own report of these days (v2.json); the files hold 0 of 300 orders"
    )


def test_a_higher_rate_of_amazons_own_report_is_a_bound_of_what_the_files_hold() -> None:
    """Files of all kinds have fewer defects than the report, so some are not in them."""
    found = replace(account(bad=1), snapshots=report(3))
    (rate,) = to_summary(found, TODAY)["rates"]
    assert (rate["n_defective"], rate["missing"], rate["lower_bound"]) == (1, [], True)
    agreeing = replace(found, snapshots=report(1))
    assert not to_summary(agreeing, TODAY)["rates"][0]["lower_bound"]


@pytest.mark.parametrize("policy", [{}, {"coverage_needed": ""}])
def test_what_a_report_or_the_policy_answers_for_stays_a_lower_bound(policy) -> None:
    """The files hold no defect of any kind, but no file would."""
    bare = replace(account(**policy), receipt=Receipt(()))
    bare = bare if policy else replace(bare, snapshots=report(0))
    (rate,) = to_summary(bare, TODAY)["rates"]
    assert (rate["state"], rate["lower_bound"]) == ("healthy", True)
    answer = findings(bare, TODAY).answer
    card = answer.cards[0]
    assert card.rate_text == "0 %"
    assert card.counts_text.endswith(" orders known to be defective")
    assert {c.text for c in card.components} == {"not known"}
    assert "no known defect since" in answer.trends[0].finding
    one = replace(account(bad=1, **policy), receipt=Receipt(()), snapshots=bare.snapshots)
    assert findings(one, TODAY).answer.cards[0].rate_text == "at least 0.33 %"


def test_what_is_over_the_limit_in_part_has_no_trend() -> None:
    missing = file("chargeback", None, None, 0)
    (trend,) = findings(account(missing, bad=4), TODAY).answer.trends
    assert "steady" not in trend.finding
    assert "fallen" not in trend.finding


def test_orders_that_cover_only_part_of_the_window_are_never_healthy() -> None:
    whole = account()
    late = replace(whole, daily=whole.daily[whole.daily.ordered_on >= "2026-07-19"])
    assert state(late) == "unknown"
    assert what_is_known(late, TODAY)[DE].orders == "no orders before 19 Jul 2026"
    hole = replace(
        whole, daily=whole.daily[~whole.daily.ordered_on.between("2026-09-06", "2026-09-15")]
    )
    assert what_is_known(hole, TODAY)[DE].orders == "no orders from 6 Sep to 15 Sep 2026"
    ended = replace(whole, known_to=date(2026, 9, 10))
    assert what_is_known(ended, TODAY)[DE].orders == "no orders after 10 Sep 2026"


def test_the_last_day_of_each_older_source_is_said() -> None:
    found = account(file("feedback", date(2026, 6, 1), date(2026, 9, 20)))
    assert freshness(what_is_known(found, TODAY).values(), TODAY) == ("Feedback known to 20 Sep",)
    assert findings(found, TODAY).head.freshness == ("Feedback known to 20 Sep",)


def test_frames_without_defects_know_none() -> None:
    days = pd.date_range("2026-07-01", "2026-09-30").repeat(5)
    orders = pd.DataFrame(
        {
            "order_id": [f"o{i}" for i in range(len(days))],
            "ordered_on": days,
            "marketplace": DE[0],
            "channel": "mfn",
        }
    )
    none = pd.DataFrame(columns=["order_id", "component"])
    assert state(account_from_frames(orders)) == "unknown"
    assert state(account_from_frames(orders, none)) == "healthy"


def test_a_state_is_unknown_for_each_missing_kind_alone() -> None:
    for component in terms.COMPONENTS:
        found = account(file(component, None, None, 0))
        assert state(found) == "unknown"
        assert findings(found, TODAY).answer.headline.startswith("Cannot be known: no file of ")
