"""What is planted, held against the rules in words."""

from __future__ import annotations

from odr_analysis.policy import Policy
from odr_analysis.presets import PRESETS
from odr_analysis.sample.model.recipes import NEVER, RECIPES, TOGETHER
from tests.unit.sample.written import Written

COUNTS_UNDER: dict[str, str] = {
    # amazon-current, amazon-2016, as-reported: y or n
    "claim: granted": "yyy",
    "claim: seen everywhere": "yyy",
    "claim: pending": "yyy",
    "claim: pending, debited": "yyy",
    "claim: withdrawn": "nyy",
    "claim: denied": "nyy",
    "claim: appeal won": "nny",
    "claim: amazon funded": "nny",
    "claim: refunded": "yyy",
    "claim: cancelled": "yyy",
    "claim: protected": "nny",
    "claim: no status": "yyy",
    "claim: said to count": "yyy",
    "claim: said not to count": "nnn",
    "claim: said not to count, debited": "nnn",
    "claim: denied, debited": "nyy",
    "claim: granted, paid back": "yyy",
    "claim: pending, then denied": "nyy",
    "claim: denied, then granted": "yyy",
    "claim: listed, denied": "yyy",
    "claim: no impact, granted": "nnn",
    "claim: only listed": "yyy",
    "claim: returned": "yyy",
    "claim: returned, granted": "yyy",
    "claim: returned, denied": "nyy",
    "claim: debit alone": "yyn",
    "claim: debit that came back": "nnn",
    "claim: debit that came back in part": "yyn",
    "claim: debit that came back late": "nnn",
    "claim: debit across layouts": "nnn",
    "feedback: negative": "yyy",
    "feedback: negative, listed": "yyy",
    "feedback: at the edges of the window": "yyy",
    "feedback: neutral": "nnn",
    "feedback: struck": "nnn",
    "feedback: raised": "nnn",
    "feedback: vanished": "nnn",
    "feedback: only listed": "yyy",
    "chargeback: lost": "yyy",
    "chargeback: open": "yyy",
    "chargeback: won": "nyy",
    "chargeback: won, debited": "nyy",
    "chargeback: won, said to count": "yyy",
    "chargeback: lost, said not to count": "nnn",
    "chargeback: only listed": "yyy",
    "chargeback: debit alone": "yyn",
    "chargeback: debit that came back": "nnn",
}
"""What each comes to, by the rules in words; the recipes state switches."""


def test_what_counts_is_what_the_rules_in_words_say(german: Written) -> None:
    assert list(PRESETS) == ["amazon-current", "amazon-2016", "as-reported"]
    assert COUNTS_UNDER.keys() == RECIPES.keys()
    told = {
        case["name"]: "".join("ny"[case["counts"][preset]] for preset in PRESETS)
        for case in german.truth["planted"]
    }
    assert told == COUNTS_UNDER


def test_recipes_name_switches_and_each_other() -> None:
    fields = Policy().to_dict()
    named = {name for recipe in RECIPES.values() for name in recipe.counts_if} - set(NEVER)
    assert named <= fields.keys()
    decided_by_order = {"count_cancelled_orders", "count_pending_orders"}
    only_in_an_archive = {"count_struck_feedback"}
    switches = {name for name in fields if name.startswith("count_")}
    assert switches - named == decided_by_order | only_in_an_archive
    assert {name for names in TOGETHER for name in names} <= RECIPES.keys()
    for names in TOGETHER:
        components = [RECIPES[name].component for name in names]
        assert len(set(components)) == len(components)
    assert all(recipe.contradiction or not recipe.disagree for recipe in RECIPES.values())
