"""The sample's answers, worked out when it was generated, against ours: counts exact."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from odr_analysis import Account, component_rates, load_account
from odr_analysis.sample import SCENARIOS, write_sample

SHIPPED = Path(__file__).parents[2] / "data" / "sample"


def wrong_counts(account: Account, truth: dict[str, Any]) -> list[str]:
    """Every count that differs from the truth file, over all as_of days it names."""
    rates = component_rates(account).set_index(["as_of", "marketplace", "channel"])
    wanted = [row | {"as_of": truth["as_of"]} for row in truth["rates"]] + truth["rates_history"]
    assert wanted
    wrong = []
    for row in wanted:
        key = (pd.Timestamp(row["as_of"]), row["marketplace"], row["channel"])
        if key not in rates.index:
            # A channel without any order has no series; only a truth of nothing fits that.
            assert row["n_orders"] == 0, key
            continue
        got = rates.loc[key]
        wrong += [
            f"{key} {name}: {got[name]} instead of {value}"
            for name, value in row.items()
            if name.startswith("n_") and got[name] != value
        ]
    return wrong


# Accounts of the scenario "witnesses" with these seeds are those of test_many_sources.py.
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("scenario", sorted(SCENARIOS.keys() - {"witnesses"}))
def test_every_scenario_gives_the_truth(scenario: str, seed: int, tmp_path: Path) -> None:
    truth = json.loads(
        write_sample(tmp_path, orders=1_500, seed=seed, scenario=scenario).read_text("utf-8")
    )
    account = load_account(tmp_path, cache=None)
    assert account.known_to.isoformat() == truth["as_of"]
    assert wrong_counts(account, truth) == []
    assert account.receipt.orders["distinct"] == truth["orders"]["distinct"]
    assert account.receipt.orders["not_counted"] == truth["orders"]["not_counted"]


def test_the_shipped_sample_gives_its_truth() -> None:
    truth = json.loads((SHIPPED / "truth.json").read_text("utf-8"))
    account = load_account(SHIPPED, cache=None)
    assert wrong_counts(account, truth) == []
    mfn = next(r for r in truth["rates"] if r["channel"] == "mfn")
    assert (mfn["n_defective"], mfn["n_orders"]) == (17, 1593)


def test_tiny_is_one_claim_in_45_orders(tmp_path: Path) -> None:
    write_sample(tmp_path, orders=45, seed=1, scenario="tiny")
    account = load_account(tmp_path, cache=None)
    last = component_rates(account).groupby(["marketplace", "channel"]).last()
    assert int(last.n_orders.sum()) == 45
    assert int(last.n_claim.sum()) == int(last.n_defective.sum()) == 1
