"""Steps of long work, for whoever asks."""

from __future__ import annotations

from odr_analysis.progress import StagesOnly, Step, silent


def test_steps_go_to_whoever_asks() -> None:
    heard: list[Step] = []
    only = StagesOnly(heard.append)
    only(Step("Reading", 1, 3, "1 of 3 files"))
    assert heard == [Step("Reading", 1, 3, "1 of 3 files")]


def test_a_step_of_unknown_length_has_no_total() -> None:
    assert (Step("Reading").done, Step("Reading").total, Step("Reading").note) == (0, 0, "")


def test_who_does_not_ask_hears_nothing_and_costs_nothing() -> None:
    silent(Step("Reading"))
    assert isinstance(silent, StagesOnly), "nobody finds out how far a stage is"
