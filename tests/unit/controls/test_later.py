"""Work put off: once for many requests, once more for those that came while it ran."""

from __future__ import annotations

import asyncio

import pytest

from odr_analysis.controls import later
from odr_analysis.controls.later import Later


@pytest.fixture
def browser(monkeypatch):
    """As if a message of a browser were being answered."""
    monkeypatch.setattr(later, "answers_browser", lambda: True)


def test_it_is_done_at_once_where_the_next_line_may_read_it():
    done = []
    work = Later(lambda: done.append(1), 60)
    work.ask()
    work.ask()
    assert done == [1, 1]
    assert not work.finish()


def test_many_requests_are_one_run_with_the_newest_state(browser):
    async def drag() -> None:
        state = {"value": 0}
        drawn: list[int] = []
        redraw = Later(lambda: drawn.append(state["value"]), 0.01)
        for value in range(1, 6):
            state["value"] = value
            redraw.ask()
        assert drawn == []
        await asyncio.sleep(0.05)
        assert drawn == [5]
        state["value"] = 6
        redraw.ask()
        await asyncio.sleep(0.05)
        assert drawn == [5, 6]

    asyncio.run(drag())


def test_requests_while_it_runs_are_one_more_run(browser):
    async def drag() -> None:
        drawn: list[int] = []

        def draw() -> None:
            drawn.append(1)
            if len(drawn) == 1:
                redraw.ask()
                redraw.ask()

        redraw = Later(draw, 0)
        redraw.ask()
        await asyncio.sleep(0.05)
        assert drawn == [1, 1]

    asyncio.run(drag())


def test_started_anew_it_waits_for_a_pause(browser):
    async def drag() -> None:
        done: list[int] = []
        settle = Later(lambda: done.append(1), 0.1, anew=True)
        for _ in range(5):
            settle.ask()
            await asyncio.sleep(0.04)
        assert done == []
        await asyncio.sleep(0.15)
        assert done == [1]

    asyncio.run(drag())


def test_called_off_it_is_not_done(browser):
    async def click() -> None:
        done: list[int] = []
        redraw = Later(lambda: done.append(1), 0)
        redraw.ask()
        assert redraw.finish()
        await asyncio.sleep(0.02)
        assert done == []

    asyncio.run(click())


@pytest.mark.parametrize(("kind", "expected"), [("comm_msg", True), ("execute_request", False)])
def test_a_kernel_knows_what_it_answers(monkeypatch, kind, expected):
    class Kernel:
        @staticmethod
        def get_parent(channel):
            return {"header": {"msg_type": kind}} if channel == "shell" else {}

    class Shell:
        kernel = Kernel

    monkeypatch.setattr(later, "get_ipython", Shell)
    assert later.answers_browser() is expected


def test_without_a_kernel_there_is_no_browser():
    assert later.answers_browser() is False
