"""The summary: the answer of one day as plain data, with its schema."""

from __future__ import annotations

import json
import math
from datetime import date
from importlib.resources import files
from typing import Any

from odr_analysis.account import Account
from odr_analysis.answer.day import account_day
from odr_analysis.answer.known import ComponentKnown, SeriesKnown
from odr_analysis.answer.sections import Card
from odr_analysis.policy import Policy
from odr_analysis.versions import versions

SCHEMA_VERSION = "2.0"


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
        ``schema_version, account, as_of, policy, window{from, to, days, lag_days}, rates,
        freshness, receipt, versions``. ``rates`` has one entry per marketplace and channel:
        ``marketplace, channel, n_orders, n_defective, odr, n_feedback, n_claim, n_chargeback,
        state, lower_bound, official, missing, coverage, window_complete, defect_budget``.
        ``state`` is ``unknown`` where the counts look healthy and something in ``missing`` is not
        known; where ``lower_bound`` is true, more orders may be defective than the files hold;
        where it is false, they hold all that was reported up to the days in ``coverage``;
        ``official`` has the counts of Amazon's own report of the same window (None without);
        ``coverage`` has one entry per kind of defect, with the days and files it rests on. Days
        are ISO text;
        ``odr`` is an unrounded fraction 0-1 and None without orders; ``defect_budget`` is how many
        more defective orders fit under the target, negative when over it; where ``lower_bound``
        is true, at most so many. ``summary.schema.json`` in this package says the same
        in JSON Schema.

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
        "policy": policy.to_dict(),
        "window": {
            "from": window.start.isoformat(),
            "to": window.end.isoformat(),
            "days": window.days,
            "lag_days": policy.lag_days,
        },
        "rates": [
            _rate(policy, card, on.known[card.marketplace, card.channel], complete)
            for card, complete in zip(on.cards, on.today.window_complete.tolist(), strict=True)
        ],
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
