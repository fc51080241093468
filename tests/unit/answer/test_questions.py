"""Questions put to an account: what they answer, and what they refuse."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from odr_analysis import findings
from odr_analysis.errors import ParameterError
from tests.oracle import make_account
from tests.unit.answer.made import STORE, TODAY, account, orders


def test_head_says_what_is_counted_and_where_the_day_comes_from():
    found = findings(account(10, []))
    assert found.head.as_of == TODAY
    assert found.head.as_of_from == "latest day the exports know of"
    assert found.head.window_sentence == (
        "orders placed 18 Jul to 15 Sep (60 days; Amazon counts an order from its 15th day)"
    )
    assert found.head.marketplaces == ("Amazon.de",)
    assert findings(account(10, []), "2026-09-29").head.as_of_from == "given"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"as_of": "yesterday"}, "as_of"),
        ({"moved_days": 0}, "moved_days"),
        ({"horizon_days": 0}, "horizon_days"),
    ],
)
def test_bad_arguments_are_named(given, named):
    with pytest.raises(ParameterError, match=named):
        findings(account(10, []), **given)


def test_an_account_without_orders_has_an_answer_too():
    nothing = account(5, [])
    empty = replace(nothing, daily=nothing.daily.iloc[:0], defective=nothing.defective.iloc[:0])
    found = findings(empty)
    assert found.answer.headline == "There are no orders, so there is no rate."
    assert found.answer.cards == ()
    assert found.ahead.lines


def test_ahead_counts_leavers_and_comers_by_week():
    rows = [*orders(600), ("young", date(2026, 9, 25), *STORE)]
    # a-0 was placed on 18 Jul: its last day is 30 Sep. a-10: 28 Jul, last day 10 Oct.
    defects = [("a-0", "claim", None), ("a-10", "claim", None), ("young", "claim", TODAY)]
    ahead = findings(make_account(rows, defects, known_to=TODAY)).ahead
    assert [(w.first, w.leaves, w.enters) for w in ahead.weeks[:2]] == [
        (date(2026, 10, 1), 1, 0),
        (date(2026, 10, 8), 1, 1),
    ]
    # The young order enters on 10 Oct and leaves in turn, on 9 Dec.
    assert (ahead.weeks[-1].first, ahead.weeks[-1].last) == (date(2026, 12, 3), date(2026, 12, 9))
    assert sum(w.leaves for w in ahead.weeks) == 3
    assert "2 known defects will leave the window by 11 Oct, the first on 1 Oct." in ahead.lines
    assert "1 known defect on orders too young to count will enter, on 10 Oct." in ahead.lines
