"""The forecast of an account one of whose files ends before the others."""

from __future__ import annotations

import warnings
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from odr_analysis import Removed, Scenario, account_from_frames, apply_scenario
from odr_analysis.account import Account
from odr_analysis.errors import OdrWarning, ParameterError
from odr_analysis.forecasting.ahead import Forecast
from odr_analysis.forecasting.delay_table import DelayTable, delay_table
from odr_analysis.forecasting.forecast import forecast, forecast_from
from odr_analysis.forecasting.nowcast import nowcast
from tests.oracle import make_account

TODAY = date(2026, 9, 30)
ENDED = TODAY - timedelta(days=20)
DE = "Amazon.de"
PAIR = (DE, "mfn")
SOME = {"marketplace": [DE], "channel": ["mfn"], "ordered_on": ["2026-09-01"], "n_orders": [3]}
DEFECTS = ["marketplace", "channel", "ordered_on", "feedback_on", "claim_on", "chargeback_on"]
CERTAIN = ["day", "known_orders", "known_defective", "leaving", "entering"]


def account(seed: int, *, claims_to: date = TODAY, orders_to: date = TODAY) -> Account:
    """Forty orders a day for 300 days; 1.5 % get a claim or feedback, half of each.

    Claims later than `claims_to` and orders later than `orders_to` are in no file.
    """
    rng = np.random.default_rng(seed)
    rows, defects = [], []
    for ago in range(300):
        day = TODAY - timedelta(days=ago)
        for i in range(40 if day <= orders_to else 0):
            rows.append((f"{ago}-{i}", day, DE, "mfn"))
            lag = int(np.exp(np.log(17) + 0.75 * rng.standard_normal()))
            bad, claimed = rng.random(2) < (0.015, 0.5)
            on = day + timedelta(days=lag)
            if bad and on <= (claims_to if claimed else TODAY):
                defects.append((f"{ago}-{i}", "claim" if claimed else "feedback", on))
    return make_account(rows, defects, known_to=TODAY)


