"""A plan in words: what to do, what it brings and costs, and why there is none."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from odr_analysis import account_from_frames, scenario_dict, words
from odr_analysis.actions.costs import Costs, Fix
from odr_analysis.actions.plan import LIMIT_COLUMNS, STEP_COLUMNS, Option, Plan
from odr_analysis.actions.planner import cheapest_plan
from odr_analysis.answer.plan import (
    NO_PROMISE,
    REST_ON_ESTIMATES,
    UNITS,
    option_phrase,
    plan_json,
    plan_lines,
    plan_notes,
    plan_sentence,
)
from odr_analysis.schema import table_of
from tests.unit.whatif.sold import TODAY, sold

BY = date(2026, 10, 30)
NONE = Plan(("Amazon.de", "mfn"), TODAY, BY, 0.9, "not enough", None, p_without=0.4, p_at_best=0.7)
OPTION = Option(12.0, 0.93, 2, 1, 0, (), 0)
WHOSE = "Seller-fulfilled on Amazon.de: "


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Three removals, a fix and extra orders."""
    costs = Costs(
        removal=5, order=1, orders_per_day_most=20, quality="clean", fixes=[Fix("new carrier", 30)]
    )
    return cheapest_plan(account_from_frames(*sold(10, 80)), BY, 0.92, costs)


def limit(name: str, used: int, cost: float, fewer: float, more: float) -> tuple:
    return name, 5, used, cost, fewer, more, cost - more


def with_limits(*rows: tuple) -> Plan:
    kinds = [row[0] if row[0] in UNITS else "fix" for row in rows]
    rows = tuple((kind, *row) for kind, row in zip(kinds, rows, strict=True))
    table = table_of(list(rows), LIMIT_COLUMNS)
    return replace(NONE, reason="", best=OPTION, limits=table)


def test_the_sentence_says_what_to_do_its_cost_and_what_it_brings_by_when(plan: Plan) -> None:
    best = plan.best
    assert best is not None
    assert (best.removals, best.fixes) == (3, ("new carrier",))
    assert plan_sentence(plan) == (
        f"{WHOSE}the cheapest plan is 3 removals of feedback, {best.orders_per_day} more orders a "
        f"day and the fix “new carrier”, for {best.cost:.2f} in all, with the first step by "
        f"1 Oct 2026; the rate is then under 1 % on 30 Oct 2026 with a probability of "
        f"{round(best.probability * 100)} %, against {round(plan.p_without * 100)} % if nothing is "
        "done."
    )


def test_a_goal_that_is_met_needs_nothing() -> None:
    met = cheapest_plan(account_from_frames(*sold(10, 1000)), BY)
    assert met.reason == "met"
    p = words.probability(met.p_without)
    assert plan_sentence(met) == (
        f"{WHOSE}no step is needed for 30 Oct 2026: it is then under 1 % with a probability "
        f"of {p}, and 90 % is asked for."
    )
    assert plan_notes(met) == (NO_PROMISE,)


@pytest.mark.parametrize(
    ("changes", "stated"),
    [
        ({}, "a probability of 90 % cannot be reached on 30 Oct 2026; with everything done that"),
        ({}, "with a probability of 70 % at best, against 40 % if nothing is done; nor can it on"),
        (
            {"p_at_best": 0.4, "orders_priced": False},
            "cannot be reached on 30 Oct 2026 without extra orders, which have no price; nothing",
        ),
        ({"p_at_best": 0.8983}, "a probability of just under 90 % at best"),
        ({"p_at_best": 0.4}, "nothing within the prices and limits given changes that day"),
        (
            {"reachable_on": date(2026, 11, 4)},
            "the first later day on which it can is 4 Nov 2026.",
        ),
        (
            {"reason": "over budget", "least_cost": 1234.5},
            "no plan within the budget is enough for 90 % on 30 Oct 2026; the cheapest that is "
            "enough costs 1,234.50. If nothing is done, it is under 1 % with a probability of "
            "40 %.",
        ),
        (
            {"reason": "unknown", "missing": ("no file of claims", "no orders before May")},
            "cannot be known, so nothing can be planned: no file of claims; no orders before May.",
        ),
    ],
)
def test_why_there_is_no_plan(changes: dict, stated: str) -> None:
    found = plan_sentence(replace(NONE, **changes))
    assert found.startswith(WHOSE)
    assert stated in found


