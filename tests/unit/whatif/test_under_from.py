from __future__ import annotations

import pandas as pd
import pytest

from odr_analysis import account_from_frames, apply_scenario
from odr_analysis.errors import ParameterError
from odr_analysis.whatif import MoreOrders, Removed, Scenario
from odr_analysis.whatif.under_from import DATE_COLUMNS, date_under_target
from tests.unit.whatif.sold import sold


def test_from_when_on_it_is_under_target():
    account = account_from_frames(*sold(10, 80))
    effect = apply_scenario(account, Scenario(MoreOrders(60, defect_rate=0.0)))
    assert list(date_under_target(effect)) == list(DATE_COLUMNS)
    row = date_under_target(effect).iloc[0]
    after = effect.changed.table.set_index("day").p_breach
    assert (after[row.scenario_from :] <= 0.1).all()
    assert after[row.scenario_from - pd.Timedelta(days=1)] > 0.1
    assert pd.isna(row.baseline_from)
    assert row.missing == ""


@pytest.mark.filterwarnings("ignore:.*as if nothing were missing")
def test_where_a_kind_of_defect_is_unknown_no_day_is_named():
    orders, kinds = sold(10, 80, days=30)
    short = account_from_frames(orders, kinds)
    effect = apply_scenario(short, Scenario(Removed(frozenset(kinds.order_id))))
    row = date_under_target(effect).iloc[0]
    assert pd.isna(row.scenario_from)
    assert row.missing


def test_a_certainty_is_a_fraction():
    effect = apply_scenario(account_from_frames(*sold(1, 80)), Scenario())
    for wrong in (0, 1, 90, True):
        with pytest.raises(ParameterError, match="certainty must be"):
            date_under_target(effect, wrong)
