"""What holds for every account: parts sum to changes, and equal the slow, obvious sums."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import permutations
from math import factorial

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.causes.group_tests import mix_and_rate
from odr_analysis.forecasting.cohorts import cohorts
from odr_analysis.forecasting.roll_off import roll_off
from odr_analysis.policy import Policy
from odr_analysis.rates import component_rates
from odr_analysis.why.bridge import DEFECT_PARTS, ORDER_PARTS, PARTS, bridge, bridge_orders
from odr_analysis.why.credit import component_credit
from odr_analysis.why.shares import ratio, shares_of_change
from tests.oracle import make_account
from tests.properties.test_rates import SERIES, START, accounts, day, policies

thousand = settings(max_examples=1000, deadline=None)
# Each of these examples is a table of many rows, and making one takes a hundred times as long.
hundreds = settings(max_examples=200, deadline=None)
counts = st.integers(0, 12)


@st.composite
def changes(draw: st.DrawFn) -> tuple[int, int, dict[str, int], dict[str, int]]:
    """A count of each, and effects on both that leave neither below 0."""
    defects = {"a": draw(counts), "b": draw(counts), "c": draw(st.integers(-3, 3))}
    orders = {"x": draw(counts), "y": -draw(counts), "z": draw(st.integers(-2, 2))}
    lowest_d = sum(v for v in defects.values() if v < 0)
    lowest_n = sum(v for v in orders.values() if v < 0)
    return draw(counts) - lowest_d, draw(counts) - lowest_n, defects, orders


@thousand
@given(changes())
def test_shares_sum_to_the_change(change) -> None:
    d, n, defects, orders = change
    shares = shares_of_change(d, n, defects, orders)
    after = ratio(d + sum(defects.values()), n + sum(orders.values()))
    assert sum(shares.values()) == after - ratio(d, n)


@thousand
@given(changes())
def test_a_share_is_the_mean_of_coming_first_and_second(change) -> None:
    d, n, defects, orders = change
    after_d, after_n = d + sum(defects.values()), n + sum(orders.values())
    defects_first = ratio(after_d, n) - ratio(d, n)
    defects_second = ratio(after_d, after_n) - ratio(d, after_n)
    shares = shares_of_change(d, n, defects, orders)
    assert sum(shares[name] for name in defects) == (defects_first + defects_second) / 2


@thousand
@given(changes())
def test_shares_change_their_sign_when_the_days_are_swapped(change) -> None:
    d, n, defects, orders = change
    there = shares_of_change(d, n, defects, orders)
    back = shares_of_change(
        d + sum(defects.values()),
        n + sum(orders.values()),
        {name: -v for name, v in defects.items()},
        {name: -v for name, v in orders.items()},
    )
    assert back == {name: -share for name, share in there.items()}


TEMPLATE = make_account([("o", day(0), *SERIES[0])])


@st.composite
def quick_accounts(draw: st.DrawFn, policy: Policy) -> Account:
    """An account of up to 30 orders, put together without pandas' slower roads."""
    n = draw(st.integers(1, 30))
    placed = np.array(draw(st.lists(st.integers(0, 30), min_size=n, max_size=n)))
    series = np.array(draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)))
    reported = np.full((n, 3), -1)
    for i, c, on in draw(
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, 2), st.integers(0, 45)))
    ):
        reported[i, c] = on
    marketplaces, channels = np.array(SERIES, dtype=object).T
    cells, sizes = np.unique(np.stack([placed, series]), axis=1, return_counts=True)
    hit = (reported >= 0).any(axis=1)
    start = np.datetime64(START, "us")

    def stamps(days: np.ndarray) -> np.ndarray:
        found = start + days * np.timedelta64(86_400_000_000, "us")
        return np.where(days < 0, np.datetime64("NaT"), found)

    zeros = {name: np.zeros(cells.shape[1], dtype=np.int64) for name in terms.CELL_COLUMNS}
    daily = pd.DataFrame(
        {
            "ordered_on": stamps(cells[0]),
            "marketplace": pd.array(marketplaces[cells[1]], dtype="str"),
            "channel": pd.array(channels[cells[1]], dtype="str"),
            "n_orders": sizes,
            **zeros,
        }
    )
    defective = pd.DataFrame(
        {
            "order_id": pd.array([f"o{i}" for i in np.flatnonzero(hit)], dtype="str"),
            "ordered_on": stamps(placed[hit]),
            "marketplace": pd.array(marketplaces[series[hit]], dtype="str"),
            "channel": pd.array(channels[series[hit]], dtype="str"),
            **{f"{c}_on": stamps(reported[hit, k]) for k, c in enumerate(terms.COMPONENTS)},
        }
    )
    return replace(TEMPLATE, policy=policy, daily=daily, defective=defective)


def two(data: st.DataObject) -> tuple[date, date]:
    one, other = data.draw(st.tuples(st.integers(0, 45), st.integers(0, 45)))
    return day(min(one, other)), day(max(one, other))


