"""The lines and weeks of the days ahead, from cards and defects made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from odr_analysis import Scenario, apply_scenario, defective_orders
from odr_analysis.answer.parts.ahead import LEFT_OUT, ahead, weeks
from odr_analysis.answer.sections import Card
from tests.oracle import make_account

TODAY = date(2026, 9, 30)
DE = "Amazon.de"
CARD = Card(
    marketplace=DE,
    channel="mfn",
    title="Seller-fulfilled",
    state="critical",
    state_word="Over the limit",
    sentence="",
    n_orders=100,
    n_defective=2,
    odr=0.02,
    rate_text="2.00 %",
    counts_text="2 of 100 orders",
    counts_lead=False,
    components=(),
    overlap="",
    budget="",
)


@pytest.fixture
def account():
    """Two of 100 orders of 25 Aug are defective, one of 18 Jul, and a young one."""
    orders = [(f"m{i}", date(2026, 8, 25), DE, "mfn") for i in range(99)]
    orders += [("old", date(2026, 7, 18), DE, "mfn"), ("young", date(2026, 9, 25), DE, "mfn")]
    defects = [(i, "claim", date(2026, 9, 28)) for i in ("m0", "old", "young")]
    return make_account(orders, defects, known_to=TODAY)


def section(account, *cards: Card, horizon_days: int = 75):
    coming = apply_scenario(account, Scenario(), TODAY, horizon_days)
    return ahead(cards, coming, defective_orders(account, TODAY))


def test_a_line_for_the_rate_then_what_is_left_out_then_the_first_steps(account) -> None:
    made = section(account, CARD)
    verdict, left_out, leave, enter = made.lines
    # 1 of 100 from 10 Oct, when the young order enters: the limit is never left.
    assert verdict.startswith("Seller-fulfilled ODR is 2.00 % (2 of 100 orders) and would stay at")
    assert left_out == LEFT_OUT
    assert leave == "2 known defects will leave the window by 8 Nov, the first on 1 Oct."
    assert enter == "1 known defect on orders too young to count will enter, on 10 Oct."
    assert (made.as_of, made.horizon_days, len(made.table)) == (TODAY, 75, 76)
    assert made.assumptions[0].startswith("Orders placed and defects reported by 30 Sep 2026")


def test_a_lower_bound_is_marked_and_nothing_known_promises_nothing(account) -> None:
    some = section(account, replace(CARD, lower_bound=True))
    assert some.lines[0].startswith("Seller-fulfilled ODR, by known defects alone, is 2.00 %")
    none = section(account, replace(CARD, lower_bound=True, n_defective=0, missing=("claims",)))
    assert none.lines[:2] == (
        "Of known defects only: not every kind of defect has a source.",
        "Seller-fulfilled: no defect is known, so neither is any rate to come.",
    )


def test_without_a_rate_only_the_first_steps_are_left(account) -> None:
    made = section(account, replace(CARD, state="no data", n_orders=0))
    assert LEFT_OUT not in made.lines
    assert len(made.lines) == 2
    clean = make_account([("m", date(2026, 8, 25), DE, "mfn")], known_to=TODAY)
    made = section(clean, replace(CARD, state="no data", n_orders=0))
    assert made.lines == ("No known defect is in the window, so none will leave it.",)
    assert made.weeks == ()


def test_weeks_count_leavers_on_the_first_day_without_them() -> None:
    defects = pd.DataFrame(
        {
            "phase": ["counts", "counts", "enters"],
            "enters_on": pd.to_datetime(["2026-08-02", "2026-09-09", "2026-10-10"]),
            "leaves_on": pd.to_datetime(["2026-09-30", "2026-10-08", "2026-12-08"]),
        }
    )
    found = weeks(defects, TODAY, 75)
    assert [(w.first.day, w.last.day, w.leaves, w.enters) for w in found[:2]] == [
        (1, 7, 1, 0),
        (8, 14, 1, 1),
    ]
    # Weeks in which nothing happens stand between, none at the end.
    assert [(w.leaves, w.enters) for w in found[2:]] == [(0, 0)] * 7 + [(1, 0)]
    short = weeks(defects, TODAY, 3)
    assert [(w.first.day, w.last.day, w.leaves) for w in short] == [(1, 3, 1)]
