"""Little, odd or impossible data: a sensible result or a clear error, and no NaN where a number is
promised. Warnings are errors in all tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
import pandas as pd
import pytest

from odr_analysis import account_from_frames, terms
from odr_analysis.errors import FrameError, ParameterError
from odr_analysis.forecasting.ahead import Forecast
from odr_analysis.forecasting.delay_table import DelayTable
from odr_analysis.forecasting.forecast import forecast
from odr_analysis.forecasting.nowcast import EVERY, MATURE, PENDING, SHOWN, UNION, nowcast
from odr_analysis.forecasting.open_orders import open_orders
from odr_analysis.forecasting.priors import prior_share
from tests.unit.forecasting.simulated import SERIES, TODAY, simulated

PAIR = ("Amazon.de", "mfn")
ASKED: list[Callable] = [nowcast, forecast, open_orders, prior_share]


def table_of_days(
    days: int, per_day: int, reports: Sequence[tuple[str, str]] = (), *, last: date = TODAY
) -> DelayTable:
    """So many orders on each day up to `last`; `reports` of claims are order day and day."""
    orders = pd.DataFrame({"ordered_on": pd.date_range(end=last, periods=days)} | SERIES)
    orders["n_orders"] = per_day
    defects = pd.DataFrame(reports, columns=["ordered_on", "claim_on"]).assign(
        feedback_on=pd.NaT, chargeback_on=pd.NaT, **SERIES
    )
    return DelayTable(orders, defects, TODAY)


def check(table: DelayTable) -> tuple[pd.DataFrame, Forecast]:
    """What must hold of any data; the union's rows of the nowcast, and the forecast."""
    now = nowcast(table).table
    assert not now.isna().any(axis=None)
    assert (now.lower_90 <= now["median"]).all()
    assert (now["median"] <= now.upper_90).all()
    assert now["mean"].between(0, now.n_orders).all()
    mature = now[now.quantity == MATURE]
    assert (mature.n_reported <= mature.lower_90).all()

    ahead = forecast(table)
    rates = ahead.table[["odr", "lower_50", "upper_50", "lower_90", "upper_90", "p_breach"]]
    others = ahead.table.drop(columns=rates.columns)
    assert not others.isna().any(axis=None)
    (counts,) = (orders for _, orders in ahead.draws.values())
    some = (counts > 0).any(axis=0)
    assert rates[some].notna().all(axis=None)
    assert rates[~some].isna().all(axis=None)
    assert rates[some].apply(lambda column: column.between(0, 1)).all(axis=None)

    still = open_orders(table)
    assert not still.table.isna().any(axis=None)
    assert (still.table.n_open > 0).all()
    assert (still.table.expected >= 0).all()
    assert still.by_day.expected.sum() == pytest.approx(still.table.expected.sum())

    share = prior_share(table)
    assert share.share[share.n_orders > 0].between(0, 1).all()
    return now[now.component == UNION].set_index(["scope", "quantity"]), ahead


@pytest.mark.parametrize("per_day", [1, 30, 1000])
def test_no_defects_at_all(per_day: int) -> None:
    """The rate is not taken to be 0: the fewer the orders, the higher it may still be."""
    now, ahead = check(table_of_days(364, per_day))
    assert now.loc[(SHOWN, MATURE), "n_reported"] == 0
    assert now.loc[(SHOWN, MATURE), "mean"] > 0
    # However many orders there are, a few reports may still come; the rate falls with the orders.
    assert now.loc[(SHOWN, MATURE), "upper_90"] <= 4
    assert (ahead.table.p_breach.iloc[:1] == 0).all()
    assert ahead.table.mean_new.iloc[40:].gt(0).all()
    assert ahead.table.p_breach.iloc[40:].gt(0).all() or per_day == 1000


def test_one_defect() -> None:
    now, ahead = check(table_of_days(364, 2, [("2026-08-20", "2026-09-10")]))
    row = now.loc[(SHOWN, MATURE)]
    assert (row.n_reported, row["median"]) == (1, 1)
    assert 1 < row["mean"] < 2
    # It counts until its 74th day; at two orders a day one of 120 is not below 1 %.
    assert ahead.table.known_defective.tolist() == [1] * 34 + [0] * 42
    assert ahead.table.p_breach.iloc[0] == 0
    assert ahead.table.budget.iloc[0] == 0


