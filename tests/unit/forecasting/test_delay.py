"""Days from order to report, held against a loop over rows."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis import Policy, load_sample, report_delays, terms
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.delay import DELAY_COLUMNS, half_reported
from tests.oracle import make_account

DE = "Amazon.de"
START = date(2026, 1, 5)


def obvious(account, as_of: date) -> set[tuple]:
    """One tuple per order x kind: id, kind, delay or None, followed."""
    last = account.policy.lag_days + account.policy.window_days - 1
    counting = account.defects[account.defects["counts"]].to_dict("records")
    begins: dict[str, date] = {}
    for row in counting:
        if not pd.isna(row["reported_on"]):
            on = row["reported_on"].date()
            begins[row["component"]] = min(on, begins.get(row["component"], on))
    found = set()
    for order in account.defective.to_dict("records"):
        placed = order["ordered_on"].date()
        for kind in terms.COMPONENTS:
            known = order[f"{kind}_on"]
            if pd.isna(known) or known.date() > as_of or placed > as_of:
                continue
            days = [
                row["reported_on"].date()
                for row in counting
                if (row["order_id"], row["component"]) == (order["order_id"], kind)
                and not pd.isna(row["reported_on"])
            ]
            if not days:
                found.add((order["order_id"], kind, None, False))
                continue
            delay = max((min(days) - placed).days, 0)
            followed = (
                placed >= begins[kind] and placed + timedelta(days=last) <= as_of and delay <= last
            )
            found.add((order["order_id"], kind, delay, followed))
    return found


def as_tuples(table: pd.DataFrame) -> list[tuple]:
    return [
        (r.order_id, r.component, None if pd.isna(r.delay_days) else int(r.delay_days), r.followed)
        for r in table.itertuples()
    ]


ROWS = st.lists(
    st.tuples(
        st.integers(0, 150),
        st.sampled_from(terms.COMPONENTS),
        st.one_of(st.none(), st.integers(-3, 120)),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, after=st.integers(0, 260))
def test_it_is_what_a_loop_finds(rows, after) -> None:
    placed = {f"o{i}": START + timedelta(days=day) for i, (day, _, _) in enumerate(rows)}
    orders = [(o, day, DE, ("mfn", "afn")[i % 2]) for i, (o, day) in enumerate(placed.items())]
    orders += [("good0", START, DE, "mfn"), ("good1", START, DE, "afn")]
    defects = [
        (o, kind, None if delay is None else placed[o] + timedelta(days=delay))
        for o, (_, kind, delay) in zip(placed, rows, strict=True)
    ]
    account = make_account(orders, defects, known_to=START + timedelta(days=300))
    as_of = START + timedelta(days=after)
    found = as_tuples(report_delays(account, as_of))
    assert len(found) == len(set(found))
    assert set(found) == obvious(account, as_of)


def test_of_the_sample_every_known_defect_has_a_row() -> None:
    account = load_sample()
    table = report_delays(account)
    known = account.defective[[f"{c}_on" for c in terms.COMPONENTS]]
    assert len(table) == int((known <= pd.Timestamp(account.known_to)).sum().sum())
    assert set(as_tuples(table)) == obvious(account, account.known_to)
    assert table.followed.any()
    assert list(table.columns) == list(DELAY_COLUMNS)
    assert table.delay_days.dtype == "Int64"
    pairs = list(dict.fromkeys(zip(table.marketplace, table.channel, strict=True)))
    assert pairs == account.series


def test_the_first_of_several_dated_reports_counts_and_one_without_date_does_not() -> None:
    orders = [("a", "2026-02-01", DE, "mfn"), ("b", "2026-02-02", DE, "mfn")]
    defects = [
        ("a", "claim", "2026-02-20"),
        ("a", "claim", "2026-02-11"),
        ("a", "claim", None),
        ("b", "claim", None),
    ]
    table = report_delays(make_account(orders, defects, known_to=date(2026, 9, 30)))
    assert as_tuples(table) == [("a", "claim", 10, False), ("b", "claim", None, False)]
    assert table.reported_on.isna().tolist() == [False, True]


@pytest.mark.parametrize(("window_days", "followed"), [(60, True), (61, False)])
def test_the_policy_sets_how_long_an_order_is_followed(window_days: int, followed: bool) -> None:
    orders = [("a", "2026-02-01", DE, "mfn"), ("b", "2026-02-11", DE, "mfn")]
    defects = [("a", "claim", "2026-02-03"), ("b", "claim", "2026-02-20")]
    account = make_account(orders, defects, Policy(window_days=window_days))
    # 11 Feb and 74 days: the last day the order counts, with 60 days.
    table = report_delays(account, date(2026, 2, 11) + timedelta(days=74))
    assert table.followed.tolist() == [False, followed]


def test_no_defect_gives_no_rows_and_a_wrong_day_is_refused() -> None:
    account = make_account([("a", "2026-02-01", DE, "mfn")])
    table = report_delays(account)
    assert table.empty
    assert list(table.columns) == list(DELAY_COLUMNS)
    with pytest.raises(ParameterError):
        report_delays(account, "31 Feb")


@pytest.mark.parametrize(
    ("days", "half"), [([7], 7), ([1, 2], 1), ([5, 1, 3], 3), ([10, 40, 20, 30], 20), ([0] * 9, 0)]
)
def test_half_is_reported_by_the_first_day_with_at_least_half(days, half) -> None:
    table = pd.DataFrame({"component": "claim", "delay_days": days, "followed": True})
    (row,) = half_reported(table).to_dict("records")
    assert row == {"component": "claim", "n_defects": len(days), "half_by": half}
    by_then = [sum(d <= day for d in days) for day in range(max(days) + 1)]
    assert half == next(day for day, n in enumerate(by_then) if 2 * n >= len(days))


def test_only_followed_orders_count_and_kinds_come_in_their_order() -> None:
    table = pd.DataFrame(
        {
            "component": ["chargeback", "claim", "claim", "feedback"],
            "delay_days": pd.array([30, 4, 8, None], dtype="Int64"),
            "followed": [True, True, False, False],
        }
    )
    found = half_reported(table)
    assert found.to_numpy().tolist() == [["claim", 1, 4], ["chargeback", 1, 30]]
    assert half_reported(table.head(0)).empty
