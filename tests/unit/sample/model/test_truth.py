"""Every count of truth.json, held against the files."""

from __future__ import annotations

from pathlib import Path

import pytest

from odr_analysis.sample import write_sample
from tests.unit.sample.recount import (
    USUAL,
    Recount,
    check,
)

"""Those with many sources are in test_many_sources.py."""


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("scenario", USUAL)
def test_truth_is_what_the_files_say(scenario: str, seed: int, tmp_path: Path) -> None:
    path = write_sample(tmp_path, orders=900, seed=seed, scenario=scenario)
    assert path == tmp_path / "truth.json"
    recount = Recount(tmp_path)
    check(recount)
    assert recount.truth["scenario"] == scenario
    assert recount.truth["as_of"] == "2026-09-30"
    n = 87 if scenario == "tiny" else 900
    assert len(recount.orders) == n
    assert bool(recount.truth["defects"]["defective_orders"]) == (scenario != "clean")


def test_truth_of_the_default_sample_is_what_its_files_say(story: Recount) -> None:
    check(story)
