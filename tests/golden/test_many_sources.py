"""Accounts seen by many sources that contradict each other, against the answers they were made
with: every file recognised, every row accounted for, every count exact under every preset."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from odr_analysis import Account, Policy, component_rates, load_account
from odr_analysis.exports.verdicts import contradictions
from odr_analysis.presets import PRESETS
from odr_analysis.sample import write_sample
from odr_analysis.sample.model.recipes import RECIPES

MONEY = ("settlement", "date-range", "finances")


@dataclass
class Made:
    """One written account, its truth, and what is loaded of it, each policy once."""

    folder: Path
    cache: Path
    truth: dict[str, Any]
    loaded: dict[Policy, Account] = field(default_factory=dict)

    def under(self, policy: Policy) -> Account:
        if policy not in self.loaded:
            self.loaded[policy] = load_account(self.folder, policy=policy, cache=self.cache)
        return self.loaded[policy]

    def files(self, *kinds: str) -> list[dict[str, Any]]:
        return [entry for entry in self.truth["files"] if entry["kind"] in kinds]


ACCOUNTS = [
    (scenario, seed)
    for scenario, seeds in (
        ("witnesses", (1, 2, 3)),
        ("witnesses-us", (4, 5, 6)),
        ("witnesses-jp", (7, 8, 9)),
    )
    for seed in seeds
]


@pytest.fixture(scope="module", params=ACCOUNTS, ids=lambda p: f"{p[0]}-{p[1]}")
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    scenario, seed = request.param
    folder = tmp_path_factory.mktemp("many")
    written = write_sample(folder / "files", orders=1_500, seed=seed, scenario=scenario)
    return Made(folder / "files", folder / "cache", json.loads(written.read_text("utf-8")))


def differences(rates: pd.DataFrame, wanted: list[dict[str, Any]]) -> list[str]:
    """Every count that differs from what is wanted."""
    rates = rates.set_index(["as_of", "marketplace", "channel"])
    wrong = []
    for row in wanted:
        key = (pd.Timestamp(row["as_of"]), row["marketplace"], row["channel"])
        wrong += [
            f"{key} {name}: {rates.loc[key][name]} instead of {value}"
            for name, value in row.items()
            if name.startswith("n_") and rates.loc[key][name] != value
        ]
    return wrong


@pytest.mark.parametrize("preset", PRESETS)
def test_counts_are_the_truth_under_every_preset(made: Made, preset: str) -> None:
    truth = made.truth["policies"][preset]
    policy = PRESETS[preset].policy
    assert truth["policy"] == policy.to_dict()
    wanted = [row | {"as_of": made.truth["as_of"]} for row in truth["rates"]]
    assert sum(row["n_defective"] for row in wanted) > 20
    wanted += truth["rates_history"]
    assert len({row["as_of"] for row in wanted}) == 9
    account = made.under(policy)
    assert account.known_to.isoformat() == made.truth["as_of"]
    assert differences(component_rates(account), wanted) == []


@pytest.mark.parametrize("preset", PRESETS)
def test_each_planted_case_comes_to_what_was_planted(made: Made, preset: str) -> None:
    defects = made.under(PRESETS[preset].policy).defects
    counts = defects.groupby(["order_id", "component"])["counts"].agg(["min", "max"])
    assert (counts["min"] == counts["max"]).all()
    wrong = [
        (case["name"], order_id)
        for case in made.truth["planted"]
        for order_id in case["orders"]
        # What is no defect at all under the policy (three stars) has no record.
        if bool(counts["max"].get((order_id, case["component"]), False)) != case["counts"][preset]
    ]
    assert wrong == []
    assert {case["name"] for case in made.truth["planted"]} == set(RECIPES)


def test_the_truth_without_a_policy_is_that_of_the_usual_one(made: Made) -> None:
    assert made.truth["rates"] == made.truth["policies"][Policy().name]["rates"]
    assert made.truth["rates_history"] == made.truth["policies"][Policy().name]["rates_history"]


def test_presets_differ(made: Made) -> None:
    told = [made.truth["policies"][preset]["rates"] for preset in PRESETS]
    assert all(told.count(rates) == 1 for rates in told)


def test_kinds_are_recognised_and_every_row_is_accounted_for(made: Made) -> None:
    receipt = made.under(Policy()).receipt
    wanted = {entry["file"]: entry for entry in made.truth["files"]}
    assert {f.file for f in receipt.files if f.kind != "unknown"} == set(wanted)
    assert [f.file for f in receipt.unknown] == ["truth.json"]
    for f in (f for f in receipt.files if f.file in wanted):
        entry = wanted[f.file]
        assert (f.kind, f.rows_read, f.rows_kept, f.rows_dropped) == (
            *(entry["kind"], entry["rows"], entry["rows"]),
            {},
        ), f.file
        data = (made.folder / f.file).read_bytes()
        text = gzip.decompress(data) if f.file.endswith(".gz") else data
        # Nobody can tell the encoding of text without an accent.
        assert f.encoding == entry["encoding"] or text.isascii(), f.file
    kinds = Counter(entry["kind"] for entry in wanted.values())
    assert kinds.keys() == {
        *("all-orders", "fulfilled-shipments", "unshipped-orders", "seller-feedback"),
        *("claims", "chargebacks", "mfn-returns", "order-defects", "late-shipment-list"),
        *("cancellation-list", "settlement", "date-range", "finances", "seller-performance"),
    }
    assert (kinds["settlement"], kinds["seller-performance"], kinds["order-defects"]) == (5, 2, 2)
    for name in ("rows", "distinct", "counted", "not_counted"):
        assert receipt.orders[name] == made.truth["orders"][name]


def test_each_file_is_a_source(made: Made) -> None:
    """A source that were not read at all would be made up for by the others."""
    defects = made.under(Policy()).defects
    checked = 0
    for entry in (e for e in made.truth["files"] if "seen" in e):
        own = defects[defects.file == entry["file"]]
        said = own.component
        if entry["kind"] in MONEY:
            said = own.component + " " + own.outcome
        assert said.value_counts().to_dict() == {k: n for k, n in entry["seen"].items() if n}
        assert (own.source == entry["kind"]).all()
        checked += 1
    assert checked == 12


def test_money_has_its_day_and_amount_in_every_file(made: Made) -> None:
    defects = made.under(Policy()).defects
    told = defects[defects.source.isin(MONEY)]
    wanted = {(m["order_id"], m["component"], m["outcome"]): m for m in made.truth["money"]}
    assert len(wanted) == len(made.truth["money"])
    assert set(told.source) == set(MONEY)
    for row in told.itertuples():
        money = wanted[row.order_id, row.component, row.outcome]
        assert row.reported_on == pd.Timestamp(money["day"]), row
        assert row.amount == pytest.approx(money["amount"], abs=1e-9), row
        assert row.currency == money["currency"]


def test_amazons_numbers_are_ours_under_the_switches_they_were_made_with(made: Made) -> None:
    account = made.under(Policy())
    assert len(made.truth["snapshots"]) == 2
    for snapshot in made.truth["snapshots"]:
        rates = [row | {"as_of": snapshot["day"]} for row in snapshot["rates"]]
        assert rates
        ours = made.under(Policy(**snapshot["switches"]))
        assert differences(component_rates(ours), rates) == []
        stated = account.snapshots[account.snapshots.file == snapshot["file"]]
        for row in rates:
            fits = (stated.metric == "order_defects") & (stated.channel == row["channel"])
            block = stated[fits & (stated.marketplace == row["marketplace"])].squeeze()
            assert (block.n_total, block.n_bad) == (row["n_orders"], row["n_defective"])
            for component in ("feedback", "claim", "chargeback"):
                assert block[f"n_{component}"] == row[f"n_{component}"]
            assert block.to_on == pd.Timestamp(snapshot["day"]) - pd.Timedelta(days=15)
            exact = abs(block.rate - row["n_defective"] / row["n_orders"]) < 1e-4
            assert exact == (row["channel"] != snapshot["wrong_rate"])
        for other in snapshot["other_rates"]:
            fits = (stated.metric == other["metric"]) & (stated.from_on == other["from"])
            block = stated[fits].squeeze()
            assert (block.n_total, block.n_bad) == (other["n_total"], other["n_bad"])
            assert block.to_on == pd.Timestamp(other["to"])


def test_lists_of_other_rates_name_the_orders_planted(made: Made) -> None:
    lapses = made.under(Policy()).lapses
    columns = ["order_id", "metric", "ordered_on", "counts"]
    wanted = pd.DataFrame(made.truth["lapses"]).astype({"ordered_on": "datetime64[us]"})
    assert set(wanted.metric) == {"late_shipment", "cancellation"}
    got = lapses[columns].sort_values(columns).to_numpy().tolist()
    assert got == wanted[columns].sort_values(columns).to_numpy().tolist()


def test_every_planted_contradiction_of_words_is_listed_and_no_other(made: Made) -> None:
    policy = Policy()
    listed = contradictions(made.under(policy).defects, policy)
    planted = [c for c in made.truth["contradictions"] if c["words_disagree"]]
    pairs = sorted((c["order_id"], c["component"]) for c in planted)
    assert list(zip(listed.order_id, listed.component, strict=True)) == pairs
    counts = {(c["order_id"], c["component"]): c["counts"][policy.name] for c in planted}
    assert {(r.order_id, r.component): r.counts for r in listed.itertuples()} == counts
    assert len(pairs) >= 10


def test_defects_of_unknown_orders_are_in_no_rate(made: Made) -> None:
    defects = made.under(Policy()).defects
    unknown = set(defects.order_id[defects.why_not == "order unknown"])
    assert unknown == set(made.truth["defects"]["unknown_orders"])
    assert len(unknown) == made.truth["defects"]["of_unknown_orders"] == 3


WITHOUT: tuple[tuple[str, Callable[[dict[str, Any]], bool]], ...] = (
    ("date-range", lambda entry: entry["kind"] == "date-range"),
    ("finances", lambda entry: entry["kind"] == "finances"),
    (
        "the second copy",
        lambda entry: entry["kind"] == "settlement" and entry["file"][-3:] == ".gz",
    ),
)


@pytest.mark.parametrize(("what", "gone"), WITHOUT, ids=[what for what, _ in WITHOUT])
def test_copies_and_repetitions_change_no_decision(
    what: str, gone: Callable[[dict[str, Any]], bool], tmp_path: Path
) -> None:
    """What one file repeats of another adds nothing, whichever of them is missing: settlements,
    date range and Finances tell of the same money, the last two of that since the last closed."""
    files = tmp_path / "files"
    truth = json.loads(
        write_sample(files, orders=1_500, seed=11, scenario="witnesses").read_text("utf-8")
    )
    left = [entry for entry in truth["files"] if gone(entry)]
    assert len(left) == 1
    (files / left[0]["file"]).unlink()
    wanted = [row | {"as_of": truth["as_of"]} for row in truth["rates"]]
    assert differences(component_rates(load_account(files, cache=None)), wanted) == []
