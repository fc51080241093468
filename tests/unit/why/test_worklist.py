"""What can still be done: each step with its deadline, what it is worth, and what is closed."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from odr_analysis import account_from_frames, defective_orders, worklist
from odr_analysis.errors import ParameterError
from odr_analysis.exports.rows import sightings
from odr_analysis.why import steps
from odr_analysis.why.steps import STEPS

DAY = pd.Timestamp("2026-09-30")
N = 50
"""Orders of each channel in the window, besides those with defects."""


def ago(days: int) -> pd.Timestamp:
    return DAY - pd.Timedelta(days=days)


def account(*cases: dict, placed: int = 40, channel: str = "mfn"):
    """An account whose defective orders are `cases`: sightings, with the age of their order."""
    ages = {c["order_id"]: c.pop("age", placed) for c in map(dict, cases)}
    rows = [(f"good{i}", ago(40), "mfn") for i in range(N)]
    rows += [(order, ago(age), channel) for order, age in ages.items()]
    orders = pd.DataFrame(rows, columns=["order_id", "ordered_on", "channel"])
    seen = [{k: v for k, v in c.items() if k in DEFECT} for c in cases]
    found = account_from_frames(orders.assign(marketplace="Amazon.de"), pd.DataFrame(seen))
    decided = pd.to_datetime(pd.Series([c.get("decided_on") for c in cases]))
    # A frame has no day of decision; files have.
    defects = found.defects.assign(decided_on=decided.astype("datetime64[us]"))
    return replace(found, known_to=DAY.date(), defects=defects)


DEFECT = ("order_id", "component", "reported_on", "outcome", "rating", "reason", "comment")


def a(component: str, days: int, outcome: str = "", **more) -> dict:
    rating = 1 if component == "feedback" else None
    base = {"order_id": "x", "component": component, "reported_on": ago(days), "outcome": outcome}
    return {**base, "rating": rating, "reason": "", "comment": "", **more}


def only(*cases: dict, **more) -> dict:
    table = worklist(account(*cases, **more))
    assert len(table) == 1
    return table.iloc[0].to_dict()


@pytest.mark.parametrize(
    ("case", "step", "deadline"),
    [
        (a("claim", 1, "pending"), steps.ANSWER_CLAIM, 2),
        (a("claim", 5, "pending"), steps.ANSWER_CLAIM, -2),
        (a("claim", 20, "granted", decided_on=ago(29)), steps.APPEAL, 1),
        (a("claim", 20, "granted", decided_on=ago(30)), steps.APPEAL, 0),
        (a("claim", 10, "granted"), steps.LOOK_UP, 20),
        (a("claim", 31, "granted"), steps.LOOK_UP, None),
        (a("chargeback", 6, "open"), steps.ANSWER_CHARGEBACK, 1),
        (a("chargeback", 7, "open"), steps.ANSWER_CHARGEBACK, 0),
        (a("chargeback", 8, "open"), steps.DISPUTE, None),
        (a("chargeback", 2, "lost"), steps.DISPUTE, None),
        (a("feedback", 10, comment="The seller was rude."), steps.SOLVE, None),
        (a("feedback", 10, comment="Write to a.b@example.com"), steps.REMOVE, 80),
        (a("feedback", 10), steps.SOLVE, None),
    ],
)
def test_the_best_step_and_its_deadline(case: dict, step: str, deadline: int | None) -> None:
    row = only(case)
    assert row["step"] == step
    assert row["allowed"] == STEPS[step].allowed
    assert row["forbidden"]
    if deadline is None:
        assert pd.isna(row["deadline"])
    else:
        assert row["deadline"] == DAY + pd.Timedelta(days=deadline)
        assert row["days_to_deadline"] == deadline
    assert row["effect"] == -1 / (N + 1)
    assert row["rank"] == 1


def test_a_step_past_its_deadline_is_worth_half_and_says_so() -> None:
    late, fresh = only(a("claim", 5, "pending")), only(a("claim", 1, "pending"))
    assert late["chance"] == fresh["chance"] / 2
    assert late["days_to_deadline"] < 0


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (a("claim", 20, "refunded"), "refunded after the claim was filed: that stays in ODR"),
        (a("claim", 20, "granted", decided_on=ago(31)), "30 days are over"),
        (a("claim", 20, "granted", decided_on=ago(5), age=70), "before a success would show"),
        (a("feedback", 5, age=74), "before a success would show"),
    ],
)
def test_where_nothing_is_left_it_says_why(case: dict, why: str) -> None:
    row = only(case)
    assert row["step"] == ""
    assert why in row["why_closed"]
    assert pd.isna(row["rank"])
    assert (row["worth"], row["chance"]) == (0, 0)


def test_days_won_are_those_left_when_a_success_shows() -> None:
    # An order of age 70 counts for the last time in four days; feedback takes two to vanish.
    row = only(a("feedback", 5, age=70))
    assert row["days_left"] == 5
    assert row["worth"] == pytest.approx(100 / (N + 1) * STEPS[steps.SOLVE].chance * 3)


def test_amazons_delivery_is_struck_through_and_asks_for_that() -> None:
    late = a("feedback", 5, comment="Came two weeks late")
    assert only(late, channel="afn")["step"] == steps.STRIKE
    assert only(late)["step"] == steps.SOLVE


def test_removal_is_asked_for_up_to_90_days() -> None:
    # Later than that only the buyer can.
    rude = "Write to a.b@example.com"
    for days, step in ((89, steps.REMOVE), (90, steps.REMOVE), (91, steps.SOLVE)):
        case = a("feedback", 5, comment=rude)
        case["reported_on"] = ago(days)
        assert only(case, placed=60)["step"] == step


def test_an_order_with_two_kinds_changes_nothing_by_one() -> None:
    table = worklist(account(a("claim", 1, "pending"), a("feedback", 3))).set_index("component")
    assert table.effect.tolist() == [0, 0]
    assert table.effect_text["feedback"] == (
        "changes nothing, the order also has an A-to-z claim; both have a step"
    )
    both = STEPS[steps.SOLVE].chance * STEPS[steps.ANSWER_CLAIM].chance
    # Days won are those of the slower step; each is worth half.
    assert table.worth["claim"] == pytest.approx(100 / (N + 1) * both * 33 / 2)
    assert table.worth.nunique() == 1

    closed = worklist(account(a("claim", 20, "refunded"), a("feedback", 3)))
    closed = closed.set_index("component")
    assert closed.worth.tolist() == [0, 0]
    assert closed.effect_text["feedback"] == "changes nothing, the order also has an A-to-z claim"


def test_an_order_still_to_count_has_its_effect_from_then_on() -> None:
    row = only(a("feedback", 3, age=5))
    assert row["days_left"] == 60
    # Then the good orders of 40 days ago still count.
    assert row["effect"] == -1 / (N + 1)
    assert row["effect_text"].endswith("from 10 Oct 2026, when it counts")
    assert row["worth"] == pytest.approx(100 / (N + 1) * STEPS[steps.SOLVE].chance * 60)


def test_a_chance_is_drawn_towards_the_own_record() -> None:
    past = [
        {**a("chargeback", 200, outcome), "order_id": f"p{i}", "age": 220}
        for i, outcome in enumerate(["won", "won", "won", "lost"])
    ]
    table = worklist(account(a("chargeback", 2, "open"), *past))
    assert table.chance[0] == pytest.approx((0.3 * 4 + 3) / (4 + 4))
    assert table.chance_from[0] == "worked in 3 of 4 of your cases"
    assert only(a("chargeback", 2, "open"))["chance_from"] == "guess"


def test_chances_can_be_given_and_are_checked() -> None:
    one = account(a("feedback", 3))
    assert worklist(one, chances={steps.SOLVE: 1.0}).chance.tolist() == [1.0]
    with pytest.raises(ParameterError, match=r"unknown step 'pray'\. Steps: ask Amazon"):
        worklist(one, chances={"pray": 0.5})
    with pytest.raises(ParameterError, match="must be 0 to 1, got 2"):
        worklist(one, chances={steps.SOLVE: 2})


def test_every_defect_is_there_once_and_the_open_ones_are_ranked() -> None:
    from odr_analysis import load_sample

    sample = load_sample()
    table, orders = worklist(sample), defective_orders(sample)
    wanted = {
        (row.order_id, kind)
        for row in orders.itertuples()
        for kind in ("feedback", "claim", "chargeback")
        if getattr(row, kind)
    }
    assert set(zip(table.order_id, table.component, strict=True)) == wanted
    assert len(table) == len(wanted)
    n = int((table.step != "").sum())
    assert table["rank"].tolist()[:n] == list(range(1, n + 1))
    assert table["rank"][n:].isna().all()
    assert (table.why_closed[n:] != "").all()


def test_an_account_without_defects_has_an_empty_list() -> None:
    good = account(a("feedback", 5, outcome="removed"))
    assert worklist(good).empty
    assert list(worklist(good).columns) == list(worklist(account(a("claim", 5))).columns)


def test_hostile_words_are_cleaned() -> None:
    row = only(a("feedback", 3, comment="\x1b[31mbad <b>box</b>\n=1+1"))
    assert "\x1b" not in row["evidence"]
    assert "<b>" not in row["evidence"]


def test_the_best_witness_tells_how_a_case_stands() -> None:
    found = account(a("claim", 4, "pending"))
    seen = found.defects.iloc[0].to_dict()
    rows = [
        {**seen, "source": "mfn-returns", "outcome": ""},
        {**seen, "source": "claims", "outcome": "pending"},
        {**seen, "source": "settlement", "outcome": "debited"},
    ]
    columns = list(sightings([]).columns)
    told = sightings(pd.DataFrame(rows)[columns]).assign(counts=True, why_not="", inferred=False)
    assert worklist(replace(found, defects=told)).step.tolist() == [steps.ANSWER_CLAIM]
