"""The summary: the answer of one day as plain data, with its schema."""

from __future__ import annotations

import json
import math
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from odr_analysis.account import Account
from odr_analysis.answer.day import AccountDay, account_day
from odr_analysis.answer.known import ComponentKnown, SeriesKnown
from odr_analysis.answer.sections import Card
from odr_analysis.forecasting.nowcast import MATURE, SHOWN, UNION
from odr_analysis.policy import Policy
from odr_analysis.rates.defects import COUNTS
from odr_analysis.schema import of_series
from odr_analysis.versions import versions

SCHEMA_VERSION = "2.1"
BREACH_DAYS = 30
"""Days after ``as_of`` of which the summary gives the probability of a breach."""
LEVEL = 0.9
"""Level of the interval of a rate once all reports are in."""


def to_summary(account: Account, as_of: date | str | None = None) -> dict[str, Any]:
    """The answer of one day as plain data, ready for JSON.

    Parameters
    ----------
    account : Account
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default (None or '') the latest day the exports know of.

    Returns
    -------
    dict
        ``schema_version, account, as_of, reported_to, policy, window{from, to, days, lag_days},
        rates, claims, freshness, receipt, versions``. ``rates`` has one entry per marketplace and
        channel: ``marketplace, channel, n_orders, n_defective, odr, n_feedback, n_claim,
        n_chargeback, state, lower_bound, official, missing, coverage, window_complete,
        defect_budget, mature, p_breach_30, next_roll_off, top_cause``.
        ``state`` is ``unknown`` where the counts look healthy and something in ``missing`` is not
        known; where ``lower_bound`` is true, more orders may be defective than the files hold;
        where it is false, they hold all that was reported up to the days in ``coverage``;
        ``official`` has the counts of Amazon's own report of the same window (None without);
        ``coverage`` has one entry per kind of defect, with the days and files it rests on. Days
        are ISO text;
        ``odr`` is an unrounded fraction 0-1 and None without orders; ``defect_budget`` is how many
        more defective orders fit under the target, negative when over it; where ``lower_bound``
        is true, at most so many. ``mature`` is how many orders of the window of ``reported_to``
        are defective once all reports are in (median and 90 % interval); ``p_breach_30`` is the
        probability that the rate shown is not below the target on at least one of the 30 days
        after ``as_of``; both are None where no forecast can be made. ``next_roll_off`` is the
        first day on which known defective orders no longer count, ``top_cause`` the group of
        orders that stands out most. ``claims`` has one entry per order with an A-to-z claim that
        counts or will count, with its value where the exports give one.
        ``summary.schema.json`` in this package has the same in JSON Schema.

    Raises
    ------
    ParameterError
        `as_of` is no date.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> summary = to_summary(load_sample())
    >>> summary["window"]["days"], sorted({rate["channel"] for rate in summary["rates"]})
    (60, ['afn', 'mfn'])
    """
    on = account_day(account, as_of)
    day, policy, head = on.as_of, account.policy, on.findings.head
    window = head.window
    summary = {
        "schema_version": SCHEMA_VERSION,
        "account": account.name,
        "as_of": day.isoformat(),
        "reported_to": on.reported_to.isoformat(),
        "policy": policy.to_dict(),
        "window": {
            "from": window.start.isoformat(),
            "to": window.end.isoformat(),
            "days": window.days,
            "lag_days": policy.lag_days,
        },
        "rates": [
            {**_rate(policy, card, on.known[card.pair], complete), **_ahead(on, card)}
            for card, complete in zip(on.cards, on.today.window_complete.tolist(), strict=True)
        ],
        "claims": _claims(on),
        "freshness": list(head.freshness),
        "receipt": account.receipt.to_dict(),
        "versions": versions(),
    }
    plain: dict[str, Any] = _plain(summary)
    return plain


def _rate(policy: Policy, card: Card, known: SeriesKnown, complete: bool) -> dict[str, Any]:
    """One rate, with the numbers of its card on the page."""
    d, n = card.n_defective, card.n_orders
    leading = known.leading(d, n)
    return {
        "marketplace": card.marketplace,
        "channel": card.channel,
        "n_orders": n,
        "n_defective": d,
        "odr": card.odr,
        **{f"n_{part.component}": part.n for part in card.components},
        "state": card.state,
        "lower_bound": card.lower_bound or leading is not None,
        "official": known.official
        and {
            "n_defective": known.official[0],
            "n_orders": known.official[1],
            "file": known.official_file,
        },
        "missing": list(card.missing),
        "coverage": [_covered(part) for part in known.components],
        "window_complete": complete,
        "defect_budget": policy.defect_budget(*(leading or (d, n))) if n else None,
    }


