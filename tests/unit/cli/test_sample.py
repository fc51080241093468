"""``odr sample``: its scenarios."""

from __future__ import annotations

from pathlib import Path

from odr_analysis.cli.sample import sample
from tests.commands import odr


def test_sample_lists_its_scenarios_and_refuses_others(tmp_path: Path) -> None:
    listed = odr(sample, "--list").output
    for name in ("stationary", "drift", "step", "lag-shift", "surge", "tiny", "quiet"):
        assert name in listed
    run = odr(sample, "--scenario", "nonsense", "--out", tmp_path / "x")
    assert run.exit_code == 2
    assert "stationary" in run.stderr
    assert odr(sample).exit_code == 2
