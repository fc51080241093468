"""What can still be done: each step with its deadline, what it is worth, and what is closed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from odr_analysis import worklist
from odr_analysis.actions import steps
from odr_analysis.actions.steps import STEPS
from odr_analysis.actions.worklist import OVERDUE, WORK_COLUMNS
from odr_analysis.texts.reasons import confidence
from odr_analysis.texts.removal_rules import PERSONAL
from tests.unit.actions.made import DAY, N, a, account, ago, only

MAIL = "Write to a.b@example.com"
"""A comment that a rule of Amazon's applies to."""

POINT = 100 / (N + 1)
"""What one order is of the rate, in points."""

STEP_OF: list[tuple[dict[str, Any], str, int | None]] = [
    (a("claim", 1, "pending"), steps.ANSWER_CLAIM, 2),
    (a("claim", 3, "pending"), steps.ANSWER_CLAIM, 0),
    (a("claim", 4, "pending"), steps.ANSWER_CLAIM, -1),
    (a("claim", 20, "granted", decided_on=ago(29)), steps.APPEAL, 1),
    (a("claim", 20, "granted", decided_on=ago(30)), steps.APPEAL, 0),
    (a("claim", 10, "granted"), steps.LOOK_UP, 20),
    (a("claim", 30, ""), steps.LOOK_UP, 0),
    (a("claim", 31, "granted"), steps.LOOK_UP, None),
    (a("claim", 10, "unrecognised"), steps.LOOK_UP, 20),
    # Money left on a day: that is when it was decided.
    (a("claim", 10, "debited", decided_on=ago(3)), steps.APPEAL, 27),
    (a("chargeback", 6, "open"), steps.ANSWER_CHARGEBACK, 1),
    (a("chargeback", 7, "open"), steps.ANSWER_CHARGEBACK, 0),
    (a("chargeback", 7, ""), steps.ANSWER_CHARGEBACK, 0),
    (a("chargeback", 8, "open"), steps.DISPUTE, None),
    (a("chargeback", 2, "lost"), steps.DISPUTE, None),
    (a("feedback", 10, comment="The seller was rude."), steps.SOLVE, None),
    (a("feedback", 10, comment=MAIL), steps.REMOVE, 80),
    (a("feedback", 10), steps.SOLVE, None),
]

UNDATED = [
    (a("claim", None, "pending"), steps.ANSWER_CLAIM),
    (a("claim", None, ""), steps.LOOK_UP),
    (a("chargeback", None, "open"), steps.ANSWER_CHARGEBACK),
    (a("feedback", None, comment=MAIL), steps.REMOVE),
]

CLOSED = [
    (a("claim", 20, "refunded"), "refunded after the claim was filed: that stays in ODR"),
    (a("claim", 20, "cancelled"), "cancelled after the claim was filed: that stays in ODR"),
    (a("claim", 20, "granted", decided_on=ago(31)), "decided on 30 Aug 2026: 30 days are over"),
    (
        a("claim", 20, "granted", decided_on=ago(5), age=68),
        "leaves the window on 6 Oct 2026, before a success would show",
    ),
    (
        a("feedback", 5, age=73),
        "leaves the window on 1 Oct 2026, before a success would show",
    ),
]

EVERY = [case for case, *_ in (*STEP_OF, *UNDATED, *CLOSED)]


@pytest.fixture(scope="module")
def at_once() -> pd.DataFrame:
    """The worklist of all these cases, each of an order of its own."""
    cases = [{**case, "order_id": str(i)} for i, case in enumerate(EVERY)]
    return worklist(account(*cases)).set_index("order_id")