def test_one_defect_of_one_hundred_orders_is_a_breach() -> None:
    table = table_of_days(50, 2, [("2026-08-20", "2026-09-10")], last=date(2026, 9, 15))
    _, ahead = check(table)
    assert ahead.table.n_orders.iloc[0] == 100
    assert ahead.table.p_breach.iloc[0] == 1
    assert ahead.table.budget.iloc[0] == -1


@pytest.mark.parametrize("reports", [[], [("2026-09-08", "2026-09-20")]])
def test_twenty_orders(reports: list) -> None:
    """Hardly anything is known, so most rests on the prior and the band is wide."""
    table = table_of_days(20, 1, reports, last=date(2026, 9, 15))
    now, ahead = check(table)
    row = now.loc[(SHOWN, MATURE)]
    assert (row.n_orders, row.n_reported) == (20, len(reports))
    assert row.upper_90 <= 3
    assert prior_share(table).share[0] > 0.5
    # Nothing was sold in the last two weeks, so little is expected to follow.
    assert ahead.marginals[PAIR].orders_per_day < 0.2
    selling = ahead.with_orders(1.0).table
    assert (selling.upper_90 - selling.lower_90).iloc[60:].max() > 0.01


def test_thirty_days_of_history() -> None:
    """Half of the orders do not count yet, and no lag beyond 29 days can have been seen."""
    whole = simulated(100, rate=0.01, days=30, seed=2)
    now, ahead = check(whole)
    row = now.loc[(SHOWN, MATURE)]
    young = whole.orders.ordered_on <= pd.Timestamp("2026-09-15")
    assert row.n_orders == whole.orders[young].n_orders.sum()
    assert row.lower_90 <= 0.01 * row.n_orders <= row.upper_90
    assert ahead.table.n_orders.iloc[75] > ahead.table.n_orders.iloc[0]
    long = simulated(100, rate=0.01, days=364, seed=2)
    last = [forecast(t).table.iloc[40] for t in (whole, long)]
    assert last[0].upper_90 - last[0].lower_90 > last[1].upper_90 - last[1].lower_90


@pytest.mark.parametrize("days", [1, 3, 14, 15, 16])
def test_so_young_that_hardly_anything_counts(days: int) -> None:
    now, ahead = check(table_of_days(days, 20))
    assert now.loc[(SHOWN, MATURE), "n_orders"] == max(days - 15, 0) * 20
    assert np.isnan(ahead.table.odr.iloc[0]) == (days <= 15)
    assert ahead.table.odr.iloc[16:].notna().all()


@pytest.mark.parametrize("days", [377, 378, 379, 548, 549, 3000])
def test_a_long_history(days: int) -> None:
    reports = [("2026-08-01", "2026-08-20"), ("2026-09-01", "2026-09-20")]
    now, _ = check(table_of_days(days, 10, reports))
    assert now.loc[(EVERY, MATURE), "n_orders"] == days * 10
    assert now.loc[(EVERY, PENDING), "mean"] < 3


def test_nothing_sold_for_years() -> None:
    """Whether anything is sold again differs from draw to draw; a rate is that of those with."""
    _, ahead = check(table_of_days(1, 50, last=date(2025, 1, 1)))
    assert ahead.table.known_orders.eq(0).all()
    assert ahead.table.odr.iloc[:16].isna().all()


def test_every_order_is_defective() -> None:
    days = [str(day.date()) for day in pd.date_range(end=TODAY, periods=100)]
    now, ahead = check(table_of_days(100, 1, [(day, day) for day in days]))
    assert now.loc[(SHOWN, MATURE), "upper_90"] == 60
    assert ahead.table.p_breach.min() > 0.99


@pytest.mark.filterwarnings("ignore:.*as if nothing were missing")
@pytest.mark.parametrize("asked", ASKED, ids=lambda f: f.__name__)
@pytest.mark.parametrize("kind", ["table", "account"])
def test_a_day_ahead_of_what_is_known_is_refused(asked: Callable, kind: str) -> None:
    table = table_of_days(30, 5)
    data = table
    if kind == "account":
        days = table.orders.ordered_on.astype(str)
        data = account_from_frames(pd.DataFrame({"order_id": days, "ordered_on": days} | SERIES))
    with pytest.raises(ParameterError, match=r"2026-10-01 is after 2026-09-30, the last day"):
        asked(data, "2026-10-01")
    with pytest.raises(ParameterError, match="is not a date"):
        asked(data, "soon")


