"""The day up to which each kind of report is known, as far as the files can show it."""

from __future__ import annotations

from datetime import date

import pandas as pd

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.answer.known import KNOWN, SeriesKnown
from odr_analysis.schema import of_series

LATELY_DAYS = 182
"""Days before its last report from which the usual number of a kind of report is taken."""
REMARKABLE_SILENCE = 3.0
"""A file is taken to end with its last report, or to begin with its first, where so many more would
usually have come beyond it: with as many expected, none at all comes in one case of twenty."""


def last_reports(account: Account, as_of: date, known: SeriesKnown) -> dict[str, date]:
    """From each component to the last day on which it is known of one series; none after `as_of`.

    A file dated by its rows may end where it was downloaded, or because nothing was reported
    since. It is taken to end with its last row where more reports would usually have come.
    """
    as_of = min(as_of, account.known_to)
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
