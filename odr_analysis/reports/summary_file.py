"""The summary of a report as a file and as lines; what it is made of is not imported."""

from __future__ import annotations

import json
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
