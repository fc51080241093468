"""The cards: exact counts, the budget, and why there is no number."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from odr_analysis import findings
from odr_analysis.policy import Policy
from tests.oracle import make_account
from tests.unit.answer.made import STORE, TODAY, account, claims, only_card, orders


def test_card_has_exact_counts_and_words_for_them():
    defects = [*claims(3), ("a-0", "feedback", TODAY), ("a-9", "chargeback", TODAY)]
    card = only_card(findings(account(1000, defects)))
    assert (card.n_orders, card.n_defective) == (1000, 4)
    assert card.odr == 4 / 1000
    assert [(c.component, c.n) for c in card.components] == [
        ("feedback", 1),
        ("claim", 3),
        ("chargeback", 1),
    ]
    assert card.overlap == "1 order has two kinds; each counts once."
    assert card.state == "healthy"
    assert (
        card.sentence
        == "Seller-fulfilled: 0.40 % (4 of 1,000 orders). 5 more defects fit under 1 %."
    )
    assert card.notes == ()


def test_all_three_kinds_on_one_order_are_said():
    defects = [("a-0", kind, TODAY) for kind in ("feedback", "claim", "chargeback")]
    assert only_card(findings(account(500, defects))).overlap == (
        "1 order has all three; each counts once."
    )


@pytest.mark.parametrize(
    ("d", "state", "word", "budget"),
    [
        (6, "healthy", "Healthy", "3 more defects fit under 1 %."),
        (7, "warning", "Close to the limit", "2 more defects fit under 1 %."),
        (
            9,
            "warning",
            "Close to the limit",
            "No room left: one more defect and it is 1 % or more.",
        ),
        (
            10,
            "critical",
            "At the limit",
            "To be under 1 % it needs 1 more good order, or 1 defect fewer.",
        ),
        (
            14,
            "critical",
            "Over the limit",
            "To be under 1 % it needs 401 more good orders, or 5 defects fewer.",
        ),
    ],
)
def test_budget_of_a_thousand_orders(d, state, word, budget):
    policy = Policy()
    card = only_card(findings(account(1000, claims(d))))
    assert (card.state, card.state_word, card.budget) == (state, word, budget)
    if state == "critical":
        more = int(card.budget.split("needs ")[1].split(" ")[0])
        assert policy.under_target(d, 1000 + more)
        assert not policy.under_target(d, 1000 + more - 1)
    else:
        fits = policy.defect_budget(d, 1000)
        assert policy.under_target(d + fits, 1000)
        assert not policy.under_target(d + fits + 1, 1000)


def test_counts_lead_where_one_defect_cannot_fit():
    card = only_card(findings(account(45, claims(1))))
    assert card.counts_lead
    assert card.sentence == (
        "Seller-fulfilled: 1 of 45 orders (2.22 %). One defect needs 101 orders to stay under 1 %."
    )
    assert only_card(findings(account(45, []))).budget == (
        "Too few orders for a defect: one defect needs 101 orders to stay under 1 %."
    )
    assert only_card(findings(account(45, claims(2)))).budget == (
        "2 defects need 201 orders to stay under 1 %."
    )
    assert not only_card(findings(account(101, claims(1)))).counts_lead


def test_no_data_says_why_and_which_day_would_do():
    rows = orders(40, date(2022, 4, 27), over=4)
    found = findings(make_account(rows, known_to=date(2022, 4, 30)))
    card = only_card(found)
    assert card.state == "no data"
    assert pd.isna(card.odr)
    assert card.notes == (
        "The orders in the exports were placed 27 Apr to 30 Apr 2022; they count from "
        "12 May 2022 on. Try --as-of 2022-05-12 or later, up to 2022-07-13.",
    )
    assert found.answer.trends == ()
    assert found.answer.headline == "No order counts on this day, so there is no rate."
    assert found.defects.sentence == "None, because no order counts on this day."
    # The days named are the first and last with a rate.
    for day, n in (("2022-05-11", 0), ("2022-05-12", 10), ("2022-07-13", 10), ("2022-07-14", 0)):
        assert only_card(findings(make_account(rows), day)).n_orders == n


def test_no_data_after_the_last_order_left():
    rows = orders(4, date(2026, 1, 1), over=4)
    card = only_card(findings(make_account(rows), TODAY))
    assert "the last of them counted until 19 Mar 2026. Add newer exports." in card.notes[0]


def test_window_beyond_the_exports_is_said_on_the_card():
    late = make_account(orders(100, date(2026, 8, 20), over=20), known_to=TODAY)
    assert only_card(findings(late)).notes[0] == (
        "The exports begin on 20 Aug, the window on 18 Jul: 33 of its days are missing, so the "
        "counts are too low."
    )
    early = account(600, [])
    note = only_card(findings(early, TODAY + timedelta(days=30))).notes[0]
    assert note == (
        "The exports end on 30 Sep, the window on 15 Oct: 15 of its days are missing, so the "
        "counts are too low."
    )


def test_silence_at_the_end_of_the_order_export_is_said():
    rows = [("old", date(2026, 7, 1), *STORE), *orders(300, over=30)]
    (note,) = only_card(findings(make_account(rows, known_to=TODAY))).notes
    assert note.startswith("No order after 16 Aug is in the exports")


def test_headline_names_the_pressing_series_and_cards_come_in_that_order():
    rows = [("old", date(2026, 7, 1), *STORE)]
    rows += orders(500) + orders(500, key="b", store=("Amazon.de", "afn"))
    bad = [(f"b-{i}", "claim", TODAY) for i in range(6)]
    answer = findings(make_account(rows, bad)).answer
    assert [card.channel for card in answer.cards] == ["afn", "mfn"]
    assert [trend.channel for trend in answer.trends] == ["afn", "mfn"]
    assert answer.headline == "Amazon-fulfilled is over the limit: the rate must stay below 1 %."
    calm = findings(make_account(rows, known_to=TODAY)).answer
    assert calm.headline == (
        "Below the limit today: both rates are below the early warning at 0.7 %."
    )


def test_a_rate_without_room_is_not_called_fine_in_the_headline():
    # 1 of 150 is under 0.7 %, and 2 of 150 would be over 1 %.
    rows = [("old", date(2026, 7, 1), *STORE), *orders(150)]
    answer = findings(make_account(rows, claims(1), known_to=TODAY)).answer
    assert answer.state == "healthy"
    assert answer.headline == (
        "Below the limit today: Seller-fulfilled is below the early warning at 0.7 %, but it has "
        "no room for one more defect."
    )