def test_before_any_order_there_is_nothing() -> None:
    table = table_of_days(30, 5)
    assert nowcast(table, "2025-01-01").table.empty
    assert forecast(table, "2025-01-01").table.empty
    assert open_orders(table, "2025-01-01").table.empty
    assert prior_share(table, "2025-01-01").empty


def test_defects_dated_before_their_order_are_reported_on_its_day() -> None:
    """A store's day may end before UTC's does, so a report may seem a day early."""
    early = table_of_days(200, 10, [("2026-08-20", "2026-08-10"), ("2026-07-20", "2026-07-19")])
    same = table_of_days(200, 10, [("2026-08-20", "2026-08-20"), ("2026-07-20", "2026-07-20")])
    now, ahead = check(early)
    assert now.loc[(SHOWN, MATURE), "n_reported"] == 2
    pd.testing.assert_frame_equal(nowcast(early).table, nowcast(same).table)
    pd.testing.assert_frame_equal(ahead.table, forecast(same).table)
    pd.testing.assert_frame_equal(open_orders(early).table, open_orders(same).table)


def undated(table: DelayTable, component: str) -> DelayTable:
    """The same, where a file lists defects of a kind without their days."""
    has = table.defects[f"{component}_on"].notna()
    defects = table.defects.assign(
        **{
            f"{component}_on": table.defects[f"{component}_on"].mask(has, pd.Timestamp(TODAY)),
            f"{component}_dated": ~has,
        }
    )
    return DelayTable(table.orders, defects, TODAY)


@pytest.mark.parametrize("component", ["feedback", "claim"])
def test_reports_without_dates_are_counted_and_not_taken_for_new(component: str) -> None:
    """They came between the order and the last day: the estimate is near that with the dates."""
    table = simulated(100, rate=0.01, seed=3)
    without = undated(table, component)
    now, _ = check(without)
    dated = nowcast(table).table.set_index(["component", "scope", "quantity"])
    union = dated.loc[UNION]
    for scope in (SHOWN, EVERY):
        row, known = now.loc[(scope, MATURE)], union.loc[(scope, MATURE)]
        assert row.n_reported == known.n_reported
        assert row["mean"] == pytest.approx(known["mean"], rel=0.15)
        assert row.lower_90 <= known["mean"] <= row.upper_90
    kinds = nowcast(without).table.set_index(["component", "scope", "quantity"])
    for c in terms.COMPONENTS:
        assert kinds.loc[(c, EVERY, MATURE)].n_reported == table.defects[f"{c}_on"].notna().sum()


def test_an_account_whose_claims_have_no_dates() -> None:
    days = [str(day.date()) for day in pd.date_range("2026-03-01", "2026-09-30")]
    orders = pd.DataFrame({"order_id": [f"o{i}" for i in range(len(days))], "ordered_on": days})
    defects = pd.DataFrame(
        {
            "order_id": ["o100", "o150", "o160", "o170"],
            "component": ["claim", "claim", "feedback", "claim"],
            "reported_on": [None, None, "2026-08-20", "2026-09-15"],
        }
    )
    account = account_from_frames(orders.assign(**SERIES), defects)
    found = nowcast(account).table.set_index(["component", "scope", "quantity"])
    assert found.loc[(UNION, EVERY, MATURE)].n_reported == 4
    assert found.loc[("claim", EVERY, MATURE)].n_reported == 3
    assert not found.isna().any(axis=None)
    claims = open_orders(account).table.query("component == 'claim'").set_index("ordered_on")
    assert pd.Timestamp(days[150]) not in claims.index  # its only order has a claim already
    assert not forecast(account).table[["p_breach", "odr"]].isna().any(axis=None)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"n_orders": [-5]}, "fewer than no orders"),
        ({"ordered_on": [None]}, "no order day"),
        ({"ordered_on": ["2026-10-01"]}, "later than 2026-09-30"),
    ],
)
def test_orders_that_cannot_be(changes: dict, words: str) -> None:
    orders = pd.DataFrame({"ordered_on": ["2026-09-01"], "n_orders": [5]} | SERIES)
    with pytest.raises(FrameError, match=words):
        DelayTable(orders.assign(**changes), table_of_days(1, 1).defects, TODAY)