@hundreds
@given(st.data())
def test_the_parts_of_a_bridge_sum_to_the_change(data: st.DataObject) -> None:
    account = data.draw(quick_accounts(data.draw(policies)))
    check_sums(bridge(account, *two(data)))


@hundreds
@given(st.data())
def test_the_parts_of_a_bridge_between_two_deliveries_sum_to_the_change(
    data: st.DataObject,
) -> None:
    policy = data.draw(policies)
    before, after = data.draw(quick_accounts(policy)), data.draw(quick_accounts(policy))
    check_sums(bridge(after, *two(data), before=before))


def check_sums(table: pd.DataFrame) -> None:
    n = table.n.to_numpy().reshape(-1, len(PARTS))
    effects = table.effect.to_numpy().reshape(-1, len(PARTS)).tolist()
    assert table.part.tolist() == list(PARTS) * len(n)
    at = {part: i for i, part in enumerate(PARTS)}
    defects, orders = [at[p] for p in DEFECT_PARTS], [at[p] for p in ORDER_PARTS]
    for i, row in enumerate(table.iloc[:: len(PARTS)].to_dict("records")):
        assert row["from_n_defective"] + n[i, defects].sum() == row["to_n_defective"]
        assert row["from_n_orders"] + n[i, orders].sum() == row["to_n_orders"]
        rates = [
            ratio(row[f"{side}_n_defective"], row[f"{side}_n_orders"]) for side in ("from", "to")
        ]
        assert sum(effects[i]) == row["change"]
        assert abs(row["change"] - float(rates[1] - rates[0])) < 1e-14


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_a_bridge_stands_on_the_rates_of_its_two_days(data: st.DataObject) -> None:
    policy = data.draw(policies)
    before, after = data.draw(accounts(policy=policy)), data.draw(accounts(policy=policy))
    start, end = two(data)
    totals = bridge(after, start, end, before=before).query("part == 'removed'")
    totals = totals.set_index(["measure", "marketplace", "channel"])
    for account, when, side in ((before, start, "from"), (after, end, "to")):
        table = component_rates(account, when)
        for row in table[table.as_of == pd.Timestamp(when)].to_dict("records"):
            for measure in ("odr", *terms.COMPONENTS):
                mine = totals.loc[(measure, row["marketplace"], row["channel"])]
                name = "n_defective" if measure == "odr" else f"n_{measure}"
                assert mine[f"{side}_n_defective"] == row[name]
                assert mine[f"{side}_n_orders"] == row["n_orders"]


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_the_orders_behind_a_bridge_are_as_many_as_it_says(data) -> None:
    policy = data.draw(
        st.builds(Policy, window_days=st.integers(1, 20), lag_days=st.integers(0, 9))
    )
    before = data.draw(st.none() | accounts(policy=policy))
    after = data.draw(accounts(policy=policy))
    start, end = two(data)
    found = bridge(after, start, end, before=before)
    orders = bridge_orders(after, start, end, before=before)
    told = orders.groupby(["marketplace", "channel", "part"]).step.sum()
    for row in found[found.measure == "odr"].to_dict("records"):
        key = (row["marketplace"], row["channel"], row["part"])
        assert told.get(key, 0) == row["n"], key


@hundreds
@given(st.lists(st.tuples(*[st.integers(0, 9)] * 8), min_size=1, max_size=20))
def test_credits_sum_to_odr_and_none_is_below_what_it_adds_alone(days) -> None:
    cells = np.array(days)
    n, bad = cells.sum(axis=1), cells[:, 1:].sum(axis=1)
    rates = pd.DataFrame(cells[:, 1:], columns=list(terms.CELL_COLUMNS)).assign(
        as_of=pd.Timestamp(day(0)),
        marketplace="Amazon.de",
        channel="mfn",
        n_orders=n,
        n_defective=bad,
        odr=bad / np.where(n > 0, n, np.nan),
    )
    table = component_credit(rates)
    shown = table[table.n_orders > 0]
    credits = shown[[f"credit_{c}" for c in terms.COMPONENTS]]
    assert ((credits.sum(axis=1) - shown.odr).abs() < 1e-15).all()
    for c in terms.COMPONENTS:
        alone = shown.odr - shown[f"without_{c}"]
        assert (alone <= shown[f"credit_{c}"] + 1e-12).all()
        assert (alone >= -1e-12).all()
    assert table[table.n_orders == 0].filter(like="credit_").isna().all(axis=None)