@pytest.fixture
def claims_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Claims are known to have ended early."""
    last = {"feedback": TODAY, "claim": ENDED, "chargeback": TODAY}
    monkeypatch.setattr("odr_analysis.answer.day.last_reports", lambda *_: {PAIR: last})


def shown_defective(data: Account) -> int:
    return int(data.on(TODAY).today.n_defective.iloc[0])


def of_ended(seed: int) -> Forecast:
    return forecast(account(seed, claims_to=ENDED), n_draws=400)


def test_all_that_is_known_is_certain(claims_end: None) -> None:
    """The certain part is that of the day: feedback and orders since the last claim are in it."""
    short = account(1, claims_to=ENDED)
    found = forecast(short)
    assert set(found.since) == {PAIR}
    known = forecast(delay_table(short))
    pd.testing.assert_frame_equal(found.table[CERTAIN], known.table[CERTAIN])
    assert found.table.known_defective.iloc[0] == shown_defective(short)
    for defective, _ in (found.draws[PAIR], found.paths[PAIR]):
        assert (defective >= found.table.known_defective.to_numpy()).all()
    # What is expected today is what claims since would have brought.
    assert known.table.mean_pending.iloc[0] == 0 < found.table.mean_pending.iloc[0]


def test_claims_in_no_file_are_estimated(claims_end: None) -> None:
    """Of the accounts with all their claims, today's count is inside; without an estimate it is
    far too low.
    """
    seeds = range(12)
    true = np.array([shown_defective(account(s)) for s in seeds])
    found = [of_ended(s) for s in seeds]
    known = np.array([f.table.known_defective.iloc[0] for f in found])
    mean = np.array([f.marginals[PAIR].mean_defective[0] for f in found])
    missing = (true - known).sum()
    assert missing > 50
    assert (mean - true).sum() == pytest.approx(0, abs=3 * missing**0.5)
    # Each draw is at least what is known, and the interval has the truth of most accounts.
    low, high = np.quantile([f.draws[PAIR][0][:, 0] for f in found], [0.05, 0.95], axis=1)
    assert ((low <= true) & (true <= high)).sum() >= 9


def test_days_by_themselves_and_paths_agree(claims_end: None) -> None:
    found = of_ended(3)
    expected, (joint, _) = found.marginals[PAIR].mean_defective, found.paths[PAIR]
    error = joint.std(axis=0) / len(joint) ** 0.5
    assert (np.abs(joint.mean(axis=0) - expected) < 4 * error).all()
    later = found.with_orders(0.0)
    assert set(later.since) == {PAIR}
    # Fourteen days of orders are placed whatever is sold from tomorrow on.
    assert later.table.n_orders[:16].tolist() == later.table.known_orders[:16].tolist()
    assert later.table.mean_pending.tolist() == found.table.mean_pending.tolist()
    assert (later.table.mean_new == 0).all()


@pytest.mark.filterwarnings("ignore:.*as if nothing were missing")
def test_a_stop_of_sales_after_the_last_claim_is_known(claims_end: None) -> None:
    found = forecast(account(2, claims_to=ENDED, orders_to=ENDED))
    assert found.table.known_orders[:16].tolist() == found.table.n_orders[:16].tolist()
    assert found.marginals[PAIR].orders_per_day < 15


@pytest.mark.filterwarnings("ignore:.*as if nothing were missing")
def test_a_series_that_began_since_has_a_forecast(claims_end: None) -> None:
    rows = [(f"{k}-{i}", TODAY - timedelta(days=k), DE, "mfn") for k in range(10) for i in range(9)]
    found = forecast(make_account(rows, known_to=TODAY), horizon_days=30)
    assert found.table.known_orders.tolist()[5:9] == [0, 9, 18, 27]
    assert found.table.mean_pending.iloc[20] > 0


def test_without_an_early_end_nothing_changes() -> None:
    every = account(4)
    pd.testing.assert_frame_equal(forecast(every).table, forecast(delay_table(every)).table)


def test_files_that_end_too_early_leave_no_forecast(monkeypatch: pytest.MonkeyPatch) -> None:
    last = {"feedback": TODAY, "claim": TODAY - timedelta(days=90), "chargeback": TODAY}
    monkeypatch.setattr("odr_analysis.answer.day.last_reports", lambda *_: {PAIR: last})
    short = account(1)
    assert forecast(short, orders_per_day={PAIR: 1.0}).table.empty
    assert forecast(short, horizon_days=64).table.day.nunique() == 65


def test_a_day_after_all_files_is_seen_from_there(claims_end: None) -> None:
    short = account(5, claims_to=ENDED)
    found = forecast_from(short, TODAY + timedelta(days=5), 30)
    whole = forecast(short, horizon_days=35)
    assert found.table.day.tolist() == whole.table.day[5:].tolist()
    assert found.table.odr.tolist() == whole.table.odr[5:].tolist()
    with pytest.raises(ParameterError, match="is after 2026-09-30"):
        forecast(short, TODAY + timedelta(days=5))


def test_one_baseline_for_a_scenario(claims_end: None) -> None:
    """A scenario by itself begins where that of the day does, and feedback since is removed."""
    short = account(6, claims_to=ENDED)
    late = short.defective[short.defective.feedback_on > pd.Timestamp(ENDED)]
    ids = tuple(late[late.ordered_on < pd.Timestamp(ENDED)].order_id[:2])
    removed = Scenario(Removed(ids))
    effect = apply_scenario(short, removed)
    table = effect.table
    assert table.equals(short.on(TODAY).what_if(removed).table)
    assert table.baseline_p_breach.tolist() == short.on(TODAY).forecast.table.p_breach.tolist()
    assert table.baseline_n_defective[0] - table.scenario_n_defective[0] == 2


def test_a_nowcast_is_of_the_last_day_that_is_wholly_known(claims_end: None) -> None:
    """By default: a file that ends early must not look like an end of reports."""
    short = account(7, claims_to=ENDED)
    pd.testing.assert_frame_equal(nowcast(short).table, nowcast(short, ENDED).table)
    assert short.on(TODAY).nowcast.table.n_orders.tolist() == nowcast(short).table.n_orders.tolist()


def test_what_is_unknown_is_no_silent_zero() -> None:
    """A forecast of an account without claims is not one of its rate."""
    rows = [(f"{k}-{i}", TODAY - timedelta(days=k), DE, "mfn") for k in range(90) for i in range(9)]
    orders = pd.DataFrame(rows, columns=["order_id", "ordered_on", "marketplace", "channel"])
    short = account_from_frames(orders)
    with pytest.warns(OdrWarning, match="no file of A-to-z claims"):
        forecast(short, n_draws=100)
    # The page marks such rates itself.
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert short.on(TODAY).ahead.p_breach.isna().all()


@pytest.mark.parametrize(
    "wrong",
    [
        {"horizon_days": 1.5},
        {"horizon_days": -1},
        {"orders_per_day": "ten"},
        {"levels": [0.5, 0.5]},
        {"levels": ["x"]},
        {"levels": 0.9},
        {"n_draws": 1},
        {"n_draws": 1e3},
        {"rng": "x"},
        {"rng": -1},
    ],
    ids=str,
)
def test_wrong_arguments_are_named(wrong: dict[str, Any]) -> None:
    table = DelayTable(pd.DataFrame(SOME), pd.DataFrame(columns=DEFECTS), TODAY)
    (name,) = wrong
    with pytest.raises(ParameterError, match=f"^{name} must be"):
        forecast(table, **wrong)


def test_a_forecast_shows_what_it_has_and_not_all_its_draws() -> None:
    table = DelayTable(pd.DataFrame(SOME), pd.DataFrame(columns=DEFECTS), TODAY)
    found = forecast(table, horizon_days=10, n_draws=100)
    assert repr(found) == (
        "<Forecast of 1 rate, 2026-09-30 to 2026-10-10: see .table, .outlook, .nowcast>"
    )
    assert repr(found.nowcast) == "<Nowcast of 1 rate: see .table, .draws, .delay>"
