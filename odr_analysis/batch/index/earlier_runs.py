"""What the last runs knew of each account: what the next one is compared with."""

from __future__ import annotations

import json
import warnings
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from odr_analysis.batch.index.row import Before, Row
from odr_analysis.errors import OdrWarning

FILE = "index-runs.json"
SCHEMA_VERSION = "1.0"
KEPT_RUNS = 8
"""Scheduled days that the file has, the newest: a run for one of the days before finds the one to
compare with."""

Runs = Mapping[date, Mapping[str, Before]]
"""What was known of each account, by the scheduled day of the run."""


def read_runs(out: Path) -> Runs:
    """What the last runs knew, from the file in `out`; nothing where there is none.

    Warns
    -----
    OdrWarning
        The file is of another version, or damaged: nothing is then known of before.
    """
    path = out / FILE
    if not path.exists():
        return {}
    try:
        told = json.loads(path.read_text("utf-8"))
        if told["schema_version"] != SCHEMA_VERSION:
            raise ValueError(f"version {told['schema_version']!r}")
        return {
            (day := date.fromisoformat(run["day"])): {
                name: _read(one, day) for name, one in run["accounts"].items()
            }
            for run in told["runs"]
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        warnings.warn(
            f"{path}: not a record of runs of version {SCHEMA_VERSION} ({type(error).__name__}: "
            f"{error}); this run is compared with none.",
            OdrWarning,
            stacklevel=2,
        )
        return {}


def before(runs: Runs, day: date) -> dict[str, Before]:
    """What was known of each account before `day`: by the last run that had it.

    The rates of an account that the last run did not have are not compared: the page names one day.
    """
    found: dict[str, Before] = {}
    for ran in sorted(ran for ran in runs if ran < day):
        found = {name: replace(one, odr={}) for name, one in found.items()} | dict(runs[ran])
    return found


def gone(runs: Runs, day: date, accounts: Container[str]) -> dict[str, str]:
    """Accounts that the run before `day` had and this one does not, with their state then."""
    last = max((ran for ran in runs if ran < day), default=day)
    known = runs[last] if last < day else {}
    return {name: one.state for name, one in known.items() if name not in accounts}


def is_late(runs: Runs, day: date) -> bool:
    """Whether a run of a later day was made before."""
    return any(ran > day for ran in runs)


def with_run(runs: Runs, rows: Sequence[Row], day: date) -> str:
    """The text of the file once a run is added; it takes the place of an earlier one of the day."""
    kept = {ran: known for ran, known in runs.items() if ran != day}
    kept[day] = {row.account: _known(row, day) for row in rows}
    newest = sorted(kept)[-KEPT_RUNS:]
    told = {
        "schema_version": SCHEMA_VERSION,
        "runs": [
            {
                "day": ran.isoformat(),
                "accounts": {name: _written(one) for name, one in kept[ran].items()},
            }
            for ran in newest
        ],
    }
    return json.dumps(told, ensure_ascii=False, allow_nan=False) + "\n"


def _known(row: Row, day: date) -> Before:
    made = row.rates if row.is_of_today else ()
    return Before(
        day=day,
        state=row.state,
        rules=row.rules,
        states={rate.pair: rate.state for rate in row.rates},
        odr={rate.pair: rate.odr for rate in made if rate.odr is not None and rate.whole},
        claims=tuple(claim["order_id"] for claim in row.claims),
    )


def _written(one: Before) -> dict[str, Any]:
    return {
        "state": one.state,
        "rules": one.rules,
        "rates": [[*pair, state, one.odr.get(pair)] for pair, state in one.states.items()],
        "claims": list(one.claims),
    }


def _read(one: Mapping[str, Any], day: date) -> Before:
    return Before(
        day=day,
        state=one["state"],
        rules=one["rules"],
        states={(m, c): state for m, c, state, _ in one["rates"]},
        odr={(m, c): rate for m, c, _, rate in one["rates"] if rate is not None},
        claims=tuple(one["claims"]),
    )