def _ahead(on: AccountDay, card: Card) -> dict[str, Any]:
    """What is expected of one rate, when defects leave it, and what stands out in it."""
    forecast = on.forecast if card.whole and card.n_orders else None
    known = forecast is not None and card.pair in forecast.marginals
    return {
        "mature": _mature(on, card) if known else None,
        "p_breach_30": _p_breach(on, card) if known else None,
        "next_roll_off": _next_roll_off(of_series(on.defects, *card.pair)),
        "top_cause": _top_cause(of_series(on.causes, *card.pair)) if card.n_defective else None,
    }


def _mature(on: AccountDay, card: Card) -> dict[str, Any] | None:
    """The rate once all reports are in; it may be of an earlier window than the rate shown."""
    key = (*card.pair, SHOWN, UNION, MATURE)
    table = of_series(on.nowcast.table, *card.pair).set_index(["scope", "component", "quantity"])
    n_orders = int(table.n_orders[SHOWN, UNION, MATURE])
    if not n_orders:
        return None
    tail = (1 - LEVEL) / 2
    low, middle, high = np.quantile(
        on.nowcast.draws[key], [tail, 0.5, 1 - tail], method="inverted_cdf"
    )
    return {
        "n_orders": n_orders,
        "n_defective": middle,
        "lower": low,
        "upper": high,
        "level": LEVEL,
    }


def _p_breach(on: AccountDay, card: Card) -> float:
    """Of the paths of the forecast, the share that reach the target within ``BREACH_DAYS``."""
    defective, orders = (days[:, 1 : BREACH_DAYS + 1] for days in on.forecast.paths[card.pair])
    over = (orders > 0) & (defective >= on.account.policy.breached_from(orders))
    return float(over.any(axis=1).mean())


def _next_roll_off(defects: pd.DataFrame) -> dict[str, Any] | None:
    """The first day on which known defective orders no longer count, and how many."""
    last = defects.leaves_on[defects.phase == COUNTS]
    if last.empty:
        return None
    day = last.min().date() + timedelta(days=1)
    return {"day": day, "n": int((last == last.min()).sum())}


def _top_cause(causes: pd.DataFrame) -> dict[str, Any] | None:
    if causes.empty:
        return None
    row = causes.iloc[0]
    names = ("reason", "factor", "level", "n_orders", "n_defective", "at_least")
    return {name: row[name] for name in names}


def _claims(on: AccountDay) -> list[dict[str, Any]]:
    """Orders with an A-to-z claim that count or will, each with its value."""
    account = on.account
    claims = on.defects.loc[on.defects.claim, ["order_id", "marketplace", "channel"]]
    if claims.empty:
        return []
    days = account.defective.set_index("order_id").claim_on
    items = account.items
    items = items[items.order_id.isin(claims.order_id) & items.price.notna()]
    by_order = items.groupby("order_id")
    value = by_order.price.sum().where(by_order.currency.nunique() == 1)
    currency = by_order.currency.first()
    found = []
    for order, marketplace, channel in sorted(claims.itertuples(index=False, name=None)):
        known = order in value.index and bool(pd.notna(value[order]))
        found.append(
            {
                "order_id": order,
                "marketplace": marketplace,
                "channel": channel,
                "reported_on": days[order].date() if pd.notna(days[order]) else None,
                "value": float(value[order]) if known else None,
                "currency": str(currency[order]) if known else "",
            }
        )
    return found


def _covered(part: ComponentKnown) -> dict[str, Any]:
    """What one kind of defect rests on."""
    return {
        "component": part.component,
        "state": part.state,
        "from": part.first,
        "to": part.last,
        "why": part.why,
        "sources": [
            {
                "file": s.file,
                "kind": s.kind,
                "grade": s.cover.grade,
                "by": s.cover.by,
                "from": s.cover.first,
                "to": s.cover.last,
                "why": s.cover.why,
            }
            for s in part.sources
        ],
    }


def _plain(value: Any) -> Any:
    """What JSON can carry: own types for numpy's, None for NaN, ISO text for days."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.isoformat() if isinstance(value, date) else value


def summary_schema() -> dict[str, Any]:
    """The JSON Schema of :func:`to_summary`.

    >>> summary_schema()["title"]
    'ODR summary'
    """
    text = files("odr_analysis").joinpath("summary.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
