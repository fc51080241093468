from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odr_analysis.errors import ParameterError
from odr_analysis.whatif import DefectRate, MoreOrders, NewDefect, Removed, Sales, Scenario
from odr_analysis.whatif.scenario_file import (
    load_scenario,
    scenario_dict,
    scenario_of,
    scenario_toml,
)

WHOLE = Scenario(
    MoreOrders(20, start=date(2026, 10, 1), days=30, weekdays=(1, 1, 1, 1, 1, 2, 2)),
    MoreOrders(500, defect_rate=0.0, days=1, channel="afn"),
    Sales(0, days=7, marketplace="Amazon.de"),
    DefectRate(0.5, reason="late", products=frozenset({"SKU 1", 'a"b'})),
    Removed(["b", "a"], probability=0.5),
    Removed(["c"], "claim", on=date(2026, 10, 5)),
    Removed(rule="obscene"),
    NewDefect("d", probability=0.3),
    NewDefect(ordered_on=date(2026, 10, 1), n=3),
    name="everything \x7f ✓",
)


def test_a_file_gives_back_what_was_written(tmp_path):
    for name, text in (
        ("a.toml", scenario_toml(WHOLE)),
        ("a.JSON", json.dumps(scenario_dict(WHOLE))),
        ("b.toml", "\ufeff" + scenario_toml(WHOLE)),
    ):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        found = load_scenario(path)
        assert found == WHOLE
        assert found.name == WHOLE.name
    assert scenario_of(json.loads(json.dumps(scenario_dict(WHOLE)))) == WHOLE
    assert scenario_of({}) == Scenario() == scenario_of({"more_orders": []})
    assert scenario_toml(Scenario()) == ""


DAYS = st.none() | st.dates(date(2026, 1, 1), date(2028, 1, 1))
TEXTS = st.text(min_size=1, max_size=12)
CHANGES = st.one_of(
    st.builds(
        MoreOrders,
        st.integers(0, 10**6),
        defect_rate=st.none() | st.floats(0, 1),
        weekdays=st.none() | st.just((0, 0, 0, 0, 0, 1, 2.5)),
        start=DAYS,
        days=st.none() | st.integers(0, 99),
        channel=st.none() | TEXTS,
    ),
    st.builds(Sales, st.floats(0, 100), start=DAYS),
    st.builds(
        DefectRate, st.floats(0, 100), reason=st.none() | TEXTS, products=st.frozensets(TEXTS)
    ),
    st.builds(Removed, st.frozensets(TEXTS, min_size=1), probability=st.just(0.25), on=DAYS),
    st.builds(NewDefect, TEXTS, on=DAYS),
)


@given(st.lists(CHANGES, max_size=4), TEXTS)
def test_whatever_it_holds(changes, name):
    try:
        scenario = Scenario(*changes, name=name)
    except ParameterError:  # the same removal on two days
        return
    import tomllib

    found = scenario_of(tomllib.loads(scenario_toml(scenario)))
    assert found == scenario
    assert found.name == name
    assert scenario_of(json.loads(json.dumps(scenario_dict(scenario)))) == scenario


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[more_order]]\nper_day = 1", "line 1: unknown change 'more_order'; did you mean 'more_"),
        ("[[more_orders]]\nper_day = -1", "line 2: more_orders: per_day must be a whole number"),
        ("[[more_orders]]\nperday = 1", "line 2: more_orders: unknown key 'perday'; did you mean"),
        ("[[removed]]\norders = ['a', 'a']", "'a' is listed twice"),
        ("[[removed]]\norders = ['a']\n[[removed]]\norders = 3", "removed 2: orders must be a"),
        ("[[sales]]\nstart = '2026-13-01'", "start must be a date or None, got '2026-13-01'"),
        ("[[sales]]\nstart = 2026-10-01T00:00:00", "start must be a date or None"),
        ("removed = 3", "removed must be a list of tables, got 3"),
        ("name = 3", "line 1: name must be text"),
        ("[[new_defect]]\nn = 2", "give either order"),
        ("more_orders", "is no TOML file"),
        ("# " + "x" * 70_000, "too many for a file of a scenario"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path, text, says):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(ParameterError, match=rf"mine\.toml: .*{says}"):
        load_scenario(path)


def test_files_that_are_none(tmp_path):
    (tmp_path / "a.json").write_text("[1]")
    for name, says in (
        ("no.toml", "no such file"),
        ("", "is a folder. Name a file of a scenario"),
        ("a.json", "must be a table of changes, got a list"),
    ):
        with pytest.raises(ParameterError, match=says):
            load_scenario(tmp_path / name)
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(ParameterError, match="is no JSON file"):
        load_scenario(tmp_path / "a.json")
