"""An effect as lines for a terminal, and as JSON."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pandas as pd
import pytest

from odr_analysis import account_from_frames, words
from odr_analysis.account import Account
from odr_analysis.answer.scenario.assumptions import scenario_assumptions
from odr_analysis.answer.scenario.day_asked import day_asked
from odr_analysis.answer.scenario.effect_text import effect_json, effect_lines
from odr_analysis.answer.scenario.key_days import key_days
from odr_analysis.answer.scenario.removal_effects import scenario_notes
from odr_analysis.answer.scenario.sentence import scenario_sentence
from odr_analysis.whatif import (
    Effect,
    MoreOrders,
    Removed,
    Scenario,
    apply_scenario,
    scenario_dict,
)
from tests.unit.whatif.sold import TODAY, sold

BY = TODAY + timedelta(days=40)


@pytest.fixture(scope="module")
def account() -> Account:
    return account_from_frames(*sold(10, 80))


@pytest.fixture(scope="module")
def effect(account: Account) -> Effect:
    scenario = Scenario(MoreOrders(10, defect_rate=0.0, days=30), Removed(["40-1"]))
    return apply_scenario(account, scenario)


def plain(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())


def test_the_sentence_stands_first_and_what_it_rests_on_last(
    account: Account, effect: Effect
) -> None:
    lines = effect_lines(effect, day_asked(account, effect, BY, defect_rate=0.0))
    text = plain(lines)
    assert text.startswith(scenario_sentence(effect))
    assert max(map(len, lines)) <= words.WIDTH
    assert f"- {scenario_notes(effect)[0]}" in text
    assert text.endswith(scenario_assumptions(effect)[-1])
    assert "on 9 Nov 2026" in text


def test_the_table_has_the_days_that_matter(effect: Effect) -> None:
    text = plain(effect_lines(effect))
    for row in key_days(effect).itertuples():
        odds = [words.probability(1 - p) for p in (row.baseline_p_breach, row.scenario_p_breach)]
        rates = [words.percent(rate, [0.01]) for rate in (row.baseline_odr, row.scenario_odr)]
        day = words.day(row.day, 2026)
        assert f"{day} {rates[0]} {odds[0]} {rates[1]} {odds[1]} {row.what}" in text


def test_why_nothing_changes_is_said_once(account: Account) -> None:
    effect = apply_scenario(account, Scenario(Removed(["40-1"])))
    text = plain(effect_lines(effect))
    assert text.count("40-1") == 1
    more = apply_scenario(account, Scenario(Removed([f"40-{i}" for i in range(1, 5)])))
    assert all(plain(effect_lines(more)).count(f"40-{i}") == 1 for i in range(1, 5))


def test_json_has_every_day_and_reads_back(account: Account, effect: Effect) -> None:
    asked = day_asked(account, effect, BY, defect_rate=0.0)
    found = json.loads(effect_json(effect, asked))
    days = pd.DataFrame(found["days"])
    assert days.day.tolist() == effect.table.day.astype(str).tolist()
    for name in ("baseline_odr", "scenario_odr", "scenario_p_breach", "delta"):
        assert days[name].tolist() == effect.table[name].tolist()
    assert found["scenario"] == scenario_dict(effect.scenario)
    assert [row["what"] for row in found["key_days"]] == key_days(effect).what.tolist()
    assert found["by"] == json.loads(json.dumps(asked.as_json()))
    assert (found["as_of"], found["horizon_days"]) == ("2026-09-30", 75)
    assert json.loads(effect_json(effect))["by"] is None


def test_of_a_rate_with_defects_unknown_no_probability_is_given() -> None:
    account = account_from_frames(*sold(10, 80, days=60))
    effect = apply_scenario(account, Scenario(MoreOrders(10)))
    assert effect.look.day.known[("Amazon.de", "mfn")].missing
    found = json.loads(effect_json(effect))
    for table in ("days", "key_days"):
        for row in found[table]:
            assert (row["baseline_p_breach"], row["scenario_p_breach"]) == (None, None)
    assert found["under_target_from"][0]["scenario_from"] is None
    lines = effect_lines(effect)
    assert "–: no probability can be given: no orders before 2 Aug 2026." in lines
    (today,) = [line for line in lines if line.startswith("  30 Sep")]
    assert today.split()[3:] == ["%", "–", *today.split()[2:4], "–", "today"]


def test_an_account_without_a_rate_today_has_a_dash() -> None:
    orders = pd.DataFrame(
        {
            "order_id": [f"a{i}" for i in range(40)],
            "ordered_on": date(2026, 9, 28),
            "marketplace": "Amazon.de",
            "channel": "mfn",
        }
    )
    kinds = pd.DataFrame({"order_id": [], "component": [], "reported_on": []})
    effect = apply_scenario(account_from_frames(orders, kinds), Scenario(), "2026-09-30")
    (today,) = [line for line in effect_lines(effect) if line.startswith("  30 Sep")]
    assert today.split()[2:4] == ["–", "–"]
