"""``odr plan``: as text, as JSON, with prices from options and files, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from odr_analysis import load_sample
from odr_analysis.actions.costs import Costs
from odr_analysis.actions.planner import cheapest_plan
from odr_analysis.answer.plan import plan_json, plan_lines
from odr_analysis.cli.plan import FEWEST, plan
from odr_analysis.whatif import load_scenario
from tests.commands import SAMPLE, odr, run

README = Path(__file__).parents[3] / "README.md"
BY = ("--by", "2026-10-12", "--certainty", "0.6")


def asked(*args: object) -> dict:
    """What the command prints as JSON."""
    done = odr("plan", SAMPLE, "--json", *args)
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def plain(text: str) -> str:
    return " ".join(text.split())


def test_the_spelling_of_the_readme_prints_what_it_shows() -> None:
    shown = README.read_text("utf-8").split("```text\n$ odr plan data/sample ")[1].split("```")[0]
    args, _, text = shown.partition("\n")
    assert run(plan, SAMPLE, *args.split()).startswith(text.rstrip())


def test_without_prices_each_request_costs_one() -> None:
    found = cheapest_plan(load_sample(), "2026-10-12", 0.6)
    assert asked(*BY) == json.loads(plan_json(found, [FEWEST]))
    text = run("plan", SAMPLE, *BY)
    assert text.rstrip() == "\n".join(plan_lines(found, [FEWEST]))
    assert found.best is not None
    assert found.best.cost == found.best.removals + found.best.appeals


def test_prices_come_from_options_or_a_file_and_options_come_first(tmp_path: Path) -> None:
    file = tmp_path / "costs.toml"
    file.write_text('removal = 5\nappeal = 9\n[chances]\n"answer the claim" = 0.4\n', "utf-8")
    account = load_sample()
    chances = {"answer the claim": 0.4}
    for args, costs in (
        (["--removal", 5, "--appeal", 2], Costs(removal=5, appeal=2)),
        (["--costs", file], Costs(removal=5, appeal=9, chances=chances)),
        (["--costs", file, "--appeal", 2, "--removals-most", 1],
         Costs(removal=5, appeal=2, removals_most=1, chances=chances)),
        (["--order", 2, "--orders-per-day-most", 3, "--quality", "clean", "--appeal", 1],
         Costs(order=2, orders_per_day_most=3, quality="clean", appeal=1)),
    ):  # fmt: skip
        found = cheapest_plan(account, "2026-10-12", 0.5, costs, runners_up=1)
        assert found.best is not None
        easy = ("--by", "2026-10-12", "--certainty", 0.5, "--runners-up", 1)
        assert asked(*easy, *args) == json.loads(plan_json(found))


def test_limits_and_a_budget_can_stand_without_prices() -> None:
    account, alone = load_sample(), {"removal": 1.0, "appeal": 1.0}
    for args, more in (
        (["--removals-most", 3], {"removals_most": 3}),
        (["--budget", 2], {"budget": 2.0}),
    ):
        found = cheapest_plan(account, "2026-10-12", 0.6, Costs(**alone, **more))
        assert asked(*BY, *args) == json.loads(plan_json(found, [FEWEST]))


@pytest.mark.parametrize(
    ("args", "reason", "stated"),
    [
        (["--by", "2026-10-20"], "met", "no step is needed for"),
        (["--by", "2026-10-12", "--channel", "afn"], "met", "Amazon-fulfilled on Amazon.de"),
        (["--by", "2026-10-12"], "not enough", "the first later day on which it can is 17 Oct"),
        ([*BY, "--budget", "2"], "over budget", "the cheapest that is enough costs 3.00"),
        (["--as-of", "2026-03-01", "--by", "2026-04-01"], "unknown", "nothing can be planned"),
    ],
)
def test_no_plan_is_an_answer(args: list[str], reason: str, stated: str, tmp_path: Path) -> None:
    file = tmp_path / "plan.toml"
    text = run("plan", SAMPLE, *args, "--save-scenario", file)
    assert stated in plain(text)
    assert f"There are no steps, so {file} is not written." in text
    assert not file.exists()
    found = asked(*args)
    assert (found["reason"], found["steps"]) == (reason, [])


def test_the_plan_is_kept_as_a_scenario_that_comes_to_what_it_promises(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    done = odr("plan", SAMPLE, *BY, "--json", "--save-scenario", file)
    found = json.loads(done.stdout)
    assert json.loads(file.read_text("utf-8")) == found["scenario"]
    assert f"Scenario: {file}" in done.stderr
    assert load_scenario(file) == cheapest_plan(load_sample(), "2026-10-12", 0.6).scenario
    simulated = json.loads(odr("whatif", SAMPLE, "--scenario", file, *BY, "--json").stdout)["by"]
    # Drawn there, exact here.
    assert simulated["p_with"] == pytest.approx(found["best"]["probability"], abs=0.03)
    assert simulated["p_without"] == pytest.approx(found["p_without"])


@pytest.mark.parametrize(
    ("args", "stated"),
    [
        ([], "Missing option '--by'"),
        (["--by", "soon"], "write it like 2026-09-30"),
        (["--by", "2026-09-30"], "must be after 2026-09-30"),
        (["--by", "2030-01-01"], "no day after 2027-03-03 can be forecast"),
        (["--by", "2026-10-12", "--certainty", "1"], "certainty must be a fraction"),
        (["--by", "2026-10-12", "--certainty", "nan"], "certainty must be a fraction"),
        ([*BY, "--removal", "-1"], "removal must be an amount of 0 or more"),
        ([*BY, "--removal", "nan"], "removal must be an amount of 0 or more"),
        ([*BY, "--budget", "-2"], "budget must be an amount of 0 or more"),
        ([*BY, "--order", "2"], "orders_per_day_most"),
        ([*BY, "--orders-per-day-most", "2"], "needs a price: give --order too"),
        ([*BY, "--quality", "clean"], "--quality needs a price: give --order too"),
        ([*BY, "--appeal", "2", "--removals-most", "2"], "needs a price: give --removal too"),
        ([*BY, "--removal", "2", "--removals-most", "-2"], "removals_most must be a whole number"),
        (
            [*BY, "--order", "1", "--orders-per-day-most", "3", "--quality", "poor"],
            "quality must be 'as usual'",
        ),
        ([*BY, "--runners-up", "-1"], "'--runners-up': -1"),
        ([*BY, "--costs", "none.toml"], "none.toml: no such file"),
        ([*BY, "--channel", "fba"], "It has: Amazon.de, mfn; Amazon.de, afn."),
        ([*BY, "--marketplace", "Amazon.fr"], "no orders of marketplace Amazon.fr"),
        ([*BY, "--save-scenario", "/nowhere/at/all.toml"], "with --save-scenario"),
    ],
)
def test_what_cannot_be_asked(args: list[str], stated: str) -> None:
    done = odr(plan, SAMPLE, *args)
    assert (done.exit_code, done.stderr.count("Traceback")) == (2, 0)
    assert stated in done.stderr
    assert done.stderr.rstrip().splitlines()[-1].startswith(("odr: ", "Error: "))


def test_a_file_of_costs_with_a_refund_names_the_order_nobody_knows(tmp_path: Path) -> None:
    file = tmp_path / "costs.toml"
    file.write_text('[[refunds]]\norder = "305-0618303-499671"\ncost = 12\n', "utf-8")
    done = odr(plan, SAMPLE, *BY, "--costs", file)
    assert done.exit_code == 2
    assert "did you mean '305-0618303-4996710'?" in done.stderr
