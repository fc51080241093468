"""The delay table, with days worked out by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from odr_analysis import account_from_frames
from odr_analysis.errors import FrameError, ParameterError
from odr_analysis.forecasting.delay_table import DelayTable, delay_table
from odr_analysis.rates.rolling import NEVER

TODAY = date(2026, 9, 30)
SERIES = {"marketplace": "Amazon.de", "channel": "mfn"}


def orders(*days: str) -> pd.DataFrame:
    return pd.DataFrame(
        {"order_id": [f"o{i}" for i in range(len(days))], "ordered_on": days} | SERIES
    )


def table(defects: dict[str, list[str | None]]) -> DelayTable:
    days = pd.DataFrame({"ordered_on": ["2026-09-01", "2026-09-03"], "n_orders": [40, 35]} | SERIES)
    return DelayTable(days, pd.DataFrame(defects).assign(**SERIES), TODAY)


ONE = {
    "ordered_on": ["2026-09-01"],
    "feedback_on": ["2026-09-14"],
    "claim_on": ["2026-09-20"],
    "chargeback_on": [None],
}


def test_arrays_of_a_series() -> None:
    (series,) = table(ONE).series()
    # 1 to 30 September; nothing on the 2nd and from the 4th on.
    assert series.n_orders.tolist() == [40, 0, 35, *[0] * 27]
    assert series.age.tolist() == [29]
    assert series.delays.tolist() == [[13, 19, NEVER]]
    assert series.dated.tolist() == [[True, True, True]]


def test_a_first_report_of_a_day_without_a_date_is_not_dated() -> None:
    undated = {"feedback_dated": [False], "claim_dated": [True]}
    (series,) = table(ONE | undated).series()
    assert (series.first.tolist(), series.first_is_dated.tolist()) == ([13], [False])
    (series,) = table(ONE | {"claim_dated": [False]}).series()
    # Only the later report is without a date.
    assert series.first_is_dated.tolist() == [True]


def test_a_report_before_its_order_is_known_from_the_order_on() -> None:
    (series,) = table(ONE | {"feedback_on": ["2026-08-30"]}).series()
    assert series.delays[0, 0] == 0


@pytest.mark.parametrize(
    ("day", "days", "reports"),
    [("2026-09-13", 2, []), ("2026-09-14", 2, ["2026-09-14", None]), ("2026-09-02", 1, [])],
)
def test_what_was_known_earlier(day: str, days: int, reports: list[str | None]) -> None:
    known = table(ONE).known(day)
    assert len(known.orders) == days
    assert known.known_to == date.fromisoformat(day)
    found = known.defects[["feedback_on", "claim_on"]].stack(future_stack=True)
    assert [None if pd.isna(x) else str(x.date()) for x in found] == reports


def test_nothing_is_known_of_a_later_day() -> None:
    with pytest.raises(ParameterError, match="last day anything is known of"):
        table(ONE).known("2026-10-01")


def test_of_an_account_with_defects_no_file_dates() -> None:
    """Such a defect counts from its order on, and was reported on any day until now."""
    defects = pd.DataFrame(
        {
            "order_id": ["o0", "o1", "o2"],
            "component": ["claim", "claim", "feedback"],
            "reported_on": ["2026-08-13", None, "2026-09-29"],
        }
    )
    account = account_from_frames(orders("2026-08-03", "2026-08-04", "2026-08-05"), defects)
    made = delay_table(account, "2026-09-10")
    assert made.known_to == date(2026, 9, 10)
    assert made.defects.ordered_on.dt.day.tolist() == [3, 4]
    assert [str(day.date()) for day in made.defects.claim_on] == ["2026-08-13", "2026-09-10"]
    assert made.defects.claim_dated.tolist() == [True, False]
    (series,) = made.series()
    assert series.delays[:, 1].tolist() == [10, 37]


def test_days_the_files_do_not_reach() -> None:
    account = account_from_frames(orders("2026-08-03"))
    with pytest.raises(ParameterError, match="is after"):
        delay_table(account, "2027-01-01")


def test_what_cannot_be_a_delay_table() -> None:
    days = pd.DataFrame({"ordered_on": ["2026-09-01"], "n_orders": [40]} | SERIES)
    with pytest.raises(FrameError, match="claim_on"):
        DelayTable(days, pd.DataFrame(columns=["ordered_on"]), TODAY)
    with pytest.raises(FrameError, match="no day of any report"):
        table(ONE | {"feedback_on": [None], "claim_on": [None]})
    strange = pd.DataFrame(ONE).assign(**SERIES | {"channel": "afn"})
    with pytest.raises(FrameError, match="1 order days have more defective orders than orders"):
        DelayTable(days, strange, TODAY)
    with pytest.raises(FrameError, match="1 order days have more"):
        table(ONE | {"ordered_on": ["2026-08-20"]})
    with pytest.raises(FrameError, match="2 orders or reports are later than 2026-09-02"):
        DelayTable(table(ONE).orders, pd.DataFrame(ONE).assign(**SERIES), date(2026, 9, 2))


def test_series_come_in_the_order_of_the_orders() -> None:
    days = pd.DataFrame(
        {
            "ordered_on": ["2026-09-01"] * 2,
            "n_orders": [40, 7],
            "marketplace": "Amazon.de",
            "channel": ["mfn", "afn"],
        }
    )
    none = pd.DataFrame(ONE).assign(**SERIES).iloc[:0]
    found = list(DelayTable(days, none, TODAY).series())
    assert [(s.channel, int(s.n_orders.sum()), len(s.age)) for s in found] == [
        ("mfn", 40, 0),
        ("afn", 7, 0),
    ]
    assert all(np.array_equal(s.delays, np.empty((0, 3))) for s in found)
