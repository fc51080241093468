"""Two days side by side: what was counted on each, order by order."""

from __future__ import annotations

import numpy as np
import pytest

from odr_analysis.account import Account
from odr_analysis.errors import ParameterError
from odr_analysis.policy import Policy
from odr_analysis.why.two_days import Story
from tests.oracle import make_account

FROM, TO = "2026-09-23", "2026-09-30"
"""Windows: 11 Jul to 8 Sep, and 18 Jul to 15 Sep."""
DE = ("Amazon.de", "mfn")


def account_of(
    orders: list[tuple[str, str]], defects: list[tuple[str, str, str]], **policy: int
) -> Account:
    return make_account([(i, day, *DE) for i, day in orders], defects, Policy(**policy))


def ids(story: Story, part: str, measure: str = "odr") -> list[str]:
    _, _, moves = story.moves(measure)
    return story.order_ids[moves[part].at].tolist()


OLD, BOTH, NEW = ("old", "2026-07-12"), ("both", "2026-08-10"), ("new", "2026-09-12")


def test_orders_of_each_window_and_what_changed_their_number() -> None:
    story = Story.of(account_of([OLD, BOTH, NEW], []), None, FROM, TO)
    assert story.series == [DE]
    assert story.n_from.tolist() == [2]
    assert {name: n.tolist() for name, n in story.orders.items()} == {
        "orders_entered": [1],
        "orders_left": [-1],
        "orders_recounted": [0],
    }


def test_each_defective_order_is_behind_one_part() -> None:
    defects = [
        ("old", "claim", "2026-08-01"),
        ("both", "claim", "2026-09-25"),
        ("new", "feedback", "2026-09-20"),
    ]
    story = Story.of(account_of([OLD, BOTH, NEW], defects), None, FROM, TO)
    was, now, moves = story.moves("odr")
    assert sorted(story.order_ids[was]) == ["old"]
    assert sorted(story.order_ids[now]) == ["both", "new"]
    assert {part: story.order_ids[m.at].tolist() for part, m in moves.items()} == {
        "defects_entered": ["new"],
        "defects_left": ["old"],
        "reported_late": ["both"],
        "removed": [],
        "redecided": [],
    }
    assert moves["defects_left"].step.tolist() == [-1]
    assert ids(story, "defects_entered", "claim") == []
    assert ids(story, "defects_entered", "feedback") == ["new"]


def test_a_second_kind_moves_its_own_measure_and_not_the_rate() -> None:
    defects = [("both", "claim", "2026-09-01"), ("both", "feedback", "2026-09-25")]
    story = Story.of(account_of([BOTH], defects), None, FROM, TO)
    assert ids(story, "reported_late") == []
    assert ids(story, "reported_late", "feedback") == ["both"]


def test_what_an_earlier_state_knew_and_this_one_does_not_was_removed() -> None:
    before = account_of([BOTH], [("both", "claim", "2026-09-01")])
    story = Story.of(account_of([BOTH], []), before, FROM, TO)
    assert ids(story, "removed") == ["both"]
    assert story.series_to.tolist() == [-1], "no longer among the defective ones"
    assert np.array_equal(story.in_first, [True])


def test_a_store_only_the_earlier_state_knows_keeps_its_series() -> None:
    before = make_account([("a", "2026-08-10", "Amazon.fr", "mfn")])
    story = Story.of(account_of([BOTH], []), before, FROM, TO)
    assert story.series == [DE, ("Amazon.fr", "mfn")]
    assert story.n_from.tolist() == [0, 1]
    assert story.orders["orders_recounted"].tolist() == [1, -1]


def test_windows_of_other_days_cannot_be_compared() -> None:
    now, before = account_of([BOTH], []), account_of([BOTH], [], window_days=30)
    with pytest.raises(ParameterError, match="same policy"):
        Story.of(now, before, FROM, TO)
