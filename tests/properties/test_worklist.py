"""What a step promises is what the rate does, for every account."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis import component_rates, terms
from odr_analysis.policy import Policy
from odr_analysis.why.strategies import strategies
from odr_analysis.why.worklist import worklist
from tests.properties.test_rates import day
from tests.properties.test_why import quick_accounts

POLICY = Policy(window_days=20, lag_days=5)


@settings(max_examples=1000, deadline=None)
@given(st.data())
def test_a_removal_never_raises_odr_and_lowers_it_by_what_is_said(data: st.DataObject) -> None:
    account = data.draw(quick_accounts(POLICY))
    today = day(data.draw(st.integers(0, 45)))
    table = worklist(account, today)
    assert (table.effect <= 0).all()
    if table.empty:
        return
    row = table.iloc[data.draw(st.integers(0, len(table) - 1))]
    gone = account.defective.copy()
    at = gone.index[gone.order_id == row.order_id]
    gone.loc[at, f"{row.component}_on"] = np.datetime64("NaT", "us")
    left = gone[gone[[f"{c}_on" for c in terms.COMPONENTS]].notna().any(axis=1)]

    def odr(defective: pd.DataFrame) -> float:
        rates = component_rates(replace(account, defective=defective), today)
        mine = (rates.marketplace == row.marketplace) & (rates.channel == row.channel)
        return float(rates[mine & (rates.as_of == pd.Timestamp(today))].odr.iloc[0])

    counts_today = row.ordered_on + pd.Timedelta(days=POLICY.lag_days) <= pd.Timestamp(today)
    if counts_today:
        assert (
            odr(left) - odr(account.defective) == np.float64(row.effect)
            or abs(odr(left) - odr(account.defective) - row.effect) < 1e-12
        )


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_every_defect_that_counts_or_will_is_listed_once(data: st.DataObject) -> None:
    account = data.draw(quick_accounts(POLICY))
    today = pd.Timestamp(day(data.draw(st.integers(0, 45))))
    table = worklist(account, today.date())
    wanted = set()
    for order in account.defective.to_dict("records"):
        last = order["ordered_on"] + pd.Timedelta(days=POLICY.lag_days + POLICY.window_days - 1)
        for kind in terms.COMPONENTS:
            on = order[f"{kind}_on"]
            if pd.notna(on) and on <= today <= last and order["ordered_on"] <= today:
                wanted.add((order["order_id"], kind))
    assert sorted(zip(table.order_id, table.component, strict=True)) == sorted(wanted)
    assert table.worth.is_monotonic_decreasing


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_no_strategy_makes_a_rate_worse(data: st.DataObject) -> None:
    account = data.draw(quick_accounts(POLICY))
    table = strategies(replace(account, read_items=no_items), day(data.draw(st.integers(0, 45))))
    known = table[table.n_orders > 0]
    assert (known.odr_halved <= known.odr).all()
    assert (known.lower <= known.upper).all()
    assert (known.n_addressed <= known.n_defective).all()


def no_items() -> pd.DataFrame:
    return pd.DataFrame(columns=list(terms.ITEM_COLUMNS)).astype({"sku": "str", "asin": "str"})
