"""What is folded away: asked, kept, saved, loaded and taken along by the widgets alone."""

from __future__ import annotations

import asyncio
import base64
import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from odr_analysis import account_from_frames, cheapest_plan, what_if_panel
from odr_analysis.controls import later
from odr_analysis.controls.folds import PRESS_SECONDS, Fold
from odr_analysis.whatif import MoreOrders, NewDefect, Scenario, scenario_toml
from odr_analysis.whatif.scenario_file import read_scenario
from tests.unit.whatif.sold import sold


@pytest.fixture(scope="module")
def account():
    return account_from_frames(*sold(10, 80))


@pytest.fixture
def panel(account):
    return what_if_panel(account, days=30)


def files_of(panel) -> dict[str, bytes]:
    """What the links would save, by name."""
    found = re.findall(r'download="(.+?)" href="data:[^,]+,(.+?)"', panel.keep_fold.links.value)
    return {name: base64.b64decode(data) for name, data in found}


def load(panel, text: str, name: str = "x.toml") -> None:
    """As a browser hands a file over."""
    now = pd.Timestamp("2026-09-30", tz="UTC").to_pydatetime()
    file = {"name": name, "type": "", "size": len(text), "last_modified": now}
    panel.keep_fold.load.value = [{**file, "content": memoryview(text.encode())}]


def test_a_fold_hides_its_body_until_it_is_opened():
    opened = []
    fold = Fold("Title", [], lambda: opened.append(1))
    assert fold.body.layout.display == "none"
    fold.button.value = True
    assert (fold.body.layout.display, opened) == ("", [1])
    fold.button.value = False
    assert (fold.body.layout.display, opened) == ("none", [1])


def test_a_day_is_asked_about_and_a_day_out_of_reach_falls_back(panel):
    day = panel.day_fold
    assert "Of the rate as it is" in day.answers.value
    day.by.value, day.certainty.value = date(2026, 11, 2), 75
    assert (panel.asked.by, panel.asked.certainty) == (date(2026, 11, 2), 0.75)
    for value in (None, date(2026, 9, 1), date(2027, 9, 1)):
        day.by.value = value
        assert day.by.value == panel.asked.by == date(2026, 11, 2)
    day.button.click()
    assert "<li>Cheapest plan, each step with its odds: " in day.answers.value
    assert "<li>Cheapest plan, each step with its odds: " in panel.to_html()
    day.by.value = date(2026, 11, 3)
    assert "Of the rate as it is" in day.answers.value


def test_in_a_browser_levers_move_while_the_answer_is_worked_out(panel, monkeypatch):
    day = panel.day_fold

    async def ask_and_move() -> None:
        monkeypatch.setattr(later, "answers_browser", lambda: True)
        day.button.click()
        assert day.button.disabled
        panel.extra.value = 20
        await asyncio.sleep(0.05)
        assert panel.state.extra_orders_per_day == 20
        for _ in range(200):
            if not day.button.disabled:
                break
            await asyncio.sleep(0.05)

    asyncio.run(ask_and_move())
    assert not day.button.disabled
    assert "<li>Cheapest plan, each step with its odds: " in day.answers.value


def test_the_cheapest_plan_is_put_on_the_levers_as_one_change(panel):
    day, state = panel.day_fold, panel.state
    day.by.value, day.certainty.value = date(2026, 10, 12), 50
    panel.extra.value = 20
    assert day.use.layout.display == "none"
    day.button.click()
    assert day.use.layout.display == ""
    plan = cheapest_plan(state.account, panel.asked.by, panel.asked.certainty)
    assert plan.best.removals > 0
    day.use.click()
    assert state.plain == plan.scenario
    assert (panel.extra.value, state.also, state.as_certain) == (0, Scenario(), False)
    assert sum(tick.value for tick in panel.ticks.values()) == plan.best.removals
    # It is what was asked about, and stays.
    assert day.use.layout.display == ""
    panel.undo.click()
    assert (panel.extra.value, len(state.removed)) == (20, 0)
    day.certainty.value = 99
    assert day.use.layout.display == "none"
    day.button.click()
    assert "cannot be reached" in day.answers.value
    assert day.use.layout.display == "none"


def test_what_was_moved_right_before_it_is_kept_too(panel, monkeypatch):
    async def move_and_keep() -> None:
        monkeypatch.setattr(later, "answers_browser", lambda: True)
        # As on a machine that is busy.
        monkeypatch.setattr(panel._redraw, "_seconds", 60.0)
        panel.extra.value = 20
        panel.keep_fold.keep.click()
        await asyncio.sleep(3 * PRESS_SECONDS)

    asyncio.run(move_and_keep())
    (kept,) = panel.comparison.kept
    assert kept.scenario.of_kind(MoreOrders)[0].per_day == panel.state.extra_orders_per_day == 20


def test_scenarios_are_kept_compared_and_removed(panel):
    keep = panel.keep_fold
    panel.extra.value, keep.name.value = 20, "<b>sale"
    keep.keep.click()
    panel.extra.value, keep.name.value = 40, ""
    keep.keep.click()
    for html in (keep.table.value, panel.to_html()):
        assert html.count("scope=row>&lt;b&gt;sale") == html.count("scope=row>Scenario 1") == 1
        assert "Compared on 30 Oct" in html
        assert "Under 1 %<br>with 90 % from" in html
    shown = [button.description for button in keep.remove if button.layout.display == ""]
    assert shown == ["Remove <b>sale", "Remove Scenario 1"]
    for _ in range(3):
        keep.keep.click()
    assert "4 scenarios are kept already" in keep.error.value
    keep.remove[0].click()
    assert panel.comparison.names[0] == "Scenario 1"
    assert keep.error.value == ""


def test_files_are_those_of_the_state_when_it_rests(panel):
    keep = panel.keep_fold
    panel.extra.value, keep.name.value = 20, "Autumn"
    assert keep.links.value == ""
    keep.fold.button.value = True
    files = files_of(panel)
    assert set(files) == {"autumn.toml", "autumn.csv", "autumn.png"}
    found = read_scenario(files["autumn.toml"].decode(), Path("autumn.toml"))
    assert (found, found.name) == (panel.state.plain, "Autumn")
    assert files["autumn.png"].startswith(b"\x89PNG")
    lines = files["autumn.csv"].decode("utf-8-sig").split("\r\n")
    assert len(lines) == 2 + len(panel.state.effect.table)
    assert "odr whatif FOLDER" in keep.text.value
    assert "--extra-orders 20/day" in keep.text.value
    assert "scenario = Scenario(MoreOrders(per_day=20" in keep.text.value
    panel.extra.value = 21
    assert b"per_day = 21" in files_of(panel)["autumn.toml"]


def test_a_file_is_loaded_or_refused_in_words(panel):
    whole = Scenario(MoreOrders(7, start=date(2026, 10, 5), days=3), NewDefect("x"), name="mine")
    text = scenario_toml(whole)
    load(panel, text)
    assert "no file has the order x" in panel.keep_fold.error.value or "does not have: x" in (
        panel.keep_fold.error.value
    )
    assert panel.extra.value == 0
    load(panel, scenario_toml(Scenario(*whole.changes[:1], name="mine")))
    assert panel.keep_fold.error.value == ""
    assert (panel.extra.value, panel.length.value, panel.keep_fold.name.value) == (7, 3, "mine")
    panel.undo.click()
    assert panel.extra.value == 0
    load(panel, "{", "x.json")
    assert "is no JSON file" in panel.keep_fold.error.value
