"""Orders a scenario names, against a recount order by order."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import numpy as np
import pandas as pd
import pytest

from odr_analysis import account_from_frames, apply_scenario, terms
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.whatif import MoreOrders, NewDefect, Removed, Scenario
from odr_analysis.whatif.touched import Idle, Touched, changes_by_series, touched
from tests.oracle import make_account

pytestmark = pytest.mark.filterwarnings("ignore:.*as if nothing were missing")

TODAY = date(2026, 9, 30)
DE = "Amazon.de"
MFN = (DE, "mfn")

ORDERS = [
    *((f"m{i}", date(2026, 8, 1 + i), DE, "mfn") for i in range(10)),
    ("young", date(2026, 9, 20), DE, "mfn"),
    ("gone", date(2026, 7, 1), DE, "mfn"),
    ("a0", date(2026, 8, 1), DE, "afn"),
]
DEFECTS = [
    ("m1", "feedback", date(2026, 8, 20)),
    ("m2", "feedback", date(2026, 8, 21)),
    ("m2", "claim", date(2026, 8, 30)),
    ("m3", "claim", None),
    ("m4", "chargeback", date(2026, 9, 30)),
    ("young", "feedback", date(2026, 9, 25)),
    ("gone", "feedback", date(2026, 7, 20)),
    ("a0", "feedback", date(2026, 9, 1)),
]


@pytest.fixture(scope="module")
def account():
    return make_account(ORDERS, DEFECTS, known_to=TODAY)


@pytest.fixture(scope="module")
def look(account):
    return LookAhead.of(account, TODAY, 75)


def changes(look, *done, n_draws=1):
    orders, _ = touched(look, Scenario(*done))
    return changes_by_series(look, orders, dict.fromkeys(look.size, n_draws), seed=5)


def recount(look, defective):
    """Defective orders of the seller-fulfilled series by day; `defective(order id, day)`."""
    found = []
    for ahead in range(76):
        day = TODAY + timedelta(days=ahead)
        placed = [(o, d) for o, d, _, channel in ORDERS if channel == "mfn"]
        found.append(
            sum(15 <= (day - ordered).days < 75 and defective(o, day) for o, ordered in placed)
        )
    return np.array(found)


def known(look):
    return look.n_defective[:, list(look.size).index(MFN)]


KNOWN = {(order, kind) for order, kind, _ in DEFECTS}


def has(order, *but):
    return any((order, kind) in KNOWN and kind not in but for kind in terms.COMPONENTS)


def test_baseline_of_the_recount(look):
    assert recount(look, lambda o, _: has(o)).tolist() == known(look).tolist()


@pytest.mark.parametrize("on", [None, date(2026, 10, 3), date(2026, 10, 20), date(2027, 1, 1)])
def test_removals_take_an_order_out_from_their_day_on(look, on):
    done = Removed(["m1", "m2", "young", "gone"], on=on)
    first = on or TODAY

    def defective(order, day):
        cleared = day >= first and order in done.orders and not has(order, "feedback")
        return has(order) and not cleared

    expected = recount(look, defective) - known(look)
    found = changes(look, done).get(MFN, np.zeros((1, 76), dtype=int))
    assert found.tolist() == [expected.tolist()]


def test_an_order_is_clear_once_all_its_defects_are(look):
    both = changes(look, Removed(["m2"]), Removed(["m2"], "claim", on=date(2026, 10, 5)))[MFN]
    alone = changes(look, Removed(["m2"]))
    assert alone == {}
    expected = [-1 if 5 <= ahead <= 16 else 0 for ahead in range(76)]  # leaves after 16 Oct
    assert both.tolist() == [expected]


def test_a_new_defect_counts_once_and_while_its_order_does(look):
    new = changes(look, NewDefect("m5", on=date(2026, 10, 2)))[MFN]
    # Placed on 6 Aug: counts to 19 Oct.
    assert new.tolist() == [[1 if 2 <= ahead <= 19 else 0 for ahead in range(76)]]
    assert changes(look, NewDefect("m1")) == {}
    # Feedback removed and a claim filed: the order is defective again from that day on.
    again = changes(look, Removed(["m1"]), NewDefect("m1", on=date(2026, 10, 10)))[MFN]
    assert again.tolist() == [[-1 if ahead < 10 else 0 for ahead in range(76)]]


def test_new_defects_of_a_day(look):
    new = changes(look, NewDefect(ordered_on=date(2026, 10, 3), n=4))[MFN]
    assert new.tolist() == [[4 if ahead >= 18 else 0 for ahead in range(76)]]
    afn = changes(look, NewDefect(ordered_on=date(2026, 10, 1), channel="afn"))
    assert list(afn) == [(DE, "afn")]


def test_probabilities_are_met_and_orders_are_independent(look):
    n = 20_000
    done = (
        Removed(["m1"], probability=0.3),
        Removed(["m2"], probability=0.5),
        Removed(["m2"], "claim", probability=0.4),
        NewDefect("m5", probability=0.2, on=TODAY),
    )
    whole = changes(look, *done, n_draws=n)[MFN]
    counts = pd.Series(whole[:, 0]).value_counts(normalize=True)
    slow: dict[int, float] = {}
    for m1, m2, claim, new in product((False, True), repeat=4):
        p = (0.3 if m1 else 0.7) * 0.5 * (0.4 if claim else 0.6) * (0.2 if new else 0.8)
        total = -m1 - (m2 and claim) + new
        slow[total] = slow.get(total, 0.0) + p
    for total, p in slow.items():
        assert counts[total] == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / n))


def test_luck_of_one_order_is_that_whatever_else_is_done(look):
    alone = changes(look, Removed(["m1"], probability=0.5), n_draws=400)[MFN]
    other = changes(look, NewDefect("m5", probability=0.5, on=TODAY), n_draws=400)[MFN]
    both = changes(
        look,
        NewDefect("m5", probability=0.5, on=TODAY),
        Removed(["m1"], probability=0.5),
        n_draws=400,
    )[MFN]
    assert (both == alone + other).all()


def test_removing_more_never_makes_it_worse(look):
    ids = ["m1", "m2", "young", "gone"]
    for n in range(len(ids)):
        few = changes(look, Removed(ids[:n], probability=0.5), n_draws=300).get(MFN, 0)
        more = changes(look, Removed(ids[: n + 1], probability=0.5), n_draws=300).get(MFN, 0)
        assert np.all(np.asarray(more) <= few)


@pytest.mark.parametrize(
    ("done", "idle"),
    [
        (Removed(["m9"]), Idle("m9", "feedback", "none")),
        (Removed(["m3"]), Idle("m3", "feedback", "none")),
        (Removed(["gone"]), Idle("gone", "feedback", "left")),
        (Removed(["m2"]), Idle("m2", "feedback", "other defects", ("claim",))),
        (Removed(["m1"], on=date(2026, 10, 20)), Idle("m1", "feedback", "too late")),
        (NewDefect("m2", component="chargeback"),
         Idle("m2", "chargeback", "defective", ("feedback", "claim"), new=True)),
        (NewDefect("m3"), Idle("m3", "claim", "defective", ("claim",), new=True)),
        (NewDefect("gone"), Idle("gone", "claim", "left", new=True)),
        (NewDefect("m5", on=date(2026, 11, 20)), Idle("m5", "claim", "too late", new=True)),
    ],
)  # fmt: skip
def test_what_changes_nothing_is_named_with_the_reason(look, done, idle):
    assert touched(look, Scenario(done))[1] == (idle,)
    assert changes(look, done) == {}


def test_what_changes_something_is_not_idle(look):
    for done in (Removed(["m1", "young"]), Removed(["m3"], "claim"), NewDefect("m5")):
        assert touched(look, Scenario(done))[1] == ()


def test_what_was_not_known_yet_cannot_be_removed(account):
    look = LookAhead.of(account, "2026-08-29", 75)
    # The claim on m2 was still to come: its feedback is all there is.
    orders, idle = touched(look, Scenario(Removed(["m2"]), Removed(["young"])))
    assert [o.known for o in orders] == [("feedback",)]
    assert idle == (Idle("young", "feedback", "none"),)


@pytest.mark.parametrize(
    ("done", "says"),
    [
        (Removed(["m11", "nobody"]), r"does not have: m11, nobody; did you mean 'm1'\?"),
        (NewDefect("nobody"), "does not have: nobody"),
        (Removed(["m1"], on=date(2026, 9, 29)), "removed: on is 2026-09-29, before 2026-09-30"),
        (NewDefect("m5", on=date(2026, 9, 1)), "new_defect: on is 2026-09-01, before"),
        (NewDefect(ordered_on=date(2026, 11, 1), on=date(2026, 10, 1)),
         "before 2026-11-01, the day the order is placed"),
        (NewDefect(ordered_on=TODAY, marketplace="Amazon.fr"), r"orders of marketplace Amazon\.fr"),
        (NewDefect(ordered_on=TODAY), r"Seller-fulfilled on Amazon\.de has 0 of that day"),
        (NewDefect(ordered_on=date(2026, 8, 2)), "has 1 of that day, of which 0 are not"),
        (NewDefect(ordered_on=date(9999, 12, 31)), "more than 3,660 days after"),
        (MoreOrders(1, start=date(9999, 12, 30), days=1000), "more than 3,660 days after"),
        (Removed(rule="produkt"), "no rule is called 'produkt'"),
    ],
)  # fmt: skip
def test_bad_input_is_refused(account, done, says):
    with pytest.raises(ParameterError, match=says):
        apply_scenario(account, Scenario(done), TODAY)


def test_one_defect_is_new_once(account):
    twice = Scenario(NewDefect("m5"), NewDefect("m5", probability=0.5))
    with pytest.raises(ParameterError, match="claim of order m5 is given twice"):
        apply_scenario(account, twice, TODAY)


def test_feedback_to_which_a_rule_seems_to_apply():
    orders = pd.DataFrame(
        {"order_id": ["a", "b", "c"], "ordered_on": "2026-08-20", "marketplace": "Amazon.com",
         "channel": "mfn"}
    )  # fmt: skip
    bad = pd.DataFrame(
        {"order_id": ["a", "b"], "component": "feedback", "reported_on": "2026-09-01",
         "comment": ["The seller is a fucking idiot", "Seller never answered my messages"]}
    )  # fmt: skip
    account = account_from_frames(orders, bad)
    effect = apply_scenario(account, Scenario(Removed(rule="obscene")), TODAY)
    assert [order.order_id for order in effect.orders] == ["a"]
    assert effect.removed == {("Amazon.com", "mfn"): 1}


def test_a_touched_order_without_events_changes_nothing():
    order = Touched("x", MFN, 0, ("claim",))
    days = np.arange(5)
    assert not order.changes(days, days >= 0, 10, 1).any()
