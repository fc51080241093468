"""Scenarios taken along: the command and the code come to the same scenario."""

from __future__ import annotations

import base64
import json
import shlex
from datetime import date

import pytest
from click.testing import CliRunner

from odr_analysis import load_sample
from odr_analysis.cli import main
from odr_analysis.controls.asked_day import AskedDay
from odr_analysis.controls.copied import as_code, as_command, file_name, link
from odr_analysis.controls.state import WhatIfState
from odr_analysis.whatif import DefectRate, Scenario, scenario_of
from tests.commands import SAMPLE

ORDERS = {"extra_orders_per_day": 20, "start": date(2026, 10, 9), "days": 12}


@pytest.fixture(scope="module")
def account():
    return load_sample()


def with_kinds(account, *kinds: str) -> str:
    """An order with just these kinds of defect."""
    rows = account.on(None).defects
    names = ("feedback", "claim", "chargeback")
    fits = (rows[list(names)] == [name in kinds for name in names]).all(axis=1)
    return str(rows.order_id[fits].iloc[0])


def in_options(account) -> list[dict]:
    feedback, claim = with_kinds(account, "feedback"), with_kinds(account, "claim")
    both = with_kinds(account, "feedback", "claim")
    return [
        {},
        ORDERS,
        {**ORDERS, "extra_defect_rate": 0.0, "channel": "afn"},
        {**ORDERS, "extra_defect_rate": 0.015, "removed": (feedback, both)},
        {"sales": 0.8, "claims_won": (claim,)},
        {"sales": 0.0},
    ]


@pytest.mark.parametrize("place", range(6))
def test_the_command_makes_the_scenario(account, tmp_path, place):
    state = WhatIfState(account, **in_options(account)[place])
    command = shlex.split(as_command(AskedDay(state)))
    assert command[:3] == ["odr", "whatif", "FOLDER"]
    assert "--scenario" not in command
    done = CliRunner().invoke(main, ["whatif", str(SAMPLE), *command[3:], "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert scenario_of(told["scenario"]) == state.plain
    assert told["by"]["day"] == "2026-10-30"


def test_what_options_cannot_express_goes_by_the_saved_file(account, tmp_path):
    feedback, both = with_kinds(account, "feedback"), with_kinds(account, "feedback", "claim")
    for levers in (
        {**ORDERS, "sales": 0.5},
        {"removed": (feedback,), "as_certain": False},
        {"also": Scenario(DefectRate(0.5))},
        {"claims_won": (feedback,)},  # it has none
    ):
        state = WhatIfState(account, **levers)
        assert "--scenario autumn-sale.toml" in as_command(AskedDay(state), "Autumn sale")
    state = WhatIfState(account, claims_won=(both,))
    assert f"--win {both}" in as_command(AskedDay(state))
    path = state.save(tmp_path / "autumn-sale.toml", "Autumn sale")
    assert path.read_text("utf-8").startswith('name = "Autumn sale"')


@pytest.mark.parametrize("place", range(6))
def test_the_code_makes_the_scenario(account, place):
    state = WhatIfState(account, **in_options(account)[place])
    scope = {"account": account}
    exec(as_code(state, "a name"), scope)
    assert scope["scenario"] == state.plain
    assert scope["scenario"].name == "a name"
    assert scope["effect"].table.equals(state.effect.table)


def test_a_link_holds_its_file_and_no_name_leaves_its_folder():
    made = link('<b>"', '"><b', "text/csv", b"a,b")
    assert "<b" not in made.removeprefix("<a")
    assert base64.b64encode(b"a,b").decode() in made
    assert file_name("../../etc/passwd") == "etc-passwd"
    assert len(file_name("x" * 500)) == 60