def row_of(at_once: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    return at_once.loc[str(next(i for i, c in enumerate(EVERY) if c is case))].to_dict()


@pytest.mark.parametrize(("case", "step", "deadline"), STEP_OF)
def test_the_best_step_and_its_deadline(
    case: dict[str, Any], step: str, deadline: int | None, at_once: pd.DataFrame
) -> None:
    row = row_of(at_once, case)
    assert row["step"] == step
    assert row["allowed"] == STEPS[step].allowed
    assert row["forbidden"] == STEPS[step].forbidden
    assert STEPS[step].source in row["clock"]
    if deadline is None:
        assert pd.isna(row["deadline"])
        assert pd.isna(row["days_to_deadline"])
    else:
        assert row["deadline"] == DAY + pd.Timedelta(days=deadline)
        assert row["days_to_deadline"] == deadline
    assert row["why_closed"] == ""
    assert row["rank"] >= 1


@pytest.mark.parametrize(("case", "step"), UNDATED)
def test_where_no_file_has_the_day_the_step_stays_and_says_so(
    case: dict[str, Any], step: str, at_once: pd.DataFrame
) -> None:
    row = row_of(at_once, case)
    assert row["step"] == step
    assert pd.isna(row["deadline"])
    assert row["clock"] == f"the day is not in the files; {STEPS[step].source}"


@pytest.mark.parametrize(("case", "why"), CLOSED)
def test_where_nothing_is_left_it_says_why(
    case: dict[str, Any], why: str, at_once: pd.DataFrame
) -> None:
    row = row_of(at_once, case)
    assert row["why_closed"] == why
    assert (row["step"], row["allowed"], row["forbidden"], row["clock"]) == ("", "", "", "")
    assert pd.isna(row["rank"])
    assert pd.isna(row["deadline"])
    assert (row["worth"], row["chance"], row["chance_from"]) == (0, 0, "")


def test_one_order_of_the_window_is_what_a_step_can_win(at_once: pd.DataFrame) -> None:
    assert at_once.effect.tolist() == [-1 / (N + len(EVERY))] * len(EVERY)
    row = only(a("feedback", 10))
    assert (row["effect"], row["effect_text"]) == (-1 / (N + 1), "lowers ODR by 1.96 points")
    assert row["rank"] == 1


def test_a_claim_of_which_no_file_has_the_decision_may_be_past_its_appeal() -> None:
    assert only(a("claim", 31, "granted"))["clock"].startswith("may be over; 30 days")
    assert only(a("claim", 30, "granted"))["clock"].startswith("30 days")


def test_a_claim_past_its_days_of_appeal_is_worth_half_of_a_fresh_one() -> None:
    late, fresh = only(a("claim", 31, "granted")), only(a("claim", 30, "granted"))
    assert late["chance"] == fresh["chance"] * OVERDUE
    assert late["worth"] == pytest.approx(fresh["worth"] / 2)
    undated = only(a("claim", None, "granted"))
    assert undated["chance"] == fresh["chance"]


def test_a_step_past_its_deadline_is_worth_half_and_says_so() -> None:
    late, fresh = only(a("claim", 4, "pending")), only(a("claim", 3, "pending"))
    assert late["chance"] == fresh["chance"] * OVERDUE
    assert late["worth"] == pytest.approx(fresh["worth"] / 2)
    assert late["days_to_deadline"] == -1


@pytest.mark.parametrize(
    ("case", "days_won"),
    [
        # The order counts for the last time in 4 days, that is on 5 days; feedback takes 2.
        (a("feedback", 5, age=70), 3),
        (a("feedback", 5, age=72), 1),
        # An appeal takes a week; the order leaves on the day its success shows.
        (a("claim", 20, "granted", decided_on=ago(5), age=67), 1),
        (a("claim", 1, "pending", age=74), 1),
        (a("claim", 1, "pending", age=40), 35),
        # It enters in ten days, when a success has long shown; or in three, when an appeal has not.
        (a("feedback", 3, age=5), 60),
        (a("claim", 5, "granted", decided_on=ago(1), age=12), 56),
    ],
)
def test_days_won_are_those_left_when_a_success_shows(case: dict[str, Any], days_won: int) -> None:
    row = only(case)
    assert row["worth"] == pytest.approx(POINT * STEPS[row["step"]].chance * days_won)


def test_an_order_still_to_count_has_its_effect_from_then_on() -> None:
    row = only(a("feedback", 3, age=5), a("feedback", 3, age=5))
    assert row["days_left"] == 60
    assert row["leaves_on"] == DAY + pd.Timedelta(days=69)
    # On its first day the good orders, then 50 days old, count beside it.
    assert row["effect"] == -1 / (N + 1)
    assert row["effect_text"] == "lowers ODR by 1.96 points from 10 Oct 2026, when it counts"
    # With the good orders gone by then it is alone.
    early = account(a("feedback", 1, age=1))
    old = early.daily.assign(
        ordered_on=early.daily.ordered_on.where(early.daily.n_orders == 1, ago(70))
    )
    assert worklist(replace(early, daily=old)).effect.tolist() == [-1.0]


def test_amazons_delivery_is_struck_through_and_asks_for_that() -> None:
    late = a("feedback", 5, comment="Came two weeks late")
    struck = only(late, channel="afn")
    assert (struck["step"], struck["days_to_deadline"]) == (steps.STRIKE, 85)
    assert struck["evidence"] == "Amazon's delivery: Came two weeks late"
    assert struck["effect"] == -1 / (N + 1)
    assert only(late)["step"] == steps.SOLVE


def test_removal_is_asked_for_up_to_90_days() -> None:
    for days, step in ((89, steps.REMOVE), (90, steps.REMOVE), (91, steps.SOLVE)):
        # Later than that only the buyer can. (Frames may have feedback before its order.)
        row = only(a("feedback", days, comment=MAIL), placed=60)
        assert row["step"] == step
        assert pd.isna(row["deadline"]) == (days > 90)


def test_a_rule_weighs_as_much_as_it_is_right() -> None:
    assert confidence(PERSONAL) < 1
    row = only(a("feedback", 5, comment=MAIL))
    assert row["chance"] == pytest.approx(STEPS[steps.REMOVE].chance * confidence(PERSONAL))
    assert "a.b@example.com" not in row["evidence"], "masked"


def test_an_order_with_two_kinds_changes_nothing_by_one() -> None:
    table = worklist(account(a("claim", 1, "pending"), a("feedback", 3))).set_index("component")
    assert table.effect.tolist() == [0, 0]
    assert table.effect_text["feedback"] == (
        "changes nothing, the order also has an A-to-z claim; both have a step"
    )
    assert table.effect_text["claim"] == (
        "changes nothing, the order also has negative feedback; both have a step"
    )
    both = STEPS[steps.SOLVE].chance * STEPS[steps.ANSWER_CLAIM].chance
    # Days won are those of the slower step; each is worth half.
    assert table.worth["claim"] == pytest.approx(POINT * both * 33 / 2)
    assert table.worth["claim"] == table.worth["feedback"]

    closed = worklist(account(a("claim", 20, "refunded"), a("feedback", 3)))
    closed = closed.set_index("component")
    assert closed.worth.tolist() == [0, 0]
    assert closed.step.to_dict() == {"feedback": steps.SOLVE, "claim": ""}
    assert closed.effect_text["feedback"] == "changes nothing, the order also has an A-to-z claim"


def test_three_kinds_share_what_they_are_worth_together() -> None:
    cases = a("claim", 1, "pending"), a("feedback", 3), a("chargeback", 2, "open")
    table = worklist(account(*cases)).set_index("component")
    assert table.effect_text["chargeback"] == (
        "changes nothing, the order also has negative feedback and an A-to-z claim; all have a step"
    )
    product = 0.15 * 0.35 * 0.3
    assert table.worth.tolist() == pytest.approx([POINT * product * 33 / 3] * 3)


def test_tables_are_as_documented_also_without_a_row() -> None:
    documented = {name: column.dtype for name, column in WORK_COLUMNS.items()}
    left = a("claim", 90, age=100)
    for cases in ([a("claim", 1, "pending")], [a("claim", 9, "refunded")], [left], []):
        table = worklist(account(*cases))
        assert len(table) == len([c for c in cases if c is not left])
        assert {name: str(dtype) for name, dtype in table.dtypes.items()} == documented


def test_what_became_known_later_is_left_out() -> None:
    found = account(a("claim", 1, "pending"), a("feedback", 8))
    earlier = worklist(found, ago(3))
    assert earlier.component.tolist() == ["feedback"]
    assert earlier.effect.tolist() == [-1 / (N + 1)]
    assert worklist(found, ago(9)).empty
    # A later word on the same defect is not the evidence of an earlier day.
    told = account(a("feedback", 8, comment="Broken."), a("feedback", 2, comment=MAIL))
    assert worklist(told, ago(5)).evidence.tolist() == ["Broken."]


def test_hostile_words_are_cleaned_and_cut() -> None:
    row = only(a("feedback", 3, comment="\x1b[31mbad <b>box</b>\n=1+1 " + "x" * 5000))
    assert row["evidence"] == "[31mbad box =1+1…"
    claim = only(a("claim", 3, reason="=HYPERLINK(1)\r\n| <script>x</script>\u202e"))
    assert claim["evidence"] == "=HYPERLINK(1) | x"
