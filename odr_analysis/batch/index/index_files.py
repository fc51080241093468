"""The index as files for others: JSON with its counts, and CSV that is safe to open."""

from __future__ import annotations

import json
import warnings
from collections import Counter
from collections.abc import Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from odr_analysis.batch.index.row import Before, Rate, Row
from odr_analysis.batch.index.sentences import cause_text, state_counts
from odr_analysis.errors import OdrWarning
from odr_analysis.schema import Column, Columns, table_of

SCHEMA_VERSION = "1.1"
JSON, CSV, PAGE = "index.json", "index.csv", "index.html"
REPORT_PAGE, HISTORY_PAGE = "report.html", "history.html"

INDEX_COLUMNS: Columns = {
    "place": Column("int64", "place of the account, the worst is 1"),
    "account": Column("str"),
    "state": Column("str", "state of the account"),
    "status": Column("str", "made, unchanged or failed"),
    "reason": Column("str", "why the report failed", missing="'' where it did not"),
    "day": Column("str", "scheduled day"),
    "as_of": Column("str", "day of the last report", missing="'' where there never was one"),
    "marketplace": Column("str"),
    "channel": Column("str"),
    "rate_state": Column("str"),
    "n_orders": Column("Int64", "orders in the window"),
    "n_defective": Column("Int64", "of them, orders with a defect"),
    "odr": Column("Float64", "n_defective / n_orders, unrounded"),
    "mature_odr": Column("Float64", "the rate once all reports are in: the median"),
    "mature_lower": Column("Float64", "lower end of its 90 % interval"),
    "mature_upper": Column("Float64", "upper end"),
    "change": Column("Float64", "of the rate since the run before, where both are known whole"),
    "p_breach_30": Column("Float64", "probability of a breach within 30 days"),
    "next_roll_off": Column("str", "first day on which defects no longer count"),
    "n_roll_off": Column("Int64", "how many then leave"),
    "top_cause": Column("str", "group of orders that stands out most"),
    "clearly_over": Column("boolean", "over the limit by more than random variation explains"),
    "differs": Column("str", "higher or lower than the other rates of its channel by more"),
    "missing": Column("str", "what is not known"),
    "report": Column("str", "the report, below the folder of the index"),
}
"""Columns of ``index.csv``: one row per account x marketplace x channel, one for an account that
has no rate."""


def index_table(rows: Sequence[Row]) -> pd.DataFrame:
    """The index as a table: ``INDEX_COLUMNS``."""
    found = []
    for place, row in enumerate(rows, 1):
        head = (
            *(place, row.account, row.state, row.outcome.status, row.outcome.reason),
            *(row.outcome.day.isoformat(), row.as_of.isoformat() if row.as_of else ""),
        )
        report = f"{row.outcome.place}/{REPORT_PAGE}" if row.as_of else ""
        cells = [_cells(rate) for rate in row.rates] or [_NO_RATE]
        found += [(*head, *rate, report) for rate in cells]
    return table_of(found, INDEX_COLUMNS)


_NO_RATE = ("", "", "", *[None] * 8, "", None, "", None, "", "")


def _cells(rate: Rate) -> tuple[Any, ...]:
    mature = rate.mature
    n = mature["n_orders"] if mature else 1
    leaves = rate.next_roll_off
    return (
        *(rate.marketplace, rate.channel, rate.state),
        *(rate.n_orders, rate.n_defective, rate.odr),
        *(mature[name] / n if mature else None for name in ("n_defective", "lower", "upper")),
        *(rate.change, rate.p_breach),
        *((leaves["day"], leaves["n"]) if leaves else ("", None)),
        *(cause_text(rate), rate.clearly_over, rate.differs, "; ".join(rate.missing)),
    )


def index_dict(rows: Sequence[Row], day: date, finished: str) -> dict[str, Any]:
    """The index as plain data, ready for JSON.

    Returns
    -------
    dict
        ``schema_version, day, finished, counts, accounts``. ``counts`` has the number of
        ``accounts``, of each status (``made, unchanged, failed``) and, in ``states``, of each
        state. ``accounts`` has the accounts, worst first, with their rates; ``before`` is what the
        run before knew, so that a second run of a day compares with the same.
        ``index.schema.json`` in this package has the same in JSON Schema.
    """
    status = Counter(row.outcome.status for row in rows)
    return {
        "schema_version": SCHEMA_VERSION,
        "day": day.isoformat(),
        "finished": finished,
        "counts": {
            "accounts": len(rows),
            **{name: status[name] for name in ("made", "unchanged", "failed")},
            "states": state_counts(rows),
        },
        "accounts": [_account(row) for row in rows],
    }


