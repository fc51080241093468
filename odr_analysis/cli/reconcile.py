"""``odr reconcile``: the exports of a folder beside Amazon's performance reports."""

from __future__ import annotations

import json
from pathlib import Path

import click

from odr_analysis.cli.support.failures import plain_errors
from odr_analysis.cli.support.options import (
    POLICY_HELP,
    Place,
    account_of,
    reading_options,
    say,
    with_options,
)
from odr_analysis.errors import OdrError


@click.command()
@click.argument("folder", type=Place())
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--policy", default="amazon-current", show_default=True, help=POLICY_HELP)
@click.option(
    "--save",
    type=Place(),
    help="Write the rules that Amazon's reports settle to this TOML file.",
)
@click.option(
    "--fit",
    type=click.IntRange(1),
    help="Save the set of rules with this number instead, settled or not.",
)
@with_options(reading_options)
@plain_errors
def reconcile(
    folder: Path,
    as_json: bool,
    policy: str,
    save: Path | None,
    fit: int | None,
    marketplace: str | None,
    memory_limit: str | None,
    no_cache: bool,
) -> None:
    """Compare the exports in FOLDER with Amazon's own performance reports among them.

    Shows where the counts differ and why, and which rules would make them equal.
    """
    from odr_analysis.answer.parts.reconcile import reconciled_lines
    from odr_analysis.answer.parts.reconciled_rules import rules
    from odr_analysis.presets import to_toml
    from odr_analysis.reconciliation.reconcile import reconcile as held_against
    from odr_analysis.reconciliation.reconcile import to_policy
    from odr_analysis.writing import placed

    account = account_of(folder, policy, marketplace, memory_limit, no_cache)
    found = held_against(account)
    if as_json:
        say(json.dumps(found.to_dict(), indent=1, ensure_ascii=False, allow_nan=False))
    else:
        say("\n".join(reconciled_lines(found)))
    if save is None:
        return
    fits = found.together.fits if found.together else ()
    if fit is not None and fit > len(fits):
        raise OdrError(f"--fit {fit}: there are {len(fits)} sets of rules to choose from.")
    chosen = fits[fit - 1].combination if fit is not None else found.settled
    if chosen is None:
        raise OdrError(
            f"{save}: not written, because the reports settle no rule. To save a set of rules "
            "that they do not settle, give its number among those of all reports: --fit 1."
        )
    with placed(save, "--save") as aside:
        aside.write_text(to_toml(to_policy(chosen, account.policy)), "utf-8")
    changes = chosen.changes(account.policy)
    which = "the settled rules" if fit is None else f"set {fit}, which you chose by its number"
    say(f"Written to {save}: {which} ({rules(changes)}).", err=as_json)
    settled = found.settled.rules if found.settled else {}
    if not changes.items() <= settled.items():
        say("These reports do not settle all of these rules.", err=as_json)
    say(f"Use them with: odr report FOLDER --policy {save}", err=as_json)
