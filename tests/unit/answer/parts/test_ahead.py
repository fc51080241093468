"""The lines and weeks of the days ahead, from cards and defects made by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from odr_analysis import (
    MoreOrders,
    Scenario,
    apply_scenario,
    defective_orders,
    delay_table,
    roll_off,
    shift,
)
from odr_analysis.answer.parts.ahead import ahead, weeks
from odr_analysis.answer.sections import Card
from odr_analysis.policy import Policy
from tests.nothing_to_come import nothing_to_come
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


ORDERS = [
    *((f"m{i}", date(2026, 8, 25), DE, "mfn") for i in range(99)),
    ("old", date(2026, 7, 18), DE, "mfn"),
    ("young", date(2026, 9, 25), DE, "mfn"),
]
DEFECTS = [(i, "claim", date(2026, 9, 28)) for i in ("m0", "old", "young")]


@pytest.fixture
def account():
    """Two of 100 orders of 25 Aug are defective, one of 18 Jul, and a young one."""
    return make_account(ORDERS, DEFECTS, known_to=TODAY)


def section(account, *cards: Card, horizon_days: int = 75, if_changed=None, shift_on=TODAY):
    coming = apply_scenario(account, Scenario(), TODAY, horizon_days)
    table = roll_off(account, TODAY, ahead=coming.look.forecast)
    found = shift(delay_table(account, shift_on))
    return ahead(cards, coming, table, defective_orders(account, TODAY), found, if_changed)


def test_lines_for_the_rate_then_the_first_steps(account) -> None:
    made = section(account, CARD)
    verdict, known, paused, young, leave, enter = made.lines
    assert verdict.startswith("Seller-fulfilled ODR is 2.00 % (2 of 100 orders) and will probably")
    assert known.startswith("If nothing more were reported, Seller-fulfilled ODR would be under")
    assert paused.startswith(
        "If nothing is sold from now on, the highest Seller-fulfilled ODR on the way is "
    )
    assert young == (
        "Seller-fulfilled: the forecast is less certain, because only 75 days of orders are known."
    )
    assert leave == "2 known defects will leave the window by 8 Nov, the first on 1 Oct."
    assert enter == "1 known defect on orders too young to count will enter, on 10 Oct."
    assert (made.as_of, made.horizon_days, len(made.table)) == (TODAY, 75, 76)
    assert made.assumptions[0].startswith("Orders placed and defects reported by 30 Sep 2026")
    assert made.assumptions[-2].startswith("Seller-fulfilled: of the defective orders expected")
    assert made.assumptions[-1].startswith("Seller-fulfilled: not enough data to find a shift (")


def test_a_recovery_by_known_defects_has_its_probability() -> None:
    few = [(f"n{i}", date(2026, 8, 26), DE, "mfn") for i in range(20)]
    account = make_account(ORDERS[:-1] + few, DEFECTS[:-1], known_to=TODAY)
    made = section(account, replace(CARD, n_orders=120))
    # From 1 Oct, without the order of 18 Jul, 1 of 119.
    assert re.fullmatch(
        r"If nothing more were reported, Seller-fulfilled ODR would be under 1 % from 1 Oct; the "
        r"probability that it is under 1 % on that day is \d\d %\.",
        made.lines[1],
    )


def test_a_rate_under_the_limit_has_the_probability_of_any_breach() -> None:
    orders = [(f"m{i}", date(2026, 8, 25), DE, "mfn") for i in range(300)]
    account = make_account(orders, [("m0", "claim", date(2026, 9, 9))], known_to=TODAY)
    made = section(account, replace(CARD, state="healthy", n_orders=300, n_defective=1))
    assert made.lines[0].startswith("Seller-fulfilled ODR is 0.33 % (1 of 300 orders) and will ")
    any_breach = made.lines[1]
    assert any_breach.startswith("Seller-fulfilled ODR reaches 1 % on at least one of the 75 days")


def test_what_is_shown_stands_beside_what_it_will_be(account) -> None:
    (row,) = section(account, CARD).maturing
    assert row.shown == "2.00 % (2 of 100 orders)"
    found = re.fullmatch(r"(.*) % \((\d+) of 100 orders; 9 in 10: (\d+) to (\d+)\)", row.mature)
    assert found
    median, low, high = map(int, found.groups()[1:])
    assert 2 <= low <= median <= high
    assert row.breach == "more than 99 %"
    assert " to " in row.quality


def test_of_a_lower_bound_no_good_news_is_given(account) -> None:
    some = section(account, replace(CARD, lower_bound=True))
    assert some.lines[0] == (
        "Seller-fulfilled ODR is at least 2.00 % (2 of 100 orders); when it will be under 1 % "
        "cannot be known."
    )
    assert (some.maturing, some.fans) == ((), ())
    assert not [line for line in some.lines if "probability" in line or "forecast" in line]
    none = section(account, replace(CARD, lower_bound=True, n_defective=0, missing=("claims",)))
    assert none.lines[:2] == (
        "No forecast is made of Seller-fulfilled: claims.",
        "Seller-fulfilled: no defect is known, so neither is any rate to come.",
    )


def test_of_a_lower_bound_under_the_limit_only_bad_news_is_given() -> None:
    card = replace(CARD, state="unknown", n_orders=300, n_defective=1, lower_bound=True)
    good = [(f"m{i}", date(2026, 8, 25), DE, "mfn") for i in range(300)]
    account = make_account(good, [("m0", "claim", date(2026, 9, 9))], known_to=TODAY)
    with nothing_to_come():
        assert section(account, card).lines[0] == (
            "Seller-fulfilled ODR is at least 0.33 % (1 of 300 orders); whether it stays under 1 % "
            "cannot be known."
        )
        young = [(f"y{i}", date(2026, 9, 20), DE, "mfn") for i in range(5)]
        bad = [(f"y{i}", "claim", date(2026, 9, 29)) for i in range(5)]
        account = make_account([*good, *young], bad, known_to=TODAY)
        assert section(account, replace(card, n_defective=1)).lines[0] == (
            "Seller-fulfilled ODR is at least 0 % (0 of 300 orders) and by the known kinds of "
            "defect alone will probably reach 1 % on 5 Oct, or before."
        )


def test_orders_placed_since_all_is_known_are_not_called_placed() -> None:
    rows = [(f"{ago}-{i}", TODAY - timedelta(days=ago), DE, "mfn")
            for ago in range(200) for i in range(3)]  # fmt: skip
    bad = [(f"{ago}-0", "claim", TODAY - timedelta(days=ago - 9)) for ago in range(9, 200, 20)]
    card = replace(CARD, n_orders=180, n_defective=3)
    for known_to, clause in ((TODAY, True), (TODAY - timedelta(days=4), False)):
        account = replace(make_account(rows, bad, known_to=TODAY), known_to=known_to)
        (line,) = [
            x
            for x in section(account, card, shift_on=known_to).assumptions
            if "expected to be" in x
        ]
        assert ("every order that will count then is placed" in line) is clause


def test_long_after_the_files_end_no_forecast_is_made() -> None:
    """With a window so long that orders still count."""
    policy = Policy(window_days=200)
    orders = [(f"m{i}", date(2026, 3, 20), DE, "mfn") for i in range(100)]
    account = make_account(orders, [("m0", "claim", date(2026, 4, 1))], policy=policy)
    account = replace(account, known_to=date(2026, 4, 10))
    card = replace(CARD, state="healthy", n_orders=100, n_defective=1)
    made = section(account, card, shift_on=account.known_to)
    assert made.lines[0] == (
        "Seller-fulfilled ODR is 1.00 % (1 of 100 orders); no forecast is made, because nothing is "
        "known after 10 Apr."
    )
    assert (made.maturing, made.fans) == ((), ())
    extra = apply_scenario(account, Scenario(MoreOrders(9, defect_rate=0.0, days=1)), TODAY).table
    last = extra.iloc[20]
    assert (last.baseline_n_orders, last.scenario_n_orders) == (100, 109)
    assert (last.baseline_n_defective, last.scenario_n_defective) == (1, 1)
    assert pd.isna(last.scenario_p_breach)


def test_missing_orders_are_no_lower_bound(account) -> None:
    """They may make the rate higher or lower."""
    found = section(account, replace(CARD, missing=("no orders from 5 Sep to 14 Sep 2026",)))
    assert found.lines[:2] == (
        "No forecast is made of Seller-fulfilled: no orders from 5 Sep to 14 Sep 2026.",
        "Seller-fulfilled ODR is 2.00 % (2 of 100 orders) by the orders known.",
    )
    assert (found.maturing, found.fans) == ((), ())


def test_where_no_path_has_a_defect_no_peak_is_named() -> None:
    clean = make_account([("m", date(2026, 8, 25), DE, "mfn")], known_to=TODAY)
    card = replace(CARD, state="healthy", n_orders=1, n_defective=0)
    with nothing_to_come():
        lines = section(clean, card).lines
    assert not [line for line in lines if line.startswith("If nothing is sold")]


def test_without_a_rate_only_the_first_steps_are_left(account) -> None:
    made = section(account, replace(CARD, state="no data", n_orders=0))
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
