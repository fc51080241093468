"""``odr whatif``: as text, as JSON, from options and from files, and what it refuses."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from odr_analysis import load_sample, write_sample
from odr_analysis.answer.scenario.day_asked import day_asked
from odr_analysis.answer.scenario.effect_text import effect_json, effect_lines
from odr_analysis.cli.whatif import whatif
from odr_analysis.whatif import (
    MoreOrders,
    NewDefect,
    Removed,
    Sales,
    Scenario,
    apply_scenario,
    load_scenario,
    scenario_dict,
)
from tests.commands import SAMPLE, odr, run

README = Path(__file__).parents[3] / "README.md"
FIRST, SECOND = "305-0618303-4996710", "302-9716604-0621755"
"""Orders of the sample with negative feedback."""


@pytest.fixture(scope="module")
def cases() -> dict[str, str]:
    """Orders of the sample with a claim and with a chargeback."""
    defects = load_sample().on(None).defects.set_index("order_id")
    alone = {
        "claim": defects.claim & ~defects.chargeback,
        "chargeback": defects.chargeback & ~defects.claim,
    }
    return {kind: defects.index[fits][0] for kind, fits in alone.items()}


def asked(*args: object) -> dict:
    """What the command prints as JSON."""
    done = odr("whatif", SAMPLE, "--json", *args)
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def scenario_of(*args: object) -> dict:
    return asked(*args, "--horizon", "20")["scenario"]


def test_the_spelling_of_the_readme_prints_what_it_shows() -> None:
    shown = README.read_text("utf-8").split("```text\n$ odr whatif data/sample ")[1].split("```")[0]
    args, _, text = shown.partition("\n")
    assert run(whatif, SAMPLE, *args.split()).startswith(text.rstrip())


def test_text_and_json_are_those_of_the_package() -> None:
    args = ("--extra-orders", "20/day", "--from", "2026-10-01", "--by", "2026-11-15",
            "--remove-feedback", f"{FIRST},{SECOND}")  # fmt: skip
    account = load_sample()
    more = MoreOrders(20, start=date(2026, 10, 1))
    effect = apply_scenario(account, Scenario(more, Removed([FIRST, SECOND])))
    day = day_asked(account, effect, date(2026, 11, 15),
                    start=more.start)  # fmt: skip
    assert asked(*args) == json.loads(effect_json(effect, day))
    assert run("whatif", SAMPLE, *args).rstrip() == "\n".join(effect_lines(effect, day))


@pytest.mark.parametrize(
    ("args", "change"),
    [
        (["--extra-orders", "20/day:clean", "--days", "7"],
         MoreOrders(20, defect_rate=0.0, days=7)),
        (["--extra-orders", "20/day", "--quality", "0.02"], MoreOrders(20, defect_rate=0.02)),
        (["--extra-orders", "20/day:as usual"], MoreOrders(20)),
        (["--extra-orders", "500"], MoreOrders(500, days=1)),
        (["--extra-orders", "9/day", "--channel", "afn"], MoreOrders(9, channel="afn")),
        (["--sales", "0", "--days", "14"], Sales(0, days=14)),
        (["--remove-feedback", FIRST, "--probability", "0.5"],
         Removed([FIRST], probability=0.5)),
        (["--defect", FIRST], NewDefect(FIRST)),
        (["--defect", "2026-10-02", "--probability", "0.3"],
         NewDefect(ordered_on=date(2026, 10, 2),
                   probability=0.3)),
    ],
)  # fmt: skip
def test_options_are_changes(args: list[str], change) -> None:
    assert scenario_of(*args) == scenario_dict(Scenario(change))


def test_a_win_is_of_what_the_order_has(cases: dict[str, str]) -> None:
    ids = ",".join(cases.values())
    won = [Removed([cases[kind]], kind) for kind in ("claim", "chargeback")]
    assert scenario_of("--win", ids) == scenario_dict(Scenario(*won))
    found = asked("--win", FIRST)
    assert len(found["notes"]) == 1
    assert f"Order {FIRST} has no A-to-z claim" in found["notes"][0]


def test_a_scenario_is_kept_and_read_again(tmp_path: Path) -> None:
    toml, as_json = tmp_path / "more.toml", tmp_path / "more.json"
    args = ("--extra-orders", "20/day", "--sales", "0.8", "--horizon", "20")
    assert f"Scenario: {toml}\n" in run("whatif", SAMPLE, *args, "--save", toml)
    done = odr("whatif", SAMPLE, *args, "--save", as_json, "--json")
    assert json.loads(done.stdout)["scenario"] == json.loads(as_json.read_text("utf-8"))
    assert f"Scenario: {as_json}" in done.stderr
    kept = load_scenario(toml)
    assert kept == load_scenario(as_json) == Scenario(MoreOrders(20), Sales(0.8))
    assert scenario_of("--scenario", toml) == scenario_dict(kept)
    both = scenario_of("--scenario", toml, "--remove-feedback", FIRST)
    assert both == scenario_dict(kept | Scenario(Removed([FIRST])))
    again = run("whatif", SAMPLE, *args, "--save", toml)
    assert f"Scenario: {toml}, in place of an older file" in again


def test_one_channel_alone_is_shown() -> None:
    found = asked("--sales", "0", "--channel", "afn")
    assert {row["channel"] for row in found["days"]} == {"afn"}
    assert "seller-fulfilled" not in found["sentence"]
    both = asked("--sales", "0")
    assert {row["channel"] for row in both["days"]} == {"afn", "mfn"}


def test_a_later_day_is_looked_ahead_to_and_an_earlier_one_from() -> None:
    found = asked("--as-of", "2026-09-20", "--by", "2026-12-20", "--quality", "clean")
    assert (found["as_of"], found["horizon_days"]) == ("2026-09-20", 91)
    assert found["by"]["day"] == "2026-12-20"


def test_what_is_not_known_has_no_probability() -> None:
    found = asked("--as-of", "2026-03-01", "--by", "2026-04-01")
    assert found["by"]["p_with"] is None
    assert all(row["scenario_p_breach"] is None for row in found["key_days"])
    text = run("whatif", SAMPLE, "--as-of", "2026-03-01", "--by", "2026-04-01")
    assert "whether it is under 1 % on 1 Apr 2026 cannot be" in text
    assert "≥: a kind of defect is not known, so the rate may be higher." in text
    (today,) = [line for line in text.splitlines() if line.startswith("  1 Mar")]
    assert today.split()[2:] == ["≥0.48", "%", "–", "≥0.48", "%", "–", "today"]


def test_an_account_without_a_defect(tmp_path: Path) -> None:
    write_sample(tmp_path / "clean", orders=800, seed=3, scenario="clean")
    policy = tmp_path / "policy.toml"
    words = [f"no_{kind}_known_to = 2026-09-30" for kind in ("feedback", "claims", "chargebacks")]
    policy.write_text("\n".join(["[coverage]", *words]), "utf-8")
    args = ("whatif", tmp_path / "clean", "--no-cache", "--by", "2026-10-20")
    assert "cannot be known" in run(*args)
    assert "no removal is needed" in " ".join(run(*args, "--policy", policy).split())


@pytest.mark.parametrize(
    ("args", "stated"),
    [
        (["--extra-orders", "-5/day"], "per_day must be a whole number from 0 to 10,000,000"),
        (["--extra-orders", "20/week"], "write 20/day, 20/day:clean, or 500 on one day"),
        (["--extra-orders", "nan"], "write 20/day"),
        (["--extra-orders", "20/day:poor"], "--extra-orders: quality must be 'as usual'"),
        (["--extra-orders", "20/day:clean", "--quality", "clean"], "given twice"),
        (["--extra-orders", "500", "--days", "3"], "write 500/day with --days"),
        (["--extra-orders", "20/day", "--from", "2026-09-01"], "only begin after 2026-09-30"),
        (["--extra-orders", "20/day", "--from", "soon"], "write it like 2026-09-30"),
        (
            ["--extra-orders", "20/day", "--days", "-1"],
            "days must be a whole number from 0 to 3,660, got -1.",
        ),
        (["--sales", "-1"], "--sales: sales: factor must be a number from 0 to 100"),
        (["--sales", "nan"], "--sales: sales: factor must be"),
        (["--from", "2026-10-01"], "are those of --extra-orders or --sales"),
        (["--by", "2026-10-20", "--days", "3"], "are those of --extra-orders or --sales"),
        (["--by", "2026-10-20", "--from", "2026-09-01"], "only be placed after 2026-09-30"),
        (["--by", "2026-10-20", "--quality", "poor"], "--quality: quality must be"),
        (["--quality", "clean"], "--quality is that of --extra-orders"),
        (["--remove-feedback", FIRST[:-1]], f"does not have: {FIRST[:-1]}; did you mean '{FIRST}'"),
        (["--remove-feedback", f"{FIRST},{FIRST}"], f"'{FIRST}' is listed twice"),
        (["--remove-feedback", f"{FIRST},,"], "with commas between them"),
        (["--win", f"{FIRST},{FIRST}"], f"--win: scenario: '{FIRST}' is listed twice"),
        (["--win", FIRST[:-1]], f"did you mean '{FIRST}'"),
        (["--defect", FIRST[:-1]], f"did you mean '{FIRST}'"),
        (
            ["--remove-feedback", FIRST, "--probability", "1.5"],
            "--probability: removed: probability must be a fraction between 0 and 1, got 1.5.",
        ),
        (["--remove-feedback", FIRST, "--probability", "nan"], "a fraction between 0 and 1"),
        (["--probability", "0.5"], "give one of them"),
        (["--by", "2026-09-30"], "must be after 2026-09-30"),
        (["--by", "2030-01-01"], "no day after 2027-03-03 can be forecast"),
        (["--by", "2026-10-20", "--certainty", "2"], "certainty must be a fraction"),
        (["--certainty", "0.9"], "name it with --by"),
        (["--horizon", "1000"], "a whole number from 0 to 154"),
        (["--horizon", "-1"], "'--horizon': -1"),
        (["--channel", "fba"], "It has: Amazon.de, mfn; Amazon.de, afn."),
        (["--scenario", "none.toml"], "none.toml: no such file"),
        (["--save", "/nowhere/at/all.toml"], "Choose another place with --save"),
    ],
)
def test_what_cannot_be_asked(args: list[str], stated: str) -> None:
    done = odr(whatif, SAMPLE, *args)
    assert (done.exit_code, done.stderr.count("Traceback")) == (2, 0)
    assert stated in done.stderr
    assert done.stderr.rstrip().splitlines()[-1].startswith(("odr: ", "Error: "))
