"""``odr plan``: the cheapest way to be under target on a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from odr_analysis.cli.support.failures import plain_errors
from odr_analysis.cli.support.options import (
    POLICY_HELP,
    AsOf,
    Day,
    Place,
    account_of,
    save_scenario,
    say,
    series_options,
    with_options,
)
from odr_analysis.errors import ParameterError

if TYPE_CHECKING:
    from odr_analysis.actions.costs import Costs

FEWEST = (
    "No price is given, so each removal and each appeal costs 1: the plan is that of the fewest "
    "requests, without extra orders (--order and --orders-per-day-most would allow some)."
)
PRICES = {"removal", "appeal", "order"}
NEEDS = {
    "removals_most": "removal",
    "appeals_most": "appeal",
    "orders_per_day_most": "order",
    "quality": "order",
}
"""Option to the price without which it means nothing."""


@click.command()
@click.argument("folder", type=Place())
@click.option("--by", type=Day(), required=True, help="Day on which to be under target.")
@click.option("--certainty", type=float, default=0.9, show_default=True, help="Probability wanted.")
@click.option("--costs", type=Place(), help="Prices and limits, a TOML file.")
@click.option("--removal", type=float, metavar="COST", help="Of asking for one removal.")
@click.option("--appeal", type=float, metavar="COST", help="Of one answer or appeal.")
@click.option("--order", type=float, metavar="COST", help="Of winning one extra order.")
@click.option("--orders-per-day-most", type=int, metavar="N", help="Most extra orders a day.")
@click.option("--removals-most", type=int, metavar="N", help="Most removals to ask for.")
@click.option("--appeals-most", type=int, metavar="N", help="Most answers and appeals.")
@click.option("--budget", type=float, metavar="COST", help="The plan may not cost more.")
@click.option("--quality", help="Of extra orders: 'as usual', clean, or their defect rate (0.02).")
@click.option("--runners-up", type=click.IntRange(0, 20), default=2, show_default=True,
              help="Other plans to name.")  # fmt: skip
@click.option("--as-of", type=AsOf(), help="Day to plan on; by default the latest known.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option(
    "--save-scenario",
    "save",
    type=Place(dir_okay=False),
    help="Keep the plan as a scenario, for odr whatif --scenario.",
)
@click.option("--policy", default="amazon-current", show_default=True, help=POLICY_HELP)
@with_options(series_options)
@plain_errors
def plan(
    folder: Path,
    by: date,
    certainty: float,
    costs: Path | None,
    runners_up: int,
    as_of: str | None,
    as_json: bool,
    save: Path | None,
    policy: str,
    marketplace: str | None,
    channel: str | None,
    memory_limit: str | None,
    no_cache: bool,
    **given: Any,
) -> None:
    """Find the cheapest mix of actions that brings FOLDER under target on a day.

    Only what Amazon's policy allows. Without any price each request costs 1; options stand in
    place of the same line of --costs. A goal that is met or out of reach is an answer too.

    \b
    odr plan exports --by 2026-10-12 --certainty 0.6
    odr plan exports --by 2026-11-15 --removal 5 --appeal 8 --order 2.5 \\
        --orders-per-day-most 30

    JSON is one object: marketplace, channel, as_of, by, certainty, sentence, notes, reason ("" a
    plan, "met", "not enough", "over budget", "unknown"), best, runners_up, steps, limits,
    scenario, without, p_without, p_at_best, least_cost, reachable_on, left_out, missing,
    orders_priced, rests_on_guesses. Dates are ISO texts, probabilities numbers, null where unknown.
    """
    from odr_analysis.actions.planner import cheapest_plan
    from odr_analysis.answer.plan import plan_json, plan_lines

    own = {name: value for name, value in given.items() if value is not None}
    prices = _costs(costs, own)
    found = cheapest_plan(
        account_of(folder, policy, marketplace, memory_limit, no_cache),
        by,
        certainty,
        prices,
        runners_up=runners_up,
        marketplace=marketplace,
        channel=channel,
        as_of=as_of,
    )
    priced = costs is not None or bool(own.keys() & PRICES)
    notes = () if priced or found.reason == "unknown" else (FEWEST,)
    say(plan_json(found, notes) if as_json else "\n".join(plan_lines(found, notes)))
    if save is None:
        return
    if found.reason:
        say(f"There are no steps, so {save} is not written.", err=as_json)
    else:
        save_scenario(found.scenario, save, "--save-scenario", err=as_json)


def _costs(file: Path | None, own: dict[str, Any]) -> Costs:
    """Prices and limits of the file, and of the options in their place."""
    import attrs

    from odr_analysis.actions.costs import STEPS_ALONE, Costs, load_costs

    if file is not None:
        costs = attrs.evolve(load_costs(file), **own)
    elif own.keys() & PRICES:
        costs = Costs(**own)
    else:
        costs = attrs.evolve(STEPS_ALONE, **own)
    for name, price in NEEDS.items():
        if name in own and getattr(costs, price) is None:
            option = name.replace("_", "-")
            raise ParameterError(f"--{option} needs a price: give --{price} too.")
    return costs
