"""The fast look ahead equals a recount of every order; inverses equal a search."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis import removal_effects, terms
from odr_analysis.policy import Policy
from odr_analysis.whatif import MoreOrders, Removed, Scenario, apply_scenario, orders_needed
from tests.nothing_to_come import nothing_to_come
from tests.oracle import make_account

TODAY = date(2026, 9, 30)
POLICY = Policy(window_days=12, lag_days=4)
"""A small window, so that few days reach every edge."""
HORIZON = 20
SERIES = (("Amazon.de", "mfn"), ("Amazon.de", "afn"), ("Amazon.fr", "mfn"))
fast = settings(max_examples=25, deadline=None)

order = st.tuples(st.integers(28, 60), st.sampled_from(SERIES))
recent_order = st.tuples(st.integers(0, 30), st.sampled_from(SERIES))
defect = st.tuples(
    st.integers(0, 11), st.sampled_from(terms.COMPONENTS), st.one_of(st.none(), st.integers(-3, 20))
)


def rows_of(orders):
    return [
        (f"{i}", TODAY - timedelta(days=ago), marketplace, channel)
        for i, (ago, (marketplace, channel)) in enumerate(orders)
    ]


def defects_of(defects, rows):
    return [
        (rows[i][0], component, None if ago is None else TODAY - timedelta(days=ago))
        for i, component, ago in defects
        if i < len(rows)
    ]


def recount(rows, defects, policy, day, pair):
    """Orders and defective orders counting on `day`, one order at a time."""
    window, bad = policy.window(day), {order_id for order_id, _, _ in defects}
    counting = [
        order_id
        for order_id, ordered_on, *series in rows
        if tuple(series) == pair and window.start <= ordered_on <= window.end
    ]
    return len(counting), sum(order_id in bad for order_id in counting)


def without(defects, ids):
    return [d for d in defects if not (d[1] == "feedback" and d[0] in ids)]


def known(defects):
    return [d for d in defects if d[2] is None or d[2] <= TODAY]


@fast
@given(
    orders=st.lists(order, min_size=1, max_size=12),
    defects=st.lists(defect, max_size=8),
    policy=st.builds(Policy, window_days=st.integers(1, 70), lag_days=st.integers(0, 20)),
    extra=st.integers(0, 4),
    start=st.integers(1, 8),
    length=st.integers(0, 6),
    where=st.integers(0, 11),
    removed=st.sets(st.integers(0, 11), max_size=4),
)
def test_known_future_equals_a_recount_with_the_orders_added(
    orders, defects, policy, extra, start, length, where, removed
):
    rows = rows_of(orders)
    bad = defects_of(defects, rows)
    account = make_account(rows, bad, policy=policy, known_to=TODAY)
    marketplace, channel = orders[where % len(orders)][1]
    ids = frozenset(str(i) for i in removed if i < len(rows))
    scenario = Scenario(
        MoreOrders(
            extra,
            defect_rate=0.0,
            start=TODAY + timedelta(days=start),
            days=length,
            marketplace=marketplace,
            channel=channel,
        ),
        Removed(ids),
    )
    with nothing_to_come():
        frame = apply_scenario(account, scenario, TODAY, HORIZON).table

    added = [
        (f"extra {day} {i}", TODAY + timedelta(days=start + day), marketplace, channel)
        for day in range(length)
        for i in range(extra)
    ]
    facts = {
        "baseline": (rows, known(bad)),
        "scenario": (rows + added, without(known(bad), ids)),
    }
    assert len(frame) == (HORIZON + 1) * len(account.series)
    for row in frame.itertuples():
        for which, (placed, defective) in facts.items():
            pair = (row.marketplace, row.channel)
            n, d = recount(placed, defective, policy, row.day.date(), pair)
            assert getattr(row, f"{which}_n_orders") == n
            assert getattr(row, f"{which}_n_defective") == d
            odr = getattr(row, f"{which}_odr")
            assert odr == d / n if n else pd.isna(odr)


@fast
@given(
    per_day=st.integers(1, 3),
    extra=st.integers(0, 3),
    start=st.integers(1, 6),
    length=st.integers(0, 5),
)
def test_extra_orders_come_on_top_of_the_ordinary_ones(per_day, extra, start, length):
    history = [TODAY - timedelta(days=i) for i in range(40)]
    rows = [(f"{d} {i}", d, *SERIES[0]) for d in history for i in range(per_day)]
    more = [
        (f"x {day} {i}", TODAY + timedelta(days=start + day), *SERIES[0])
        for day in range(length)
        for i in range(extra)
    ]
    scenario = Scenario(
        MoreOrders(extra, defect_rate=0.0, start=TODAY + timedelta(days=start), days=length)
    )
    frame = apply_scenario(make_account(rows, policy=POLICY), scenario, TODAY, HORIZON).table
    for row in frame.itertuples():
        added = recount(more, [], POLICY, row.day.date(), SERIES[0])[0]
        assert row.scenario_n_orders == row.baseline_n_orders + added


@fast
@given(
    orders=st.lists(recent_order, min_size=1, max_size=12),
    defects=st.lists(defect, max_size=10),
    removed=st.sets(st.integers(0, 11)),
)
def test_removing_feedback_never_raises_odr(orders, defects, removed):
    rows = rows_of(orders)
    account = make_account(rows, defects_of(defects, rows), policy=POLICY, known_to=TODAY)
    ids = frozenset(str(i) for i in removed if i < len(rows))
    frame = apply_scenario(account, Scenario(Removed(ids)), TODAY, HORIZON).table
    assert (frame.delta.dropna() <= 0).all()
    assert (frame.scenario_n_defective >= 0).all()
    assert frame.scenario_n_orders.equals(frame.baseline_n_orders)
    table = removal_effects(account, TODAY)
    assert (table.delta <= 0).all()
    assert (table.effect.str.startswith("changes nothing") == (table.delta == 0)).all()


@fast
@given(orders=st.lists(recent_order, min_size=1, max_size=15), defects=st.lists(defect, max_size=8))
def test_what_is_known_is_exact_until_the_lag_has_passed(orders, defects):
    rows = rows_of(orders)
    account = make_account(rows, defects_of(defects, rows), policy=POLICY, known_to=TODAY)
    frame = apply_scenario(account, Scenario(), TODAY, HORIZON).table
    exact = frame[frame.day <= pd.Timestamp(TODAY) + pd.Timedelta(days=POLICY.lag_days)]
    assert (exact.baseline_n_orders == exact.known_n_orders).all()
    assert (frame.baseline_n_defective >= frame.known_n_defective).all()
    assert (frame.baseline_n_orders >= frame.known_n_orders).all()
    today = frame[frame.day == pd.Timestamp(TODAY)]
    assert (today.baseline_n_defective == today.known_n_defective).all()
    assert frame.scenario_odr.equals(frame.baseline_odr)


rates = st.integers(0, 40).map(lambda n: n / 1000)


@settings(max_examples=150, deadline=None)
@given(
    n_orders=st.integers(0, 400),
    share=st.integers(0, 30),
    defect_rate=rates,
    target=st.sampled_from([0.01, 0.02, 0.007]),
)
def test_orders_needed_equals_a_search(n_orders, share, defect_rate, target):
    n_defective = min(share, n_orders)
    p, t = Fraction(str(defect_rate)), Fraction(str(target))

    def under(n: int) -> bool:
        return n_defective + p * n < t * (n_orders + n)

    answer = orders_needed(n_defective, n_orders, defect_rate=defect_rate, target=target)
    # Beyond this many nothing turns: the gap of at most 30 closes by at least 1/1000 an order.
    reach = 31_000
    if answer.n is None:
        assert not answer.possible
        assert not any(under(n) for n in (0, 1, 10, 1_000, reach))
        assert p >= t
        return
    assert under(answer.n)
    assert answer.n == 0 or not under(answer.n - 1)
    assert answer.n <= reach
    if answer.safe_up_to is None:
        assert p <= t or answer.n > 0
    else:
        assert under(answer.safe_up_to)
        assert not under(answer.safe_up_to + 1)
