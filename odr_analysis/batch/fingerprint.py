"""What a report rests on, in one number: as long as it is the same, the report is."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from odr_analysis.batch.accounts import BatchAccount, real
from odr_analysis.errors import ParameterError
from odr_analysis.exports.files.regular import not_regular
from odr_analysis.exports.files.walk import walk
from odr_analysis.reports.reader_process import SUMMARY
from odr_analysis.reports.report_request import Request
from odr_analysis.reports.runner import NOTEBOOK
from odr_analysis.versions import versions

DIGITS = 32
"""Of a fingerprint, in hexadecimal: as many as the id of a run has."""
OF_THE_RUN = ("today",)
"""Parameters that differ from run to run while the report does not."""


def check_apart(out: Path, accounts: Iterable[BatchAccount]) -> None:
    """See that no account reads what the batch writes: it would be made again on every run.

    Raises
    ------
    ParameterError
        The folder of an account is one that a report is written to, or holds one.
    """
    accounts = tuple(accounts)
    read = {real(account.folder): account for account in accounts if account.folder}
    for account in accounts:
        place = Path(real(str(out / account.place)))
        for folder in (place, *place.parents):
            if reader := read.get(str(folder)):
                raise ParameterError(
                    f"--out {out}: account {reader.name!r} reads {reader.folder}, where reports "
                    "would be written and then be read as exports. Choose another place with --out."
                )


def fingerprint(request: Request, day: date) -> str:
    """32 hexadecimal digits of everything the report of `day` rests on.

    Names and content of the exports, the notebook, its parameters (of one that names a file, also
    what is in it), the policy, the day, and the versions of what computes. Times of files are no
    part of it: a file that was downloaded again as it was changes nothing.

    Raises
    ------
    OSError
        A file cannot be read.
    """
    given = {name: value for name, value in request.given.items() if name not in OF_THE_RUN}
    exports = [
        [os.path.relpath(path, request.folder), digest(path)] for path in walk(request.folder)
    ]
    named = sorted(
        (value, digest(Path(value)))
        for value in given.values()
        if isinstance(value, str) and _is_file(value)
    )
    rests_on = {
        "day": day.isoformat(),
        "exports": exports,
        "named": named,
        "notebook": digest(request.notebook),
        "given": given,
        "policy": request.policy.to_dict(),
        "versions": versions(),
    }
    text = json.dumps(rests_on, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def digest(path: Path) -> str:
    """SHA-256 of a file; of what is none, such as a pipe, what it is."""
    if what := not_regular(path):
        return what
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_file(text: str) -> bool:
    try:
        return bool(text) and Path(text).is_file()
    except (OSError, ValueError):  # too long for a path, or not one
        return False


def last_summary(place: Path) -> Mapping[str, Any] | None:
    """What ``summary.json`` in a folder holds; None where there is none that can be read."""
    try:
        summary = json.loads((place / SUMMARY).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return summary if isinstance(summary, dict) else None


def is_made(place: Path, mark: str) -> bool:
    """Whether the report of fingerprint `mark` is there, with all its files whole."""
    summary = last_summary(place)
    if summary is None or summary.get("run_id") != mark or not (place / NOTEBOOK).is_file():
        return False
    try:
        return all(digest(place / name) == known for name, known in summary["made"].items())
    except OSError:
        return False