def test_a_credit_is_the_mean_of_what_a_component_adds() -> None:
    # One order with all three kinds, one with two, one with one, of four.
    orders = [(f"o{i}", day(0), *SERIES[0]) for i in range(4)]
    kinds = {"o0": terms.COMPONENTS, "o1": ("feedback", "claim"), "o2": ("chargeback",)}
    defects = [(o, c, day(1)) for o, cs in kinds.items() for c in cs]
    account = make_account(orders, defects, Policy(), known_to=day(45))
    row = component_credit(component_rates(account, day(45))).iloc[-1]
    for component in terms.COMPONENTS:
        slow = Fraction(0)
        for order in permutations(terms.COMPONENTS):
            seen = set(order[: order.index(component)])
            without = sum(bool(set(cs) & seen) for cs in kinds.values())
            slow += sum(bool(set(cs) & (seen | {component})) for cs in kinds.values()) - without
        assert row[f"credit_{component}"] == float(slow / factorial(3) / 4)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_the_roll_off_equals_each_day_worked_out_anew(data: st.DataObject) -> None:
    policy = data.draw(policies)
    account = replace(data.draw(quick_accounts(policy)), known_to=day(45))
    today, horizon = data.draw(st.integers(20, 45)), data.draw(st.integers(0, 10))
    table = roll_off(account, day(today), horizon_days=horizon, orders_per_day=0)
    daily = account.daily.assign(at=(account.daily.ordered_on - pd.Timestamp(START)).dt.days)
    rows = account.defective
    at = (rows.ordered_on - pd.Timestamp(START)).dt.days.tolist()
    reported = rows[[f"{c}_on" for c in terms.COMPONENTS]].min(axis=1)
    known = (reported <= pd.Timestamp(day(today))).tolist()
    placed = list(zip(daily["at"], daily.marketplace, daily.channel, daily.n_orders, strict=True))
    wrong = [
        (a, m, c)
        for a, m, c, k in zip(at, rows.marketplace, rows.channel, known, strict=True)
        if k and a <= today
    ]
    before: dict[tuple[str, str], int] = {}
    for row in table.to_dict("records"):
        when = (row["day"].date() - START).days
        series = (row["marketplace"], row["channel"])
        window = range(when - policy.lag_days - policy.window_days + 1, when - policy.lag_days + 1)
        n = sum(k for a, m, c, k in placed if (m, c) == series and a in window and a <= today)
        d = sum((m, c) == series and a in window for a, m, c in wrong)
        assert (row["n_orders"], row["n_defective"]) == (n, d)
        assert pd.isna(row["p_breach"]) if n == 0 else 0 <= row["p_breach"] <= 1
        # What is known does not go away: at the target by known defects it is there for sure.
        if n and Fraction(d, n) >= Fraction("0.01"):
            assert row["p_breach"] == 1
        if series in before:
            assert d == before[series] + row["n_entering"] - row["n_leaving"]
        before[series] = d


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_each_cell_of_the_cohorts_equals_counting_its_orders(data: st.DataObject) -> None:
    account = data.draw(quick_accounts(Policy()))
    component = data.draw(st.none() | st.sampled_from(terms.COMPONENTS))
    today = day(data.draw(st.integers(0, 45)))
    table = cohorts(account, today, component=component)
    kinds = [component] if component else list(terms.COMPONENTS)
    rows = account.defective.assign(
        known=account.defective[[f"{c}_on" for c in kinds]].min(axis=1)
    ).to_dict("records")
    for row in table.to_dict("records"):
        monday = row["week"]
        assert monday.weekday() == 0
        sunday = monday + pd.Timedelta(days=6)
        mine = (account.daily.marketplace == row["marketplace"]) & (
            account.daily.channel == row["channel"]
        )
        week = account.daily.ordered_on.between(monday, sunday)
        week &= account.daily.ordered_on <= pd.Timestamp(today)
        assert row["n_orders"] == account.daily.n_orders[mine & week].sum()
        grown = [
            r
            for r in rows
            if (r["marketplace"], r["channel"]) == (row["marketplace"], row["channel"])
            and monday <= r["ordered_on"] <= min(sunday, pd.Timestamp(today))
            and r["known"] <= pd.Timestamp(today)
            and (r["known"] - r["ordered_on"]).days < 7 * (row["age_weeks"] + 1)
        ]
        assert row["n_defective"] == len(grown)
        reached = sunday + pd.Timedelta(days=7 * (row["age_weeks"] + 1) - 1)
        assert row["mature"] == (reached <= pd.Timestamp(today))


@thousand
@given(st.lists(st.tuples(*[st.integers(0, 9)] * 4), min_size=1, max_size=6))
def test_mix_and_rate_sum_to_the_change(rows) -> None:
    counts = pd.DataFrame(
        [
            {
                "level": str(i),
                "from_n_orders": bad0 + good0,
                "from_n_defective": bad0,
                "to_n_orders": bad1 + good1,
                "to_n_defective": bad1,
            }
            for i, (bad0, good0, bad1, good1) in enumerate(rows)
        ]
    )
    table = mix_and_rate(counts)
    whole = counts.drop(columns="level").sum()
    if not whole.from_n_orders or not whole.to_n_orders:
        assert table.mix_effect.isna().all()
        return
    change = ratio(int(whole.to_n_defective), int(whole.to_n_orders)) - ratio(
        int(whole.from_n_defective), int(whole.from_n_orders)
    )
    assert abs(float((table.mix_effect + table.rate_effect).sum()) - float(change)) < 1e-12
