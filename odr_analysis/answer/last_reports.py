"""The day up to which each kind of report is known, as far as the files can show it."""

from __future__ import annotations

from datetime import date

import pandas as pd

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.answer.known import KNOWN, KnownBySeries, SeriesKnown
from odr_analysis.schema import of_series

LATELY_DAYS = 182
"""Days before its last report from which the usual number of a kind of report is taken."""
REMARKABLE_SILENCE = 3.0
"""A file is taken to end with its last report, or to begin with its first, where so many more would
usually have come beyond it: with as many expected, none at all comes in one case of twenty."""


def last_reports(
    account: Account, as_of: date, known: KnownBySeries
) -> dict[tuple[str, str], dict[str, date]]:
    """The last day on which each component is known, of each series; none is after `as_of`.

    A file dated by its rows may end where it was downloaded, or because nothing was reported
    since. It is taken to end with its last row where more reports would usually have come.
    """
    day = min(as_of, account.known_to)
    return {pair: _of_series(account, day, series) for pair, series in known.items()}


def _of_series(account: Account, as_of: date, known: SeriesKnown) -> dict[str, date]:
    found = dict.fromkeys(terms.COMPONENTS, as_of)
    rows = of_series(account.defective, known.marketplace, known.channel)
    for part in known.components:
        if part.state != KNOWN or part.last is None or part.last >= as_of:
            continue
        days = rows[f"{part.component}_on"]
        first = pd.Timestamp(part.last) - pd.Timedelta(days=LATELY_DAYS)
        lately = int(((days > first) & (days <= pd.Timestamp(part.last))).sum())
        if lately * (as_of - part.last).days >= REMARKABLE_SILENCE * LATELY_DAYS:
            found[part.component] = part.last
    return found
