"""One account on one day: each table is worked out once, and is what its function returns."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import nbformat
import pandas as pd
import pytest

import odr_analysis
from odr_analysis import (
    Account,
    AccountDay,
    MoreOrders,
    Scenario,
    account_from_frames,
    apply_scenario,
    bridge,
    component_rates,
    defect_reasons,
    defective_orders,
    drivers,
    evidence,
    findings,
    leading_causes,
    load_account,
    load_sample,
    other_rates,
    public_score,
    reason_rates,
    reconcile,
    roll_off,
    scenario_sentence,
    stands_out,
    strategies,
    to_ics,
    to_summary,
    what_to_do,
    worklist,
    write_sample,
)
from odr_analysis.answer.build import Findings
from odr_analysis.answer.day import DAYS_KEPT, GIVEN, LATEST
from odr_analysis.answer.known import what_is_known
from odr_analysis.causes.drivers import groups_and_causes
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.forecasting.roll_off import FORECAST
from odr_analysis.plots.days_ahead.calendar import calendar_finding
from odr_analysis.plots.days_ahead.fan import fan_finding
from odr_analysis.policy import Policy
from odr_analysis.progress import silent
from odr_analysis.rates.rolling import day_number
from odr_analysis.reports.reader_process import answer_to
from tests.commands import SAMPLE, run

NOTEBOOKS = Path(__file__).parents[3] / "notebooks"
DAY = date(2026, 9, 30)
COUNTED: tuple[Callable[..., Any], ...] = (
    component_rates,
    defective_orders,
    defect_reasons,
    groups_and_causes,
    worklist,
    strategies,
    reason_rates,
    bridge,
    what_is_known,
    other_rates,
    public_score,
    reconcile,
    LookAhead.of,
)
"""Functions that work a table out of the account, by whatever name a section calls them."""


@contextmanager
def counted() -> Iterator[Counter[tuple[str, int]]]:
    """Calls of each table's function, by its name and day, whoever calls it and as what.

    The interpreter reports the calls, so that a section which imports the function under a name
    of its own is seen too.
    """
    names: dict[CodeType, str] = {}
    for function in COUNTED:
        function = getattr(function, "__func__", function)
        names[function.__code__] = function.__qualname__
    calls: Counter[tuple[str, int]] = Counter()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code in names:
            given = frame.f_locals
            day = given.get("as_of", given.get("to_day")) or given["account"].known_to
            calls[names[frame.f_code], day_number(day)] += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield calls
    finally:
        sys.setprofile(before)


def in_cells(notebook: str, names: dict[str, Any]) -> None:
    """Run the code of a notebook; what `names` has is not imported anew."""
    given = dict(names)
    for cell in nbformat.read(NOTEBOOKS / f"{notebook}.ipynb", as_version=4).cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, notebook, "exec"), names)
            names.update(given)


@pytest.fixture(scope="module")
def sellers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Account]:
    """One seller of a marketplace, one of few orders, one of another country."""
    found = {"sample": load_sample()}
    for scenario in ("tiny", "us"):
        folder = tmp_path_factory.mktemp(scenario)
        write_sample(folder, orders=600, scenario=scenario)
        found[scenario] = load_account(folder, cache=None)
    return found


@pytest.fixture(params=["sample", "tiny", "us"])
def account(request: pytest.FixtureRequest, sellers: dict[str, Account]) -> Account:
    """A seller who was asked nothing yet: a replaced account has no days."""
    return replace(sellers[request.param])


@pytest.fixture
def sample(sellers: dict[str, Account]) -> Account:
    return replace(sellers["sample"])


def test_a_report_works_each_table_out_once(account: Account) -> None:
    with counted() as calls:
        _ = findings(account).sections
        to_summary(account)
        stands_out(account)
        what_to_do(account)
        account.on().findings.sections  # noqa: B018 - asked for once more
        account.on(account.known_to).ahead  # noqa: B018
        to_ics(account)
    assert {name for name, _ in calls} == {f.__qualname__ for f in COUNTED}
    assert {key: n for key, n in calls.items() if n != 1} == {}
    # Reasons are compared with those of an earlier day; all else is of the one day.
    days = Counter(name for name, _ in calls)
    assert days.pop("defect_reasons") == 2
    assert set(days.values()) == {1}


def test_evidence_takes_the_tables_of_the_report(account: Account) -> None:
    since = account.known_to - pd.Timedelta(days=30)
    with counted() as calls:
        _ = findings(account).sections
        evidence(account, since)
    assert {key: n for key, n in calls.items() if n != 1} == {}
    days = Counter(name for name, _ in calls)
    # The day of the report, the day before the fix, and the first day of it.
    assert days["defect_reasons"] == 3
    assert days["groups_and_causes"] == 2
    assert days["component_rates"] == 1


def test_the_cells_of_the_report_work_each_table_out_once(account: Account) -> None:
    shown: list[Any] = []
    names = {"load_account": lambda *_, **__: account, "show": shown.append}
    with counted() as calls:
        in_cells("05-report", names)
    found = names["found"]
    assert isinstance(found, Findings)
    assert shown == list(found.sections), "the page shows every section, in the order it is read"
    assert {key: n for key, n in calls.items() if n != 1} == {}
    assert {name for name, _ in calls} == {f.__qualname__ for f in COUNTED}


@pytest.mark.parametrize("options", [[], ["--json"]], ids=["text", "json"])
@pytest.mark.parametrize("command", ["why", "worklist", "evidence"])
def test_a_command_works_each_table_out_once(
    command: str, options: list[str], tmp_path: Path
) -> None:
    if command == "evidence":
        options = ["--since", "2026-08-25", "--out", str(tmp_path / "pack")]
    with counted() as calls:
        run(command, SAMPLE, *options)
    assert calls
    assert {key: n for key, n in calls.items() if n != 1} == {}


@pytest.mark.parametrize("goes_on", [False, True])
def test_the_reading_process_works_each_table_out_once(tmp_path: Path, goes_on: bool) -> None:
    """Also with the notebook, where it goes on as the kernel of that."""
    question = {
        "values": {"folder": str(SAMPLE), "cache": None},
        "policy": Policy().to_dict(),
        "made": str(tmp_path),
    }
    with counted() as calls:
        made = answer_to(question, silent, goes_on=goes_on)
        if goes_on:
            assert findings(load_account(SAMPLE, cache=None)).sections
    assert made["summary"]["rates"]
    assert {"component_rates", "defective_orders", "what_is_known"} <= {name for name, _ in calls}
    assert {key: n for key, n in calls.items() if n != 1} == {}


@pytest.mark.parametrize("function", [component_rates, defective_orders, defect_reasons])
def test_a_section_that_goes_round_the_day_is_counted(
    sample: Account, function: Callable[..., Any]
) -> None:
    with counted() as calls:
        _ = findings(sample).sections
        function(sample)
    assert {key: n for key, n in calls.items() if n != 1} == {
        (function.__qualname__, day_number(sample.known_to)): 2
    }


def test_every_table_is_what_its_function_returns(sample: Account) -> None:
    for day, since in ((DAY, date(2026, 9, 1)), (date(2026, 8, 20), date(2026, 8, 13))):
        mine = sample.on(day)
        fresh = replace(sample)
        for name, expected in {
            "rates": component_rates(fresh, day),
            "defects": defective_orders(fresh, day),
            "reasons": defect_reasons(fresh, day),
            "groups": drivers(fresh, day),
            "causes": leading_causes(fresh, day),
            "strategies": strategies(fresh, day),
            "worklist": worklist(fresh, day),
            "ahead": roll_off(fresh, day),
        }.items():
            pd.testing.assert_frame_equal(getattr(mine, name), expected)
        pd.testing.assert_frame_equal(mine.bridge(since), bridge(fresh, since, day))
        pd.testing.assert_frame_equal(mine.reason_rates(since), reason_rates(fresh, since, day))
        scenario = Scenario(MoreOrders(5, defect_rate=0.0, days=20))
        expected = apply_scenario(fresh, scenario, day)
        pd.testing.assert_frame_equal(mine.what_if(scenario).table, expected.table)
        assert mine.what_if(scenario) is mine.what_if(scenario)
        assert mine.known == what_is_known(fresh, day)
        assert set(mine.today.as_of) == {pd.Timestamp(day)}


def test_the_same_day_is_one_object_however_it_is_written(sample: Account) -> None:
    day = sample.on(DAY)
    assert isinstance(day, AccountDay)
    assert day is sample.on("2026-09-30") is sample.on(pd.Timestamp(DAY)) is sample.on()
    assert day is sample.on("") is odr_analysis.answer.day.account_day(sample, None)
    assert sample.on("2026-09-29") is not day
    assert replace(sample).on(DAY) is not day


def test_a_changed_account_is_another_one(sample: Account) -> None:
    assert sample.on(DAY).today.n_orders.sum() > 0
    halved = replace(sample, daily=sample.daily.assign(n_orders=sample.daily.n_orders // 2))
    assert halved.on(DAY).today.n_orders.sum() < sample.on(DAY).today.n_orders.sum()


def test_a_change_to_a_table_reaches_no_one_else(sample: Account) -> None:
    mine = sample.on(DAY).rates
    mine["n_orders"] = -1
    mine.loc[:, "n_defective"] = -1
    assert (sample.on(DAY).rates.n_orders >= 0).all()
    assert (sample.on(DAY).rates.n_defective >= 0).all()


def test_the_days_kept_are_few_and_those_used_last(sample: Account) -> None:
    first, second = sample.on("2026-08-01"), sample.on("2026-08-02")
    for day in range(3, DAYS_KEPT + 1):
        sample.on(date(2026, 8, day))
    assert sample.on("2026-08-01") is first
    sample.on("2026-09-01")
    assert len(sample.days) == DAYS_KEPT
    assert sample.on("2026-08-01") is first
    assert sample.on("2026-08-02") is not second


def test_the_head_states_where_the_day_came_from(sample: Account) -> None:
    assert findings(sample).head.as_of_from == LATEST
    assert findings(sample, sample.known_to).head.as_of_from == GIVEN
    assert sample.on("2026-09-01").findings.head.as_of_from == GIVEN
    assert sample.on().findings.head.as_of_from == LATEST


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (lambda a: a.on("30.9.2026"), "30.9.2026"),
        (lambda a: a.on(DAY).bridge("2026-10-01"), "2026-10-01"),
        (lambda a: a.on(DAY).bridge("soon"), "soon"),
        (lambda a: a.on(DAY).look_ahead(-1), "horizon_days"),
        (lambda a: a.on(DAY).findings_over(moved_days=0), "moved_days"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    sample: Account, wrong: Callable[[Account], Any], named: str
) -> None:
    with pytest.raises(ParameterError, match=named):
        wrong(sample)


def test_of_a_rate_with_a_kind_unknown_there_is_no_forecast() -> None:
    """Known orders and defects stay; bands and probabilities are those of a rate nobody knows."""
    orders = pd.DataFrame(
        {"order_id": ["a", "b"], "ordered_on": ["2026-08-18", "2026-08-20"]}
        | {"marketplace": "Amazon.de", "channel": "mfn"}
    )
    day = account_from_frames(orders).on("2026-08-31")
    assert day.known["Amazon.de", "mfn"].lower_bound
    table = day.ahead
    assert table[list(FORECAST)].isna().all(axis=None)
    assert table.known_odr.notna().any()
    finding = "Seller-fulfilled ODR cannot be forecast: not every order and kind of defect is known"
    shown = table.assign(n_orders=2.0)
    assert fan_finding(shown) == calendar_finding(shown) == finding
    sentence = scenario_sentence(day.what_if(Scenario(MoreOrders(1, defect_rate=0.0, days=1))))
    assert "probability" not in sentence
