"""The command line, ``odr``: report, load, why, worklist, evidence, reconcile, archive, sample."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from odr_analysis import __version__, clock
from odr_analysis.cli.failures import plain_errors
from odr_analysis.cli.options import (
    POLICY_HELP,
    WORD_HELP,
    AsOf,
    account_of,
    reading_options,
    say,
    with_options,
)
from odr_analysis.cli.progress import steps
from odr_analysis.cli.why import why
from odr_analysis.cli.worklist import evidence, worklist
from odr_analysis.errors import OdrError

SEVERITY = ("no data", "healthy", "warning", "critical")
"""States by how bad they are; ``unknown`` is as bad as a warning unless it is allowed."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="odr")
def main() -> None:
    """Amazon Order Defect Rate: what it is, why it moved, what happens next."""


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--as-of",
    type=AsOf(),
    help="Day to state the rate for (ISO date, or today); "
    "by default the latest day the exports know of.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Where to write; by default reports/<folder's name>.",
)
@click.option(
    "-p",
    "parameters",
    nargs=2,
    multiple=True,
    metavar="NAME VALUE",
    help="Set a parameter of the report notebook; may be repeated.",
)
@click.option("--policy", help=POLICY_HELP)
@click.option(
    "--store",
    type=click.Path(path_type=Path),
    help="Keep what FOLDER says in this archive first, as known today; "
    "with --known-on the report is made of the archive.",
)
@click.option("--known-on", type=AsOf(), help="Of an archive: as it was known on this day.")
@click.option("--name", help="What the report calls the account.")
@click.option(
    "--loss-budget",
    type=float,
    help="Largest share of a file's rows that may be unusable (default 0.01).",
)
@click.option(
    "--fail-on",
    type=click.Choice(["warning", "critical"]),
    help="Exit with 1 when a rate is in this state or worse.",
)
@click.option(
    "--allow-unknown",
    is_flag=True,
    help="With --fail-on: do not fail for a rate that cannot be known.",
)
@click.option("--no-feedback-known-to", type=AsOf(), help=WORD_HELP.format("negative feedback"))
@click.option("--no-claims-known-to", type=AsOf(), help=WORD_HELP.format("A-to-z claims"))
@click.option("--no-chargebacks-known-to", type=AsOf(), help=WORD_HELP.format("chargebacks"))
@click.option("--timings", is_flag=True, help="Say where the time went.")
@with_options(reading_options)
@plain_errors
def report(
    folder: Path,
    as_of: str | None,
    out: Path | None,
    parameters: tuple[tuple[str, str], ...],
    policy: str | None,
    store: Path | None,
    known_on: str | None,
    name: str | None,
    loss_budget: float | None,
    fail_on: str | None,
    allow_unknown: bool,
    no_feedback_known_to: str | None,
    no_claims_known_to: str | None,
    no_chargebacks_known_to: str | None,
    timings: bool,
    marketplace: str | None,
    memory_limit: str | None,
    no_cache: bool,
) -> None:
    """Make the report of the exports in FOLDER, or of an archive made of them.

    Exit code 0: a report was made. 1: a rate is as bad as --fail-on says, or cannot be known.
    2: the input or a place cannot be used. 3: the machine or the program failed; the
    message names the log. 130: stopped with Ctrl-C.
    """
    from odr_analysis.reports import run_report

    now = clock.today()
    if store is not None:
        from odr_analysis.archive.deliver import archive_folder

        done = archive_folder(
            folder,
            store,
            now,
            marketplace=marketplace,
            memory_limit=memory_limit,
            today=now,
            progress=steps(),
        )
        say("\n".join(done.lines()))
    given: dict[str, Any] = dict(parameters)
    options = {
        "as_of": as_of,
        "policy": policy,
        "known_on": known_on,
        "account_name": name,
        "loss_budget": loss_budget,
        "marketplace": marketplace,
        "no_feedback_known_to": no_feedback_known_to,
        "no_claims_known_to": no_claims_known_to,
        "no_chargebacks_known_to": no_chargebacks_known_to,
    }
    given |= {key: value for key, value in options.items() if value is not None}
    made = run_report(
        store if store is not None and given.get("known_on") else folder,
        out or Path("reports") / folder.resolve().name,
        parameters=given,
        cache=None if no_cache else "default",
        memory_limit=memory_limit,
        today=now,
        progress=steps(),
    )
    say("\n".join(summary_lines(made.summary)))
    say(f"Page:     {made.page}\nNotebook: {made.notebook}\nSummary:  {made.summary_file}")
    say(f"Table:    {made.defects_file}")
    if timings:
        say("Seconds:  " + ", ".join(f"{k} {v:.2f}" for k, v in made.seconds.items()))
    as_bad_as = {"unknown": "healthy" if allow_unknown else "warning"}
    states = [as_bad_as.get(r["state"], r["state"]) for r in made.summary["rates"]]
    if fail_on and max(map(SEVERITY.index, states), default=0) >= SEVERITY.index(fail_on):
        raise SystemExit(1)


