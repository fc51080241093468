"""Outcomes of made-up accounts, quickly: a real summary with other counts in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np

from odr_analysis.answer.summary import to_summary
from odr_analysis.batch.index.row import Before, rules_of
from odr_analysis.batch.outcome import Outcome
from odr_analysis.policy import Policy
from tests.oracle import make_account

DAY = date(2026, 9, 30)


@cache
def _whole() -> str:
    """The summary of a small account, with all that a summary has."""
    rows = [(f"a-{i}", date(2026, 8, 1), "Amazon.de", "afn") for i in range(20)]
    account = make_account(rows, [("a-1", "claim", date(2026, 9, 1))], known_to=DAY)
    return json.dumps(to_summary(account))


def a_rate(
    n_orders: int,
    n_defective: int,
    *,
    channel: str = "mfn",
    marketplace: str = "Amazon.de",
    missing: Iterable[str] = (),
    p_breach: float | None = 0.1,
    **more: Any,
) -> dict[str, Any]:
    """A rate as a summary has it, in the state its counts give."""
    (rate,) = json.loads(_whole())["rates"]
    missing = list(missing)
    state = Policy().state(n_defective, n_orders)
    known = not missing and n_orders > 0
    mature = {"n_orders": n_orders, "n_defective": n_defective + 1, "level": 0.9}
    mature |= {"lower": n_defective, "upper": n_defective + 3}
    return rate | {
        "marketplace": marketplace,
        "channel": channel,
        "n_orders": n_orders,
        "n_defective": n_defective,
        "odr": n_defective / n_orders if n_orders else None,
        "state": "unknown" if missing and state == "healthy" else state,
        "missing": missing,
        "lower_bound": bool(missing),
        "official": None,
        "mature": mature if known else None,
        "p_breach_30": p_breach if known else None,
        "next_roll_off": {"day": "2026-10-05", "n": 2} if n_defective else None,
        "top_cause": None,
        **more,
    }


def a_summary(
    *rates: Mapping[str, Any], name: str = "", claims: Iterable[Mapping[str, Any]] = (), **more: Any
) -> dict[str, Any]:
    """A summary with these rates."""
    summary: dict[str, Any] = json.loads(_whole())
    summary |= {"account": name, "rates": [dict(r) for r in rates], "claims": list(claims)}
    return summary | more


def an_outcome(
    account: str, *rates: Mapping[str, Any], reason: str = "", day: date = DAY, **more: Any
) -> Outcome:
    """An outcome of these rates; with a `reason`, it failed."""
    summary = more.pop("summary", None)
    if summary is None and rates:
        summary = a_summary(*rates, name=account, as_of=day.isoformat())
    return Outcome(
        account=account,
        place=more.pop("place", f"accounts/{account.lower().replace(' ', '-')}"),
        day=day,
        status=more.pop("status", "failed" if reason else "made"),
        reason=reason,
        finished=f"{day.isoformat()}T05:41:07",
        summary=summary,
        **more,
    )


def day_before(known_state: str, odr: float = 0.001, **more: Any) -> Before:
    """What the run of the day before knew of an account with one rate in this state."""
    pair = "Amazon.de", "mfn"
    known: dict[str, Any] = {
        "rules": rules_of(Policy()),
        "states": {pair: known_state},
        "odr": {pair: odr},
    }
    return Before(DAY - timedelta(days=1), **{"state": known_state} | known | more)


def many(n: int, seed: int = 1, day: date = DAY) -> list[Outcome]:
    """Accounts of all sizes whose rates differ little, but for a few that are really bad."""
    rng = np.random.default_rng([seed, day.toordinal()])
    steady = np.random.default_rng(seed)
    sizes = np.exp(steady.normal(6.5, 1.2, n)).astype(int) + 20
    quality = steady.gamma(6, 0.004 / 6, n)
    quality[steady.choice(n, max(n // 100, 1), replace=False)] = 0.025
    found = []
    for i in range(n):
        if i % 97 == 13:
            reason = "The exports lack every order file, so there is nothing to divide by."
            found.append(an_outcome(f"Shop {i:04}", reason=reason, day=day))
            continue
        missing = ["no file of A-to-z claims"] if i % 41 == 5 else []
        rates = []
        for channel, share in (("mfn", 1.0), ("afn", 0.6)):
            orders = int(sizes[i] * share)
            bad = int(rng.binomial(orders, quality[i] * (1 if channel == "mfn" else 0.5)))
            cause = {"reason": "not received", "factor": "carrier", "level": "DHL <b>"}
            cause |= {"n_orders": orders // 3, "n_defective": max(bad // 2, 1), "at_least": 1.4}
            rates.append(
                a_rate(
                    orders,
                    bad,
                    channel=channel,
                    missing=missing,
                    p_breach=min(1.0, bad / orders / 0.012),
                    top_cause=cause if bad > 5 else None,
                )
            )
        found.append(an_outcome(f"Shop {i:04}", *rates, day=day, seconds=4.2))
    return found
