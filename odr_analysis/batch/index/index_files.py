"""The index as files for others: JSON with its counts, and CSV that is safe to open."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from importlib.resources import files
from typing import Any, get_args

import pandas as pd

from odr_analysis.batch.index.row import Before, Rate, Row
from odr_analysis.batch.index.sentences import cause_text, state_counts
from odr_analysis.batch.outcome import Status
from odr_analysis.schema import Column, Columns, table_of

SCHEMA_VERSION = "1.1"
JSON, CSV, PAGE = "index.json", "index.csv", "index.html"
REPORT_PAGE, HISTORY_PAGE = "report.html", "history.html"

INDEX_COLUMNS: Columns = {
    "place": Column("int64", "place of the account, the worst is 1"),
    "account": Column("str"),
    "state": Column("str", "state of the account"),
    "status": Column("str", "made, unchanged, failed, or left out of this run"),
    "reason": Column("str", "why the report failed", missing="'' where it did not"),
    "day": Column("str", "scheduled day"),
    "as_of": Column("str", "day of the last report", missing="'' where there never was one"),
    "reported_to": Column("str", "day up to which all its sources of defects reach"),
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
            row.outcome.day.isoformat(),
            *(day.isoformat() if day else "" for day in (row.as_of, row.reported_to)),
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
        ``accounts``, of each status (``made, unchanged, failed, left_out``) and, in ``states``, of
        each state. ``accounts`` has the accounts, worst first, with their rates; ``before`` is the
        state on the run before.
        ``index.schema.json`` in this package has the same in JSON Schema.
    """
    status = Counter(row.outcome.status for row in rows)
    return {
        "schema_version": SCHEMA_VERSION,
        "day": day.isoformat(),
        "finished": finished,
        "counts": {
            "accounts": len(rows),
            **{name.replace(" ", "_"): status[name] for name in get_args(Status)},
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
        "reported_to": row.reported_to.isoformat() if row.reported_to else None,
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
    }