def summary_lines(summary: dict[str, Any]) -> list[str]:
    """A summary in a few lines: one per marketplace and channel."""
    from odr_analysis import words
    from odr_analysis.policy import Policy, higher_rate

    window, policy = summary["window"], Policy(**summary["policy"])
    lines = [
        f"Order Defect Rate as of {summary['as_of']}, orders placed {window['from']} "
        f"to {window['to']}:"
    ]
    for r in summary["rates"]:
        d, n = r["n_defective"], r["n_orders"]
        stated = r["official"] and (r["official"]["n_defective"], r["official"]["n_orders"])
        higher = higher_rate(stated or None, d, n)
        # A lower bound of 0 of which nothing is missing is answered for by a report or the policy.
        bound = r["lower_bound"] and not higher and n > 0 and (d > 0 or bool(r["missing"]))
        bad, of = higher or (d, n)
        rate = words.at_least(words.rate(bad, of, policy), d, lower_bound=bound)
        lines.append(
            f"  {r['marketplace']:<14} {r['channel']:<8} {rate:>8}  "
            f"{bad:,} of {of:,} orders  {r['state']}"
        )
        if higher:
            lines.append(
                f"      by Amazon's own report of these days ({r['official']['file']}); "
                f"the files hold {d:,} of {n:,} orders"
            )
        elif stated:
            lines.append(
                f"      Amazon's own report of these days ({r['official']['file']}): "
                f"{words.rate(stated[0], stated[1], policy)}, {stated[0]:,} of {stated[1]:,} orders"
            )
        lines += [f"      cannot be known: {why}" for why in r["missing"] if r["n_orders"]]
    return [*lines, *(f"  {line}." for line in summary["freshness"])]


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the receipt as JSON.")
@click.option(
    "--loss-budget",
    type=float,
    default=0.01,
    show_default=True,
    help="Largest share of a file's rows that may be unusable.",
)
@with_options(reading_options)
@plain_errors
def load(
    folder: Path,
    as_json: bool,
    loss_budget: float,
    marketplace: str | None,
    memory_limit: str | None,
    no_cache: bool,
) -> None:
    """Say what became of every file and row in FOLDER."""
    from odr_analysis.load import load_receipt

    receipt = load_receipt(
        folder,
        cache=None if no_cache else "default",
        marketplace=marketplace,
        memory_limit=memory_limit,
        today=clock.today(),
        progress=steps(),
    )
    if as_json:
        say(json.dumps(receipt.to_dict(), indent=1, ensure_ascii=False))
    else:
        say("\n".join(receipt.lines()))
    receipt.check_loss(loss_budget)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--into",
    "store",
    type=click.Path(path_type=Path),
    required=True,
    help="The archive of this account; a new or empty folder becomes one.",
)
@click.option(
    "--on",
    type=AsOf(),
    default="today",
    show_default=True,
    help="Day the files were known (ISO date), usually that of their download.",
)
@with_options(reading_options[:2])
@plain_errors
def archive(
    folder: Path, store: Path, on: str, marketplace: str | None, memory_limit: str | None
) -> None:
    """Keep what the exports in FOLDER say, as it is known on a day.

    An archive can be read wherever exports can: odr report STORE, odr load STORE.
    """
    from odr_analysis.archive.deliver import archive_folder

    done = archive_folder(
        folder,
        store,
        on,
        marketplace=marketplace,
        memory_limit=memory_limit,
        today=clock.today(),
        progress=steps(),
    )
    say("\n".join(done.lines()))


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--policy", default="amazon-current", show_default=True, help=POLICY_HELP)
@click.option(
    "--save",
    type=click.Path(path_type=Path),
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


@main.command()
@click.option("--orders", type=click.IntRange(1), default=12_000, show_default=True)
@click.option("--seed", type=int, default=2026, show_default=True)
@click.option("--scenario", default="story", show_default=True, help="See --list.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write into.")
@click.option("--list", "list_scenarios", is_flag=True, help="List the scenarios and stop.")
@plain_errors
def sample(orders: int, seed: int, scenario: str, out: Path | None, list_scenarios: bool) -> None:
    """Write a synthetic seller's exports, with a truth file, into a folder."""
    from odr_analysis.sample import SCENARIOS, write_sample

    if list_scenarios:
        for name, what in SCENARIOS.items():
            say(f"{name:<12} {what}")
        return
    if out is None:
        raise click.UsageError("--out FOLDER is needed: where should the files go?")
    truth = write_sample(out, orders=orders, seed=seed, scenario=scenario, progress=steps())
    say(f"Wrote {sum(1 for _ in out.iterdir())} files to {out}; the answers are in {truth}.")


for command in (why, worklist, evidence):
    main.add_command(command)
