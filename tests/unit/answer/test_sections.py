"""Sections hold their numbers and what follows from them."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import date

import pandas as pd
import pytest

from odr_analysis.answer.sections import ComponentCount, StandsOut, ToDo

DAY = date(2026, 9, 30)


@pytest.mark.parametrize(
    ("n", "known", "text"),
    [(1200, True, "1,200"), (12, False, "at least 12"), (0, False, "not known"), (0, True, "0")],
)
def test_a_count_is_at_least_so_many_where_not_all_is_known(n: int, known: bool, text: str) -> None:
    assert ComponentCount("claim", "A-to-z claim", n, known).text == text


def stands_out(at_least: list[float], looks: str = "Looked often.") -> StandsOut:
    none = pd.DataFrame()
    return StandsOut(
        lines=("One.", "Two."),
        causes=pd.DataFrame({"at_least": at_least}),
        groups=none,
        reasons=none,
        strategies=none,
        funnel=none,
        strategy_line="",
        looks=looks,
        limits=(0.01, 0.007),
        as_of=DAY,
        since=DAY,
    )


def test_causes_are_sized_where_one_is_known_to_be_more_often() -> None:
    assert stands_out([1.0, 1.1]).sized
    assert not stands_out([1.0, 1.09]).sized
    assert not stands_out([]).sized


def test_the_text_leaves_out_what_is_empty() -> None:
    assert stands_out([2.0]).text == "One.\nTwo.\nLooked often."
    assert stands_out([], looks="").text == "One.\nTwo."


def test_open_rows_are_those_with_a_step() -> None:
    table = pd.DataFrame({"order_id": ["a", "b"], "step": ["", "appeal the claim"]})
    assert ToDo((), table, DAY, many_series=False).open.order_id.tolist() == ["b"]


def test_a_section_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        stands_out([]).lines = ()