def index_schema() -> dict[str, Any]:
    """The JSON Schema of :func:`index_dict`.

    >>> index_schema()["title"]
    'ODR index'
    """
    text = files("odr_analysis").joinpath("index.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _account(row: Row) -> dict[str, Any]:
    outcome = row.outcome
    return {
        "account": row.account,
        "folder": outcome.place,
        "state": row.state,
        "known_state": row.known_state,
        "status": outcome.status,
        "reason": outcome.reason,
        "attempts": outcome.attempts,
        "seconds": outcome.seconds,
        "as_of": row.as_of.isoformat() if row.as_of else None,
        "claims": [claim["order_id"] for claim in row.claims],
        "rates": [_rate(rate) for rate in row.rates],
        "before": None if row.before is None else _before(row.before),
    }


def _rate(rate: Rate) -> dict[str, Any]:
    return {
        "marketplace": rate.marketplace,
        "channel": rate.channel,
        "state": rate.state,
        "n_orders": rate.n_orders,
        "n_defective": rate.n_defective,
        "odr": rate.odr,
        "whole": rate.whole,
        "mature": rate.mature and dict(rate.mature),
        "p_breach_30": rate.p_breach,
        "change": rate.change,
        "next_roll_off": rate.next_roll_off and dict(rate.next_roll_off),
        "top_cause": rate.top_cause and dict(rate.top_cause),
        "clearly_over": rate.clearly_over,
        "differs": rate.differs,
        "z": rate.z,
        "missing": list(rate.missing),
    }


def _before(before: Before) -> dict[str, Any]:
    return {
        "day": before.day.isoformat(),
        "state": before.state,
        "known_state": before.known_state,
        "rates": [[*pair, state, before.odr.get(pair)] for pair, state in before.states.items()],
        "claims": list(before.claims),
    }


def read_before(out: Path, day: date) -> dict[str, Before]:
    """What the run before this one knew of each account, from the index in `out`.

    Parameters
    ----------
    out : pathlib.Path
        Output folder of the batch. Without an index nothing was known.
    day : datetime.date
        The scheduled day of this run. An index of the same day has beside each account what it was
        compared with; that stays.

    Warns
    -----
    OdrWarning
        The index there is of another version, or damaged: nothing is then known of before.
    """
    path = out / JSON
    if not path.exists():
        return {}
    try:
        index = json.loads(path.read_text("utf-8"))
        if index["schema_version"] != SCHEMA_VERSION:
            raise ValueError(f"version {index['schema_version']!r}")
        made = date.fromisoformat(index["day"])
        found = {
            one["account"]: _now(one, made) if made < day else _then(one["before"])
            for one in index["accounts"]
        }
    except (ValueError, KeyError, TypeError) as error:
        warnings.warn(
            f"{path}: not an index of version {SCHEMA_VERSION} ({type(error).__name__}: {error}); "
            "this run is compared with none.",
            OdrWarning,
            stacklevel=2,
        )
        return {}
    return {name: before for name, before in found.items() if before and before.day < day}


def _now(one: dict[str, Any], day: date) -> Before:
    states = {(r["marketplace"], r["channel"]): r["state"] for r in one["rates"]}
    of_day = one["status"] != "failed" and one["as_of"] == day.isoformat()
    made = one["rates"] if of_day else []
    odr = {(r["marketplace"], r["channel"]): r["odr"] for r in made if r["n_orders"] and r["whole"]}
    return Before(day, one["state"], one["known_state"], states, odr, tuple(one["claims"]))


def _then(before: dict[str, Any] | None) -> Before | None:
    if before is None:
        return None
    states = {(m, c): state for m, c, state, _ in before["rates"]}
    odr = {(m, c): rate for m, c, _, rate in before["rates"] if rate is not None}
    day = date.fromisoformat(before["day"])
    known = before["known_state"]
    return Before(day, before["state"], known, states, odr, tuple(before["claims"]))
