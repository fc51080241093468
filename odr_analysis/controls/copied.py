"""The scenario of a panel to take along: as a command, as notebook code, as files in links."""

from __future__ import annotations

import base64
import html
import re
import shlex
from collections.abc import Iterator

from odr_analysis.controls.asked_day import AskedDay
from odr_analysis.controls.state import WhatIfState
from odr_analysis.policy import Policy
from odr_analysis.whatif.changes import QUALITIES

HORIZON = 75
"""Days that ``odr whatif`` looks ahead by itself."""


def file_name(name: str) -> str:
    """A scenario's name as that of a file, without its ending.

    >>> file_name("Autumn sale, 20 %"), file_name("../..")
    ('autumn-sale-20', 'what-if')
    """
    return "-".join(re.findall(r"\w+", name.casefold()))[:60] or "what-if"


def as_command(asked: AskedDay, name: str = "") -> str:
    """``odr whatif`` with the scenario, in options where they can express it.

    Parameters
    ----------
    asked : AskedDay
        The day, the certainty, and the state whose scenario it is.
    name : str
        Of the scenario; its saved file is named where options cannot express it.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> state = WhatIfState(load_sample(), extra_orders_per_day=20, days=30)
    >>> print(as_command(AskedDay(state)))
    odr whatif FOLDER --as-of 2026-09-30 --extra-orders 20/day --from 2026-10-01 --days 30 \
--by 2026-10-30 --certainty 0.9
    """
    state = asked.state
    options = _options(state)
    if options is None:
        options = ["--scenario", f"{file_name(name)}.toml"]
    parts = ["odr", "whatif", "FOLDER", "--as-of", state.as_of.isoformat(), *options]
    if state.effect.horizon_days != HORIZON:
        parts += ["--horizon", str(state.effect.horizon_days)]
    if state.account.policy.name != Policy().name:
        parts += ["--policy", state.account.policy.name]
    by = ["--by", asked.by.isoformat(), "--certainty", repr(asked.certainty)]
    return shlex.join([*parts, *by])


def as_code(state: WhatIfState, name: str = "") -> str:
    """The scenario as code for a notebook that has the account.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> print(as_code(WhatIfState(load_sample(), sales=0.5)))
    from odr_analysis import Sales, Scenario, apply_scenario
    <BLANKLINE>
    scenario = Scenario(Sales(factor=0.5))
    effect = apply_scenario(account, scenario, "2026-09-30", horizon_days=75)
    """
    scenario = state.plain.named(name)
    text = repr(scenario)
    kinds = sorted({type(change).__name__ for change in scenario.changes})
    days = "from datetime import date\n\n" if re.search(r"\bdate\(", text) else ""
    return (
        f"{days}from odr_analysis import {', '.join([*kinds, 'Scenario', 'apply_scenario'])}\n\n"
        f"scenario = {text}\n"
        f'effect = apply_scenario(account, scenario, "{state.as_of}", '
        f"horizon_days={state.effect.horizon_days})"
    )


def link(text: str, name: str, kind: str, content: bytes) -> str:
    """A link that saves a file; its content is in it, so nobody is asked for it.

    Parameters
    ----------
    text, name : str
        Of the link, and of the file.
    kind : str
        The MIME type.
    content : bytes
    """
    data = base64.b64encode(content).decode("ascii")
    return (
        f'<a download="{html.escape(name)}" href="data:{kind};base64,{data}" '
        f'style="text-decoration:underline;white-space:nowrap;margin-right:14px">{html.escape(text)}</a>'
    )


def _options(state: WhatIfState) -> list[str] | None:
    """The scenario as options; None where they cannot express it."""
    won = _won(state)
    more = bool(state.extra_orders_per_day and state.days)
    # Of removals with their odds each has its own, and sales would share the days of the orders.
    if state.also or won is None or (more and state.sales != 1):
        return None
    if not state.as_certain and state.ticked:
        return None
    return [*_orders(state, more=more), *_defects(state, won)]


def _orders(state: WhatIfState, *, more: bool) -> Iterator[str]:
    if more:
        rate = state.extra_defect_rate
        word = next((name for name, share in QUALITIES.items() if share == rate), f"{rate!r}")
        quality = "" if rate is None else f":{word}"
        yield from ("--extra-orders", f"{state.extra_orders_per_day}/day{quality}")
        yield from ("--from", state.start.isoformat(), "--days", str(state.days))
        for name in ("marketplace", "channel"):
            if place := getattr(state, name):
                yield from (f"--{name}", place)
    if state.sales != 1:
        yield from ("--sales", f"{state.sales!r}")


def _defects(state: WhatIfState, won: list[str]) -> Iterator[str]:
    if state.removed:
        yield from ("--remove-feedback", ",".join(sorted(state.removed)))
    if won:
        yield from ("--win", ",".join(won))


def _won(state: WhatIfState) -> list[str] | None:
    """Orders of which every claim and chargeback is won; None where one has only one of both."""
    listed = state.look.day.defects.set_index("order_id")
    orders = sorted({*state.claims_won, *state.chargebacks_won})
    has = [
        {i for i in orders if i in listed.index and listed.at[i, kind]}
        for kind in ("claim", "chargeback")
    ]
    return orders if has == [set(state.claims_won), set(state.chargebacks_won)] else None
