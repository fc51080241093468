"""What holds for every account: the fast rates equal the slow ones, and parts sum to wholes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.policy import Policy
from odr_analysis.rates import (
    component_rates,
    defective_orders,
    rolling_sum,
)
from odr_analysis.why.moved import moved_orders, what_moved
from tests.oracle import make_account, rate_on

START = date(2026, 1, 1)
COUNTS = ["n_orders", "n_defective", *terms.COMPONENT_COLUMNS, *terms.CELL_COLUMNS]
SERIES = [
    ("Amazon.de", "mfn"),
    ("Amazon.de", "afn"),
    ("Amazon.fr", "mfn"),
    ("Amazon.de", "unknown"),
]

few = settings(max_examples=25, deadline=None)
day_offsets = st.integers(0, 45)
policies = st.builds(Policy, window_days=st.integers(1, 20), lag_days=st.integers(0, 12))


def day(offset: int) -> date:
    return START + timedelta(days=offset)


@st.composite
def accounts(draw: st.DrawFn, policy: Policy | None = None) -> Account:
    """Up to 15 orders of four series, with defects known before, in and after the window."""
    n = draw(st.integers(1, 15))
    placed = draw(st.lists(st.integers(0, 30), min_size=n, max_size=n))
    series = draw(st.lists(st.sampled_from(SERIES), min_size=n, max_size=n))
    orders = [(f"o{i}", day(placed[i]), *series[i]) for i in range(n)]
    defects = draw(
        st.lists(
            st.tuples(
                st.integers(0, n - 1).map("o{}".format),
                st.sampled_from(terms.COMPONENTS),
                st.none() | day_offsets.map(day),
            ),
            max_size=20,
        )
    )
    return make_account(orders, defects, policy or draw(policies), known_to=day(45))


def counts_on(account: Account, as_of: date, **options: str) -> dict[tuple, dict[str, int]]:
    """Counts of the last day of `component_rates`, by marketplace and channel."""
    table = component_rates(account, as_of, **options)
    table = table[table["as_of"] == pd.Timestamp(as_of)]
    return table.set_index(list(terms.SERIES_KEYS))[COUNTS].to_dict("index")


@given(
    daily=st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), max_size=30),
    window_days=st.integers(1, 35),
)
def test_rolling_sum_equals_summing_each_window(daily: list[list[int]], window_days: int) -> None:
    counts = np.array(daily, dtype=np.int32).reshape(-1, 3)
    slow = [counts[max(0, t - window_days + 1) : t + 1].sum(axis=0) for t in range(len(counts))]
    assert rolling_sum(counts, window_days).tolist() == [row.tolist() for row in slow]


@few
@given(account=accounts(), offsets=st.lists(st.integers(-5, 70), min_size=1, max_size=4))
def test_fast_equals_slow_on_any_day(account: Account, offsets: list[int]) -> None:
    table = component_rates(account, day(max(offsets)))
    table = table.set_index(["as_of", *terms.SERIES_KEYS])[COUNTS]
    nothing = dict.fromkeys(COUNTS, 0)
    for offset in offsets:
        for series in account.series:
            key = (pd.Timestamp(day(offset)), *series)
            fast = table.loc[key].to_dict() if key in table.index else nothing
            assert fast == rate_on(account, day(offset), *series)


@few
@given(account=accounts(), last=st.integers(0, 60), offset=st.integers(0, 60))
def test_known_now_equals_slow_with_reports_moved_to_the_order_day(
    account: Account, last: int, offset: int
) -> None:
    """Crediting at once is the same as every defect known by the last day being known at once."""
    at_once = account.defective.copy()
    for component in terms.COMPONENTS:
        on = at_once[f"{component}_on"]
        at_once[f"{component}_on"] = at_once["ordered_on"].where(on <= pd.Timestamp(day(last)))
    credited = replace(account, defective=at_once)
    table = component_rates(account, day(last), known="now")
    table = table.set_index(["as_of", *terms.SERIES_KEYS])[COUNTS]
    for series in account.series:
        key = (pd.Timestamp(day(min(offset, last))), *series)
        slow = rate_on(credited, day(min(offset, last)), *series)
        assert (
            table.loc[key].to_dict() if key in table.index else dict.fromkeys(COUNTS, 0)
        ) == slow


@few
@given(account=accounts(), last=st.integers(0, 60))
def test_then_and_now_agree_on_the_last_day(account: Account, last: int) -> None:
    assert counts_on(account, day(last)) == counts_on(account, day(last), known="now")


@few
@given(account=accounts(), known=st.sampled_from(["then", "now"]))
def test_parts_sum_to_the_whole(account: Account, known: str) -> None:
    table = component_rates(account, day(60), known=known)
    assert (table[list(terms.CELL_COLUMNS)].sum(axis=1) == table["n_defective"]).all()
    for component in terms.COMPONENTS:
        cells = [f"n_{cell}" for cell in terms.cells_with(component)]
        assert (table[cells].sum(axis=1) == table[f"n_{component}"]).all()
    components = table[list(terms.COMPONENT_COLUMNS)]
    assert (table["n_defective"] <= components.sum(axis=1)).all()
    assert (table["n_defective"] >= components.max(axis=1)).all()
    assert (table["n_defective"] <= table["n_orders"]).all()
    assert (table[COUNTS] >= 0).all(axis=None)
    some = table[table["n_orders"] > 0]
    assert (some["odr"] == some["n_defective"] / some["n_orders"]).all()
    assert ((some["lower"] <= some["odr"]) & (some["odr"] <= some["upper"])).all()
    none = table[table["n_orders"] == 0]
    assert none[["odr", "lower", "upper"]].isna().all(axis=None)


@few
@given(account=accounts())
def test_every_day_and_series_is_there_once(account: Account) -> None:
    table = component_rates(account, day(60))
    days = table["as_of"].drop_duplicates()
    assert (days.diff().dropna() == pd.Timedelta(days=1)).all()
    assert days.iloc[-1] == pd.Timestamp(day(60))
    assert len(table) == len(days) * len(account.series)
    assert not table.duplicated(["as_of", *terms.SERIES_KEYS]).any()


@few
@given(account=accounts(), seed=st.integers(0, 2**32 - 1))
def test_row_order_does_not_matter(account: Account, seed: int) -> None:
    tables = ("daily", "defective", "defects")
    shuffled = replace(
        account,
        **{name: getattr(account, name).sample(frac=1, random_state=seed) for name in tables},
    )
    for one, other in (
        (component_rates(account), component_rates(shuffled)),
        (defective_orders(account), defective_orders(shuffled)),
        (what_moved(account, day(20), day(30)), what_moved(shuffled, day(20), day(30))),
        (moved_orders(account, day(20), day(30)), moved_orders(shuffled, day(20), day(30))),
    ):
        pd.testing.assert_frame_equal(one, other)


@few
@given(account=accounts(), data=st.data())
def test_removing_a_defect_never_raises_the_rate(account: Account, data: st.DataObject) -> None:
    left = account.defective.copy()
    if len(left):
        row = data.draw(st.integers(0, len(left) - 1))
        component = data.draw(st.sampled_from(terms.COMPONENTS))
        left.loc[left.index[row], f"{component}_on"] = pd.NaT
    before = component_rates(account, day(60))
    after = component_rates(replace(account, defective=left), day(60))
    assert (after["n_defective"] <= before["n_defective"]).all()
    assert (after["n_orders"] == before["n_orders"]).all()


@few
@given(account=accounts(), offset=st.integers(0, 70))
def test_defective_orders_are_the_numerator(account: Account, offset: int) -> None:
    today = pd.Timestamp(day(offset))
    table = defective_orders(account, today)
    assert not table["order_id"].duplicated().any()
    counting = table[table["phase"] == "counts"]
    for series, counts in counts_on(account, day(offset)).items():
        mine = (counting["marketplace"] == series[0]) & (counting["channel"] == series[1])
        assert mine.sum() == counts["n_defective"]
        assert [counting.loc[mine, c].sum() for c in terms.COMPONENTS] == [
            counts[f"n_{c}"] for c in terms.COMPONENTS
        ]
    assert (table["leaves_on"] >= today).all()
    assert (table["days_left"].between(1, account.policy.window_days)).all()
    assert (table["shown_since"].between(table["enters_on"], table["leaves_on"])).all()
    assert ((table["enters_on"] > today) == (table["phase"] == "enters later")).all()
    assert (counting["shown_since"] <= today).all()
    pd.testing.assert_frame_equal(
        defective_orders(account, today, include_entering=False), counting.reset_index(drop=True)
    )


@few
@given(account=accounts(), first=st.integers(-5, 70), days=st.integers(0, 40))
def test_what_moved_adds_up_to_the_rates(account: Account, first: int, days: int) -> None:
    start, end = day(first), day(first + days)
    moved = what_moved(account, start, end)
    was, now = counts_on(account, start), counts_on(account, end)
    behind = moved_orders(account, start, end)
    assert list(zip(moved["marketplace"], moved["channel"], strict=True)) == account.series
    for row in moved.itertuples():
        series = (row.marketplace, row.channel)
        assert (row.from_n_orders, row.from_n_defective) == (
            was[series]["n_orders"],
            was[series]["n_defective"],
        )
        assert (row.to_n_orders, row.to_n_defective) == (
            now[series]["n_orders"],
            now[series]["n_defective"],
        )
        assert row.from_n_orders + row.orders_entered - row.orders_left == row.to_n_orders
        assert (
            row.from_n_defective + row.defects_entered + row.defects_reported_late
            == row.to_n_defective + row.defects_left
        )
        mine = behind[(behind["marketplace"] == series[0]) & (behind["channel"] == series[1])]
        assert [(mine["move"] == move).sum() for move in ("entered", "reported late", "left")] == [
            row.defects_entered,
            row.defects_reported_late,
            row.defects_left,
        ]
    assert (behind["kinds"] != "").all()
