"""``odr whatif``: what more orders, removals or a pause would change on the coming days."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
    of_option,
    save_scenario,
    say,
    series_options,
    with_options,
)
from odr_analysis.errors import ParameterError

if TYPE_CHECKING:
    from odr_analysis.account import Account
    from odr_analysis.whatif.changes import Change, MoreOrders
    from odr_analysis.whatif.scenario import Scenario

EXTRA = re.compile(r"(?P<n>[^/:]+)(?P<daily>/day)?(?::(?P<quality>.*))?")
HORIZON = 75
"""Days ahead by default: on the 75th an order placed today has left again."""


@click.command()
@click.argument("folder", type=Place())
@click.option("--as-of", type=AsOf(), help="Day to look ahead from; by default the latest known.")
@click.option("--horizon", type=click.IntRange(1), default=HORIZON, show_default=True,
              help="Days to look ahead.")  # fmt: skip
@click.option("--scenario", type=Place(), help="A scenario file, TOML or JSON.")
@click.option(
    "--extra-orders",
    metavar="N/day[:QUALITY]",
    help="More orders: 20/day, 20/day:clean, or 500 on one day.",
)
@click.option("--from", "start", type=Day(), help="First day of them; by default the next.")
@click.option("--days", type=int, help="For how many days; by default to the end.")
@click.option("--quality", help="Of more orders: 'as usual', clean, or their defect rate (0.02).")
@click.option("--sales", type=float, metavar="TIMES", help="0.8: a fifth fewer orders; 0: a pause.")
@click.option("--remove-feedback", metavar="ID,ID", help="Orders whose feedback is removed.")
@click.option("--win", metavar="ID,ID", help="Orders whose claim or chargeback is won.")
@click.option("--defect", metavar="ID|DATE", help="One more claim, on an order or an order day.")
@click.option("--probability", type=float, help="Of each removal, win and claim; by default 1.")
@click.option("--by", type=Day(), help="A day: the odds on it, and what it would take.")
@click.option("--certainty", type=float, help="Probability asked for by then; by default 0.9.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--save", type=Place(dir_okay=False), help="Keep the scenario.")
@click.option("--policy", default="amazon-current", show_default=True, help=POLICY_HELP)
@with_options(series_options)
@plain_errors
def whatif(
    folder: Path,
    as_of: str | None,
    horizon: int,
    by: date | None,
    certainty: float | None,
    as_json: bool,
    save: Path | None,
    policy: str,
    marketplace: str | None,
    channel: str | None,
    memory_limit: str | None,
    no_cache: bool,
    **wanted: Any,
) -> None:
    """Show what a scenario would change on the coming days of FOLDER, and what it would take.

    Without and with it from the same draws of the forecast; no number is a promise.

    \b
    odr whatif exports --extra-orders 20/day --from 2026-10-01 --days 30 \\
        --remove-feedback 302-1234567-1234567 --by 2026-11-15

    JSON is one object: as_of, horizon_days, sentence, notes, assumptions, scenario, key_days,
    days (without and with the scenario, by day, marketplace and channel), under_target_from, by
    (null without --by). Dates are ISO texts, probabilities numbers, null where unknown.
    """
    from odr_analysis.answer.scenario.day_asked import day_asked
    from odr_analysis.answer.scenario.effect_text import effect_json, effect_lines
    from odr_analysis.whatif.apply import apply_scenario
    from odr_analysis.whatif.by_a_day import CERTAINTY, asked
    from odr_analysis.whatif.changes import MoreOrders
    from odr_analysis.whatif.spans import largest_of

    if certainty is not None and by is None:
        raise ParameterError("--certainty is asked for on a day; name it with --by.")
    place: dict[str, Any] = {"marketplace": marketplace, "channel": channel}
    more = _more_orders(wanted, by, place)
    scenario = _scenario(more, wanted, place)
    account = account_of(folder, policy, marketplace, memory_limit, no_cache)
    if wanted["win"] is not None:
        scenario |= _won(account, as_of, wanted["win"], _probability(wanted))
    sure = CERTAINTY if certainty is None else certainty
    if by is not None:
        look, day, _ = asked(account, as_of, by, sure, MoreOrders(**place))
        horizon = max(horizon, (day - look.as_of).days)
    effect = apply_scenario(account, scenario, as_of, horizon)
    if any(place.values()):
        one = largest_of(MoreOrders(**place), effect.look.size)
        effect = effect if one is None else effect.only(*one)
    answer = None
    if by is not None:
        rate, first = more.defect_rate, more.start
        answer = day_asked(account, effect, by, sure, defect_rate=rate, start=first)
    say(effect_json(effect, answer) if as_json else "\n".join(effect_lines(effect, answer)))
    if save is not None:
        save_scenario(scenario, save, "--save", err=as_json)


def _more_orders(wanted: dict[str, Any], by: date | None, place: dict[str, Any]) -> MoreOrders:
    """The extra orders; of none, what those have that are asked for with ``--by``."""
    from odr_analysis.whatif.changes import MoreOrders, quality_of

    text, quality = wanted["extra_orders"], wanted["quality"]
    start, days = wanted["start"], wanted["days"]
    if text is None:
        alone = wanted["sales"] is None
        if alone and (days is not None or (start is not None and by is None)):
            raise ParameterError("--from and --days are those of --extra-orders or --sales.")
        if quality is not None and by is None:
            raise ParameterError("--quality is that of --extra-orders; give both, or --by.")
        with of_option("--quality"):
            rate = None if quality is None else quality_of(quality)
        return MoreOrders(0, rate, start=start, **place)
    with of_option("--extra-orders"):
        n, daily, own = _extra(text)
        if own is not None and quality is not None:
            raise ParameterError("their quality is given twice, here and with --quality.")
        if not daily and days is not None:
            raise ParameterError(f"{n} are placed on one day; write {n}/day with --days.")
        quality = quality if own is None else own
        rate = None if quality is None else quality_of(quality)
        return MoreOrders(n, rate, start=start, days=days if daily else 1, **place)


def _extra(text: str) -> tuple[int, bool, str | None]:
    """How many, whether on each day, and of what quality, of ``20/day:clean``."""
    found = EXTRA.fullmatch(text)
    try:
        n = int(found["n"] if found else "")
    except ValueError:
        raise ParameterError(
            f"write 20/day, 20/day:clean, or 500 on one day, got {text!r}."
        ) from None
    assert found is not None
    return n, found["daily"] is not None, found["quality"]


def _scenario(more: MoreOrders, wanted: dict[str, Any], place: dict[str, Any]) -> Scenario:
    """The file's scenario with what the options ask for besides, except cases that are won."""
    from odr_analysis.whatif.scenario import Scenario
    from odr_analysis.whatif.scenario_file import load_scenario

    file = wanted["scenario"]
    given = Scenario() if file is None else load_scenario(file)
    changes = list(_changes(wanted, place))
    if wanted["extra_orders"] is not None:
        changes.append(more)
    return given | Scenario(*changes)


