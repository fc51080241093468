"""The rules of the metric as data."""

from __future__ import annotations

import json
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odr_analysis.errors import ParameterError
from odr_analysis.policy import SWITCHES, Policy, Window

counts = st.integers(0, 5000)
targets = st.sampled_from([0.01, 0.02, 0.005, 0.015, 0.1, 0.07, 0.29])


@pytest.mark.parametrize(
    ("n_defective", "n_orders", "under", "state"),
    [
        (1, 10, False, "critical"),
        (1, 100, False, "critical"),
        (1, 101, True, "warning"),
        (7, 1000, True, "warning"),
        (6, 1000, True, "healthy"),
        (69, 10_000, True, "healthy"),
        (70, 10_000, True, "warning"),
        (99, 10_000, True, "warning"),
        (100, 10_000, False, "critical"),
        (0, 1, True, "healthy"),
        (0, 0, False, "no data"),
    ],
)
def test_the_target_is_strict_and_the_states_begin_where_they_say(
    n_defective, n_orders, under, state
):
    assert Policy().under_target(n_defective, n_orders) is under
    assert Policy().state(n_defective, n_orders) == state


@given(d=counts, n=counts, target=targets)
def test_under_target_is_exact(d, n, target):
    exact = Fraction(str(target))
    assert Policy(target=target, warning_from=0).under_target(d, n) == (n > 0 and d < exact * n)


@given(d=st.integers(0, 60), n=st.integers(0, 3000), target=targets)
def test_the_budget_is_what_still_fits(d, n, target):
    policy = Policy(target=target, warning_from=0)
    budget = policy.defect_budget(d, n)
    if n == 0:
        assert budget == -1 - d
        return
    fits = [k for k in range(-d, n + 1) if policy.under_target(d + k, n)]
    assert budget == max(fits)


@given(day=st.dates(date(2000, 1, 1), date(2060, 1, 1)), window=st.integers(1, 200), lag=counts)
def test_window_and_the_days_orders_enter_and_leave_agree(day, window, lag):
    policy = Policy(window_days=window, lag_days=lag % 60)
    spans = policy.window(day)
    assert spans.days == window
    assert policy.enters_on(spans.end) == day == policy.leaves_on(spans.start)
    assert policy.enters_on(spans.end + timedelta(1)) > day
    assert policy.leaves_on(spans.start - timedelta(1)) < day


def test_amazons_window():
    assert Policy().window(date(2026, 9, 30)) == Window(date(2026, 7, 18), date(2026, 9, 15))
    assert Policy().window(date(2026, 9, 30)).days == 60


@pytest.mark.parametrize(
    "bad",
    [
        {"window_days": 0},
        {"window_days": 3651},
        {"window_days": 60.5},
        {"window_days": 60.0},
        {"window_days": True},
        {"window_days": "60"},
        {"window_days": None},
        {"lag_days": -1},
        {"lag_days": 10**12},
        {"lag_days": False},
        {"target": "1%"},
        {"target": True},
        {"target": 10**400},
        {"count_pending_claims": 1},
        {"count_won_chargebacks": "no"},
        {"count_inferred_defects": None},
        {"name": 7},
        {"target": 0},
        {"target": 1},
        {"target": float("nan")},
        {"warning_from": 0.02},
        {"warning_from": -0.1},
        {"negative_stars": 0},
        {"negative_stars": 5},
        {"day_boundary": "local"},
        {"level": 0},
        {"level": 1.5},
    ],
)
def test_values_without_sense_are_refused_by_name(bad):
    (name,) = bad
    with pytest.raises(ParameterError, match=f"policy: {name} must"):
        Policy(**bad)
    with pytest.raises(ParameterError, match=f"policy: {name} must"):
        Policy().with_changes(**bad)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"zzz": 30}, r"unknown field 'zzz'\. Known fields: .*window_days"),
        ({"windowdays": 30}, r"unknown field 'windowdays'; did you mean 'window_days'\? Known"),
        ({"window_days": "30"}, "window_days must be int, got '30'"),
        ({"window_days": 30.0}, r"window_days must be int, got 30.0"),
        ({"window_days": True}, "window_days must be int, got True"),
        ({"target": "1%"}, "target must be float, got '1%'"),
        ({"target": True}, "target must be float, got True"),
        ({"count_pending_claims": 1}, "count_pending_claims must be bool, got 1"),
        ({"day_boundary": None}, "day_boundary must be str, got None"),
    ],
)
def test_changes_are_strict(change, message):
    with pytest.raises(ParameterError, match=message):
        Policy().with_changes(**change)


def test_a_change_makes_a_new_policy_and_says_so_in_its_name():
    policy = Policy()
    assert policy.with_changes(target=0.02).name == "amazon-current (changed)"
    assert policy.with_changes(target=0.02, name="mine").name == "mine"
    assert policy.with_changes(target=0.01) == policy
    assert policy.with_changes(level=0.5).to_dict()["level"] == 0.5
    assert policy == Policy()


def test_equal_numbers_make_equal_policies_however_they_are_written():
    # Their dictionaries are cache keys.
    written = Policy(target=0.5, warning_from=0), Policy(target=0.5, warning_from=0.0)
    assert json.dumps(written[0].to_dict()) == json.dumps(written[1].to_dict())
    assert type(written[0].warning_from) is float
    assert type(Policy().with_changes(warning_from=0).warning_from) is float


def test_every_field_but_the_name_has_a_reason():
    fields = Policy().to_dict()
    assert json.loads(json.dumps(fields)) == fields
    assert set(SWITCHES) == set(fields) - {"name"}
    assert all(len(reason) > 20 for reason in SWITCHES.values())


def test_what_counts_by_default():
    rules = {k: v for k, v in Policy().to_dict().items() if k != "accept_partial_sources"}
    on = {name for name, value in rules.items() if value is True}
    assert on == {
        "count_cancelled_orders",
        "count_pending_orders",
        "count_pending_claims",
        "count_refunded_claims",
        "count_cancelled_claims",
        "count_open_chargebacks",
        "count_inferred_defects",
    }
    off = {name for name, value in rules.items() if value is False}
    assert off == {
        "count_withdrawn_claims",
        "count_denied_claims",
        "count_amazon_funded_claims",
        "count_protected_claims",
        "count_appealed_claims",
        "count_won_chargebacks",
        "count_struck_feedback",
        "count_removed_feedback",
        "count_recovered_defects",
        "enforce_unit_delivery_de",
    }
