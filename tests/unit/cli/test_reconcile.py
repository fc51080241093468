"""``odr reconcile``: the rules a report was made with, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from odr_analysis import component_rates, load_account, load_policy
from odr_analysis.cli.reconcile import reconcile
from odr_analysis.sample import write_sample
from tests.commands import odr


@pytest.fixture(scope="module")
def witnesses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("witnesses") / "exports"
    write_sample(folder, orders=1500, seed=3, scenario="witnesses")
    return folder


def test_reconcile_finds_the_rules_a_report_was_made_with(witnesses: Path, tmp_path: Path) -> None:
    truth = json.loads((witnesses / "truth.json").read_text("utf-8"))
    saved = tmp_path / "ours.toml"
    done = odr(reconcile, witnesses, "--json", "--save", saved, "--fit", "1")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert "which you chose by its number" in done.stderr
    assert [day["n_exact"] > 0 for day in told["days"]] == [True] * len(truth["snapshots"])
    policy = load_policy(saved)
    counts = component_rates(load_account(witnesses, policy=policy), truth["snapshots"][-1]["day"])
    newest = counts[counts.as_of == truth["snapshots"][-1]["day"]]
    assert newest.n_orders.sum() == sum(r["n_orders"] for r in truth["snapshots"][-1]["rates"])
    plain = odr(reconcile, witnesses)
    assert plain.exit_code == 0
    assert "these files" in plain.output
    assert "Amazon's counts" in plain.output
    settled = told["settled"]
    if settled is None:
        refused = odr(reconcile, witnesses, "--save", tmp_path / "not.toml")
        assert refused.exit_code == 2
        assert "the reports settle no rule" in refused.output
        assert not (tmp_path / "not.toml").exists()


def test_reconcile_says_what_it_lacks_and_saves_nothing_silently(
    us_seller: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    saved = tmp_path / "ours.toml"
    done = odr(reconcile, us_seller[0], "--save", saved)
    assert done.exit_code == 2
    assert "No performance report is among the files" in done.output
    assert not saved.exists()
    assert odr(reconcile, us_seller[0], "--save", saved, "--fit", "1").exit_code == 2
