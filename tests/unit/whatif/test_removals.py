from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.whatif import Removed, Scenario, apply_scenario
from odr_analysis.whatif.removals import REMOVAL_COLUMNS, removal_deltas
from tests.oracle import make_account

pytestmark = pytest.mark.usefixtures("known_alone")


TODAY = date(2026, 9, 30)
DE = "Amazon.de"


def with_feedback():
    """Ten seller-fulfilled orders today (four with feedback), two Amazon-fulfilled ones."""
    orders = [(f"m{i}", date(2026, 8, 1 + i), DE, "mfn") for i in range(10)]
    orders += [("a0", date(2026, 8, 1), DE, "afn"), ("a1", date(2026, 8, 2), DE, "afn")]
    orders += [("young", date(2026, 9, 20), DE, "mfn"), ("gone", date(2026, 7, 1), DE, "mfn")]
    defects = pd.DataFrame(
        [
            ("m1", "feedback", date(2026, 8, 20), 1, "box was <b>open</b>"),
            ("m1", "feedback", date(2026, 8, 21), pd.NA, ""),
            ("m5", "feedback", date(2026, 8, 22), 2, "late"),
            ("m7", "feedback", date(2026, 8, 23), 1, "never came"),
            ("m7", "claim", date(2026, 8, 30), pd.NA, ""),
            ("m8", "claim", date(2026, 8, 30), pd.NA, ""),
            ("a0", "feedback", date(2026, 8, 24), 2, ""),
            ("young", "feedback", date(2026, 9, 25), 1, "broken"),
            ("gone", "feedback", date(2026, 7, 20), 1, "old"),
        ],
        columns=["order_id", "component", "reported_on", "rating", "comment"],
    ).astype({"rating": "Int64", "comment": "str"})
    return make_account(orders, defects, known_to=TODAY)


@pytest.fixture
def account():
    return with_feedback()


def deltas(account, as_of: date = TODAY) -> pd.DataFrame:
    return removal_deltas(LookAhead.of(account, as_of, account.policy.lag_days))


def test_one_row_per_order_with_counting_feedback_that_counts_or_will(account):
    table = deltas(account)
    assert list(table.columns) == list(REMOVAL_COLUMNS)
    # Half of a rate, then a tenth by how long it stays, an eleventh, and nothing.
    assert table.order_id.tolist() == ["a0", "m5", "m1", "young", "m7"]


def test_effects_by_head(account):
    rows = deltas(account).set_index("order_id")
    # m1, m5, m7, m8 of ten orders are defective.
    assert (rows.odr_now["m5"], rows.odr_without["m5"]) == (0.4, 0.3)
    assert rows.delta["m5"] == -0.1
    # Ordered on 6 Aug: counts to 19 Oct, which is 20 days with today.
    assert rows.leaves_on["m5"] == pd.Timestamp(2026, 10, 19)
    assert rows.days_left["m5"] == 20
    assert rows.rating["m1"] == 1
    assert rows.comment["m1"] == "box was <b>open</b>"


def test_order_with_a_claim_changes_nothing(account):
    row = deltas(account).set_index("order_id").loc["m7"]
    assert row.delta == 0
    assert row.odr_without == row.odr_now == 0.4
    assert (row.claim, row.chargeback) == (True, False)


def test_young_order_is_measured_on_the_day_it_enters(account):
    row = deltas(account).set_index("order_id").loc["young"]
    assert row.enters_on == row.measured_on == pd.Timestamp(2026, 10, 5)
    # On 5 Oct eleven orders count: ten of August and the young one; five are defective.
    assert (row.odr_now, row.odr_without) == (5 / 11, 4 / 11)


def test_agrees_with_apply_scenario(account):
    for row in deltas(account).itertuples():
        frame = apply_scenario(account, Scenario(Removed({row.order_id}))).table
        at = frame[(frame.day == row.measured_on) & (frame.channel == row.channel)].iloc[0]
        assert at.baseline_odr == row.odr_now
        assert at.scenario_odr == row.odr_without
        assert at.delta == pytest.approx(row.delta, abs=1e-15)


def test_without_feedback_there_are_no_rows(account):
    none = deltas(account, date(2026, 7, 10))
    assert none.empty
    assert list(none.columns) == list(REMOVAL_COLUMNS)


def test_columns_have_their_types(account):
    for table in (deltas(account), deltas(account, date(2026, 7, 10))):
        assert {name: str(dtype) for name, dtype in table.dtypes.items()} == {
            name: column.dtype for name, column in REMOVAL_COLUMNS.items()
        }