def _probability(wanted: dict[str, Any]) -> float:
    """Of each removal, win and claim."""
    from odr_analysis.whatif.changes import Removed

    if wanted["probability"] is None:
        return 1.0
    if all(wanted[name] is None for name in ("remove_feedback", "win", "defect")):
        raise ParameterError(
            "--probability is that of --remove-feedback, --win and --defect; give one of them."
        )
    p = float(wanted["probability"])
    with of_option("--probability"):
        return Removed(probability=p).probability


def _changes(wanted: dict[str, Any], place: dict[str, Any]) -> Iterator[Change]:
    from odr_analysis.whatif.changes import NewDefect, Removed, Sales

    p = _probability(wanted)
    if wanted["sales"] is not None:
        with of_option("--sales"):
            yield Sales(wanted["sales"], start=wanted["start"], days=wanted["days"], **place)
    if wanted["remove_feedback"] is not None:
        with of_option("--remove-feedback"):
            yield Removed(_ids(wanted["remove_feedback"]), probability=p)
    if (text := wanted["defect"]) is not None:
        with of_option("--defect"):
            try:
                day = date.fromisoformat(text)
            except ValueError:
                yield NewDefect(text, probability=p)
            else:
                yield NewDefect(ordered_on=day, probability=p, **place)


def _won(account: Account, as_of: str | None, text: str, p: float) -> Scenario:
    """The claims and chargebacks that the orders have: all of them, a claim where there is none."""
    from odr_analysis.whatif.changes import Removed
    from odr_analysis.whatif.scenario import Scenario

    listed = account.on(as_of).defects.set_index("order_id")
    with of_option("--win"):
        ids = _ids(text)
        has: dict[str, Any] = {
            kind: [one for one in ids if one in listed.index and listed.at[one, kind]]
            for kind in ("claim", "chargeback")
        }
        has["claim"] += [one for one in ids if one not in has["claim"] + has["chargeback"]]
        return Scenario(*(Removed(some, kind, p) for kind, some in has.items() if some))


def _ids(text: str) -> Any:
    """Order ids as a list, in which one that is named twice can be found."""
    found = [part.strip() for part in text.split(",")]
    if not all(found):
        raise ParameterError(f"list order ids with commas between them, got {text!r}.")
    return found
