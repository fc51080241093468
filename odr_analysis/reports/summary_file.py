"""The summary of a report as a file and as lines; what it is made of is not imported."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from odr_analysis import words
from odr_analysis.policy import Policy, higher_rate


def save_summary(summary: dict[str, Any], path: str | Path) -> Path:
    """Write a summary as JSON; returns the path.

    Raises
    ------
    ValueError
        The summary holds a number JSON cannot carry.
    """
    path = Path(path)
    text = json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def summary_lines(summary: dict[str, Any]) -> list[str]:
    """A summary in a few lines: one per marketplace and channel."""
    window, policy = summary["window"], Policy(**summary["policy"])
    lines = [
        f"Order Defect Rate as of {summary['as_of']}, orders placed {window['from']} "
        f"to {window['to']}:"
    ]
    for r in summary["rates"]:
        d, n = r["n_defective"], r["n_orders"]
        stated, higher = _official(r)
        rate, bad, of = shown_rate(r, policy)
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


def shown_rate(rate: Mapping[str, Any], policy: Policy) -> tuple[str, int, int]:
    """One rate of a summary as it is shown, in words, and the two counts it is made of.

    Those of Amazon's own report of the same window where its rate is the higher one.
    """
    d, n = rate["n_defective"], rate["n_orders"]
    _, higher = _official(rate)
    # A lower bound of 0 of which nothing is missing is answered for by a report or the policy.
    bound = rate["lower_bound"] and not higher and n > 0 and (d > 0 or bool(rate["missing"]))
    bad, of = higher or (d, n)
    return words.at_least(words.rate(bad, of, policy), d, lower_bound=bound), bad, of


def _official(rate: Mapping[str, Any]) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """Amazon's own counts of the same window, if any, and the same where their rate is higher."""
    own = rate["official"]
    stated = (own["n_defective"], own["n_orders"]) if own else None
    return stated, higher_rate(stated, rate["n_defective"], rate["n_orders"])
