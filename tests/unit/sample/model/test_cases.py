"""Cases as they are planted: which order, which days, which money."""

from __future__ import annotations

from datetime import date

import pytest

from odr_analysis.policy import Policy
from odr_analysis.presets import PRESETS
from odr_analysis.sample.model.cases import CLOSED, Case, layouts_change, plant
from odr_analysis.sample.model.draws import Draws
from odr_analysis.sample.model.orders import DAY, Orders, day_number, make_orders
from odr_analysis.sample.model.recipes import RECIPES, Recipe
from odr_analysis.sample.model.scenarios import SETTINGS

END, DAYS = date(2026, 9, 30), 273
LAST = day_number(END)


def a(recipe: Recipe, **more: object) -> Case:
    return Case("made up", recipe, order=0, reason="damaged", on=100, **more)  # type: ignore[arg-type]


def test_a_case_is_known_from_the_first_day_any_file_gives() -> None:
    recipe = Recipe("feedback", "in words", stars=("", "1"))
    case = a(recipe, told=(105, 103), received=(90, 104), moves=[(102 * DAY + 5, -2)])
    assert case.known_on() == 102, "the money; the report without the feedback gives no day"
    assert a(recipe, received=(90, 104)).known_on() == 104
    assert a(recipe, received=(90, 104), return_on=99).known_on() == 99
    assert a(Recipe("claim", "in words")).known_on() is None


def test_a_case_counts_where_all_its_switches_are_on() -> None:
    needed = ("count_inferred_defects", "count_recovered_defects")
    case = a(Recipe("claim", "in words", needed))
    both = Policy(count_inferred_defects=True, count_recovered_defects=True)
    assert case.counts(both)
    for switch in needed:
        assert not case.counts(both.with_changes(**{switch: False}))
    assert a(Recipe("claim", "in words")).counts(PRESETS["as-reported"].policy)


def test_the_newer_layout_begins_in_the_middle_of_the_history() -> None:
    assert layouts_change(last_day=100, days=10) == 96


@pytest.fixture(scope="module")
def planted() -> tuple[Orders, list[Case]]:
    draws = Draws(5)
    orders = make_orders(SETTINGS["witnesses"], 1_500, DAYS, END, draws)
    return orders, plant(orders, LAST, DAYS, draws)


def test_every_recipe_is_planted_on_an_order_that_fits(planted: tuple[Orders, list[Case]]) -> None:
    orders, cases = planted
    assert {case.name for case in cases} == set(RECIPES)
    for case in cases:
        assert case.order not in orders.not_counted
        assert orders.cancelled[case.order] == case.recipe.cancelled
        assert orders.is_mfn[case.order] or not case.recipe.mfn


def test_an_order_has_several_cases_of_different_kinds_or_one(
    planted: tuple[Orders, list[Case]],
) -> None:
    kinds: dict[int, list[str]] = {}
    for case in planted[1]:
        kinds.setdefault(case.order, []).append(case.recipe.component)
    assert any(len(some) > 1 for some in kinds.values())
    assert all(len(set(some)) == len(some) for some in kinds.values())


def test_no_day_lies_before_its_order_or_after_the_last(planted: tuple[Orders, list[Case]]) -> None:
    orders, cases = planted
    for case in cases:
        days = [*case.told, *case.received, *(m // DAY for m, _ in case.moves)]
        days += [] if case.return_on is None else [case.return_on]
        assert all(orders.day[case.order] < day <= LAST for day in days), case.name


def test_money_comes_back_after_it_went(planted: tuple[Orders, list[Case]]) -> None:
    seen = 0
    for case in planted[1]:
        if len(case.moves) == 2:
            (gone, left), (back, came) = case.moves
            assert gone < back
            assert left == -2
            assert came in (1, 2)
            seen += 1
        if "late back" in case.recipe.money:
            assert case.moves[-1][0] // DAY > LAST - CLOSED, "in no settlement that is closed"
    assert seen > 3