@pytest.mark.parametrize(
    ("row", "notes"),
    [
        (limit("removals", 3, 20.0, 29.0, 16.0),
         ["One more removal would save 4.00.", "With one removal fewer it would cost 9.00 more."]),
        (limit("appeals", 2, 20.0, np.nan, np.nan),
         ["With one appeal fewer nothing would be enough."]),
        (limit("extra orders a day", 5, 20.0, 20.0, 12.5),
         ["One more order a day would save 7.50."]),
        (limit("fix: better packaging", 1, 20.0, 25.0, np.nan),
         ["Without the fix “better packaging” it would cost 5.00 more."]),
        (limit("removals", 0, 20.0, np.nan, np.nan), []),
        (limit("removals", 1, 20.0, 20.001, 19.999), []),
    ],
)  # fmt: skip
def test_what_one_more_and_one_fewer_would_cost(row: tuple, notes: list[str]) -> None:
    assert list(plan_notes(with_limits(row))) == [*notes, NO_PROMISE]


def test_limits_in_words_are_plans_made_with_the_limit_moved(plan: Plan) -> None:
    account = account_from_frames(*sold(10, 80))
    costs = Costs(
        removal=5, order=1, orders_per_day_most=20, quality="clean", fixes=[Fix("new carrier", 30)],
        removals_most=2,
    )  # fmt: skip
    fewer = cheapest_plan(account, BY, 0.92, costs)
    assert plan.best is not None
    assert fewer.best is not None
    more = fewer.best.cost - plan.best.cost
    assert f"With one removal fewer it would cost {more:.2f} more." in plan_notes(plan)
    assert f"One more removal would save {more:.2f}." in plan_notes(fewer)


def test_runners_up_what_is_left_out_and_what_rests_on_estimates_are_noted() -> None:
    steps = table_of(
        [("removal", "a", "feedback", "solve it", pd.Timestamp(BY), pd.Timestamp(BY), 0.15, "guess",
          5.0, "", "")],
        STEP_COLUMNS,
    )  # fmt: skip
    found = replace(
        NONE, reason="", best=OPTION, steps=steps, runners_up=(OPTION,), left_out=("Order b …",)
    )
    assert plan_notes(found) == (
        "Next best: 2 removals of feedback and 1 appeal, 12.00, probability 93 %.",
        "Order b …",
        REST_ON_ESTIMATES,
        NO_PROMISE,
    )
    given = replace(found, steps=steps.assign(chance_from="given"))
    assert REST_ON_ESTIMATES not in plan_notes(given)


def test_each_kind_of_action_has_its_noun() -> None:
    one = Option(1.0, 0.9, 1, 1, 1, (), 1)
    assert option_phrase(one) == (
        "1 removal of feedback, 1 appeal, 1 refund before a claim and 1 more order a day"
    )


def test_lines_have_each_step_with_its_days_and_fit_a_terminal(plan: Plan) -> None:
    lines = plan_lines(plan, ["Prices are those of May."])
    text = " ".join(" ".join(lines).split())
    assert max(map(len, lines)) <= words.WIDTH
    for number, row in enumerate(plan.steps.to_dict("records"), 1):
        its = text[text.index(f" {number}. ") :]
        assert f"cost {row['cost']:.2f}" in its
        assert words.day(row["do_by"], 2026) in its
        assert row["order_id"] in its
    assert "begin on 1 Oct; shows on 16 Oct; cost 30.00" in text
    assert "probability 15 % (this toolkit's estimate); cost 5.00" in text
    assert "- Prices are those of May. - " in text
    assert "Never offer a refund" in text
    assert "Extra orders. Never buy orders" in text


def test_json_is_the_plan(plan: Plan) -> None:
    found = json.loads(plan_json(plan, ["first"]))
    assert plan.best is not None
    assert found["best"]["cost"] == plan.best.cost
    assert found["best"]["fixes"] == ["new carrier"]
    assert found["p_without"] == plan.p_without
    assert found["scenario"] == scenario_dict(plan.scenario)
    assert found["sentence"] == plan_sentence(plan)
    assert found["notes"] == ["first", *plan_notes(plan)]
    assert (found["by"], found["reachable_on"]) == ("2026-10-30", None)
    assert [row["order_id"] for row in found["steps"]] == plan.steps.order_id.tolist()
    assert [row["do_by"] for row in found["steps"]] == plan.steps.do_by.astype(str).tolist()
    assert [row["chance"] is None for row in found["steps"]] == plan.steps.chance.isna().tolist()


def test_json_has_null_for_what_is_not_known() -> None:
    unknown = replace(NONE, reason="unknown", p_without=np.nan, p_at_best=np.nan, missing=("x",))
    found = json.loads(plan_json(unknown))
    assert (found["p_without"], found["p_at_best"], found["least_cost"]) == (None, None, None)
    assert (found["best"], found["steps"], found["notes"]) == (None, [], [])
    later = json.loads(plan_json(replace(NONE, reachable_on=BY + timedelta(days=1))))
    assert later["reachable_on"] == "2026-10-31"
