"""Actions about orders, against the worklist and the window."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from odr_analysis import account_from_frames, worklist
from odr_analysis.actions.candidates import by_price, candidates
from odr_analysis.actions.costs import Costs, Refund
from odr_analysis.actions.steps import STEPS
from odr_analysis.forecasting.look_ahead import LookAhead
from tests.unit.whatif.sold import TODAY, sold

MFN = ("Amazon.de", "mfn")
BOTH = Costs(removal=5, appeal=8)


@pytest.fixture(scope="module")
def account():
    orders, bad = sold(4, 40)
    bad["component"] = ["feedback" if i % 2 else "claim" for i in range(len(bad))]
    return account_from_frames(orders, bad)


@pytest.fixture(scope="module")
def look(account):
    return LookAhead.of(account, TODAY, 75)


@pytest.mark.parametrize("after", [1, 9, 40])
def test_they_are_the_open_steps_of_orders_that_count_on_the_day(account, look, after):
    by = TODAY + timedelta(days=after)
    found, left_out = candidates(look, MFN, by, BOTH)
    rows = worklist(account, TODAY)
    window = account.policy.window(by)
    placed = rows.ordered_on.dt.date
    shows = [TODAY + timedelta(days=STEPS[s].shows_after) if s else date.max for s in rows.step]
    in_time = pd.Series(shows, index=rows.index) <= by
    fits = rows[(placed >= window.start) & (placed <= window.end) & (rows.step != "") & in_time]
    assert {each.order_id for each in found} == set(fits.order_id)
    assert left_out == []
    chance = fits.set_index("order_id").chance
    for each in found:
        assert each.probability == chance[each.order_id]
        assert each.cost == (5 if each.kind == "removals" else 8)
        assert TODAY <= each.do_by <= by
        assert each.shows_on <= by


def test_what_has_no_price_is_not_done(look):
    by = TODAY + timedelta(days=20)
    assert {each.kind for each in candidates(look, MFN, by, Costs(removal=1))[0]} == {"removals"}
    assert {each.kind for each in candidates(look, MFN, by, Costs(appeal=1))[0]} == {"appeals"}


def test_of_one_price_the_most_probable_are_first(look):
    by = TODAY + timedelta(days=20)
    costs = Costs(
        removal=5,
        appeal=5,
        refunds=[Refund("6-1", 9, 0.2), Refund("7-1", 9, 0.8), Refund("8-1", 3, 0.1)],
    )
    groups = list(by_price(candidates(look, MFN, by, costs)[0]))
    assert [kind for kind, _ in groups].count("refunds") == 2
    for _, group in groups:
        p = [each.probability for each in group]
        assert p == sorted(p, reverse=True)
        assert len({each.cost for each in group}) == 1
